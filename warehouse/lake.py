"""Copy a published warehouse to a DuckLake (Parquet files and a catalog, usually in PostgreSQL) that machines share.

Each version of a warehouse becomes one snapshot of the lake, in one transaction. `since_version` and `history` show
which rows a version added, changed and removed. A lake can hold several warehouses; the column `warehouse` of each
table says which warehouse a row belongs to. `ops.versions` records which versions of which warehouse a snapshot has. So
a call completes the work of a call that crashed, and writes nothing if the lake is up to date.

The lake has the tables of `main` and the ledger. Runs never read the lake, so other data that they need stays in the
warehouse.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from schema.derive import HISTORY, literal, name_in, quoted, sql_type, stored_columns
from schema.table import Table
from schema.tables import ACTOR_CORRECTIONS, BY_NAME, SINCE_VERSION, TABLES, UNTIL_VERSION, VERSIONED
from warehouse.files.catalog import create_views
from warehouse.files.connect import (
    MEMORY,
    RequestError,
    WarehouseError,
    connect_memory,
    connect_readonly,
    limit,
    lock,
)
from warehouse.files.lock import write_lock

SINCE, UNTIL = SINCE_VERSION.name, UNTIL_VERSION.name
LEDGER = tuple(BY_NAME[name] for name in ("runs", "files", "rejects", "metrics", "checks", "versions"))
KEPT = (*VERSIONED, *LEDGER, ACTOR_CORRECTIONS)
OWNER = "warehouse"
ATTEMPTS, FIRST_WAIT = 8, 0.2  # after a conflict with another writer; the wait (seconds) doubles each time
FILE_TABLES = ("ducklake_data_file", "ducklake_delete_file", "ducklake_files_scheduled_for_deletion")
EXTENSIONS = {"ducklake": "ducklake", "postgres": "postgres_scanner"}


class LakeError(WarehouseError):
    """The lake cannot be reached, read or written; `may_pass` says whether a retry may help.

    The message may contain secrets in the lake's address.
    """

    def __init__(self, text: str, *, may_pass: bool = False) -> None:
        super().__init__(text)
        self.may_pass = may_pass


@dataclass(frozen=True)
class Lake:
    """The location of a lake: `address` for DuckDB's ATTACH, `data` for the folder of its Parquet files.

    The catalog of an existing lake records the folder. Set `data` for a new lake, or if the folder has another path on
    this machine.
    """

    address: str
    data: str | None = None


@dataclass(frozen=True)
class Replicated:
    """The result of copying: the copied versions, each of which is one snapshot, and the number of written rows."""

    versions: list[int]
    rows: int


# --- writing ------------------------------------------------------------------------------------------------


def replicate(warehouse: Path, lake: Lake, name: str) -> Replicated:
    """Copy the versions that the lake lacks, up to the published one, under the warehouse's `name`.

    Each version since the last copied one is copied in its own transaction. A warehouse that is new to the lake, or was
    rolled back after its last copy, is copied as a whole in a single transaction. LakeError if the lake fails,
    RequestError if another warehouse has the name in the lake (a warehouse that was loaded again from the same files
    counts as another warehouse).
    """
    warehouse = warehouse.expanduser().resolve()
    with write_lock(Path(f"{warehouse}.lake"), "onrecord lake", wait=60), open_lake(lake) as connection:
        connect_readonly(warehouse).close()
        connection.execute(f"ATTACH {literal(str(warehouse))} AS published (READ_ONLY)")
        done = Replicated([], 0)
        while step := _copy_next(connection, name):
            done = Replicated([*done.versions, step[0]], done.rows + step[1])
    return done


def _copy_next(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int] | None:
    """Copy the next version in a transaction; retry if another writer was faster."""
    for attempt in range(ATTEMPTS):
        try:
            connection.begin()
            step = _write_next(connection, name)
            connection.commit()
            return step
        except duckdb.Error as error:
            _roll_back(connection)
            if attempt == ATTEMPTS - 1 or "conflict" not in str(error).lower():
                raise LakeError(f"the lake was not written: {error}", may_pass=_may_pass(error)) from error
            time.sleep(FIRST_WAIT * 2**attempt)
        except BaseException:
            _roll_back(connection)
            raise
    raise AssertionError("bug: the last attempt must return or raise")


def _may_pass(error: duckdb.Error) -> bool:
    """Whether the server, the network or another writer caused the error, so that a retry may help."""
    return isinstance(error, duckdb.OperationalError)


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.rollback()
    except duckdb.TransactionException:  # the failed commit has already ended the transaction
        return


def _write_next(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int] | None:
    """Write the next version; returns its number and the rows written, or None if the lake has all versions."""
    _require_tables(connection)
    copied, published = _read_versions(connection, name), _read_published(connection)
    if copied == published:
        return None
    _require_own(name, copied, published)
    is_next = bool(copied) and copied == published[: len(copied)]
    version_no, run_id = published[len(copied)] if is_next else published[-1]
    steps = _steps(name, version_no, run_id) if is_next else _whole(name)
    rows = sum(connection.execute(sql).fetchall()[0][0] for sql in steps)
    _require_equal(connection, name, version_no)
    note = f"{name} version {version_no}"
    connection.execute(f"CALL lake.set_commit_message('onrecord', {literal(note)})")
    return version_no, rows


def _require_own(name: str, copied: list[tuple[int, str]], published: list[tuple[int, str]]) -> None:
    """Raise RequestError if another warehouse has the name: its first version comes from another run.

    If two new warehouses took the same name at the same moment, the lake has the rows and first versions of both.
    """
    first = [version for version in copied if version[0] == copied[0][0]]
    if others := [version for version in first if version != published[0]]:
        number, run_id = others[0]
        raise RequestError(
            f"the lake has another warehouse called {name}, whose version {number} is from run {run_id}; "
            f"give this warehouse another name, or remove the other one from the lake"
        )


def remove(lake: Lake, name: str) -> int:
    """Remove a warehouse from the lake in one snapshot; earlier snapshots keep it. Returns the number of rows."""
    with open_lake(lake) as connection:
        connection.begin()
        _require_tables(connection)
        rows = sum(int(connection.execute(_delete(table, name)).fetchall()[0][0]) for table in KEPT)
        connection.execute(f"CALL lake.set_commit_message('onrecord', {literal(f'{name} removed')})")
        connection.commit()
    return rows


@dataclass(frozen=True)
class Tidied:
    """The result of tidying: the number of dropped snapshots, and of deleted files that no snapshot ever named."""

    snapshots: int
    orphans: int


def tidy(lake: Lake, before: datetime, *, orphans: datetime | None = None) -> Tidied:
    """Merge the small files of many versions and drop snapshots older than `before`.

    The last snapshot always stays. Files that no snapshot needs are removed a day later, so that no reader has them
    open. `orphans` is a moment: files that killed copies wrote before it are deleted too.
    """
    with open_lake(lake) as connection:
        try:
            connection.execute("CALL ducklake_merge_adjacent_files('lake')")
            older = f"older_than => {literal(before.isoformat())}::TIMESTAMPTZ"
            gone = connection.execute(f"CALL ducklake_expire_snapshots('lake', {older})").fetchall()
            connection.execute(
                "CALL ducklake_cleanup_old_files('lake', older_than => now() - INTERVAL 1 DAY)"
            )
            deleted = _delete_orphans(connection, orphans) if orphans else 0
        except duckdb.Error as error:
            raise LakeError(f"the lake was not tidied: {error}") from error
    return Tidied(len(gone), deleted)


def _delete_orphans(connection: duckdb.DuckDBPyConnection, before: datetime) -> int:
    """Delete the files in the lake's folder that the catalog does not know; returns their number.

    RequestError if the name of such a file is not one of DuckLake's, or is in the catalog. Then the folder also has
    other data, or the catalog has another path for the folder, and DuckLake would delete files that are needed.
    """
    delete = f"CALL ducklake_delete_orphaned_files('lake', older_than => {literal(before.isoformat())}::TIMESTAMPTZ"
    names = " UNION ALL ".join(f"SELECT path FROM __ducklake_metadata_lake.{name}" for name in FILE_TABLES)
    known = {path.rpartition("/")[2] for (path,) in connection.execute(names).fetchall()}
    for (path,) in connection.execute(f"{delete}, dry_run => true)").fetchall():
        file = path.rpartition("/")[2]
        if file in known or not file.startswith("ducklake-"):
            raise RequestError(
                f"no orphaned files were deleted, because {path} may be needed: the folder of the lake must belong to "
                f"this lake alone, and ONRECORD_LAKE_DATA must name it as when the lake was created"
            )
    return len(connection.execute(f"{delete})").fetchall())


def _steps(name: str, version_no: int, run_id: str) -> Iterator[str]:
    """Yield the SQL statements that copy the changes of one version."""
    for table in VERSIONED:
        keys = ", ".join(quoted(key) for key in table.key)
        ended = f"SELECT {keys} FROM published.{name_in(table, HISTORY)} WHERE {UNTIL} = {version_no}"
        yield f"{_delete(table, name)} AND ({keys}) IN ({ended})"
        now, former = f"published.{name_in(table)}", f"published.{name_in(table, HISTORY)}"
        columns = _columns(table)
        yield _insert(
            table, name,
            f"(SELECT {columns} FROM {now} WHERE {SINCE} = {version_no} UNION ALL "
            f"SELECT {columns} FROM {former} WHERE {SINCE} = {version_no} AND {UNTIL} > {version_no})",
        )  # fmt: skip
    for table in LEDGER:
        of_run = f"(FROM published.{name_in(table)} WHERE run_id = {literal(run_id)})"
        yield _insert(table, name, of_run)
    yield _delete(ACTOR_CORRECTIONS, name)
    yield _insert(ACTOR_CORRECTIONS, name, f"published.{name_in(ACTOR_CORRECTIONS)}")


def _whole(name: str) -> Iterator[str]:
    """Yield the SQL statements that replace the warehouse in the lake by its current state."""
    for table in KEPT:
        yield _delete(table, name)
        yield _insert(table, name, f"published.{name_in(table)}")


def _delete(table: Table, name: str) -> str:
    return f"DELETE FROM lake.{name_in(table)} WHERE {OWNER} = {literal(name)}"


def _insert(table: Table, name: str, source: str) -> str:
    columns = _columns(table)
    return f"INSERT INTO lake.{name_in(table)} ({OWNER}, {columns}) SELECT {literal(name)}, {columns} FROM {source}"


def _columns(table: Table) -> str:
    return ", ".join(quoted(column.name) for column in stored_columns(table))


def _require_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create missing tables, and add missing columns to tables of an older On Record.

    Tables are partitioned by warehouse, so that writers of different warehouses never touch the same files.
    """
    sql = "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake'"
    present = set(connection.execute(sql).fetchall())
    for table in KEPT:
        columns = {
            column.name: f"{quoted(column.name)} {sql_type(column.dtype)}" for column in stored_columns(table)
        }
        new = [ddl for name, ddl in columns.items() if (table.schema, table.name, name) not in present]
        place = f"lake.{name_in(table)}"
        if len(new) == len(columns):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{table.schema}")
            connection.execute(f"CREATE TABLE {place} ({OWNER} VARCHAR, {', '.join(new)})")
            connection.execute(f"ALTER TABLE {place} SET PARTITIONED BY ({OWNER})")
            continue
        for ddl in new:
            connection.execute(f"ALTER TABLE {place} ADD COLUMN {ddl}")


def _read_versions(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[int, str]]:
    sql = f"SELECT version_no, run_id FROM lake.ops.versions WHERE {OWNER} = {literal(name)} ORDER BY version_no"
    return connection.execute(sql).fetchall()


def _read_published(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    sql = "SELECT version_no, run_id FROM published.ops.versions ORDER BY version_no"
    return connection.execute(sql).fetchall()


def _require_equal(connection: duckdb.DuckDBPyConnection, name: str, version_no: int) -> None:
    """Raise LakeError, which cancels the transaction, unless the lake has as many rows as the version."""
    for table in VERSIONED:
        of_version = " + ".join(
            f"(SELECT count(*) FROM published.{name_in(table, schema)} WHERE {SINCE} <= {version_no}{more})"
            for schema, more in ((None, ""), (HISTORY, f" AND {UNTIL} > {version_no}"))
        )
        sql = f"SELECT (SELECT count(*) FROM lake.{name_in(table)} WHERE {OWNER} = {literal(name)}), {of_version}"
        [(found, expected)] = connection.execute(sql).fetchall()
        if found != expected:
            raise LakeError(
                f"after copying {name} version {version_no}, the lake would have {found} rows of {table.name}, not "
                f"{expected}; nothing was copied: remove {name} from the lake and copy it again"
            )


# --- reading ------------------------------------------------------------------------------------------------


def read_snapshots(lake: Lake) -> pl.DataFrame:
    """The snapshots that added or removed versions, as `snapshot_id`, `snapshot_time` and `brought` (a message)."""
    with open_lake(lake, read_only=True) as connection:
        return connection.sql(
            "SELECT snapshot_id, snapshot_time, commit_message AS brought FROM lake.snapshots() "
            "WHERE author = 'onrecord' ORDER BY snapshot_id"
        ).pl()


@contextmanager
def connect_lake(
    lake: Lake, name: str | None = None, at: int | datetime | None = None, memory: str = MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection to a warehouse in the lake, with its views, as of a snapshot (a number or a moment).

    Without a `name`, all warehouses are combined. If several warehouses have rows with the same key, only the row of
    the warehouse whose name sorts first is used. All queries on the connection see the same snapshot.
    """
    with open_lake(lake, read_only=True, at=at) as connection:
        connection.execute("CREATE SCHEMA ops")
        for table in TABLES:
            connection.execute(f"CREATE VIEW {name_in(table)} AS {_rows_of(table, name)}")
        create_views(connection)
        lock(connection, memory, [lake.data or _read_data_path(connection)])
        connection.begin()
        yield connection


def _read_data_path(connection: duckdb.DuckDBPyConnection) -> str:
    """The folder of the Parquet files, according to the catalog."""
    sql = "SELECT value FROM __ducklake_metadata_lake.ducklake_metadata WHERE key = 'data_path' AND scope IS NULL"
    return str(connection.execute(sql).fetchall()[0][0])


def _rows_of(table: Table, name: str | None) -> str:
    if table not in KEPT:
        nulls = ", ".join(f"NULL::{sql_type(c.dtype)} AS {quoted(c.name)}" for c in stored_columns(table))
        return f"SELECT {nulls} WHERE false"
    rows = f"SELECT {_columns(table)} FROM lake.{name_in(table)}"
    if name is not None:
        return f"{rows} WHERE {OWNER} = {literal(name)}"
    key = ", ".join(quoted(key) for key in table.key)
    return f"{rows} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {OWNER}) = 1"


# --- connections --------------------------------------------------------------------------------------------


@contextmanager
def open_lake(
    lake: Lake, *, read_only: bool = False, at: int | datetime | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection with the lake attached as `lake`; LakeError if that fails."""
    options = ["READ_ONLY"] if read_only else []
    if lake.data is not None:
        options += [f"DATA_PATH {literal(lake.data)}", "OVERRIDE_DATA_PATH true"]
    if at is not None:
        options.append(
            f"SNAPSHOT_TIME {literal(at.astimezone(UTC).isoformat())}" if isinstance(at, datetime)
            else f"SNAPSHOT_VERSION {at}"
        )  # fmt: skip
    more = f" ({', '.join(options)})" if options else ""
    with connect_memory() as connection:
        limit(connection)
        _load_extensions(connection, lake)
        _attach(connection, f"ATTACH {literal(lake.address)} AS lake{more}")
        yield connection


def _attach(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Attach the lake; if two processes create it at the same time, the slower one succeeds at a later attempt."""
    for attempt in range(ATTEMPTS):
        try:
            connection.execute(sql)
            return
        except duckdb.Error as error:
            if attempt == ATTEMPTS - 1 or "already exists" not in str(error):
                raise LakeError(f"the lake cannot be opened: {error}", may_pass=_may_pass(error)) from error
        time.sleep(FIRST_WAIT * 2**attempt)


def _load_extensions(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Load extensions from their wheels, so that DuckDB downloads nothing and writes nothing to the home folder."""
    for word, extension in EXTENSIONS.items():
        if word == "ducklake" or word in lake.address:
            connection.execute(f"LOAD {literal(str(_find_extension(extension)))}")


def _find_extension(extension: str) -> Path:
    spec = importlib.util.find_spec(f"duckdb_extension_{extension}")
    places = (spec.submodule_search_locations if spec else None) or []
    for place in places:
        file = Path(place) / "extensions" / f"v{duckdb.__version__}" / f"{extension}.duckdb_extension"
        if file.is_file():
            return file
    raise LakeError(
        f"a lake needs DuckDB's extension {extension} for DuckDB {duckdb.__version__}: pip install 'onrecord[lake]'"
    )
