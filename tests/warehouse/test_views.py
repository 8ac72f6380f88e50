"""Views on stories and on what has no column."""

import pytest

from tests.warehouse.samples import changed, sample_run
from warehouse.connect import query
from warehouse.publish import publish
from warehouse.stage import open_next


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Two articles in one story that say the same at first; the second is the later one."""
    frames = sample_run(3, 2)
    first = frames["articles"].row(0, named=True)
    frames = changed(frames, "articles", 0, extra='{"a/b": "x", "seen": 1}')
    frames = changed(frames, "articles", 1, story_id=first["story_id"], version_no=2, extra='{"seen": 2}')
    said = frames["statements"].row(0, named=True)
    frames = changed(frames, "statements", 2, content=said["content"].upper())
    path = tmp_path_factory.mktemp("views") / "w.duckdb"
    with open_next(path, "run") as version:
        version.stage(frames)
        publish(version)
    return path


def test_a_statement_that_copies_repeat_counts_once(warehouse):
    assert query(warehouse, "select count(*) from statements").item() == 6
    once = query(
        warehouse, "select article_id, seq_no, copies from statements_once order by copies desc"
    ).rows()
    first = query(warehouse, "select article_id from articles where path = 'in/1.txt'").item()
    assert len(once) == 5
    assert once[0] == (first, 1, 2)
    assert {copies for _, _, copies in once[1:]} == {1}


def test_versions_of_a_story_come_in_order(warehouse):
    rows = query(warehouse, "select version, path, article_before is null from story_versions").rows()
    assert rows == [(1, "in/1.txt", True), (2, "in/2.txt", False)]


def test_fields_without_a_column_are_counted(warehouse):
    assert query(warehouse, "from extra_fields").rows() == [
        ("seen", 2, "in/1.txt", "1"), ("a/b", 1, "in/1.txt", "x"),
    ]  # fmt: skip
