"""Apply edits to an annotated text and adjust its spans."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

SPANS = ("content", "source", "cue")


@dataclass(frozen=True, order=True)
class Edit:
    """Replaces an article's characters from `start` to `end` with `text`; an insertion has `start == end`."""

    start: int
    end: int
    text: str


def edit_article(article: dict[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """Apply edits to an article's text and adjust the spans of its statements.

    A span that contains an edit grows or shrinks with the edit. Text inserted at the edge of a span stays outside the
    span. If edits overlap, only the first is applied.
    """
    kept = _apart(sorted(edits))
    text, parts, done = article["text"], [], 0
    for edit in kept:
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    move = _Moved(kept)
    return {
        **article,
        "text": "".join([*parts, text[done:]]),
        "statements": [_moved_statement(statement, move) for statement in article["statements"]],
    }


def _apart(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in edits:
        if not kept or edit.start > kept[-1].end or (edit.start == kept[-1].end and edit.end > edit.start):
            kept.append(edit)
        elif edit.start == kept[-1].end == edit.end:
            kept[-1] = replace(kept[-1], text=kept[-1].text + edit.text)
    return kept


class _Moved:
    """Maps offsets of the old text to offsets of the new one."""

    def __init__(self, edits: list[Edit]) -> None:
        self._edits = edits
        self._starts = [edit.start for edit in edits]
        grown = [len(edit.text) - (edit.end - edit.start) for edit in edits]
        self._grown = [0, *accumulate(grown)]

    def start(self, offset: int) -> int:
        """Map an offset at which a span starts; text that is inserted there stays before the span."""
        return self._move(offset, bisect.bisect_right(self._starts, offset), at_end=False)

    def end(self, offset: int) -> int:
        """Map an offset at which a span ends; text that is inserted there stays after the span."""
        return self._move(offset, bisect.bisect_left(self._starts, offset), at_end=True)

    def _move(self, offset: int, passed: int, at_end: bool) -> int:
        if passed and self._edits[passed - 1].end > offset:  # inside replaced text: move to its edge
            edit = self._edits[passed - 1]
            new_start = edit.start + self._grown[passed - 1]
            return new_start + (len(edit.text) if at_end or edit.start < offset else 0)
        return offset + self._grown[passed]


def _moved_statement(statement: dict[str, Any], move: _Moved) -> dict[str, Any]:
    return statement | {part: _moved_spans(statement[part], move) for part in SPANS}


def _moved_spans(spans: list[list[int]] | None, move: _Moved) -> list[list[int]] | None:
    if not spans:
        return spans
    moved = [[move.start(start), move.end(end)] for start, end in spans]
    return [span for span in moved if span[0] < span[1]] or None
