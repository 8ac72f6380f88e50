"""Split wire copy that was pasted unchanged into a web page into paragraphs.

In `pre`, line ends count. In an ordinary paragraph they are white space, unless it contains a whole text whose lines
end like sentences.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.readers.markup import BLOCKS, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLANK_LINE = re.compile(r"(?<![ \t\r\f\v])[ \t\r\f\v]*+\n(?:[ \t\r\f\v]*+\n)+[ \t\r\f\v]*+")
_LINE_END = re.compile(r"(?<![ \t])[ \t]*+\r?\n[ \t]*+")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_PRESERVED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_SHORTEST_TEXT = 200  # characters of a paragraph that may be a whole text
_WRAPPED = (50, 100)  # columns of lines that a machine wrapped


def split_lines(root: _Element) -> None:
    """Split `pre` elements, texts with `<br><br>`, and paragraphs that contain a whole text; changes the tree."""
    breaks = (element for element in root.iter("br") if _is_double(element))
    for parent in dict.fromkeys(element.getparent() for element in breaks):
        if parent is not None and local_name(parent) != "pre":
            _split_at_breaks(parent)
    for element in [*root.iter("pre", "p", "div")]:
        if len(element) or "\n" not in (element.text or ""):
            continue
        keeps_lines = local_name(element) == "pre" or _PRESERVED.search((element.get("style") or "")[:300])
        parts = _divide_kept(element.text) if keeps_lines else _divide_paragraph(element.text)
        if len(parts) > 1 or keeps_lines:
            _replace_text(element, parts)


def _is_double(element: _Element) -> bool:
    """Whether a `br` is directly followed by another `br`."""
    following = element.getnext()
    return following is not None and local_name(following) == "br" and not (element.tail or "").strip()


def _split_at_breaks(parent: _Element) -> None:
    """Turn the content between double `br` elements into paragraphs."""
    from lxml import etree

    pieces = _take_pieces(parent)
    paragraph: _Element | None = None
    breaks = 0
    for piece in pieces:
        if not isinstance(piece, str) and local_name(piece) == "br":
            breaks += 1
        elif isinstance(piece, str) and not piece.strip() and (breaks or paragraph is None):
            continue
        elif not isinstance(piece, str) and local_name(piece) in BLOCKS:
            parent.append(piece)
            paragraph, breaks = None, 0
        else:
            if paragraph is None or breaks > 1:
                paragraph = etree.SubElement(parent, "p")
            elif breaks:
                etree.SubElement(paragraph, "br")
            breaks = 0
            _append(paragraph, piece)


def _take_pieces(parent: _Element) -> list[str | _Element]:
    """Remove and return the text and elements of an element; a `p` becomes a `div`."""
    pieces: list[str | _Element] = [parent.text or ""]
    for child in list(parent):
        tail, child.tail = child.tail, None
        pieces += [child, tail or ""]
    parent[:] = []
    parent.text = None
    parent.tag = "div" if local_name(parent) == "p" else parent.tag
    return [piece for piece in pieces if not isinstance(piece, str) or piece]


def _append(paragraph: _Element, piece: str | _Element) -> None:
    if not isinstance(piece, str):
        paragraph.append(piece)
    elif len(paragraph):
        paragraph[-1].tail = (paragraph[-1].tail or "") + piece
    else:
        paragraph.text = (paragraph.text or "") + piece


def _divide_kept(text: str) -> list[str]:
    """Split a text at its line ends, which separate paragraphs unless a program wrapped the lines."""
    return [line for part in _split(text, _BLANK_LINE) for line in _join_wrapped(_split(part, _LINE_END))]


def _split(text: str, division: re.Pattern[str]) -> list[str]:
    return [part for part in division.split(text.strip()) if part]


def _join_wrapped(lines: list[str]) -> list[str]:
    """Join lines that a program wrapped: about as wide as a terminal, and broken within sentences."""
    widths = [len(line) for line in lines]
    is_even = all(_WRAPPED[0] <= width <= _WRAPPED[1] for width in widths[:-1]) and widths[-1] <= _WRAPPED[1]
    return [" ".join(lines)] if is_even and not all(map(_SENTENCE_END.search, lines)) else lines


def _divide_paragraph(text: str) -> list[str]:
    """Split wire copy in one `p` into its blocks, or into lines if each ends like a sentence."""
    if len(text) < _SHORTEST_TEXT:
        return [text]
    for division in (_BLANK_LINE, _LINE_END):
        parts = _split(text, division)
        if len(parts) > 2 and all(map(_SENTENCE_END.search, parts)):
            return parts
    return [text]


def _replace_text(element: _Element, parts: list[str]) -> None:
    """Replace the text of an element by paragraphs."""
    from lxml import etree

    element.text = None
    element.tag = "div"
    for part in parts:
        etree.SubElement(element, "p").text = part
