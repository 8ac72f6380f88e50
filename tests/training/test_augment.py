"""Variants of an article keep its meaning: the letters do not change, and spans keep their words."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augment import (
    break_paragraphs,
    change_marks,
    close_up,
    drop_attributions,
    quotations,
    vary,
    wrap,
)
from transforms.extract.tokens import tokenize

QUOTED = (
    "“The dam will hold.”",
    '"We looked twice. Nobody found a crack. It is dry,"',
    "“Who knows?”",
    "''Not I,''",
)
PARTS = st.sampled_from(
    [
        ("“The dam will hold. Nobody need leave. It is dry,”", " said", " Ada Walden"),
        ('"We looked twice. Nobody found a crack. It is dry,"', " said", " she"),
        ("that the mill's wheel wouldn't turn", " wrote", " the miller"),
        ("‘no reason to move’ the 3.5 million euro weir", " sees", " Mr. Orr"),
    ]
)


@st.composite
def articles(draw):
    text, statements = "", []
    for content, cue, source in draw(st.lists(PARTS, max_size=6)):
        start = len(text)
        spans = {"content": [[start, start + len(content)]]}
        text += content
        for name, words in (("cue", cue), ("source", source)):
            spans[name] = [[len(text) + 1, len(text) + len(words)]]
            text += words
        text += "." + draw(
            st.sampled_from([" ", "\n\n", " Rain fell. ", "\n\nHe read “a long letter of nine pages” out. "])
        )
        statements.append(spans)
    return {"article": "a", "text": text, "statements": statements}


def letters(text):
    return re.sub(r"[\W_]+", "", text)


def said(article):
    return [
        [
            letters(article["text"][start:end])
            for part in ("content", "cue", "source")
            for start, end in s[part] or []
        ]
        for s in article["statements"]
    ]


@settings(deadline=None)
@pytest.mark.parametrize("step", [break_paragraphs, change_marks, close_up, wrap])
@given(article=articles(), seed=st.integers(0, 99))
def test_letters_and_spans_stay(step, article, seed):
    changed = step(article, random.Random(seed))
    assert letters(changed["text"]) == letters(article["text"])
    assert said(changed) == said(article)


@settings(deadline=None)
@given(article=articles(), seed=st.integers(0, 99))
def test_a_variant_is_the_same_for_a_seed_and_its_spans_hold_words(article, seed):
    first, second = (vary(article, random.Random(seed)) for _ in range(2))
    assert first == second
    for statement in first["statements"]:
        for part in ("content", "cue", "source"):
            assert all(letters(first["text"][start:end]) for start, end in statement[part] or [])


def annotate(text, *statements):
    def find(words):
        return [[text.index(words), text.index(words) + len(words)]] if words else None

    rows = [{"content": find(c), "cue": find(q), "source": find(s)} for c, q, s in statements]
    return {"article": "a", "text": text, "statements": rows}


def test_a_quotation_broken_into_paragraphs_opens_each_and_closes_the_last():
    article = annotate(
        "“One is here. Two is not. Three may come,” he said.",
        ("“One is here. Two is not. Three may come,”", "said", "he"),
    )
    texts = {break_paragraphs(article, random.Random(seed))["text"] for seed in range(30)}
    assert "“One is here.\n\n“Two is not.\n\n“Three may come,” he said." in texts


def test_a_quotation_gets_a_paragraph_of_its_own_before_and_after():
    article = annotate(
        "Walden spoke. “It will hold for long.” Rain fell.", ("“It will hold for long.”", None, None)
    )
    texts = {break_paragraphs(article, random.Random(seed))["text"] for seed in range(30)}
    assert "Walden spoke.\n\n“It will hold for long.”\n\nRain fell." in texts


def test_marks_change_but_a_quotation_with_single_marks_inside_keeps_its_own():
    article = annotate('He read "a ‘fine’ letter" and "a bill".')
    texts = {change_marks(article, random.Random(seed))["text"] for seed in range(30)}
    assert {"He read “a ‘fine’ letter” and “a bill”.", 'He read "a ‘fine’ letter" and ‘a bill’.'} <= texts


def test_an_attribution_to_the_previous_speaker_can_be_removed_and_keeps_its_source():
    text = "Ada Walden said the dam was old. “It will hold for many years,” she said on Friday. Rain fell."
    article = annotate(
        text, ("the dam was old", "said", "Ada Walden"), ("“It will hold for many years,”", "said on", "she")
    )
    changed = next(
        found
        for seed in range(20)
        if (found := drop_attributions(article, random.Random(seed)))["text"] != text
    )
    assert changed["text"] == "Ada Walden said the dam was old. “It will hold for many years.” Rain fell."
    first, second = changed["statements"]
    assert (second["cue"], second["source"]) == (None, first["source"])


def test_behind_a_quotation_the_next_one_becomes_part_of_it():
    text = "“The dam is old,” said Ada Walden. “It will hold for many years,” she said. Rain fell."
    article = annotate(
        text, ("“The dam is old,”", "said", "Ada Walden"), ("“It will hold for many years,”", "said.", "she")
    )
    article["statements"][1]["cue"] = [[text.index("she said") + 4, text.index("she said") + 8]]
    changed = next(
        found
        for seed in range(20)
        if (found := drop_attributions(article, random.Random(seed)))["text"] != text
    )
    [statement] = changed["statements"]
    assert [changed["text"][a:b] for a, b in statement["content"]] == [
        "“The dam is old,”",
        "“It will hold for many years.”",
    ]


def test_another_speaker_keeps_his_attribution():
    text = "Ada Walden said the dam was old. “It will hold for many years,” Ben Orr said. Rain fell."
    article = annotate(
        text, ("the dam was old", "said", "Ada Walden"), ("“It will hold for many years,”", "said", "Ben Orr")
    )
    assert all(drop_attributions(article, random.Random(seed))["text"] == text for seed in range(20))


@pytest.mark.parametrize("quoted", QUOTED)
def test_quotations_are_found_in_all_double_marks(quoted):
    tokens = tokenize(f"He wrote: {quoted} Rain fell.")
    found = [(tokens.words[a], tokens.words[b - 1]) for a, b in quotations(tokens)]
    assert len(found) == (len(tokenize(quoted)) >= 6)
