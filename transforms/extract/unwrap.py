"""Replace the line breaks inside paragraphs by spaces in text wrapped at a fixed width.

Wire copy and mail are often wrapped at 60 to 80 columns; without this step, each line would count as a paragraph. The
result has the same length as the text, so offsets stay valid.
"""

from __future__ import annotations

import re
from itertools import pairwise

NARROWEST, WIDEST = 40, 100  # code points; wrapped texts have their longest line in this range
FEWEST = 2  # a wrapped text has at least this many line breaks that look like wraps
SHARE = 0.5  # in a wrapped text, at least this share of the single line breaks look like wraps
SLACK = 6  # columns by which the lengths of wrapped lines may differ

_LINE = re.compile(r"(?P<text>[^\r\n]*)(?P<end>\r\n|\r|\n|$)")


def unwrap(text: str) -> str:
    """Return `text` with spaces instead of the line breaks of wrapping; a text that is not wrapped does not change."""
    width = max((len(line.rstrip()) for line in text.splitlines()), default=0)
    if not NARROWEST <= width <= WIDEST:
        return text
    lines = [line for line in _LINE.finditer(text) if line.group()]
    singles = [(line, after) for line, after in pairwise(lines) if _goes_on(line["text"], after["text"])]
    full = [not _would_fit(line["text"], after["text"], width) for line, after in singles]
    if sum(full) < FEWEST or sum(full) < SHARE * len(singles):
        return text
    wraps = [
        line
        for (line, after), is_full in zip(singles, full, strict=True)
        if is_full or after["text"][0].islower()
    ]
    return _blank(text, wraps)


def _goes_on(line: str, after: str) -> bool:
    """Whether both lines have text and the second is not indented; an indented line may begin a paragraph."""
    return bool(line.strip()) and bool(after.strip()) and not after[0].isspace()


def _would_fit(line: str, after: str, width: int) -> bool:
    """Whether the next word would have fitted on the line, which means that the line break is deliberate."""
    return len(line.rstrip()) + 1 + len(after.split(maxsplit=1)[0]) <= width - SLACK


def _blank(text: str, lines: list[re.Match[str]]) -> str:
    parts, done = [], 0
    for line in lines:
        start, end = line.span("end")
        parts += [text[done:start], " " * (end - start)]
        done = end
    return "".join([*parts, text[done:]])
