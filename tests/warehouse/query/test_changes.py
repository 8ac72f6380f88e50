"""What was added, changed and removed between two versions."""

import pytest

from schema.tables import BY_NAME
from tests.warehouse.samples import changed, sample_run
from warehouse.query.changes import count_changes, latest_version, read_changes
from warehouse.query.versions import VersionError
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Two versions: first two articles, then a third article in which the office has a longer name."""
    path = tmp_path_factory.mktemp("changes") / "w.duckdb"
    first, second = sample_run(), sample_run(1, first=11, run_id="20240504T080000-bbbb")
    for frames in (first, changed(second, "actors", 1, name="Pond Office of Reedham")):
        with open_next(path, frames["runs"]["run_id"][0]) as version:
            version.stage(frames)
            publish(version)
    return path


def test_rows_are_new_or_changed(warehouse):
    counts = {row["table_name"]: row for row in count_changes(warehouse, 1).to_dicts()}
    assert counts["articles"] == {"table_name": "articles", "rows": 3, "added": 1, "changed": 0, "removed": 0}
    assert (counts["actors"]["added"], counts["actors"]["changed"]) == (0, 1)
    assert (counts["statements"]["rows"], counts["statements"]["added"]) == (6, 2)


def test_against_nothing_all_rows_are_new(warehouse):
    for row in count_changes(warehouse, 0).to_dicts():
        assert (row["added"], row["changed"], row["removed"]) == (row["rows"], 0, 0)


def test_a_version_compared_with_itself_has_no_changes(warehouse):
    assert latest_version(warehouse) == 2
    assert count_changes(warehouse, 2).select("added", "changed", "removed").sum().row(0) == (0, 0, 0)


def test_the_rows_themselves_can_be_read(warehouse):
    rows = read_changes(warehouse, BY_NAME["actors"], 1).to_dicts()
    assert [(row["change"], row["name"]) for row in rows] == [("changed", "Pond Office of Reedham")]


def test_an_unknown_version_is_an_error(warehouse):
    with pytest.raises(VersionError):
        count_changes(warehouse, 7)
