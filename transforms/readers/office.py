"""Word documents -> their text, which is then read like a plain text file; exports of archives among them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject


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


def as_text_file(text: str, content: Content, known: dict[str, str | None]) -> Content:
    """The text of a document, to be read as a text file in its turn."""
    return content.inside(text.encode("utf-8", "replace"), None, deeper=False, known=known)


DOCX = Format(
    "docx", "Word: the text, read as plain text, Nexis or Factiva", "story.docx", recognises_docx, read_docx
)
