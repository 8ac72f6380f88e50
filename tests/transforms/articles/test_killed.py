"""A source withdraws versions of a story: which versions are killed, and what releases them."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.articles.stories import MEMBERS, join_stories

WIRE, PAPER = {"outlet": "River Wire"}, {"outlet": "The Marsh"}


def version(name, day, **values):
    return {"article_id": name, "story_id": "a", "published_on": date(2024, 5, day)} | values


def killed(*versions):
    joined = join_stories(
        pl.DataFrame(versions, MEMBERS), pl.DataFrame([], {"article_id": pl.String, "other_id": pl.String})
    )
    return set(joined.filter("is_killed")["article_id"])


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([version("a", 1), version("b", 2)], set()),
        ([version("a", 1), version("b", 2, withdrawal="kill_note")], {"a", "b"}),
        ([version("a", 1), version("b", 2), version("c", 3, withdrawal="canceled")], {"a", "b", "c"}),
        ([version("a", 1), version("b", 2, withdrawal="canceled"), version("c", 3)], {"a", "b"}),
        ([version("a", 1, withdrawal="withheld")], {"a"}),
        ([version("a", 1, withdrawal="withheld"), version("b", 2)], set()),
        ([version("a", 1), version("b", 2, withdrawal="hold_note"), version("c", 3)], set()),
        ([version("a", 1, withdrawal="withheld"), version("b", 2, withdrawal="canceled")], {"a", "b"}),
    ],
)
def test_a_later_version_sets_free_what_was_held_and_not_what_was_killed(versions, expected):
    assert killed(*versions) == expected


def test_the_first_source_withdraws_a_story_for_all():
    versions = [version("a", 1, **WIRE), version("b", 2, **PAPER), version("c", 4, **PAPER)]
    assert killed(*versions, version("d", 3, withdrawal="kill_note", **WIRE)) == {"a", "b", "c", "d"}


def test_a_reprinting_source_withdraws_only_its_own_story():
    versions = [version("a", 1, **WIRE), version("b", 2, **PAPER)]
    assert killed(*versions, version("c", 3, withdrawal="kill_note", **PAPER)) == {"b", "c"}


def test_an_agency_withdraws_its_stories_for_all_who_print_them():
    versions = [version("a", 1, agency="River Wire", **PAPER), version("b", 2, withdrawal="canceled", **WIRE)]
    assert killed(*versions) == {"a", "b"}


def test_versions_with_one_id_are_ordered_by_number():
    versions = [version("a", 1, guid="urn:1", version_no=3), version("b", 1, guid="urn:1", version_no=1)]
    assert killed(*versions, version("c", 1, guid="urn:1", version_no=2, withdrawal="canceled")) == {"b", "c"}


def test_versions_of_one_day_are_ordered_by_time():
    def at(hour):
        return {"updated_at": datetime(2024, 5, 1, hour, tzinfo=UTC)}

    versions = [
        version("a", 1, **at(8)),
        version("b", 1, withdrawal="kill_note", **at(9)),
        version("c", 1, **at(10)),
    ]
    assert killed(*versions) == {"a", "b"}


def test_a_note_without_a_day_kills_all():
    assert killed(version("a", 1), {"article_id": "b", "story_id": "a", "withdrawal": "kill_note"}) == {
        "a",
        "b",
    }
