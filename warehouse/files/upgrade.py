"""Migrate a warehouse of an older On Record to the current shape; refuse a warehouse of a newer On Record.

The published file is replaced in one step, and the old file stays among the previous versions. New tables and new
optional columns are added automatically. Any other change gets the next shape number and a script
`upgrades/NNNN_what.sql` that migrates a warehouse of the previous shape.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from schema.derive import ddl, in_every_schema, name_in, quoted, sql_type, stored_columns
from schema.table import Table
from schema.tables import VERSIONS
from warehouse.files.catalog import describe
from warehouse.files.connect import WarehouseError, connect, connect_readonly
from warehouse.files.replace import next_path, previous_versions, remove_version, replace_published

UPGRADES = Path(__file__).parents[1] / "upgrades"


def shape_now() -> int:
    """The number of the current shape, which is the number of the last script."""
    return max(_number(script) for script in UPGRADES.glob("*.sql"))


def upgrade(published: Path) -> bool:
    """Migrate the warehouse to the current shape; returns whether anything changed. The caller must hold the lock.

    WarehouseError if a newer On Record wrote it, or if its shape cannot be migrated.
    """
    if not published.exists():
        return False
    with connect_readonly(published) as connection:
        shape = read_shape(connection, published)
        if shape == shape_now() and not list_missing(connection):
            return False
    new = next_path(published)
    try:
        remove_version(new)
        shutil.copy(published, new)
        with connect(new) as connection:
            migrate(connection, shape)
            connection.execute("CHECKPOINT")
        replace_published(new, published, keep=len(previous_versions(published)) + 1)
    finally:
        remove_version(new)
    return True


def read_shape(connection: duckdb.DuckDBPyConnection, published: Path) -> int:
    """The number of the warehouse's shape: 1 if it has no number, 0 for a file without tables.

    WarehouseError if the number is above the current one, or if the file is not a warehouse, or is a disguise for one.
    """
    try:
        _require_plain(connection, published)
        return _read_shape(connection, published)
    except duckdb.Error as error:
        raise WarehouseError(f"{published} cannot be read as a warehouse of On Record: {error}") from error


def _require_plain(connection: duckdb.DuckDBPyConnection, published: Path) -> None:
    """WarehouseError if a macro has the name of a function of DuckDB, or a view the name of one of our tables.

    Our own SQL would run them, and they could read any file.
    """
    functions = connection.execute(
        "SELECT function_name, internal FROM system.main.duckdb_functions()"
    ).fetchall()
    macros = {name for name, is_internal in functions if not is_internal}
    disguised = sorted(macros.intersection(name for name, is_internal in functions if is_internal))
    views = connection.execute("SELECT schema_name, view_name FROM system.main.duckdb_views()").fetchall()
    tables = {(schema or table.schema, table.name) for table, schema in in_every_schema()}
    disguised += sorted(f"{schema}.{name}" for schema, name in tables.intersection(views))
    if disguised:
        raise WarehouseError(
            f"{published} has a macro or view {disguised[0]!r}, which stands for a function or table that On Record "
            "uses; somebody has changed the file. If it was you, drop it with DuckDB"
        )


def _read_shape(connection: duckdb.DuckDBPyConnection, published: Path) -> int:
    if not connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall()[0][0]:
        return 0
    try:
        columns = _column_types(connection, VERSIONS.qualified)
    except duckdb.CatalogException as error:
        raise WarehouseError(
            f"{published} is a DuckDB file, but not a warehouse of On Record: {error}"
        ) from error
    if "shape_no" not in columns:
        return 1
    found = connection.execute(f"SELECT coalesce(max(shape_no), 1) FROM {VERSIONS.qualified}").fetchall()
    shape = int(found[0][0])
    if shape > shape_now():
        raise WarehouseError(
            f"{published} was written by a newer version of On Record (its tables have shape {shape}, this version "
            f"reads at most shape {shape_now()}); install that version, or use another warehouse"
        )
    return shape


def migrate(connection: duckdb.DuckDBPyConnection, shape: int) -> None:
    """Migrate the tables of an unpublished file from `shape` to the current shape."""
    missing = list_missing(connection)
    connection.execute(ddl())
    for table, schema in in_every_schema():
        _add_columns(connection, table, schema)
    scripts = [script for script in sorted(UPGRADES.glob("*.sql")) if _number(script) > shape]
    for script in scripts:
        connection.execute(script.read_text(encoding="utf-8"))
    if scripts or missing:  # then rows may have changed that this schema counts and stores
        connection.execute("DROP SCHEMA IF EXISTS figures CASCADE")
    connection.execute(
        f"UPDATE {VERSIONS.qualified} SET shape_no = {shape_now()} "
        f"WHERE version_no = (SELECT max(version_no) FROM {VERSIONS.qualified})"
    )
    describe(connection)


def _number(script: Path) -> int:
    return int(script.name.split("_")[0])


def list_missing(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables and optional columns (`table.column`) that `main`, `ops` and `history` lack.

    WarehouseError if a column does not have the declared type, or a required column is missing.
    """
    present = {
        (schema, table)
        for schema, table in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables()"
        ).fetchall()
    }
    missing = set()
    for table, schema in in_every_schema():
        name = f"{schema or table.schema}.{table.name}"
        if (schema or table.schema, table.name) not in present:
            missing.add(name)
        else:
            missing.update(f"{name}.{column}" for column in _missing_columns(connection, table, schema))
    return missing


def _add_columns(connection: duckdb.DuckDBPyConnection, table: Table, schema: str | None) -> None:
    for name, kind in _missing_columns(connection, table, schema).items():
        connection.execute(f"ALTER TABLE {name_in(table, schema)} ADD COLUMN {quoted(name)} {kind}")


def _missing_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, schema: str | None
) -> dict[str, str]:
    """The optional columns that a table lacks, with their types; WarehouseError for any other difference."""
    place, columns = name_in(table, schema), stored_columns(table, schema)
    present = _column_types(connection, place)
    nulls = ", ".join(f"NULL::{sql_type(column.dtype)} AS {quoted(column.name)}" for column in columns)
    declared = _column_types(connection, f"SELECT {nulls}")
    missing = {}
    for column in columns:
        name, kind = column.name, declared[column.name]
        if name not in present and (not column.required or schema):
            missing[name] = kind
        elif present.get(name) != kind:
            raise WarehouseError(
                f"{schema or table.schema}.{table.name}.{name} is {present.get(name, 'missing')} in the warehouse, "
                f"but this version of On Record needs {kind}: another version wrote the warehouse; load the files into "
                "a new warehouse"
            )
    return missing


def _column_types(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    return {column: kind for column, kind, *_ in connection.execute(f"DESCRIBE {name}").fetchall()}
