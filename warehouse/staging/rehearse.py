"""Your own queries on staged tables -> what is wrong with them, before any run.

Each is asked once of an empty warehouse with the same tables, on a locked connection. What a run asks is the same
query on a connection that can reach files, so whatever could tell the two apart is refused here: table functions read
files, or run SQL that they make up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from schema.derive import create_amended, create_table, ddl, settled_columns
from schema.tables import TABLES
from warehouse.files.connect import connect_memory, lock
from warehouse.query.ask import Bounds, ask_on, require_select
from warehouse.query.guard import QueryError, called_functions
from warehouse.staging.next_version import JUDGED_PATH, OWN_TABLES, STAGING, show_published

BOUNDS = Bounds(seconds=10)  # of a query on tables without a row
# Table functions that only count and unfold; of the others each could read a file.
HARMLESS = {
    "unnest",
    "range",
    "generate_series",
    "repeat",
    "json_each",
    "json_tree",
    "histogram",
    "histogram_values",
}


class Rehearsal:
    """An empty warehouse, as checks see it; `ask` takes any number of queries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        found = connection.execute(
            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
            "WHERE function_type IN ('table', 'table_macro', 'pragma')"
        ).fetchall()
        self.refused = {name for (name,) in found} - HARMLESS

    def ask(self, sql: str) -> None:
        """`QueryError` unless `sql` is one SELECT that reads tables of a warehouse and nothing else."""
        require_select(sql)
        if reaching := sorted(self.refused.intersection(called_functions(sql))):
            raise QueryError(f"it may read the tables of the warehouse only, not call {reaching[0]}()")
        for answer in ask_on(self.connection, f"SELECT * FROM ({sql}) AS asked", BOUNDS):
            answer.read()


@contextmanager
def rehearsing() -> Iterator[Rehearsal]:
    """A rehearsal with tables as a run has them when they are judged."""
    with connect_memory() as connection:
        connection.execute(f"ATTACH ':memory:' AS published; USE published; {ddl()}; USE memory")
        connection.execute(f"ATTACH ':memory:' AS run; CREATE SCHEMA ops; CREATE SCHEMA run.{STAGING}")
        show_published(connection)
        connection.execute("USE run")
        for table in TABLES:
            connection.execute(create_table(table, STAGING))
            if settled_columns(table):
                connection.execute(create_amended(table))
        connection.execute(f"{OWN_TABLES}; USE memory; SET search_path = '{JUDGED_PATH}'")
        rehearsal = Rehearsal(connection)
        lock(connection)
        yield rehearsal
