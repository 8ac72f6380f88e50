"""Copy a warehouse and verify the copy table by table.

A fingerprint has the row count of each table and a checksum of its rows, independent of their order. Two files with the
same fingerprint contain the same warehouse.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from schema.derive import quoted
from warehouse.files.connect import WarehouseError, connect_readonly
from warehouse.files.lock import write_lock
from warehouse.files.replace import read_version_no, require_no_log
from warehouse.files.upgrade import read_shape

FINGERPRINT = pl.Schema({"table_name": pl.String, "rows": pl.Int64, "checksum": pl.String})
NAME = re.compile(r"(?P<stem>.+)-v(?P<version_no>\d{6,})-(?P<moment>\d{8}T\d{6}Z)\.duckdb")


def fingerprint(path: Path | str) -> pl.DataFrame:
    """Compute the fingerprint (FINGERPRINT) of a warehouse from every row, and so from every block of the file.

    WarehouseError if the file is missing, damaged or not a warehouse.
    """
    with connect_readonly(path) as connection:
        try:
            return fingerprint_of(connection)
        except duckdb.Error as error:
            raise WarehouseError(f"{path} cannot be read completely: {error}") from error


def fingerprint_of(connection: duckdb.DuckDBPyConnection, only: dict[str, str] | None = None) -> pl.DataFrame:
    """The fingerprint of a connection's database; `only` maps tables to conditions on the rows to include."""
    conditions = only or {}
    rows = [_sum_up(connection, table, conditions.get(table, "true")) for table in list_tables(connection)]
    return pl.DataFrame(rows, FINGERPRINT, orient="row")


def list_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """All tables of a connection's database, as `schema."table"` for SQL."""
    found = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() "
        "AND NOT temporary ORDER BY ALL"
    ).fetchall()
    return [f"{schema}.{quoted(table)}" for schema, table in found]


def _sum_up(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> tuple[str, int, str]:
    """A table's name, row count and checksum. The checksum is a sum, because with XOR two equal rows cancel out."""
    sql = f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR FROM {table} AS t WHERE {condition}"
    [(rows, checksum)] = connection.execute(sql).fetchall()
    return table, rows, checksum


def differing(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """The names of the tables whose row count or checksum differs between two fingerprints."""
    both = before.join(after, on="table_name", how="full", suffix="_after", coalesce=True)
    same = pl.col("rows").eq_missing(pl.col("rows_after")) & pl.col("checksum").eq_missing(
        pl.col("checksum_after")
    )
    return both.filter(~same)["table_name"].sort().to_list()


def require_same(before: pl.DataFrame, after: pl.DataFrame, what: str) -> None:
    """Raise WarehouseError, which names the tables, if two fingerprints differ."""
    if tables := differing(before, after):
        raise WarehouseError(f"{what} differs from the warehouse in {', '.join(tables)}")


def name_backup(warehouse: Path, version_no: int, moment: datetime) -> str:
    """Name a backup so that names sort by version and time (UTC): `onrecord-v000012-20261122T220000Z.duckdb`."""
    return f"{warehouse.stem}-v{version_no:06}-{moment:%Y%m%dT%H%M%SZ}.duckdb"


def sort_backups(names: Iterable[str], warehouse: Path) -> list[str]:
    """The names of backups of this warehouse, newest first; ignores other names."""
    found = [match for name in names if (match := NAME.fullmatch(name)) and match["stem"] == warehouse.stem]
    return [match[0] for match in sorted(found, key=lambda match: (match["moment"], match[0]), reverse=True)]


def copy_published(warehouse: Path, target: Path, holder: str, wait: float = 0) -> tuple[int, pl.DataFrame]:
    """Copy the published file; returns its version and fingerprint.

    WarehouseError if a run holds the lock for more than `wait` seconds.
    """
    with write_lock(warehouse, holder, wait):
        require_no_log(warehouse)
        target.parent.mkdir(parents=True, exist_ok=True)
        published = fingerprint(warehouse)
        shutil.copy(warehouse, target)
    return require_warehouse(target), published


def require_warehouse(path: Path) -> int:
    """Read the version in a file; WarehouseError if it is damaged, not a warehouse, or from a newer On Record."""
    with connect_readonly(path) as connection:
        if not read_shape(connection, path):
            raise WarehouseError(f"{path} is empty: no run has ever published to it")
    return read_version_no(path)
