"""Show the progress and outcome of a run in Prefect: artifacts, an event, log lines, the final state.

No error here fails a run: if the server does not answer, the run continues without it. File names and article texts may
be hostile, so they go into code blocks that they cannot close.
"""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import quote
from uuid import UUID

import polars as pl
from prefect import get_client
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.context import FlowRunContext
from prefect.events import emit_event
from prefect.exceptions import Abort
from prefect.states import Failed

from flows.display.logs import run_logger
from flows.display.progress import also_watched_by
from flows.display.quantities import count
from flows.display.summary import CONTROL, count_rejects
from flows.outcome import Outcome, RunStopped, keep_outcome
from flows.run.admit import is_from_outside
from schema.tables import VERSIONED

P = ParamSpec("P")
EVERY = 2.0  # seconds between two updates of the progress
PERCENT_OF = {"Checking": 90.0, "Publishing": 97.0}  # percent shown when a step of unknown length begins
FOUND = 90.0  # percent once all statements are found
MAX_EXAMPLES = 5_000  # characters of examples per check
LOG_METHODS = {"critical": "error", "warning": "warning", "info": "info"}
TITLES = {
    "published": "Published",
    "nothing_new": "Nothing new",
    "dry_run": "Dry run: nothing was published",
    "stopped": "Stopped by a critical check: nothing was published",
}


class StoppedQuietly(RunStopped, Abort):
    """A RunStopped that is also an Abort, which Prefect's engine does not report as a crash with a traceback."""


def shown(run: Callable[P, Outcome]) -> Callable[P, Outcome]:
    """Wrap the flow function `run` to show it in Prefect; if the gate stops it, its flow run ends as `Stopped`.

    The caller of the flow still gets RunStopped, because that is the data of the final state.
    """

    @wraps(run)
    def run_shown(*args: P.args, **kwargs: P.kwargs) -> Outcome:
        progress = _Progress()
        try:
            with also_watched_by(progress.show):
                outcome = run(*args, **kwargs)
        except RunStopped as stopped:
            keep_outcome(stopped.outcome)
            show_outcome(stopped.outcome)
            end = StoppedQuietly(stopped.outcome) if is_from_outside() else stopped
            return Failed(name="Stopped", message=str(stopped), data=end)  # type: ignore[return-value]
        keep_outcome(outcome)
        progress.end()
        show_outcome(outcome)
        return outcome

    # Prefect builds the parameter form from the types of a flow, and would otherwise look them up in this module.
    run_shown.__signature__ = inspect.signature(run, eval_str=True)  # type: ignore[attr-defined]
    return run_shown


def show_outcome(outcome: Outcome) -> None:
    """Create artifacts with counts, verdict and links, log them, and send `onrecord.published` or `.stopped`."""
    name = _slug(outcome.warehouse.stem)
    with _errors_logged("the counts"):
        create_table_artifact(
            count_all(outcome), key=f"{name}-counts", description="Files, articles and statements."
        )
    with _errors_logged("the verdict"):
        create_markdown_artifact(describe(outcome), f"{name}-verdict", description=TITLES[outcome.status])
    with _errors_logged("the report"):
        address = outcome.report.absolute().as_uri()
        where = "A file on the machine that ran the flow."
        create_link_artifact(address, "The report", f"{name}-report", where)
    if outcome.explorer:
        with _errors_logged("the explorer"):
            where = "The explorer answers while `onrecord explore` runs; ONRECORD_EXPLORER sets its address."
            create_link_artifact(outcome.explorer, "The explorer", f"{name}-explorer", where)
    with _errors_logged("the log"):
        _log(outcome)
    with _errors_logged("the name"):
        _rename(outcome)
    if outcome.status in ("published", "stopped"):
        with _errors_logged("the event"):
            _emit(outcome)


def show_audit(warehouse: str, checks: pl.DataFrame) -> None:
    """Create an artifact with the results of an audit."""
    passed = int(checks["success"].sum())
    text = "\n\n".join([f"# {passed} of {checks.height} checks passed", *list_failed(checks)])
    with _errors_logged("the audit"):
        create_markdown_artifact(text, key=f"{_slug(warehouse)}-audit")


def table_assets(warehouse: str) -> list[str]:
    """Prefect's asset keys of a warehouse's tables: `duckdb://onrecord/statements`."""
    return [f"duckdb://{_slug(warehouse)}/{table.name}" for table in VERSIONED]


def count_all(outcome: Outcome) -> list[dict[str, Any]]:
    """The counts of a run, one row each: `what`, `count`."""
    files = {
        f"files {part}": outcome.count_files(part)
        for part in ("loaded", "unchanged", "duplicate", "rejected")
    }
    articles = {
        f"articles {part}": outcome.sum_articles(part) for part in ("loaded", "duplicate", "rejected")
    }
    counts = {"files found": outcome.files.height} | files | articles
    counts |= {"articles withdrawn": outcome.withdrawn, "statements": outcome.statements}
    counts |= {"named speakers": outcome.speakers, "seconds": round(outcome.seconds)}
    counts |= {f"rejects: {row['reason_code']}": row["count"] for row in count_rejects(outcome.rejects)}
    return [{"what": what, "count": count} for what, count in counts.items()]


def describe(outcome: Outcome) -> str:
    """The verdict in Markdown: failed checks with examples, and the path of the report."""
    resumed = " It resumed an interrupted run." if outcome.is_resumed else ""
    blocks = [
        f"# {TITLES[outcome.status]}",
        f"Run {code(outcome.run_id)}, checks: {outcome.verdict or 'none ran'}.{resumed}",
        f"Report: {code(str(outcome.report))}",
    ]
    if outcome.kept_at:
        blocks.append(f"The stopped version is kept for inspection: {code(str(outcome.kept_at))}")
    return "\n\n".join([*blocks, *list_failed(outcome.checks)])


def list_failed(checks: pl.DataFrame) -> list[str]:
    """Write Markdown blocks for each failed check (reason, failing rows, query), the most severe check first."""
    blocks = []
    for row in _failed(checks):
        blocks += [f"## {row['severity']}: {code(_name(row))}", code(row["reason"] or ""), _observed(row)]
        blocks += [code_block(_examples(row))] if row["examples"] else []
        blocks += ["Found by:", code_block(row["sql"], "sql")] if row["sql"] else []
    return [block for block in blocks if block]


def code(text: str) -> str:
    """`text` as inline code, with a fence longer than any run of backticks in `text`."""
    line = " ".join(CONTROL.sub(" ", text).split())
    fence = "`" * (_longest_run(line) + 1)
    return f"{fence} {line} {fence}" if line else ""


def code_block(text: str, language: str = "") -> str:
    """Format `text` as a code block that it cannot close; control characters except line ends become spaces."""
    lines = "\n".join(CONTROL.sub(" ", line) for line in text.splitlines())
    fence = "`" * max(3, _longest_run(lines) + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _observed(row: dict[str, Any]) -> str:
    found, expected = code(row["observed"] or ""), code(row["expected"] or "")
    return f"{count(row['failing_count'] or 0, 'row')}; found {found}, expected {expected}"


def _examples(row: dict[str, Any]) -> str:
    lines = "\n".join(json.dumps(example, ensure_ascii=False) for example in json.loads(row["examples"]))
    return lines if len(lines) <= MAX_EXAMPLES else f"{lines[:MAX_EXAMPLES]} …"


def _failed(checks: pl.DataFrame) -> list[dict[str, Any]]:
    grave = pl.col("severity").replace_strict({"critical": 0, "warning": 1}, default=2)
    return checks.filter(~pl.col("success")).sort(grave, "table_name", "check_name").to_dicts()


def _name(row: dict[str, Any]) -> str:
    return f"{row['table_name']}.{row['check_name']}"


def _slug(name: str) -> str:
    """Convert a name to the form of artifact and asset keys: lower-case letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "warehouse"


def _log(outcome: Outcome) -> None:
    logger = run_logger()
    for row in _failed(outcome.checks):
        getattr(logger, LOG_METHODS[row["severity"]])(
            "%s: %s", _name(row), CONTROL.sub(" ", row["observed"] or "failed")
        )
    for row in count_rejects(outcome.rejects):
        logger.warning("%s rejected: %s", row["count"], row["reason_code"])
    counts = ", ".join(f"{row['what']} {row['count']}" for row in count_all(outcome) if row["count"])
    logger.info("%s: %s", TITLES[outcome.status], counts)


def _rename(outcome: Outcome) -> None:
    """Add how many files, articles and statements there are to the name of the flow run."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    counts = [
        (outcome.files.height, "file"),
        (outcome.sum_articles("loaded"), "article"),
        (outcome.statements, "statement"),
    ]
    totals = ", ".join(count(number, noun) for number, noun in counts if number)
    with get_client(sync_client=True) as client:
        client.update_flow_run(
            context.flow_run.id, name=f"{context.flow_run.name}: {totals or 'nothing new'}"
        )


def _emit(outcome: Outcome) -> None:
    resource = {
        "prefect.resource.id": f"onrecord.warehouse.{quote(str(outcome.warehouse.absolute()))}",
        "prefect.resource.name": outcome.warehouse.stem,
    }
    payload: dict[str, Any] = {
        "run_id": outcome.run_id,
        "verdict": outcome.verdict,
        "failed": [_name(row) for row in _failed(outcome.checks)],
    }
    payload["counts"] = {row["what"]: row["count"] for row in count_all(outcome)}
    emit_event(f"onrecord.{outcome.status}", resource, payload=payload)


@contextmanager
def _errors_logged(what: str) -> Iterator[None]:
    """Log an error in the block as a warning, which says that Prefect cannot show `what`."""
    try:
        yield
    except Exception as error:
        run_logger().warning("Prefect cannot show %s: %s", what, error)


class _Progress:
    """Shows a progress bar among the artifacts of the run, and stops at the first error of the server."""

    def __init__(self) -> None:
        self._artifact: UUID | None = None
        self._percent, self._next, self._is_refused = 0.0, 0.0, False

    def show(self, step: str, done: int, total: int | None) -> None:
        """Show the progress of the run, at most once in EVERY seconds, because each update is a request."""
        if step == "Finding statements" and total:
            self._percent = min(FOUND, FOUND * done / total)
        self._percent = PERCENT_OF.get(step, self._percent)
        if time.monotonic() >= self._next or step in PERCENT_OF:
            self._next = time.monotonic() + EVERY
            self._update(f"{step}: {done} of {total}" if total else step)

    def end(self) -> None:
        """Show the run as complete."""
        self._percent = 100.0
        self._update("Done")

    def _update(self, text: str) -> None:
        if self._is_refused:
            return
        self._is_refused = True
        with _errors_logged("the progress"):
            if self._artifact:
                update_progress_artifact(self._artifact, self._percent, description=text)
            else:
                made: Any = create_progress_artifact(self._percent, description=text)
                self._artifact = made
            self._is_refused = False
