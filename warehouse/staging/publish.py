"""Publish what a run has staged and checked, or keep the staging file of a stopped run for inspection.

Readers see either the old or the new version, never a mixture. Normally the new file is complete on disk before it
replaces the old one; with `in_place`, the old file is changed in one transaction.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from schema.derive import ddl, literal, name_in, polars_schema, settled_columns
from schema.merge import (
    amend_rows_sql,
    find_amended_sql,
    insert_new_sql,
    insert_sql,
    merge_sql,
    merges,
    remember_amended_sql,
    remember_sql,
)
from schema.table import Table
from schema.tables import TABLES, VERSIONED, VERSIONS
from warehouse.files.catalog import describe
from warehouse.files.checked import is_checked, read_state
from warehouse.files.connect import WarehouseError, connect
from warehouse.files.lock import note_version
from warehouse.files.replace import (
    CopyAhead,
    copy_file,
    next_path,
    next_version_no,
    remove_version,
    replace_published,
    require_no_log,
    unshare,
)
from warehouse.files.upgrade import shape_now
from warehouse.query.figures import update_figures
from warehouse.query.search import update_index
from warehouse.staging.entities import publish_settled
from warehouse.staging.next_version import STAGING, NextVersion, transaction
from warehouse.staging.reworded import publish_stances
from warehouse.staging.withdraw import RESTS_ON_ARTICLE, publish_withdrawn

STOPPED = "stopped.duckdb"
TARGET = "target"  # name of the next file to publish on the connection that writes it
SMALL = 100_000  # statements; so few are published with one thread, which takes less CPU time
# The staged articles of which no row is published, nor was before this version withdrew it.
NEW_ARTICLES = f"""
    CREATE OR REPLACE TEMP TABLE new_articles AS
    SELECT DISTINCT article_id FROM {STAGING}.articles
    ANTI JOIN {STAGING}.withdrawn USING (article_id)
    ANTI JOIN (SELECT article_id FROM main.articles) USING (article_id)"""
NEW_STATEMENTS = f"(SELECT statement_id FROM {STAGING}.statements SEMI JOIN new_articles USING (article_id))"


@dataclass(frozen=True)
class Published:
    """A published version; `rows` is the number of rows added, by table name."""

    path: Path
    version_no: int
    rows: dict[str, int]


def copy_ahead(next_version: NextVersion) -> None:
    """Begin to copy the published file in a thread, so that `publish` need not wait for the disk.

    Does nothing if there is no file, or if a copy was begun before.
    """
    if next_version.published.exists() and not next_version.copying:
        next_version.copying = CopyAhead(next_version.published, next_path(next_version.published))


def publish(
    next_version: NextVersion,
    *,
    keep: int = 1,
    days: int = 0,
    in_place: bool = False,
    check_whole: Callable[[Path], None] | None = None,
) -> Published:
    """Merge staging into the tables, create views and comments, and publish the result as the next version.

    Staging must have passed the gate. Afterwards `next_version` no longer shows the published tables. After an error
    the published file is the same byte for byte; with `in_place`, it has the same rows. `keep` and `days` say which
    previous versions stay (see `warehouse/files/replace.py`); `in_place` keeps none.

    If something other than a run has written to the published file, `check_whole` checks the whole new file and raises
    an error if it finds a fault. In this case the file is replaced even with `in_place`.
    """
    version_no = _stage_version(next_version)
    published = next_version.published
    is_sound = not published.exists() or is_checked(published)
    in_place = in_place and published.exists() and (is_sound or check_whole is None)
    with next_version.one_thread(SMALL), _target(next_version, in_place=in_place):
        connection = next_version.connection
        before = _row_counts(connection)
        with transaction(connection):
            publish_withdrawn(connection, version_no)
            publish_settled(next_version, version_no)
            publish_stances(next_version, version_no)
            connection.execute(NEW_ARTICLES)
            for table in TABLES:
                _amend_published(next_version, table, version_no)
                _merge_staged(connection, table, version_no, all_known=is_sound)
            update_index(connection, version_no)
            update_figures(connection, version_no, may_keep=is_sound)
            describe(connection)
            _note_time(connection, version_no, next_version.run_id)
        after = _row_counts(connection)
    if check_whole and not is_sound:
        _check_next(published, check_whole)
        is_sound = True
    if in_place:
        note_version(published, version_no, read_state(published) if is_sound else None)
    else:
        replace_published(next_path(published), published, keep, days, was_checked=is_sound)
    return Published(published, version_no, {name: after[name] - before[name] for name in after})


def _check_next(published: Path, check_whole: Callable[[Path], None]) -> None:
    try:
        check_whole(next_path(published))
    except BaseException:
        remove_version(next_path(published))
        raise


def keep_stopped(next_version: NextVersion, folder: Path | str) -> Path:
    """Keep the staging file of a stopped run as `folder/stopped.duckdb`, replacing the previous one.

    Its schema `staging` holds the rows that were not published, and `ops.checks` says why the run was stopped.
    """
    target = Path(folder).expanduser().resolve() / STOPPED
    target.parent.mkdir(parents=True, exist_ok=True)
    next_version.close()
    with connect(next_version.path) as connection:
        connection.execute(f"CREATE SCHEMA ops; CREATE VIEW ops.checks AS FROM {STAGING}.checks")
    remove_version(target)
    shutil.move(next_version.path, target)
    return target


@contextmanager
def _target(next_version: NextVersion, *, in_place: bool) -> Iterator[None]:
    """Within the block, `main` and `ops` on the run's connection are the schemas of the file to publish next.

    At the end the file is complete and detached; after an error it is detached too.
    """
    connection = next_version.connection
    connection.execute("USE memory; DETACH published")  # a file cannot be open twice
    published = next_version.published
    if in_place:
        unshare(published)
        file = published
    else:
        require_no_log(published)
        is_copied = next_version.copying and next_version.copying.wait()
        file = next_path(published) if is_copied else _copy(published)
    try:
        connection.execute(f"ATTACH {literal(str(file))} AS {TARGET}; USE {TARGET}; {ddl()}")
    except duckdb.Error as error:
        raise WarehouseError(
            f"{file} cannot be written: {error}; nothing was published. Close the program that has the file open, or "
            f"set ONRECORD_PUBLISH=copy"
        ) from error
    # Write commits to the file at once, not to a write-ahead log first.
    connection.execute(
        f"SET search_path = '{TARGET}.main,{TARGET}.ops,run.{STAGING}'; SET wal_autocheckpoint = '1KB'"
    )
    detach = f"SET search_path = 'run.{STAGING}'; DETACH {TARGET}"
    try:
        yield
        connection.execute(f"CHECKPOINT {TARGET}")
    except BaseException:
        with suppress(duckdb.Error):  # after a full disk, DuckDB refuses every statement
            connection.execute(detach)
        raise
    connection.execute(detach)


def _copy(published: Path) -> Path:
    """Copy the published file, if it exists, to the path of the next file; first remove a killed run's leftovers."""
    path = next_path(published)
    remove_version(path)
    if published.exists():
        copy_file(published, path)
    return path


def _stage_version(next_version: NextVersion) -> int:
    sql = f"SELECT coalesce(max(version_no), 0) FROM {VERSIONS.qualified}"
    current = int(next_version.connection.execute(sql).fetchall()[0][0])
    version_no = next_version_no(next_version.published, current)
    row = {
        "version_no": version_no, "published_at": datetime.now(UTC), "run_id": next_version.run_id,
        "shape_no": shape_now(),
    }  # fmt: skip
    # The staging file of a resumed run already has a row.
    next_version.connection.execute(f"DELETE FROM {name_in(VERSIONS, STAGING)}")
    next_version.stage({VERSIONS.name: pl.DataFrame([row], polars_schema(VERSIONS))})
    return version_no


def _note_time(connection: duckdb.DuckDBPyConnection, version_no: int, run_id: str) -> None:
    """Set the time of the version, and that of the end of its run, to the present."""
    now = datetime.now(UTC)
    connection.execute("UPDATE ops.versions SET published_at = $1 WHERE version_no = $2", [now, version_no])
    connection.execute(
        "UPDATE ops.runs SET ended_at = $1 WHERE run_id = $2 AND ended_at IS NULL", [now, run_id]
    )


def _amend_published(next_version: NextVersion, table: Table, version_no: int) -> None:
    if not settled_columns(table):
        return
    connection = next_version.connection
    find = find_amended_sql(table, next_version.amended_within.get(table.name, "true"))
    if connection.execute(find).fetchall() != [(0,)]:
        connection.execute(remember_amended_sql(table, version_no))
        connection.execute(amend_rows_sql(table, version_no))


def _merge_staged(
    connection: duckdb.DuckDBPyConnection, table: Table, version_no: int, *, all_known: bool
) -> None:
    """Merge the staged rows of a table; `all_known` says that each published row belongs to a published article."""
    source = name_in(table, STAGING)
    version = version_no if table in VERSIONED else None
    if not merges(table):
        insert = insert_sql if all_known and _is_new(connection, table) else insert_new_sql
        connection.execute(insert(table, table.qualified, source, version))
        return
    if version:
        connection.execute(remember_sql(table, source, version))
    connection.execute(merge_sql(table, table.qualified, source, version))


def _is_new(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether all staged rows of a table belong to new articles, so that no published row has the same key."""
    if table.name not in RESTS_ON_ARTICLE:
        return False
    is_of_article = any(column.name == "article_id" for column in table.columns)
    new, key = ("new_articles", "article_id") if is_of_article else (NEW_STATEMENTS, "statement_id")
    others = f"FROM {name_in(table, STAGING)} ANTI JOIN {new} USING ({key}) LIMIT 1"
    return not connection.execute(others).fetchall()


def _row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = [f"SELECT {literal(table.name)}, count(*) FROM {table.qualified}" for table in TABLES]
    return dict(connection.execute(" UNION ALL ".join(counts)).fetchall())
