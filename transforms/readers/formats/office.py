"""Extract the text of Word documents, including exports of news archives, to be read like plain text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.markup import local_name, refuse_entities, refuse_faulty
from transforms.readers.records import Record, Reject

_ORDINARY = 2_000_000  # bytes; smaller parts of an Office document may have any compression ratio
_MOST_PACKED = 150  # largest compression ratio of larger parts
_MOST_PARTS = 10_000
# What a damaged part raises.
DAMAGES = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError)
_START = 1 << 16  # bytes at the start of a part, where it declares entities


def zip_members(content: Content) -> frozenset[str]:
    """Return the names in a zip archive; empty if it is damaged or not an archive."""
    if not content.head.startswith(b"PK\x03\x04"):
        return frozenset()
    try:
        return content.zip_names
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, Refused):
        return frozenset()


def require_harmless(content: Content) -> None:
    """Raise Refused if an Office document is too large, has too many parts, or declares XML entities.

    The codes are unpacks_too_large, too_many_members and xml_entities.
    """
    with zipfile.ZipFile(content.open_seekable()) as archive:
        _require_sizes(archive.infolist(), 5 * content.limits.file_bytes)
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")):
                refuse_entities(_read_start(archive, part))


def _read_start(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return the first bytes of a part; empty if it is damaged, for the document may not need it."""
    try:
        with archive.open(part) as stream:
            return stream.read(_START)
    except DAMAGES:
        return b""


def _require_sizes(members: list[zipfile.ZipInfo], most: int) -> None:
    """Raise Refused if the parts of a document are too many, or unpack to more than `most` bytes.

    Text compresses by a factor of 10 to 30. A million empty rows compress by a factor of a thousand, and reading them
    would take minutes.
    """
    if len(members) > _MOST_PARTS:
        raise Refused("too_many_members", f"has more parts than the limit of {_MOST_PARTS:,}")
    size = sum(member.file_size for member in members)
    if size > most:
        raise Refused("unpacks_too_large", f"unpacks to {size:,} bytes; the limit is {most:,}")
    for member in members:
        if member.file_size > _ORDINARY and member.file_size > _MOST_PACKED * max(member.compress_size, 1):
            times = member.file_size // max(member.compress_size, 1)
            raise Refused(
                "unpacks_too_large", f"unpacks to {times:,} times its size; the limit is {_MOST_PACKED} times"
            )


def recognises_docx(content: Content) -> bool:
    return "word/document.xml" in zip_members(content)


def read_docx(content: Content) -> Iterator[Record | Reject | Content]:
    """Read the paragraphs and tables of the text, in order, without headers, footers, notes and comments.

    Ignores the dates in the document's properties, which are about the file, not about publication.
    """
    from docx import Document
    from lxml import etree

    require_harmless(content)
    try:
        document = Document(content.open_seekable())
    except etree.XMLSyntaxError as error:
        raise refuse_faulty(str(error.msg)) from error
    known = {"headline": _read_title(document)}
    blocks = _read_blocks(document.element.body, content.limits.file_bytes)
    yield as_text_file("\n\n".join(filter(str.strip, blocks)), content, known)


def _read_title(document: Any) -> str | None:
    """Return the title among the properties of a document, if it has properties; python-docx would invent some."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    kinds = {relation.reltype for relation in document.part.package.rels.values()}
    has_properties = RELATIONSHIP_TYPE.CORE_PROPERTIES in kinds
    return document.core_properties.title or None if has_properties else None


def _read_blocks(parent: Any, room: int) -> Iterator[str]:
    """Yield the text of each paragraph and of each row of a table. Raises Refused (too_large).

    Each cell is read once, even if it claims to span a billion columns or continues in the next row.
    """
    for element in parent:
        name = local_name(element)
        if name == "p":
            block = paragraph_text(element)
        elif name == "tr":
            block = "\t".join(_cell_text(cell) for cell in element if local_name(cell) == "tc")
        elif name in _HOLDERS:
            yield from _read_blocks(element, room)
            continue
        else:
            continue
        room -= len(block) + 1
        if room < 0:
            raise Refused("too_large", "is a document whose text is longer than the limit")
        yield block


def _cell_text(cell: Any) -> str:
    return "\n".join(paragraph_text(element) for element in cell if local_name(element) == "p")


def paragraph_text(paragraph: Any) -> str:
    """Return the text of one paragraph, without text boxes and deleted text."""
    pieces: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        name = local_name(element)
        if name == "t":
            pieces.append(element.text or "")
        elif name in _SIGNS:
            pieces.append(_SIGNS[name])
        elif name not in _APART:
            waiting += reversed(element)
    return "".join(pieces)


# Elements of WordprocessingML in lower case: elements that contain paragraphs or rows, elements that stand for a
# character, and elements whose text does not belong to the paragraph.
_HOLDERS = frozenset("tbl sdt sdtcontent ins customxml smarttag".split())
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "nobreakhyphen": "-"}
_APART = frozenset("txbxcontent alternatecontent drawing pict object del ppr rpr instrtext".split())


def as_text_file(text: str, content: Content, known: dict[str, str | None]) -> Content:
    """Wrap the text of a document so that it is read like a text file."""
    return content.inside(text.encode("utf-8", "replace"), None, deeper=False, known=known)


DOCX = Format(
    "docx", "Word: an article as text, or a Nexis or Factiva export", "story.docx", recognises_docx, read_docx
)
