"""The meaning of cues: lemma, class, negation."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.tables import CUE_CLASSES
from seeds import read_seed
from transforms.frames import FOUND_STATEMENTS
from transforms.language.en.inflection import dictionary_form, verb_forms
from transforms.statements.cues import CUE_MEANINGS, describe_cue, describe_cues

MEANINGS = [
    # cue, lemma, class, negated
    ("said", "say", "neutral", False),
    ("told", "tell", "neutral", False),
    ("according to", "according to", "neutral", False),
    ("wrote on Twitter", "write", "neutral", False),
    ("said in a statement", "say", "neutral", False),
    ("was quoted as saying", "be quoted as saying", "neutral", False),
    ("went on to say", "go on to say", "neutral", False),
    ("quipped", "quip", "neutral", False),
    ("in a statement", "statement", "neutral", False),
    ("'s claim that", "claim", "distancing", False),
    ("made it very clear", "make clear", "factive", False),
    ("admitted", "admit", "factive", False),
    ("pointed out", "point out", "factive", False),
    ("denies", "deny", "denying", False),
    ("has also called for", "call for", "demanding", False),
    ("calls on", "call on", "demanding", False),
    ("urged lawmakers to say", "urge", "demanding", False),
    ("pledging", "pledge", "promising", False),
    ("threatened to sue", "threaten", "promising", False),
    ("slammed", "slam", "criticising", False),
    ("spoke out against", "speak out against", "criticising", False),
    ("declined to comment", "decline", "declining", False),
    ("refused to say", "refuse", "declining", False),
    ("no comment", "no comment", "declining", False),
    ("is widely expected", "be expected", "opining", False),
    ("was asked about", "ask about", "asking", False),
    ("is adamant that", "be adamant", "opining", False),
    ("zeroed in on", "zero", "other", False),
    ("has not", "have", "other", True),
    ("in", "in", "other", False),
]


@pytest.mark.parametrize(("cue", "lemma", "cue_class", "negated"), MEANINGS)
def test_meaning_of_a_cue(cue, lemma, cue_class, negated):
    assert describe_cue(cue)[:3] == (lemma, cue_class, negated)


NEGATIONS = [
    # text before the cue, cue, negated
    ("", "did not say", True),
    ("", "hasn’t said", True),
    ("", "never said", True),
    ("", "without saying", True),
    ("", "gave no indication", True),
    ("She did not ", "say", True),
    ("He has never publicly ", "said", True),
    ("There was no ", "claim", True),
    ("Nor did the mayor ", "say", True),
    ("", "not only said", False),
    ("She not only ", "said", False),
    ("", "said no to", False),
    ("No one ", "said", False),
    ('"I will not," she ', "said", False),
    ("The bridge will not reopen, he ", "added", False),
    ("", "denied", False),
    ("", "declined to comment", False),
]


@pytest.mark.parametrize(("before", "cue", "negated"), NEGATIONS)
def test_negation_counts_where_it_governs_the_cue(before, cue, negated):
    assert describe_cue(cue, before)[2] is negated


@pytest.mark.parametrize(
    ("before", "cue", "modality"),
    [
        ("The minister ", "said", "asserted"),
        ("Critics ", "may argue", "possible"),
        ("Critics could also ", "argue", "possible"),
        ("The minister ", "will say", "expected"),
        ("She won't ", "say", "expected"),
        ("The bank ", "is expected to announce", "expected"),
        ("The spokesman ", "would not say", "conditional"),
        ("He would. The minister ", "said", "asserted"),
        ("What he might do, she ", "asked", "asserted"),
    ],
)
def test_modality_is_that_of_the_auxiliary_of_the_cue(before: str, cue: str, modality: str):
    assert describe_cue(cue, before)[3] == modality


@pytest.mark.parametrize("cue", ["", ":", " — ", "“"])
def test_layout_alone_is_a_neutral_cue_without_lemma(cue):
    assert describe_cue(cue) == ("", "neutral", False, "asserted")


def test_each_statement_gets_one_row_in_the_same_order():
    body = "Ana Ruiz denied it.\n\nCafé owners did not say why. “No,” 😀 he quipped."
    spans = [
        _span(body, "denied"),
        _span(body, "say"),
        (None, None),
        _span(body, "quipped"),
        _span(body, "quipped"),
    ]
    found = pl.DataFrame(
        {
            "article_id": ["a"] * 5,
            "seq_no": [1, 2, 3, 4, 5],
            "content_spans": [[{"start": 0, "end": 3}]] * 5,
            "cue_start": [start for start, _ in spans],
            "cue_end": [end for _, end in spans],
        },
        schema={
            name: FOUND_STATEMENTS[name]
            for name in ("article_id", "seq_no", "content_spans", "cue_start", "cue_end")
        },
    )
    described = describe_cues(found, pl.DataFrame({"article_id": ["a"], "body": [body]}))
    assert described.schema == CUE_MEANINGS
    assert described.rows() == [
        ("a", 1, "deny", "denying", False, "asserted"),
        ("a", 2, "say", "neutral", True, "asserted"),
        ("a", 3, "", "neutral", False, "asserted"),
        ("a", 4, "quip", "neutral", False, "asserted"),
        ("a", 5, "quip", "neutral", False, "asserted"),
    ]


def test_no_statements_give_an_empty_frame_of_the_same_columns():
    articles = pl.DataFrame(schema={"article_id": pl.String, "body": pl.String})
    described = describe_cues(pl.DataFrame(schema=FOUND_STATEMENTS), articles)
    assert described.schema == CUE_MEANINGS
    assert described.is_empty()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_as_a_cue_has_a_class(cue, before):
    assert describe_cue(cue, before)[1] in CUE_CLASSES


def test_the_list_of_cues_uses_the_declared_classes_and_no_cue_twice():
    cues = read_seed("cues")
    assert set(cues["class"]) <= set(CUE_CLASSES)
    assert set(cues["part"]) == {"verb", "noun", "phrase", "other"}
    assert not cues.select("lemma", "part").is_duplicated().any()
    assert read_seed("cue_classes")["class"].to_list() == list(CUE_CLASSES)


@pytest.mark.parametrize("part", ["verb", "noun", "phrase", "other"])
def test_every_listed_lemma_describes_itself(part):
    listed = read_seed("cues").filter(pl.col("part") == part)
    before = "the " if part == "noun" else ""
    wrong = [
        (lemma, describe_cue(lemma, before))
        for lemma, _, cue_class, _ in listed.iter_rows()
        if describe_cue(lemma, before)[:2] != (lemma, cue_class)
    ]
    assert wrong == []


def test_spelling_of_verb_forms():
    assert verb_forms("deny", {}) == {"deny", "denies", "denied", "denying"}
    assert {"admits", "admitted", "admitting"} <= verb_forms("admit", {})
    assert {"pledges", "pledged", "pledging"} <= verb_forms("pledge", {})
    assert {"says", "said", "saying"} <= verb_forms("say", {"say": {"said"}})


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("sided", "side"), ("zeroes", "zero"), ("rattled", "rattle"), ("vetoed", "veto"),
        ("mulled", "mull"), ("stopping", "stop"), ("focused", "focus"), ("ferried", "ferry"),
        ("invoked", "invoke"), ("kiss", "kiss"),
    ],
)  # fmt: skip
def test_unlisted_words_are_reduced_by_the_rules_of_spelling(word, lemma):
    assert dictionary_form(word) == lemma


def _span(body: str, words: str) -> tuple[int, int]:
    return body.index(words), body.index(words) + len(words)
