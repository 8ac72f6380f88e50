"""Records that cannot be articles are rejected, each with its reason."""

from datetime import date

import polars as pl
import pytest

from expectations.rules import REJECTING
from transforms.articles.sanity import split_records
from transforms.frames import RECORDS


def records(*changes):
    plain = {"record_no": 1, "body": "Rain fell.", "body_start": 0, "published_on": date(2024, 5, 1)}
    rows = [plain | {"path": f"in/{number}.txt"} | change for number, change in enumerate(changes, 1)]
    return pl.DataFrame(rows, RECORDS)


@pytest.mark.parametrize(
    "change", [{}, {"published_on": date(2091, 1, 1)}, {"language": "none"}, {"body": "😔"}]
)
def test_plausible_values_are_unchanged(change):
    given = records(change)
    sane, faults = split_records(given)
    assert sane.equals(given)
    assert faults.is_empty()


def test_a_blank_body_is_rejected_with_the_reason():
    sane, faults = split_records(records({}, {"body": " \n\u00a0\u200b"}))
    assert sane["path"].to_list() == ["in/1.txt"]
    assert faults.rows() == [("in/2.txt", 1, "no_body", "in/2.txt: has no text")]


def test_the_gate_has_the_same_rule():
    assert "body_has_text" in {rule.name for rule in REJECTING}
