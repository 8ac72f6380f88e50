"""Settings and a published warehouse -> the DuckLake that they name, written and read; secrets stay here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import polars as pl

from flows.settings import Settings
from flows.sources.redact import redact, reveal
from warehouse import lake as lakes
from warehouse.files.connect import RequestError
from warehouse.lake import Lake, LakeError, Replicated
from warehouse.query.ask import NO_TIMEOUT, Answer, Bounds, ask_on


def replicate(settings: Settings) -> Replicated:
    """Bring the versions that the lake lacks; nothing when it has them all."""
    with _told(settings) as lake:
        return lakes.replicate(settings.warehouse, lake, settings.lake_name or settings.warehouse.stem)


def remove(settings: Settings, name: str) -> int:
    """Take a warehouse out of the lake; how many rows went."""
    with _told(settings) as lake:
        return lakes.remove(lake, name)


def tidy(settings: Settings, days: int) -> int:
    """Put small files together and drop snapshots that are older than so many days; how many went."""
    with _told(settings) as lake:
        return lakes.tidy(lake, datetime.now(UTC) - timedelta(days=days))


def read_snapshots(settings: Settings) -> pl.DataFrame:
    """What was brought when; see `warehouse.lake`."""
    with _told(settings) as lake:
        return lakes.read_snapshots(lake)


def ask(
    settings: Settings, sql: str, name: str | None, at: int | datetime | None, bounds: Bounds = NO_TIMEOUT
) -> Iterator[Answer]:
    """The answer of each statement, on one warehouse of the lake or on all as one, as of a snapshot or a moment."""
    with _told(settings) as lake, lakes.connect_lake(lake, name, at, bounds.memory) as connection:
        yield from ask_on(connection, sql, bounds)


@contextmanager
def _told(settings: Settings) -> Iterator[Lake]:
    """The lake; its errors are shown without the secrets in its address."""
    if not settings.lake:
        raise RequestError(
            "which lake? Set ONRECORD_LAKE, for example to ducklake:postgres:dbname=news host=db"
        )
    try:
        yield Lake(reveal(settings.lake), settings.lake_data)
    except LakeError as error:
        raise LakeError(redact(str(error)), may_pass=error.may_pass) from None
