"""A Dask cluster gives the same tables as this process, in the same order; its faults are reported."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.compute.dask import ClusterError, find_remotely
from flows.compute.workers import ArticleBatch
from flows.run.batches import find_tables_of
from flows.run.state import Run
from flows.settings import Settings
from transforms.articles.articles import build_articles
from transforms.readers import read_records

SAMPLES = sorted((Path(__file__).parents[3] / "seeds" / "articles").glob("*.txt"))[:5]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
# What a worker loads first, so that it dies of some articles: of one always, of the other once.
DEADLY = """
import os
from pathlib import Path
from flows.compute import analysis

whole = analysis.__dict__.setdefault("whole", analysis.find_tables)  # this is loaded twice
once = Path({place!r})

def find_or_die(articles, **making):
    body = " ".join(articles["body"])
    if "KILL" in body or ("ONCE" in body and not once.exists()):
        once.touch()
        os.abort()
    return sink() if "DEEP" in body else whole(articles, **making)

def sink():
    return sink()

analysis.find_tables = find_or_die
"""
NO_SECOND_TRY = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}


@contextmanager
def running(*arguments):
    """A Dask command in a separate process that ends with the block."""
    command = [sys.executable, "-m", "dask", *map(str, arguments)]
    environment = os.environ | ONE_THREAD | NO_SECOND_TRY
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except (
            subprocess.TimeoutExpired
        ):  # on a busy machine; how a worker ends is not what the tests are about
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler with two workers."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    place = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        stack.enter_context(running("scheduler", *place, "--port", 0, "--scheduler-file", file))
        for _ in range(2):
            stack.enter_context(running_worker(file))
        yield read_address(file)


def running_worker(file, *arguments):
    """Run a worker for the scheduler that wrote `file`, until the block ends."""
    place = ("--host", "127.0.0.1", "--no-dashboard", "--local-directory", file.parent)
    return running("worker", "--scheduler-file", file, "--nthreads", 1, "--no-nanny", *place, *arguments)


def read_address(file):
    """Wait until the scheduler listens; return its address, which it writes to `file`."""
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    return json.loads(file.read_text())["address"].replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def parts():
    """Batches of two, two and one article."""
    readings = [read_records(path.read_bytes(), path.name).records for path in SAMPLES]
    articles = build_articles(pl.concat(readings), run_id="test")
    return [ArticleBatch(batch) for batch in articles.iter_slices(2)]


def find(parts, tmp_path, **settings):
    run = Run(["inbox"], Settings(warehouse=tmp_path / "news.duckdb", **settings), datetime.now(UTC))
    run.identity = replace(run.identity, run_id="test")
    return [(part, later.result()) for part, later in find_tables_of(run, parts)]


def test_a_cluster_gives_the_same_tables_in_the_same_order_as_this_process(cluster, parts, tmp_path):
    here = find(parts, tmp_path, processes=1)
    there = find(parts, tmp_path, executor=cluster)
    assert [part for part, _ in there] == [part for part, _ in here] == parts
    assert sum(tables["statements"].height for _, tables in here) > 20
    for (_, expected), (_, tables) in zip(here, there, strict=True):
        assert tables.keys() == expected.keys()
        for name, frame in expected.items():
            assert tables[name].equals(frame), name


def test_tables_that_take_longer_to_arrive_than_a_look_are_no_error(cluster, parts, monkeypatch):
    monkeypatch.setattr("flows.compute.dask.LOOK", 0.001)
    found = find_remotely(parts[2:], cluster, run_id="test", languages=["en"])
    assert [later.result()["articles"].height for _, later in found] == [1]


def test_an_error_in_a_batch_is_the_error_of_the_run(cluster, parts):
    broken = ArticleBatch(parts[0].articles.drop("body"))
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="body"):
        for _, later in find_remotely([parts[2], broken], cluster, run_id="test", languages=["en"]):
            later.result()


def test_a_cluster_that_does_not_answer_is_reported(monkeypatch):
    monkeypatch.setattr("flows.compute.dask.PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at 127\.0\.0\.1:9"):
        next(find_remotely([], "dask://127.0.0.1:9", run_id="test", languages=["en"]))


@pytest.mark.parametrize("address", ["dask://", "tcp://127.0.0.1:8786", "dask://a b"])
def test_an_invalid_address_is_refused(address):
    with pytest.raises(ValueError, match="executor"):
        Settings(executor=address)


@pytest.mark.slow
def test_a_worker_that_stops_for_a_while_delays_its_batches_and_loses_none(parts, tmp_path):
    file, making = tmp_path / "scheduler.json", {"run_id": "test", "languages": ["en"]}
    with (
        running("scheduler", "--host", "127.0.0.1", "--no-dashboard", "--port", 0, "--scheduler-file", file),
        running_worker(file) as slow,
        running_worker(file),
    ):
        found = find_remotely(parts * 4, read_address(file), **making)
        _, first = next(found)
        ids = [first.result()["articles"]["article_id"].to_list()]
        slow.send_signal(signal.SIGSTOP)
        later = threading.Timer(3, slow.send_signal, [signal.SIGCONT])
        later.start()
        ids += [pending.result()["articles"]["article_id"].to_list() for _, pending in found]
        later.join()
    assert ids == [part.articles["article_id"].to_list() for part in parts * 4]


@pytest.mark.slow
def test_workers_that_die_cost_the_article_that_they_die_of_and_a_cluster_without_any_ends_the_run(
    tmp_path, monkeypatch
):
    texts = ["one", "two ONCE", "three", "four KILL"]
    read = [
        read_records(f"The mill at number {text} was sold, Ada Roe said.".encode(), f"{number}.txt").records
        for number, text in enumerate(texts)
    ]
    articles = build_articles(pl.concat(read), run_id="test")
    batches = [ArticleBatch(part) for part in articles.iter_slices(2)]
    deadly, file = tmp_path / "deadly.py", tmp_path / "scheduler.json"
    deadly.write_text(DEADLY.format(place=str(tmp_path / "died")))
    making = {"run_id": "test", "languages": ["en"]}
    with running("scheduler", "--host", "127.0.0.1", "--no-dashboard", "--port", 0, "--scheduler-file", file):
        address = read_address(file)
        with ExitStack() as workers:
            for _ in range(4):  # three of them die
                workers.enter_context(running_worker(file, "--preload", deadly))
            found = [later.result() for _, later in find_remotely(batches, address, **making)]
            [lost] = pl.concat(tables["unanalysed"] for tables in found if "unanalysed" in tables).to_dicts()
            assert articles.filter(article_id=lost["article_id"])["path"].to_list() == ["3.txt"]
            assert lost["reason_code"] == "analysis_crashed"
            assert sum(tables["statements"].height for tables in found if "statements" in tables) == 3
            deep = ArticleBatch(batches[0].articles.with_columns(body=pl.lit("DEEP")))
            with pytest.raises(RecursionError):
                for _, later in find_remotely([deep], address, **making):
                    later.result()
            monkeypatch.setattr("flows.compute.dask.PATIENCE", 3)
            coming = find_remotely(iter([batches[1], batches[1]]), address, **making)
            with pytest.raises(ClusterError, match=r"had no worker for 3 s.*the next run resumes"):
                for _, later in coming:
                    later.result()
