"""Tell first lines that are headlines from first sentences."""

import pytest

from transforms.readers.fields.headlines import is_above, is_headline, is_kicker, is_note, is_one_title

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
def test_first_sentences_are_not_headlines(line):
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


def test_a_line_without_text_below_is_not_a_headline():
    assert not is_headline("Old lock reopens after two years", [], has_header=False)
    assert not is_headline("Old lock reopens after two years", ["", "Ends."], has_header=False)


def test_the_first_turn_of_an_interview_is_not_a_headline():
    turns = ["", "MAYOR: " + PARAGRAPH]
    assert not is_headline("MODERATOR: Good evening everybody", turns, has_header=False)
    assert is_headline("MODERATOR: Good evening everybody", ["", PARAGRAPH], has_header=False)


@pytest.mark.parametrize("line", ["OPINION", "World news", "Analysis:", "FERRY LINE", "ARTS & CULTURE"])
def test_a_topic_may_precede_a_headline(line):
    assert is_kicker(line)


@pytest.mark.parametrize("line", ["Old lock reopens", "LOCK REOPENS TODAY", "CLOSE", "Nobody came.", ""])
def test_other_first_lines_are_not_topics(line):
    assert not is_kicker(line)


def test_a_headline_below_a_topic_is_longer_and_not_in_capitals():
    assert is_above("FERRY LINE", "Ferry boss quits")
    assert not is_above("FERRY LINE", "BOSS QUITS AT LAST")
    assert not is_above("FERRY LINE", "Boss quits")


@pytest.mark.parametrize(
    "line",
    ["(Adds details)", "(Bo Sample/Reuters)", "CORRECTED: Third paragraph is right now", "Eds: Updates throughout.",
     "Editor's note: this story is old", "* Lock reopens", "Photo: Bo Sample", "UPDATES with quotes from the mayor"],
)  # fmt: skip
def test_notes_to_editors_and_picture_credits_are_not_headlines(line):
    assert is_note(line)


@pytest.mark.parametrize(
    "line",
    [
        "CORRECTED-Old lock reopens",
        "UPDATE 1-Old lock reopens",
        "Old lock (1898) reopens",
        "Photo of lock wins prize",
    ],
)
def test_headlines_with_marks_are_not_notes(line):
    assert not is_note(line)


def test_a_caption_is_not_a_title():
    assert is_one_title("Old lock reopens.")
    assert not is_one_title("Ada Lorne keeps the lock of the harbour. The views here are her own.")
    assert not is_one_title(PARAGRAPH.strip())
