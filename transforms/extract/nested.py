"""Find statements inside the content of another statement: "Roe said the ministry had *claimed the bridge was safe*".

The tagger assigns each word to one statement only, so a content that contains a verb of saying is tagged again as a
short text. A nested statement is kept only if its probability is high and such a verb attributes it to somebody other
than the speaker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from seeds import read_seed
from transforms.extract.confidence import confidence
from transforms.extract.heads import MISSED_CUE
from transforms.extract.logarithms import add_logs
from transforms.extract.repair import repair
from transforms.extract.span_decoder import CUE, read_statements
from transforms.extract.spans import content_pieces
from transforms.extract.statement import TokenStatement
from transforms.extract.tagger import Tagger, Window
from transforms.extract.tokens import Tokens
from transforms.extract.viterbi import BEGIN, INSIDE, OUTSIDE, best_labels
from transforms.language import ENGLISH

AT_ONCE = 64  # contents whose link vectors are in memory at the same time
FEWEST_WORDS = 7
LEAST_CONFIDENCE = 0.9
SAYING_CLASSES = frozenset(("neutral", "accusing", "denying", "distancing", "factive", "promising"))
NOT_OTHERS = frozenset(
    "i we you me us who whoever anyone anybody everyone nobody".split()
)  # words for the speakers themselves, or for nobody in particular

# Before a form of a verb of saying, these words show that it is a noun, an infinitive or a passive, that nothing was
# said (yet), or that the words are the speaker's own: "the claims", "was told", "will say".
NO_REPORT_AFTER = frozenset(
    "to be the a an this these those his their its our my your of in by on for from into about as after no not "
    "i we you who is are was were been being will would can could may might must should cannot".split()
)
# After such a form, these words show that it is a noun or has another sense: "claims of", "reports by", "found in".
NO_REPORT_BEFORE = frozenset(". , of in by on for from".split())


class Content(NamedTuple):
    """The content of a statement, as the tokens [first, last) of its article; `parent` is the statement's index."""

    parent: int
    first: int
    last: int


@cache
def saying_forms() -> frozenset[str]:
    """Return the forms of verbs of saying, without verbs of thinking, wishing and asking."""
    irregular = {
        lemma: {*past.split(), *participle.split()}
        for lemma, past, participle in read_seed(ENGLISH.seeds.irregular_verbs).iter_rows()
    }
    verbs = [
        lemma
        for lemma, part, kind, _ in read_seed(ENGLISH.seeds.cues).iter_rows()
        if part == "verb" and kind in SAYING_CLASSES
    ]
    return frozenset(form for verb in verbs for form in ENGLISH.inflection.verb_forms(verb, irregular))


def may_nest(tokens: Tokens, first: int, last: int) -> bool:
    """Whether to tag a content again: it is long enough, and may have a verb of saying after its first word."""
    if last - first < FEWEST_WORDS:
        return False
    forms, words = saying_forms(), [word.lower() for word in tokens.words[first:last]]
    return any(
        word in forms and before not in NO_REPORT_AFTER and after not in NO_REPORT_BEFORE
        for before, word, after in zip(words, words[1:], [*words[2:], ""], strict=False)
    )


def cut_tokens(tokens: Tokens, first: int, last: int) -> Tokens:
    """Return the tokens [first, last) as a separate text, whose offsets still count from the start of the article.

    If all of them are quoted, they count as unquoted.
    """
    quoted = tokens.quoted[first:last]
    inside = [0] * (last - first) if all(quoted) else quoted
    return Tokens(tokens.words[first:last], tokens.starts[first:last], tokens.ends[first:last], inside)


def read_nested(
    texts: Sequence[Tokens], contents: Sequence[tuple[int, Content]], tagger: Tagger, opening_cost: np.ndarray
) -> Iterator[tuple[int, int, Tokens, TokenStatement]]:
    """Yield (index of the text, `parent` of the content, tokens of the content, statement) per nested statement."""
    cut = [cut_tokens(texts[number], content.first, content.last) for number, content in contents]
    windows = tagger.tag_each(cut)
    while some := list(islice(windows, AT_ONCE)):
        labels = best_labels([window.tags for _, window in some], opening_cost)
        for (at, window), best in zip(some, labels, strict=True):
            if not _may_report(window, best):
                continue
            number, content = contents[at]
            for found in read_statements(window, best, tagger):
                statement = repair(window.tokens, found)
                sure = confidence(statement, tagger.calibration) >= LEAST_CONFIDENCE
                if sure and _is_plain(window.tokens, statement):
                    yield number, content.parent, window.tokens, statement


def _may_report(window: Window, labels: np.ndarray) -> bool:
    """Whether a verb of saying may be in a cue; otherwise, `_is_plain` holds for no statement of the window."""
    is_cue = add_logs(window.tags[:, CUE, BEGIN], window.tags[:, CUE, INSIDE])
    places = np.flatnonzero((labels[:, CUE] != OUTSIDE) | (is_cue > MISSED_CUE)) + window.start
    return any(window.tokens.words[i].lower() in saying_forms() for i in places.tolist())


def _is_plain(tokens: Tokens, statement: TokenStatement) -> bool:
    if statement.cue is None or statement.source is None:
        return False
    cue, source = (
        [word.lower() for word in tokens.words[slice(*span)]] for span in (statement.cue, statement.source)
    )
    said = any(word in saying_forms() for word in cue)
    return said and NOT_OTHERS.isdisjoint(source) and bool(content_pieces(tokens, statement.contents)[0])
