"""After a withdrawal, the warehouse is as if the articles had never been loaded."""

import random

import polars as pl
import pytest

from flows.run.across_articles import settle_actors
from schema.derive import polars_schema
from schema.tables import BY_NAME
from tests.flows.run.test_across_articles import STORIES, ingest, read_all, tables_of
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.withdraw import withdraw_superseded

pytestmark = pytest.mark.usefixtures("no_index_and_counts")
EVERY = list(range(len(STORIES)))


def withdraw(path, gone, again=()):
    """Publish a version without the stories in `gone`; stage the stories in `again` again."""
    with open_next(path, "run-withdraw") as version:
        for number in gone:
            version.connection.execute("INSERT INTO staging.withdrawn VALUES ($1)", [f"{number:032x}"])
        if again:
            version.stage(tables_of(again, "run"))
        withdraw_superseded(version)
        settle_actors(version)
        publish(version)
    return path


def test_remaining_rows_equal_those_of_a_warehouse_without_the_withdrawn_articles(tmp_path):
    gone = random.Random(1).sample(EVERY, 7)
    kept = [number for number in EVERY if number not in gone]
    found = read_all(withdraw(ingest(tmp_path / "w.duckdb", [[EVERY]]), gone))
    for name, frame in read_all(ingest(tmp_path / "kept.duckdb", [[kept]])).items():
        assert found[name].equals(frame), name


def test_everything_withdrawn_and_rebuilt_is_unchanged(tmp_path):
    path = ingest(tmp_path / "w.duckdb", [[EVERY[:9]], [EVERY[9:]]])
    before = read_all(path)
    after = read_all(withdraw(path, EVERY, again=EVERY))
    for name, frame in before.items():
        assert after[name].equals(frame), name
    assert query(path, "SELECT count(*) FROM history.articles").item() == 0


def test_when_everything_is_withdrawn_nothing_is_left_but_history(tmp_path):
    path = ingest(tmp_path / "w.duckdb", [[EVERY]])
    statements = read_all(path)["statements"].height
    found = read_all(withdraw(path, EVERY))
    assert {name: frame.height for name, frame in found.items() if frame.height} == {}
    gone = query(
        path, "SELECT since_version, until_version, article_id FROM history.articles ORDER BY ALL"
    ).rows()
    assert gone == [(1, 2, f"{number:032x}") for number in EVERY]
    assert query(path, "SELECT count(*) FROM history.statements").item() == statements


def save(path, run, articles, form, file="news.xml", forget=()):
    """Publish a run in which `file` of the format `form` was read and had `articles` (numbers of stories)."""
    sha, ids = f"{run}-{file}", [f"{number:032x}" for number in articles]
    known = query(path, "SELECT article_id FROM articles")["article_id"].to_list() if path.exists() else []
    new = [number for number in articles if f"{number:032x}" not in known]
    counts = {
        "articles_found": len(ids),
        "articles_loaded": len(new),
        "articles_duplicate": len(ids) - len(new),
    }
    rows = {
        "files": [{"path": file, "format": form, "outcome": "loaded", "articles_rejected": 0} | counts],
        "sources": [{"path": file}],
        "contents": [{"article_id": article} for article in ids],
    }
    with open_next(path, run) as version:
        if new:
            version.stage(tables_of(new, run))
        for name, lines in rows.items():
            whole = [line | {"file_sha256": sha, "run_id": run} for line in lines]
            version.stage({name: pl.DataFrame(whole, polars_schema(BY_NAME[name]))})
        for gone in forget:
            version.connection.execute("DELETE FROM staging.sources WHERE path = $1", [gone])
            version.connection.execute("INSERT INTO staging.forgotten VALUES ($1)", [gone])
        withdraw_superseded(version)
        withdraw_superseded(version)
        settle_actors(version)
        publish(version)


def numbers(path):
    ids = query(path, "SELECT article_id FROM articles ORDER BY article_id")["article_id"]
    return [int(article, 16) for article in ids]


def test_articles_dropped_from_a_feed_stay(tmp_path):
    path = tmp_path / "w.duckdb"
    for run, articles in enumerate([[0, 1, 2], [2, 3], [4]]):
        save(path, f"run-{run}", articles, "feed")
    assert numbers(path) == [0, 1, 2, 3, 4]
    assert query(path, "SELECT file_sha256, count(*) FROM ops.contents GROUP BY ALL").rows() == [
        ("run-2-news.xml", 5)
    ]


def test_articles_no_longer_in_any_file_are_withdrawn(tmp_path):
    path = tmp_path / "w.duckdb"
    for run, articles in enumerate([[0, 1, 2], [2, 3]]):
        save(path, f"run-{run}", articles, "csv")
    assert numbers(path) == [2, 3]


def test_all_articles_of_a_feed_leave_with_its_file(tmp_path):
    path = tmp_path / "w.duckdb"
    for run, articles in enumerate([[0, 1, 2], [2, 3], [4]]):
        save(path, f"run-{run}", articles, "feed")
    save(path, "run-3", [3], "csv", file="other.csv", forget=["news.xml"])
    assert numbers(path) == [3]


def test_a_feed_holds_what_dropped_out_of_it_when_another_file_goes(tmp_path):
    path = tmp_path / "w.duckdb"
    save(path, "run-0", [0, 1], "feed")
    save(path, "run-1", [0, 5], "csv", file="other.csv")
    save(path, "run-2", [2], "feed")
    save(path, "run-3", [2], "csv", file="third.csv", forget=["other.csv"])
    assert numbers(path) == [0, 1, 2]


def test_two_feeds_of_the_same_bytes_each_keep_what_they_had(tmp_path):
    path = tmp_path / "w.duckdb"
    save(path, "run-0", [0, 1], "feed")
    with open_next(path, "run-1") as version:
        row = {"path": "copy.xml", "file_sha256": "run-0-news.xml", "run_id": "run-1"}
        version.stage({"sources": pl.DataFrame([row], polars_schema(BY_NAME["sources"]))})
        publish(version)
    save(path, "run-2", [2], "feed")
    save(path, "run-3", [3], "csv", file="third.csv", forget=["news.xml"])
    assert numbers(path) == [0, 1, 3]
