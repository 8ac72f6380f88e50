"""Compute the pages of the explorer: each function returns the values that its template shows for an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from textwrap import shorten
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from report.attempt import Attempt
from report.explore.charts import draw_columns, span_of
from report.explore.marks import around_marks, read_paragraphs
from report.explore.queries import Block, read_block, read_in_time, read_query, run_query
from report.explore.search import Found, Search, find, names_of
from report.explore.story import compare_versions
from report.explore.word_changes import compare_wordings
from report.watchlist import Watchlist, count_news
from warehouse.query.live import Reading, Row

LIST, LONG = 12, 200
PRINTS = 50  # prints of one utterance whose wording is compared
STALE_DAYS = 3
SPOKEN_FOR = ("organization", "country")  # actors that people speak for
Values = dict[str, Any]
Given = Mapping[str, str]


class Elsewhere(Exception):
    """Raised to redirect to the page's other address; the message is that address."""


class NotThere(Exception):
    """The shown version lacks what the address names; the message says what is missing."""


def home(reading: Reading, given: Given) -> Values:
    """Show the first page: what is new, the size of the warehouse, and where to start; slow parts are left out."""
    run = last_run(reading)
    return {
        "search": Search(),
        "figures": one(reading, "figures"),
        "run": run,
        "failed": read_in_time(reading, "checks_failed", 50, run=run["run_id"] if run else None),
        "fresh": read_in_time(reading, "new_statements", 6, run_id=run["run_id"] if run else None),
        "fresh_subjects": read_in_time(reading, "new_subjects", 10, run_id=run["run_id"] if run else None),
        "speakers": read_in_time(reading, "speakers", LIST),
        "subjects": read_in_time(reading, "subjects", LIST),
        "outlets": read_in_time(reading, "outlets", LIST),
    }


def search(reading: Reading, given: Given) -> Values:
    """Show hits with facets and a chart by day or, without words and filters, the newest statements."""
    wanted = Search.of(given)
    found = find(reading, wanted)
    return {"search": wanted, "found": found, "labels": _labels(reading, wanted, found)} | _charts(
        reading, wanted, found
    )


def _charts(reading: Reading, wanted: Search, found: Found) -> Values:
    axis = span_of(found.days.rows)
    series: dict[str, list[Row]] = {}
    for row in found.series.rows if found.series else ():
        series.setdefault(row["series"], []).append(row)
    largest = sorted(series.items(), key=lambda one: -sum(row["statements"] for row in one[1]))
    charts = {name: draw_columns(rows, axis) for name, rows in largest}
    names = names_of(reading, list(charts)) if wanted.by == "speaker" else {}
    return {
        "chart": draw_columns(found.days.rows),
        "small": [
            (value, names.get(value, value), chart) for value, chart in charts.items() if chart is not None
        ],
        "highest": max((chart.highest for chart in charts.values() if chart), default=0),
    }


def compare(reading: Reading, given: Given) -> Values:
    """Show two searches side by side, on one time axis."""
    shared = {name: value for name, value in given.items() if name not in ("a", "b", "q", "page")}
    sides = []
    for at, name in enumerate(("a", "b")):
        wanted = Search.of(shared | {"q": given.get(name, ""), "by": "none"})
        sides.append((wanted, find(reading, wanted, f"_{at}") if wanted.q else None))
    axis = span_of(*(found.days.rows for _, found in sides if found))
    charts = [draw_columns(found.days.rows, axis) if found else None for _, found in sides]
    return {
        "search": Search.of(shared),
        "sides": [(wanted, found, chart) for (wanted, found), chart in zip(sides, charts, strict=True)],
        "highest": max((chart.highest for chart in charts if chart), default=0),
    }


def subject(reading: Reading, given: Given) -> Values:
    """Show a search as a page on its subject: who speaks about it, in which tone, and how positions changed."""
    wanted = Search.of({**given, "sort": given.get("sort") or "old", "by": given.get("by") or "speaker"})
    if wanted.is_empty:
        raise NotThere("a subject needs words or a filter, as in /subject?q=harbour")
    found = find(reading, wanted)
    return {
        "search": wanted,
        "found": found,
        "labels": _labels(reading, wanted, found),
        "title": given.get("title", "")[:100] or wanted.q or "This subject",
    } | _charts(reading, wanted, found)


def actor(reading: Reading, given: Given) -> Values:
    """Show a person, group, organization or country: names, roles, statements and links to other actors."""
    actor_id = given["id"]
    row = one(reading, "actor", id=actor_id)
    if row is None:
        raise _called(reading, actor_id)
    on = " ".join(given.get("on", "")[:200].replace("\0", " ").split())
    said = (
        Search(body=actor_id, sort="new")
        if row["kind"] in SPOKEN_FOR
        else Search(speaker=actor_id, sort="new")
    )
    wanted = replace(said, q=on, sort="old") if on else said
    everything = find(reading, said)
    blocks = {
        name: read_block(reading, f"actor_{name}", LIST, id=actor_id)
        for name in (
            "speaks_about",
            "spoken_about_by",
            "neighbours",
            "lookalikes",
            "replies",
            "answered",
            "positions",
            "turns",
            "judged_by",
            "turns_of_others",
        )
    }
    blocks |= {
        name: read_block(reading, f"actor_{name}", LONG, id=actor_id)
        for name in ("names", "profiles", "roles")
    }
    return {
        "search": Search(),
        "actor": row,
        "figures": one(reading, "actor_figures", id=actor_id),
        "on": on,
        "said": said,
        "wanted": wanted,
        "found": find(reading, wanted, "_on") if on else everything,
        "everything": everything,
        "chart": draw_columns(everything.days.rows),
        "timeline": _timeline(blocks["roles"].rows),
        "body": _organization(reading, row),
        **blocks,
    }


def _called(reading: Reading, name: str) -> Exception:
    """Return a redirect to the actor with this name; `NotThere` if no actor has the name, or several have it."""
    sql = "SELECT actor_id, kind FROM main.actors WHERE strip_accents(lower(name)) = strip_accents(lower($name))"
    found = reading.rows(sql, {"name": name}, 2)
    if len(found) == 1:
        return Elsewhere(actor_path(found[0]["actor_id"], found[0]["kind"]))
    if found:
        return Elsewhere(f"/actors?{urlencode({'name': name})}")
    return NotThere("no actor in the version that is shown has this id or name")


def _organization(reading: Reading, row: Row) -> dict[str, Block]:
    """Return the blocks of an organization or country: who speaks for it, and what its officials say about others."""
    if row["kind"] not in SPOKEN_FOR:
        return {}
    body = {
        "speakers": read_block(reading, "body_speakers", LIST, id=row["actor_id"]),
        "people": read_block(reading, "body_people", LIST, id=row["actor_id"]),
    }
    if row["kind"] == "country" and row["country"]:
        for name in ("country_subjects", "country_bodies", "country_speakers"):
            body[name] = read_block(reading, name, LIST, country=row["country"])
    return body


def _timeline(rows: list[Row]) -> list[tuple[Row, float, float]]:
    """Return each role with its start and length, in percent of the time that all roles span."""
    dated = [row for row in rows if row["first_seen_on"] and row["last_seen_on"]]
    if not dated:
        return []
    first = min(row["first_seen_on"] for row in dated)
    whole = max((max(row["last_seen_on"] for row in dated) - first).days, 1)
    return [
        (
            row,
            100 * (row["first_seen_on"] - first).days / whole,
            100 * (row["last_seen_on"] - row["first_seen_on"]).days / whole,
        )
        for row in dated[:LIST]
    ]


def actors(reading: Reading, given: Given) -> Values:
    """List the actors that have a given word in their name."""
    name, kind = given.get("name", "")[:200], given.get("kind") or None
    return {
        "search": Search(),
        "name": name,
        "kind": kind,
        "actors": read_block(reading, "actors", 100, name=name, kind=kind),
    }


def outlets(reading: Reading, given: Given) -> Values:
    """List all outlets, with the types of their sources."""
    return {"search": Search(), "outlets": read_block(reading, "outlets", 500)}


def outlet(reading: Reading, given: Given) -> Values:
    """Show one outlet: its sources compared with the sources of all outlets, and its most quoted speakers."""
    name = given.get("name", "")
    facts = read_block(reading, "outlet", 1, outlet=name)
    row = facts.rows[0]
    if not row["articles"]:
        raise NotThere("no article in the version that is shown is from this outlet")
    days = read_block(reading, "outlet_days", 10_000, outlet=name)
    articles = read_block(reading, "outlet_articles", 25, outlet=name)
    return {
        "search": Search(),
        "outlet": row,
        "all": one(reading, "sourcing_of_all"),
        "chart": draw_columns(days.rows),
        "days": days,
        "speakers": read_block(reading, "outlet_speakers", LIST, outlet=name),
        "unnamed": read_block(reading, "outlet_unnamed", LIST, outlet=name),
        "articles": articles,
        "begins": _begins(reading, articles.rows),
        "facts": facts,
    }


def _begins(reading: Reading, articles: list[Row]) -> dict[str, str]:
    """Return the first words of the articles that have no headline."""
    ids = [row["article_id"] for row in articles if not row["headline"]]
    sql = "SELECT article_id, left(body, 300) AS body FROM main.articles WHERE article_id IN (SELECT unnest($ids))"
    rows = reading.rows(sql, {"ids": ids}) if ids else []
    return {row["article_id"]: article_title(None, row["body"]) for row in rows}


def stories(reading: Reading, given: Given) -> Values:
    """List the stories that several articles report."""
    return {"search": Search(), "stories": read_block(reading, "stories", 100)}


def story(reading: Reading, given: Given) -> Values:
    """Show the versions of a story: what changed from version to version, and who printed what first."""
    articles = read_block(reading, "story_articles", LONG, id=given["id"])
    if not articles:
        raise NotThere("no story has this id in the version that is shown")
    versions = [row for row in articles.rows if row["copy_of"] is None]
    return {
        "search": Search(),
        "articles": articles,
        "statements": read_block(reading, "story_statements", LONG, id=given["id"]),
        "changes": compare_versions(reading, [row["article_id"] for row in versions]),
        "by_id": {row["article_id"]: row for row in articles.rows},
        "title": next(
            (row["headline"] for row in articles.rows if row["headline"]),
            article_title(None, articles.rows[0]["begins"]),
        ),
    }


def article(reading: Reading, given: Given) -> Values:
    """Show an article, with each statement next to its paragraph."""
    row = one(reading, "article", id=given["id"])
    if row is None:
        raise NotThere("no article has this id in the version that is shown")
    statements = read_block(reading, "article_statements", 2000, id=given["id"])
    subjects: dict[str, list[Row]] = {}
    for subject_row in run_query(reading, "article_subjects", {"id": given["id"]}, 10_000):
        subjects.setdefault(subject_row["statement_id"], []).append(subject_row)
    return {
        "search": Search(),
        "article": row,
        "statements": statements,
        "paragraphs": read_paragraphs(row["body"], statements.rows),
        "subjects": subjects,
        "title": article_title(row["headline"], row["body"]),
        "has_story": len(reading.rows(read_query("story_articles"), {"id": row["story_id"]}, 2)) > 1,
    }


def article_title(headline: str | None, body: str) -> str:
    """Return the headline or, without one, the first words of the text."""
    return headline or shorten(body[:1000], 90, placeholder="…") or "Article without a text"


def statement(reading: Reading, given: Given) -> Values:
    """Show one statement: its context, and who else printed it."""
    facts = read_block(reading, "statement", 1, id=given["id"])
    if not facts:
        raise NotThere("no statement has this id in the version that is shown")
    row = facts.rows[0]
    return {
        "search": Search(),
        "row": row,
        "paragraphs": around_marks(read_paragraphs(row["body"], [row])),
        "repeats": read_block(reading, "statement_repeats", 50, id=given["id"]),
        "thread": read_block(reading, "statement_thread", 50, id=given["id"]),
        "facts": facts,
    }


def utterance(reading: Reading, given: Given) -> Values:
    """Show one utterance: all its prints, and how their wording differs from the fullest print."""
    prints = read_block(reading, "utterance", PRINTS, id=given["id"])
    if not prints:
        raise NotThere("no utterance has this id in the version that is shown")
    fullest = max(prints.rows, key=lambda row: len(row["statement"]))
    return {
        "search": Search(),
        "prints": prints,
        "fullest": fullest,
        "pieces": {
            row["statement_id"]: compare_wordings(fullest["statement"], row["statement"])
            for row in prints.rows
        },
    }


def runs(reading: Reading, given: Given) -> Values:
    """Show data quality as the report does: failed checks first, then what is new, then what is unusual."""
    history = read_block(reading, "runs", 30)
    run_id = given.get("run") or (history.rows[0]["run_id"] if history else None)
    run = next((row for row in history.rows if row["run_id"] == run_id), None)
    if run is None and given.get("run"):
        raise NotThere("none of the last thirty runs has this id")
    return {
        "search": Search(),
        "figures": one(reading, "figures"),
        "run": run,
        "history": history,
        "failed": read_block(reading, "checks_failed", 50, run=run_id),
        "checks": read_block(reading, "checks", 500, run=run_id),
        "rejects": read_block(reading, "rejects", 50, run=run_id),
        "fresh": read_in_time(reading, "new_statements", 6, run_id=run_id),
        "fresh_subjects": read_in_time(reading, "new_subjects", 10, run_id=run_id),
        "unresolved": read_in_time(reading, "unresolved", LIST),
    }


def judge_run(run: Row | None, failed: list[Row], attempt: Attempt | None, today: date) -> str:
    """Describe the state of the warehouse in a few words; name only the most serious problem."""
    if attempt:
        return f"The last run {'was stopped' if attempt.status == 'stopped' else 'failed'}"
    if run is None:
        return "No run yet"
    days = (today - run["started_at"].date()).days
    if days >= STALE_DAYS:
        return f"No run for {days} days"
    loud = sum(row["severity"] != "info" for row in failed)
    if loud:
        return f"Published with {loud} {'warning' if loud == 1 else 'warnings'}"
    if run["articles_rejected"] or run["files_rejected"]:
        return "Published, with some articles rejected"
    if run["status"] == "nothing_new":
        return "Nothing new since the last version"
    return "All is well" if run["checks"] else "Published; no check was recorded"


def questions(reading: Reading, given: Given) -> Values:
    """List typical questions of a newsroom, with names from this warehouse; each question links to its answer."""
    return {
        "search": Search(),
        "speakers": read_in_time(reading, "speakers", LIST).rows,
        "subjects": read_in_time(reading, "subjects", LIST).rows,
        "outlets": read_in_time(reading, "outlets", LIST).rows,
        "stories": read_in_time(reading, "stories", 100).rows,
        "accusations": read_in_time(reading, "accusations", LIST),
        "pairs": read_in_time(reading, "body_pairs", LIST),
        "spoken_for": read_in_time(reading, "spoken_for", LIST),
        "changes": read_in_time(reading, "changes", LIST),
        "figures": one(reading, "figures"),
    }


def watchlist(reading: Reading, given: Given, saved: Watchlist) -> Values:
    """Show the saved searches, each with the number of its new hits in the last run that added statements."""
    rows = read_block(reading, "runs", 30).rows
    run = next((row for row in rows if row["statements"]), None)
    return {
        "search": Search(),
        "run": run,
        "searches": [
            (one, one.search.address(), count_news(reading, one, run["run_id"]) if run else 0)
            for one in saved.read()
        ],
        "wanted": Search.of(dict(parse_qsl(given.get("save", ""), max_num_fields=100))),
    }


def last_run(reading: Reading) -> Row | None:
    """Return the newest run in the ledger."""
    rows = read_block(reading, "runs", 30).rows
    return rows[0] if rows else None


def actor_path(actor_id: str, kind: str | None) -> str:
    """Return the address of an actor's page, which depends on its kind."""
    if kind == "country" and actor_id.startswith("country:"):
        return f"/country/{quote(actor_id.removeprefix('country:'), safe='')}"
    return f"/{'organization' if kind == 'organization' else 'actor'}/{quote(actor_id, safe='')}"


def one(reading: Reading, name: str, /, **params: Any) -> Row | None:
    """Return the first row of a query, or None."""
    rows = read_block(reading, name, 1, **params).rows
    return rows[0] if rows else None


def _labels(reading: Reading, wanted: Search, found: Found) -> dict[str, str]:
    """Put the filters of a search into words, with names in place of ids."""
    labels = dict(wanted.narrowed())
    names = names_of(reading, [labels[name] for name in ("speaker", "about", "body") if name in labels])
    return {name: names.get(value, value) for name, value in labels.items()}
