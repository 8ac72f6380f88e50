"""Write the SQL that upserts rows into a table: inserts rows with new keys, merges rows with existing keys.

The same statement merges a batch into staging, and staging into the published tables. Before the second merge, the
published rows that will change are copied to `history`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from schema.derive import HISTORY, amended, name_in, quoted, settled_columns
from schema.table import Column, Table
from schema.tables import SINCE_VERSION, UNTIL_VERSION


def merges(table: Table) -> bool:
    """Whether a row with an existing key changes the existing row; false for tables such as articles and statements."""
    return any(column.merge != "keep" for column in table.columns)


def insert_sql(table: Table, target: str, source: str, version_no: int | None = None) -> str:
    """SQL that appends all rows of `source`, as rows of `version_no`; repeated keys are appended too."""
    stamp = {} if version_no is None else {SINCE_VERSION.name: str(version_no)}
    values = _names(table, more=stamp.values())
    return f"INSERT INTO {target} ({_names(table, more=stamp)}) SELECT {values} FROM {source}"


def insert_new_sql(table: Table, target: str, source: str, version_no: int | None = None) -> str:
    """SQL that appends the rows of `source` whose keys are not in `target`, as rows of `version_no`."""
    keys = ", ".join(quoted(name) for name in table.key)
    return f"{insert_sql(table, target, source, version_no)} ANTI JOIN {target} USING ({keys})"


def merge_sql(table: Table, target: str, source: str, version_no: int | None = None) -> str:
    """SQL that merges `source` into `target` by each column's `merge` rule; new and changed rows get `version_no`.

    A key that is repeated within `source` is a bug. Such rows are appended unchanged, so that the gate finds them.
    """
    stamp = {} if version_no is None else {SINCE_VERSION.name: str(version_no)}
    keys = ", ".join(quoted(name) for name in table.key)
    insert = f"INSERT ({_names(table, more=stamp)}) VALUES ({_names(table, 's.', stamp.values())})"
    merged = {quoted(c.name): _merged(c) for c in table.columns if c.merge != "keep"} | stamp
    update = ", ".join(f"{name} = {value}" for name, value in merged.items())
    lines = [
        f"MERGE INTO {target} AS t",
        f"USING (SELECT *, count(*) OVER (PARTITION BY {keys}) AS repeats FROM {source}) AS s",
        f"ON {_same_key(table)}",
        f"WHEN MATCHED AND s.repeats > 1 THEN {insert}",
        f"WHEN MATCHED AND ({_is_changed(table)}) THEN UPDATE SET {update}" if merges(table) else "",
        "WHEN MATCHED THEN DO NOTHING",
        f"WHEN NOT MATCHED THEN {insert}",
    ]
    return "\n".join(line for line in lines if line)


def merge_frames(table: Table, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Combine frames of a table in order: merge rows as `merge_sql` does, or append them if the table never merges.

    A key that is repeated within one frame stays repeated.
    """
    if len(frames) == 1 or not merges(table):
        return pl.concat(frames)
    numbered = [frame.with_columns(nth=pl.int_range(pl.len()).over(*table.key)) for frame in frames]
    columns = [_folded(column) for column in table.columns if column.name not in table.key]
    folded = pl.concat(numbered).group_by(*table.key, "nth", maintain_order=True).agg(columns)
    return folded.select(column.name for column in table.columns)


def _folded(column: Column) -> pl.Expr:
    values = pl.col(column.name)
    if column.merge == "sum":
        return pl.when(values.is_not_null().any()).then(values.sum())
    return {"keep": values.first(), "replace": values.last(), "min": values.min(), "max": values.max()}[
        column.merge
    ]


def remember_sql(table: Table, source: str, version_no: int) -> str:
    """SQL that copies to `history` the rows of `main` that merging `source` will change in `version_no`."""
    return remember_rows_sql(
        table, f"JOIN {source} AS s ON {_same_key(table)} WHERE {_is_changed(table)}", version_no
    )


def remember_rows_sql(table: Table, which: str, version_no: int) -> str:
    """SQL that copies to `history` the rows of `main` that `version_no` will change or remove.

    `which` has the SQL clauses that select these rows; the clauses refer to a row as `t`. The rows are read by rowid:
    to select whole rows at once would read all columns of all rows.
    """
    columns = _names(table, more=(SINCE_VERSION.name, UNTIL_VERSION.name))
    old = _names(table, "t.", (f"t.{SINCE_VERSION.name}", str(version_no)))
    return (
        f"INSERT INTO {name_in(table, HISTORY)} ({columns}) SELECT {old} FROM {table.qualified} AS t "
        f"WHERE t.rowid IN (SELECT t.rowid FROM {table.qualified} AS t {which})"
    )


def amend_sql(table: Table, target: str, source: str) -> str:
    """SQL that updates the settled columns of `target` from `source`, which has these columns and the key."""
    changed = f"{_same_key(table)} AND ({_is_amended(table)})"
    return f"UPDATE {target} AS t SET {_set_settled(table)} FROM {source} AS s WHERE {changed}"


def note_amended_sql(table: Table, source: str, within: str = "true") -> str:
    """SQL that notes in staging the rows of `source` that will change published rows; all of these meet `within`."""
    names = ", ".join(f"s.{name}" for name in [*map(quoted, table.key), *_settled(table)])
    return (
        f"INSERT INTO {amended(table)} SELECT {names} FROM {source} AS s "
        f"JOIN (FROM {table.qualified} WHERE {within}) AS t ON {_same_key(table)} WHERE {_is_amended(table)}"
    )


def find_amended_sql(table: Table, within: str = "true") -> str:
    """SQL that creates the table `amended_rows`: the rowids of published rows to amend, and their new values.

    All of these rows meet `within`.
    """
    names = ", ".join(f"s.{name}" for name in _settled(table))
    return (
        f"CREATE OR REPLACE TEMP TABLE amended_rows AS SELECT t.rowid AS place, {names} "
        f"FROM {table.qualified} AS t JOIN {amended(table)} AS s ON {_same_key(table)} "
        f"WHERE {within} AND ({_is_amended(table)})"
    )


def remember_amended_sql(table: Table, version_no: int) -> str:
    """SQL that copies the published rows in `amended_rows` to `history`, unless this version did so already."""
    which = f"JOIN amended_rows AS s ON s.place = t.rowid WHERE t.{SINCE_VERSION.name} < {version_no}"
    return remember_rows_sql(table, which, version_no)


def amend_rows_sql(table: Table, version_no: int) -> str:
    """SQL that updates the published rows in `amended_rows`."""
    return (
        f"UPDATE {table.qualified} AS t SET {_set_settled(table)}, {SINCE_VERSION.name} = {version_no} "
        f"FROM amended_rows AS s WHERE t.rowid = s.place"
    )


def _set_settled(table: Table) -> str:
    return ", ".join(f"{name} = s.{name}" for name in _settled(table))


def _settled(table: Table) -> list[str]:
    return [quoted(column.name) for column in settled_columns(table)]


def _is_amended(table: Table) -> str:
    return " OR ".join(f"s.{name} IS DISTINCT FROM t.{name}" for name in _settled(table))


def _same_key(table: Table) -> str:
    return " AND ".join(f"t.{quoted(name)} = s.{quoted(name)}" for name in table.key)


def _is_changed(table: Table) -> str:
    changing = [column for column in table.columns if column.merge != "keep"]
    return " OR ".join(f"{_merged(column)} IS DISTINCT FROM t.{quoted(column.name)}" for column in changing)


def _names(table: Table, prefix: str = "", more: Iterable[str] = ()) -> str:
    return ", ".join([*(prefix + quoted(column.name) for column in table.columns), *more])


def _merged(column: Column) -> str:
    old, new = f"t.{quoted(column.name)}", f"s.{quoted(column.name)}"
    if column.merge == "replace":
        return new
    if column.merge == "sum":
        return f"coalesce({old} + {new}, {old}, {new})"
    return f"{'least' if column.merge == 'min' else 'greatest'}({old}, {new})"
