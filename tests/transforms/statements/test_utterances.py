"""Decide whether two statements print one utterance, and group such statements."""

import polars as pl
import pytest

from transforms.statements.likeness import Texts
from transforms.statements.utterances import Pair, Place, compare_places, is_one_utterance, join_prints
from transforms.statements.wordings import build_statement_sketches, read_wording

QUOTED = "The rock under the harbour is not the rock we were promised, and we decided to drill again."
OTHER = "The ferries will sail twice an hour from Monday, and nobody will pay more for a crossing."


def is_one(one, other, *, other_actor=False, same_article=False, quoted_after=False, gap=0):
    """Whether two texts print one utterance; both have the same speaker unless another is asked for."""
    pair = Pair(not other_actor, same_article, quoted_after=quoted_after, gap=gap)
    return is_one_utterance(Texts({"one": one, "other": other}), ("one", "other"), pair)


@pytest.mark.parametrize(
    "other",
    [
        QUOTED,
        "The rock under the harbour is not the rock we were promised",
        "that the rock under Ellerby harbour was not the rock the ministry had been promised",
        "the harbour was “not the rock we were promised”",
    ],
)
def test_a_quotation_printed_whole_or_cut_or_mostly_reworded_is_one_utterance(other):
    assert is_one(QUOTED, other) and is_one(other, QUOTED)


@pytest.mark.parametrize(
    "other", [OTHER, "the harbour tunnel", "the rock festival in the harbour was a success for the town"]
)
def test_other_words_are_another_utterance(other):
    assert not is_one(QUOTED, other)


def test_another_number_is_another_utterance():
    assert is_one(
        "sales of tractors fell by 12 percent in March", "tractor sales fell by 12 percent in March"
    )
    assert not is_one(
        "sales of tractors fell by 12 percent in March", "tractor sales fell by 30 percent in May"
    )


def test_the_same_words_are_one_utterance_whoever_the_speaker_is():
    assert is_one(QUOTED, QUOTED, other_actor=True)
    assert not is_one(QUOTED, "the harbour rock was not as promised", other_actor=True)


def test_a_short_phrase_is_not_an_utterance():
    assert not is_one("the ruling", "the ruling")


def test_texts_that_share_six_words_in_a_row_share_a_run():
    texts = [QUOTED, "He sighed: under the harbour is not the rock that anybody wants.", OTHER, ""]
    frame = pl.DataFrame(
        {"statement_id": list("abcd"), "article_id": "x", "published_on": None, "content": texts},
        {"statement_id": pl.String, "article_id": pl.String, "published_on": pl.Date, "content": pl.String},
    )
    runs = [set(row) for row in build_statement_sketches(frame, "run")["runs"]]
    assert runs[0] & runs[1] and not runs[0] & runs[2] and not runs[3]


def test_connected_statements_are_one_utterance_named_after_its_first_print():
    days = [3, 1, 2, None, 1]
    prints = pl.DataFrame(
        {"statement_id": list("abcde"), "article_id": list("abcde"), "seq_no": 1, "published_on": days,
         "utterance_id": ["a", "b", "b", "d", "e"]},
    )  # fmt: skip
    joined = join_prints(prints, [("c", "a"), ("d", "c")])
    assert joined.sort("statement_id")["utterance_id"].to_list() == ["b", "b", "b", "b", "e"]


def test_names_and_the_topic_alone_make_no_utterance():
    one = "the Ellerby Harbour Board would publish its plan for the Old Quay in spring"
    other = "the Ellerby Harbour Board had never asked the people who live on the Old Quay"
    assert not is_one(one, other, same_article=True)
    assert read_wording(one).names == {"ellerb", "harbou", "board", "old", "quay"}


def test_a_quotation_that_follows_its_paraphrase_in_an_article_is_one_utterance():
    told = "that drilling would start again at the harbour, because the rock had disappointed the ministry"
    assert is_one(told, QUOTED, same_article=True, quoted_after=True, gap=4)
    assert not is_one(told, QUOTED, same_article=True, quoted_after=True, gap=5000)
    assert not is_one(told, QUOTED, same_article=True, gap=4)


def test_a_quotation_before_a_paraphrase_is_no_quotation_that_follows_it():
    pair, told, quoted = Pair(True, True), Place(10, 50, False), Place(54, 90, True)
    assert compare_places(pair, told, quoted) == compare_places(pair, quoted, told)
    assert compare_places(pair, told, quoted)[-2:] == (True, 4)
    assert compare_places(pair, told._replace(start=100, end=140), quoted)[-2:] == (False, 10)
