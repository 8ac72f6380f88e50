"""Read every published version as it was at the time."""

from datetime import date, datetime, timedelta

import pytest

from schema.tables import TABLES
from tests.warehouse.samples import ADA, changed, sample_run
from warehouse.files.connect import query
from warehouse.query.ask import QueryError, ask
from warehouse.query.versions import VersionError, connect_version, find_version
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

ALL_ROWS = {table.name: f"SELECT * FROM {table.qualified} ORDER BY ALL" for table in TABLES}


def publish_run(path, number, frames):
    run_id = f"run-{number}"
    with open_next(path, run_id) as version:
        version.stage(frames(run_id))
        publish(version)
    return {name: query(path, sql) for name, sql in ALL_ROWS.items()}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A warehouse of three versions, and all tables of each version, read when it was the latest."""
    path = tmp_path_factory.mktemp("versions") / "w.duckdb"
    runs = [
        lambda run: sample_run(2, run_id=run),
        lambda run: changed(
            sample_run(1, run_id=run, first=3),
            "actors",
            0,
            name="Ada M. Quill",
            last_seen_on=date(2024, 6, 1),
        ),
        lambda run: changed(sample_run(1, run_id=run, first=4), "actors", 0, country_code="NL"),
    ]
    return path, [publish_run(path, number, frames) for number, frames in enumerate(runs, 1)]


@pytest.mark.parametrize("version_no", [1, 2, 3])
def test_a_version_has_the_tables_it_was_published_with(published, version_no):
    path, read_then = published
    with connect_version(path, version_no) as connection:
        for name, sql in ALL_ROWS.items():
            assert connection.sql(sql).pl().equals(read_then[version_no - 1][name]), name


def test_only_rows_that_changed_are_kept_twice(published):
    path, _ = published
    former = query(path, "SELECT name, since_version, until_version FROM history.actors ORDER BY ALL").rows()
    assert former == [("Ada M. Quill", 2, 3), ("Ada Quill", 1, 2)]
    assert query(path, "SELECT count(*) FROM history.statements").item() == 0


def test_a_row_has_the_version_since_which_it_is_unchanged(published):
    path, _ = published
    sql = "SELECT since_version, count(*) FROM statements GROUP BY ALL ORDER BY ALL"
    assert query(path, sql).rows() == [(1, 4), (2, 2), (3, 2)]


def test_views_answer_of_an_older_version(published):
    sql = f"SELECT DISTINCT speaker FROM who_said_what WHERE actor_id = '{ADA}'"
    names = [next(ask(published[0], sql, version)).read().item() for version in (1, 2, 3)]
    assert names == ["Ada Quill", "Ada M. Quill", "Ada Quill"]


def test_an_older_version_cannot_be_written(published):
    before = published[0].read_bytes()
    with pytest.raises(QueryError):
        list(ask(published[0], "DELETE FROM published.main.articles", 1))
    assert published[0].read_bytes() == before


def test_a_version_is_found_by_the_moment_or_day_it_was_current(published):
    path, _ = published
    times = dict(query(path, "SELECT version_no, published_at FROM ops.versions").rows())
    assert find_version(path, times[2]) == 2
    assert find_version(path, times[3] - timedelta(microseconds=1)) == 2
    assert find_version(path, times[3].date()) == 3
    assert find_version(path, (times[3] + timedelta(days=1)).replace(tzinfo=None)) == 3


def test_an_unknown_version_is_refused_and_those_there_are_named(published):
    with pytest.raises(VersionError, match="the versions are 1 to 3"):
        connect_version(published[0], 4)
    with pytest.raises(VersionError, match="nothing was published by 1999-12-31"):
        find_version(published[0], datetime(1999, 12, 31))
