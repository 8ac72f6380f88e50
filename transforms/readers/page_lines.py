"""Wire copy that was pasted into a web page as it is -> paragraphs.

In `pre` the line ends count. In an ordinary paragraph they are blanks, unless it holds a whole text whose lines end as
sentences do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.readers.markup import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLANK_LINE = re.compile(r"[ \t\r\f\v]*+\n(?:[ \t\r\f\v]*+\n)++[ \t\r\f\v]*+")
_LINE_END = re.compile(r"[ \t]*+\r?\n[ \t]*+")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_PRESERVED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_SHORTEST_TEXT = 300  # characters of a paragraph that may be a whole text
_WRAPPED = (50, 100)  # columns of lines that a machine wrapped


def split_lines(root: _Element) -> None:
    """Divides `pre` elements, and paragraphs that hold a whole text, into paragraphs; changes the tree."""
    for element in [*root.iter("pre", "p", "div")]:
        if len(element) or "\n" not in (element.text or ""):
            continue
        keeps_lines = local_name(element) == "pre" or _PRESERVED.search((element.get("style") or "")[:300])
        parts = _divide_kept(element.text) if keeps_lines else _divide_paragraph(element.text)
        if len(parts) > 1 or keeps_lines:
            _replace_text(element, parts)


def _divide_kept(text: str) -> list[str]:
    """Paragraphs of text whose line ends count: each line is one, unless a machine wrapped the lines."""
    return [line for part in _split(text, _BLANK_LINE) for line in _join_wrapped(_split(part, _LINE_END))]


def _split(text: str, division: re.Pattern[str]) -> list[str]:
    return [part for part in division.split(text.strip()) if part]


def _join_wrapped(lines: list[str]) -> list[str]:
    """One line of lines that are all about as wide as a terminal, but for the last."""
    widths = [len(line) for line in lines[:-1]]
    if widths and all(_WRAPPED[0] <= width <= _WRAPPED[1] for width in widths):
        return [" ".join(lines)]
    return lines


def _divide_paragraph(text: str) -> list[str]:
    """Paragraphs of wire copy in one `p`: its blocks, else its lines, when each of them ends as a sentence does."""
    if len(text) < _SHORTEST_TEXT:
        return [text]
    for division in (_BLANK_LINE, _LINE_END):
        parts = _split(text, division)
        if len(parts) > 2 and all(map(_SENTENCE_END.search, parts)):
            return parts
    return [text]


def _replace_text(element: _Element, parts: list[str]) -> None:
    """Puts paragraphs in the place of the text of an element."""
    from lxml import etree

    element.text = None
    element.tag = "div"
    for part in parts:
        etree.SubElement(element, "p").text = part
