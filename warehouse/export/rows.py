"""A query -> its rows as dicts, a few thousand at a time; values -> text that XML can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb

ROWS_AT_ONCE = 5_000
NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def read_rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """The rows of one query, in its order. The connection serves nothing else until the last one was read."""
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description]
    while batch := answer.fetchmany(ROWS_AT_ONCE):
        yield from (dict(zip(names, row, strict=True)) for row in batch)


def xml_text(value: Any) -> str:
    """The value as text, its control characters replaced: XML 1.0 has no place for them, not even escaped."""
    return NOT_XML.sub("\ufffd", str(value))
