"""Find names in capitals that begin the turns of an interview or a transcript: 'ROE: Will it open?'."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from transforms.extract.turns import HEADING_WORDS
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Name
from transforms.resolve.word_lists import NOT_ACTORS

LONGEST = 4  # words of the longest name
INITIALED = frozenset(("person", "organization"))
BRACKETS, LONGEST_NOTE = {"(": ")", "[": "]"}, 6  # around a note of a few words
FEWEST = 3  # turns in an article; two are enough if one speaker has both
QUESTION_OR_ANSWER = re.compile(r"[QA]\d{0,2}")  # labels that are no names: 'Q', 'A', 'Q1', 'A1'
FIRST_PERSON = frozenset("i me my mine myself we us our ours i'm i've i'd i'll we're we've".split())


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
    """Return the initials that begin turns and stand for one person or newspaper in `names`: 'AR: No.', 'TDP: Why?'.

    Ann Roe may be AR; The Dorne Post may be DP or TDP."""
    full_names: dict[str, set[tuple[str, str]]] = {}
    for name in names:
        words = name.text.split()
        if name.kind in INITIALED and len(words) > 1 and not name.text.isupper():
            every = "".join(word[0] for word in words)
            forms = {every, words[0][0] + words[-1][0]} if name.kind == "person" else {every, f"T{every}"}
            for initials in forms:
                full_names.setdefault(initials.upper(), set()).add((name.kind, name.text))
    at = {name.first: name for name in names}
    found = []
    for i in text.line_starts:
        full = full_names.get(text.words[i], ())
        if len(full) != 1 or text.words[i + 1 : i + 2] != [":"]:
            continue
        name = at.get(i) or Name(i, i + 1, text.words[i], "person")
        (name.kind, name.stands_for), name.form, name.known = min(full), "acronym", None
        if not taken[i]:
            found.append(name)
    return found


def labels_turn(text: Text, first: int, last: int) -> bool:
    """Whether the words [first, last) label a turn: 'HOST' in 'HOST: Good morning.' at the beginning of a line."""
    return text.words[last : last + 1] == [":"] and (
        first == 0 or text.paragraphs[first] != text.paragraphs[first - 1]
    )


def opens_answer(text: Text, first: int) -> bool:
    """Whether the label 'A:', 'A.' or 'A1:' at the beginning of a line precedes word `first`."""
    return first >= 3 and _letter_of_label(text, first - 2) == "A" and text.words[first - 1] in (":", ".")


def _letter_of_label(text: Text, i: int) -> str | None:
    """Return 'Q' or 'A' if word i is the label of a question or an answer at the beginning of a line."""
    if not QUESTION_OR_ANSWER.fullmatch(text.words[i]) or text.words[i + 1 : i + 2] not in ([":"], ["."]):
        return None
    return text.words[i][0] if i == 0 or text.paragraphs[i] != text.paragraphs[i - 1] else None


def has_personal_answers(text: Text) -> bool:
    """Whether somebody says 'I' or 'we' in an answer, outside quotation marks, or the text is called an interview.

    If neither is true, the outlet itself answers the questions."""
    if "interview" in text.places:
        return True
    is_answer = False
    for first, last in pairwise([*text.line_starts, text.size]):
        is_answer = (letter == "A") if (letter := _letter_of_label(text, first)) else is_answer
        words = range(first, last) if is_answer else ()
        if any(text.lower[i] in FIRST_PERSON and not text.quoted[i] for i in words):
            return True
    return False


def _end_of_label(text: Text, first: int) -> int:
    """Return the end of the name in capitals that begins at word `first` and opens a turn; else `first`."""
    i = first
    while i < text.size and i - first < LONGEST and text.words[i].isupper() and len(text.words[i]) > 1:
        i += 1
    if i == first or not _opens_turn(text, i) or QUESTION_OR_ANSWER.fullmatch(text.words[first]):
        return first
    words = text.lower[first:i]
    if HEADING_WORDS.issuperset(words):  # "WINNER: "
        return first
    common = any(is_role(word) or word in NOT_ACTORS or word in lexicon.title_words() for word in words)
    body = any(word in lexicon.organization_words() for word in words)
    known = text.slice(first, i) in lexicon.known_names()
    return first if common or body or known or text.slice(first, i).lower() in text.everyday else i


def _opens_turn(text: Text, i: int) -> bool:
    """Whether a colon follows at word i, perhaps after a title or a note: 'ANN ROE, MAYOR: ', 'ROE (LIVE): '."""
    if i < text.size and text.words[i] == ",":
        line = text.paragraphs[i]
        while i < text.size and (text.words[i] == "," or text.words[i].isupper()):
            if text.paragraphs[i] != line:
                return False
            i += 1
    if i < text.size and text.words[i] in BRACKETS:
        close = BRACKETS[text.words[i]]
        i = next((k + 1 for k in range(i, min(i + LONGEST_NOTE, text.size)) if text.words[k] == close), i)
    return i < text.size and text.words[i] == ":"


def _in_small_letters(text: Text, first: int, last: int, spelt: dict[str, str]) -> str:
    """Write a name without capitals inside words: 'ANN ROE' -> 'Ann Roe'; 'MCROE' -> 'McRoe' if spelt so elsewhere."""
    return " ".join(spelt.get(word, word.title()) for word in text.words[first:last])
