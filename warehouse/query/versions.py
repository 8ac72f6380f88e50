"""Connect to any published version of a warehouse.

Each row of `main` has the version since which it is unchanged. `history` has the rows that a later version changed or
removed, with the versions between which they were valid. Together they yield the rows of any version.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

from schema.derive import HISTORY, literal, name_in, quoted
from schema.table import Table
from schema.tables import SINCE_VERSION, TABLES, UNTIL_VERSION, VERSIONED, VERSIONS
from warehouse.files.catalog import create_views
from warehouse.files.connect import MEMORY, RequestError, connect_memory, connect_readonly, lock

SINCE, UNTIL = SINCE_VERSION.name, UNTIL_VERSION.name


class VersionError(RequestError):
    """The version does not exist; the message lists the versions that exist."""


def connect_version(
    path: Path | str, version_no: int | None = None, memory: str = MEMORY
) -> duckdb.DuckDBPyConnection:
    """Open a locked connection to the latest version or an older version; VersionError if it does not exist.

    An older version has its tables and the current views on them, but no macros.
    """
    if version_no is None:
        return connect_readonly(path, memory)
    require_version(path, version_no)
    connection = connect_memory()
    connection.execute(f"ATTACH {literal(str(path))} AS published (READ_ONLY); CREATE SCHEMA ops")
    for table in TABLES:
        connection.execute(f"CREATE VIEW {name_in(table)} AS {_rows_of(table, version_no)}")
    create_views(connection)
    lock(connection, memory)
    return connection


def find_version(path: Path | str, moment: date | datetime) -> int:
    """Find the number of the last version that was published by the end of a day or by a moment (UTC).

    VersionError if nothing was published by then.
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    sql = f"SELECT max(version_no), min(published_at) FROM {VERSIONS.qualified}"
    with connect_readonly(path) as connection:
        [(found, _)] = connection.execute(f"{sql} WHERE published_at <= $1", [moment]).fetchall()
        [(_, first)] = connection.execute(sql).fetchall()
    if found is None:
        raise VersionError(
            f"nothing was published by {moment:%Y-%m-%d %H:%M} UTC; the first version is of {first}"
        )
    return int(found)


def require_version(path: Path | str, version_no: int) -> None:
    with connect_readonly(path) as connection:
        sql = f"SELECT version_no FROM {VERSIONS.qualified} ORDER BY version_no"
        existing = [number for (number,) in connection.execute(sql).fetchall()]
    if version_no not in existing:
        raise VersionError(
            f"there is no version {version_no}; the versions are {existing[0]} to {existing[-1]}"
        )


def _rows_of(table: Table, version_no: int) -> str:
    """A query for the rows of a table that were valid in a version; rows of the ledger are never changed."""
    columns = ", ".join(quoted(column.name) for column in table.columns)
    now = f"SELECT {columns} FROM published.{name_in(table)}"
    if table == VERSIONS:
        return f"{now} WHERE version_no <= {version_no}"
    if table not in VERSIONED:
        runs = f"SELECT run_id FROM published.{name_in(VERSIONS)} WHERE version_no <= {version_no}"
        return f"{now} WHERE run_id IN ({runs})"
    return (
        f"SELECT {columns}, {SINCE} FROM published.{name_in(table)} WHERE {SINCE} <= {version_no} "
        f"UNION ALL SELECT {columns}, {SINCE} FROM published.{name_in(table, HISTORY)} "
        f"WHERE {SINCE} <= {version_no} AND {UNTIL} > {version_no}"
    )
