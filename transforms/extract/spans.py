"""Convert token spans to spans of the text, and find the kind of a content."""

from __future__ import annotations

from transforms.extract.statement import Span
from transforms.extract.tokens import LINE_BREAK, UNQUOTED, Tokens

_QUOTATION_MARKS = frozenset("\"“”„«»〝〞'‘’") | {"``", "''"}
_LOOSE_MARKS = frozenset(",;:-–—") | {"--"}
_FULL_STOPS = frozenset(".…") | {"..", "..."}


def content_pieces(tokens: Tokens, spans: list[Span]) -> tuple[list[Span], str]:
    """Return the pieces of a content as spans of the text, and the kind that the quotation marks show.

    A piece ends at a line break. Marks around the content are left out: quotation marks that enclose a whole piece,
    commas and dashes at its ends, the full stop after an unquoted piece. If only marks are left, the list is empty.
    """
    lines = [line for span in spans for line in split_at_lines(tokens, span) if _has_word(tokens, *line)]
    pieces = [_trim(tokens, line) for line in lines]
    return [text_span(tokens, piece) for piece in pieces], kind_of(tokens, pieces)


def text_span(tokens: Tokens, span: Span) -> Span:
    """Return a token span as code points, end exclusive, including marks and line breaks at its ends."""
    return tokens.starts[span[0]], tokens.ends[span[1] - 1]


def trim_breaks(tokens: Tokens, span: Span) -> Span | None:
    """Return the first line of a source or cue that contains a word; None if no line does."""
    for piece in split_at_lines(tokens, span):
        if _has_word(tokens, *piece):
            return piece
    return None


def split_at_lines(tokens: Tokens, span: Span) -> list[Span]:
    """Split a token span at its line breaks."""
    pieces, start = [], span[0]
    for i in range(*span):
        if tokens.words[i] == LINE_BREAK:
            pieces.append((start, i))
            start = i + 1
    return [(b, e) for b, e in [*pieces, (start, span[1])] if b < e]


def _trim(tokens: Tokens, piece: Span) -> Span:
    start, end = _trim_loose(tokens, *piece)
    if _enclosed(tokens, start, end):
        start, end = start + (tokens.words[start] in _QUOTATION_MARKS), end - _closes(tokens, end)
        return _trim_loose(tokens, start, end)
    if end > start and tokens.words[end - 1] in _FULL_STOPS and tokens.quoted[end - 1] == UNQUOTED:
        end -= 1
    return start, end


def _trim_loose(tokens: Tokens, start: int, end: int) -> Span:
    while start < end and tokens.words[start] in _LOOSE_MARKS:
        start += 1
    while end > start and tokens.words[end - 1] in _LOOSE_MARKS:
        end -= 1
    return start, end


def _closes(tokens: Tokens, end: int) -> bool:
    return tokens.words[end - 1] in _QUOTATION_MARKS


def _enclosed(tokens: Tokens, start: int, end: int) -> bool:
    """Whether one quotation covers the piece: all its tokens are quoted, and double marks are only at its ends."""
    if any(tokens.quoted[i] == UNQUOTED for i in range(start, end)):
        return False
    return not any(_is_outer_mark(tokens, i) for i in range(start + 1, end - 1))


def _is_outer_mark(tokens: Tokens, i: int) -> bool:
    """Whether token i is a double quotation mark, which opens or closes a quotation that is not nested."""
    return tokens.words[i] in ('"', "“", "”", "``", "''")


def _has_word(tokens: Tokens, start: int, end: int) -> bool:
    return any(map(_is_word, tokens.words[start:end]))


def _is_word(token: str) -> bool:
    """Whether the token begins or ends with a letter or digit: "U.S.", "'s"."""
    return token[0].isalnum() or token[-1].isalnum()


def kind_of(tokens: Tokens, pieces: list[Span]) -> str:
    """Return `direct` if all words are quoted, `indirect` if none are, else `mixed`."""
    quoted = [
        tokens.quoted[i] != UNQUOTED
        for start, end in pieces
        for i in range(start, end)
        if _is_word(tokens.words[i])
    ]
    if quoted and all(quoted):
        return "direct"
    return "mixed" if any(quoted) else "indirect"
