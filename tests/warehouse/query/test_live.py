"""A warehouse that is read for a long time, while runs publish."""

import threading
import time
from datetime import date

import pytest

from tests.warehouse.samples import publish_sample, sample_run
from warehouse.files.connect import WarehouseError, connect
from warehouse.query.ask import Bounds
from warehouse.query.guard import QueryError
from warehouse.query.live import Live, fill
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

COUNT = "SELECT count(*) AS n FROM main.articles"
ENDLESS = "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range + b.range = 7"


def publish_next(path, number):
    run_id = f"2024050{number}T080000-aaaa"
    with open_next(path, run_id) as version:
        version.stage(sample_run(run_id=run_id, first=2 * number - 1))
        publish(version)
    return path


@pytest.fixture
def warehouse(tmp_path):
    return publish_sample(tmp_path / "w.duckdb")


def count(live):
    with live.reading() as reading:
        return reading.edition.version_no, reading.rows(COUNT)[0]["n"]


def test_a_new_version_is_read_as_soon_as_it_is_published(warehouse):
    live = Live(warehouse)
    assert count(live) == (1, 2)
    publish_next(warehouse, 2)
    assert count(live) == (2, 4)


def test_a_reader_keeps_its_version_and_the_next_one_waits_for_it(warehouse):
    live, seen = Live(warehouse), []
    with live.reading() as reading:
        publish_next(warehouse, 2)
        other = threading.Thread(target=lambda: seen.append(count(live)))
        other.start()
        other.join(0.3)
        assert seen == [] and reading.rows(COUNT) == [{"n": 2}]
    other.join(30)
    assert seen == [(2, 4)]


def test_a_given_old_version_stays_the_one_that_is_read(warehouse):
    publish_next(warehouse, 2)
    live = Live(warehouse, version_no=1)
    assert count(live) == (1, 2)
    with live.reading() as reading:
        assert not reading.edition.is_latest


def test_many_readers_at_once_see_one_version_each(warehouse):
    live, seen = Live(warehouse), []

    def read():
        for _ in range(20):
            seen.append(count(live))

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    publish_next(warehouse, 2)
    for thread in threads:
        thread.join(60)
    assert len(seen) == 120 and set(seen) <= {(1, 2), (2, 4)}
    assert count(live) == (2, 4)


def test_the_file_is_closed_between_questions(warehouse):
    """Between two queries, another process or this process can write to the file in place."""
    live = Live(warehouse, idle_seconds=0.1)
    assert count(live) == (1, 2)
    deadline = time.monotonic() + 20
    while True:
        try:
            connect(warehouse).close()
            break
        except WarehouseError:  # DuckDB opens a file in one way at a time
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert count(live) == (1, 2)


def test_kept_data_of_a_version_is_removed_with_it(warehouse):
    live = Live(warehouse, idle_seconds=0)
    with live.reading() as reading:
        reading.memory["n"] = 1
    time.sleep(0.2)
    with live.reading() as reading:
        assert reading.memory == {"n": 1}
    publish_next(warehouse, 2)
    with live.reading() as reading:
        assert reading.memory == {}


def test_an_endless_question_ends(warehouse):
    live = Live(warehouse, bounds=Bounds("500MB", 0.5))
    began = time.monotonic()
    with pytest.raises(QueryError, match="longer than"), live.reading() as reading:
        reading.rows(ENDLESS)
    assert time.monotonic() - began < 10
    assert count(live) == (1, 2)


def test_no_more_rows_are_returned_than_requested(warehouse):
    with Live(warehouse).reading() as reading:
        assert len(reading.rows("SELECT * FROM range(100)", limit=7)) == 7


def test_nothing_can_be_written_and_no_other_file_read(warehouse, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    with Live(warehouse).reading() as reading:
        for sql in (
            "DELETE FROM main.articles",
            f"CREATE TEMP TABLE t AS FROM read_text('{tmp_path / 'secret.txt'}')",
            "SET lock_configuration = false",
        ):
            with pytest.raises(QueryError):
                reading.run(sql)


def test_a_missing_warehouse_is_reported(tmp_path):
    with (
        pytest.raises(WarehouseError, match="there is no warehouse at"),
        Live(tmp_path / "w.duckdb").reading(),
    ):
        pass


@pytest.mark.parametrize(
    "value, written",
    [("it's", "'it''s'"), (None, "NULL"), (0.5, "0.5"), (date(2024, 5, 3), "DATE '2024-05-03'"),
     (["a", "$other"], "['a', '$other']"), ("$other", "'$other'"), (r"\\1", r"'\\1'")],
)  # fmt: skip
def test_a_query_is_shown_with_its_values(value, written):
    assert fill("SELECT $value, $other", {"value": value, "other": 1}) == f"SELECT {written}, 1"


def test_values_are_bound_not_written(warehouse):
    with Live(warehouse).reading() as reading:
        attack = "' OR 1=1; DROP TABLE main.articles; --"
        assert reading.rows("SELECT $value AS value", {"value": attack, "more": 1}) == [{"value": attack}]


def test_a_part_of_the_time_can_be_spent_without_losing_the_rest(warehouse):
    with Live(warehouse, bounds=Bounds(seconds=30)).reading() as reading:
        with pytest.raises(QueryError), reading.within(0.2):
            reading.rows(ENDLESS)
        assert reading.rows(COUNT) == [{"n": 2}]


def test_tables_in_memory_are_built_only_for_warehouses_that_are_not_too_large(warehouse):
    kept = "CREATE TABLE memory.kept.numbers AS SELECT 1 AS number"
    for most, has_kept in ((4, True), (0, False)):
        with Live(warehouse, kept=kept, most_kept=most).reading() as reading:
            assert reading.edition.has_kept is has_kept
