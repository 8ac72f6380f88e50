"""What the network says of a window -> statements as token spans.

Contents and cues are read off their tags; then each content is given to the head its words point at: a cue, or the
content itself when it has none, as a quotation in a paragraph of its own. The head takes the source its first word
points at, or none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from transforms.extract.links import Links
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tagger import Tagger, Window
from transforms.extract.tokens import DOUBLE, LINE_BREAK, UNQUOTED
from transforms.extract.viterbi import BEGIN, INSIDE, OUTSIDE

CONTENT, CUE, SOURCE = 0, 1, 2
Piece = tuple[Span, float]  # a piece of a content and the log-probability of its link
WHOLE_FROM = 0.5  # share of a quotation that makes all of it content
LONGEST_SOURCE = 40  # tokens
MISSED_MARGIN = 0.5  # by so much a content must point elsewhere before a cue counts as missed...
MISSED_CUE, LONGEST_MISSED_CUE = np.log(0.05), 4  # ...and so likely each of its words must be one
LOOSE_LINK = -1.5  # log-probability below which a content belongs to nobody
LOOSE_EXTRA_LINK, ODD_EXTRA_LINK = -0.6, -0.05  # the same for a further piece, and for one that fits badly
CUELESS_LINK = -0.7  # log-probability that an unquoted content has no cue, from which it may do without
SHORTEST_CUELESS = 4  # tokens of a quotation that may stand without a cue
HEAD_WORDS = 2  # first words of a content, one of which is its head: the quotation mark may be left out
SURE = 1e-4  # keeps the logarithm of what is out of the question finite
UNTAGGED_PENALTY = 1.0  # a source that was pointed at but not tagged must be that much likelier


@dataclass
class Head:
    """A cue, or the first content of a statement without one, and the contents that belong to it."""

    span: Span
    is_cue: bool
    pieces: list[Piece] = field(default_factory=list)


def read_statements(window: Window, labels: np.ndarray, tagger: Tagger) -> list[TokenStatement]:
    """The statements of one window, whose tokens got `labels` [tokens, layers], in the order of the text."""
    contents, cues, sources = (read_spans(labels[:, layer]) for layer in (CONTENT, CUE, SOURCE))
    if not contents:
        return []
    quoted = np.array(window.tokens.quoted[window.start : window.end])
    contents = complete_quotations(contents, cues, sources, read_runs(quoted == DOUBLE))
    contents = _lines_of(contents, window)
    links = Links(window, tagger)
    inside = np.logaddexp(window.tags[..., BEGIN], window.tags[..., INSIDE])
    heads = _find_heads(contents, cues, links, inside[:, CUE], quoted != UNQUOTED)
    statements = []
    for head, (source, source_score) in zip(heads, _choose_sources(heads, sources, links), strict=True):
        spans = [span for span, _ in head.pieces]
        scores = (
            *_score_content(spans, window.tags[:, CONTENT], inside[:, CONTENT]),
            float(inside[slice(*head.span), CUE].mean()) if head.is_cue else 0.0,
            float(np.mean([score for _, score in head.pieces])),
            source_score,
        )
        cue = head.span if head.is_cue else None
        statements.append(_shifted(spans, cue, source, scores, window.start))
    return sorted(statements, key=lambda statement: statement.start)


def _lines_of(contents: list[Span], window: Window) -> list[Span]:
    """Contents cut where a line ends, so that each paragraph of a long quotation asks for its cue."""
    words = window.tokens.words[window.start : window.end]
    breaks = [i for i, word in enumerate(words) if word == LINE_BREAK]
    if not breaks:
        return contents
    return [
        (first + 1, last)
        for start, end in contents
        for first, last in pairwise([start - 1, *(b for b in breaks if start <= b < end), end])
        if last > first + 1
    ]


def _score_content(
    spans: list[Span], tags: np.ndarray, inside: np.ndarray
) -> tuple[float, float, float, float]:
    """Log-probabilities of the words, of the least likely of them, of the beginnings and of the ends."""
    ends = [end for _, end in spans if end < len(tags)]
    over = np.log1p(SURE - np.exp(tags[ends, INSIDE]))
    return (
        float(np.mean([inside[start:end].mean() for start, end in spans])),
        float(min(inside[start:end].min() for start, end in spans)),
        float(tags[[start for start, _ in spans], BEGIN].mean()),
        float(over.sum() / len(spans)),
    )


def read_spans(labels: np.ndarray) -> list[Span]:
    """Spans of a legal row of tags."""
    starts = np.flatnonzero(labels == BEGIN)
    goes_on = np.concatenate([labels[1:] == INSIDE, [False]])
    ends = np.flatnonzero((labels != OUTSIDE) & ~goes_on) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def read_runs(inside: np.ndarray) -> list[Span]:
    """Maximal runs of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def complete_quotations(
    contents: list[Span], cues: list[Span], sources: list[Span], quotations: list[Span]
) -> list[Span]:
    """Contents in which a quotation is whole when half of it is: nobody quotes half a quotation.

    Words that a source took when it ran into the quotation count as its own. Not so where a cue stands inside the
    quotation, as it does in a quotation that tells what others said.
    """
    inside = np.zeros(max(end for _, end in [*contents, *quotations]), bool)
    for start, end in contents:
        inside[start:end] = True
    begins = {start for start, _ in contents}
    for start, end in quotations:
        taken = next((last - start for first, last in sources if first < start < last < end), 0)
        share = (inside[start + taken : end].sum() + taken) / (end - start)
        if end - start > 2 and share >= WHOLE_FROM and not any(_overlap(cue, (start, end)) for cue in cues):
            begins -= set(range(start + 1, end))
            if not inside[start]:
                begins.add(start)
            inside[start:end] = True
    return [
        (first, last)
        for start, end in read_runs(inside)
        for first, last in pairwise([start, *sorted(b for b in begins if start < b < end), end])
    ]


def _find_heads(
    contents: list[Span], cues: list[Span], links: Links, is_cue: np.ndarray, quoted: np.ndarray
) -> list[Head]:
    """The heads that have contents, in the order of the text, some of them cues that were found by a link.

    A content that points at a word outside all cues has shown a cue that the tags missed; one that points at itself
    has none. An unquoted one that points nowhere in particular belongs to nobody.
    """
    heads = [Head(cue, is_cue=True) for cue in cues]
    for content in contents:
        pointed = links.head_of_content(content)
        own = Head(content, is_cue=False)
        best = max([*heads, own], key=lambda head: _link(pointed, head))
        if best.is_cue or best is own:
            best = _missed_cue(pointed, best, heads, content, is_cue) or best
        link = _link(pointed, best)
        if best is own and not _may_do_without(content, link, quoted):
            best = max(heads, key=lambda head: _link(pointed, head), default=own)
            link = _link(pointed, best)
            if best is own or link <= LOOSE_LINK:
                continue
        if best not in heads:
            heads.append(best)
        best.pieces.append((content, link))
    loose = [own for head in heads for own in _let_go(head, quoted, links.lines)]
    return sorted([head for head in [*heads, *loose] if head.pieces], key=lambda head: head.span)


def _link(pointed: np.ndarray, head: Head) -> float:
    start, end = head.span
    return float(pointed[start] if head.is_cue else pointed[start : min(end, start + HEAD_WORDS)].max())


def _may_do_without(content: Span, link: float, quoted: np.ndarray) -> bool:
    """Whether a content may stand without a cue: a quotation of some words, or one that surely points at itself."""
    start, end = content
    is_quotation = end - start >= SHORTEST_CUELESS and bool(quoted[start:end].all())
    return link > (LOOSE_LINK if is_quotation else CUELESS_LINK)


def _missed_cue(
    pointed: np.ndarray, best: Head, heads: list[Head], content: Span, is_cue: np.ndarray
) -> Head | None:
    """The cue that the content points at, when the tags have none there."""
    first = int(pointed.argmax())
    if pointed[first] - _link(pointed, best) <= MISSED_MARGIN or is_cue[first] <= MISSED_CUE:
        return None
    missed = _grow_cue(first, is_cue)
    taken = [content, *(head.span for head in heads)]
    return None if any(_overlap(missed, span) for span in taken) else Head(missed, is_cue=True)


def _let_go(head: Head, quoted: np.ndarray, lines: np.ndarray) -> list[Head]:
    """Takes from a head the pieces that hardly belong to it; quotations among them stand alone from then on.

    The surest piece stays. An unquoted piece beside a quotation, and an unquoted one in another line than the cue, must
    be surer than others.
    """
    if len(head.pieces) < 2:
        return []
    surest = max(link for _, link in head.pieces)
    quotes = any(quoted[start:end].all() for (start, end), _ in head.pieces)

    def is_sure(start: int, end: int, link: float) -> bool:
        odd = not quoted[start:end].all() and (quotes or lines[start] != lines[head.span[0]])
        return link == surest or link > (ODD_EXTRA_LINK if odd else LOOSE_EXTRA_LINK)

    loose = [(span, link) for span, link in head.pieces if not is_sure(*span, link)]
    head.pieces = [piece for piece in head.pieces if piece not in loose]
    return [
        Head(span, is_cue=False, pieces=[(span, link)])
        for span, link in loose
        if span[1] - span[0] >= SHORTEST_CUELESS and quoted[slice(*span)].all()
    ]


def _grow_cue(head: int, is_cue: np.ndarray) -> Span:
    end = head + 1
    while end < len(is_cue) and is_cue[end] > MISSED_CUE and end - head < LONGEST_MISSED_CUE:
        end += 1
    return head, end


def _choose_sources(heads: list[Head], sources: list[Span], links: Links) -> list[tuple[Span | None, float]]:
    """For each head its source, or None when it points at itself, and the log-probability."""
    firsts = np.array([head.span[0] for head in heads], np.int64)
    if not heads:
        return []
    first, last = links.source_of_head(firsts)
    chosen: list[tuple[Span | None, float]] = []
    for k, head in enumerate(heads):
        own = head.span[0]
        options: list[tuple[float, Span | None]] = [(float(first[k, own] + last[k, own]), None)]
        options += [
            (float(first[k, start] + last[k, end - 1]), (start, end))
            for start, end in sources
            if not _overlap((start, end), head.span)
        ]
        start = int(first[k].argmax())
        end = start + int(last[k, start : start + LONGEST_SOURCE].argmax()) + 1
        if not _overlap((start, end), head.span):
            options.append((float(first[k, start] + last[k, end - 1]) - UNTAGGED_PENALTY, (start, end)))
        score, source = max(options, key=lambda option: option[0])
        chosen.append((source, score))
    return chosen


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _shifted(
    spans: list[Span], cue: Span | None, source: Span | None, scores: tuple[float, ...], by: int
) -> TokenStatement:
    def shift(span: Span) -> Span:
        return span[0] + by, span[1] + by

    return TokenStatement([shift(s) for s in spans], cue and shift(cue), source and shift(source), scores)
