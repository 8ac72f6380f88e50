"""Notify people if a run was stopped, has warnings, recovered, or found new hits of saved searches.

Notifications go to Prefect's notification blocks (Slack, email, Teams, webhooks...) and to the user's notify command,
which reads them as JSON from standard input. The state folder has the last notification, so that the same outcome is
not sent again.
"""

from __future__ import annotations

import json
import logging
import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from flows.outcome import Outcome
from flows.settings import Settings
from schema.errors import OnRecordError

NOTED = "notified.json"
COMMAND_SECONDS = 60
TITLES = {
    "stopped": "On Record stopped: nothing was published",
    "warnings": "On Record published with warnings",
    "recovered": "On Record has recovered",
    "watchlist": "On Record has new statements in saved searches",
}
log = logging.getLogger("onrecord")


@dataclass(frozen=True)
class Message:
    """One notification: `event` is a key of TITLES, `checks` are the failed checks as `table.check`."""

    event: str
    title: str
    run_id: str
    checks: list[str]
    warehouse: str
    report: str
    searches: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text of the message; it names checks and saved searches and never quotes articles."""
        news = (f"{name}: {count:,} new" for name, count in self.searches.items())
        lines = "".join(f"\n- {line}" for line in (*self.checks, *news))
        return f"Run {self.run_id} of {self.warehouse}{lines}\nReport: {self.report}"


def notify(outcome: Outcome, settings: Settings, waits: Sequence[float] = ()) -> Message | None:
    """Notify everyone named in the settings; returns the message, or None if it would repeat the last one.

    If sending fails, it is tried again after each of `waits` (seconds), unless a retry cannot help. The last failure
    is logged and does not change the outcome of the run.
    """
    noted = settings.state / NOTED
    message = find_news(outcome, _read(noted))
    if message is None:
        return None
    noted.parent.mkdir(parents=True, exist_ok=True)
    noted.write_text(json.dumps({"event": message.event, "checks": message.checks}), encoding="utf-8")
    _send_all(message, settings, waits)
    return message


def notify_news(outcome: Outcome, settings: Settings, waits: Sequence[float] = ()) -> Message | None:
    """Send the new hits of saved searches; returns the message, or None if there are no new hits or no recipients.

    If the list of searches cannot be read, this is logged and does not change the outcome of the run.
    """
    if outcome.status != "published" or not (settings.notify or settings.notify_command):
        return None
    from report.watchlist import Watchlist, find_news

    try:
        news = find_news(outcome.warehouse, Watchlist(settings.watchlist_file).read(), outcome.run_id)
    except OnRecordError as error:
        log.warning("the new hits of saved searches were not sent: %s", error)
        return None
    if not news:
        return None
    places = (str(outcome.warehouse), str(outcome.report))
    found = {one.name: one.statements for one in news}
    message = Message("watchlist", TITLES["watchlist"], outcome.run_id, [], *places, found)
    _send_all(message, settings, waits)
    return message


def _send_all(message: Message, settings: Settings, waits: Sequence[float]) -> None:
    for name in settings.notify:
        _send(f"the block {name}", partial(_notify_block, name, message), waits)
    if command := settings.notify_command:
        _send("the notify command", partial(_run_command, command.get_secret_value(), message), waits)


def find_news(outcome: Outcome, last: dict[str, Any]) -> Message | None:
    """Return the message to send about a run, or None.

    It is None if the run neither published nor was stopped, if all is well and was well before, or if the message would
    repeat the last one, whose `event` and `checks` are in `last`.
    """
    if outcome.status not in ("published", "stopped"):
        return None
    grave = ["critical"] if outcome.status == "stopped" else ["critical", "warning"]
    failed = outcome.checks.filter(~pl.col("success") & pl.col("severity").is_in(grave))
    checks = sorted(f"{row['table_name']}.{row['check_name']}" for row in failed.to_dicts())
    event = "stopped" if outcome.status == "stopped" else "warnings" if checks else "recovered"
    was_well = last.get("event", "recovered") == "recovered"
    if (event, checks) == (last.get("event"), last.get("checks")) or (event == "recovered" and was_well):
        return None
    paths = (str(outcome.warehouse), str(outcome.report))
    return Message(event, TITLES[event], outcome.run_id, checks, *paths)


def _read(noted: Path) -> dict[str, Any]:
    try:
        last = json.loads(noted.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return last if isinstance(last, dict) else {}


def _send(name: str, send: Callable[[], None], waits: Sequence[float]) -> None:
    for wait in (*waits, None):
        try:
            send()
            return
        except (ValueError, FileNotFoundError, PermissionError, subprocess.TimeoutExpired) as error:
            log.warning("%s was not notified: %s", name, error)
            return
        except Exception as error:
            retry = "" if wait is None else f"; retrying in {wait:g} s"
            log.warning("%s was not notified: %s%s", name, error, retry)
        if wait is not None:
            time.sleep(wait)


def _notify_block(name: str, message: Message) -> None:
    from prefect.blocks.core import Block

    block: Any = Block.load(name)
    block.notify(message.text, message.title)


def _run_command(command: str, message: Message) -> None:
    payload = json.dumps(asdict(message) | {"text": message.text})
    subprocess.run(shlex.split(command), input=payload, text=True, check=True, timeout=COMMAND_SECONDS)
