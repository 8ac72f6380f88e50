"""Counts by day become columns without gaps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.explore.charts import WIDEST, draw_columns, pick_unit

DAY = date(2024, 3, 5)


def rows(*days):
    return [{"day": day, "statements": count} for day, count in days]


def test_days_on_which_nothing_was_said_have_a_column():
    chart = draw_columns(rows((DAY, 2), (DAY + timedelta(days=3), 5), (None, 9)))
    assert [(column.since, column.count) for column in chart.columns] == [
        (DAY, 2), (date(2024, 3, 6), 0), (date(2024, 3, 7), 0), (date(2024, 3, 8), 5)
    ]  # fmt: skip
    assert (chart.unit, chart.highest, chart.total) == ("day", 5, 7)


@pytest.mark.parametrize(
    "days, unit",
    [(1, "day"), (75, "day"), (76, "week"), (525, "week"), (526, "month"), (2250, "month"), (2251, "year")],
)
def test_long_times_have_wider_columns(days, unit):
    assert pick_unit(DAY, DAY + timedelta(days=days - 1)) == unit


def test_without_a_day_there_is_no_chart():
    assert draw_columns(rows((None, 3))) is None and draw_columns([]) is None


def test_two_charts_can_share_an_axis():
    span = (date(2024, 1, 1), date(2024, 1, 31))
    chart = draw_columns(rows((date(2024, 1, 30), 1)), span)
    assert len(chart.columns) == 31 and chart.columns[0].since == span[0]


@given(st.lists(st.tuples(st.dates(), st.integers(1, 9)), min_size=1, max_size=20))
def test_columns_are_few_follow_each_other_and_add_up(days):
    chart = draw_columns(rows(*days))
    assert sum(column.count for column in chart.columns) == chart.total == sum(count for _, count in days)
    if chart.unit != "year":
        assert len(chart.columns) <= WIDEST + 3
    for one, other in zip(chart.columns, chart.columns[1:], strict=False):
        assert one.until + timedelta(days=1) == other.since
    assert chart.columns[0].since <= min(day for day, _ in days)
    assert chart.columns[-1].until >= max(day for day, _ in days)
