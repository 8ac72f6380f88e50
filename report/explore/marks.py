"""Cut texts into marked pieces: an article by paragraphs, a search hit by the words of the query.

Texts are cut by offsets before they become HTML, and the template escapes each piece.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from report.article_page import Piece, cut, spans_of
from warehouse.query.live import Row
from warehouse.query.marking import find_words, stems_of

BREAK = re.compile(r"\n[^\S\n]*\n\s*")
MAX_SHOWN = 700  # characters of a statement in a list


@dataclass
class Paragraph:
    """A paragraph of an article: its marked pieces, and the statements whose first mark it contains."""

    pieces: list[Piece]
    statements: list[Row] = field(default_factory=list)


def mark_words(text: str, words: str, length: int = MAX_SHOWN) -> list[tuple[str, bool]]:
    """Cut a text into pieces that match `words` (True) or not (False); shorten a long text around the first match."""
    spans = find_words(stems_of(words), text)
    start = max(0, spans[0][0] - length // 3) if spans and spans[0][0] > length // 2 else 0
    end = min(len(text), start + length)
    inside = [(max(a, start), min(b, end)) for a, b in spans if b > start and a < end]
    marks = {point for span in inside for point in span}
    pieces = [(text[a:b], (a, b) in set(inside)) for a, b in pairwise(sorted({start, end, *marks}))]
    return [("…", False)] * (start > 0) + pieces + [("…", False)] * (end < len(text))


def read_paragraphs(body: str, statements: Sequence[Row]) -> list[Paragraph]:
    """Cut the body into paragraphs; joined with the blank lines between them, the paragraphs are the whole body."""
    spans = spans_of(statements)
    bounds = _bounds(body)
    firsts: dict[int, list[Row]] = {}
    for row in statements:
        start = min(a for a, _, no, _ in spans if no == row["seq_no"])
        firsts.setdefault(_paragraph_at(bounds, start), []).append(row)
    return [
        Paragraph(_cut_between(body, spans, start, end), firsts.get(number, []))
        for number, (start, end) in enumerate(bounds)
    ]


def around_marks(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs that have marks, and the paragraphs directly before and after them."""
    marked = [at for at, one in enumerate(paragraphs) if any(piece.marks for piece in one.pieces)]
    return [one for at, one in enumerate(paragraphs) if any(abs(at - mark) <= 1 for mark in marked)]


def _bounds(body: str) -> list[tuple[int, int]]:
    breaks = [(found.start(), found.end()) for found in BREAK.finditer(body)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(body)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _paragraph_at(bounds: Sequence[tuple[int, int]], place: int) -> int:
    return next((number for number, (_, end) in enumerate(bounds) if place < end), len(bounds) - 1)


def _cut_between(body: str, spans: Sequence[tuple[int, int, int, str]], start: int, end: int) -> list[Piece]:
    inside = [
        (max(a, start) - start, min(b, end) - start, no, part)
        for a, b, no, part in spans
        if a < end and b > start
    ]
    return cut(body[start:end], inside)
