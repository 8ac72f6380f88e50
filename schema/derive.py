"""Derive Polars schemas, DDL with comments, and `docs/tables.md` from the declarations of tables.

python -m schema.derive docs/tables.md            writes the page
python -m schema.derive --check docs/tables.md    exit code 1 if the page is not current
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from schema.table import Column, Table
from schema.tables import TABLES, VERSION_COLUMNS, VERSIONED

HISTORY = "history"
SQL_TYPES: dict[Any, str] = {
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Int16: "SMALLINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float32: "FLOAT",
    pl.Float64: "DOUBLE",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMPTZ",
}

PAGE_HEAD = """# Tables

Generated from `schema/tables.py` by `python -m schema.derive docs/tables.md`; do not edit by hand.

Schema `main` has the data from the articles. Schema `ops` records the runs. The [glossary](glossary.md) explains the
terms. Offsets count Unicode code points from 0; the end is exclusive. Times are UTC. "Merge" says how a column is
updated when a later run adds a row with the same key: keep the old value, replace it with the new one, or take the
minimum, the maximum or the sum of the two.

For each table of `main`, schema `history` has a table with the same columns and `until_version`. It keeps the rows that
a later version changed or removed, as they were before. A row was valid from version `since_version` up to the version
before `until_version`.
"""


def polars_schema(table: Table) -> pl.Schema:
    """The columns of `table` in declared order, with their Polars types."""
    return pl.Schema({column.name: column.dtype for column in table.columns})


def sql_type(dtype: Any) -> str:
    """The DuckDB type of a Polars type; KeyError for a type that tables may not use."""
    if isinstance(dtype, pl.List):
        return f"{sql_type(dtype.inner)}[]"
    if isinstance(dtype, pl.Struct):
        fields = ", ".join(f"{quoted(field.name)} {sql_type(field.dtype)}" for field in dtype.fields)
        return f"STRUCT({fields})"
    return SQL_TYPES[dtype.base_type()]


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier, because names such as `end` are reserved words."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write `text` as an SQL string. Lone surrogates become question marks; NULs, which end a query, are dropped."""
    whole = text.encode("utf-8", "replace").decode()
    return "'" + whole.replace("'", "''").replace("\0", "") + "'"


def stored_columns(table: Table, schema: str | None = None) -> tuple[Column, ...]:
    """The declared columns, and the columns that publishing adds in `schema` (default: the table's own schema)."""
    return table.columns + VERSION_COLUMNS.get(schema or table.schema, ())


def create_table(table: Table, schema: str | None = None) -> str:
    """The SQL that creates `table` if it does not exist, in its own schema or in `schema`.

    Only the table in its own schema refuses nulls in required columns. Staging must accept them, so that the gate can
    report them. There are no primary keys, because DuckDB 1.5 may lose rows of an index in a crash.

    Texts in settled columns are not compressed in the table's own schema: a change of one row makes DuckDB write the
    column again for 122,880 rows, and for ids, choosing a compression and compressing takes five times as long.
    DuckDB 1.5 never chooses zstd by itself for texts of some thousand characters, and stores them uncompressed.
    """
    lines = [
        _column_ddl(column, strict=schema is None, kept=schema in (None, HISTORY))
        for column in stored_columns(table, schema)
    ]
    return f"CREATE TABLE IF NOT EXISTS {name_in(table, schema)} (\n    " + ",\n    ".join(lines) + "\n)"


def settled_columns(table: Table) -> list[Column]:
    """The columns that later articles may change in published rows."""
    return [column for column in table.columns if column.settled]


def amended(table: Table) -> str:
    """The name (as SQL) of the staged table with a run's changes to published rows."""
    return f"staging.{quoted(f'amended_{table.name}')}"


def create_amended(table: Table) -> str:
    """The SQL that creates the table named by `amended`, with the key and the settled columns."""
    names = {*table.key, *(column.name for column in settled_columns(table))}
    lines = [_column_ddl(column, strict=False) for column in table.columns if column.name in names]
    return f"CREATE TABLE IF NOT EXISTS {amended(table)} ({', '.join(lines)})"


def name_in(table: Table, schema: str | None = None) -> str:
    """The SQL name of the table in its own schema, or in `schema` if that is given."""
    return f"{schema or table.schema}.{quoted(table.name)}"


def _column_ddl(column: Column, *, strict: bool, kept: bool = False) -> str:
    not_null = " NOT NULL" if strict and column.required else ""
    is_plain = strict and column.settled and column.dtype == pl.String
    method = "uncompressed" if is_plain else "zstd" if kept and column.long else None
    compression = f" USING COMPRESSION {method}" if method else ""
    return f"{quoted(column.name)} {sql_type(column.dtype)}{compression}{not_null}"


def comments(table: Table, schema: str | None = None) -> Iterator[str]:
    """Yield `COMMENT ON` statements for the table (its grain and key) and its columns (their `doc`)."""
    name, key = name_in(table, schema), ", ".join(table.key)
    grain = f"{table.grain}; key: {key}"
    if schema == HISTORY:
        grain = f"previous rows of {table.qualified}: {table.grain}, as it was between two versions"
    yield f"COMMENT ON TABLE {name} IS {literal(grain)}"
    for column in stored_columns(table, schema):
        yield f"COMMENT ON COLUMN {name}.{quoted(column.name)} IS {literal(column.doc)}"


def in_every_schema(tables: Iterable[Table] = TABLES) -> Iterator[tuple[Table, str | None]]:
    """Yield the declaration and the schema of each table in a warehouse; None stands for the declared schema."""
    for table in tables:
        yield table, None
        if table in VERSIONED:
            yield table, HISTORY


def ddl(tables: Iterable[Table] = TABLES) -> str:
    """An SQL script that creates the schemas and tables that do not exist yet."""
    schemas = [f"CREATE SCHEMA IF NOT EXISTS {name}" for name in ("ops", HISTORY)]
    return ";\n".join([*schemas, *(create_table(*place) for place in in_every_schema(tables))]) + ";\n"


def tables_page(tables: Iterable[Table] = TABLES) -> str:
    """The text of `docs/tables.md`: a table of columns for each table."""
    return "\n".join([PAGE_HEAD, *(_table_section(table) for table in tables)])


def _table_section(table: Table) -> str:
    name = table.name if table.schema == "main" else table.qualified
    head = f"## {name}\n\nOne row is {table.grain}. Key: {', '.join(f'`{part}`' for part in table.key)}.\n"
    rows = ["| column | type | null | meaning | rules | merge |", "|---|---|---|---|---|---|"]
    return "\n".join([head, *rows, *(_column_row(column) for column in stored_columns(table)), ""])


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
    """Write the page, or compare it with `--check`; returns the exit code, which is 1 if the page is not current."""
    parser = argparse.ArgumentParser(prog="python -m schema.derive", description=__doc__)
    parser.add_argument("page", type=Path, help="docs/tables.md")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    options = parser.parse_args(arguments)
    if options.check:
        return _check_page(options.page)
    options.page.parent.mkdir(parents=True, exist_ok=True)
    options.page.write_text(tables_page(), encoding="utf-8")
    return 0


def _check_page(page: Path) -> int:
    if page.exists() and page.read_text(encoding="utf-8") == tables_page():
        return 0
    print(f"{page} is not current; write it with: python -m schema.derive {page}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
