"""Decode the tagger's output for a window to statements as token spans.

Contents and cues come from the tags. Each content then belongs to the head that its words point to: a cue or, without a
cue, the content itself. `source_choice` finds the source of each head.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import pairwise

import numpy as np

from transforms.extract.heads import ends_sentence, find_heads, find_runs_on, overlap
from transforms.extract.links import Links
from transforms.extract.logarithms import add_logs
from transforms.extract.source_choice import choose_sources
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tagger import Tagger, Window
from transforms.extract.tokens import DOUBLE, LINE_BREAK
from transforms.extract.viterbi import BEGIN, INSIDE, OUTSIDE

CONTENT, CUE, SOURCE = 0, 1, 2
WHOLE_FROM = 0.5  # if this share of a quotation is content, the whole quotation is
WIDEST_GAP = 5  # tokens that the tags may have missed between two pieces of a content
DASHES = frozenset(("-", "–", "—", "--"))
LEADING = frozenset(("but", "and", "however", "meanwhile", ","))
SENTENCE_ENDS = frozenset(".?!")
OPEN_WORDS = frozenset(  # words that cannot end a clause
    "a an the his its their our your my of for to in on at by with from into and or nor than as very be is are was "
    "were been being has have had will would can could may might must should two three four five six seven".split()
)
SURE = 1e-4  # keeps the logarithm finite if a probability is 0


def read_statements(window: Window, labels: np.ndarray, tagger: Tagger) -> list[TokenStatement]:
    """Return the statements of a window in the order of the text; `labels` [tokens, layers] are the decoded tags."""
    contents, cues, sources = (read_spans(labels[:, layer]) for layer in (CONTENT, CUE, SOURCE))
    if not contents:
        return []
    words = window.tokens.words[window.start : window.end]
    quoted = window.tokens.quoted[window.start : window.end]
    in_quotation = np.array(quoted) == DOUBLE
    quotations = read_runs(in_quotation)
    runs_on = find_runs_on(words, [run for run in quotations if not any(overlap(cue, run) for cue in cues)])
    contents = complete_quotations(contents, cues, sources, quotations, runs_on)
    breaks = set(window.breaks)
    contents = cut_at_lines(contents, breaks)
    links = Links(window, tagger)
    inside = add_logs(window.tags[..., BEGIN], window.tags[..., INSIDE])
    begins = window.tags[:, CONTENT, BEGIN].tolist()
    is_over = np.log1p(SURE - np.exp(window.tags[:, CONTENT, INSIDE])).tolist()
    heads = find_heads(contents, cues, words, links, inside[:, CUE], quoted, runs_on)
    spans = [
        *sources,
        *(head.span for head in heads if head.is_cue),
        *(s for head in heads for s in head.contents),
    ]
    taken = breaks.union(np.flatnonzero(in_quotation).tolist(), *(range(*span) for span in spans))
    stops = taken | {i for i, word in enumerate(words) if word in SENTENCE_ENDS}
    statements = []
    chosen = choose_sources(heads, sources, links, inside[:, SOURCE])
    for head, (source, source_score) in zip(heads, chosen, strict=True):
        scores = (
            *_score_content(head.contents, inside[:, CONTENT], begins, is_over),
            _mean(inside[slice(*head.span), CUE]) if head.is_cue else 0.0,
            _mean(np.array([passage.link for passage in head.passages])),
            source_score,
        )
        cue = head.span if head.is_cue else None
        contents = begin_with_sentence(close_gaps(head.contents, stops), cue, source, words, taken)
        contents = end_with_phrase(contents, words, taken)
        statements.append(_shifted(contents, cue, source, scores, window.start))
    return sorted(statements, key=lambda statement: statement.start)


def close_gaps(contents: list[Span], taken: Set[int]) -> list[Span]:
    """Join pieces of a content that only a few untagged words separate.

    'that | the road | will stay shut' is one clause, of which the tags missed some words.
    """
    joined = contents[:1]
    for start, end in contents[1:]:
        between = range(joined[-1][1], start)
        if len(between) <= WIDEST_GAP and taken.isdisjoint(between):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def begin_with_sentence(
    contents: list[Span], cue: Span | None, source: Span | None, words: list[str], taken: Set[int]
) -> list[Span]:
    """Extend a content that ends before ', Walden said' to the beginning of its sentence.

    It is not extended over words of other statements, a quotation, a dateline or a leading 'but'.
    """
    start, end = contents[0]
    behind = min((span[0] for span in (cue, source) if span), default=end)
    if not cue or not source or behind - end not in (0, 1) or "," not in words[end - 2 : end + 1]:
        return contents
    first = start
    while (
        first > 0
        and first - 1 not in taken
        and words[first - 1] not in DASHES
        and not ends_sentence(words, first - 1)
    ):
        first -= 1
    if first > 0 and first - 1 in taken and words[first - 1] != LINE_BREAK:
        return contents
    first += words[first].lower() in LEADING and first < start
    return [(first, end), *contents[1:]]


def end_with_phrase(contents: list[Span], words: list[str], taken: Set[int]) -> list[Span]:
    """Extend contents that end inside a phrase to its next word: '41 people were | missing', 'work for two | years'."""
    ended = []
    for start, end in contents:
        while words[end - 1].lower() in OPEN_WORDS and _is_free_word(words, end, taken):
            end += 1
        ended.append((start, end))
    return ended


def _is_free_word(words: list[str], i: int, taken: Set[int]) -> bool:
    return i < len(words) and i not in taken and words[i][0].isalnum()


def cut_at_lines(contents: list[Span], breaks: Set[int]) -> list[Span]:
    """Cut contents at line breaks, so that each paragraph of a long quotation can get a head."""
    return [
        (first + 1, last)
        for start, end in contents
        for first, last in pairwise([start - 1, *sorted(b for b in breaks if start <= b < end), end])
        if last > first + 1
    ]


def _score_content(
    spans: list[Span], inside: np.ndarray, begins: Sequence[float], is_over: Sequence[float]
) -> tuple[float, float, float, float]:
    """Return four log-probabilities of a content.

    They are the mean over all words, the value of the least likely word, the mean over the first words of the pieces,
    and the mean over the words after the pieces, which must not continue them. `inside`, `begins` and `is_over` have
    the log-probabilities that each word belongs to a content, begins one, and does not continue one.
    """
    count = len(spans)
    return (
        _sum_over([_mean(inside[start:end]) for start, end in spans], count),
        min(float(np.minimum.reduce(inside[start:end])) for start, end in spans),
        _sum_over([begins[start] for start, _ in spans], count),
        _sum_over([is_over[end] for _, end in spans if end < len(is_over)], count),
    )


def _sum_over(values: list[float], count: int) -> float:
    """Return the sum of numbers divided by `count`, in single precision."""
    if len(values) == count == 1:
        return values[0]
    return float(np.add.reduce(np.array(values, np.float32)) / count)


def _mean(values: np.ndarray) -> float:
    """Return what `values.mean()` returns, in a third of its time."""
    return float(np.add.reduce(values) / len(values))


def read_spans(labels: np.ndarray) -> list[Span]:
    """Convert a valid row of tags, one per token, to spans: each begins at a BEGIN tag."""
    starts = np.flatnonzero(labels == BEGIN)
    goes_on = np.concatenate([labels[1:] == INSIDE, [False]])
    ends = np.flatnonzero((labels != OUTSIDE) & ~goes_on) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def read_runs(inside: np.ndarray) -> list[Span]:
    """Return the longest possible runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def complete_quotations(
    contents: list[Span],
    cues: list[Span],
    sources: list[Span],
    quotations: list[Span],
    runs_on: Set[int] = frozenset(),
) -> list[Span]:
    """Extend contents that cover half of a quotation to the whole quotation.

    Quotations that continue a complete quotation of the previous paragraph also become contents; `runs_on` has their
    first tokens. Words of a source that reaches into a quotation count as covered. Nothing changes in a quotation that
    contains a cue, because such a quotation may report what others said.
    """
    inside = np.zeros(max(end for _, end in [*contents, *quotations]), bool)
    for start, end in contents:
        inside[start:end] = True
    begins = {start for start, _ in contents}
    for start, end in quotations:
        taken = next((last - start for first, last in sources if first < start < last < end), 0)
        share = (inside[start + taken : end].sum() + taken) / (end - start)
        goes_on = start in runs_on and start > 1 and inside[start - 2]
        is_whole = end - start > 2 and (share >= WHOLE_FROM or goes_on)
        if is_whole and not any(overlap(cue, (start, end)) for cue in cues):
            begins -= set(range(start + 1, end))
            if not inside[start]:
                begins.add(start)
            inside[start:end] = True
    return [
        (first, last)
        for start, end in read_runs(inside)
        for first, last in pairwise([start, *sorted(b for b in begins if start < b < end), end])
    ]


def _shifted(
    spans: list[Span], cue: Span | None, source: Span | None, scores: tuple[float, ...], by: int
) -> TokenStatement:
    def shift(span: Span) -> Span:
        return span[0] + by, span[1] + by

    return TokenStatement([shift(s) for s in spans], cue and shift(cue), source and shift(source), scores)
