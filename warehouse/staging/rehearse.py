"""Try users' own check queries on an empty warehouse, to find their errors before a run.

Each query runs once on empty tables, on a locked connection. A run later executes it on a connection that can reach
files. Therefore table functions that could read files or run generated SQL are refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from schema.derive import create_amended, create_table, ddl, settled_columns
from schema.tables import TABLES
from warehouse.files.connect import connect_memory, lock
from warehouse.query.ask import NO_TIMEOUT, Bounds, ask_on, require_select
from warehouse.query.guard import QueryError, called_functions
from warehouse.staging.next_version import JUDGED_PATH, OWN_TABLES, STAGING, show_published

SECONDS = 10  # for a query on empty tables
TOO_LONG = "on an empty warehouse, the query takes longer than {}"
# Table functions that only count or unnest; any other might read a file.
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
    """An empty warehouse as checks see it, on which `ask` tries queries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, bounds: Bounds) -> None:
        self.connection = connection
        self.bounds = replace(bounds, seconds=SECONDS)
        found = connection.execute(
            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
            "WHERE function_type IN ('table', 'table_macro', 'pragma')"
        ).fetchall()
        self.refused = {name for (name,) in found} - HARMLESS

    def ask(self, sql: str, place: Path | str) -> None:
        """Raise QueryError unless `sql` is a single SELECT that reads only tables of a warehouse.

        If the query cannot be stopped, the message to `give_up` begins with `place`.
        """
        require_select(sql)
        if reaching := sorted(self.refused.intersection(called_functions(sql))):
            raise QueryError(f"the query may only read tables of the warehouse, not call {reaching[0]}()")
        tried, bounds = f"SELECT * FROM ({sql}) AS rehearsed", self.bounds
        if give_up := bounds.give_up:
            bounds = replace(bounds, give_up=lambda message: give_up(f"{place}: {message}"))
        with bounds.watched():
            for answer in ask_on(self.connection, tried, bounds, TOO_LONG):
                answer.read()


@contextmanager
def rehearsing(bounds: Bounds = NO_TIMEOUT) -> Iterator[Rehearsal]:
    """Yield a rehearsal with the tables that the checks of a real run see, but empty.

    A query may take SECONDS; `bounds` has the other limits.
    """
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
        rehearsal = Rehearsal(connection, bounds)
        lock(connection)
        yield rehearsal
