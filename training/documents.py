"""Read annotated texts of each kind into documents: words with their labels.

A document has only the labels that its corpus annotates: statements (`corpus.py` describes the file), names, or the
entity that a source (or a quotation without a source) refers to. Missing labels are NOTHING and do not count in
training.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from seeds import read_seed, split_cell
from training.augment import vary
from training.corpus import NOTHING, build_example, token_spans
from training.edits import Edit, edit_article
from training.who import convert
from transforms.extract.tokens import Tokens, tokenize
from transforms.extract.unwrap import unwrap

TYPES = ("PER", "ORG", "LOC", "NORP", "MISC")
KINDS = {"person": "PER", "organization": "ORG", "country": "LOC"}  # label of each kind of actor
NOBODY = 0  # the text does not name the entity
SPEAKING = frozenset(("person", "organization", "country", "group"))  # classes of entities that speak
PRONOUNS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}
PRONOUN_CHANCE = 0.3  # probability that a variant replaces a repeated name of a speaker by a pronoun


@dataclass
class Document:
    """One text. Arrays have one row per token; a place is the index of a token in the text."""

    tokens: Tokens
    times: float
    tags: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int8))  # content, cue, source
    names: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int8))
    heads: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))  # place of a content's head
    sources: np.ndarray = field(
        default_factory=lambda: np.zeros((0, 2), np.int32)
    )  # first and last word of a head's source
    meant: np.ndarray = field(
        default_factory=lambda: np.zeros(0, np.int32)
    )  # entity a source or head refers to
    named: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))  # entity that a word names, or 0

    def __post_init__(self) -> None:
        tokens = len(self.tokens)
        for name, width in (
            ("tags", 3),
            ("names", 0),
            ("heads", 0),
            ("sources", 2),
            ("meant", 0),
            ("named", 0),
        ):
            if not len(getattr(self, name)):
                shape = (tokens, width) if width else tokens
                setattr(self, name, np.full(shape, 0 if name == "named" else NOTHING, np.int32))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the object in each line of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def read_statements(path: Path, times: float, variants: int, rng: random.Random) -> Iterator[list[Document]]:
    """Yield each article with its statements, followed by its variants in other layouts."""
    for article in read_lines(path):
        layouts = [article, *(vary(article, rng) for _ in range(variants))]
        yield [_statements(layout, times) for layout in layouts]


def _statements(article: dict[str, Any], times: float) -> Document:
    example = build_example(article, {})
    sources = np.full((len(example.words), 2), NOTHING, np.int32)
    for head, first, last in example.sources:
        sources[head] = first, last
    return Document(example.tokens, times, tags=example.tags, heads=example.head_of_content, sources=sources)


def read_who(
    articles: list[dict[str, Any]], times: float, variants: int, rng: random.Random
) -> Iterator[list[Document]]:
    """Yield each article of a WHO file (see `training/who.py`), followed by its variants in other layouts."""
    for article in articles:
        kept = convert(article)
        kept["statements"] = [s for s in kept["statements"] if s["content"]]
        genders = _genders(kept)
        layouts = [kept, *(vary(_use_pronouns(kept, genders, rng), rng) for _ in range(variants))]
        yield [_who(layout, article["actors"], times) for layout in layouts]


def _genders(article: dict[str, Any]) -> dict[str, str]:
    """Map the speakers that a source calls 'he' or 'she' to that pronoun."""
    found: dict[str, str] = {}
    for statement in article["statements"]:
        if statement["source"] and len(statement["speakers"]) == 1:
            source = article["text"][slice(*statement["source"][0])].lower()
            if source in PRONOUNS:
                found[statement["speakers"][0]] = PRONOUNS[source]
    return found


def _use_pronouns(article: dict[str, Any], genders: dict[str, str], rng: random.Random) -> dict[str, Any]:
    """Put 'he' or 'she' in place of some sources that repeat the name of a speaker."""
    text, edits, seen = article["text"], [], set[str]()
    for statement in sorted(article["statements"], key=lambda s: s["content"][0][0]):
        speakers = statement["speakers"]
        if not statement["source"] or len(speakers) != 1:
            continue
        (start, end), *_ = statement["source"]
        again = speakers[0] in seen
        seen.add(speakers[0])
        is_pronoun = text[start:end].lower() in PRONOUNS
        if again and speakers[0] in genders and not is_pronoun and rng.random() < PRONOUN_CHANCE:
            opens = bool(re.search(r"(?:^|[.!?\n][\"”'’]?\s*)$", text[max(0, start - 5) : start]))
            pronoun = genders[speakers[0]]
            edits.append(Edit(start, end, pronoun.title() if opens else pronoun))
    return edit_article(article, edits)


def _who(article: dict[str, Any], actors: list[dict[str, Any]], times: float) -> Document:
    document = _statements(article, times)
    text, tokens = unwrap(article["text"]), document.tokens
    number = {actor["name"]: i for i, actor in enumerate(actors, start=1)}
    document.names = np.where(
        [word[:1].islower() or not word[:1].isalpha() for word in tokens.words], 0, NOTHING
    )
    for actor in sorted(actors, key=lambda a: len(a["name"])):
        for span in _spans_of([actor["name"], *actor["aliases"]], text, tokens):
            document.named[slice(*span)] = number[actor["name"]]
            if actor["kind"] in KINDS:
                _set_name(document.names, span, KINDS[actor["kind"]])
    for statement in article["statements"]:
        speakers = [number.get(name, NOBODY) for name in statement["speakers"]] or [NOBODY]
        entity = speakers[0] if (document.named == speakers[0]).any() else NOBODY
        parts = [token_spans(tokens, statement[part]) for part in ("source", "cue", "content")]
        for part in (parts[0], parts[1] or parts[2]):
            if part:
                document.meant[part[0][0]] = entity
    return document


def _spans_of(names: list[str], text: str, tokens: Tokens) -> list[tuple[int, int]]:
    """Find the token spans of the names in the text; where names overlap, the longest name counts."""
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name.strip())
    found = re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text)
    return [span for match in found for span in token_spans(tokens, [list(match.span())])]


def _set_name(names: np.ndarray, span: tuple[int, int], kind: str) -> None:
    label = 1 + 2 * TYPES.index(kind)
    names[span[0]] = label
    names[span[0] + 1 : span[1]] = label + 1


def read_names(path: Path, times: float) -> Iterator[list[Document]]:
    """Yield texts with all their names. If a file has no NORP label, country adjectives labelled MISC become NORP."""
    rows = list(read_lines(path))
    has_groups = any(kind == "NORP" for row in rows for _, _, kind in row["entities"])
    adjectives = _adjectives()
    for row in rows:
        text = unwrap(row["text"])
        document = Document(tokenize(text), times)
        document.names = np.zeros(len(document.tokens), np.int32)
        for start, end, kind in row["entities"]:
            if kind == "MISC" and not has_groups and text[start:end] in adjectives:
                kind = "NORP"
            for span in token_spans(document.tokens, [[start, end]]):
                _set_name(document.names, span, kind)
        yield [document]


def _adjectives() -> frozenset[str]:
    """Return the adjectives of all countries, and the singular and plural names for their people."""
    rows = read_seed("countries").select("adjectives", "people").rows()
    words = {word for cells in rows for cell in cells for word in split_cell(cell)}
    return frozenset(words | {f"{word}s" for word in words})


def read_entities(path: Path, times: float) -> Iterator[list[Document]]:
    """Yield texts with all mentions of all entities. The first word of a mention refers to its entity."""
    for row in read_lines(path):
        text = unwrap(row["text"])
        document = Document(tokenize(text), times)
        entities = [e for e in row["entities"] if e["class"] in SPEAKING]
        for number, entity in enumerate(entities, start=1):
            for mention in entity["mentions"]:
                if mention["kind"] == "name":
                    inside = _spans_of(entity["names"], text[: mention["end"]], document.tokens)
                    for span in inside:
                        if document.tokens.starts[span[0]] >= mention["start"]:
                            document.named[slice(*span)] = number
        for number, entity in enumerate(entities, start=1):
            is_named = (document.named == number).any()
            for mention in entity["mentions"]:
                for span in token_spans(document.tokens, [[mention["start"], mention["end"]]]):
                    document.meant[span[0]] = number if is_named else NOBODY
        yield [document]


def read_plain(texts: list[str], times: float) -> Iterator[list[Document]]:
    """Yield texts without any labels."""
    for text in texts:
        yield [Document(tokenize(unwrap(text)), times)]
