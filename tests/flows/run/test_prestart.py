"""Worker processes start before the run needs them, but only when there is much to analyse."""

import os
import sys
from contextlib import nullcontext
from multiprocessing import forkserver

import polars as pl
import pytest

from demo import build_demo
from flows.compute.readers import Bounds
from flows.compute.workers import ArticleBatch, find_locally, prestart
from flows.run.prestart import processes_ready
from flows.settings import Settings
from schema.derive import polars_schema
from schema.tables import SOURCES
from tests.flows.compute.test_workers import is_alive
from tests.steps import RUN_ID
from transforms.articles.articles import build_articles
from transforms.readers import read_records
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture
def requested(monkeypatch):
    """The numbers of worker processes that were requested, one number per request."""
    started = []

    def ask(processes):
        started.append(processes)
        return nullcontext()

    monkeypatch.setattr("flows.run.prestart.prestart", ask)
    monkeypatch.setattr("flows.run.prestart.start_reader_early", lambda bounds: nullcontext())
    return started


@pytest.fixture
def folder(tmp_path):
    """Six files that are large enough for three batches together."""
    (tmp_path / "in").mkdir()
    for number in range(6):
        (tmp_path / "in" / f"{number}.txt").write_text("The mayor said no. " * 3000)
    return tmp_path / "in"


def settings_of(folder, **given):
    return Settings(warehouse=folder.parent / "out" / "w.duckdb", **{"processes": 2} | given)


def test_many_new_files_start_processes(folder, requested):
    processes_ready([str(folder)], settings_of(folder))
    processes_ready([str(folder)], settings_of(folder, processes=3))
    assert requested == [2, 3]


@pytest.mark.parametrize(
    "given", [{"processes": 1}, {"limit": 5}, {"executor": "dask://host:8786"}], ids=lambda given: str(given)
)
def test_a_run_that_uses_no_processes_here_gets_none(folder, requested, given):
    processes_ready([str(folder)], settings_of(folder, **given))
    assert requested == []


def test_few_new_files_and_remote_addresses_start_no_process(folder, requested):
    processes_ready([str(folder / "0.txt")], settings_of(folder))
    processes_ready(["https://example.org/feed.xml"], settings_of(folder))
    assert requested == []


def test_files_that_are_known_count_for_nothing(folder, requested):
    settings = settings_of(folder)
    publish_stamps(settings.warehouse, sorted(folder.iterdir()))
    processes_ready([str(folder)], settings)
    assert requested == []
    os.utime(folder / "0.txt", ns=(1, 1))
    processes_ready([str(folder)], settings)
    assert requested == []  # one file alone is not worth it
    processes_ready([str(folder)], settings_of(folder, again=True))
    assert requested == [2]


def publish_stamps(warehouse, files):
    """A warehouse that knows the files by size and time."""
    warehouse.parent.mkdir()
    tables = next(iter(build_demo(5, 1)))
    run_id = tables["runs"]["run_id"].item()
    stamps = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    read = pl.DataFrame(stamps, ["path", "size_bytes", "modified_ns"], orient="row")
    sources = read.with_columns(pl.lit(run_id).alias("run_id"), pl.col("path").alias("file_sha256"))
    with open_next(warehouse, run_id) as version:
        version.stage(tables | {"sources": sources.select(polars_schema(SOURCES).names())})
        publish(version)


def test_a_process_that_reads_waits_for_any_new_file_and_for_nothing_else(folder, monkeypatch):
    started = []
    monkeypatch.setattr("flows.run.prestart.prestart", lambda processes: nullcontext())
    monkeypatch.setattr(
        "flows.run.prestart.start_reader_early", lambda bounds: nullcontext(started.append(bounds))
    )
    settings = settings_of(folder, processes=1, reader_memory="2GB")
    processes_ready([str(folder / "0.txt")], settings)
    assert started == [Bounds(2_000_000_000, 10, 20)]
    publish_stamps(settings.warehouse, sorted(folder.iterdir()))
    processes_ready([str(folder)], settings)
    processes_ready(["https://example.org/feed.xml"], settings)
    assert len(started) == 1


def test_a_run_uses_the_process_that_was_started_for_it_and_ends_it():
    with prestart(2):
        early = template()
        for _, later in find_locally(parts(), 2, run_id=RUN_ID, languages=("en",)):
            assert later.result()["articles"].height == 1
            assert template() == early and is_alive(early)
        assert not is_alive(early)


def parts():
    text = "RIVERTON (Wire) - Mayor Ann Example said the bridge will open in May.\n\nIt is long. {}".format
    records = [
        read_records(text(f"Number {number} of them.").encode(), f"{number}.txt").records
        for number in range(4)
    ]
    return [ArticleBatch(part) for part in build_articles(pl.concat(records), run_id=RUN_ID).iter_slices(1)]


def test_a_process_that_nobody_used_is_ended():
    with prestart(2):
        early = template()
        assert is_alive(early)
    assert not is_alive(early)


def template():
    """Return the id of the process from which worker processes are forked."""
    if sys.platform != "linux":
        pytest.skip("processes are forked on Linux alone")
    return forkserver._forkserver._forkserver_pid
