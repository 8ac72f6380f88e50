"""Write to and read from the DuckLake in the settings; error messages do not show its secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import polars as pl

from flows.settings import Settings
from flows.sources.redact import redact, reveal
from warehouse import lake as lakes
from warehouse.files.connect import RequestError
from warehouse.lake import Lake, LakeError, Replicated, Tidied
from warehouse.query.ask import NO_TIMEOUT, Answer, Bounds, ask_on


def replicate(settings: Settings) -> Replicated:
    """Copy the versions that the lake lacks."""
    with _open_lake(settings) as lake:
        return lakes.replicate(settings.warehouse, lake, settings.lake_name or settings.warehouse.stem)


def remove(settings: Settings, name: str) -> int:
    """Remove a warehouse from the lake; returns the number of rows."""
    with _open_lake(settings) as lake:
        return lakes.remove(lake, name)


def tidy(settings: Settings, days: int, *, orphans: bool = False) -> Tidied:
    """Merge small files, and drop snapshots older than `days`; with `orphans`, also delete files of killed commands."""
    now = datetime.now(UTC)
    with _open_lake(settings) as lake:
        return lakes.tidy(
            lake, now - timedelta(days=days), orphans=now - timedelta(days=1) if orphans else None
        )


def read_snapshots(settings: Settings) -> pl.DataFrame:
    """Read the snapshots, and which version each snapshot added or removed; see `warehouse.lake`."""
    with _open_lake(settings) as lake:
        return lakes.read_snapshots(lake)


def ask(
    settings: Settings, sql: str, name: str | None, at: int | datetime | None, bounds: Bounds = NO_TIMEOUT
) -> Iterator[Answer]:
    """Yield the answer to each statement of `sql` on one or all warehouses, as of a snapshot or moment."""
    with _open_lake(settings) as lake, lakes.connect_lake(lake, name, at, bounds.memory) as connection:
        yield from ask_on(connection, sql, bounds)


@contextmanager
def _open_lake(settings: Settings) -> Iterator[Lake]:
    """Yield the lake; remove the secrets in its address from errors in the block."""
    if not settings.lake:
        raise RequestError(
            "no lake is configured: set ONRECORD_LAKE, for example to ducklake:postgres:dbname=news host=db"
        )
    try:
        yield Lake(reveal(settings.lake), settings.lake_data)
    except LakeError as error:
        raise LakeError(redact(str(error)), may_pass=error.may_pass) from None
