"""Factiva exports: many articles in one text or HTML file, with the codes of the fields or without.

    HD  Old lock reopens / BY  Ada Example / WC  212 words / PD  3 June 2019 / SN  Harbour Post / LP  text / TD  text
    headline / author / 212 words / 3 June 2019 / outlet / code / language / copyright / text

Each ends with `Document HPOST00020190603ef6300001`, the accession number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.dates import read_date
from transforms.readers.format import Format
from transforms.readers.markup import html_text
from transforms.readers.records import Record, Reject

_END = re.compile(
    r"^(?:AN[^\S\n]+)?Document[^\S\n]+(?P<guid>[A-Z0-9]{4,}[0-9]{8}[A-Za-z0-9]{4,})[^\S\n]*$", re.MULTILINE
)
_CODE = re.compile(r"^(?P<code>[A-Z]{2,3})(?:[^\S\n]{2,}|\t|[^\S\n]*$)(?P<value>.*)$")
_WORDS = re.compile(r"[0-9,]+ words")
_HTML = re.compile(rb"<(?:html|div|p|table)[\s>]", re.IGNORECASE)
_FIELDS = {
    "HD": "headline", "BY": "byline", "PD": "published", "SN": "outlet", "LA": "language", "AN": "guid", "CR": "agency",
    "ED": "edition", "SE": "section", "CLM": "column", "PG": "page", "SC": "source_code", "CO": "companies",
    "IN": "industries", "NS": "subjects", "RE": "regions", "IPD": "codes", "PUB": "publisher", "ET": "time",
    "WC": "words", "VOL": "volume", "CX": "note", "CT": "contact", "RF": "reference", "ART": "art", "CY": "copyright",
    "LP": "", "TD": "", "IPC": "ipc",
}  # fmt: skip
_COLUMNS = ("headline", "byline", "published", "outlet", "language", "guid", "agency", "note")


def recognises(content: Content) -> bool:
    """Whether an accession number ends an article, and the words are counted above."""
    if not re.search(rb"[0-9] words", content.head) or b"Document" not in content.data:
        return False
    return bool(_END.search(_text(content)))


def _text(content: Content) -> str:
    text = html_text(content.text) if _HTML.search(content.head[:4000]) else content.text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(content: Content) -> Iterator[Record | Reject]:
    """Each document of the export."""
    text, start = _text(content), 0
    for number, end in enumerate(_END.finditer(text), 1):
        yield _read_document(text[start : end.start()], end["guid"], f"document {number}")
        start = end.end()


def _read_document(part: str, guid: str, place: str) -> Record | Reject:
    lines = [line.rstrip() for line in part.strip("\n").splitlines()]
    codes = {match["code"] for line in lines if (match := _CODE.match(line))}
    values, text, extra = _read_coded(lines) if {"HD", "PD"} <= codes else _read_plain(lines)
    values["guid"] = guid
    return build_record(text, values, extra=extra, place=place)


def _read_coded(lines: list[str]) -> tuple[dict[str, str | None], str, dict[str, str]]:
    """Codes at the beginning of lines; what follows without a code goes on with the one before."""
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        match = _CODE.match(line)
        if match and match["code"] in _FIELDS:
            code = match["code"]
            fields.setdefault(code, [])
            line = match["value"]
        if code:
            fields[code].append(line.strip())
    text = "\n\n".join("\n".join(fields.pop(code, [])).strip() for code in ("LP", "TD"))
    named = {_FIELDS[code]: " ".join(filter(None, parts)) for code, parts in fields.items()}
    values: dict[str, str | None] = {name: named.pop(name, None) for name in _COLUMNS}
    values["published_in"] = "field PD"
    named.pop("copyright", None)
    return values, text, named


def _read_plain(lines: list[str]) -> tuple[dict[str, str | None], str, dict[str, str]]:
    """Without codes: the lines around the count of words tell what they are by their place."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    count = next(
        (place for place, index in enumerate(filled) if _WORDS.fullmatch(lines[index].strip())), None
    )
    if count is None:
        return {}, "\n".join(lines), {}
    above = [lines[index].strip() for index in filled[:count]]
    values: dict[str, str | None] = {}
    if len(above) > 1 and len(above[-1].split()) <= 8:
        values["byline"] = above.pop()
    values["headline"] = above[-1] if above else None
    below = filled[count + 1 :]
    if below and read_date(lines[below[0]].strip()):
        values["published"], values["published_in"] = lines[below[0]].strip(), "line below the count of words"
        below = below[1:]
    if below and re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", lines[below[0]].strip()):
        below = below[1:]
    values["outlet"] = lines[below[0]].strip() if below else None
    start = next(
        (index for index in below[:8] if re.match(r"\s*(?:Copyright|\(c\)|©)", lines[index], re.I)), None
    )
    begin = (start if start is not None else below[0] if below else filled[count]) + 1
    return values, "\n".join(lines[begin:]), {"section": above[0]} if len(above) > 1 else {}


FORMAT = Format(
    "factiva",
    "Factiva exports as text, HTML, Word or PDF, with the codes of the fields or without: every document in them",
    "factiva.txt",
    recognises,
    read,
)
