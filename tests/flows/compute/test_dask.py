"""A Dask cluster gives the same tables as this process, in the same order; what is wrong with it is told."""

import json
import os
import subprocess
import sys
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


@contextmanager
def running(*arguments):
    """A command of Dask's as a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "dask", *map(str, arguments)]
    process = subprocess.Popen(command, env=os.environ | ONE_THREAD, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler with two workers."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    place = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        stack.enter_context(running("scheduler", *place, "--port", 0, "--scheduler-file", file))
        worker = ("worker", "--scheduler-file", file, "--nthreads", 1, "--no-nanny", *place)
        for _ in range(2):
            stack.enter_context(running(*worker, "--local-directory", file.parent))
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        yield json.loads(file.read_text())["address"].replace("tcp://", "dask://")


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


def test_an_error_in_a_batch_is_the_error_of_the_run(cluster, parts):
    broken = ArticleBatch(parts[0].articles.drop("body"))
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="body"):
        for _, later in find_remotely([parts[2], broken], cluster, run_id="test", languages=["en"]):
            later.result()


def test_a_cluster_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr("flows.compute.dask.PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at 127\.0\.0\.1:9"):
        next(find_remotely([], "dask://127.0.0.1:9", run_id="test", languages=["en"]))


@pytest.mark.parametrize("address", ["dask://", "tcp://127.0.0.1:8786", "dask://a b"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="executor"):
        Settings(executor=address)
