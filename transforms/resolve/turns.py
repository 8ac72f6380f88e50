"""Find names in capitals that begin the turns of an interview or a transcript: 'ROE: Will it open?'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Name
from transforms.resolve.word_lists import NOT_ACTORS

LONGEST = 4  # words of the longest name
FEWEST = 3  # turns in an article; two are enough if one speaker has both


def find_turns(text: Text) -> list[Name]:
    """Return the people in the labels of the turns; none if there are so few labels that they may be headings."""
    labels = [(i, end) for i in text.line_starts if (end := _end_of_label(text, i)) > i]
    times = Counter(text.slice(first, last) for first, last in labels)
    if len(labels) < FEWEST and max(times.values(), default=0) < 2:
        return []
    amid = (text.words[i] for i in text.capitals if text.comes_amid(i) and not text.words[i].isupper())
    spelt = {word.upper(): word for word in sorted(set(amid))}
    return [
        Name(first, last, _in_small_letters(text, first, last, spelt), "person", is_certain=True)
        for first, last in labels
    ]


def find_initials(text: Text, taken: Sequence[bool], names: Sequence[Name]) -> list[Name]:
    """Return the initials that begin turns and stand for one person in `names`: 'AR: No.' after 'Ann Roe'."""
    people: dict[str, set[str]] = {}
    for name in names:
        words = name.text.split()
        if name.kind == "person" and len(words) > 1 and not name.text.isupper():
            for initials in {"".join(word[0] for word in words), words[0][0] + words[-1][0]}:
                people.setdefault(initials.upper(), set()).add(name.text)
    at = {name.first: name for name in names}
    found = []
    for i in text.line_starts:
        full = people.get(text.words[i], ())
        if len(full) != 1 or text.words[i + 1 : i + 2] != [":"]:
            continue
        name = at.get(i) or Name(i, i + 1, text.words[i], "person")
        name.kind, name.stands_for, name.form, name.known = "person", min(full), "acronym", None
        if not taken[i]:
            found.append(name)
    return found


def opens_answer(text: Text, first: int) -> bool:
    """Whether the label 'A:' or 'A.' at the beginning of a line precedes word `first`."""
    label = first - 2
    if label < 1 or text.words[label] != "A" or text.words[first - 1] not in (":", "."):
        return False
    return text.paragraphs[label] != text.paragraphs[label - 1]


def _end_of_label(text: Text, first: int) -> int:
    """Return the end of the name in capitals that begins at word `first` and opens a turn; else `first`."""
    i = first
    while i < text.size and i - first < LONGEST and text.words[i].isupper() and len(text.words[i]) > 1:
        i += 1
    if i == first or not _opens_turn(text, i):
        return first
    words = text.lower[first:i]
    common = any(is_role(word) or word in NOT_ACTORS or word in lexicon.title_words() for word in words)
    body = any(word in lexicon.organization_words() for word in words)
    known = text.slice(first, i) in lexicon.known_names()
    return first if common or body or known or text.slice(first, i).lower() in text.everyday else i


def _opens_turn(text: Text, i: int) -> bool:
    """Whether a colon follows at word i, directly or after a title in capitals: 'ANN ROE, MAYOR, TOWN: ...'."""
    if i < text.size and text.words[i] == ",":
        line = text.paragraphs[i]
        while i < text.size and (text.words[i] == "," or text.words[i].isupper()):
            if text.paragraphs[i] != line:
                return False
            i += 1
    return i < text.size and text.words[i] == ":"


def _in_small_letters(text: Text, first: int, last: int, spelt: dict[str, str]) -> str:
    """Write a name without capitals inside words: 'ANN ROE' -> 'Ann Roe'; 'MCROE' -> 'McRoe' if spelt so elsewhere."""
    return " ".join(spelt.get(word, word.title()) for word in text.words[first:last])
