"""Define a statement as spans of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Span = tuple[int, int]  # first token, and the token after the last


class TokenStatement(NamedTuple):
    """A statement as spans that count from the first token of the text.

    A statement without a cue is attributed by the layout or by the sentence before it.

    `scores` are seven log-probabilities. Four are about the content: its words, its least likely word, the beginnings
    and the ends of its pieces. The others are about the cue, the link between content and cue, and the source.
    """

    contents: list[Span]
    cue: Span | None
    source: Span | None
    scores: tuple[float, ...] = (0.0,) * 7
    by_layout: bool = False  # whether the layout attributes the words, which are then a verbatim quotation

    @property
    def spans(self) -> list[Span]:
        return [span for span in (*self.contents, self.cue, self.source) if span]

    @property
    def start(self) -> int:
        """Return the first token of content and cue or, without a cue, of content and source."""
        return min(self.contents[0][0], (self.cue or self.source or self.contents[0])[0])

    @property
    def tokens(self) -> Iterator[int]:
        """Yield all tokens of content and cue."""
        return (i for span in (*self.contents, self.cue) if span for i in range(*span))
