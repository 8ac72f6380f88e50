"""A line between headline and text gives author, day and place; a line that contains anything else is text."""

from datetime import date

import pytest

from transforms.readers.fields.credits import read_credits

DAY = date(2019, 6, 3)


def read(line):
    fields = read_credits(line, 0)
    if fields is None:
        return None
    assert all(
        field.value == line[field.start : field.end] for field in fields if field.name != "published_on"
    )
    return {field.name: field.value for field in fields}


@pytest.mark.parametrize(
    "line",
    [
        "Monday, June 3, 2019",
        "Mon 3 Jun 2019 14.05 BST",
        "Jun. 3, 2019, 2:05 p.m. ET",
        "2019-06-03 14:05",
        "First published on Mon 3 Jun 2019 06.00 BST",
        "Published 10:30 AM EDT, Mon June 3, 2019",
        "Published: June 3, 2019 | Updated: June 4, 2019",
        "June 3, 2019 | 5 min read",
    ],
)
def test_days_are_read_with_weekday_time_and_label(line):
    assert read(line) == {"published_on": DAY}


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("By Ada Example | June 3, 2019 | 5 min read", {"byline": "Ada Example", "published_on": DAY}),
        ("June 3, 2019 • By Ada Example", {"byline": "Ada Example", "published_on": DAY}),
        ("By Ada Example - June 3, 2019", {"byline": "Ada Example", "published_on": DAY}),
        ("Posted on June 3, 2019 by Ada Example", {"byline": "Ada Example", "published_on": DAY}),
        ("Maria Lorne | 3 June 2019", {"byline": "Maria Lorne", "published_on": DAY}),
        ("By Ada Example | The Harbour Post", {"byline": "Ada Example"}),
        ("Port Ada, 3 June 2019", {"dateline_place": "Port Ada", "published_on": DAY}),
        ("Port Ada, Monday, June 3, 2019", {"dateline_place": "Port Ada", "published_on": DAY}),
        ("3 June 2019, Port Ada", {"dateline_place": "Port Ada", "published_on": DAY}),
        ("LONDON 3 June 2019", {"dateline_place": "LONDON", "published_on": DAY}),
        ("3 June 2019, 09:30 CEST, Port Ada", {"dateline_place": "Port Ada", "published_on": DAY}),
        ("PORT ADA | 3 June 2019", {"dateline_place": "PORT ADA", "published_on": DAY}),
        ("Last updated: 4 June 2019", {}),
    ],
)  # fmt: skip
def test_pieces_stand_side_by_side(line, fields):
    assert read(line) == fields


def test_a_time_next_to_a_day_belongs_to_it():
    (day,) = read_credits("June 3, 2019 / 9:00 AM EDT", 0)
    assert (day.value, day.written) == (DAY, "June 3, 2019, 9:00 AM EDT")


@pytest.mark.parametrize(
    "line",
    [
        "By Ada Example - the mayor's plan has failed",
        "Old lock reopens | The Harbour Post",
        "Old lock reopens - June 3, 2019",
        "Harbour Days In Town, 3 June 2019",
        "On June 3, 2019",
        "Maria Lorne",
        "Nobody stood by the lock in 2019",
        "by " * 200,
    ],
)
def test_what_has_anything_else_in_it_is_text(line):
    assert read(line) is None
