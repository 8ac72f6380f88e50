"""Articles that are withdrawn leave the warehouse as if they had never come."""

import random

import pytest

from flows.settle import settle_actors
from tests.flows.test_settle import STORIES, ingest, read_all, tables_of
from warehouse.connect import query
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.withdraw import withdraw_superseded

EVERY = list(range(len(STORIES)))


def withdraw(path, gone, again=()):
    """Publish a version without the stories `gone`, those of `again` staged anew."""
    with open_next(path, "run-withdraw") as version:
        for number in gone:
            version.connection.execute("INSERT INTO staging.withdrawn VALUES ($1)", [f"{number:032x}"])
        if again:
            version.stage(tables_of(again, "run"))
        withdraw_superseded(version)
        settle_actors(version)
        publish(version)
    return path


@pytest.mark.parametrize("seed", range(4))
def test_what_remains_is_what_would_be_there_without_them(tmp_path, seed):
    gone = random.Random(seed).sample(EVERY, 7)
    kept = [number for number in EVERY if number not in gone]
    found = read_all(withdraw(ingest(tmp_path / "w.duckdb", [[EVERY]]), gone))
    for name, frame in read_all(ingest(tmp_path / "kept.duckdb", [[kept]])).items():
        assert found[name].equals(frame), name


def test_all_that_is_withdrawn_and_made_again_is_as_it_was(tmp_path):
    path = ingest(tmp_path / "w.duckdb", [[EVERY[:9]], [EVERY[9:]]])
    before = read_all(path)
    after = read_all(withdraw(path, EVERY, again=EVERY))
    for name, frame in before.items():
        assert after[name].equals(frame), name
    assert query(path, "SELECT count(*) FROM history.articles").item() == 0


def test_history_shows_what_was_withdrawn(tmp_path):
    path = withdraw(ingest(tmp_path / "w.duckdb", [[EVERY]]), [0])
    gone = query(path, "SELECT since_version, until_version, article_id FROM history.articles").rows()
    assert gone == [(1, 2, f"{0:032x}")]
    assert query(path, "SELECT count(*) FROM history.statements").item() >= 1


def test_when_everything_is_withdrawn_nothing_is_left(tmp_path):
    found = read_all(withdraw(ingest(tmp_path / "w.duckdb", [[EVERY]]), EVERY))
    assert {name: frame.height for name, frame in found.items() if frame.height} == {}
