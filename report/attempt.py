"""The last run, when it was stopped or failed -> `state/last_attempt.json`, and a banner at the top of the report.

Such a run publishes nothing, so the report goes on telling of the version before, whose checks passed. The banner is
put into the page as it stands: that needs no warehouse, which may be what is damaged.
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
    """A run that published nothing new: `at` is when it ended, in ISO 8601; `why` has a line for each cause."""

    warehouse: str
    status: str
    at: str
    why: list[str]
    advice: list[str]

    @property
    def ended(self) -> datetime:
        """When it ended."""
        return datetime.fromisoformat(self.at)


def attempt_path(warehouse: Path) -> Path:
    """Where the last attempt is noted."""
    return warehouse.absolute().parent / "state" / "last_attempt.json"


def note_attempt(warehouse: Path, page: Path, attempt: Attempt | None) -> None:
    """Note the last attempt and show it on the page, if there is one; None is a run that went well."""
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
    """The last attempt on this warehouse; None when it went well, or nothing legible says otherwise."""
    try:
        told = json.loads(attempt_path(warehouse).read_text(encoding="utf-8"))
        attempt = Attempt(**{field.name: told[field.name] for field in fields(Attempt)})
        is_ours = attempt.warehouse == warehouse.name and attempt.status in STATUSES and attempt.ended
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return attempt if is_ours else None


def draw_banner(attempt: Attempt | None, run: dict[str, Any]) -> str:
    """The banner as HTML, between its marks; `run` is the last one that published, as in the facts."""
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
    told = facts | {"last_attempt": asdict(attempt) if attempt else None}
    replace_text(facts_file, json.dumps(told, ensure_ascii=False, indent=1))
