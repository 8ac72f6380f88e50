"""Find the other names that an article gives an actor: 'Jan Berg, alias "El Visser"', 'Ann Roe, also known as Kay'.

Takes a `Text` and its `Name`s; marks each other name as standing for the name before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.model import Name
from transforms.resolve.name_gaps import make_name

LONGEST = 5  # words of an other name in quotation marks
ALIAS = frozenset("alias aka a.k.a. nicknamed".split())
MANNERS = frozenset("also better commonly formerly popularly previously widely".split())  # before 'known as'
QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’"}


def find_other_names(text: Text, taken: list[bool], names: Sequence[Name]) -> list[Name]:
    """Return the other names that the name finder missed; mark all other names as standing for the name before them."""
    at = {name.first: name for name in names}
    found = []
    for name in names:
        if name.kind not in ("person", "organization") or name.stands_for:
            continue
        first = _start_of_other(text, name.last)
        if first is None:
            continue
        other, last = at.get(first), _end_of_quoted(text, first)
        if other is None and last and name.kind == "person" and not any(taken[first:last]):
            other = make_name(text, first, last, "person")
            taken[first:last] = [True] * (last - first)
            found.append(other)
        if other and other is not name and _may_stand_for(other, name):
            other.kind, other.stands_for, other.form, other.known = (
                name.kind,
                name.text,
                "nickname",
                name.known,
            )
    return found


def _may_stand_for(other: Name, name: Name) -> bool:
    if other.known or other.stands_for or other.text == name.text:
        return False
    return other.kind == name.kind or name.kind == "person"


def _start_of_other(text: Text, i: int) -> int | None:
    """Return the first word of the other name that the words at word i introduce; None if they introduce none."""
    i += text.words[i : i + 1] in ([","], ["("])
    i += text.words[i : i + 1] in ([","], ["("])
    if i < text.size and text.lower[i] in ALIAS:
        i += 1
    elif text.lower[i : i + 2] == ["a.k.", "a"]:
        i += 2
    else:
        manner = i < text.size and text.lower[i] in MANNERS
        if text.lower[i + manner : i + manner + 2] != ["known", "as"]:
            return None
        i += manner + 2
    i += text.lower[i : i + 1] == ["the"]
    i += i < text.size and text.words[i] in QUOTES
    return i if i < text.size and text.words[i][0].isupper() else None


def _end_of_quoted(text: Text, first: int) -> int | None:
    """Return the end of the quotation that begins at word `first`, if it has at most LONGEST words."""
    closing = QUOTES.get(text.words[first - 1])
    for last in range(first + 1, min(first + LONGEST + 2, text.size)):
        if closing and text.words[last] in (closing, ",", "."):
            return (
                last if last - first <= LONGEST and text.lower[first] not in lexicon.title_words() else None
            )
    return None
