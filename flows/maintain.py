"""Maintain a warehouse: drop old versions and old run data, compact the file, make and verify a backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.form import formed
from flows.replicas.backup import Backup, back_up, remove_left_copies
from flows.run.admit import admitted
from flows.run.steps import Steps
from flows.run.tasks import may_pass
from flows.run.timeouts import in_time
from flows.run.turn import in_turn
from flows.settings import Settings
from warehouse.files.compaction import Compacted, compact, forget_versions

HOLDER = "onrecord maintain"


@dataclass(frozen=True)
class Maintained:
    """What maintenance did; `backup` is None if no place for backups is set."""

    warehouse: Path
    versions_removed: list[str]
    compacted: Compacted
    backup: Backup | None


def name_maintenance() -> str:
    """The flow run's name in Prefect: `upkeep 2026-11-22 16:00:05`."""
    return f"upkeep {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


@formed(first=(), settings=("wait",))
@flow(name="maintain", flow_run_name=name_maintenance, version=version("onrecord"))
@admitted
@in_time
@in_turn
def maintain(settings: Settings | None = None) -> Maintained:
    """Remove versions that the settings do not keep, drop run data older than `keep_days`, compact, back up.

    Raises WarehouseError if a run holds the warehouse or the compacted copy differs from it, BackupError if the backup
    fails. After an error the published file is unchanged or compacted, and all older backups still exist.
    """
    settings = settings or Settings()
    steps = Steps(settings)
    removed = steps.call(remove_versions)(settings)
    compacted = steps.call(compact_warehouse)(settings)
    backup = steps.call(back_up_warehouse)(settings, settings.backup) if settings.backup else None
    return Maintained(settings.warehouse, removed, compacted, backup)


@task(cache_policy=NO_CACHE, task_run_name="remove previous versions")
def remove_versions(settings: Settings) -> list[str]:
    """Remove previous versions that the settings do not keep, and temporary files that killed commands left."""
    left = remove_left_copies(settings.state)
    return left + forget_versions(
        settings.warehouse, settings.keep_versions, HOLDER, settings.wait, settings.keep_version_days
    )


@task(cache_policy=NO_CACHE, task_run_name="compact")
def compact_warehouse(settings: Settings) -> Compacted:
    """Publish the warehouse without old run data and unused space."""
    before = datetime.now(UTC) - timedelta(days=settings.keep_days)
    return compact(settings.warehouse, before, HOLDER, settings.wait)


@task(cache_policy=NO_CACHE, task_run_name="back up", retries=3, retry_condition_fn=may_pass)
def back_up_warehouse(settings: Settings, place: str) -> Backup:
    """Make a backup and verify it."""
    return back_up(settings, place)
