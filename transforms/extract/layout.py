"""Tokens -> the statements that only the layout attributes: turns of an interview, quotations signed with a name.

WALDEN: Will the bridge open?                   “It opens when it opens.” — Ada Walden, engineer
MINISTER: It opens when it opens.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tokens import DOUBLE, LINE_BREAK, Tokens

LONGEST_LABEL, LONGEST_SIGNATURE = 8, 14  # tokens
OPENING_MARKS = frozenset('"“') | {"``", "''"}
DASHES = frozenset(("-", "–", "—", "―", "--", "---"))


def find_attributed(tokens: Tokens) -> list[TokenStatement]:
    """Turns and signed quotations in the order of the text."""
    lines = _lines(tokens)
    found = [*_turns(tokens, lines), *_signed(tokens, lines)]
    return sorted(found, key=lambda statement: statement.start)


def _lines(tokens: Tokens) -> list[Span]:
    breaks = [-1, *(i for i, word in enumerate(tokens.words) if word == LINE_BREAK), len(tokens)]
    return [(before + 1, after) for before, after in pairwise(breaks) if before + 1 < after]


def _turns(tokens: Tokens, lines: list[Span]) -> list[TokenStatement]:
    """The speaker turns, when labels come back: at least two, and one of them twice or three of them."""
    labels = {k: label for k, line in enumerate(lines) if (label := _label(tokens, line))}
    names = Counter(" ".join(tokens.words[start:end]) for start, end in labels.values())
    if len(labels) < 2 or (max(names.values()) < 2 and len(labels) < 3):
        return []
    turns = []
    numbers = sorted(labels)
    for k, after in zip(numbers, [*numbers[1:], numbers[-1] + 1], strict=True):
        first = (labels[k][1] + 1, lines[k][1])
        contents = [span for span in [first, *lines[k + 1 : after]] if not _is_stage_direction(tokens, span)]
        if contents:
            turns.append(TokenStatement(contents, None, labels[k]))
    return turns


def _label(tokens: Tokens, line: Span) -> Span | None:
    """The name before the colon that opens a line: in capitals, with a note in brackets at the most."""
    start, end = line
    while start < end and tokens.words[start] in OPENING_MARKS:  # a transcript quoted as a whole
        start += 1
    colon = next((i for i in range(start, min(end, start + LONGEST_LABEL)) if tokens.words[i] == ":"), None)
    if colon is None or colon == start or colon + 1 >= end:
        return None
    name_end = next((i for i in range(start, colon) if tokens.words[i] in "(["), colon)
    words = [word for word in tokens.words[start:name_end] if word[0].isalpha()]
    marks = [word for word in tokens.words[start:name_end] if not word[0].isalpha()]
    if not words or not all(word.isupper() for word in words) or set(marks) - {".", "’", "'", "-", ","}:
        return None
    return start, colon


def _is_stage_direction(tokens: Tokens, span: Span) -> bool:
    """'(LAUGHTER)', '[crosstalk]': a line in brackets."""
    words = tokens.words[span[0] : span[1]]
    return not any(w[0].isalnum() for w in words) or (words[0] in "([" and words[-1] in (")", "]", "."))


def _signed(tokens: Tokens, lines: list[Span]) -> list[TokenStatement]:
    """Quotations that fill a line and are followed by a dash and a name, there or on the next line."""
    found = []
    for k, (start, end) in enumerate(lines):
        if tokens.quoted[start] != DOUBLE:
            continue
        close = next((i for i in range(start, end) if tokens.quoted[i] != DOUBLE), end)
        signature = (close, end) if close < end else lines[k + 1] if k + 1 < len(lines) else (end, end)
        source = _signature(tokens, signature)
        if source and close - start > 2:
            found.append(TokenStatement([(start, close)], None, source))
    return found


def _signature(tokens: Tokens, span: Span) -> Span | None:
    """The name after a dash, to the first comma or the end; None when what follows is no name."""
    start, end = span
    if end - start < 2 or end - start > LONGEST_SIGNATURE or tokens.words[start] not in DASHES:
        return None
    name_end = next((i for i in range(start + 1, end) if tokens.words[i] in (",", "(", ".")), end)
    if name_end == start + 1 or not all(_may_be_in_name(word) for word in tokens.words[start + 1 : name_end]):
        return None
    return start + 1, name_end


def _may_be_in_name(word: str) -> bool:
    return word[0].isupper() or word in (
        "de",
        "da",
        "del",
        "van",
        "von",
        "der",
        "bin",
        "al",
        "of",
        "the",
        "and",
        "&",
    )
