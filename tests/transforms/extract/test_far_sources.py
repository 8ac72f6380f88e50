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


SKIPPED = (
    "Cora Lind said the bridge was old.\n\nAda Lorne said the bridge was good.\n\n“It opens in May.”\n\n"
    "Ben Orr, who had come late, said little."
)


def _source_after_lorne(source: str, cue: str = "said", text: str = SKIPPED) -> str:
    """Return the source of the quotation in `text`, which first is `source`, after a statement by Ada Lorne."""
    tokens = tokenize(text)
    first, last = _span(tokens, f"Ada Lorne {cue}")
    statements = [
        TokenStatement([_span(tokens, "the bridge was good")], (last - 1, last), (first, last - 1)),
        TokenStatement([_span(tokens, "“It opens in May.”")], None, _span(tokens, source)),
    ]
    found = replace_far_sources(tokens, statements)[1].source
    return " ".join(tokens.words[slice(*(found or (0, 0)))])


def test_a_quotation_directly_after_a_statement_continues_it():
    assert _source_after_lorne("Cora Lind") == "Ada Lorne"
    assert _source_after_lorne("Ben Orr") == "Ada Lorne"
    assert _source_after_lorne("Ben Orr", text=SKIPPED.replace("”\n\nBen", "” – Ben")) == "Ben Orr"


def test_a_quotation_does_not_continue_a_demand_or_a_sentence_in_between():
    assert (
        _source_after_lorne("Ben Orr", "wished", SKIPPED.replace("Lorne said", "Lorne wished")) == "Ben Orr"
    )
    assert _source_after_lorne("Ben Orr", text=SKIPPED.replace("good.", "good. Then Orr came.")) == "Ben Orr"


def test_a_signature_names_the_speaker_of_a_quotation():
    text = SKIPPED.replace("”\n\nBen", "” Cy Roe, Dorne Post\n\nBen")
    assert _source_after_lorne("Ada Lorne", text=text) == "Cy Roe"
    labelled = text.replace("\n\n“It", "\n\nAda Lorne: “It")
    assert _source_after_lorne("Ada Lorne", text=labelled) == "Ada Lorne"
