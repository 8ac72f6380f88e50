"""Records that cannot be true are turned away, each with its reason."""

from datetime import date

import polars as pl
import pytest

from expectations.rules import REJECTING
from transforms.frames import RECORDS
from transforms.sanity import split_records

TODAY = date(2024, 5, 3)


def records(*changes):
    plain = {"record_no": 1, "body": "Rain fell.", "body_start": 0, "published_on": date(2024, 5, 1)}
    rows = [plain | {"path": f"in/{number}.txt"} | change for number, change in enumerate(changes, 1)]
    return pl.DataFrame(rows, RECORDS)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"published_on": None},
        {"published_on": date(1700, 1, 1)},
        {"published_on": date(2024, 5, 5)},
        {"language": "nl"},
        {"language": None},
        {"body": "😔"},
    ],
)
def test_what_can_be_true_is_kept_as_it_is(change):
    given = records(change)
    sane, faults = split_records(given, today=TODAY)
    assert sane.equals(given)
    assert faults.is_empty()


@pytest.mark.parametrize(
    ("change", "code", "value"),
    [
        ({"published_on": date(1066, 10, 14)}, "date_not_sane", "1066-10-14"),
        ({"published_on": date(2024, 5, 6)}, "date_not_sane", "2024-05-06"),
        ({"language": "English"}, "language_unknown", "English"),
        ({"body": " \n\u00a0\u200b"}, "no_body", "blank"),
    ],
)
def test_an_insane_value_is_turned_away_with_the_reason(change, code, value):
    sane, faults = split_records(records({}, change), today=TODAY)
    assert sane["path"].to_list() == ["in/1.txt"]
    assert faults.select("path", "record_no", "reason_code").rows() == [("in/2.txt", 1, code)]
    assert faults["reason"][0].startswith("in/2.txt: ")
    assert value in faults["reason"][0]


def test_a_record_with_two_faults_is_turned_away_once():
    faults = split_records(records({"language": "English", "published_on": date(2091, 1, 1)}), today=TODAY)[1]
    assert faults["reason_code"].to_list() == ["date_not_sane"]


def test_the_gate_has_a_rule_for_each_fault():
    changes = ({"published_on": date(2091, 1, 1)}, {"language": "English"}, {"body": " "})
    faults = split_records(records(*changes), today=TODAY)[1]
    assert dict(zip(faults["reason_code"], (rule.name for rule in REJECTING), strict=True)) == {
        "date_not_sane": "published_on_is_sane",
        "language_unknown": "language_is_a_code",
        "no_body": "body_has_text",
    }


def test_no_records_are_split_into_none():
    sane, faults = split_records(records(), today=TODAY)
    assert (sane.height, faults.height) == (0, 0)
