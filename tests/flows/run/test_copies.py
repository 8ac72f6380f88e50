"""Of several copies of one text, the one with the most metadata is shown, in any order of arrival."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from expectations.rules import RULES
from flows.compute.analysis import find_tables
from flows.run import tasks
from flows.run.across_articles import resolve_all
from flows.run.ledger import HANDLED, LEFT_OUT, build_contents, build_files, build_sources
from schema.derive import polars_schema
from schema.tables import BY_NAME, RUNS
from transforms.keys import content_key
from transforms.readers import read_records
from warehouse.files.connect import connect_readonly, query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

pytestmark = pytest.mark.usefixtures("no_index_and_counts")
TEXT = "The mill at Arvel was sold on Monday, Mayor Ada Roe said. “We had no choice,” Roe told reporters."
OTHER = "The lock at Ostby stays shut, Mayor Ada Roe said on Friday."
FILES = {
    "a.txt": TEXT,
    "b.txt": f"Title: Mill sold\nSource: The Marsh\nDate: 2024-05-06\n\n{TEXT}",
    "c.txt": f"Title: Mill sold\nSource: The Reed\nDate: 2024-05-06\n\n{TEXT}",
    "d.txt": f"Date: 2024-05-08\n\n{OTHER}",
    "e.txt": TEXT,
}


def read_batch(version, names, run_id):
    """Stage a batch of files as a run does."""
    readings = {name: read_records(FILES[name].encode(), name) for name in names}
    handled = pl.DataFrame(
        [(name, content_key(FILES[name]), r.format, None, 1, 1, False) for name, r in readings.items()],
        HANDLED, orient="row",
    )  # fmt: skip
    records = pl.concat([reading.records for reading in readings.values()])
    articles, places = tasks.build_new_articles.fn(records, version, [], run_id=run_id)
    files = build_files(handled, places, pl.DataFrame([], LEFT_OUT), run_id)
    version.stage(
        find_tables(articles, run_id=run_id, languages=("en",))
        | {
            "files": files,
            "sources": build_sources(handled, files, run_id),
            "contents": build_contents(handled, places, run_id),
        }
    )


def ingest(warehouse, *runs):
    """Publish runs, which are lists of batches of files; no rule that stops a run may be broken."""
    for number, batches in enumerate(runs):
        run_id = f"run-{number}"
        row = {"run_id": run_id, "started_at": datetime(2024, 6, 1, tzinfo=UTC), "status": "published",
               "code_version": "0", "parameters": "{}"}  # fmt: skip
        with open_next(warehouse, run_id) as version:
            for batch in batches:
                read_batch(version, batch, run_id)
            version.stage({"runs": pl.DataFrame([row], polars_schema(RUNS))})
            resolve_all(version)
            resolve_all(version)
            for rule in RULES:
                if rule.severity == "critical" or rule.rejects:
                    assert version.connection.sql(rule.sql).fetchall() == [], rule.name
            publish(version)
    return warehouse


def read_all(warehouse):
    """Return the main tables without run and version numbers."""
    tables = [table for table in BY_NAME.values() if table.schema == "main"]
    with connect_readonly(warehouse) as connection:
        found = {table.name: connection.sql(f"FROM {table.name} ORDER BY ALL").pl() for table in tables}
    return {
        name: frame.drop("run_id", "since_version", strict=False).sort(*BY_NAME[name].key)
        for name, frame in found.items()
    }


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    return read_all(ingest(tmp_path_factory.mktemp("copies") / "w.duckdb", [list(FILES)]))


def test_the_copy_with_the_most_metadata_is_shown(at_once):
    [article] = at_once["articles"].filter(pl.col("body").str.contains("mill")).to_dicts()
    assert (article["path"], article["outlet"], article["headline"]) == ("b.txt", "The Marsh", "Mill sold")
    assert str(article["published_on"]) == "2024-05-06"


@pytest.mark.parametrize(
    "runs",
    [
        [[["a.txt"], ["b.txt"], ["c.txt"], ["d.txt"]]],
        [[["b.txt"]], [["a.txt"]], [["c.txt", "d.txt"]]],
    ],
)
def test_neither_order_nor_batches_nor_runs_change_the_tables(at_once, tmp_path, runs):
    found = read_all(ingest(tmp_path / "w.duckdb", *runs))
    for name, frame in at_once.items():
        assert found[name].equals(frame), name


def test_each_file_says_what_was_loaded_from_it(tmp_path):
    warehouse = ingest(tmp_path / "w.duckdb", [["c.txt"], ["a.txt"], ["b.txt"]])
    rows = query(
        warehouse, "SELECT path, outcome, articles_loaded, articles_duplicate FROM ops.files ORDER BY path"
    ).rows()
    assert rows == [("a.txt", "duplicate", 0, 1), ("b.txt", "loaded", 1, 0), ("c.txt", "duplicate", 0, 1)]


def test_history_shows_previous_values_and_a_copy_with_less_metadata_changes_nothing(tmp_path):
    warehouse = ingest(tmp_path / "w.duckdb", [["a.txt"]], [["b.txt"]], [["e.txt"]])
    assert query(warehouse, "SELECT path FROM history.articles").rows() == [("a.txt",)]
    assert query(warehouse, "SELECT path, since_version FROM articles").rows() == [("b.txt", 2)]
    days = query(warehouse, "SELECT DISTINCT published_on FROM statements")["published_on"].to_list()
    assert days == [date(2024, 5, 6)]


def test_of_equal_copies_the_first_by_path_counts_even_if_it_comes_last(tmp_path):
    warehouse = ingest(tmp_path / "w.duckdb", [["c.txt"]], [["b.txt"]])
    assert query(warehouse, "SELECT path, outlet FROM articles").rows() == [("b.txt", "The Marsh")]


def test_a_version_with_the_same_text_that_is_canceled_kills_the_story(tmp_path, monkeypatch):
    item = (
        '{"uri": "urn:wire:77", "type": "text", "version": "%s", "pubstatus": "%s", "headline": "Mill sold",'
        '"versioncreated": "2024-05-0%sT08:00:00Z", "body_text": "%s"}'
    )
    wire = {"1.json": item % (1, "usable", 3, TEXT), "2.json": item % (2, "canceled", 4, TEXT)}
    monkeypatch.setattr("tests.flows.run.test_copies.FILES", wire)
    two_batches, runs = [[["2.json"], ["1.json"]]], [[["1.json"]], [["2.json"]]]
    for number, arrival in enumerate((two_batches, runs, runs[::-1])):
        warehouse = ingest(tmp_path / f"{number}.duckdb", *arrival)
        assert query(warehouse, "SELECT path, status, is_killed FROM articles").rows() == [
            ("2.json", "canceled", True)
        ]
        assert query(warehouse, "SELECT count(*) FROM who_said_what").item() == 0


def test_a_resumed_run_takes_the_better_copy_too(tmp_path):
    warehouse = ingest(tmp_path / "w.duckdb", [["a.txt"]])
    row = {"run_id": "run-1", "started_at": datetime(2024, 6, 1, tzinfo=UTC), "status": "published",
           "code_version": "0", "parameters": "{}"}  # fmt: skip
    with pytest.raises(KeyboardInterrupt), open_next(warehouse, "run-1", fingerprint="same") as version:
        read_batch(version, ["b.txt"], "run-1")
        version.stage({"runs": pl.DataFrame([row], polars_schema(RUNS))})
        resolve_all(version)
        raise KeyboardInterrupt
    with open_next(warehouse, "run-2", fingerprint="same") as version:
        assert version.is_resumed
        [new] = [rule for rule in RULES if rule.name == "articles_are_new"]
        assert version.connection.execute(f"FROM {new.rows}").fetchall() == []
        version.stage({"runs": pl.DataFrame([row], polars_schema(RUNS))})
        resolve_all(version)
        publish(version)
    once = read_all(ingest(tmp_path / "once.duckdb", [["a.txt", "b.txt"]]))
    for name, frame in read_all(warehouse).items():
        assert frame.equals(once[name]), name


def test_a_better_copy_that_is_at_fault_leaves_the_published_article_as_it_is(tmp_path):
    warehouse = ingest(tmp_path / "w.duckdb", [["a.txt"]])
    before = read_all(warehouse)
    row = {"run_id": "run-1", "started_at": datetime(2024, 6, 1, tzinfo=UTC), "status": "published",
           "code_version": "0", "parameters": "{}"}  # fmt: skip
    with open_next(warehouse, "run-1") as version:
        read_batch(version, ["b.txt"], "run-1")
        version.stage({"runs": pl.DataFrame([row], polars_schema(RUNS))})
        resolve_all(version)
        version.unstage(version.staged("articles")["article_id"].to_list())
        resolve_all(version)
        publish(version)
    for name, frame in read_all(warehouse).items():
        assert frame.equals(before[name]), name
