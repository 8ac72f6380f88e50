"""Annotate an article in the explorer: show the form, save it, and derive corrections from it.

Annotations are data for benchmarks and training. Where an annotation differs from what the extractor found, the
explorer also derives lines of corrections, which the next run applies:

- `speaker`, `content` or `delete` for a statement;
- `add` for a statement that the extractor missed;
- `kind`, `type` or `country` for an actor.

Corrections cannot change the class of a cue, the role, or the speakers after the first; these stay in the annotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.annotations import Annotations
from report.article_page import cut
from report.explore.annotation_form import (
    BAR,
    WRONG,
    Draft,
    Spans,
    UnfitAnnotationError,
    draft_found,
    draft_saved,
    make_annotation,
    read_draft,
    read_places,
)
from report.explore.corrections import CALLED
from report.explore.pages import NotThere, article_title, one
from report.explore.queries import run_query
from schema.annotation import KINDS as ACTOR_KINDS
from schema.annotation import (
    MAX_ACTORS,
    MAX_STATEMENTS,
    MAX_TEXT,
    OPTIONAL,
    TONES,
    read_addition,
    write_addition,
)
from schema.column_values import NO_SPEAKER, ORG_TYPES, SPEAKER_RESOLUTIONS
from warehouse.query.live import Reading, Row

TITLES = """
    SELECT article_id, headline, left(body, 300) AS body
    FROM main.articles
    WHERE article_id IN (SELECT unnest($ids))"""
MAX_FORM = 4_000_000
MAX_FIELDS = 20_000
CHOICES = {
    "kinds": ACTOR_KINDS,
    "types": ("", *ORG_TYPES),
    "tones": TONES,
    "optional": ("", *OPTIONAL),
    "resolutions": SPEAKER_RESOLUTIONS,
}
Values = dict[str, Any]


@dataclass(frozen=True)
class Article:
    """An article in the warehouse, with the statements and actors found in it."""

    row: Row
    found: list[Row]
    actors: list[Row]


@dataclass(frozen=True)
class Saved:
    """The result of saving: the lines of corrections, and descriptions of what corrections cannot express."""

    lines: list[list[str]]
    kept_back: list[str]


def read_article(reading: Reading, article_id: str) -> Article:
    """Read an article; raise `NotThere` if the shown version lacks it, or if it is too large or has no text."""
    row = one(reading, "article", id=article_id)
    if row is None:
        raise NotThere("no article has this id in the version that is shown")
    found = run_query(reading, "article_found", {"id": article_id}, MAX_STATEMENTS + 1)
    actors = run_query(reading, "article_actors", {"id": article_id}, MAX_ACTORS + 1)
    if not 0 < len(row["body"]) <= MAX_TEXT or len(found) > MAX_STATEMENTS or len(actors) > MAX_ACTORS:
        raise NotThere(
            f"an article of more than {MAX_TEXT:,} characters, {MAX_STATEMENTS} statements or {MAX_ACTORS} actors, or "
            "without a text, cannot be annotated"
        )
    return Article(row, found, actors)


def show_form(reading: Reading, article_id: str, annotations: Annotations) -> Values:
    """Return the form, filled with the annotation saved for this text or, without one, with what was found."""
    article = read_article(reading, article_id)
    saved = annotations.find(article_id)
    body = article.row["body"]
    if saved is None or saved["text"] != body:
        return _values(article, draft_found(body, article.found, article.actors))
    return _values(article, draft_saved(body, saved, article.found))


def show_list(reading: Reading, annotations: Annotations, suggested: Sequence[str]) -> Values:
    """List the annotated articles and the articles in `suggested`, with their titles if the warehouse has them."""
    saved = {annotation["article"]: annotation for annotation in annotations.read()}
    ids = list(dict.fromkeys([*suggested, *saved]))
    titles = {
        row["article_id"]: article_title(row["headline"], row["body"])
        for row in reading.rows(TITLES, {"ids": ids})
    }
    return {"articles": [(id_, titles.get(id_), saved.get(id_)) for id_ in ids], "file": annotations.path}


def save_form(
    reading: Reading, annotations: Annotations, given: Sequence[tuple[str, str]]
) -> tuple[Values, Saved | None]:
    """Save a form and return it with the result; if it has errors, return it unsaved, with None as the result."""
    article = read_article(reading, dict(given).get("article", ""))
    body, draft = article.row["body"], read_draft(given)
    ids = frozenset(row["statement_id"] for row in article.found)
    actor_ids = frozenset(row["actor_id"] for row in article.actors)
    try:
        made = make_annotation(article.row["article_id"], body, draft, ids, actor_ids)
    except UnfitAnnotationError as error:
        return _values(article, error.draft) | {"faults": error.faults}, None
    deleted = [row["id"] for row in draft.statements.values() if row["verdict"] == WRONG and row["id"] in ids]
    earlier = annotations.find(article.row["article_id"])
    saved = plan_lines(reading, article, made, deleted, earlier)
    made["corrections"] = saved.lines
    annotations.save(made)
    return _values(article, draft_saved(body, made, article.found)), saved


def plan_lines(
    reading: Reading,
    article: Article,
    made: Mapping[str, Any],
    deleted: Sequence[str],
    earlier: Mapping[str, Any] | None,
) -> Saved:
    """Return the lines of corrections that make the tables agree with the annotation."""
    kept_back: list[str] = []
    found = {row["statement_id"]: row for row in article.found}
    people = {actor["name"]: actor for actor in made["actors"]}
    before = _read_added(earlier)
    lines = [
        ["delete", statement_id, ""]
        for statement_id in dict.fromkeys(deleted)
        if _pairs(found[statement_id]["found_spans"]) not in before
    ]
    for statement in made["statements"]:
        row = found.get(statement["statement_id"] or "")
        words = [" ".join(made["text"][start:end].split()) for start, end in statement["content"]]
        if row is None or _pairs(row["found_spans"]) in before:
            lines.append(["add", made["article"], _write_added(reading, made["text"], statement, people)])
            continue
        if statement["content"] != _pairs(row["found_spans"]):
            if any("|" in piece for piece in words):  # separates pieces in a correction
                kept_back.append(f"its words contain a vertical bar: {' '.join(words)[:80]}")
            else:
                lines.append(["content", row["statement_id"], BAR.join(words)])
        speaker = next(iter(statement["speakers"]), None)
        if statement["speaker_kind"] in ("unnamed", "none"):
            if row["speaker_kind"] not in ("unnamed", None) or _is_unspoken(row, earlier):
                lines.append(["speaker", row["statement_id"], NO_SPEAKER])
        elif speaker and (target := _find_actor(reading, people[speaker])) != row["found_actor_id"]:
            lines.append(["speaker", row["statement_id"], target])
    return Saved(lines + _plan_actors(article, made, earlier), kept_back)


def _read_added(earlier: Mapping[str, Any] | None) -> list[Spans]:
    """Return the contents of the statements that an earlier annotation added."""
    lines = (earlier or {}).get("corrections", [])
    return [
        [list(span) for span in read_addition(value).content] for action, _, value in lines if action == "add"
    ]


def _is_unspoken(row: Row, earlier: Mapping[str, Any] | None) -> bool:
    """Whether an earlier annotation says that the statement has no speaker who can be named."""
    return ["speaker", row["statement_id"], NO_SPEAKER] in (earlier or {}).get("corrections", [])


def _write_added(
    reading: Reading, body: str, statement: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return the value of an `add` correction; it names the speaker only if the words of the source do not."""
    speaker = next(iter(statement["speakers"]), None)
    target = None
    if statement["speaker_kind"] not in ("unnamed", "none") and speaker:
        actor = people[speaker]
        source = " ".join(body[start:end] for start, end in statement["source"] or []).casefold()
        if not any(name.casefold() in source for name in (actor["name"], *actor["aliases"])):
            target = _find_actor(reading, actor)
    elif speaker is None and statement["source"]:
        target = NO_SPEAKER
    return write_addition(statement["content"], statement["cue"], statement["source"], target)


def _pairs(spans: Iterable[Mapping[str, int]]) -> Spans:
    return [[span["start"], span["end"]] for span in spans]


def _find_actor(reading: Reading, actor: Mapping[str, Any]) -> str:
    """Return the id of an actor in the form.

    For an actor added in the form, this is the id of the only actor with that name; if there is none or several, it is
    the name.
    """
    if actor["actor_id"]:
        return str(actor["actor_id"])
    rows = reading.rows(CALLED, {"name": actor["name"]}, 2)
    return str(rows[0]["actor_id"]) if len(rows) == 1 else str(actor["name"])


def _plan_actors(
    article: Article, made: Mapping[str, Any], earlier: Mapping[str, Any] | None
) -> list[list[str]]:
    """Return the lines that correct kinds, types and countries of actors.

    A line of the earlier annotation is kept if the new annotation has the same value. A run may have applied the line
    already; then the tables agree with the annotation, but without the line the next run would undo it.
    """
    found = {row["actor_id"]: row for row in article.actors}
    before = {tuple(line) for line in (earlier or {}).get("corrections", [])}
    lines = []
    for actor in made["actors"]:
        row = found.get(actor["actor_id"] or "")
        for name in ("kind", "type", "country"):
            if (
                row
                and actor[name]
                and (actor[name] != row[name] or (name, row["actor_id"], actor[name]) in before)
            ):
                lines.append([name, row["actor_id"], actor[name]])
    return lines


def _values(article: Article, draft: Draft) -> Values:
    body = article.row["body"]
    spans = [
        (start, end, number, part)
        for number, row in draft.statements.items()
        if row["verdict"] != WRONG
        for part in ("content", "cue", "source")
        for start, end in read_places(row[f"{part}_at"], len(body)) or ()
    ]
    return {
        "article": article.row,
        "title": article_title(article.row["headline"], body),
        "draft": draft,
        "pieces": cut(body, spans),
        "faults": [],
        "names": [row["name"] for row in draft.actors.values() if row["name"]],
        **CHOICES,
    }
