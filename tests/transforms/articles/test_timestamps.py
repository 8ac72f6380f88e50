"""Written dates become days and moments, or stay unknown with a reason; nothing is guessed."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles.timestamps import add_timestamps, read_dateline_day, read_timestamp
from transforms.frames import RECORDS

DAY = date(2019, 6, 3)


def at(day, hour, minute, second=0):
    return datetime(2019, 6, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-06-03T14:05:00Z", at(3, 14, 5)),
        ("2019-06-03T14:05:00.123+02:00", at(3, 12, 5)),
        ("20190603T140500-0530", at(3, 19, 35)),
        ("Mon, 03 Jun 2019 23:50:59 GMT", at(3, 23, 50, 59)),
        ("Mon, 3 June 2019 23:50 -0400", at(4, 3, 50)),
        ("June 3, 2019, 2:05 p.m. EDT", at(3, 18, 5)),
        ("3 June 2019 12:05 a.m. (UTC)", at(3, 0, 5)),
        ("1559570700", at(3, 14, 5)),
        ("1559570700123", at(3, 14, 5)),
        ("1559570700.0", at(3, 14, 5)),
        ("1559570700123456", at(3, 14, 5)),
        ("Mon, 03 Jun 19 14:05:00 GMT", at(3, 14, 5)),
        ("Mon Jun 03 14:05:00 UTC 2019", at(3, 14, 5)),
        ("Mon Jun 03 2019 16:05:00 GMT+0200 (Central European Summer Time)", at(3, 14, 5)),
        ("Mon, 3 Jun 2019 16:05:00 +0200 (CEST)", at(3, 14, 5)),
        ("2019-06-03 16:05 GMT+2", at(3, 14, 5)),
        ("2019-06-03 16:05 CEST+0200", at(3, 14, 5)),
        ("2019-06-03T14:05:00Z+00:00", at(3, 14, 5)),
        ("2019-06-03T16:05:00+02:00[Europe/Paris]", at(3, 14, 5)),
        ("20190603T140500Z", at(3, 14, 5)),
        ("10:05 AM EDT, Mon June 3, 2019", at(3, 14, 5)),
    ],
)
def test_a_time_with_its_zone_is_a_moment_in_utc(text, moment):
    assert read_timestamp(text) == (DAY, moment, "instant", None)


@pytest.mark.parametrize(
    "text",
    [
        "2019-06-03",
        "3 June 2019, 14:05",
        "2019-06-03T14:05:00",
        "June 3, 2019 at 2 p.m. IST",
        "2019-06-03 25:05 UTC",
        "3-JUN-2019 08:49:11.51F",
        "3 June 2019 14:05 EST5EDT",
        "3 June 2019 14:05 Local Time",
        "2019-06-03 14:05 CEST+0300",
        "2019-06-03T14:05:00+9900",
        "20190603140500",
        "Mon Jun  3 14:05:00 2019",
        "Published on June 3, 2019 | 5 min read",
    ],
)
def test_without_time_or_zone_there_is_a_day_alone(text):
    assert read_timestamp(text) == (DAY, None, "day", None)


@pytest.mark.parametrize(
    ("text", "precision", "reason"),
    [
        ("June 2019", "month", "gives no day: 'June 2019'"),
        ("2019", "year", "gives no day: '2019'"),
        ("03/04/2019", None, "may be two days: '03/04/2019'"),
        (
            "31 February 2019",
            None,
            "is not a day of the calendar, or may mean two different days: '31 February 2019'",
        ),
        ("03.06.19", None, "is not a day of the calendar, or may mean two different days: '03.06.19'"),
        ("yesterday", None, "is not a date: 'yesterday'"),
        (
            "2019-06-03 to 2020-06-05",
            None,
            "is not a day of the calendar, or may mean two different days: '2019-06-03 to 2020-06-05'",
        ),
    ],
)
def test_an_ambiguous_day_has_a_reason(text, precision, reason):
    assert read_timestamp(text) == (None, None, precision, reason)


@given(
    st.text(max_size=150) | st.from_regex(r"[0-9]{1,4}[-/. T][0-9]{1,2}[-/. ][0-9]{1,4}[ T][0-9:+Zzpam. ]*")
)
def test_any_text_is_read_and_a_day_is_null_exactly_with_a_reason(text):
    moment = read_timestamp(text)
    assert (moment.on is None) == (moment.reason is not None)
    assert (moment.at is not None) == (moment.precision == "instant")


@pytest.mark.parametrize(
    ("text", "near", "day"),
    [
        ("June 3", date(2019, 6, 4), DAY),
        ("Dec 31", date(2020, 1, 1), date(2019, 12, 31)),
        ("Jan 1", date(2019, 12, 31), date(2020, 1, 1)),
        ("Feb 29", date(2019, 3, 1), None),
        ("June 3, 2019", None, DAY),
        ("June 3", None, None),
        ("Monday", DAY, None),
    ],
)
def test_a_dateline_without_a_year_takes_the_nearest_year(text, near, day):
    assert read_dateline_day(text, near) == day


def test_the_columns_of_articles_come_from_those_of_records():
    rows = [
        {
            "published": "2019-06-04T01:00:00+02:00",
            "published_in": "JSON-LD",
            "dateline_date": "June 3",
            "updated": "x",
        },
        {
            "published": "June 2019",
            "published_in": "header",
            "published_on": DAY,
            "embargo": "2019-06-03T14:05Z",
        },
        {"published": "soon", "published_in": "field date"},
        {},
    ]
    plain = {"path": "a", "record_no": 1, "body": "b", "body_start": 0, "header_spans": []}
    dated = add_timestamps(pl.DataFrame([plain | row for row in rows], RECORDS))
    names = [
        "published_on",
        "published_at",
        "published_precision",
        "published_from",
        "published_reason",
        "dateline_on",
    ]
    assert dated.select(names).rows() == [
        (date(2019, 6, 4), at(3, 23, 0), "instant", "JSON-LD", None, DAY),
        (DAY, None, "day", "header", None, None),  # the reader found the day of the month elsewhere
        (None, None, None, "field date", "is not a date: 'soon'", None),
        (None, None, None, None, "the file gives no date", None),
    ]
    assert dated.select("updated_at", "embargoed_until").rows()[:2] == [(None, None), (None, at(3, 14, 5))]
