"""Check what is derived from the declaration of a table."""

import duckdb
import polars as pl
import pytest

from schema.derive import (
    comments,
    create_table,
    ddl,
    in_every_schema,
    main,
    polars_schema,
    quoted,
    sql_type,
    stored_columns,
    tables_page,
)
from schema.tables import SPANS, STATEMENTS, UTC, Column, Table

PONDS = Table(
    "ponds",
    "one pond's state",
    ("pond_id",),
    (
        Column("pond_id", pl.String, "the pond"),
        Column("end", pl.Int32, "a reserved word | and a bar", required=False, minimum=1, values=("a", "b")),
    ),
)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (pl.String, "VARCHAR"),
        (pl.Int32, "INTEGER"),
        (pl.Float32, "FLOAT"),
        (UTC, "TIMESTAMPTZ"),
        (SPANS, 'STRUCT("start" INTEGER, "end" INTEGER)[]'),
    ],
)
def test_each_polars_type_has_one_sql_type(dtype, expected):
    assert sql_type(dtype) == expected


def test_the_catalog_has_all_tables_columns_and_meanings():
    connection = duckdb.connect()
    connection.execute(ddl() + ";".join(sql for place in in_every_schema() for sql in comments(*place)))
    catalog = connection.execute(
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() ORDER BY column_index"
    ).fetchall()
    for table, schema in in_every_schema():
        place = f"{schema or table.schema}.{table.name}"
        found = [(name, comment) for owner, name, comment in catalog if owner == place]
        assert found == [(column.name, column.doc) for column in stored_columns(table, schema)]


def test_a_published_table_refuses_nulls_and_a_staged_one_takes_them():
    assert '"pond_id" VARCHAR NOT NULL' in create_table(PONDS)
    assert "NOT NULL" not in create_table(PONDS, "staging")


def test_quotes_in_a_meaning_are_escaped():
    assert next(comments(PONDS)) == "COMMENT ON TABLE main.\"ponds\" IS 'one pond''s state; key: pond_id'"
    assert quoted('a"b') == '"a""b"'


def test_the_page_lists_the_rules_of_a_column():
    assert (
        "| `end` | `INTEGER` | yes | a reserved word \\| and a bar | one of a, b; at least 1 | keep |"
        in tables_page([PONDS])
    )


def test_a_stale_page_fails_the_check(tmp_path, capsys):
    page = tmp_path / "docs" / "tables.md"
    assert main([str(page), "--check"]) == 1
    assert main([str(page)]) == 0
    assert main([str(page), "--check"]) == 0
    page.write_text(page.read_text() + "more\n")
    assert main([str(page), "--check"]) == 1
    assert "is not current" in capsys.readouterr().err


def test_polars_schema_keeps_the_order_of_the_declaration():
    assert polars_schema(STATEMENTS).names() == [column.name for column in STATEMENTS.columns]
