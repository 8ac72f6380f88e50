"""The real command on a machine in trouble: its messages, and that the next run resumes."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from warehouse.files.connect import query
from warehouse.files.lock import write_lock
from warehouse.files.upgrade import shape_now

pytestmark = pytest.mark.slow

ALL = sorted((Path(__file__).parents[1] / "seeds" / "articles").glob("*.txt"))
ARTICLES = ALL[:3]


def onrecord(folder, environment, *arguments, limits=()):
    """Run the command in a separate process, with limits of the operating system."""

    def limited():
        for kind, size in limits:
            resource.setrlimit(kind, (size, size))

    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, preexec_fn=limited,
    )  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory, served):
    """A folder with a warehouse of one article, and three articles to read."""
    folder = tmp_path_factory.mktemp("troubles")
    done = onrecord(folder, served, "ingest", str(ARTICLES[0]))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def place(published, tmp_path):
    """A copy of the published folder."""
    shutil.copytree(published, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def ingest(place, served):
    """Ingest the three articles."""
    return lambda *more, **how: onrecord(place, served, "ingest", *map(str, ARTICLES), *more, **how)


def count(place):
    return query(place / "data" / "onrecord.duckdb", "SELECT count(*) FROM articles").item()


def test_a_file_that_may_not_grow_is_reported_and_the_next_run_resumes(place, ingest):
    size = (place / "data" / "onrecord.duckdb").stat().st_size
    done = ingest(limits=[(resource.RLIMIT_FSIZE, size // 2)])
    assert done.returncode == 3
    assert "exceeds the size limit" in done.stderr and "nothing was published" in done.stderr
    assert count(place) == 1
    assert ingest().returncode == 0
    assert count(place) == 3


def test_a_process_killed_for_lack_of_memory_loses_nothing(place, served):
    environment = served | {
        "ONRECORD_ARTICLES_PER_BATCH": "1",
        "ONRECORD_FILES_PER_BATCH": "1",
        "ONRECORD_STAGE_SECONDS": "0",
    }
    command = [
        sys.executable,
        "-c",
        "from flows.cli import main; main()",
        "ingest",
        *map(str, ALL),
        "--processes",
        "2",
    ]
    with subprocess.Popen(command, cwd=place, env=environment, stderr=subprocess.PIPE, text=True) as run:
        os.kill(wait_for_worker(run.pid), signal.SIGKILL)  # as the kernel does it
        try:
            _, said = run.communicate(timeout=120)
        finally:
            run.kill()  # one that waits for ever
    assert run.returncode == 0, said
    assert count(place) == len(ALL)


def test_a_run_whose_server_is_killed_after_publishing_says_that_it_published(tmp_path, served):
    environment = {name: value for name, value in served.items() if not name.startswith("PREFECT_")}
    environment["PREFECT_CLIENT_MAX_RETRIES"] = "0"
    command = [sys.executable, "-c", "from flows.cli import main; main()", "ingest", *map(str, ARTICLES)]
    warehouse = tmp_path / "data" / "onrecord.duckdb"
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        while not warehouse.exists() and run.poll() is None:
            time.sleep(0.01)
        for child in children(run.pid):
            if b"flows.prefect.server" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
        try:
            shown, said = run.communicate(timeout=240)
        finally:
            run.kill()
    assert (run.returncode, count(tmp_path)) == (0, len(ARTICLES)), said
    assert "Published" in shown and "nothing was published" not in said
    assert time.monotonic() - began < 120


def wait_for_worker(pid):
    """Wait until the run `pid` has a process that analyses articles, and return the id of that process."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for child in children(pid):
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command:
                return child
            if b"forkserver" in command and (workers := children(child)):
                return workers[0]
        time.sleep(0.05)
    raise TimeoutError("no process was started")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_read_only_folder_is_reported_before_anything_is_done(place, ingest):
    with only_to_be_read(place / "data"):
        done = ingest()
    assert (done.returncode, "is not writable" in done.stderr) == (4, True)
    assert count(place) == 1


@contextmanager
def only_to_be_read(folder):
    """Make the folder read-only, by a mount if the user is root, who may write everywhere."""
    if os.geteuid():
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    if (
        not shutil.which("mount")
        or subprocess.run(["mount", "--bind", folder, folder], check=False).returncode
    ):
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_warehouse_with_garbage_in_the_middle_stops_the_run_and_is_unchanged(place, ingest):
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


def test_a_run_that_does_not_wait_names_the_writer(place, ingest):
    with write_lock(place / "data" / "onrecord.duckdb", "another-run"):
        done = ingest("--wait", "0")
    assert (done.returncode, "another-run" in done.stderr) == (4, True)
