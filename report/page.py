"""The data-quality report: a published warehouse in, one HTML page that needs no network out, and its facts as JSON."""

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
from warehouse.query.changes import latest_version
from warehouse.query.guard import QueryError

# The only script of the page; its policy allows it by its hash and no other.
SCRIPT = (TEMPLATES / "age.js").read_text(encoding="utf-8")


def render_report(warehouse: Path, out: Path, watchlist: Path | None = None) -> Path:
    """Write the report on `warehouse` to `out`, and `report.json` next to it (folders are made).

    `watchlist` is the file of saved searches, of which the page says what is new. An older page is replaced whole. The
    articles of its examples get pages in `articles` next to it.
    Raises what `warehouse.files.connect.query` raises when the warehouse is missing or damaged.
    """
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
    """The number of saved searches and what is new in them; what is wrong with the file in words."""
    try:
        searches = Watchlist(watchlist).read() if watchlist else []
        news = find_news(warehouse, searches, run_id)
    except (WatchlistError, QueryError) as error:
        return {"searches": 0, "news": [], "error": str(error)}
    return {"searches": len(searches), "news": [asdict(one) for one in news], "error": None}


def is_current(warehouse: Path, out: Path) -> bool:
    """Whether the report at `out` is on the version that is published; where nothing is published, none is missing."""
    if not warehouse.exists():
        return True
    try:
        told = json.loads(out.with_name("report.json").read_text(encoding="utf-8"))
        return out.exists() and told["run"]["version_no"] == latest_version(warehouse)
    except (OSError, ValueError, KeyError):
        return False


def article_ids(facts: dict[str, Any]) -> list[str]:
    """The articles that the page points at: of failing rows, of new and latest statements, of unresolved speakers."""
    examples = [row for check in facts["checks"] if not check["success"] for row in check["examples"]]
    rows = [*examples, *facts["new_statements"], *facts["unresolved"], *facts["latest"]]
    rows += [row for news in facts["watched"]["news"] for row in news["examples"]]
    return list(dict.fromkeys(row["article_id"] for row in rows if row.get("article_id")))
