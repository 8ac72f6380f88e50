"""Where sentences of a text begin."""

from __future__ import annotations

import pytest

from transforms.resolve.article_text import Text


@pytest.mark.parametrize(
    ("body", "word", "opens"),
    [
        ('It rained. "So," Roe said.', "Roe", False),
        ("It rained. “So,” Roe said.", "Roe", False),
        ('She said, "Rain fell."', "Rain", True),
        ("She said: “Rain fell.”", "Rain", True),
        ("“Rain fell.”", "Rain", True),
    ],
)
def test_a_sentence_opens_after_an_opening_mark_but_not_after_a_closing_one(
    body: str, word: str, opens: bool
):
    text = Text(body)
    assert text.opens_sentence(text.words.index(word)) == opens
