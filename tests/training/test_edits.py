"""Edits move spans along with the text."""

import pytest

from training.edits import Edit, edit_article


def edit(text, span, *edits):
    article = {"text": text, "statements": [{"content": [list(span)], "cue": None, "source": None}]}
    changed = edit_article(article, edits)
    [statement] = changed["statements"]
    spans = statement["content"]
    return changed["text"], spans and changed["text"][slice(*spans[0])]


@pytest.mark.parametrize(
    ("edits", "text", "held"),
    [
        ([Edit(4, 5, "\n\n")], "One \n\nwo three", "\n\nwo"),
        ([Edit(3, 4, "\n\n")], "One\n\ntwo three", "two"),
        ([Edit(7, 8, "\n\n")], "One two\n\nthree", "two"),
        ([Edit(4, 4, "“"), Edit(7, 7, "”")], "One “two” three", "two"),
        ([Edit(5, 6, "WW")], "One tWWo three", "tWWo"),
        ([Edit(4, 8, "")], "One three", None),
        ([Edit(0, 4, "")], "two three", "two"),
    ],
)
def test_a_span_moves_with_its_words(edits, text, held):
    assert edit("One two three", (4, 7), *edits) == (text, held)


def test_of_overlapping_edits_the_first_counts():
    assert edit("One two three", (8, 13), Edit(0, 3, "1"), Edit(2, 5, "x")) == ("1 two three", "three")
