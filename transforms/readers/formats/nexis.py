"""Read Nexis and LexisNexis exports: one Word, PDF, text or HTML file with many articles, in the old or the new layout.

1 of 20 DOCUMENTS / outlet / day / headline / BYLINE: ... LENGTH: 212 words / text / LOAD-DATE: ...
headline / outlet / day / Copyright ... / Length: 212 words / Byline: ... / Body / text / Load-Date: ... /
End of Document

A cover that lists all titles may precede the first article; a cover alone is rejected. The keys are in the language of
the interface: `BYLINE`, `AUTEUR`, `AUTOR`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.readers.content import HEAD, Content
from transforms.readers.format import Format
from transforms.readers.formats.nexis_document import read_document
from transforms.readers.limits import Refused
from transforms.readers.markup import html_text
from transforms.readers.records import Record, Reject

_COUNT = re.compile(
    r"^[^\S\n]*(?:FOCUS - )?(?:(?:Document|Dokument|Documento)[^\S\n]+)?[0-9]{1,6} (?:of|von|de|sur|van|di) [0-9]{1,6}"
    r"(?P<word> (?:DOCUMENT[A-Z]{0,2}|DOKUMENT[A-Z]?))?[^\S\n]*$",
    re.MULTILINE,
)
_END = re.compile(r"^[^\S\n]*End of Document[^\S\n]*$", re.MULTILINE)
_MENTIONS = re.compile(
    r"^[^\S\n]*(?:length|longueur|länge|lengte|load-date|date-chargement|publication-type|type-publication):",
    re.IGNORECASE | re.MULTILINE,
)
_HTML = re.compile(rb"<(?:html|head|body)[\s>]", re.IGNORECASE)
_HTML_MARKS: tuple[bytes, ...] = (b"docfull", b"doc_id_", b"lxncomment", b" documents<")
_WORDS = (
    b"ngth:",
    b"nge:",
    b"ngte:",
    b"longueur:",
    b"-date:",
    b"-chargement:",
    b"publication:",
    b"cation-type:",
    b"ents (",
    b"ente (",
    b"enten (",
    b"entos (",
    b"enti (",
)
_HTML_MARK = re.compile(r'<a\s+name="?DOC_ID_[^>]{0,40}>', re.IGNORECASE)
_COVER = re.compile(
    r"^[^\S\n]*(?:Documents?|Dokumente?|Documenten|Documentos|Documenti)[^\S\n]*\((?P<count>[0-9]{1,6})\)[^\S\n]*$",
    re.MULTILINE,
)
_NUMBERED = re.compile(r"(?P<number>[0-9]{1,6})\.\s+(?P<title>\S.*)")
_COVER_KEY = re.compile(r"[^\W\d][\w/' -]{2,30}:(?:\s.*)?|Content Type\b.*")
_COVER_WITHIN = 2_000  # characters before the list of titles


def recognises(content: Content) -> bool:
    """Whether a text has the separators and keys of a Nexis export, or its cover."""
    if _is_html(content):
        data, marks = content.data.lower(), _HTML_MARKS
    else:
        data, marks = content.head.lower(), _WORDS
    if b"\0" in data[:64] or not any(mark in data for mark in marks):
        return False
    text = _text(content)
    if not _MENTIONS.search(text[:HEAD]):
        return bool(_find_cover(text))
    return bool(_END.search(text)) or any(
        mark["word"] or mark.start() < _COVER_WITHIN for mark in _COUNT.finditer(text)
    )


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield each article of a Nexis export."""
    content.known.pop("headline", None)  # the title of the Word file is not a headline
    text = _text(content)
    is_old = not _END.search(text)
    if not _MENTIONS.search(text):
        raise Refused("no_article", "is the list of titles of a Nexis export, without the articles")
    marked = _HTML_MARK.split(content.text)[1:] if _is_html(content) else []
    if marked:
        parts = [_COUNT.sub("", _clean(html_text(part)), count=1) for part in marked]
    else:
        parts = _split_old(text) if is_old else _split_new(_drop_cover(text))
    for number, part in enumerate(parts, 1):
        yield read_document(part, f"document {number}", is_old=is_old)


def _is_html(content: Content) -> bool:
    return bool(_HTML.search(content.head[:2_000]))


def _text(content: Content) -> str:
    return _clean(html_text(content.text) if _is_html(content) else content.text)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")


def _split_old(text: str) -> list[str]:
    """Split a text at counts (`1 of 20 DOCUMENTS`); drop the text above the first count, which describes the search."""
    marks = list(_COUNT.finditer(text))
    if any(mark["word"] for mark in marks):
        marks = [mark for mark in marks if mark["word"]]  # "1 of 3" alone may be the number of a photo
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]


def _split_new(text: str) -> list[str]:
    parts = _END.split(text)
    return [part for part in parts[:-1] if part.strip()] + [
        part for part in parts[-1:] if _MENTIONS.search(part)
    ]


def _find_cover(text: str) -> re.Match[str] | None:
    """Return the line above the list of titles, `Documents (12)`, if the list follows."""
    cover = _COVER.search(text[:_COVER_WITHIN])
    below = text[cover.end() : cover.end() + _COVER_WITHIN].lstrip() if cover else ""
    return cover if cover and re.match(r"1\.\s", below) else None


def _drop_cover(text: str) -> str:
    """Return the text from the first article on, whose title is the first title in the list on the cover."""
    cover = _find_cover(text)
    if not cover:
        return text
    lines = text[cover.end() :].splitlines()
    first = next((match for line in lines if (match := _NUMBERED.fullmatch(line.strip()))), None)
    end = _end_of_list(lines, int(cover["count"]))
    title = _squeeze(first["title"]) if first else ""
    for index in range(end, min(end + 40, len(lines))):  # a long search may continue over several lines
        if title and _squeeze(lines[index]) and title.startswith(_squeeze(lines[index])):
            return "\n".join(lines[index:])
    return "\n".join(lines[end:])


def _end_of_list(lines: list[str], count: int) -> int:
    """Return the index of the first line below the titles on the cover and the details of their search."""
    end, number = 0, 1
    for index, line in enumerate(lines):
        if number > count or _MENTIONS.match(line):
            break
        match = _NUMBERED.fullmatch(line.strip())
        if match and int(match["number"]) == number:
            end, number = index + 1, number + 1
    while end < len(lines) and (
        not lines[end].strip() or "\t" in lines[end] or _COVER_KEY.fullmatch(lines[end].strip())
    ):
        end += 1
    return end


def _squeeze(line: str) -> str:
    return " ".join(line.split()).casefold()


FORMAT = Format(
    "nexis",
    "Nexis, Nexis Uni and LexisNexis exports as Word, PDF, text or HTML, in the old or the new layout; "
    "each document is an article",
    "nexis-export.docx",
    recognises,
    read,
)
