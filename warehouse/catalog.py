"""What people find in the published file besides rows: views, macros, and a comment on everything.

In: the SQL files of `views/`, one view each, and the declarations in `tables.py`. Out: the same in the catalog of a
DuckDB file. All of it is made anew with every version, as today's code has it.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.derive import comments, in_every_schema, literal, quoted

VIEWS = Path(__file__).with_name("views")


def describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views and the comments anew."""
    create_views(connection)
    for file in sorted(VIEWS.glob("*.sql")):
        connection.execute(f"COMMENT ON VIEW main.{quoted(file.stem)} IS {literal(grain(file))}")
    for table, schema in in_every_schema():
        for comment in comments(table, schema):
            connection.execute(comment)


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make or replace all views on the tables of `main` and `ops` that the connection has."""
    for file in sorted(VIEWS.glob("*.sql")):
        sql = file.read_text(encoding="utf-8")
        connection.execute(f"CREATE OR REPLACE VIEW main.{quoted(file.stem)} AS\n{sql}")


def grain(view: Path) -> str:
    """What one row of a view is: the text of the first comment of its file."""
    first = view.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("--").strip()
