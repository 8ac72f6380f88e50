"""Find the corrected wording of a statement in the body of its article.

A content is evidence, so a wording must consist of slices of the body, and one slice must overlap the extracted
content. The correction may use other white space and other kinds of quotation marks; the text of the body is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.extract.spans import kind_of
from transforms.extract.tokens import tokenize

BAR = "|"  # separates pieces of a content with other words in between: “We lost,” she said, “and they won.”
AROUND = 5_000  # code points to search before and after the extracted content
_PLAIN = str.maketrans("“”„«»‘’‚", '"""""\'\'\'')  # one character for one, so that offsets stay valid

Span = tuple[int, int]


class Wording(NamedTuple):
    """The words of a statement, their place in the body (start and end of each piece), and their kind."""

    content: str
    spans: list[Span]
    kind: str


def split_pieces(value: str) -> list[list[str]]:
    """Return the words of each piece of a wording."""
    return [piece.split() for piece in value.split(BAR)]


class Found(NamedTuple):
    """The body of an article, the place of a statement's content in it, and the kind of that content."""

    body: str
    spans: list[Span]
    kind: str


def find_wording(statement: Found, value: str) -> Wording | None:
    """Return the wording if the pieces of `value` occur near the extracted content, else None.

    The first piece is matched nearest to the content; the other pieces must follow in order.
    """
    body, found = statement.body, statement.spans
    if not found:
        return None
    first, last = found[0][0], found[-1][1]
    start = max(first - AROUND, 0)
    near = body[start : last + AROUND].translate(_PLAIN)
    forms = [_form_of(words) for words in split_pieces(value.translate(_PLAIN))]
    places = [match.span() for match in forms[0].finditer(near)]
    if not places:
        return None
    spans = [min(places, key=lambda place: abs(place[0] + start - first))]
    for form in forms[1:]:
        match = form.search(near, spans[-1][1])
        if match is None:
            return None
        spans.append(match.span())
    pieces = [(begin + start, end + start) for begin, end in spans]
    if not any(begin < old_end and old_begin < end for begin, end in pieces for old_begin, old_end in found):
        return None
    return Wording(" ".join(body[begin:end] for begin, end in pieces), pieces, _read_kind(statement, pieces))


def _form_of(words: list[str]) -> re.Pattern[str]:
    """Return a pattern for whole words with any white space between them."""
    start, end = (r"(?<!\w)" if words[0][0].isalnum() else ""), (r"(?!\w)" if words[-1][-1].isalnum() else "")
    return re.compile(start + r"\s+".join(map(re.escape, words)) + end)


def _read_kind(statement: Found, pieces: list[Span]) -> str:
    """Return the kind of the pieces, according to the quotation marks around them.

    If only the layout marks the statement as direct, as in interviews, it stays direct.
    """
    if statement.kind == "direct" and kind_of_pieces(statement.body, statement.spans) != "direct":
        return "direct"
    return kind_of_pieces(statement.body, pieces)


def kind_of_pieces(body: str, pieces: Sequence[Span]) -> str:
    """Return `direct`, `indirect` or `mixed`, according to the quotation marks around the pieces of a content."""
    tokens = tokenize(body)
    numbers = range(len(tokens))
    spans = []
    for begin, end in pieces:
        within = [i for i in numbers if tokens.starts[i] < end and begin < tokens.ends[i]]
        if within:
            spans.append((within[0], within[-1] + 1))
    return kind_of(tokens, spans)
