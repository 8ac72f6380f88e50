"""Convert annotations to and from the fields of a form.

A draft has the fields of the form as text. It comes from what the extractor found, from a saved annotation, or from a
browser. The annotation to save is built from a draft. Drafts are untrusted: the article must have their words,
whatever offsets the form states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from report.explore.labels import name_country
from schema.annotation import AnnotationError, check_annotation
from warehouse.query.live import Row

BAR = " | "  # separates the pieces of a content
AND = ";"  # separates names, and one role from the next
AT = " @ "  # separates a role from its organization or country
STATEMENT_FIELDS = (
    "id", "verdict", "content", "content_at", "cue", "cue_at", "source", "source_at", "speakers", "resolution", "role",
    "organization", "country", "addressee", "is_negated", "cue_class", "optional",
)  # fmt: skip
ACTOR_FIELDS = ("id", "name", "kind", "type", "country", "aliases", "roles", "remove")
FIELD = re.compile(r"(?P<part>[sa])(?P<number>[0-9]{1,4})\.(?P<name>[a-z_]{2,20})")
RIGHT, WRONG, OPEN = "right", "wrong", "open"
_PLAIN = str.maketrans("“”„«»‘’‚", '"""""\'\'\'')  # one character for each, so that offsets stay valid
Fields = dict[str, str]
Spans = list[list[int]]


class UnfitAnnotationError(ValueError):
    """The form cannot become an annotation; `draft` is the form to show again, `faults` are its errors."""

    def __init__(self, draft: Draft, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.draft, self.faults = draft, faults


@dataclass
class Draft:
    """The fields of the form; `statements` and `actors` have as keys the numbers in the names of the fields."""

    statements: dict[int, Fields] = field(default_factory=dict)
    actors: dict[int, Fields] = field(default_factory=dict)
    is_finished: bool = False
    is_saved: bool = False


# ---- Showing ----------------------------------------------------------------------------------------------


def draft_found(body: str, found: Sequence[Row], actors: Sequence[Row]) -> Draft:
    """Return the form of an article without an annotation."""
    return Draft(
        dict(enumerate((_show_found(body, row) for row in found), 1)),
        dict(enumerate((_show_actor(row, actors) for row in actors), 1)),
    )


def draft_saved(body: str, saved: Mapping[str, Any], found: Sequence[Row]) -> Draft:
    """Return the form of an annotated article; it includes statements marked wrong or found after saving."""
    places = {row["statement_id"]: _pairs(row["content_spans"]) for row in found}
    statements = [_show_statement(body, row) for row in saved["statements"]]
    taken = {row["id"] for row in statements}
    for shown, row in zip(statements, saved["statements"], strict=True):
        # A run added this statement after saving, or the extractor now finds it elsewhere or no longer.
        if shown["id"] not in places:
            least = 0.5 if shown["id"] else 0.99
            same = (
                key
                for key, spans in places.items()
                if key not in taken and _overlap(spans, row["content"]) > least
            )
            shown["id"] = next(same, "")
            taken.add(shown["id"])
    deleted = {target for action, target, _ in saved.get("corrections", []) if action == "delete"}
    for row in found:
        if row["statement_id"] not in taken:
            statements.append(
                _show_found(body, row) | ({"verdict": WRONG} if row["statement_id"] in deleted else {})
            )
    statements.sort(key=lambda shown: read_places(shown["content_at"], len(body)) or [[0, 0]])
    actors = [_show_annotated(actor) for actor in saved["actors"]]
    return Draft(
        dict(enumerate(statements, 1)),
        dict(enumerate(actors, 1)),
        bool(saved.get("is_finished")),
        is_saved=True,
    )


def _show_found(body: str, row: Row) -> Fields:
    shown = row | {
        part: [[row[f"{part}_start"], row[f"{part}_end"]]] if row[f"{part}_start"] is not None else None
        for part in ("cue", "source")
    }
    speakers = [row["speaker"], *(row["co_speakers"] or [])] if row["speaker"] else []
    if not speakers and row["source"] and row["speaker_resolution"] == "unnamed":
        speakers = [row["source"]]
    shown |= {
        "content": _pairs(row["content_spans"]),
        "speakers": speakers,
        "optional": None,
        "is_checked": False,
    }
    return _show_statement(body, shown | {"resolution": row["speaker_resolution"]}) | (
        {"verdict": WRONG} if row["correction"] == "deleted" else {}
    )


def _show_statement(body: str, row: Mapping[str, Any]) -> Fields:
    shown = {
        name: row.get(name) or "" for name in ("role", "organization", "country", "addressee", "optional")
    }
    for part in ("content", "cue", "source"):
        spans = row.get(part) or []
        shown[part] = BAR.join(_one_line(body[start:end]) for start, end in spans)
        shown[f"{part}_at"] = " ".join(f"{start}-{end}" for start, end in spans)
    return shown | {
        "id": row.get("statement_id") or "",
        "verdict": RIGHT if row.get("is_checked", True) else OPEN,
        "speakers": _join(row["speakers"]),
        "resolution": row["resolution"],
        "cue_class": row["cue_class"],
        "is_negated": "1" if row["is_negated"] else "",
    }


def _show_actor(row: Row, actors: Sequence[Row]) -> Fields:
    names = {
        name.casefold(): other["name"] for other in actors for name in [*other["aliases"], other["name"]]
    }
    roles = []
    for role in row["roles"]:
        body = names.get((role["body"] or "").casefold(), role["body"]) or name_country(role["country"])
        roles += [{"role": role["role"], "at": body or None}] if role["role"] else []
    return _show_annotated(row | {"roles": roles})


def _show_annotated(actor: Mapping[str, Any]) -> Fields:
    roles = [_one_line(role["role"]) + (f"{AT}{role['at']}" if role["at"] else "") for role in actor["roles"]]
    return {
        "id": actor.get("actor_id") or "",
        "name": _one_line(actor["name"]),
        "kind": actor["kind"],
        "type": actor["type"] or "",
        "country": actor["country"] or "",
        "aliases": _join(alias for alias in actor["aliases"] if alias != actor["name"]),
        "roles": "\n".join(roles),
        "remove": "",
    }


def _join(names: Iterable[str]) -> str:
    return f"{AND} ".join(_one_line(name).replace(AND, ",") for name in names)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _pairs(spans: Iterable[Mapping[str, int]]) -> Spans:
    return [[span["start"], span["end"]] for span in spans]


def _overlap(one: Spans, other: Spans) -> float:
    """Return the similarity of two contents: the Dice coefficient of their characters."""
    common = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in other)
    return 2 * common / sum(end - start for start, end in [*one, *other])


# ---- Reading ----------------------------------------------------------------------------------------------


def read_draft(given: Sequence[tuple[str, str]]) -> Draft:
    """Return the draft that a browser sent; fields that the form does not have are ignored."""
    draft = Draft(is_finished=("is_finished", "1") in given)
    for name, value in given:
        found = FIELD.fullmatch(name)
        if found is None:
            continue
        rows, fields = (
            (draft.statements, STATEMENT_FIELDS) if found["part"] == "s" else (draft.actors, ACTOR_FIELDS)
        )
        if found["name"] in fields:
            row = rows.setdefault(int(found["number"]), dict.fromkeys(fields, ""))
            row[found["name"]] = value.strip()
    return draft


def make_annotation(
    article_id: str, body: str, draft: Draft, ids: frozenset[str], actor_ids: frozenset[str]
) -> dict[str, Any]:
    """Return the annotation that a draft describes, without its corrections.

    Raises `UnfitAnnotationError` with all errors of the draft.
    `ids` and `actor_ids` are the article's statements and actors in the warehouse; other ids in the draft are
    ignored.
    """
    faults: list[str] = []
    actors = [
        _read_actor(row, actor_ids) for row in draft.actors.values() if row["name"] and not row["remove"]
    ]
    kept = [(no, row) for no, row in draft.statements.items() if row["verdict"] != WRONG and row["content"]]
    statements = [_read_statement(body, row, f"statement {no}", actors, faults) for no, row in kept]
    for statement in statements:
        statement["statement_id"] = statement["statement_id"] if statement["statement_id"] in ids else None
    if draft.is_finished:
        faults += [
            f"statement {no}: say whether it is right; until then, the article cannot be marked as finished"
            for no, row in kept if row["verdict"] != RIGHT
        ]  # fmt: skip
    made = {
        "article": article_id,
        "text": body,
        "actors": actors,
        "statements": sorted(statements, key=lambda statement: statement["content"]),
        "is_finished": draft.is_finished,
    }
    if not faults:
        try:
            return check_annotation(made)
        except AnnotationError as error:
            faults.append(str(error))
    raise UnfitAnnotationError(draft, faults)


def _read_actor(row: Fields, actor_ids: frozenset[str]) -> dict[str, Any]:
    roles = [line.strip().partition(AT.strip()) for line in row["roles"].splitlines() if line.strip()]
    return {
        "name": _one_line(row["name"]),
        "kind": row["kind"],
        "type": (row["type"] or None) if row["kind"] == "organization" else None,
        "country": row["country"].upper() or None,
        "aliases": _split(row["aliases"]),
        "roles": [{"role": _one_line(role), "at": _one_line(at) or None} for role, _, at in roles],
        "actor_id": row["id"] if row["id"] in actor_ids else None,
    }


def _read_statement(
    body: str, row: Fields, place: str, actors: Sequence[Mapping[str, Any]], faults: list[str]
) -> dict[str, Any]:
    spans: dict[str, Spans | None] = {}
    near = next(iter(read_places(row["content_at"], len(body)) or [[0, 0]]))[0]
    for part in ("content", "cue", "source"):
        spans[part] = locate(body, row[part], row[f"{part}_at"], near)
        if spans[part] is None and row[part]:
            faults.append(
                f"{place}: the article has no such {part}; copy its words from the text: {row[part][:80]}"
            )
        near = (spans["content"] or [[near, near]])[0][0]
    speakers = [_find_name(name, actors) for name in _split(row["speakers"])]
    kinds = {actor["name"]: actor["kind"] for actor in actors}
    kind = next((kinds[name] for name in speakers if name in kinds), "unnamed" if speakers else "none")
    stranger = next((name for name in speakers if name not in kinds), None)
    if stranger is not None and (kind != "unnamed" or row["resolution"] != "unnamed"):
        faults.append(
            f"{place}: {stranger[:80]} is not among the actors; add them there, "
            "or choose “named nowhere in the article”"
        )
    return {
        "content": spans["content"] or [[0, 1]],
        "cue": spans["cue"],
        "source": spans["source"],
        "speakers": speakers,
        "speaker_kind": kind,
        "resolution": row["resolution"] if speakers else "none",
        **{name: _one_line(row[name]) or None for name in ("role", "organization", "addressee", "optional")},
        "country": row["country"].upper() or None,
        "is_negated": bool(row["is_negated"]),
        "cue_class": row["cue_class"],
        "statement_id": row["id"] or None,
        "is_checked": row["verdict"] == RIGHT,
    }


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(name for part in text.split(AND) if (name := _one_line(part))))


def _find_name(entered: str, actors: Sequence[Mapping[str, Any]]) -> str:
    """Return the name of the only actor with this name or alias; without such an actor, the name as entered."""
    by_name = [(one["name"], [one["name"]]) for one in actors]
    by_any = [(one["name"], [one["name"], *one["aliases"]]) for one in actors]
    for named in (by_name, by_any):
        found = [name for name, forms in named if entered.casefold() in map(str.casefold, forms)]
        if len(found) == 1:
            return str(found[0])
    return entered


def locate(body: str, words: str, places: str, near: int) -> Spans | None:
    """Find words in the body, at `places` or, if they are not there, nearest to `near`; return their spans, or None.

    White space and the kind of quotation marks are ignored.
    """
    if not words:
        return None
    spans = read_places(places, len(body))
    if spans and _plain(BAR.join(body[start:end] for start, end in spans)) == _plain(words):
        return spans
    text = body.translate(_PLAIN)
    found: Spans = []
    for piece in words.translate(_PLAIN).split(BAR):
        if not piece.split():
            return None
        form = re.compile(r"\s+".join(map(re.escape, piece.split())))
        after = found[-1][1] if found else 0
        wanted = after if found else near
        matches = (match.span() for match in form.finditer(text, after))
        place = min(matches, key=lambda span: abs(span[0] - wanted), default=None)
        if place is None:
            return None
        found.append([*place])
    return found


def _plain(words: str) -> list[str]:
    return words.translate(_PLAIN).split()


def read_places(places: str, length: int) -> Spans | None:
    """Parse spans like `12-40 55-60`; return None unless they are valid, in order and within the text."""
    if not re.fullmatch(r"[0-9]{1,9}-[0-9]{1,9}(?: [0-9]{1,9}-[0-9]{1,9}){0,49}", places):
        return None
    spans = [[int(at) for at in place.split("-")] for place in places.split(" ")]
    ends = [0, *(end for _, end in spans)]
    is_ordered = all(end <= start < stop <= length for end, (start, stop) in zip(ends, spans, strict=False))
    return spans if is_ordered else None
