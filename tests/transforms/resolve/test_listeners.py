"""Addressees: where the words for the listener end, and the audience of an interview."""

from __future__ import annotations

import pytest

from tests.steps import build_from_files
from transforms.resolve.article_text import Text
from transforms.resolve.listeners import find_audience, find_listener


def _words(text: Text, found: tuple[int, int] | None) -> str | None:
    return text.slice(*found) if found else None


@pytest.mark.parametrize(
    ("body", "cue", "told"),
    [
        ("She told jurors Mr Pell had left.", "told", "jurors"),
        ("He told the court Ann Roe was late.", "told", "the court"),
        ("He told parliament yesterday that the ship sank.", "told", "parliament"),
        ("The book said to wait 12 hours.", "said", None),
        ("He asked for a review of the plan.", "asked for", None),
    ],
)
def test_listener_ends_where_the_content_begins(body: str, cue: str, told: str | None):
    text = Text(body)
    start = body.index(cue)
    assert _words(text, find_listener(text, *text.word_range(start, start + len(cue)))) == told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("In an interview with the Dorne Gazette, Reim said she would go.", "the Dorne Gazette"),
        ("In a statement given to the Gazette, Reim said she would go.", "the Gazette"),
        ("After talks with Norland, Reim said she would go.", None),
    ],
)
def test_audience_of_an_interview_is_the_addressee(body: str, told: str | None):
    text = Text(body)
    start = body.index("said")
    assert _words(text, find_audience(text, *text.word_range(start, start + 4))) == told


def test_words_are_a_mention_of_one_actor_so_that_each_profile_is_shown():
    """The people of a country used to become a group without a mention, which outlived its withdrawn article."""
    tables = build_from_files({"a": b"George Bale last week urged Americans to save energy."}).tables
    told = tables["statement_actors"].filter(relation="addressee").join(tables["mentions"], on="mention_id")
    assert told.height == 1 and told["profile_id"].equals(told["profile_id_right"])
    assert set(tables["profiles"]["profile_id"]) == set(tables["mentions"]["profile_id"])
