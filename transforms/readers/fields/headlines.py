"""Decide whether the first line of a text is a headline, from the lines after it.

A first sentence must not be taken for a headline. A headline is short, does not end like a sentence unless it is in
title case, and is followed by a blank line, a byline or much longer paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_LINES = 3
MAX_WIDTH = 120  # characters in a line of a headline that has several
_MAX_LENGTH = 220
_PARAGRAPH = 160  # a line as long as this is a paragraph, not part of a text wrapped at 72 or 80 columns

_SENTENCE_END = re.compile(r"[.!…][\"'”’»)\]]*$")
_BREAK_INSIDE = re.compile(r"[a-z]{4}[.!?][\"'”’»)]*\s+[\"'“‘«(]*[A-Z]")
_NOTE = re.compile(
    r"\*|(?:Eds|EDS|Editors?['’]?s? [Nn]otes?|EDITORS?['’]?S? NOTES?|File photo|FILE|FILE PHOTO|Photo|PHOTO)\b\s*[:–—-]"
    r"|(?:CORRECT(?:ED|S|ION)|Correct(?:ed|s|ion)|UPDATES?|Updates|Adds|ADDS|Recasts|RECASTS)[:,]?\s.{0,200}"
    r"\b(?:paragraphs?|paras?|graf|grafs|throughout|byline|headline|spelling|details|quotes|background|comments?)\b"
)
_KICKER_LENGTH = 40
_SECTIONS = frozenset(
    "analysis and arts books breaking business column comment commentary culture economy editorial education "
    "entertainment environment exclusive explainer feature features finance football health interview latest letters "
    "lifestyle live local markets money national nation news obituary obituaries opinion people politics profile "
    "property region regional report review reviews science society special sport sports technology tech top stories "
    "travel video weather world".split()
)
_OPEN_END = re.compile(r"[,:;–—―-]$")
_TURN = re.compile(r"[A-Z][A-Z .'’-]{1,40}:\s")


def is_note(line: str) -> bool:
    """Whether a line is a note to editors or a photo caption: "(Adds details)", "CORRECTED: Third paragraph"."""
    return bool(_NOTE.match(line)) or (line.startswith("(") and line.endswith(")"))


def is_kicker(line: str) -> bool:
    """Whether a line may be the topic above a headline: "OPINION", "World news", "FERRY LINE"."""
    words = line.rstrip(":").split()
    if not 1 <= len(words) <= 4 or len(line) > _KICKER_LENGTH:
        return False
    topics = {word.casefold() for word in re.findall(r"\w+", line)}
    is_section = bool(topics) and topics <= _SECTIONS
    return is_section or (line.isupper() and len(words) == 2 and not _SENTENCE_END.search(line))


def is_above(kicker: str, headline: str) -> bool:
    """Whether a kicker may belong to a headline: the headline has more words and is not in capitals."""
    return len(headline.split()) > max(2, len(kicker.split())) and not headline.isupper()


def is_headline(line: str, following: Sequence[str], *, has_header: bool) -> bool:
    """Whether `line`, which contains line ends if the headline is wrapped, is a headline.

    `following` has the next lines ("" for a blank line). `has_header`: a byline or date is directly below `line`.
    """
    if not _could_be_title(line) or not _has_text(line, following, has_header):
        return False
    if _TURN.match(line) and any(_TURN.match(other) for other in following):
        return False  # an interview: "MODERATOR: Good evening everybody"
    if _is_title_like(line):
        return True
    return not _SENTENCE_END.search(line) and not _BREAK_INSIDE.search(line)


def is_one_title(line: str) -> bool:
    """Whether a line above a dateline may be the headline ("Old lock reopens."), not a photo caption."""
    return not _BREAK_INSIDE.search(line) and (len(line) <= MAX_WIDTH or not _SENTENCE_END.search(line))


def _could_be_title(line: str) -> bool:
    words = re.findall(r"[^\W\d_]+", line)
    return 2 <= len(words) <= 40 and len(line) <= _MAX_LENGTH and not _OPEN_END.search(line)


def _has_text(line: str, following: Sequence[str], has_header: bool) -> bool:
    """Whether the lines below `line` are a separate text."""
    filled = [other for other in following if other]
    if not filled or sum(map(len, filled)) <= len(line):
        return False
    if line.isupper() and not filled[0].isupper():
        return True
    return has_header or following[0] == "" or len(filled[0]) >= _PARAGRAPH


def _is_title_like(line: str) -> bool:
    """Whether a line is IN CAPITALS, or Most of its Long Words Begin With a Capital."""
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    capitals = sum(not word[0].islower() for word in words)
    return len(words) > 1 and capitals >= 0.8 * len(words)
