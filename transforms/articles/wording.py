"""Hash the ordinary words, names and numbers of a text to two bytes each, to distinguish templates from versions.

Reports of results, weather and fixtures have fixed wordings: "Reed Inc. on Monday reported net income of $4.1
million" is a different story for each company, though most words are the same. Two versions of one story also share
names and numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

MOST_NAMES, MOST_SUBJECTS, MOST_NUMBERS = (
    100,
    20,
    60,
)  # most hashes per text; enough even for a list of a thousand names

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
_FIRST_WORD = re.compile(r"[.!?:;\n\"“”‘(]\s{0,9}([^\W\d_]+)")


class Wording(NamedTuple):
    """The lower-case words of a text, and hashes of its names, its repeated names and its numbers."""

    words: list[str]
    names: list[int]
    subjects: list[int]
    numbers: list[int]


def read_wording(body: str) -> Wording:
    """Return the words of a text, and the hashes of its names and numbers.

    A name is a word that is always capitalised and occurs at least once inside a sentence, because the first word of a
    sentence always has a capital: "Analysts expect...".
    """
    counts = Counter(_WORD.findall(body))
    words = [word for word in counts if word.islower()]
    small, first = set(words), Counter(_FIRST_WORD.findall(f"\n{body}"))
    names: Counter[str] = Counter()
    is_inside: set[str] = set()
    for word, count in counts.items():
        if word[0].isupper() and len(word) > 1 and (name := word.casefold()) not in small:
            names[name] += count
            if count > first[word]:
                is_inside.add(name)
    listed = [name for name in names if name in is_inside]
    return Wording(
        sorted(words),
        _hashes(listed, MOST_NAMES),
        _hashes([name for name in listed if names[name] > 1], MOST_SUBJECTS),
        _hashes(dict.fromkeys(_NUMBER.findall(body)), MOST_NUMBERS),
    )


def _hashes(texts: Iterable[str], most: int) -> list[int]:
    """Return the sorted hashes of the first `most` texts."""
    return sorted({_hash(text) for text in islice(texts, most)})


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=2).digest()
    return int.from_bytes(digest, "big", signed=True)
