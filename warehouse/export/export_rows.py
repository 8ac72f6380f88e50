"""Read the rows of a query in batches, and make texts safe for XML, spreadsheets and terminals.

News texts are written by strangers. A cell `=HYPERLINK(...)` would run in the reader's spreadsheet, and an escape
sequence would run in the terminal in which somebody prints the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl

ROWS_AT_ONCE = 5_000
NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all except tab and line feed
RUNS = r"^[\x00-\x20]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]"  # also the full-width signs of East Asian keyboards
# A spreadsheet that takes semicolons, tabs and line ends for the ends of cells would run what follows them.
INSIDE = r"([;\t\n][\x00-\x20]*)([=+\-@\uff1d\uff0b\uff0d\uff20])"
_control, _runs = re.compile(CONTROL), re.compile(RUNS)
# What INSIDE finds, if the spaces contain an end of a cell; for INSIDE, Python would need the square of the time.
_after_spaces = re.compile(r"(?<![;\x00-\x20])([;\x00-\x20]+)([=+\-@\uff1d\uff0b\uff0d\uff20])")


def read_rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one query, in order. The connection is busy until the last row has been read."""
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description]
    while batch := answer.fetchmany(ROWS_AT_ONCE):
        yield from (dict(zip(names, row, strict=True)) for row in batch)


def xml_text(value: Any) -> str:
    """Convert a value to text and replace control characters, which XML 1.0 does not allow even if escaped."""
    return NOT_XML.sub("\ufffd", str(value))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would treat the text as a formula."""
    return bool(_runs.match(text))


def inert(value: Any) -> Any:
    """Replace control characters in a text by spaces, and put an apostrophe before a formula; keep other values.

    >>> inert("=1+1"), inert("no; =1+1"), inert("\x1b[2J"), inert(-1)
    ("'=1+1", "no; '=1+1", ' [2J', -1)
    """
    if not isinstance(value, str):
        return value
    return ("'" if looks_like_formula(value) else "") + _after_spaces.sub(_quoted, _control.sub(" ", value))


def _quoted(found: re.Match[str]) -> str:
    spaces, sign = found.groups()
    return f"{spaces}'{sign}" if any(end in spaces for end in ";\t\n") else found[0]


def inert_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Apply `inert` to all texts of a frame."""
    text = pl.col(pl.String)
    cleaned = text.str.replace_all(CONTROL, " ").str.replace_all(INSIDE, "${1}'${2}")
    return frame.with_columns(
        pl.when(text.str.contains(RUNS)).then("'" + cleaned).otherwise(cleaned).name.keep()
    )


def escape_controls(json_text: str) -> str:
    """Escape, in a JSON text, the control characters that `json.dumps` leaves as they are."""
    return _control.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)
