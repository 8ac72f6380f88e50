"""Find the names in bylines: "By Jane Doe and John Roe", "Reporting by Jane Doe"."""

from __future__ import annotations

import re
from functools import cache

from seeds import read_seed

Span = tuple[int, int]

PREFIX = (
    r"(?:(?:additional\s+reporting|reporting\s+and\s+writing|story|words|text|written|reported|reporting|report"
    r"|posted|article|compiled)\s+)?by:?\s+"
)
_BYLINE = re.compile(rf"\s*{PREFIX}(?P<names>\S(?:.*\S)?)\s*", re.IGNORECASE)
_MAIL = re.compile(
    r"[\s,;|/<(\[-]{0,10}(?:e-?mail:?\s*)?(?:[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}|@\w{2,30})[>)\]]?",
    re.IGNORECASE,
)
_PICTURES = re.compile(
    r"(?<![\s,;|/])[\s,;|/]+(?:pictures?|photos?|photographs?|photography|images?|illustrations?|video)\b:?.*",
    re.I,
)
_SIGNATURE = re.compile(
    r"\(?\s*(?:reporting|report|writing|reporting and writing)\s+by\s++(?P<names>[^;()\r\n]{3,150}?)(?<!\s)\s*+"
    r"(?:(?:[;)]|\.\s|(?:,\s*+)?[Ee]diting\s+by\b).{0,250}|\.?)",
    re.IGNORECASE,
)
_PLACE_BEHIND = re.compile(r"(?<!\s)\s+in\s+[A-Z].*")
_NAME_WORD = re.compile(r"[^\W\d_a-z][\w'’.&-]*")
_SMALL_WORDS = frozenset(
    "and with in for of at the de del della der den di da do dos du van von la le el al bin ibn".split()
)
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december then now contrast law comparison definition far all".split()
)
_TEAMS = frozenset("staff desk team newsroom correspondents reporters editors".split())
_LONGEST = 150
_LONGEST_NAME = 40


def find_byline(part: str) -> Span | None:
    """Find the names in "By Jane Doe, jane@example.org", without addresses; None if `part` is not a byline."""
    match = _BYLINE.fullmatch(part)
    if not match:
        return None
    start, end = match.start("names"), match.start("names") + len(strip_contacts(match["names"]))
    return (start, end) if end - start <= _LONGEST and are_names(part[start:end]) else None


def may_be_signed(text: str, start: int, end: int) -> bool:
    """Whether the end of a story may have a signature; a fast test, because most stories have none."""
    return any(text.find(words, start, end) >= 0 for words in ("eporting by", "riting by", "eport by"))


def find_signature(line: str) -> Span | None:
    """Return the names in the last line of a story: "(Reporting by Jane Doe in Port Ada; Editing by John Roe)"."""
    match = _SIGNATURE.fullmatch(line)
    if not match:
        return None
    names = _PLACE_BEHIND.sub("", match["names"])
    return (match.start("names"), match.start("names") + len(names)) if are_names(names) else None


def strip_contacts(names: str) -> str:
    """Remove mail addresses and social media handles at the end of a byline, and photo credits."""
    mail = _MAIL.search(names)
    names = names[: mail.start()] if mail else names
    return _PICTURES.sub("", names).rstrip(" ,;|/-<([")


def is_contact(line: str) -> bool:
    """Whether a line is only a mail address or a social media handle."""
    return bool(_MAIL.fullmatch(line.strip()))


def are_names(names: str) -> bool:
    """Whether the words after "By" are names; false for "By Land and Sea", "By Monday", "By winning, he..."."""
    if not names or names[-1] in "!?:;…":
        return False
    if names[-1] == "." and not re.search(r"\b(?:[A-Z]|Jr|Sr)\.$", names):
        return False
    words = re.findall(r"[^\s,/]+", names)
    if not words:
        return False
    if words[0].lower() == "the" and words[-1].lower() in _TEAMS:
        return True  # "By the Signal Desk staff"
    if words[0].lower() in _SMALL_WORDS or words[0].lower() in _NO_NAMES:
        return False
    if not all(word.lower() in _SMALL_WORDS or word == "&" or _NAME_WORD.fullmatch(word) for word in words):
        return False
    people = re.split(r"\s+(?:and|&|with)\s+|\s*[,/]\s*", names)
    return len(people) == 1 or any(len(person.split()) > 1 for person in people)


def is_person(line: str) -> bool:
    """Whether a line is the name of one person only: two to four words that begin with a given name."""
    words = line.split() if len(line) <= _LONGEST_NAME else []
    if not 2 <= len(words) <= 4 or words[0].casefold() not in _given_names():
        return False
    return all(_NAME_WORD.fullmatch(word) or word in _SMALL_WORDS for word in words) and are_names(line)


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name.casefold() for name in read_seed("given_names")["name"].drop_nulls())
