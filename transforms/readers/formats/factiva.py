"""Read Factiva exports: many articles in one text or HTML file, with or without field codes.

    HD  Old lock reopens / BY  Ada Example / WC  212 words / PD  3 June 2019 / SN  Harbour Post / LP  text / TD  text
    headline / author / 212 words / 3 June 2019 / outlet / code / language / copyright / text

Each article ends with `Document HPOST00020190603ef6300001`, the accession number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.dates import read_date
from transforms.readers.fields.locales import find_language, localise, search_day
from transforms.readers.format import Format
from transforms.readers.formats.factiva_fields import ACCESSION, FIELDS, name_fields
from transforms.readers.formats.factiva_html import MARKS, read_html
from transforms.readers.formats.factiva_xml import MARK, read_xml
from transforms.readers.markup import html_text, root_name
from transforms.readers.records import Record, Reject

_CODED_END = re.compile(
    r"^(?:AN[^\S\n]+)?Document[^\S\n]+(?P<guid>[A-Z0-9]{4,14}[0-9]{8}[A-Za-z0-9]{4,14})[^\S\n]*$",
    re.MULTILINE,
)
_ANY_END = re.compile(
    rf"^(?:AN[^\S\n]+)?[^\W\d]{{2,14}}[^\S\n]+(?P<guid>{ACCESSION.pattern})[^\S\n]*$", re.MULTILINE
)
_CODE = re.compile(r"^(?P<code>[A-Z]{2,3})(?:[^\S\n]{2,}|\t|[^\S\n]*$)(?P<value>.*)$")
_WORDS = re.compile(
    r"[0-9][0-9.,]{0,10} ?"
    r"(?:words|wörter|mots|palabras|palavras|parole|woorden|ord|слов[аo]?|słów|kelime|字|语|語|ワード)",
    re.IGNORECASE,
)
_NUMBER = re.compile(rb"(?:19|20)[0-9]{6}[A-Za-z0-9]{4,12}[\s<]")
_HTML = re.compile(rb"<(?:html|div|p|table)[\s>]", re.IGNORECASE)
_BY = re.compile(r"(?:by|von|par|por|door|di)\s", re.IGNORECASE)
_COPYRIGHT = re.compile(r"\s*(?:copyright|\(c\)|©)", re.IGNORECASE)
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*[ ,;]*(?:(?:and|y|et|und|de|von|van|the|,|;) )?){2,8}")


def recognises(content: Content) -> bool:
    """Whether a file has accession numbers and word counts, or XML elements of Factiva."""
    if _is_xml(content) or _is_page(content):
        return True
    if b"\0" in content.head[:64] or not _NUMBER.search(content.data + b"\n"):
        return False
    text = _text(content)
    return bool(_WORDS.search(text) and _ends(text))


def _is_xml(content: Content) -> bool:
    return MARK in content.head[:4000].lower() and bool(root_name(content))


def _is_page(content: Content) -> bool:
    return bool(_HTML.search(content.head[:4000]) and MARKS.search(content.data))


def _text(content: Content) -> str:
    text = html_text(content.text) if _HTML.search(content.head[:4000]) else content.text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ends(text: str) -> list[re.Match[str]]:
    """Return the accession numbers: after the word "Document" or, if there are none, after its translations."""
    return list(_CODED_END.finditer(text)) or list(_ANY_END.finditer(text))


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield each article of a Factiva export."""
    if _is_xml(content):
        yield from read_xml(content.data)
        return
    if _is_page(content):
        yield from read_html(content.text)
        return
    text, start = _text(content), 0
    for number, end in enumerate(_ends(text), 1):
        yield _read_document(text[start : end.start()], end["guid"], f"document {number}")
        start = end.end()


def _read_document(part: str, guid: str, place: str) -> Record | Reject:
    lines = [line.rstrip() for line in part.strip("\n").splitlines()]
    codes = {match["code"] for line in lines if (match := _CODE.match(line))}
    values, text, extra = _read_coded(lines) if {"HD", "PD"} <= codes else _read_plain(lines)
    values["guid"] = guid
    return localise(build_record(text, values, extra=extra, place=place))


def _read_coded(lines: list[str]) -> tuple[dict[str, str | None], str, dict[str, str]]:
    """Read a document with a field code at the start of lines; a line without a code continues the field above."""
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        match = _CODE.match(line)
        if match and match["code"] in FIELDS:
            code = match["code"]
            fields.setdefault(code, [])
            line = match["value"]
        if code:
            fields[code].append(line.strip())
    text = "\n\n".join("\n".join(fields.pop(code, [])).strip() for code in ("LP", "TD"))
    values, extra = name_fields({code: " ".join(filter(None, parts)) for code, parts in fields.items()})
    return values, text, extra


def _read_plain(lines: list[str]) -> tuple[dict[str, str | None], str, dict[str, str]]:
    """Read a document without field codes, by the position of each line relative to the word count."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    count = next(
        (place for place, index in enumerate(filled) if _WORDS.fullmatch(lines[index].strip())), None
    )
    if count is None:
        return {}, "\n".join(lines), {}
    above = [lines[index].strip() for index in filled[:count]]
    values: dict[str, str | None] = {}
    by = next((place for place, line in enumerate(above) if place and _BY.match(line)), None)
    if by is not None:
        values["byline"], above = above[by], above[:by]  # "Special to Harbour Post" may stand below it
    elif len(above) > 1 and _is_name(above[-1]):
        values["byline"] = above.pop()
    values["headline"] = above[-1] if above else None
    below = filled[count + 1 :]
    if below and (read_date(lines[below[0]].strip()) or search_day(lines[below[0]])):
        values["published"], values["published_in"] = lines[below[0]].strip(), "line below the count of words"
        below = below[1:]
    if below and re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", lines[below[0]].strip()):
        below = below[1:]
    values["outlet"] = lines[below[0]].strip() if below else None
    values["language"] = next(filter(None, (find_language(lines[index]) for index in below[1:8])), None)
    start = next((index for index in below[:8] if _COPYRIGHT.match(lines[index])), None)
    begin = (start if start is not None else below[0] if below else filled[count]) + 1
    text = lines[begin:] if start is None else _drop_publisher(lines[begin:], lines[start])
    return values, "\n".join(text), {"section": above[0]} if len(above) > 1 else {}


def _is_name(line: str) -> bool:
    """Whether the line above the word count is an author's name rather than a headline."""
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return bool(_NAME.fullmatch(line)) and all(word[0].isupper() for word in words)


def _drop_publisher(lines: list[str], copyright_line: str) -> list[str]:
    """Drop the last line if it is the publisher that the copyright line names."""
    last = next((index for index in range(len(lines) - 1, 0, -1) if lines[index].strip()), 0)
    words = set(re.findall(r"[^\W\d_]{4,}", lines[last].casefold())) if lines else set()
    shared = words & set(re.findall(r"[^\W\d_]{4,}", copyright_line.casefold()))
    is_name = (
        bool(shared) and len(lines[last].split()) <= 8 and lines[last].rstrip()[-1:] not in tuple('.!?"”')
    )
    return lines[:last] if last and is_name else lines


FORMAT = Format(
    "factiva",
    "Factiva exports as text, HTML, XML, Word or PDF, with or without field codes; each document is an article",
    "factiva.txt",
    recognises,
    read,
)
