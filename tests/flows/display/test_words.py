"""Numbers in messages: only significant digits, and "1 row" in the singular."""

import pytest

from flows.display.quantities import count, duration, size


def test_one_is_singular_and_everything_else_plural():
    assert [count(number, "row") for number in (0, 1, 2, 2000)] == ["0 rows", "1 row", "2 rows", "2,000 rows"]
    assert count(2, "row is", "rows are") == "2 rows are"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (0.45, "0.5 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (725, "12 min 5 s"),
     (3599.7, "1 h 0 min"), (12_000, "3 h 20 min")],
)  # fmt: skip
def test_a_time_has_significant_digits_only(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 B"), (640_000, "640 kB"), (999_600, "1.0 MB"), (1_234_567, "1.2 MB"), (35_123_456_789, "35 GB")],
)
def test_a_size_has_significant_digits_only(number, words):
    assert size(number) == words
