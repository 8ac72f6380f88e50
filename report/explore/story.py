"""Compare the versions of a story sentence by sentence, to show what each version removed and added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from warehouse.query.live import Reading

MAX_VERSIONS = 12
MAX_SENTENCES = 1500
BODIES = "SELECT article_id, body FROM main.articles WHERE article_id IN (SELECT unnest($ids))"
SENTENCE = re.compile(r"(?<=[.!?”\"])\s+|\n\s*\n")


@dataclass(frozen=True)
class Change:
    """The change from one version to the next: pieces of text, each `same`, `out` (removed) or `in` (added)."""

    before: str
    after: str
    pieces: list[tuple[str, str]]
    taken_out: int
    put_in: int


def compare_versions(reading: Reading, article_ids: Sequence[str]) -> list[Change]:
    """Compare each version with the next one, for the first dozen versions."""
    ids = list(article_ids[:MAX_VERSIONS])
    bodies = {row["article_id"]: row["body"] for row in reading.rows(BODIES, {"ids": ids})}
    return [_compare(before, after, bodies[before], bodies[after]) for before, after in pairwise(ids)]


def _compare(before: str, after: str, old: str, new: str) -> Change:
    pieces = list(_pieces(_sentences(old), _sentences(new)))
    count = {kind: sum(kind == found for found, _ in pieces) for kind in ("out", "in")}
    return Change(before, after, list(_shortened(pieces)), count["out"], count["in"])


def _sentences(text: str) -> list[str]:
    return [
        " ".join(sentence.split()) for sentence in SENTENCE.split(text)[:MAX_SENTENCES] if sentence.strip()
    ]


def _pieces(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (("same", sentence) for sentence in old[a:b])
        else:
            yield from (("out", sentence) for sentence in old[a:b])
            yield from (("in", sentence) for sentence in new[c:d])


def _shortened(pieces: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Shorten unchanged text to the sentence before and the sentence after each change."""
    is_gap = False
    for at, (kind, sentence) in enumerate(pieces):
        near = [found for found, _ in pieces[max(0, at - 1) : at + 2]]
        if kind == "same" and set(near) == {"same"}:
            if not is_gap:
                yield "gap", "…"
            is_gap = True
        else:
            is_gap = False
            yield kind, sentence
