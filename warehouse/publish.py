"""The next version with its judged staging -> the published file, or a file kept aside for a look at what is wrong.

A reader sees the version before or the version after, never anything between: the new file is finished and on disk
before it takes the old one's name.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from warehouse.catalog import describe
from warehouse.derive import amended, literal, name_in, polars_schema, settled_columns
from warehouse.merge import amend_sql, merge_sql, merges, remember_amended_sql, remember_sql
from warehouse.search import update_index
from warehouse.settle import publish_settled
from warehouse.stage import STAGING, NextVersion, remove_version, require_no_log
from warehouse.tables import CHECKS, TABLES, VERSIONED, VERSIONS, Table

STOPPED = "stopped.duckdb"


@dataclass(frozen=True)
class Published:
    """What was published: `rows` counts the rows added to each table, by table name."""

    path: Path
    version_no: int
    rows: dict[str, int]


def publish(next_version: NextVersion) -> Published:
    """Merge staging into the tables, put views and comments on top, and replace the published file.

    Staging must have passed the gate. Any error leaves the published file as it was, byte for byte.
    """
    connection = next_version.connection
    version_no = _stage_version(next_version)
    before = _row_counts(next_version)
    with _transaction(next_version):
        publish_settled(next_version, version_no)
        for table in TABLES:
            _amend_published(connection, table, version_no)
            _merge_staged(connection, table, version_no)
        connection.execute(f"DROP SCHEMA {STAGING} CASCADE")
        update_index(connection, version_no)
        describe(connection)
    after = _row_counts(next_version)
    connection.execute("CHECKPOINT")
    next_version.close()
    _replace(next_version.path, next_version.published)
    return Published(next_version.published, version_no, {name: after[name] - before[name] for name in after})


def keep_stopped(next_version: NextVersion, folder: Path | str) -> Path:
    """Keep the file of a stopped run as `folder/stopped.duckdb`, in the place of the one kept before.

    Its `main` tables are those of the last published version, `ops.checks` tells why the run was stopped, and
    `staging` holds the rows that were not published.
    """
    target = Path(folder).expanduser().resolve() / STOPPED
    target.parent.mkdir(parents=True, exist_ok=True)
    next_version.connection.execute(merge_sql(CHECKS, CHECKS.qualified, name_in(CHECKS, STAGING)))
    next_version.close()
    remove_version(target)
    shutil.move(next_version.path, target)
    return target


def _stage_version(next_version: NextVersion) -> int:
    sql = f"SELECT coalesce(max(version_no), 0) + 1 FROM {VERSIONS.qualified}"
    version_no = int(next_version.connection.execute(sql).fetchall()[0][0])
    row = {"version_no": version_no, "published_at": datetime.now(UTC), "run_id": next_version.run_id}
    next_version.stage({VERSIONS.name: pl.DataFrame([row], polars_schema(VERSIONS))})
    return version_no


def _amend_published(connection: duckdb.DuckDBPyConnection, table: Table, version_no: int) -> None:
    if settled_columns(table):
        connection.execute(remember_amended_sql(table, version_no))
        connection.execute(amend_sql(table, table.qualified, amended(table), version_no))


def _merge_staged(connection: duckdb.DuckDBPyConnection, table: Table, version_no: int) -> None:
    source = name_in(table, STAGING)
    if table not in VERSIONED:
        connection.execute(merge_sql(table, table.qualified, source))
        return
    if merges(table):
        connection.execute(remember_sql(table, source, version_no))
    connection.execute(merge_sql(table, table.qualified, source, version_no))


@contextmanager
def _transaction(next_version: NextVersion) -> Iterator[None]:
    next_version.connection.begin()
    try:
        yield
    except BaseException:
        next_version.connection.rollback()
        raise
    next_version.connection.commit()


def _row_counts(next_version: NextVersion) -> dict[str, int]:
    counts = [f"SELECT {literal(table.name)}, count(*) FROM {table.qualified}" for table in TABLES]
    return dict(next_version.connection.execute(" UNION ALL ".join(counts)).fetchall())


def _replace(new: Path, old: Path) -> None:
    """Put `new` in the place of `old` so that a power cut leaves the one or the other, whole."""
    require_no_log(new)
    require_no_log(old)
    _sync(new)
    os.replace(new, old)  # noqa: PTH105 - named for what it is: atomic on POSIX
    _sync(old.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
