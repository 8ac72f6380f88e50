"""Written dates become days; the day is never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.readers.fields.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    OPEN,
    read_date,
    read_day,
    read_month,
    read_month_of_day,
    read_order,
    read_written_date,
)

THIRD_OF_JUNE = date(2019, 6, 3)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2019-06-03", "2019-06-03"),
        ("2019/6/3", "2019/6/3"),
        ("20190603", "20190603"),
        ("2019-06-03T14:05:00+02:00", "2019-06-03"),
        ("2019-06-03 14:05 UTC", "2019-06-03"),
        ("2019-06-03 14:05 GMT (UTC)", "2019-06-03"),
        ("June 3, 2019", "June 3, 2019"),
        ("JUNE 3 2019", "JUNE 3 2019"),
        ("Jun. 3, 2019 at 2:05 p.m. EDT", "Jun. 3, 2019"),
        ("Monday, 3 June 2019, 14:05 UTC", "3 June 2019"),
        ("Mon, 03 Jun 2019 14:05:00 GMT", "03 Jun 2019"),
        ("3rd of June, 2019", "3rd of June, 2019"),
        ("3-Jun-2019", "3-Jun-2019"),
        ("3-JUN-2019 08:49:11.51F", "3-JUN-2019"),
        ("3 Jun 2019 14:05 +0200 (CEST)", "3 Jun 2019"),
        ("Mon, 03 Jun 19 14:05:00 GMT", "03 Jun 19"),
        ("Mon Jun  3 14:05:00 2019", "Jun  3 14:05:00 2019"),
    ],
)
def test_whole_dates_are_read_and_their_place_is_that_of_the_day(text, written):
    found = read_date(text)
    assert (found.day, text[found.start : found.end]) == (THIRD_OF_JUNE, written)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("13/04/2019", date(2019, 4, 13)),
        ("04/13/2019", date(2019, 4, 13)),
        ("13.04.2019", date(2019, 4, 13)),
        ("05/05/2019", date(2019, 5, 5)),
        ("03/04/2019", None),
        ("03.04.2019", None),
        ("3/4/19", None),
        ("June 3, '19", None),
    ],
)
def test_an_ambiguous_date_is_not_a_date(text, day):
    found = read_date(text)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "June 3",
        "June 2019",
        "2019",
        "2019-13-01",
        "June 31, 2019",
        "on June 3, 2019 he",
        "Marching 3, 2019",
    ],
)
def test_parts_of_dates_and_impossible_days_are_not_dates(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("03/04/2019", OPEN),
        ("25/04/2019 10:00", DAY_FIRST),
        ("04-25-2019", MONTH_FIRST),
        ("05/05/2019", None),
        ("32/04/2019", None),
        ("13/13/2019", None),
        ("2019-04-03", None),
        ("03/04/19", None),
    ],
)
def test_a_date_in_numbers_shows_the_order_of_day_and_month_or_leaves_it_open(text, order):
    assert read_order(text) == order


def test_an_order_decides_where_a_date_leaves_it_open_and_nowhere_else():
    assert read_written_date("03/04/2019", DAY_FIRST).day == date(2019, 4, 3)
    assert read_written_date("03/04/2019", MONTH_FIRST).day == date(2019, 3, 4)
    assert read_written_date("25/04/2019", MONTH_FIRST).day == date(2019, 4, 25)
    assert read_written_date("03/04/2019") is None


@pytest.mark.parametrize("text", ["June 3", "3 June", "Jun. 3", "3rd June"])
def test_a_day_without_a_year_takes_the_given_year(text):
    assert read_month_of_day(text) == 6
    assert read_day(text, 2019).day == THIRD_OF_JUNE


def test_29_february_is_read_in_leap_years_only():
    assert read_day("Feb. 29", 2020).day == date(2020, 2, 29)
    assert read_day("Feb. 29", 2019) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2019", (2019, None)), ("June 2019", (2019, 6)), ("June", (None, None)), ("x", (None, None))],
)
def test_years_and_months_alone_are_reported(text, expected):
    assert read_month(text) == expected


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_back_in_every_form(day):
    month = day.strftime("%B")
    for text in (day.isoformat(), f"{month} {day.day}, {day.year}", f"{day.day} {month} {day.year}"):
        assert read_date(text) == (day, 0, len(text))


@given(st.text(max_size=40))
def test_no_text_makes_reading_a_date_fail(text):
    read_date(text)
    read_written_date(text, DAY_FIRST)
    read_order(text)
    read_month(text)
    read_month_of_day(text)
