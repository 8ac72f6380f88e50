"""Fixtures for all tests: Prefect uses a separate folder and reports to nobody."""

import os
import shutil
from collections import Counter
from typing import ClassVar

import pytest
from filelock import FileLock
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from bench.crash import prefect_server
from flows.compute import readers
from tests import first_files
from warehouse.files.connect import CONFIG

settings.register_profile("without a clock", deadline=None)  # a busy machine fails no property
settings.load_profile("without a clock")
# With the few rows of a test, DuckDB spends a third of its time on waking threads. Commands that tests start use all.
CONFIG["threads"] = 1

# The files that take the longest, first: with several workers, none of these files should be the last to start.
LONGEST = """
    test_deployed test_real_files test_operations test_served test_crash
    test_end_to_end test_quarantine test_bounds test_troubles test_pages
""".split()


def pytest_collection_modifyitems(items):
    """Begin with LONGEST, then with the files that have the most tests; this leaves the order in each file."""
    counts = Counter(item.path for item in items)
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (rank.get(item.path.stem, len(rank)), -counts[item.path]))


class Scheduling(LoadFileScheduling):
    """Gives all files whose tests use `prefect_here` to one worker: each other worker would start a server too."""

    def _split_scope(self, nodeid):
        file = super()._split_scope(nodeid)
        return "prefect_here" if "prefect_here" in (self.config.rootpath / file).read_text("utf-8") else file


def pytest_xdist_make_scheduler(config, log):
    if config.getvalue("dist") == "loadfile":
        return Scheduling(config, log)
    return None


PlainReader = readers.Reader


class ReusedReader(PlainReader):
    """A reader that leaves its idle process to the next run with the same bounds: starting one takes a second."""

    idle: ClassVar[dict[tuple[readers.Bounds, str], readers._Process]] = {}

    def start(self):
        if self._process is None:
            self._process = self.idle.pop((self.bounds, readers.PROGRAM), None)
        super().start()

    def close(self):
        process = self._process
        is_idle = process and not self._jobs and process.files and process._process.poll() is None
        if is_idle and self.idle.setdefault((self.bounds, readers.PROGRAM), process) is process:
            self._process = None
        super().close()


@pytest.fixture(scope="session", autouse=True)
def readers_reused():
    """Runs in this process read their files in processes of earlier runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "Reader", ReusedReader)
        yield
    for process in ReusedReader.idle.values():
        process.kill()


@pytest.fixture
def fresh_readers(monkeypatch):
    """Each reader starts its own process, for tests that measure the process."""
    monkeypatch.setattr(readers, "Reader", PlainReader)


@pytest.fixture(scope="session", autouse=True)
def first_files_copied(tmp_path_factory):
    """Publishing a first version in this process copies an empty warehouse, see `tests/first_files.py`."""
    with first_files.copied_from(tmp_path_factory.mktemp("empty") / "w.duckdb"):
        yield


@pytest.fixture(scope="session", autouse=True)
def prefect_apart(tmp_path_factory):
    """No test reads or writes the Prefect home or server of whoever runs the tests."""
    os.environ.pop("PREFECT_API_URL", None)
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The environment for commands in separate processes that share one Prefect server."""
    with prefect_server(tmp_path_factory.mktemp("served") / "prefect") as environment:
        yield environment


@pytest.fixture(scope="session")
def prefect_here(tmp_path_factory):
    """A Prefect server for flows that are called in this process."""
    from flows.prefect.server import prepare_prefect

    prepare_prefect(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def copy_sample(tmp_path_factory):
    """Copy the warehouse of the sample articles into a folder; one of the workers builds it for all."""
    from tests.cookbook import build_sample

    place = tmp_path_factory.getbasetemp()
    built = (place.parent if "PYTEST_XDIST_WORKER" in os.environ else place) / "sample"
    with FileLock(f"{built}.lock"):
        if not built.exists():
            begun = tmp_path_factory.mktemp("sample")
            build_sample(begun / "sample.duckdb")
            begun.rename(built)

    def copy(folder):
        return shutil.copytree(built, folder, dirs_exist_ok=True) / "sample.duckdb"

    return copy
