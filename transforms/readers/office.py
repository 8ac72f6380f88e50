"""Word and PDF documents -> their text, which is then read like a plain text file; exports of archives among them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject

_MOST_PAGES = 2_000


def zip_members(content: Content) -> frozenset[str]:
    """The names in a zip archive; none when it is no archive or a damaged one."""
    if not content.head.startswith(b"PK\x03\x04"):
        return frozenset()
    try:
        with zipfile.ZipFile(content.open_seekable()) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, Refused):
        return frozenset()


def require_small(content: Content) -> None:
    """Raises Refused (unpacks_too_large) when an Office document unpacks to more than a document may have."""
    most = 5 * content.limits.file_bytes
    with zipfile.ZipFile(content.open_seekable()) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > most:
        raise Refused("unpacks_too_large", f"unpacks to {size:,} bytes; the limit is {most:,}")


def recognises_docx(content: Content) -> bool:
    return "word/document.xml" in zip_members(content)


def read_docx(content: Content) -> Iterator[Record | Reject | Content]:
    """The paragraphs and tables of the text, in their order; headers, footers, notes and comments are left out.

    The dates of the document are those of the file, not of publication, and are not taken.
    """
    from docx import Document
    from docx.table import Table

    require_small(content)
    document = Document(content.open_seekable())
    blocks = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            blocks += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            blocks.append(block.text)
    known = {"headline": document.core_properties.title or None}
    yield as_text_file("\n\n".join(filter(str.strip, blocks)), content, known)


def recognises_pdf(content: Content) -> bool:
    return content.head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-")


def read_pdf(content: Content) -> Iterator[Record | Reject | Content]:
    """The text of all pages; a scan without text, or a file with a password, is rejected."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content.data)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if "assword" in str(error) else "malformed"
        raise Refused(code, f"is a PDF document that cannot be opened ({error})") from error
    try:
        pages = _read_pages(document, content)
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    if not any(page.strip() for page in pages):
        raise Refused("no_body", "is a PDF document without text; is it a scan?")
    text = "\n\n".join(
        page.replace("\r\n", "\n").replace("\ufffe\n", "").replace("\ufffe", "") for page in pages
    )
    yield as_text_file(text, content, {"headline": title or None})


def _read_pages(document: object, content: Content) -> list[str]:
    pages: list[str] = []
    for number in range(min(len(document), _MOST_PAGES)):  # type: ignore[arg-type]
        page = document[number]  # type: ignore[index]
        text = page.get_textpage()
        pages.append(text.get_text_bounded())
        text.close()
        page.close()
        if sum(map(len, pages)) > 4 * content.limits.file_bytes:
            raise Refused("too_long", "is a PDF document with more text than a document may have")
    return pages


def as_text_file(text: str, content: Content, known: dict[str, str | None]) -> Content:
    """The text of a document, to be read as a text file in its turn."""
    return content.inside(text.encode("utf-8", "replace"), None, deeper=False, known=known)


DOCX = Format(
    "docx", "Word: the text, read as plain text, Nexis or Factiva", "story.docx", recognises_docx, read_docx
)
PDF = Format(
    "pdf",
    "PDF with text in it (no scans), read as plain text, Nexis or Factiva",
    "page.pdf",
    recognises_pdf,
    read_pdf,
)
