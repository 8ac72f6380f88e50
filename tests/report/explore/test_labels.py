"""Codes in the tables are shown in words."""

import pytest

from report.explore.labels import in_words


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        ("factive", "cue", "presented as true"),
        ("accusing", "cue", "accusing"),
        ("named", "naming", "by name"),
        ("none", "source", "no source"),
        ("NL", "country", "Netherlands"),
        ("factive", "speaker", "factive"),
    ],
)
def test_a_code_is_shown_in_words_if_there_are_any(value, column, shown):
    assert in_words(value, column) == shown
