"""What the network says of a window -> statements as token spans.

Contents and cues are read off their tags; then each content is given to the cue its words point at, and each cue
takes the source its first word points at, or none.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from transforms.extract.links import Links
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tagger import Tagger, Window
from transforms.extract.tokens import DOUBLE, UNQUOTED
from transforms.extract.viterbi import BEGIN, INSIDE, OUTSIDE

CONTENT, CUE, SOURCE = 0, 1, 2
Piece = tuple[Span, float]  # a piece of a content and the log-probability of its link
WHOLE_FROM = 0.5  # share of a quotation that makes all of it content
LONGEST_SOURCE = 40  # tokens
MISSED_MARGIN = 0.5  # by so much a content must point elsewhere before a cue counts as missed...
MISSED_CUE, LONGEST_MISSED_CUE = np.log(0.05), 4  # ...and so likely each of its words must be one
LOOSE_LINK = -1.5  # log-probability below which a content belongs to nobody
LOOSE_EXTRA_LINK, ODD_EXTRA_LINK = -0.6, -0.05  # the same for a further piece, and for one that fits badly
SURE = 1e-4  # keeps the logarithm of what is out of the question finite
UNTAGGED_PENALTY = 1.0  # a source that was pointed at but not tagged must be that much likelier


def read_statements(window: Window, labels: np.ndarray, tagger: Tagger) -> list[TokenStatement]:
    """The statements of one window, whose tokens got `labels` [tokens, layers], in the order of the text."""
    contents, cues, sources = (read_spans(labels[:, layer]) for layer in (CONTENT, CUE, SOURCE))
    if not contents:
        return []
    quoted = np.array(window.tokens.quoted[window.start : window.end])
    contents = complete_quotations(contents, cues, sources, read_runs(quoted == DOUBLE))
    links = Links(window, tagger)
    inside = np.logaddexp(window.tags[..., BEGIN], window.tags[..., INSIDE])
    owned, cues = _assign_contents(contents, cues, links, inside[:, CUE])
    owned = {cue: _sure_pieces(cue, pieces, quoted != UNQUOTED, links.lines) for cue, pieces in owned.items()}
    speaking = [cue for cue in cues if cue in owned]
    statements = []
    for cue, (source, source_score) in zip(speaking, _choose_sources(speaking, sources, links), strict=True):
        spans = [span for span, _ in owned[cue]]
        scores = (
            *_score_content(spans, window.tags[:, CONTENT], inside[:, CONTENT]),
            float(inside[cue[0] : cue[1], CUE].mean()),
            float(np.mean([score for _, score in owned[cue]])),
            source_score,
        )
        statements.append(_shifted(spans, cue, source, scores, window.start))
    return sorted(statements, key=lambda statement: statement.start)


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


def _assign_contents(
    contents: list[Span], cues: list[Span], links: Links, is_cue: np.ndarray
) -> tuple[dict[Span, list[Piece]], list[Span]]:
    """For each cue its contents with the log-probability of their link, and the cues, some of them found by a link.

    A content that points at a word outside all cues has shown a cue that the tags missed; one that points nowhere in
    particular belongs to nobody.
    """
    owned: dict[Span, list[Piece]] = {}
    cues = list(cues)
    for start, end in contents:
        pointed = links.cue_of_content((start, end))
        best = max(cues, key=lambda cue: pointed[cue[0]], default=None)
        head = int(pointed.argmax())
        if best is None or pointed[head] - pointed[best[0]] > MISSED_MARGIN:
            missed = _grow_cue(head, is_cue)
            if is_cue[head] > MISSED_CUE and not any(_overlap(missed, c) for c in [*cues, (start, end)]):
                best = missed
                cues.append(missed)
        if best is not None and pointed[best[0]] > LOOSE_LINK:
            owned.setdefault(best, []).append(((start, end), float(pointed[best[0]])))
    return owned, sorted(cues)


def _sure_pieces(cue: Span, pieces: list[Piece], quoted: np.ndarray, lines: np.ndarray) -> list[Piece]:
    """Of several pieces the surest one and those that belong to the cue without much doubt.

    An unquoted piece beside a quotation, and a piece in another line than the cue, must be surer still.
    """
    surest = max(link for _, link in pieces)
    quotes = any(quoted[start:end].all() for (start, end), _ in pieces)

    def is_sure(start: int, end: int, link: float) -> bool:
        odd = (quotes and not quoted[start:end].all()) or lines[start] != lines[cue[0]]
        return link == surest or link > (ODD_EXTRA_LINK if odd else LOOSE_EXTRA_LINK)

    return [(span, link) for span, link in pieces if is_sure(*span, link)]


def _grow_cue(head: int, is_cue: np.ndarray) -> Span:
    end = head + 1
    while end < len(is_cue) and is_cue[end] > MISSED_CUE and end - head < LONGEST_MISSED_CUE:
        end += 1
    return head, end


def _choose_sources(cues: list[Span], sources: list[Span], links: Links) -> list[tuple[Span | None, float]]:
    """For each cue its source, or None when the cue points at itself, and the log-probability."""
    heads = np.array([start for start, _ in cues], np.int64)
    first, last = links.source_of_cue(heads)
    chosen: list[tuple[Span | None, float]] = []
    for k, cue in enumerate(cues):
        options: list[tuple[float, Span | None]] = [(float(first[k, cue[0]] + last[k, cue[0]]), None)]
        options += [
            (float(first[k, start] + last[k, end - 1]), (start, end))
            for start, end in sources
            if not _overlap((start, end), cue)
        ]
        start = int(first[k].argmax())
        end = start + int(last[k, start : start + LONGEST_SOURCE].argmax()) + 1
        if not _overlap((start, end), cue):
            options.append((float(first[k, start] + last[k, end - 1]) - UNTAGGED_PENALTY, (start, end)))
        score, source = max(options, key=lambda option: option[0])
        chosen.append((source, score))
    return chosen


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _shifted(
    spans: list[Span], cue: Span, source: Span | None, scores: tuple[float, ...], by: int
) -> TokenStatement:
    def shift(span: Span) -> Span:
        return span[0] + by, span[1] + by

    return TokenStatement([shift(s) for s in spans], shift(cue), source and shift(source), scores)
