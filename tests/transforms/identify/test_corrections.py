"""Users' corrections are applied to the actors that the evidence yields."""

from __future__ import annotations

import polars as pl
import pytest

from schema.tables import ROLE_EVIDENCE
from transforms.identify.corrected import PLACES, Subjects, apply_corrections
from transforms.identify.corrections import CorrectionError, number_corrections
from transforms.identify.rewording import Found

SAID = "5" * 32  # a statement
TOLD_IN = "a" * 32  # an article
SUBJECTS = Subjects(
    frozenset([SAID]),
    pl.DataFrame([(TOLD_IN, "p2")], PLACES, orient="row"),
    {SAID: Found("The mill was sold, she said.", [(0, 17)], "indirect")},
)
PROFILES = pl.DataFrame(
    [
        {"profile_id": "p1", "actor_id": "a1", "rule": "name", "kind": "person", "name": "Ann Roe"},
        {"profile_id": "p2", "actor_id": "a1", "rule": "name", "kind": "person", "name": "Ann Roe"},
        {"profile_id": "p3", "actor_id": "a2", "rule": "name", "kind": "person", "name": "Anna Roe"},
        {"profile_id": "p4", "actor_id": "a3", "rule": "name", "kind": "organization", "name": "Acme"},
        {"profile_id": "p5", "actor_id": "a4", "rule": "name", "kind": "organization", "name": "Acme"},
    ]
).with_columns(
    country_code=pl.Series(["NL", None, None, "DE", None], dtype=pl.String),
    org_type=pl.Series([None, None, None, "company", None], dtype=pl.String),
    roles=pl.Series(
        [[], [{"text": "Mayor", "country_code": "FR"}, {"text": "nurse"}], [], [], []],
        dtype=pl.List(ROLE_EVIDENCE),
    ),
)


def apply(*lines):
    rows = [{"action": action, "actor": actor, "value": value, "note": "n"} for action, actor, value in lines]
    return apply_corrections(PROFILES, number_corrections(pl.DataFrame(rows)), SUBJECTS)


def corrected(*lines: tuple[str, str, str]) -> tuple[dict[str, dict], list[tuple]]:
    """Apply lines of corrections; return the profiles by id, and (outcome, changed profiles) for each line."""
    made = apply(*lines)
    by_id = {row["profile_id"]: row for row in made.profiles.to_dicts()}
    return by_id, made.applied.select("outcome", "profile_count").rows()


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


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("p2", {"p2"}), ("role=mayor", {"p2"}), ("country=NL", {"p1"}), ("country=FR", {"p2"}),
        (f"article={TOLD_IN}", {"p2"}), ("country=NL|role=nurse", {"p1", "p2"}),
    ],
)  # fmt: skip
def test_a_split_is_by_profile_or_role_or_country_or_article(value, parts):
    profiles, applied = corrected(("split", "a1", value))
    assert {key for key, row in profiles.items() if row["actor_id"] not in ("a1", "a2", "a3", "a4")} == parts
    assert applied == [("applied", len(parts))]


def test_a_role_is_corrected_in_profiles_and_statements():
    made = apply(("role", "Ann Roe", "mayor => deputy mayor"), ("role", "a1", "Nurse =>"))
    assert [role["text"] for role in made.profiles["roles"][1]] == ["deputy mayor"]
    assert made.roles.rows() == [("p2", "Mayor", "deputy mayor"), ("p2", "nurse", None)]
    assert made.applied["profile_count"].to_list() == [1, 1]


def test_type_and_country_hold_for_all_profiles_of_an_actor():
    profiles, _ = corrected(("type", "a3", "ngo"), ("country", "a1", "none"), ("country", "a4", "FR"))
    assert profiles["p4"]["org_type"] == "ngo" and profiles["p5"]["country_code"] == "FR"
    assert profiles["p1"]["country_code"] is None


def test_a_name_that_is_not_an_actor_has_the_kind_nobody():
    assert corrected(("not_an_actor", "Ann Roe", ""))[0]["p1"]["kind"] == "nobody"


def test_a_statement_gets_the_speaker_that_all_lines_together_make():
    made = apply(("speaker", SAID, "Anna Roe"), ("merge", "Anna Roe", "a1"))
    assert made.statements.rows() == [(SAID, "a1", False, None, None, None, False)]
    assert made.applied.select("outcome", "actor_id").rows()[0] == ("applied", "a2")


def test_a_statement_is_by_nobody_who_can_be_named_if_the_last_line_says_so():
    made = apply(("speaker", SAID, "a1"), ("speaker", SAID, "none"))
    assert made.statements.rows() == [(SAID, None, False, None, None, None, True)]
    assert made.applied["outcome"].to_list() == ["contradicted", "applied"]


def test_a_statement_that_is_deleted_keeps_its_speaker():
    assert apply(("delete", SAID, "")).statements.rows() == [(SAID, None, True, None, None, None, False)]


def test_a_correction_of_a_missing_statement_is_not_met():
    assert apply(("delete", "6" * 32, "")).applied["outcome"].to_list() == ["not_met"]


@pytest.mark.parametrize(
    "lines",
    [
        (("rename", "a1", "X"), ("rename", "a1", "Y")),
        (("kind", "a3", "group"), ("not_an_actor", "a3", "")),
        (("delete", SAID, ""), ("speaker", SAID, "a1")),
    ],
)
def test_a_line_contradicted_by_a_later_one_is_reported(lines):
    assert [outcome for outcome, _ in corrected(*lines)[1]] == ["contradicted", "applied"]


def test_the_same_line_twice_contradicts_nothing():
    outcomes = [outcome for outcome, _ in corrected(("kind", "a3", "group"), ("kind", "a3", "group"))[1]]
    assert outcomes == ["applied", "applied"]


@pytest.mark.parametrize(
    "line",
    [
        ("join", "a", "b"), ("kind", "a", "robot"), ("merge", "a", ""), ("type", "a", "club"), ("country", "a", "nl"),
        ("role", "a", "mayor"), ("role", "a", "=> mayor"), ("split", "a", "town=Arvel"), ("split", "a", "role="),
        ("split", "a", "country=Norvia"), ("not_an_actor", "a", "b"), ("delete", "a", ""), ("delete", SAID, "x"),
        ("speaker", "Ann Roe", "a"), ("speaker", SAID, ""), ("add", "a.txt", "content 1-5"), ("add", SAID, "The mill"),
        ("add", SAID, "content 5-1"), ("add", SAID, "content 1-5 3-9"), ("add", SAID, "content 1-5; cue 9-9"),
    ],
)  # fmt: skip
def test_an_invalid_line_is_refused_with_its_number(line):
    with pytest.raises(CorrectionError, match=r"actor_corrections\.csv, line 2"):
        corrected(line)


def test_the_last_wording_of_a_statement_holds_and_other_lines_on_it_do_too():
    lines = [("content", SAID, words) for words in ("The mill", "The lock", "was sold")]
    made = apply(*lines, ("speaker", SAID, "Anna Roe"))
    span = {"start": 9, "end": 17}
    assert made.statements.rows() == [(SAID, "a2", False, "was sold", [span], "indirect", False)]
    assert made.applied["outcome"].to_list() == ["contradicted", "not_in_text", "applied", "applied"]
