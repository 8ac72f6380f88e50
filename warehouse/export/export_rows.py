"""A query -> its rows, a few thousand at a time; texts -> texts that are safe in XML, spreadsheets and terminals.

News texts are written by strangers: a cell `=HYPERLINK(...)` would run in the reader's spreadsheet, and an escape
sequence in the terminal of whoever prints the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl

ROWS_AT_ONCE = 5_000
NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all but tab and line feed
RUNS = r"^[\x00-\x20]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]"  # also the wide signs of East Asian keyboards
_control, _runs = re.compile(CONTROL), re.compile(RUNS)


def read_rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """The rows of one query, in order. The connection is busy until the last row has been read."""
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description]
    while batch := answer.fetchmany(ROWS_AT_ONCE):
        yield from (dict(zip(names, row, strict=True)) for row in batch)


def xml_text(value: Any) -> str:
    """The value as text, with control characters replaced: XML 1.0 does not allow them, not even escaped."""
    return NOT_XML.sub("\ufffd", str(value))


def is_run(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    return bool(_runs.match(text))


def inert(value: Any) -> Any:
    """A text that no spreadsheet runs as a formula and no terminal obeys; any other value unchanged.

    >>> inert("=1+1"), inert("\x1b[2J"), inert(-1)
    ("'=1+1", ' [2J', -1)
    """
    if not isinstance(value, str):
        return value
    return ("'" if is_run(value) else "") + _control.sub(" ", value)


def inert_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Make all texts of a frame inert, as `inert` does for one."""
    text = pl.col(pl.String)
    cleaned = text.str.replace_all(CONTROL, " ")
    return frame.with_columns(
        pl.when(text.str.contains(RUNS)).then("'" + cleaned).otherwise(cleaned).name.keep()
    )


def escape_controls(json_text: str) -> str:
    """Equivalent JSON in which the control characters that `json.dumps` leaves alone are escaped too."""
    return _control.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)
