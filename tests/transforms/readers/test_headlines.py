"""First lines that are headlines, and first sentences that are none."""

import pytest

from transforms.readers.headlines import is_headline

PARAGRAPH = (
    "The river council agreed on Monday to reopen the old lock after two years of repairs, its mayor said. "
    * 2
)


@pytest.mark.parametrize(
    "line",
    [
        "Old lock reopens after two years",
        "OLD LOCK REOPENS.",
        "Old Lock Reopens After Two Years of Repairs.",
        "Mayor: ‘We kept our word’",
        "Will the old lock ever reopen?",
        "Old lock reopens after two years,\nbut the barges stay away",
        "U.S. barges return to St. Ada harbour",
    ],
)
def test_short_lines_above_a_blank_line_are_headlines(line):
    assert is_headline(line, ["", PARAGRAPH], has_header=False)


@pytest.mark.parametrize(
    "line",
    [
        "The old lock reopened on Monday.",
        "“We kept our word,” she said.",
        "The lock reopened. Nobody came",
        "Dear readers,",
        "This is what she said:",
        "Lock",
        "1984",
        PARAGRAPH,
    ],
)
def test_first_sentences_are_not(line):
    assert not is_headline(line, ["", PARAGRAPH], has_header=False)


def test_a_line_right_above_text_is_a_headline_only_when_lines_are_paragraphs():
    assert is_headline("Old lock reopens", [PARAGRAPH, PARAGRAPH], has_header=False)
    wrapped = ["agreed on Monday to reopen the old lock after two", "years of repairs, its mayor said."]
    assert not is_headline("The river council, which met in Port Ada on Sunday,", wrapped, has_header=False)
    assert not is_headline("The river council in Port Ada has after long talks", wrapped, has_header=False)


def test_a_line_in_capitals_right_above_a_text_that_is_not_is_a_headline():
    wrapped = [
        "The river council agreed on Monday to reopen the old lock after",
        "years of repairs, its mayor said.",
    ]
    assert is_headline("OLD LOCK REOPENS", wrapped, has_header=False)
    assert not is_headline("OLD LOCK REOPENS", [line.upper() for line in wrapped], has_header=False)


def test_a_byline_below_is_as_good_as_a_blank_line():
    assert is_headline("Old lock reopens", ["The river council agreed on Monday."], has_header=True)


def test_a_line_without_text_below_is_no_headline():
    assert not is_headline("Old lock reopens after two years", [], has_header=False)
    assert not is_headline("Old lock reopens after two years", ["", "Ends."], has_header=False)


def test_the_first_turn_of_an_interview_is_no_headline():
    turns = ["", "MAYOR: " + PARAGRAPH]
    assert not is_headline("MODERATOR: Good evening everybody", turns, has_header=False)
    assert is_headline("MODERATOR: Good evening everybody", ["", PARAGRAPH], has_header=False)
