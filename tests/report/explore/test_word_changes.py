"""Show how the words of two prints of one utterance differ."""

from hypothesis import given
from hypothesis import strategies as st

from report.explore.word_changes import compare_wordings


def test_words_that_a_print_drops_and_adds_are_listed():
    pieces = compare_wordings("We will drill again, before winter.", "“We will drill before the winter”")
    assert pieces == [
        ("same", "“We will drill"), ("out", "again,"), ("same", "before"), ("in", "the"), ("same", "winter”"),
    ]  # fmt: skip


@given(st.lists(st.sampled_from("a b c <i> d.".split())), st.lists(st.sampled_from("a b c <i> d.".split())))
def test_the_pieces_of_a_print_are_its_words(fullest, other):
    pieces = compare_wordings(" ".join(fullest), " ".join(other))
    assert " ".join(words for kind, words in pieces if kind != "out").split() == other
