"""Extract paragraphs from wire formats in XML, even if an agency put a whole story into one element.

    <p>By Ada Example
    June 3 (River News) - The council agreed on
    Monday to reopen the lock.
        "We are glad," said its chair.</p>

In such a story, lines are wrapped at a fixed width, and paragraphs begin with spaces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.readers.markup import block_text, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_INDENTED = re.compile(r" {2,}\S")
_LEFT = re.compile(r"\S")


def wire_text(element: _Element) -> str:
    """Return the text of an element, but not of the `header` elements in it, because these repeat the fields."""
    _drop_headers(element)
    for part in list(element.iter()):
        if local_name(part) in ("p", "pre", "inlinedata", "datacontent") and part.getparent() is not None:
            _divide(part)
    return block_text(element)


def divide_lines(text: str, *, is_pre: bool = False) -> list[list[str]] | None:
    """Group the lines of a wrapped text by paragraph; None if the line ends are only white space."""
    lines = text.expandtabs(4).splitlines()
    filled = [line for line in lines if line.strip()]
    at_left = sum(bool(_LEFT.match(line)) for line in filled)
    indented = sum(bool(_INDENTED.match(line)) for line in filled[1:])
    if len(filled) < 3 or at_left < 2 or not (indented or is_pre):
        return None
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line.strip() or _INDENTED.match(line):
            paragraphs.append([])
        if line.strip():
            paragraphs[-1].append(" ".join(line.split()))
    return [paragraph for paragraph in paragraphs if paragraph]


def _divide(part: _Element) -> None:
    """Split an element with several paragraphs into one element per paragraph; the lines of tables stay separate."""
    from lxml import etree

    if any(
        local_name(child) in ("p", "br", "pre", "table", "div", "li")
        for child in part.iter()
        if child is not part
    ):
        return
    is_pre = local_name(part) == "pre"
    paragraphs = divide_lines("".join(part.itertext()), is_pre=is_pre)
    if paragraphs is None:
        return
    tail = part.tail
    keeps_lines = is_pre and len(paragraphs) < 3
    part.clear()
    part.tail = tail
    for lines in paragraphs:
        new = etree.SubElement(part, "p")
        if not keeps_lines:
            new.text = " ".join(lines)
            continue
        new.text = lines[0]
        for line in lines[1:]:
            etree.SubElement(new, "br").tail = line


def _drop_headers(element: _Element) -> None:
    """Turn each `header` into an element that is skipped, but stop before more than half of the text is lost."""
    left = whole = len("".join(element.itertext()))
    for part in element.iter():
        if local_name(part) == "header" and part is not element:
            left -= len("".join(part.itertext()))
            if 2 * left < whole:
                return
            part.tag = "template"
