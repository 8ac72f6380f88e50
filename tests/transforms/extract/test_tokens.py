"""Tokens and quotation marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract.tokens import LINE_BREAK, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The mayor's 5G plan", ["The", "mayor", "'s", "5G", "plan"]),
        ("It’s the U.S. team’s", ["It", "’s", "the", "U.S.", "team", "’s"]),
        ("don’t re-open", ["don’t", "re-open"]),
        ("cafe\u0301 closed", ["cafe\u0301", "closed"]),
        ("so ... no -- yes", ["so", "...", "no", "--", "yes"]),
        ("one\ntwo\r\n\r\nthree", ["one", LINE_BREAK, "two", LINE_BREAK, "three"]),
    ],
)
def test_words_marks_and_line_breaks_stand_alone(text: str, words: list[str]):
    assert tokenize(text).words == words


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He said "yes" today', '"yes"'),
        ("He said “yes” today", "“yes”"),
        ("He said ``yes'' today", "``yes''"),
        ("‘We go,’ he said", "‘We go,’"),
        ("the ’90s and the dogs’ bowls", ""),
        ("rock 'n' roll of the '90s", "'n'"),
        ("“The first\nsecond line", "“The first"),
        ("”A wrong mark,” he said", "”A wrong mark,”"),
        ('"One. "Two. "Three," he said', '"One. "Two. "Three,"'),
        ('We won," he said. "Again."', '"Again."'),
        ('the " mark " alone', '" mark "'),
    ],
)
def test_quotation_ends_with_its_mark_or_its_line(text: str, inside: str):
    tokens = tokenize(text)
    quoted = [i for i in range(len(tokens)) if tokens.quoted[i]]
    found = text[tokens.starts[quoted[0]] : tokens.ends[quoted[-1]]] if quoted else ""
    assert found == inside


@given(st.text())
def test_tokens_are_slices_in_order(text: str):
    tokens = tokenize(text)
    assert all(a < b for a, b in zip(tokens.starts, tokens.ends, strict=True))
    assert all(end <= start for end, start in zip(tokens.ends, tokens.starts[1:], strict=False))
    covered = "".join(text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True))
    assert "".join(covered.split()) == "".join(text.split())


def test_a_full_stop_and_a_genitive_are_separate_tokens():
    """With a possessive group in the pattern, Python 3.11.2 made them part of the word."""
    assert tokenize("It’s full,” she left.").words == ["It", "’s", "full", ",", "”", "she", "left", "."]
