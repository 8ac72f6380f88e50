"""Compact a published warehouse: write it to a file without free blocks and without old run data.

Of old runs (the most recent runs never count as old) it keeps only:

- in `ops.files`, for each path its last row that is not "unchanged", each different reject once, and the row of each
  file that an article came from;
- in `ops.rejects`, the rejects of the files kept there, because they may still be open;
- in `ops.checks`, the failed checks;
- all of `ops.runs`, `ops.metrics` and `ops.versions`. The metric `pruned` in `ops.metrics` records how many rows a run
  lost, so that the view `run_health` shows the same for each run before and after compaction.

Everything else, including statements and their history, is copied and compared by checksum before it is published. The
search index is also sorted by stem.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from schema.derive import (
    comments,
    create_table,
    in_every_schema,
    literal,
    name_in,
    quoted,
    stored_columns,
)
from warehouse.files.backup import fingerprint_of, list_tables, require_same, require_warehouse
from warehouse.files.catalog import describe
from warehouse.files.checked import is_checked, read_state
from warehouse.files.connect import MEMORY, WarehouseError, connect, connect_readonly
from warehouse.files.lock import note_version, write_lock
from warehouse.files.replace import (
    forget_previous,
    list_leftovers,
    next_path,
    read_version_no,
    remove_version,
    require_no_log,
    swap,
)
from warehouse.files.upgrade import upgrade

RUNS_KEPT = 30  # the latest runs keep all their data, however old they are; the report shows twenty runs
OLD_RUNS = """
    CREATE TEMP TABLE old_runs AS
    SELECT run_id FROM published.ops.runs
    QUALIFY row_number() OVER (ORDER BY started_at DESC, run_id DESC) > {runs_kept}
        AND started_at < {before}::TIMESTAMPTZ"""
# Rows of `ops.files` that are still needed: for open rejects, for repeated rejects, for the origin of articles.
NEEDED_FILES = """
    CREATE TEMP TABLE needed_files AS
    SELECT run_id, path FROM published.ops.files
    WHERE outcome <> 'unchanged'
    QUALIFY row_number() OVER (PARTITION BY path ORDER BY run_id DESC) = 1
        OR outcome = 'rejected'
            AND row_number() OVER (PARTITION BY path, file_sha256, outcome, reason ORDER BY run_id DESC) = 1
    UNION
    SELECT run_id, path FROM published.main.articles"""
IS_RECENT = "run_id NOT IN (FROM temp.old_runs)"
IS_NEEDED = "(run_id, path) IN (FROM temp.needed_files)"
# Which rows stay, by table; tables not listed keep all rows.
KEPT = {
    'ops."files"': f"{IS_RECENT} OR {IS_NEEDED}",
    'ops."rejects"': f"{IS_RECENT} OR path IS NULL OR {IS_NEEDED}",
    'ops."checks"': f"{IS_RECENT} OR NOT success",
}
# The order of the rows of a table; other tables keep the order that they have. A search reads only the blocks of rows
# with its stems, which are few if the whole table is sorted.
SORTED = {f'search."{table}"': "stem_no, text_no" for table in ("statement_words", "article_words")}
METRICS = 'ops."metrics"'
NOT_PRUNED = "metric <> 'pruned'"
# For each run, the counts of dropped rows that `run_health` needs; they are added to the run's metrics.
REMEMBER_PRUNED = """
    MERGE INTO ops.metrics AS t
    USING (
        WITH counted_before AS (UNPIVOT (
            SELECT run_id, COLUMNS('^(files|articles|rejects|checks)')::BIGINT FROM published.main.run_health
        ) ON COLUMNS(* EXCLUDE run_id) INTO NAME scope VALUE rows),
        counted_after AS (UNPIVOT (
            SELECT run_id, COLUMNS('^(files|articles|rejects|checks)')::BIGINT FROM main.run_health
        ) ON COLUMNS(* EXCLUDE run_id) INTO NAME scope VALUE rows)
        SELECT run_id, scope, counted_before.rows - counted_after.rows AS rows
        FROM counted_before JOIN counted_after USING (run_id, scope)
        WHERE counted_before.rows > counted_after.rows
    ) AS s
    ON t.run_id = s.run_id AND t.metric = 'pruned' AND t.scope = s.scope
    WHEN MATCHED THEN UPDATE SET value = t.value + s.rows, row_count = t.row_count + s.rows
    WHEN NOT MATCHED THEN INSERT (run_id, metric, scope, value, row_count)
        VALUES (s.run_id, 'pruned', s.scope, s.rows, s.rows)"""


@dataclass(frozen=True)
class Compacted:
    """The result of compacting: the file's size before and after, and the number of dropped rows by table."""

    bytes_before: int
    bytes_after: int
    rows_pruned: dict[str, int]


def compact(warehouse: Path | str, before: datetime, holder: str, wait: float = 0) -> Compacted:
    """Publish the warehouse in a new file, without unneeded ledger rows of runs that started before `before`.

    The version number stays the same. Nothing is published unless the new file is smaller or rows were pruned.
    WarehouseError if a run holds the lock for more than `wait` seconds, the file is damaged, or a table of the new file
    differs.
    """
    warehouse = Path(warehouse).expanduser().resolve()
    with write_lock(warehouse, holder, wait):
        require_warehouse(warehouse)
        require_no_log(warehouse)
        upgrade(warehouse)
        with _next_file(warehouse) as path:
            rows_pruned = _copy_kept(warehouse, path, before)
            compacted = Compacted(warehouse.stat().st_size, path.stat().st_size, rows_pruned)
            if rows_pruned or compacted.bytes_after < compacted.bytes_before:
                state = read_state(path) if is_checked(warehouse) else None
                note_version(warehouse, read_version_no(path), state)
                swap(path, warehouse)
                return compacted
    return Compacted(compacted.bytes_before, compacted.bytes_before, {})


def forget_versions(
    warehouse: Path | str, keep: int, holder: str, wait: float = 0, days: int = 0
) -> list[str]:
    """Remove versions that `forget_previous` does not keep, and files of killed commands; return their names."""
    warehouse = Path(warehouse).expanduser().resolve()
    with write_lock(warehouse, holder, wait):
        left = list_leftovers(warehouse)
        for file in left:
            file.unlink()
        return [file.name for file in (*left, *forget_previous(warehouse, keep, days))]


@contextmanager
def _next_file(warehouse: Path) -> Iterator[Path]:
    path = next_path(warehouse)
    remove_version(path)  # a killed run leaves its file behind
    try:
        yield path
    finally:
        remove_version(path)


def _copy_kept(warehouse: Path, path: Path, before: datetime) -> dict[str, int]:
    """Write the rows that stay to a new file at `path`; return the number of rows that each table loses."""
    with connect(path, MEMORY) as connection:
        try:
            connection.execute(f"ATTACH {literal(str(warehouse))} AS published (READ_ONLY)")
            connection.begin()
            expected = _copy_tables(connection, before)
            describe(connection)
            rows_pruned = _count_pruned(connection)
            connection.execute(REMEMBER_PRUNED)
            connection.commit()
            connection.execute("DETACH published; CHECKPOINT")
        except duckdb.Error as error:
            raise WarehouseError(f"{warehouse} cannot be compacted: {error}") from error
    with connect_readonly(path) as connection:
        found = fingerprint_of(connection, {METRICS: NOT_PRUNED})
    require_same(expected, found, f"the compacted {warehouse.name}")
    return rows_pruned


def _copy_tables(connection: duckdb.DuckDBPyConnection, before: datetime) -> pl.DataFrame:
    """Copy the rows that stay from each table; return the fingerprint that the copy must have."""
    connection.execute(OLD_RUNS.format(runs_kept=RUNS_KEPT, before=literal(before.isoformat())))
    connection.execute(NEEDED_FILES)
    [(name,)] = connection.execute("SELECT current_database()").fetchall()
    connection.execute(f"COPY FROM DATABASE published TO {quoted(name)} (SCHEMA)")
    _redeclare(connection)
    for table in list_tables(connection):
        kept, order = KEPT.get(table, "true"), f"ORDER BY {SORTED[table]}" if table in SORTED else ""
        connection.execute(f"INSERT INTO {table} BY NAME FROM published.{table} WHERE {kept} {order}")
    connection.execute("USE published")
    expected = fingerprint_of(connection, KEPT | {METRICS: NOT_PRUNED})
    connection.execute(f"USE {quoted(name)}")
    return expected


def _redeclare(connection: duckdb.DuckDBPyConnection) -> None:
    """Declare the empty tables again: an older release may have declared which columns are compressed otherwise."""
    for table, schema in in_every_schema():
        name, columns = name_in(table, schema), {column.name for column in stored_columns(table, schema)}
        if {column for column, *_ in connection.execute(f"DESCRIBE {name}").fetchall()} == columns:
            connection.execute(f"DROP TABLE {name}; {create_table(table, schema)}")
            connection.execute("; ".join(comments(table, schema)))


def _count_pruned(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = {}
    for table in KEPT:
        sql = f"SELECT (SELECT count(*) FROM published.{table}) - (SELECT count(*) FROM {table})"
        [(counts[table.replace('"', "")],)] = connection.execute(sql).fetchall()
    return {table: rows for table, rows in counts.items() if rows}
