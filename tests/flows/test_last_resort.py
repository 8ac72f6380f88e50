"""Queries that the database cannot stop: the command ends anyway, and leaves nothing behind."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.samples import publish_sample

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# Everything above the limits is in one call of a function or in the planning of a query.
ENDLESS = {
    "one call": "select levenshtein(repeat('a', 300000), repeat('b', 300000))",
    "a macro that doubles": "create temp macro a(x) as x + x; create temp macro b(x) as a(a(a(a(x)))); "
    "create temp macro c(x) as b(b(b(b(x)))); select c(c(1))",
}
LARGE = {
    "a text": "select length(repeat('x', 4000000000))",
    "texts": "select max(length(repeat('x', 100000000 + range))) from range(64)",
    "a list": "select len(list_transform(range(200000000), lambda x: x))",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return publish_sample(tmp_path_factory.mktemp("sample") / "w.duckdb")


def ask(warehouse, query, out, seconds):
    limits = {
        "ONRECORD_QUERY_SECONDS": str(seconds),
        "ONRECORD_QUERY_MEMORY": "50MB",
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable,
        "-P",
        "-m",
        "flows.cli",
        "sql",
        query,
        "--warehouse",
        str(warehouse),
        "--out",
        str(out),
    ]
    done = subprocess.run(command, env=os.environ | limits, capture_output=True, text=True, timeout=200)
    assert list(out.parent.iterdir()) == []
    return done


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS)
def test_a_query_that_cannot_be_interrupted_ends_with_the_process(warehouse, tmp_path, query):
    done = ask(warehouse, query, tmp_path / "a.csv", 1)
    assert (done.returncode, done.stderr) == (
        2,
        "onrecord: the query took longer than 1 s (ONRECORD_QUERY_SECONDS)\n",
    )


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not report the memory")
@pytest.mark.parametrize("query", LARGE.values(), ids=LARGE)
def test_a_query_takes_no_more_memory_than_the_process_may_have(warehouse, tmp_path, query):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = ask(warehouse, query, tmp_path / "a.csv", 100)
    assert done.returncode == 2 and "memory" in done.stderr.lower(), done.stderr
    assert max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) < 1_200_000  # kB
