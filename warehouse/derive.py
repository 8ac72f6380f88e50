"""A table's declaration -> its Polars schema, its DDL with comments, and its part of `docs/tables.md`.

python -m warehouse.derive docs/tables.md            writes the page
python -m warehouse.derive --check docs/tables.md    exit code 1 when the page is not current
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.tables import TABLES, Column, Table

SQL_TYPES: dict[Any, str] = {
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float32: "FLOAT",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMPTZ",
}

PAGE_HEAD = """# Tables

Generated from `warehouse/tables.py` by `python -m warehouse.derive docs/tables.md`; do not edit by hand.

Schema `main` holds what the articles say, schema `ops` the ledger of the runs. Offsets are Unicode code points, end
exclusive; times are UTC. "Merge" says what becomes of a column when a later run brings a row with the same key.
"""


def polars_schema(table: Table) -> pl.Schema:
    """The columns of `table` in their order, with their Polars types."""
    return pl.Schema({column.name: column.dtype for column in table.columns})


def sql_type(dtype: Any) -> str:
    """The DuckDB type of a Polars type; `KeyError` for a type no table may use."""
    if isinstance(dtype, pl.List):
        return f"{sql_type(dtype.inner)}[]"
    if isinstance(dtype, pl.Struct):
        fields = ", ".join(f"{quoted(field.name)} {sql_type(field.dtype)}" for field in dtype.fields)
        return f"STRUCT({fields})"
    return SQL_TYPES[dtype.base_type()]


def quoted(name: str) -> str:
    """`name` as an SQL identifier: `end` is a reserved word."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Table, schema: str | None = None) -> str:
    """`CREATE TABLE IF NOT EXISTS` for `table`, in its own schema or in another one.

    Only the table in its own schema refuses nulls in required columns: in any other (staging) a null must be able
    to arrive, so that the gate can name it. There are no keys: DuckDB 1.5 may lose rows of an index in a crash.
    """
    lines = [_column_ddl(column, strict=schema is None) for column in table.columns]
    name = f"{schema or table.schema}.{quoted(table.name)}"
    return f"CREATE TABLE IF NOT EXISTS {name} (\n    " + ",\n    ".join(lines) + "\n)"


def _column_ddl(column: Column, *, strict: bool) -> str:
    not_null = " NOT NULL" if strict and column.required else ""
    return f"{quoted(column.name)} {sql_type(column.dtype)}{not_null}"


def comments(table: Table) -> Iterator[str]:
    """`COMMENT ON` for the table (its grain and key) and each of its columns (their `doc`)."""
    key = ", ".join(table.key)
    yield f"COMMENT ON TABLE {table.qualified} IS {literal(f'{table.grain}; key: {key}')}"
    for column in table.columns:
        yield f"COMMENT ON COLUMN {table.qualified}.{quoted(column.name)} IS {literal(column.doc)}"


def ddl(tables: Iterable[Table] = TABLES) -> str:
    """One SQL script that makes all tables with their comments."""
    statements = [text for table in tables for text in (create_table(table), *comments(table))]
    return ";\n".join(["CREATE SCHEMA IF NOT EXISTS ops", *statements]) + ";\n"


def tables_page(tables: Iterable[Table] = TABLES) -> str:
    """The text of `docs/tables.md`."""
    return "\n".join([PAGE_HEAD, *(_table_section(table) for table in tables)])


def _table_section(table: Table) -> str:
    name = table.name if table.schema == "main" else table.qualified
    head = f"## {name}\n\nOne row is {table.grain}. Key: {', '.join(f'`{part}`' for part in table.key)}.\n"
    rows = ["| column | type | null | meaning | rules | merge |", "|---|---|---|---|---|---|"]
    return "\n".join([head, *rows, *(_column_row(column) for column in table.columns), ""])


def _column_row(column: Column) -> str:
    null = "" if column.required else "yes"
    cells = (
        f"`{column.name}`", f"`{sql_type(column.dtype)}`", null, column.doc, _rules(column), column.merge,
    )  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rules(column: Column) -> str:
    parts = [
        f"one of {', '.join(column.values)}" if column.values else "",
        f"at least {column.minimum:g}" if column.minimum is not None else "",
        f"at most {column.maximum:g}" if column.maximum is not None else "",
        f"matches `{column.pattern}`" if column.pattern else "",
        f"references `{column.references}`" if column.references else "",
    ]
    return "; ".join(part for part in parts if part)


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or with `--check` compare it: 0 when all is well, 1 when the page is stale."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.derive", description=__doc__)
    parser.add_argument("page", type=Path, help="docs/tables.md")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when the page is not current"
    )
    options = parser.parse_args(arguments)
    if options.check:
        return _check_page(options.page)
    options.page.parent.mkdir(parents=True, exist_ok=True)
    options.page.write_text(tables_page(), encoding="utf-8")
    return 0


def _check_page(page: Path) -> int:
    if page.exists() and page.read_text(encoding="utf-8") == tables_page():
        return 0
    print(f"{page} is not current; write it with: python -m warehouse.derive {page}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
