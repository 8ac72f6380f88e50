"""Read what the runs of a warehouse rejected and why."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse.files.connect import query

REJECTS = """
    SELECT run_id, reject_no, stage, reason_code, path, record_no, reason, payload
    FROM {source}
    WHERE ($run_id IS NULL OR run_id = $run_id)
        AND ($reason_code IS NULL OR reason_code = $reason_code)
        AND ($path IS NULL OR contains(path, $path))
    ORDER BY run_id, reject_no"""


def without_path(reason: str, path: str | None) -> str:
    """The reason without the path at its start, for tables that show the path in a column of its own."""
    rest = reason.removeprefix(path) if path else reason
    return rest.removeprefix(":").removeprefix(" >").strip() if rest != reason else reason


def find_rejects(
    warehouse: Path,
    *,
    run_id: str | None = None,
    reason_code: str | None = None,
    path: str | None = None,
    past: bool = False,
) -> pl.DataFrame:
    """The open rejects, or with `past` all recorded rejects; `path` matches any part of a reject's path.

    Raises WarehouseError if there is no warehouse.
    """
    source = "ops.rejects" if past else "main.open_rejects"
    params = {"run_id": run_id, "reason_code": reason_code, "path": path}
    return query(warehouse, REJECTS.format(source=source), params)
