"""A table's declaration -> the SQL that brings rows with known and unknown keys together.

The same statement serves twice: batch into staging, and staging into the published tables.
"""

from __future__ import annotations

from warehouse.derive import quoted
from warehouse.tables import Column, Table


def merges(table: Table) -> bool:
    """Whether a repeated key changes the row that is there; the facts of an article never do."""
    return any(column.merge != "keep" for column in table.columns)


def insert_sql(table: Table, target: str, source: str) -> str:
    """Append the rows of `source`, repeated keys and all: what is wrong with them is for the gate to say."""
    names = _names(table)
    return f"INSERT INTO {target} ({names}) SELECT {names} FROM {source}"


def merge_sql(table: Table, target: str, source: str) -> str:
    """Merge `source` into `target` by each column's `merge` rule.

    A key that `source` itself repeats is a fault of ours: its rows are appended as they are, for the gate to find.
    """
    keys = ", ".join(quoted(name) for name in table.key)
    matches = " AND ".join(f"t.{quoted(name)} = s.{quoted(name)}" for name in table.key)
    insert = f"INSERT ({_names(table)}) VALUES ({_names(table, 's.')})"
    update = ", ".join(f"{quoted(c.name)} = {_merged(c)}" for c in table.columns if c.merge != "keep")
    lines = [
        f"MERGE INTO {target} AS t",
        f"USING (SELECT *, count(*) OVER (PARTITION BY {keys}) AS repeats FROM {source}) AS s",
        f"ON {matches}",
        f"WHEN MATCHED AND s.repeats > 1 THEN {insert}",
        f"WHEN MATCHED THEN UPDATE SET {update}" if update else "WHEN MATCHED THEN DO NOTHING",
        f"WHEN NOT MATCHED THEN {insert}",
    ]
    return "\n".join(lines)


def _names(table: Table, prefix: str = "") -> str:
    return ", ".join(prefix + quoted(column.name) for column in table.columns)


def _merged(column: Column) -> str:
    old, new = f"t.{quoted(column.name)}", f"s.{quoted(column.name)}"
    if column.merge == "longest":
        is_longer = f"length({new}) > length({old}) OR (length({new}) = length({old}) AND {new} > {old})"
        return (
            f"CASE WHEN {new} IS NULL THEN {old} WHEN {old} IS NULL OR {is_longer} THEN {new} ELSE {old} END"
        )
    if column.merge == "sum":
        return f"coalesce({old} + {new}, {old}, {new})"
    return f"{'least' if column.merge == 'min' else 'greatest'}({old}, {new})"
