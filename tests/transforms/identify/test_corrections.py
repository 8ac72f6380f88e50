"""What people know better is applied to the actors that evidence gives."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.identify.corrections import CorrectionError, apply_corrections, number_corrections

PROFILES = pl.DataFrame(
    [
        {"profile_id": "p1", "actor_id": "a1", "rule": "name", "kind": "person", "name": "Ann Roe"},
        {"profile_id": "p2", "actor_id": "a1", "rule": "name", "kind": "person", "name": "Ann Roe"},
        {"profile_id": "p3", "actor_id": "a2", "rule": "name", "kind": "person", "name": "Anna Roe"},
        {"profile_id": "p4", "actor_id": "a3", "rule": "name", "kind": "organization", "name": "Acme"},
        {"profile_id": "p5", "actor_id": "a4", "rule": "name", "kind": "organization", "name": "Acme"},
    ]
)


def corrected(*lines: tuple[str, str, str]) -> tuple[dict[str, dict], list[tuple]]:
    """Profiles by id as corrected, and (outcome, profiles changed) of each line."""
    rows = [{"action": action, "actor": actor, "value": value, "note": "n"} for action, actor, value in lines]
    profiles, applied = apply_corrections(PROFILES, number_corrections(pl.DataFrame(rows)))
    by_id = {row["profile_id"]: row for row in profiles.to_dicts()}
    return by_id, applied.select("outcome", "profile_count").rows()


def test_merge_takes_all_profiles_along():
    profiles, applied = corrected(("merge", "Anna Roe", "a1"))
    assert (profiles["p3"]["actor_id"], profiles["p3"]["rule"]) == ("a1", "correction")
    assert applied == [("applied", 1)]


def test_split_makes_an_actor_of_the_profiles_named():
    profiles, applied = corrected(("split", "Ann Roe", "p2"))
    assert profiles["p1"]["actor_id"] == "a1" != profiles["p2"]["actor_id"]
    assert applied == [("applied", 1)]


def test_rename_and_kind_keep_the_actor():
    profiles, _ = corrected(("rename", "a2", "Anna B. Roe"), ("kind", "Anna B. Roe", "group"))
    assert (profiles["p3"]["name"], profiles["p3"]["kind"], profiles["p3"]["actor_id"]) == (
        "Anna B. Roe",
        "group",
        "a2",
    )


@pytest.mark.parametrize(
    "line", [("rename", "Acme", "Acme Corp"), ("merge", "a1", "Nobody"), ("split", "a1", "p3")]
)
def test_a_line_that_fits_no_actor_or_several_changes_nothing(line):
    profiles, applied = corrected(line)
    assert list(profiles.values()) == PROFILES.to_dicts()
    assert applied == [("met_several" if line[1] == "Acme" else "not_met", 0)]


def test_the_target_of_a_merge_gives_the_kind():
    profiles, _ = corrected(("merge", "a3", "Ann Roe"))
    assert (profiles["p4"]["actor_id"], profiles["p4"]["kind"]) == ("a1", "person")


@pytest.mark.parametrize("line", [("join", "a", "b"), ("kind", "a", "robot"), ("merge", "a", "")])
def test_a_line_that_cannot_be_one_is_refused_with_its_number(line):
    with pytest.raises(CorrectionError, match=r"actor_corrections\.csv, line 2"):
        corrected(line)
