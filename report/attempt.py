"""Show in the report that the last run was stopped or failed.

Such a run publishes nothing, so the report still describes the previous version, whose checks passed. The attempt is
noted in `state/last_attempt.json`, and a banner is written into the existing page, because rendering the page again
would need the warehouse, which may be damaged.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from report.templating import environment, replace_text

BEGIN, END = "<!-- last attempt -->", "<!-- end of last attempt -->"
TITLE = re.compile(r"<title>On Record: (?:last run \w+; )?")
STATUSES = ("stopped", "failed")


@dataclass(frozen=True)
class Attempt:
    """A run that published nothing; `at` is the time at which it ended, in ISO 8601; `why` has one line per cause."""

    warehouse: str
    status: str
    at: str
    why: list[str]
    advice: list[str]

    @property
    def ended(self) -> datetime:
        """The time at which the run ended."""
        return datetime.fromisoformat(self.at)


def attempt_path(warehouse: Path) -> Path:
    """Return the path of the file that holds the last attempt."""
    return warehouse.absolute().parent / "state" / "last_attempt.json"


def note_attempt(warehouse: Path, page: Path, attempt: Attempt | None) -> None:
    """Record the last attempt and show it on the page, if the page exists; None removes the record."""
    path = attempt_path(warehouse)
    if attempt:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(asdict(attempt), ensure_ascii=False, indent=1))
    elif read_attempt(warehouse):
        path.unlink()
    else:
        return
    _show(page, attempt)


def read_attempt(warehouse: Path) -> Attempt | None:
    """Return the last failed or stopped attempt; None if the last run succeeded or the file cannot be read."""
    try:
        noted = json.loads(attempt_path(warehouse).read_text(encoding="utf-8"))
        attempt = Attempt(**{field.name: noted[field.name] for field in fields(Attempt)})
        is_ours = attempt.warehouse == warehouse.name and attempt.status in STATUSES and attempt.ended
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return attempt if is_ours else None


def draw_banner(attempt: Attempt | None, run: dict[str, Any]) -> str:
    """Return the HTML of the banner between its markers; `run` is the last published run, as in `report.json`."""
    html = environment().get_template("attempt.html").render(attempt=attempt, run=run) if attempt else ""
    return f"{BEGIN}{html}{END}"


def _show(page: Path, attempt: Attempt | None) -> None:
    facts_file = page.with_name("report.json")
    try:
        html, facts = page.read_text(encoding="utf-8"), json.loads(facts_file.read_text(encoding="utf-8"))
        run = facts["run"]
        published_at = datetime.fromisoformat(run["published_at"] or run["started_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    before, begin, rest = html.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        title = f"<title>On Record: {f'last run {attempt.status}; ' if attempt else ''}"
        banner = draw_banner(attempt, run | {"published_at": published_at})
        replace_text(page, TITLE.sub(title, before, count=1) + banner + after)
    facts |= {"last_attempt": asdict(attempt) if attempt else None}
    replace_text(facts_file, json.dumps(facts, ensure_ascii=False, indent=1))
