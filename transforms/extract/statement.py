"""One statement as spans of tokens, whatever found it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]  # first token, one past the last


@dataclass(frozen=True)
class TokenStatement:
    """Spans count from the start of the text's tokens. A statement without a cue is attributed by the layout, or by
    the sentence before it.

    `scores` are log-probabilities: of the content's words, of the least likely of them, that the content begins and
    ends where it does; of the cue, the link between them, the source.
    """

    contents: list[Span]
    cue: Span | None
    source: Span | None
    scores: tuple[float, ...] = (0.0,) * 7
    by_layout: bool = False  # attributed by the layout, which gives what was said word for word

    @property
    def spans(self) -> list[Span]:
        return [span for span in (*self.contents, self.cue, self.source) if span]

    @property
    def start(self) -> int:
        """First token of content and cue; of the source when there is no cue."""
        return min(self.contents[0][0], (self.cue or self.source or self.contents[0])[0])

    @property
    def tokens(self) -> Iterator[int]:
        """All tokens of content and cue."""
        return (i for span in (*self.contents, self.cue) if span for i in range(*span))
