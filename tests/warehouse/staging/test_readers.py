"""Readers during a write, and concurrent writers."""

import multiprocessing
import time

import duckdb
import pytest

from tests.warehouse.samples import sample_run
from warehouse.files.connect import WarehouseError, connect_readonly, query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

SPAWN = multiprocessing.get_context("spawn")
PUBLISHES = 10
WHOLE = """
    SELECT
        (SELECT max(version_no) FROM ops.versions), (SELECT count(*) FROM articles),
        (SELECT count(*) FROM who_said_what), (SELECT count(*) FROM statements WHERE article_id IN
            (SELECT article_id FROM articles))"""


def publish_one(path, number, **how):
    run_id = f"run-{number:02}"
    with open_next(path, run_id, wait=60) as version:
        version.stage(sample_run(1, run_id=run_id, first=number))
        return publish(version, **how)


def read_until(path, stop, answers):
    """Query repeatedly, on new connections and on one that stays open; return the inconsistent answers."""
    wrong, seen = [], set()
    while not stop.is_set():
        try:
            with connect_readonly(path) as connection:
                first = connection.execute(WHOLE).fetchall()[0]
                time.sleep(0.02)
                again = connection.execute(WHOLE).fetchall()[0]
        except (duckdb.Error, WarehouseError) as error:
            wrong.append(str(error))
            continue
        version, articles, *statements = first
        seen.add(version)
        if first != again or articles != version or statements != [2 * articles] * 2:
            wrong.append((first, again))
    answers.put((wrong, sorted(seen)))


@pytest.mark.slow
def test_a_reader_sees_one_whole_version_during_ten_publishes(tmp_path):
    path = tmp_path / "onrecord.duckdb"
    publish_one(path, 1)
    stop, answers = SPAWN.Event(), SPAWN.Queue()
    reader = SPAWN.Process(target=read_until, args=(path, stop, answers))
    reader.start()
    for number in range(2, PUBLISHES + 1):
        publish_one(path, number)
    time.sleep(0.3)
    stop.set()
    wrong, seen = answers.get(timeout=60)
    reader.join()
    assert wrong == []
    assert len(seen) > 1 and seen[-1] == PUBLISHES


def test_two_runs_at_once_both_end_well(tmp_path):
    path = tmp_path / "onrecord.duckdb"
    runs = [SPAWN.Process(target=publish_one, args=(path, number)) for number in (1, 2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(120)
    assert [run.exitcode for run in runs] == [0, 0]
    assert query(path, "SELECT count(*) FROM articles").item() == 2
    assert query(path, "SELECT count(*) FROM ops.versions").item() == 2


def hold(path, held, done):
    with connect_readonly(path):
        held.set()
        done.wait(60)


def test_in_place_a_reader_that_holds_the_file_is_named_and_nothing_is_lost(tmp_path):
    path = tmp_path / "onrecord.duckdb"
    publish_one(path, 1)
    before = path.read_bytes()
    held, done = SPAWN.Event(), SPAWN.Event()
    reader = SPAWN.Process(target=hold, args=(path, held, done))
    reader.start()
    assert held.wait(60)
    with pytest.raises(WarehouseError, match=rf"{reader.pid}.*nothing was published"):
        publish_one(path, 2, in_place=True)
    assert path.read_bytes() == before
    done.set()
    reader.join()
    publish_one(path, 2, in_place=True)
    assert query(path, "SELECT count(*) FROM articles").item() == 2
    assert not (tmp_path / "versions").exists()
