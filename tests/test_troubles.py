"""The real command on a machine in trouble: what it says, and that the next run goes on."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.connect import query
from warehouse.lock import write_lock
from warehouse.upgrade import shape_now

pytestmark = pytest.mark.slow

ARTICLES = sorted((Path(__file__).parents[1] / "seeds" / "articles").glob("*.txt"))[:3]


def onrecord(folder, environment, *arguments, limits=()):
    """The command in a process of its own, with limits of the operating system."""

    def limited():
        for kind, size in limits:
            resource.setrlimit(kind, (size, size))

    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, preexec_fn=limited,
    )  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory, served):
    """A folder with a warehouse of one article, and three articles to be read."""
    folder = tmp_path_factory.mktemp("troubles")
    done = onrecord(folder, served, "ingest", str(ARTICLES[0]))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def place(published, tmp_path):
    """A copy of it."""
    shutil.copytree(published, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def ingest(place, served):
    """Ingest all three."""
    return lambda *more, **how: onrecord(place, served, "ingest", *map(str, ARTICLES), *more, **how)


def count(place):
    return query(place / "data" / "onrecord.duckdb", "SELECT count(*) FROM articles").item()


def test_a_file_that_may_not_grow_is_told_in_words_and_the_next_run_goes_on(place, ingest):
    size = (place / "data" / "onrecord.duckdb").stat().st_size
    done = ingest(limits=[(resource.RLIMIT_FSIZE, size // 2)])
    assert done.returncode == 3
    assert "may not grow" in done.stderr and "nothing was published" in done.stderr
    assert count(place) == 1
    assert ingest().returncode == 0
    assert count(place) == 3


def test_a_folder_that_may_only_be_read_is_told_before_anything_is_done(place, ingest):
    data = place / "data"
    data.chmod(0o555)
    if os.access(data, os.W_OK):
        pytest.skip("root may write everywhere")
    done = ingest()
    data.chmod(0o755)
    assert (done.returncode, "may not be written to" in done.stderr) == (4, True)


def test_a_warehouse_with_garbage_in_the_middle_stops_the_run_and_stays_as_it_is(place, ingest):
    warehouse = place / "data" / "onrecord.duckdb"
    with warehouse.open("r+b") as file:
        file.seek(300_000)
        file.write(os.urandom(warehouse.stat().st_size - 400_000))
    before = warehouse.read_bytes()
    done = ingest()
    assert done.returncode in (3, 4)
    assert "onrecord.duckdb" in done.stderr
    assert warehouse.read_bytes() == before


def test_a_newer_warehouse_is_refused_with_what_to_do(place, ingest):
    import duckdb

    with duckdb.connect(str(place / "data" / "onrecord.duckdb")) as connection:
        connection.execute(f"UPDATE ops.versions SET shape_no = {shape_now() + 1}")
    done = ingest()
    assert (done.returncode, "install that version" in done.stderr) == (4, True)


def test_a_run_that_does_not_want_to_wait_is_told_who_writes(place, ingest):
    with write_lock(place / "data" / "onrecord.duckdb", "another-run"):
        done = ingest("--wait", "0")
    assert (done.returncode, "another-run" in done.stderr) == (4, True)
