"""The picture of what 100 more articles cost."""

import re

import pytest

from bench.picture import draw


def test_a_cheaper_run_is_drawn_lower_and_the_goal_is_a_level_line():
    drawing = draw({"before": {"1000": 10.0, "100000": 40.0}, "now": {"1000": 10.0, "100000": 20.0}})
    goal, before, now = re.findall(r'points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"', drawing)
    assert goal[1] == goal[3] and float(goal[1]) < float(before[1])  # y grows downwards
    assert float(before[3]) < float(now[3]) < float(goal[3])
    assert before[:2] == now[:2] and before[2] == now[2]


@pytest.mark.parametrize(
    "series", [{"now": {"1000": 9.5}}, {str(n): {"1": 1.0, "9": n} for n in range(1, 7)}]
)
def test_one_size_and_more_series_than_colours_are_drawn(series):
    assert all(f">{name}</text>" in draw(series) for name in series)
