"""A correction line sets other boundaries for a content: always a slice of the article."""

import pytest

from transforms.identify.rewording import Found, find_wording

BODY = "We know. “We lost the mill,” she said, “and  they won it.” She said that we lost the mill. Others went home."
FIRST = Found(BODY, [(10, 26), (40, 56)], "direct")
LAST = Found(BODY, [(73, 89)], "indirect")


@pytest.mark.parametrize(
    ("found", "value", "content", "kind"),
    [
        (FIRST, "lost the mill", "lost the mill", "direct"),
        (FIRST, "We lost the mill | and they won", "We lost the mill and  they won", "direct"),
        (FIRST, 'the mill," she said, "and they', "the mill,” she said, “and  they", "mixed"),
        (LAST, "we lost", "we lost", "indirect"),
        (LAST._replace(kind="direct"), "lost the mill", "lost the mill", "direct"),  # by the layout
    ],
)  # fmt: skip
def test_a_wording_is_made_of_slices_nearest_to_the_original_ones(found, value, content, kind):
    made = find_wording(found, value)
    assert (made.content, made.kind) == (content, kind)
    assert " ".join(BODY[start:end] for start, end in made.spans) == content
    assert min(abs(made.spans[0][0] - start) for start, _ in found.spans) < 20


@pytest.mark.parametrize(
    "value",
    [
        "We lost the lock",  # not in the text
        "Others went home",  # elsewhere
        "and they | We lost",  # in another order
        "We lost the mill and they won",  # other words lie between
        "os",  # no word
    ],
)
def test_words_missing_from_the_article_are_not_a_wording(value):
    assert find_wording(FIRST, value) is None
