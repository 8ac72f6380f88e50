"""Extract the text of PDF documents in paragraphs, to be read like plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.formats.office import as_text_file
from transforms.readers.formats.print_layout import CUT, Line, Page, clean_line, head_date, page_text
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject

_MOST_PAGES = 2_000
_ALIKE = 50  # first pages; if all have the same text (in a scan, none), the document is rejected
_LINE = re.compile(
    "[^\r\n\ufffe\x02]+[\ufffe\x02]?"
)  # pdfium marks a hyphen at the end of a line and joins the lines
# Titles that programs insert: "untitled", "Microsoft Word - Draft 3.doc", "page1.indd"
_NO_TITLE = re.compile(
    r"\s*(?:untitled|microsoft |\(?anonymous|document ?[0-9]*$|\S+\.[a-z]{2,5}$)", re.IGNORECASE
)


def recognises(content: Content) -> bool:
    return content.head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-")


def read(content: Content) -> Iterator[Record | Reject | Content]:
    """Read the text of all pages; reject a scan without text, or a file with a password."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content.data)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if "assword" in str(error) else "malformed"
        raise Refused(code, f"is a PDF document that cannot be opened ({error})") from error
    try:
        pages = _read_pages(document, content)
        title = document.get_metadata_value("Title").strip()
    finally:
        document.close()
    text, heads = page_text(pages)
    if not any(map(str.isalnum, text)):
        raise Refused(
            "no_body", "is a PDF document without text, probably a scan; recognise its text (OCR) first"
        )
    known: dict[str, str | None] = {"headline": None if _NO_TITLE.match(title) else title or None}
    if date := head_date(heads):
        known |= {"published": date, "published_in": "page header"}
    yield as_text_file(text, content, known)


def _read_pages(document: Any, content: Content) -> list[Page]:
    pages: list[Page] = []
    size = 0
    for number in range(min(len(document), _MOST_PAGES)):
        page = document[number]
        text = page.get_textpage()
        pages.append(Page(page.get_height(), _read_lines(text)))
        size += text.count_chars()
        text.close()
        page.close()
        if number + 1 == _ALIKE and all(_says(page) == _says(pages[0]) for page in pages):
            if _says(pages[0]):
                raise Refused(
                    "no_body", f"is a PDF document whose first {_ALIKE} pages all have the same text"
                )
            break
        if size > 4 * content.limits.file_bytes:
            raise Refused("too_long", "is a PDF document whose text is longer than the limit")
    return pages


def _says(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def _read_lines(page: Any) -> list[Line]:
    """Return the lines of a page that have text, with their boxes."""
    text = page.get_text_range()
    lines = []
    for match in _LINE.finditer(text):
        if line := clean_line(match.group().replace("\x02", CUT)):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            end = match.start() + len(match.group().rstrip(" \t\ufffe\x02"))
            lines.append(_place(page, line, start, max(end - 1, start)))
    return lines


def _place(page: Any, line: str, first: int, last: int) -> Line:
    """Return a line with the box around its first to last letter."""
    from pypdfium2 import raw

    count = page.count_chars()
    left, bottom, _, top = page.get_charbox(min(first, count - 1), loose=True)
    _, _, right, _ = page.get_charbox(min(last, count - 1), loose=True)
    size = float(raw.FPDFText_GetFontSize(page, min(first, count - 1)))
    return Line(line, left, right, top, bottom, max(size, top - bottom) or 1.0)


FORMAT = Format(
    "pdf",
    "PDF that contains text, not scanned images: one article, or a Nexis or Factiva export",
    "page.pdf",
    recognises,
    read,
)
