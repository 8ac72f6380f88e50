"""Compute the model's context-free features of a word: pieces, prefix, suffix, shape.

The vector of a word depends only on its letters, so it is computed once per distinct word and cached.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from zlib import crc32

from transforms.extract.tokens import LINE_BREAK

AFFIX_BUCKETS = 4096
SHAPES = (
    "unused",  # the model was trained with this index
    "line_break",
    "lower",
    "title",
    "upper",
    "letter",
    "mixed",
    "digits",
    "digits_mixed",
    "mark",
)
MARKS = ".,:;!?-–—\"'“”‘’()[]/…"
MAX_PIECES = 12
# Rare marks -> common marks that replace them.
SAME_MARK = {"``": "“", "''": "”", "„": "“", "«": "“", "»": "”"}


def seen_as(word: str) -> str:
    """Return the word; for a rare mark, the common mark that replaces it."""
    return SAME_MARK.get(word, word)


def shape_of(word: str) -> int:
    """Return the index of the word's shape in SHAPES; for a common mark, len(SHAPES) + its index in MARKS."""
    if word == LINE_BREAK:
        return SHAPES.index("line_break")
    if word in MARKS:
        return len(SHAPES) + MARKS.index(word)
    return SHAPES.index(_shape(word))


def _shape(word: str) -> str:
    if any(c.isdigit() for c in word):
        return "digits" if not any(c.isalpha() for c in word) else "digits_mixed"
    if not any(c.isalpha() for c in word):
        return "mark"
    if word.islower():
        return "lower"
    if len(word) == 1:
        return "letter"
    if word.isupper():
        return "upper"
    return "title" if word[0].isupper() and word[1:].islower() else "mixed"


def affixes_of(word: str) -> tuple[int, int, int]:
    """Return the buckets of the word's affixes: the three-letter prefix, and the two- and three-letter suffixes."""
    low = word.lower()
    return tuple(crc32(kind + part.encode("utf-8", "replace")) % AFFIX_BUCKETS
                 for kind, part in ((b"<", low[:3]), (b">", low[-2:]), (b">>", low[-3:])))  # type: ignore[return-value]  # fmt: skip


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    """Return the word in lower case without accents and with straight apostrophes, as in the vocabulary of pieces."""
    text = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    return "".join(c for c in text if not unicodedata.combining(c))


def pieces_of(word: str, vocabulary: dict[str, int]) -> list[int]:
    """Split `word` into the longest pieces of the vocabulary, from left to right; marks are separate pieces."""
    if word == LINE_BREAK:
        return []
    text = _plain(word)
    found: list[int] = []
    start = 0
    while start < len(text) and len(found) < MAX_PIECES:
        inner = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
        for end in range(min(len(text), start + 24), start, -1):
            piece = ("##" if inner else "") + text[start:end]
            if piece in vocabulary:
                found.append(vocabulary[piece])
                start = end
                break
        else:
            start += 1
    return found
