"""Compare two wordings of one utterance: find the words that are in both, and those that are in only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

MAX_WORDS = 500  # of each wording; anything longer is not a quotation
MAX_LETTERS = 20 * MAX_WORDS
WORD = re.compile(r"\S+")
EDGES = re.compile(r"^\W+|\W+$")


def compare_wordings(fullest: str, other: str) -> list[tuple[str, str]]:
    """Return pieces of text in order: `same` (in both), `out` (only in the fullest print) or `in` (only in the other).

    Case and punctuation are ignored; unchanged words are spelled as in the other print.
    """
    old, new = (WORD.findall(text[:MAX_LETTERS])[:MAX_WORDS] for text in (fullest, other))
    return [(kind, " ".join(words)) for kind, words in _pieces(old, new)]


def _pieces(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str]]]:
    matcher = SequenceMatcher(
        None, [_plain(word) for word in old], [_plain(word) for word in new], autojunk=False
    )
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield "same", new[c:d]
            continue
        if b > a:
            yield "out", old[a:b]
        if d > c:
            yield "in", new[c:d]


def _plain(word: str) -> str:
    return EDGES.sub("", word).casefold() or word
