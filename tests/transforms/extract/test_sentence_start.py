"""The start of a content that comes before its attribution."""

import pytest

from transforms.extract.span_decoder import begin_with_sentence
from transforms.extract.tokens import LINE_BREAK, tokenize


def content_of(text: str, content: str, taken: str = "") -> str:
    """Apply the rule and return the content (cue 'said', source 'Orr'); `taken` are words of another statement."""
    tokens = tokenize(text)
    words = tokens.words

    def find(part: str) -> tuple[int, int]:
        start = text.index(part)
        return tokens.starts.index(start), tokens.ends.index(start + len(part)) + 1

    others = set(range(*find(taken))) if taken else set()
    others |= {i for i, word in enumerate(words) if word == LINE_BREAK}
    [(start, end), *_] = begin_with_sentence([find(content)], find("said"), find("Orr"), words, others)
    return text[tokens.starts[start] : tokens.ends[end - 1]]


@pytest.mark.parametrize(
    ("text", "content", "whole"),
    [
        (
            "Rain fell. The bridge, shut in May, is safe, Orr said.",
            "is safe",
            "The bridge, shut in May, is safe",
        ),
        ("Rain.\n\nMr. Li of the board is late, Orr said.", "is late", "Mr. Li of the board is late"),
        ("But the bridge is safe, Orr said.", "is safe", "the bridge is safe"),
        ("ELLERY — The bridge is safe, Orr said.", "is safe", "The bridge is safe"),
    ],
)
def test_a_content_before_its_attribution_is_the_whole_sentence(text: str, content: str, whole: str):
    assert content_of(text, content) == whole


def test_words_of_another_statement_stay_outside():
    text = "Li said so and the bridge is safe, Orr said."
    assert (
        content_of(text.replace("Li said", "Li thinks"), "the bridge is safe", "Li thinks")
        == "the bridge is safe"
    )


def test_a_content_without_a_following_comma_is_unchanged():
    assert content_of("The bridge which Orr said was safe fell.", "bridge which") == "bridge which"
