"""Count and read the rows that were added, changed and removed between two versions of a warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schema.derive import HISTORY, name_in, quoted
from schema.table import Table
from schema.tables import SINCE_VERSION, UNTIL_VERSION, VERSIONED, VERSIONS
from warehouse.files.connect import connect_readonly
from warehouse.query.versions import require_version

SINCE, UNTIL = SINCE_VERSION.name, UNTIL_VERSION.name
CHANGES = pl.Schema(
    {"table_name": pl.String, "rows": pl.Int64, "added": pl.Int64, "changed": pl.Int64, "removed": pl.Int64}
)


def count_changes(path: Path | str, version_no: int) -> pl.DataFrame:
    """Count the changes (CHANGES) from a version to the latest; one row per table of `main`, in declared order.

    A row whose key existed before counts as changed if any column differs. VersionError for an unknown version.
    """
    if version_no:
        require_version(path, version_no)
    with connect_readonly(path) as connection:
        return pl.DataFrame([_count(connection, table, version_no) for table in VERSIONED], CHANGES)


def read_changes(path: Path | str, table: Table, version_no: int, limit: int = 20) -> pl.DataFrame:
    """Read the first `limit` rows of a table that are new or changed since a version; `change` says which."""
    with connect_readonly(path) as connection:
        sql = (
            f"SELECT {_change(table, version_no)} AS change, t.* FROM {name_in(table)} AS t "
            f"WHERE t.{SINCE} > {version_no} ORDER BY change, {_keys(table)} LIMIT {limit}"
        )
        return connection.sql(sql).pl()


def latest_version(path: Path | str) -> int:
    """The number of the published version."""
    with connect_readonly(path) as connection:
        found = connection.execute(f"SELECT max(version_no) FROM {VERSIONS.qualified}").fetchall()
        return int(found[0][0])


def previous_version(path: Path | str) -> int:
    """The number of the version before the published one, 0 for the first version; numbers may have gaps."""
    sql = f"SELECT version_no FROM {VERSIONS.qualified} ORDER BY version_no DESC LIMIT 1 OFFSET 1"
    with connect_readonly(path) as connection:
        found = connection.execute(sql).fetchone()
    return found[0] if found else 0


def _count(connection: duckdb.DuckDBPyConnection, table: Table, version_no: int) -> dict[str, Any]:
    """The row of CHANGES for one table. Version 0 stands for the empty warehouse before the first version."""
    now, before = name_in(table), name_in(table, HISTORY)
    keys = _keys(table)
    gone = f"SELECT {keys} FROM {before} WHERE {SINCE} <= {version_no} AND {UNTIL} > {version_no}"
    sql = f"""
        WITH gone AS MATERIALIZED ({gone}),
        back AS (  -- a row that was there before and after is newer than its record in the history
            SELECT {keys} FROM {now} SEMI JOIN gone USING ({keys}) WHERE {SINCE} > {version_no}
        ),
        fresh AS (SELECT {_change(table, version_no)} AS change FROM {now} AS t WHERE t.{SINCE} > {version_no})
        SELECT
            (SELECT count(*) FROM {now}),
            count(*) FILTER (change = 'added'),
            count(*) FILTER (change = 'changed'),
            (SELECT count(*) FROM gone ANTI JOIN back USING ({keys}))
        FROM fresh"""
    [counts] = connection.execute(sql).fetchall()
    return dict(zip(CHANGES, (table.name, *counts), strict=True))


def _change(table: Table, version_no: int) -> str:
    same = " AND ".join(f"h.{quoted(key)} = t.{quoted(key)}" for key in table.key)
    was_valid = f"h.{SINCE} <= {version_no} AND h.{UNTIL} > {version_no}"
    existed = f"EXISTS (SELECT 1 FROM {name_in(table, HISTORY)} AS h WHERE {same} AND {was_valid})"
    return f"CASE WHEN {existed} THEN 'changed' ELSE 'added' END"


def _keys(table: Table) -> str:
    return ", ".join(quoted(key) for key in table.key)
