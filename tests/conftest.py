"""Fixtures for all tests: Prefect uses a separate folder and reports to nobody."""

import os
from typing import ClassVar

import pytest
from hypothesis import settings

from bench.crash import prefect_server
from flows.compute import readers
from warehouse.files.connect import CONFIG

settings.register_profile("without a clock", deadline=None)  # a busy machine fails no property
settings.load_profile("without a clock")
# With the few rows of a test, DuckDB spends a third of its time on waking threads. Commands that tests start use all.
CONFIG["threads"] = 1


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
