"""Run every check on all published rows of a warehouse."""

from __future__ import annotations

from importlib.metadata import version

import polars as pl
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from expectations.audit import audit as run_checks
from expectations.rulebook import open_rulebook
from flows.display.artifacts import show_audit
from flows.form import formed
from flows.last_resort import bound_checks
from flows.run.admit import admitted
from flows.run.steps import Steps
from flows.run.timeouts import in_time
from flows.settings import Settings
from schema.errors import STOPPED, OnRecordError


class AuditFailed(OnRecordError):
    """A critical check fails on published rows."""

    exit_code = STOPPED


@formed(first=(), settings=())
@flow(name="audit", version=version("onrecord"))
@admitted
@in_time
def audit(settings: Settings | None = None) -> pl.DataFrame:
    """Run all checks on all published rows; returns rows of `ops.checks` with the run id 'audit'.

    Raises AuditFailed if a critical check fails, CheckError if one of the user's own checks is invalid, WarehouseError
    if there is no warehouse.
    """
    settings = settings or Settings()
    checks = Steps(settings).call(check_all)(settings)
    show_audit(settings.warehouse.stem, checks)
    failed = checks.filter(~pl.col("success") & (pl.col("severity") == "critical"))
    if failed.height:
        names = ", ".join(f"{row['table_name']}.{row['check_name']}" for row in failed.to_dicts())
        raise AuditFailed(
            f"critical checks fail on published rows: {names}; `onrecord audit` lists the failing rows"
        )
    return checks


@task(cache_policy=NO_CACHE, task_run_name="check everything")
def check_all(settings: Settings) -> pl.DataFrame:
    """Run all checks, including the user's own checks, and return their results."""
    book = open_rulebook(settings.thresholds, settings.checks_folder, bound_checks(settings))
    return run_checks(settings.warehouse, book, bounds=bound_checks(settings))
