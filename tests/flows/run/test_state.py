"""The state of a run in progress."""

from datetime import UTC, datetime

import polars as pl
import pytest
from prefect import flow

from flows.compute.readers import Bounds, open_reader
from flows.run.batches import read_article_batches, split_articles, split_files
from flows.run.ledger import HANDLED, LEFT_OUT, PLACES, BatchRead
from flows.run.state import Run
from flows.settings import Settings
from flows.sources.base import SourceFile
from tests.flows.runs import ingest
from transforms.frames import RECORDS
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, 15),  # three of four files brought an article: fifteen of twenty will
        (10, 9),  # a fourth one was a duplicate: six more may be found
        (1, 3),  # the batch that went beyond the limit is done to its end
    ],
)
def test_the_progress_bar_knows_of_files_that_are_not_read_yet(tmp_path, limit, expected):
    """With 2,000 files it said "400 of 500" while 1,500 files were waiting."""
    run = Run(["in"], Settings(files_per_batch=4, limit=limit), datetime.now(UTC))
    run.counters.files_total = 20
    files = [SourceFile(f"{number}.txt", f"{number}.txt") for number in range(20)]
    with open_next(tmp_path / "w.duckdb", "run") as version:
        batch = next(split_files(run, files, version))
    handled = pl.DataFrame(
        [(file.path, "aa", "text", None, 1, 1, False) for file in batch], HANDLED, orient="row"
    )
    places = pl.DataFrame(
        [(file.path, file.path, file.path != "0.txt") for file in batch], PLACES, orient="row"
    )
    articles = places.filter("is_loaded").select("article_id")
    run.note_reading(BatchRead(handled, RECORDS.to_frame(), LEFT_OUT.to_frame()), articles, places)
    assert run.counters.expected_articles() == expected


def test_a_batch_of_articles_ends_after_so_much_text_or_so_many_articles():
    articles = pl.DataFrame({"body": [("x" * 60_000), ("y" * 60_000), *"abcdef"]})
    parts = list(split_articles(articles, {"files": pl.DataFrame()}, 3))
    assert [part.articles.height for part in parts] == [1, 2, 3, 2]
    assert pl.concat([part.articles for part in parts]).equals(articles)
    assert [bool(part.ledger) for part in parts] == [False, False, False, True]


def test_files_are_read_until_there_is_enough_to_be_analysed(prefect_here, tmp_path):
    sizes = {"a": 600_000, "b": 600_000, "c": 10, "d": 1_000_000, "e": 10, "f": 10}
    for name, size in sizes.items():
        (tmp_path / name).write_text(f"{name} " * (size // 2), encoding="utf-8")
    files = [SourceFile(name, str(tmp_path / name)) for name in sizes]
    run = Run(["in"], Settings(), datetime.now(UTC))
    with open_next(tmp_path / "w.duckdb", "run") as version, open_reader(Bounds()) as reader:
        parts = flow(lambda: list(read_article_batches(run, files, version, reader)), name="read")()
        found = version.connection.execute(
            "SELECT path, size_bytes FROM staging.found_files ORDER BY path"
        ).fetchall()
    read = [part.ledger["files"]["path"].to_list() for part in parts if part.ledger]
    assert read == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert dict(found) == sizes


@pytest.mark.parametrize("seconds", [0, 1000])
def test_an_article_that_is_found_again_before_it_is_staged_is_loaded_once(tmp_path, seconds):
    texts = [f"OSTVIK (Norvia Wire) - {name} said that the lock would stay shut." for name in ("Ann", "Bo")]
    for number in range(6):
        header = f"headline: number {number}\n\n"
        (tmp_path / f"{number}.txt").write_text(header + texts[number % 2], encoding="utf-8")
    warehouse = tmp_path / "data" / "w.duckdb"
    settings = Settings(warehouse=warehouse, files_per_batch=1, articles_per_batch=1, stage_seconds=seconds)
    ingest([str(tmp_path / "*.txt")], settings)
    outcomes = query(warehouse, "SELECT outcome FROM ops.files ORDER BY path").to_series().to_list()
    assert outcomes == ["loaded"] * 2 + ["duplicate"] * 4
    assert query(warehouse, "SELECT count(*) FROM articles").item() == 2
