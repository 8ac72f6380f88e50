"""A quotation without a cue belongs to the speaker before it, not to a source many paragraphs away."""

from __future__ import annotations

from transforms.extract.far_sources import replace_far_sources
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tokens import Tokens, tokenize

FILLER = (
    "\n\nThe bridge across the bay was built long ago, and it has been shut for most of the time since." * 4
)
SAID = "“It opens in May,” Ada Lorne said.\n\nShe smiled.\n\n“It is a good bridge.”"
ASKED = "\n\nBen Orr asked why."


def _span(tokens: Tokens, words: str) -> Span:
    wanted = tokenize(words).words
    start = next(i for i in range(len(tokens)) if tokens.words[i : i + len(wanted)] == wanted)
    return start, start + len(wanted)


def _sources(text: str, source: str, *, has_cue: bool = False) -> list[str]:
    """Return the sources of the two quotations in SAID, the second of which first has the source `source`."""
    tokens = tokenize(text)
    cue = _span(tokens, "said") if has_cue else None
    statements = [
        TokenStatement([_span(tokens, "“It is a good bridge.”")], cue, _span(tokens, source)),
        TokenStatement(
            [_span(tokens, "“It opens in May,”")], _span(tokens, "said"), _span(tokens, "Ada Lorne")
        ),
    ]
    found = sorted(replace_far_sources(tokens, statements), key=lambda one: one.contents)
    return [" ".join(tokens.words[slice(*(one.source or (0, 0)))]) for one in found]


def test_the_speaker_before_goes_on():
    assert _sources(SAID + FILLER + ASKED, "Ben Orr") == ["Ada Lorne", "Ada Lorne"]
    assert _sources(ASKED.strip() + FILLER + "\n\n" + SAID, "Ben Orr") == ["Ada Lorne", "Ada Lorne"]


def test_a_near_source_and_a_source_with_a_cue_stay():
    assert _sources(SAID + ASKED, "Ben Orr") == ["Ada Lorne", "Ben Orr"]
    assert _sources(SAID + FILLER + ASKED, "Ben Orr", has_cue=True) == ["Ada Lorne", "Ben Orr"]


def test_a_far_source_that_is_also_named_nearby_stays():
    text = ASKED.strip() + FILLER + "\n\n" + SAID.replace("She smiled.", "Ben Orr smiled.")
    assert _sources(text, "Ben Orr") == ["Ada Lorne", "Ben Orr"]


def test_a_far_pronoun_is_not_named_nearby():
    text = "He left." + FILLER + "\n\n" + SAID.replace("She smiled.", "He smiled.")
    assert _sources(text, "He") == ["Ada Lorne", "Ada Lorne"]


def test_without_a_speaker_nearby_the_far_source_stays():
    said, rest = SAID.split("She smiled.")
    assert _sources(said + FILLER.strip() + rest + FILLER + ASKED, "Ben Orr") == ["Ada Lorne", "Ben Orr"]
