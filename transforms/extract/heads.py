"""Group the contents of a window into statements, and find the cue of each statement.

The head of a statement is its cue or, without a cue, its first content; a quotation in a separate paragraph often has
no cue. Spans count from the start of the window.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from transforms.extract.links import Links
from transforms.extract.statement import Span
from transforms.extract.tokens import LINE_BREAK

# The tags missed a cue if the link to it is stronger than all other links by this log-probability,
# and if each of its words belongs to a cue with at least this probability.
MISSED_MARGIN = 0.5
MISSED_CUE, LONGEST_MISSED_CUE = np.log(0.05), 4
LEAST = math.exp(-30)  # the probability of what cannot be
LOOSE_LINK = -1.5  # log-probability below which a content has no head
# The same for an unquoted passage of a head that has several passages. ODD_EXTRA_LINK applies if another passage is
# quoted or the head is on another line.
LOOSE_EXTRA_LINK, ODD_EXTRA_LINK = -0.6, -0.05
LOOSE_EXTRA_QUOTATION = -1.5  # the same for a quoted passage of a head that has several passages
CUELESS_LINK = -0.7  # log-probability of "no cue" above which an unquoted content needs no cue
SHORTEST_CUELESS = 4  # tokens; a shorter quotation needs a cue
# Words before a full stop that does not end a sentence.
TITLES = frozenset("mr mrs ms dr sen rep gov gen col lt sgt st prof rev".split())
OPENING_MARKS = frozenset('"“„«') | {"``", "''"}
CLOSING_MARKS = frozenset('"”»') | {"''"}
SENTENCE_MARKS = frozenset((".", "?", "!", LINE_BREAK))  # the tokens that may end a sentence


@dataclass(frozen=True)
class Passage:
    """A content, or the contents of a quotation over several paragraphs, and the log-probability of its link.

    The link goes from the passage to its head.
    """

    spans: list[Span]
    link: float


@dataclass(eq=False)
class Head:
    """A cue, or the first content of a statement without a cue, with the passages that belong to it."""

    span: Span
    is_cue: bool
    passages: list[Passage] = field(default_factory=list)

    @property
    def contents(self) -> list[Span]:
        return [span for passage in self.passages for span in passage.spans]


def find_runs_on(words: Sequence[str], quotations: Sequence[Span]) -> set[int]:
    """Return the first tokens of quotations that continue a quotation of the previous paragraph.

    In '“One. ¶ “Two,” he said', the second opening mark continues the quotation that the first paragraph left open.
    """
    found = set()
    for (_, end), (start, _) in pairwise(quotations):
        is_next = start == end + 1 and words[end] == LINE_BREAK
        if is_next and words[end - 1] not in CLOSING_MARKS and words[start] in OPENING_MARKS:
            found.add(start)
    return found


def ends_sentence(words: Sequence[str], i: int) -> bool:
    """Whether a token ends a sentence; the full stop of 'Mr.' or of an initial does not."""
    if words[i] in ("?", "!"):
        return True
    before = words[i - 1].lower() if i else ""
    return words[i] == "." and len(before) > 1 and before not in TITLES


def find_heads(
    contents: list[Span],
    cues: list[Span],
    words: Sequence[str],
    links: Links,
    is_cue: np.ndarray,
    quoted: Sequence[int],
    runs_on: set[int],
) -> list[Head]:
    """Return the heads with their contents, in the order of the text, including cues that only the links reveal.

    `is_cue` has the log-probability that each token belongs to a cue. `quoted` says whether each token is quoted.
    `runs_on` has the first tokens of contents that continue the previous content.

    A content that points to a word outside all cues reveals a cue that the tags missed; a content that points to itself
    has no cue. Without a clear pointer, an unquoted content is dropped, and a quotation becomes a separate statement.
    """
    heads = [Head(cue, is_cue=True) for cue in _join(cues)]
    bounds = _bounds_of(heads)
    groups = _group(contents, runs_on)
    starts = _sentence_starts(words)
    upto, lines = np.zeros(len(words) + 1), links.lines.tolist()
    for spans, chances in zip(groups, np.exp(links.head_of_contents(groups)), strict=True):
        _keep_in_reach(chances, spans, words, starts, quoted, lines, heads)
        np.add.accumulate(chances, out=upto[1:])
        head = _choose(spans, chances, upto, heads, bounds, is_cue, quoted)
        if head is not None:
            if head not in heads:
                heads.append(head)
                bounds = _bounds_of(heads)
            head.passages.append(Passage(spans, _link(upto, head)))
    loose = [own for head in heads for own in _let_go(head, quoted, lines)]
    return sorted([head for head in [*heads, *loose] if head.passages], key=lambda head: head.span)


def _choose(
    spans: list[Span],
    chances: np.ndarray,
    upto: np.ndarray,
    heads: list[Head],
    bounds: np.ndarray,
    is_cue: np.ndarray,
    quoted: Sequence[int],
) -> Head | None:
    """Choose the head of a passage: one of `heads`, a missed cue, the passage itself, or None.

    `chances` has the probability that the passage points to each token; `upto` has, for each token, the sum of the
    probabilities of the tokens before it. `bounds` has what `_bounds_of` returns for the heads.
    """
    own = Head(spans[0], is_cue=False)
    best = heads[int(_chances_of(upto, bounds).argmax())] if heads else own
    own_link, link = _link(upto, own), _link(upto, best)
    missed = _missed_cue(chances, max(own_link, link), heads, spans, is_cue)
    if missed is not None:
        return missed
    is_quotation = _is_quotation(spans, quoted)
    if own_link > link and own_link > (LOOSE_LINK if is_quotation else CUELESS_LINK):
        return own
    if best is not own and link > LOOSE_LINK:
        return best
    return own if is_quotation else None


def _join(cues: list[Span]) -> list[Span]:
    """Join cues that directly follow each other: 'also | said'."""
    joined: list[Span] = []
    for start, end in cues:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _group(contents: list[Span], runs_on: set[int]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for span in contents:
        if span[0] in runs_on and groups and groups[-1][-1][1] == span[0] - 1:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _crossed(heads: list[Head], spans: list[Span], lines: Sequence[int], starts: Sequence[int]) -> list[Span]:
    """Return the cues that another statement separates from a passage, if it is on a later line or in a later sentence.

    In '“One,” Orr said. ¶ “Two,” Walden said. ¶ “Three.”', the third quotation cannot continue the first. In
    '“One,” Orr said. Walden denied the claim. “Two.”', the second one cannot.
    """
    start = spans[0][0]
    earlier = [head for head in heads if head.is_cue and head.span[1] <= start]
    above = [head for head in earlier if lines[head.span[0]] < lines[start]]
    latest = max((head.span[0] for head in above), default=0)
    beside = [head for head in earlier if head.passages and lines[head.span[0]] == lines[start]]
    next_sentence = max((_sentence_start(head.span[0], starts) for head in beside), default=0)
    return [
        head.span
        for head in earlier
        if (lines[head.span[0]] < lines[start] and _last_word(head) <= latest and head.span[0] < latest)
        or _last_word(head) <= next_sentence
    ]


def _last_word(head: Head) -> int:
    """Return the end of a statement: of its cue or of its last content."""
    return max([head.span[1], *(end for _, end in head.contents)])


def _sentence_starts(words: Sequence[str]) -> list[int]:
    """Return 0 and the tokens after the ends of sentences and lines."""
    marks = [i for i, word in enumerate(words) if word in SENTENCE_MARKS]
    return [0, *(i + 1 for i in marks if words[i] == LINE_BREAK or ends_sentence(words, i))]


def _sentence_start(i: int, starts: Sequence[int]) -> int:
    """Return the first word of the sentence of a word; `starts` has what `_sentence_starts` returns."""
    return starts[bisect_right(starts, i) - 1]


def _keep_in_reach(
    chances: np.ndarray,
    spans: list[Span],
    words: Sequence[str],
    starts: Sequence[int],
    quoted: Sequence[int],
    lines: Sequence[int],
    heads: list[Head],
) -> None:
    """Exclude, in place, tokens that cannot be in the cue of a passage; for quotations, others get their probability.

    In '“It will hold.” ¶ Orr doubts it. “No,” he said', 'said' is not the cue of the first quotation, because unquoted
    words begin the next line. If a quotation ends with a comma, its cue is on the same line. The cue of unquoted words
    after a cue of their own sentence is not in an earlier sentence: 'Orr said it held. Walden welcomed the | ruling'.
    """
    if not any(quoted[start] for start, _ in spans):
        first = _sentence_start(spans[0][0], starts)
        if any(first <= head.span[0] < spans[0][0] for head in heads if head.is_cue):
            chances[:first] = LEAST
    if not _is_quotation(spans, quoted):
        return
    out_of_reach = [*_beyond(spans, words, quoted, lines), *_crossed(heads, spans, lines, starts)]
    if out_of_reach:
        total = np.add.reduce(chances)
        for start, stop in out_of_reach:
            chances[start:stop] = 0
        chances *= total / max(np.add.reduce(chances), LEAST)
        for start, stop in out_of_reach:
            chances[start:stop] = LEAST


def _beyond(
    spans: list[Span], words: Sequence[str], quoted: Sequence[int], lines: Sequence[int]
) -> Iterator[Span]:
    """Yield the ranges of tokens on other lines that cannot be in the cue of a quotation, see `_keep_in_reach`."""
    end = spans[-1][1]
    later = bisect_right(lines, lines[end - 1])
    if words[end - 2] == "," and words[end - 1] in CLOSING_MARKS and end < later:
        yield 0, spans[0][0]
        yield later, len(lines)
    elif later + 1 < len(lines) and not quoted[later + 1]:
        yield later, len(lines)


def _link(upto: np.ndarray, head: Head) -> float:
    """Return the log-probability that a passage points to a head."""
    start, end, second, second_end = _pointed_words(head)
    of_first, of_second = upto[end] - upto[start], upto[second_end] - upto[second]
    return math.log(max(of_first, of_second, LEAST))


def _chances_of(upto: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Return the probability that a passage points to each head; `bounds` has what `_bounds_of` returns for the heads.

    For a cue, the probabilities of its words are added; for a content, the larger one of its first two words counts.
    """
    start, end, second, second_end = upto[bounds]
    found: np.ndarray = np.maximum(np.maximum(end - start, second_end - second), LEAST)
    return found


def _bounds_of(heads: Sequence[Head]) -> np.ndarray:
    """Return an array [4, heads] with the `_pointed_words` of each head."""
    return np.array([_pointed_words(head) for head in heads], np.int64).reshape(-1, 4).T


def _pointed_words(head: Head) -> tuple[int, int, int, int]:
    """Return start and end of two ranges of words: the first two words of a content, or twice the whole cue."""
    start, end = head.span
    if head.is_cue:
        return start, end, start, end
    second = min(end, start + 2)
    return start, start + 1, second - 1, second


def _is_quoted(spans: list[Span], quoted: Sequence[int]) -> bool:
    return all(all(quoted[start:end]) for start, end in spans)


def _is_quotation(spans: list[Span], quoted: Sequence[int]) -> bool:
    """Whether a passage is quoted as a whole and longer than a phrase."""
    return _is_quoted(spans, quoted) and sum(end - start for start, end in spans) >= SHORTEST_CUELESS


def _missed_cue(
    chances: np.ndarray, link: float, heads: list[Head], spans: list[Span], is_cue: np.ndarray
) -> Head | None:
    """Return the cue that the tags missed, if the content points to it clearly more than to any head.

    `link` is the log-probability of the head that the content points to most."""
    first = int(chances.argmax())
    if math.log(max(chances[first], LEAST)) - link <= MISSED_MARGIN or is_cue[first] <= MISSED_CUE:
        return None
    end = first + 1
    while end < len(is_cue) and is_cue[end] > MISSED_CUE and end - first < LONGEST_MISSED_CUE:
        end += 1
    taken = [*spans, *(head.span for head in heads)]
    return None if any(overlap((first, end), span) for span in taken) else Head((first, end), is_cue=True)


def _let_go(head: Head, quoted: Sequence[int], lines: Sequence[int]) -> list[Head]:
    """Remove from a head the passages that hardly belong to it, and return the quotations among them as new heads.

    The most likely passage stays. An unquoted passage needs a higher probability if the head also has a quotation or is
    on another line.
    """
    if len(head.passages) < 2:
        return []
    surest = max(passage.link for passage in head.passages)
    quotes = any(_is_quoted(passage.spans, quoted) for passage in head.passages)

    def is_sure(passage: Passage) -> bool:
        apart = lines[passage.spans[0][0]] != lines[head.span[0]]
        if _is_quoted(passage.spans, quoted):
            least = LOOSE_EXTRA_QUOTATION
        else:
            least = ODD_EXTRA_LINK if quotes or apart else LOOSE_EXTRA_LINK
        return passage.link == surest or passage.link > least

    loose = [passage for passage in head.passages if not is_sure(passage)]
    head.passages = [passage for passage in head.passages if is_sure(passage)]
    return [
        Head(passage.spans[0], is_cue=False, passages=[passage])
        for passage in loose
        if _is_quotation(passage.spans, quoted)
    ]


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a token."""
    return a[0] < b[1] and b[0] < a[1]
