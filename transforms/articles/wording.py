"""A text -> its ordinary words, its names and its numbers, each in two bytes, to tell templates from versions.

Reports of results, weather and fixtures are written in fixed words: "Reed Inc. on Monday reported net income of $4.1
million" is another story for each company, though most words are the same. Of two versions of one story, names and
numbers are as much the same as all else.
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
)  # of one text; of a list of a thousand, so many suffice

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
_FIRST_WORD = re.compile(r"[.!?:;\n\"“”‘(]\s{0,9}([^\W\d_]+)")


class Wording(NamedTuple):
    """Words in small letters; hashes of names, of the names that are repeated, and of numbers."""

    words: list[str]
    names: list[int]
    subjects: list[int]
    numbers: list[int]


def read_wording(body: str) -> Wording:
    """What a text is made of.

    A name is a word that always has a capital and does not only begin a sentence; a capital at the beginning of one
    says nothing: "Analysts expect...".
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
    """The hashes of the first of the texts, sorted."""
    return sorted({_hash(text) for text in islice(texts, most)})


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=2).digest()
    return int.from_bytes(digest, "big", signed=True)
