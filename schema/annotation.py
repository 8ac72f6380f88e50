"""Check the annotation of an article: its statements and actors, as a person marked them.

Each line of an annotated file is one article: `article`, `text`, `actors` and `statements`, whose spans count code
points of the text, end exclusive. Benchmarks and training read such files. The file next to a warehouse has more keys:

- each article has `is_finished` and `corrections`;
- each actor has `actor_id`;
- each statement has `statement_id`, and `is_checked`: whether an annotator has looked at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from schema.column_values import (
    ACTOR_ID,
    ACTOR_KINDS,
    COUNTRY,
    CUE_CLASSES,
    ID,
    ORG_TYPES,
    SPEAKER_RESOLUTIONS,
)
from schema.errors import UsageError

KINDS = tuple(kind for kind in ACTOR_KINDS if kind != "unnamed")
SPEAKER_KINDS = (*ACTOR_KINDS, "none")
TONES = (*CUE_CLASSES, "warning", "confirming", "predicting")
OPTIONAL = ("thought", "noun", "nested", "doc", "passive", "headline")
LINE_ACTIONS = (
    "speaker",
    "content",
    "delete",
    "kind",
    "type",
    "country",
    "add",
)  # actions of corrections that an annotation may have

MAX_TEXT = 200_000  # the most code points that an article may have
MAX_ACTORS = MAX_STATEMENTS = 500
MAX_NAME = 300
MAX_PIECES = MAX_NAMES = 50
MAX_LINES = 4 * MAX_STATEMENTS
MAX_VALUE = 4 * MAX_TEXT

OWN_KEYS = {
    "": ("is_finished", "corrections"),
    "actors": ("actor_id",),
    "statements": ("statement_id", "is_checked"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


_SPANS = r"[0-9]{1,7}-[0-9]{1,7}"
_ADDITION = re.compile(
    rf"content (?P<content>{_SPANS}(?: {_SPANS}){{0,49}})(?:; cue (?P<cue>{_SPANS}))?"
    rf"(?:; source (?P<source>{_SPANS}))?(?:; speaker (?P<speaker>\S.*))?"
)


class Addition(NamedTuple):
    """A statement that the extractor missed: where it is in the body, and the id or name of its speaker, if known."""

    content: list[tuple[int, int]]
    cue: tuple[int, int] | None
    source: tuple[int, int] | None
    speaker: str | None


def read_addition(value: str) -> Addition:
    """Read the value of a correction `add`; ValueError if it is invalid.

    Example: `content 12-40 55-60; cue 41-45; source 46-50; speaker Ada Roe`. The pieces of a part are in order, each
    with its start and end in `articles.body`. All parts except the content may be missing.
    """
    found = _ADDITION.fullmatch(value)
    content = _read_spans(found["content"]) if found else []
    ends = [0, *(end for _, end in content)]
    if not found or not all(end <= start < stop for end, (start, stop) in zip(ends, content, strict=False)):
        raise ValueError(
            f"{_shown(value)} must look like 'content 12-40; cue 41-45; source 46-50', with the pieces in order"
        )
    cue, source = (_read_spans(found[part]) if found[part] else [] for part in ("cue", "source"))
    if any(start >= end for start, end in [*cue, *source]):
        raise ValueError(f"{_shown(value)} has an empty cue or source")
    return Addition(content, cue[0] if cue else None, source[0] if source else None, found["speaker"])


def write_addition(
    content: Sequence[Sequence[int]],
    cue: Sequence[Sequence[int]] | None,
    source: Sequence[Sequence[int]] | None,
    speaker: str | None,
) -> str:
    """Write the value of an `add` correction; if a cue or source has several pieces, write only the first."""
    parts = [f"content {' '.join(f'{start}-{end}' for start, end in content)}"]
    parts += [
        f"{name} {spans[0][0]}-{spans[0][1]}" for name, spans in (("cue", cue), ("source", source)) if spans
    ]
    return "; ".join([*parts, *([f"speaker {speaker}"] if speaker else [])])


def _read_spans(text: str) -> list[tuple[int, int]]:
    spans = (span.split("-") for span in text.split(" "))
    return [(int(start), int(end)) for start, end in spans]


class AnnotationError(UsageError):
    """An annotation is invalid; the message says where and why."""


def check_annotation(line: Any) -> dict[str, Any]:
    """Return the line if it is a valid annotated article; AnnotationError says where and what is wrong."""
    _require(isinstance(line, dict), "an annotated article must be an object")
    annotation: dict[str, Any] = line
    _check_name(annotation.get("article"), "article")
    text = annotation.get("text")
    _require(
        isinstance(text, str) and 0 < len(text) <= MAX_TEXT, f"text: must have 1 to {MAX_TEXT:,} characters"
    )
    for actor in _items(annotation, "actors", MAX_ACTORS):
        _check_actor(actor)
    names = [actor["name"] for actor in annotation["actors"]]
    twice = next((name for name in names if names.count(name) > 1), None)
    _require(
        twice is None, f"actor {_shown(twice)}: two actors have this name; join them, or write fuller names"
    )
    kinds = {actor["name"]: actor["kind"] for actor in annotation["actors"]}
    for number, statement in enumerate(_items(annotation, "statements", MAX_STATEMENTS), 1):
        _check_statement(statement, f"statement {number}", len(str(text)), kinds)
    _require(isinstance(annotation.get("is_finished", False), bool), "is_finished: must be true or false")
    for correction in _items({"corrections": annotation.get("corrections", [])}, "corrections", MAX_LINES):
        _check_correction(correction)
    return annotation


def to_benchmark(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """The annotation as benchmarks and training need it, without the keys that only the warehouse's file has."""
    parts = ("actors", "statements")
    return _without(annotation, "") | {
        part: [_without(row, part) for row in annotation[part]] for part in parts
    }


def _without(values: Mapping[str, Any], part: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in OWN_KEYS[part]}


def _check_actor(actor: Any) -> None:
    _require(isinstance(actor, dict), "an actor must be an object")
    _check_name(actor.get("name"), "actor")
    place = f"actor {_shown(actor['name'])}"
    _require(actor.get("kind") in KINDS, f"{place}: the kind must be one of {', '.join(KINDS)}")
    _require(
        actor.get("type") is None or (actor["kind"] == "organization" and actor["type"] in ORG_TYPES),
        f"{place}: only an organization may have a type, which must be one of {', '.join(ORG_TYPES)}",
    )
    _check_country(actor.get("country"), place)
    for alias in _items(actor, "aliases", MAX_NAMES, place):
        _check_name(alias, f"{place}, other name")
    for role in _items(actor, "roles", MAX_NAMES, place):
        _require(isinstance(role, dict), f"{place}: a role must be an object")
        _check_name(role.get("role"), f"{place}, role")
        _check_name(role.get("at"), f"{place}, organization of a role", may_lack=True)
    _check_id(actor.get("actor_id"), ACTOR_ID, f"{place}: actor_id")


def _check_statement(statement: Any, place: str, length: int, kinds: Mapping[str, str]) -> None:
    _require(isinstance(statement, dict), f"{place}: a statement must be an object")
    _check_spans(statement.get("content"), f"{place}, content", length)
    for part in ("cue", "source"):
        if statement.get(part) is not None:
            _check_spans(statement[part], f"{place}, {part}", length)
    speakers = _items(statement, "speakers", MAX_NAMES, place)
    for name in speakers:
        _check_name(name, f"{place}, speaker")
    kind = statement.get("speaker_kind")
    _require(kind in SPEAKER_KINDS, f"{place}: speaker_kind must be one of {', '.join(SPEAKER_KINDS)}")
    if kind in KINDS:
        missing = next((name for name in speakers if name not in kinds), None)
        _require(missing is None, f"{place}: speaker {_shown(missing)} is not among the actors")
        _require(
            any(kinds[name] == kind for name in speakers),
            f"{place}: speaker_kind is {kind}, but no speaker is of this kind",
        )
    _require(
        bool(speakers) is (kind != "none"),
        f"{place}: speaker_kind must be none if there is no speaker, and only then",
    )
    choices: dict[str, tuple[Any, ...]] = {
        "resolution": SPEAKER_RESOLUTIONS, "cue_class": TONES, "optional": (None, *OPTIONAL),
        "is_negated": (True, False),
    }  # fmt: skip
    for name, allowed in choices.items():
        value = statement.get(name)
        is_allowed = isinstance(value, str | bool | None) and value in allowed
        _require(is_allowed, f"{place}: {name} must be one of {', '.join(map(str, allowed))}")
    for name in ("role", "organization", "addressee"):
        _check_name(statement.get(name), f"{place}, {name}", may_lack=True)
    _check_country(statement.get("country"), place)
    _check_id(statement.get("statement_id"), ID, f"{place}: statement_id")
    _require(
        isinstance(statement.get("is_checked", True), bool), f"{place}: is_checked must be true or false"
    )


def _check_spans(spans: Any, place: str, length: int) -> None:
    """Require that no span is empty, and that the spans lie inside the text, are in order and do not overlap."""
    is_list = isinstance(spans, list) and 0 < len(spans) <= MAX_PIECES
    _require(is_list, f"{place}: must be a list of 1 to {MAX_PIECES} pieces of the text")
    end = 0
    for span in spans:
        is_pair = isinstance(span, list | tuple) and len(span) == 2 and all(type(at) is int for at in span)
        _require(is_pair, f"{place}: a piece must be a pair of its start and its end")
        _require(
            end <= span[0] < span[1] <= length,
            f"{place}: pieces must be inside the text and in the order of the text",
        )
        end = span[1]


def _check_correction(line: Any) -> None:
    is_line = isinstance(line, list) and len(line) == 3 and all(isinstance(cell, str) for cell in line)
    _require(is_line, "corrections: a line must be an action, an id and a value")
    action, target, value = line
    _require(action in LINE_ACTIONS, f"corrections: the action must be one of {', '.join(LINE_ACTIONS)}")
    is_of_text = action in ("speaker", "content", "delete", "add")
    _check_id(target, ID if is_of_text else ACTOR_ID, f"corrections: {action}")
    _require(
        bool(value) is (action != "delete"),
        "corrections: delete takes no value, every other action needs one",
    )
    _require(
        len(value) <= MAX_VALUE and not _CONTROL.search(value),
        f"corrections: {action}: the value is not valid",
    )
    is_valid: dict[str, Callable[[str], Any]] = {
        "kind": KINDS.__contains__, "type": ORG_TYPES.__contains__, "country": re.compile(COUNTRY).fullmatch,
        "add": _ADDITION.fullmatch,
    }  # fmt: skip
    _require(
        action not in is_valid or bool(is_valid[action](value)),
        f"corrections: {_shown(value)} is not a valid {action}",
    )


def _items(values: Mapping[str, Any], key: str, most: int, place: str = "") -> list[Any]:
    items = values.get(key)
    where = f"{place}, {key}" if place else key
    _require(isinstance(items, list), f"{where}: must be a list")
    _require(len(items) <= most, f"{where}: there are more than {most}")  # type: ignore[arg-type]
    return items  # type: ignore[return-value]


def _check_name(name: Any, place: str, *, may_lack: bool = False) -> None:
    if name is None and may_lack:
        return
    is_name = (
        isinstance(name, str) and bool(name.strip()) and len(name) <= MAX_NAME and not _CONTROL.search(name)
    )
    _require(is_name, f"{place}: must be one line of up to {MAX_NAME} characters")


def _check_country(code: Any, place: str) -> None:
    is_code = code is None or (isinstance(code, str) and bool(re.fullmatch(COUNTRY, code)))
    _require(is_code, f"{place}: a country must be two capital letters of ISO 3166-1")


def _check_id(value: Any, form: str, place: str) -> None:
    _require(
        value is None or (isinstance(value, str) and bool(re.fullmatch(form, value))),
        f"{place}: not a valid id",
    )


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise AnnotationError(why)


def _shown(name: Any) -> str:
    return repr(str(name)[:80])
