"""Find the words of a search in a text that matches it, by the stems of the index, to mark them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from warehouse.query.search import COMMON

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 50
PHRASE = re.compile('"([^"]*)"')


def stems_of(words: str) -> frozenset[str]:
    """The stems of a search, without stop words."""
    found = [_plain(word[0]) for word in WORD.finditer(words)][:MAX_WORDS]
    return frozenset(_stemmer().stemWords([word for word in found if word not in _common()]))


def find_words(stems: frozenset[str], text: str) -> list[tuple[int, int]]:
    """Find the start and end of each word in the text that has one of these stems, in the order of the text."""
    if not stems:
        return []
    words = list(WORD.finditer(text))
    found = _stemmer().stemWords([_plain(word[0]) for word in words])
    return [word.span() for word, stem in zip(words, found, strict=True) if stem in stems]


def phrases_of(words: str) -> list[str]:
    """The phrases in double quotes, which must be in the text exactly."""
    return [" ".join(phrase.split()) for phrase in PHRASE.findall(words) if phrase.strip()]


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON["plain"])


def _stemmer() -> Any:
    """A new stemmer, because threads must not share one."""
    from Stemmer import Stemmer

    return Stemmer("english")
