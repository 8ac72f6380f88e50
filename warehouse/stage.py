"""Frames of a run -> rows in the schema `staging` of the warehouse's next version.

The next version is a copy of the published file beside it, `onrecord.duckdb.next`. Readers of the published file
never see it; `warehouse/publish.py` puts it in the place of the published one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.connect import WarehouseError, connect, require_usable
from warehouse.derive import (
    HISTORY,
    amended,
    create_amended,
    create_table,
    ddl,
    in_every_schema,
    name_in,
    polars_schema,
    quoted,
    settled_columns,
    sql_type,
    stored_columns,
)
from warehouse.lock import write_lock
from warehouse.merge import amend_sql, insert_sql, merge_sql, merges, note_amended_sql
from warehouse.tables import BY_NAME, TABLES, Table

STAGING = "staging"
TAKEN_NAMES = ("ops", STAGING, HISTORY, "search", "system", "temp")


class StageError(WarehouseError):
    """A frame is not of the declared schema; the text names the table and the column."""


@dataclass
class NextVersion:
    """The version of the warehouse that a run is making.

    `published` is the file it will replace, `path` where it is being made, `connection` the one connection to it.
    """

    path: Path
    published: Path
    run_id: str
    connection: duckdb.DuckDBPyConnection

    def stage(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Add the rows of `frames` (table name -> frame of exactly its schema) to the staged tables.

        May be called once per batch: rows of the tables with `merge` rules (actors, aliases...) are merged with
        those staged before; rows of the others are appended. `StageError` when a schema differs.
        """
        for name, frame in frames.items():
            require_schema(name, frame)
        for name, frame in frames.items():
            self._add(BY_NAME[name], frame)

    def amend(self, name: str, frame: pl.DataFrame) -> None:
        """Give rows of a table new values in its `settled` columns; `frame` has the key and these columns.

        Staged rows get them at once. Published ones that differ are noted, in the place of those noted before, and get
        them when this version is published.
        """
        table = BY_NAME[name]
        with self.registered("settled", frame):
            self.connection.execute(amend_sql(table, name_in(table, STAGING), "settled"))
            self.connection.execute(f"DELETE FROM {amended(table)}; {note_amended_sql(table, 'settled')}")

    def staged(self, name: str) -> pl.DataFrame:
        """The staged rows of one table."""
        names = ", ".join(quoted(column.name) for column in BY_NAME[name].columns)
        rows = self.connection.sql(f"SELECT {names} FROM {STAGING}.{quoted(name)}").pl()
        return rows.cast(polars_schema(BY_NAME[name]))

    def staged_count(self, name: str) -> int:
        """How many rows of one table are staged."""
        return self.connection.execute(f"SELECT count(*) FROM {STAGING}.{quoted(name)}").fetchall()[0][0]

    def withdraw(self, article_ids: Sequence[str]) -> dict[str, pl.DataFrame]:
        """Take articles, and all that rests on them, out of staging; the removed facts by table.

        See `warehouse/withdraw.sql` for what happens to the rows that several articles share.
        """
        script = Path(__file__).with_name("withdraw.sql").read_text(encoding="utf-8")
        with self.registered(
            "withdrawn_ids", pl.DataFrame({"article_id": article_ids}, {"article_id": pl.String})
        ):
            self.connection.execute(
                "CREATE TEMP TABLE withdrawn AS SELECT DISTINCT article_id FROM withdrawn_ids"
            )
        removed = {name: self.connection.sql(sql).pl() for name, sql in RESTS_ON_WITHDRAWN.items()}
        self.connection.execute(script)
        return removed

    def settle_files(self, rejected: pl.DataFrame) -> None:
        """Count articles as rejected that were counted as loaded: `path`, `articles`, `reason` of each file."""
        with self.registered("rejected", rejected):
            self.connection.execute(SETTLE_FILES)

    def close(self) -> None:
        """Close the connection; DuckDB writes what is still in its log into the file."""
        self.connection.close()

    def _add(self, table: Table, frame: pl.DataFrame) -> None:
        sql = merge_sql if merges(table) else insert_sql
        with self.registered("incoming", frame):
            self.connection.execute(sql(table, f"{STAGING}.{quoted(table.name)}", "incoming"))

    @contextmanager
    def registered(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Within the block, SQL on `connection` can read `frame` as the table `name`."""
        self.connection.register(name, frame.to_arrow())
        try:
            yield
        finally:
            self.connection.unregister(name)


# The facts that go with a withdrawn article, in the order in which people want to read them.
RESTS_ON_WITHDRAWN = {
    "articles": "SELECT a.* EXCLUDE (body) FROM staging.articles AS a SEMI JOIN withdrawn USING (article_id)",
    "statements": "SELECT s.* FROM staging.statements AS s SEMI JOIN withdrawn USING (article_id)",
    "statement_actors": """
        SELECT r.*, s.article_id FROM staging.statement_actors AS r
        JOIN staging.statements AS s USING (statement_id) SEMI JOIN withdrawn USING (article_id)""",
    "mentions": "SELECT m.* FROM staging.mentions AS m SEMI JOIN withdrawn USING (article_id)",
}
FACTS = tuple(RESTS_ON_WITHDRAWN)

# A file all of whose new articles are rejected is itself rejected, unless some of its articles were duplicates.
SETTLE_FILES = """
    UPDATE staging.files AS f SET
        articles_loaded = f.articles_loaded - r.articles,
        articles_rejected = f.articles_rejected + r.articles,
        reason = coalesce(f.reason, r.reason),
        outcome = CASE
            WHEN f.articles_loaded > r.articles THEN f.outcome
            WHEN f.articles_duplicate > 0 THEN 'duplicate'
            ELSE 'rejected'
        END
    FROM rejected AS r
    WHERE r.path = f.path"""


@contextmanager
def open_next(warehouse: Path | str, run_id: str) -> Iterator[NextVersion]:
    """Make the next version of `warehouse`: a copy of it, or an empty one, with all tables and an empty staging.

    The file is removed at the end unless it was published or kept. `WarehouseError` when another process is
    writing, or when the published file is damaged or of another shape.
    """
    published = Path(warehouse).expanduser().resolve()
    _require_name(published)
    require_usable(published)
    with write_lock(published, run_id):
        path = Path(f"{published}.next")
        remove_version(path)  # a killed run leaves its file behind
        try:
            _copy_published(published, path)
            with connect(path) as connection:
                _create_tables(connection)
                yield NextVersion(path, published, run_id, connection)
        finally:
            remove_version(path)


def _require_name(published: Path) -> None:
    """DuckDB names the database after its file: in `ops.duckdb`, `ops.runs` could be two things."""
    if published.name.split(".")[0].lower() in TAKEN_NAMES:
        raise WarehouseError(
            f"a warehouse cannot be called {published.name}: that name is one of its schemas"
        )


def remove_version(path: Path) -> None:
    """Remove a file of DuckDB's with its log, if they are there."""
    for file in (path, Path(f"{path}.wal")):
        file.unlink(missing_ok=True)


def require_no_log(path: Path) -> None:
    """`WarehouseError` when a write-ahead log stands beside `path`: a new file there would take it for its own."""
    log = Path(f"{path}.wal")
    if log.exists():
        raise WarehouseError(
            f"{log} stands beside the warehouse: another program has it open for writing, or was killed while it had; "
            f"close that program, or open the warehouse with DuckDB once so that it takes the log in"
        )


def _copy_published(published: Path, path: Path) -> None:
    require_no_log(published)
    if published.exists():
        shutil.copy(published, path)


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"{ddl()} CREATE OR REPLACE SCHEMA {STAGING}")
    for table, schema in in_every_schema():
        _require_columns(connection, table, schema)
    for table in TABLES:
        connection.execute(create_table(table, STAGING))
        if settled_columns(table):
            connection.execute(create_amended(table))


def _require_columns(connection: duckdb.DuckDBPyConnection, table: Table, schema: str | None) -> None:
    """Give an older table its new optional columns; `WarehouseError` for any other difference."""
    place, columns = name_in(table, schema), stored_columns(table, schema)
    present = _column_types(connection, place)
    nulls = ", ".join(f"NULL::{sql_type(column.dtype)} AS {quoted(column.name)}" for column in columns)
    declared = _column_types(connection, f"SELECT {nulls}")
    for column in columns:
        name, kind = column.name, declared[column.name]
        if name not in present and (not column.required or schema):
            connection.execute(f"ALTER TABLE {place} ADD COLUMN {quoted(name)} {kind}")
        elif present.get(name) != kind:
            raise WarehouseError(
                f"{schema or table.schema}.{table.name}.{name} is {present.get(name, 'missing')} in the warehouse "
                f"but {kind} today: another version of the product made it; load the files into a new warehouse"
            )


def _column_types(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    return {column: kind for column, kind, *_ in connection.execute(f"DESCRIBE {name}").fetchall()}


def require_schema(name: str, frame: pl.DataFrame) -> None:
    """`StageError` unless `frame` has exactly the columns and types declared for the table `name`."""
    if name not in BY_NAME:
        raise StageError(f"{name} is not a declared table; see warehouse/tables.py")
    declared = polars_schema(BY_NAME[name])
    if frame.schema == declared:
        return
    for column in [*declared, *frame.columns]:
        wanted, given = declared.get(column), frame.schema.get(column)
        if wanted != given:
            raise StageError(
                f"{name}.{column} is {given or 'missing'}, declared is {wanted or 'no such column'}"
            )
    raise StageError(f"the columns of {name} are in another order than declared: {frame.columns}")
