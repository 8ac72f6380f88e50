"""Nexis exports: many articles in one text, Word or PDF file, in the old form (`1 of 20 DOCUMENTS`) and the new one.

1 of 20 DOCUMENTS / outlet / day / headline / BYLINE: ... LENGTH: 212 words / text / LOAD-DATE: ...
headline / outlet / day / Copyright ... / Length: 212 words / Byline: ... / Body / text / Load-Date: ... /
End of Document
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.dates import read_date
from transforms.readers.format import Format
from transforms.readers.records import Record, Reject

_COUNT = re.compile(r"^[^\S\n]*(?:Document )?[0-9]+ of [0-9]+(?: DOCUMENTS?)?[^\S\n]*$", re.MULTILINE)
_END = re.compile(r"^[^\S\n]*End of Document[^\S\n]*$", re.MULTILINE)
_KEY = re.compile(r"[^\S\n]*(?P<key>[A-Z][A-Za-z -]{2,24}):(?:[^\S\n]+(?P<value>\S.*?))?[^\S\n]*")
_FIELDS = {
    "byline": "byline", "headline": "headline", "dateline": "dateline", "language": "language", "url": "url",
    "correction": "note", "correction-date": "note",
}  # fmt: skip
_ABOVE = frozenset(
    {"byline", "headline", "dateline", "section", "length", "highlight", "body", "distribution"}
)
_BELOW = frozenset(
    "load-date language publication-type subject company organization ticker industry person city state country "
    "geographic region graphic classification journal-code acc-no document-type correction correction-date series "
    "notes type url timestamp-load".split()
)
_COPYRIGHT = re.compile(r"\s*(?:copyright|\(c\)|©).*", re.IGNORECASE)
_MENTIONS = re.compile(r"^[^\S\n]*(?:length|load-date|publication-type):", re.IGNORECASE | re.MULTILINE)
_DAY = re.compile(
    r"(?P<date>(?:[A-Z][a-z]+\.? [0-9]{1,2},? [0-9]{4}|[0-9]{1,2}\.? [A-Z][a-z]+ [0-9]{4}))\b.*"
)


def recognises(content: Content) -> bool:
    """Whether the marks between articles are there, and keys that only Nexis has."""
    head = content.head.decode("utf-8", "replace").replace("\r\n", "\n")
    if not _MENTIONS.search(head):
        return False
    return bool(_COUNT.search(head[:2000])) or bool(_END.search(content.text.replace("\r\n", "\n")))


def read(content: Content) -> Iterator[Record | Reject]:
    """Each document of the export."""
    text = content.text.replace("\r\n", "\n").replace("\r", "\n")
    for number, part in enumerate(_split(text), 1):
        yield _read_document(part, f"document {number}")


def _split(text: str) -> list[str]:
    """The documents; what stands before the first mark of the old form is a list of what was searched."""
    if _END.search(text):
        parts = _END.split(text)
        return [part for part in parts[:-1] if part.strip()] + [
            part for part in parts[-1:] if _MENTIONS.search(part)
        ]
    return _COUNT.split(text)[1:]


def _read_document(part: str, place: str) -> Record | Reject:
    lines = [line.strip() for line in part.splitlines()]
    values: dict[str, str | None] = {}
    extra: dict[str, str] = {}
    top, first = _read_top(lines, values, extra)
    last = _read_bottom(lines, first, values, extra)
    _read_titles(top, values)
    return build_record("\n".join(lines[first:last]), values, extra=extra, place=place)


def _read_top(
    lines: list[str], values: dict[str, str | None], extra: dict[str, str]
) -> tuple[list[str], int]:
    """The lines above the text that have no key, and the index at which the text begins."""
    top: list[str] = []
    begin = 0
    seen = False
    for index, line in enumerate(lines[:60]):
        match = _KEY.fullmatch(line)
        key = match["key"].lower() if match else ""
        if line == "Body":
            return top, index + 1
        if match and key in _ABOVE:
            seen = True
            begin = index + 1
            _note(key, match["value"], values, extra)
        elif line and not seen and not _COPYRIGHT.fullmatch(line):
            top.append(line)
        elif line and seen and "Body" not in lines[index : index + 20]:
            return top, begin
    return top, begin


def _read_bottom(lines: list[str], first: int, values: dict[str, str | None], extra: dict[str, str]) -> int:
    """Where the text ends: above the keys and the copyright at the end of the document."""
    last = len(lines)
    for index in range(len(lines) - 1, first, -1):
        match = _KEY.fullmatch(lines[index])
        if match and match["key"].lower() in _BELOW:
            _note(match["key"].lower(), match["value"], values, extra)
            last = index
        elif lines[index] in ("Classification", "Load-Date"):
            last = index
        elif lines[index] and not _COPYRIGHT.fullmatch(lines[index]) and last - index > 12:
            break
    while last > first and (
        not lines[last - 1] or _COPYRIGHT.fullmatch(lines[last - 1]) or _is_rights(lines[last - 1])
    ):
        last -= 1
    return last


def _is_rights(line: str) -> bool:
    return line.lower().strip(". ") == "all rights reserved"


def _note(key: str, value: str | None, values: dict[str, str | None], extra: dict[str, str]) -> None:
    if value and key in _FIELDS:
        values.setdefault(_FIELDS[key], value)
    elif value and key not in ("length", "body"):
        extra[key] = value


def _read_titles(top: list[str], values: dict[str, str | None]) -> None:
    """Headline, outlet and day: the day is the line that is a date, the outlet stands right above it.

    In the old form the headline comes after them, in the new one before.
    """
    days = [
        index for index, line in enumerate(top) if (match := _DAY.match(line)) and read_date(match["date"])
    ]
    if not days:
        values.setdefault("headline", top[-1] if top else None)
        return
    day = days[0]
    match = _DAY.match(top[day])
    values["published"], values["published_in"] = match["date"] if match else None, "line below the outlet"
    values["outlet"] = top[day - 1] if day else None
    others = top[: day - 1] if day > 1 else top[day + 1 :]
    values.setdefault("headline", others[-1] if others else None)


FORMAT = Format(
    "nexis",
    "Nexis and Nexis Uni exports as text, Word or PDF: every document in them",
    "nexis-export.docx",
    recognises,
    read,
)
