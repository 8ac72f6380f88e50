"""Decide whether two names from one article belong to the same actor, to compare results with annotation."""

from __future__ import annotations

from transforms.resolve.accents import without_accents
from transforms.resolve.clusters import LEGAL_FORMS
from transforms.resolve.word_lists import CONNECTORS, SUFFIXES


def is_same(one: str, other: str, *, is_person: bool) -> bool:
    """Whether two names match, such as 'Ann Roe' and 'Roe', or 'World Widget Council' and 'WWC'."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    if first <= second or second <= first:
        return True
    return not is_person and bool({_initials(one), _initials(other)} & {"".join(first), "".join(second)})


def _words(name: str) -> set[str]:
    plain = (
        without_accents(name).lower().replace("’", "'").replace("'s", "").replace(".", "").replace(",", " ")
    )
    skipped = CONNECTORS | SUFFIXES | LEGAL_FORMS | {"mr", "mrs", "ms", "dr", "sir", "a", "an"}
    words = plain.replace("-", " ").split()
    return {word for word in words if word not in skipped} or set(words)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper()).lower()
