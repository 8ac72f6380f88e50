"""The product's own runs without Prefect, Great Expectations, a reader process and the report.

They are for tests of what a run publishes. Such a run takes less than half the time of a whole one, which
`tests/test_end_to_end.py` and others test.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from typing import Any
from unittest.mock import patch

import flows.ingest
import flows.prefect.server
import flows.rebuild
import flows.withdraw
from flows.outcome import Outcome
from flows.run import tasks
from flows.run.sound import require_sound
from flows.run.steps import Steps
from flows.settings import Settings
from flows.sources.base import FileBytes
from tests.expectations.plain import rules_run_plainly
from transforms.readers import Options, Reading, read_records

_ingest = inspect.unwrap(flows.ingest._ingest)
_rebuild = inspect.unwrap(flows.rebuild.rebuild.fn)
_withdraw = inspect.unwrap(flows.withdraw.withdraw.fn)


def ingest(paths: list[str], settings: Settings) -> Outcome:
    """Read the files and publish, in this process and without a report."""
    with runs_here():
        return _ingest(paths, settings)


def rebuild(settings: Settings) -> Outcome:
    """Analyse all articles again and publish, in this process and without a report."""
    with runs_here():
        return _rebuild(settings)


class Here:
    """Reads files in this process: starting a separate process would take longer than the whole run."""

    def read_all(
        self, contents: Iterator[tuple[FileBytes, str | None]], options: Options
    ) -> Iterator[tuple[FileBytes, str | None, Reading]]:
        """Yield each content with its reading."""
        for content, seen_in in contents:
            is_read = content.data is not None and not seen_in
            yield (
                content,
                seen_in,
                read_records(content.data, content.path, options) if is_read else Reading(None, None),
            )

    def close(self) -> None:
        """There is no process to end."""


@contextmanager
def runs_here() -> Iterator[None]:
    """Within the block, let runs do without Prefect, Great Expectations, a reader process and the report."""
    publish: Callable[..., Any] = lambda version, chosen: tasks.publish(  # noqa: E731
        version,
        keep=chosen.keep_versions,
        days=chosen.keep_version_days,
        in_place=chosen.publish == "in_place",
        check_whole=partial(require_sound, settings=chosen),
    )
    instead: dict[str, Any] = {
        name: getattr(tasks, name).fn
        for name in (
            "read_files",
            "build_new_articles",
            "find_statements",
            "stage",
            "reject_unanalysed",
            "reject",
            "resolve",
            "check",
        )
    }
    instead |= {
        "publish_to": lambda _: publish, "write_report": lambda *_: None, "is_reported": lambda _: True,
        "tell_people": lambda outcome, _: outcome,
    }  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(rules_run_plainly())
        for name, function in instead.items():
            stack.enter_context(patch.object(tasks, name, function))
        stack.enter_context(
            patch.object(Steps, "call", lambda _, task, after=None: getattr(task, "fn", task))
        )
        stack.enter_context(patch.object(flows.ingest, "open_reader", lambda _: nullcontext(Here())))
        stack.enter_context(patch.object(flows.ingest, "_import_what_follows", lambda: None))
        yield


@contextmanager
def commands_here() -> Iterator[None]:
    """Within the block, commands that are called in this process start such runs."""
    with runs_here(), ExitStack() as stack:
        stack.enter_context(patch.object(flows.prefect.server, "prepare_prefect", lambda _: None))
        for module, name, run in (
            (flows.ingest, "ingest", _ingest),
            (flows.rebuild, "rebuild", _rebuild),
            (flows.withdraw, "withdraw", _withdraw),
        ):
            stack.enter_context(patch.object(module, name, run))
        yield
