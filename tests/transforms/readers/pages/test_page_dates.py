"""Convert the times in pages and scripts to text that the date parser reads."""

import pytest

from transforms.readers.pages.page_dates import choose_published, read_published, write_moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1559567100000", "2019-06-03T13:05:00Z"),
        ("1559567100", "2019-06-03T13:05:00Z"),
        ("/Date(1559567100000)/", "2019-06-03T13:05:00Z"),
        ("/Date(1559567100000+0100)/", "2019-06-03T13:05:00Z"),
        ("new Date(1559567100000)", "2019-06-03T13:05:00Z"),
        ("new Date(2019, 5, 3, 14, 5)", "2019-06-03"),
        ('new Date("2019-06-03T14:05:00")', "2019-06-03T14:05:00"),
        ("Mon Jun 03 2019 14:05:00 GMT+0100 (British Summer Time)", "2019-06-03T14:05:00+0100"),
        ("Mon Jun 03 2019 14:05:00 GMT", "2019-06-03T14:05:00Z"),
        ("Mon Jun  3 14:05:00 UTC 2019", "2019-06-03T14:05:00Z"),
        ("Mon Jun 03 14:05:00 +0100 2019", "2019-06-03T14:05:00+0100"),
        ("2019年6月3日 14:05", "2019-06-03"),
        ("3 June 2019", "3 June 2019"),
        ("2019-06-03T14:05:00+01:00", "2019-06-03T14:05:00+01:00"),
        ("soon", "soon"),
        ("9999999999999", "2286-11-20T17:46:39Z"),
        ("12345", "12345"),
    ],
)
def test_moments_of_scripts_become_iso(written, moment):
    assert write_moment(written) == moment


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Published 3 June 2019", "3 June 2019"),
        ("Published: 14:05 BST, 3 June 2019 | Updated: 09:00 BST, 4 June 2019", "3 June 2019"),
        ("Posted on June 3, 2019 at 2:05 PM", "June 3, 2019 at 2:05 PM"),
        ("June 3, 2019 · 4 min read", "June 3, 2019"),
        ("First published on Monday, 3 June 2019", "Monday, 3 June 2019"),
        ("Submitted on Mon, 2019-06-03 14:05", "Mon, 2019-06-03 14:05"),
        ("Updated 4 June 2019", None),
        ("Last modified: 2019-06-04", None),
        ("2 hours ago", None),
        ("", None),
    ],
)
def test_dates_in_a_line_of_a_page(text, published):
    assert read_published(text) == published


def test_the_first_date_that_can_be_read_counts():
    candidates = [
        ("a", "today"),
        ("b", "1970-01-01T00:00:00Z"),
        ("c", "0001-01-01"),
        ("d", "2019-06-03"),
        ("e", "2020-01-01"),
    ]
    assert choose_published(candidates) == ("d", "2019-06-03")


def test_an_unreadable_date_is_kept_as_written():
    assert choose_published([("a", "31 February 2019")]) == ("a", "31 February 2019")
    assert choose_published([]) is None
