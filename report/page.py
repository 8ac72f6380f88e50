"""Render the data-quality report of a published warehouse as one self-contained HTML page, and its values as JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from report.article_page import write_pages
from report.attempt import draw_banner, read_attempt
from report.charts import draw_days, draw_multiples
from report.facts import facts_json, read_facts
from report.templating import TEMPLATES, environment, replace_text
from report.watchlist import Watchlist, WatchlistError, find_news
from warehouse.files.connect import connect_readonly
from warehouse.query.changes import latest_version
from warehouse.query.guard import QueryError

# The page's only script. Its content security policy allows the hash of this script and nothing else.
SCRIPT = (TEMPLATES / "age.js").read_text(encoding="utf-8")


def render_report(warehouse: Path, out: Path, watchlist: Path | None = None) -> Path:
    """Write the report on `warehouse` to `out`, and `report.json` next to it; create missing folders.

    `watchlist` is the file of saved searches; the page shows what is new in each. Each article to which the page links
    gets a page in the folder `articles` next to `out`. An existing report is replaced. Raises what
    `warehouse.files.connect.query` raises when the warehouse is missing or damaged.
    """
    # The connections below share the database of this one, so that the file is opened and read only once.
    with connect_readonly(warehouse):
        facts = read_facts(warehouse)
        out.parent.mkdir(parents=True, exist_ok=True)
        attempt = read_attempt(warehouse)
        facts["last_attempt"] = asdict(attempt) if attempt else None
        facts["watched"] = _read_watched(warehouse, watchlist, facts["run"]["run_id"])
        facts["pages"] = write_pages(warehouse, article_ids(facts), out.parent / "articles")
    replace_text(out.with_name("report.json"), facts_json(facts))
    html = (
        environment()
        .get_template("index.html")
        .render(
            facts,
            chart_of_days=draw_days(facts["days"]),
            charts_of_outlets=draw_multiples(facts["outlets_by_day"]),
            attempt=draw_banner(attempt, facts["run"]),
            script=SCRIPT,
            script_hash=b64encode(sha256(SCRIPT.encode()).digest()).decode(),
        )
    )
    return replace_text(out, html)


def _read_watched(warehouse: Path, watchlist: Path | None, run_id: str) -> dict[str, Any]:
    """Return the number of saved searches and what is new in each, or the error if the file is invalid."""
    try:
        searches = Watchlist(watchlist).read() if watchlist else []
        news = find_news(warehouse, searches, run_id)
    except (WatchlistError, QueryError) as error:
        return {"searches": 0, "news": [], "error": str(error)}
    return {"searches": len(searches), "news": [asdict(one) for one in news], "error": None}


def is_current(warehouse: Path, out: Path) -> bool:
    """Return whether the report at `out` shows the published version; True if nothing is published."""
    if not warehouse.exists():
        return True
    try:
        shown = json.loads(out.with_name("report.json").read_text(encoding="utf-8"))
        return out.exists() and shown["run"]["version_no"] == latest_version(warehouse)
    except (OSError, ValueError, KeyError):
        return False


def article_ids(facts: dict[str, Any]) -> list[str]:
    """Return the ids of the articles to which the page links: for failing rows, statements, unresolved speakers."""
    examples = [row for check in facts["checks"] if not check["success"] for row in check["examples"]]
    rows = [*examples, *facts["new_statements"], *facts["unresolved"], *facts["latest"]]
    rows += [row for news in facts["watched"]["news"] for row in news["examples"]]
    return list(dict.fromkeys(row["article_id"] for row in rows if row.get("article_id")))
