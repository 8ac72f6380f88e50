"""Fixtures for all tests: Prefect uses a separate folder and reports to nobody."""

import os

import pytest
from hypothesis import settings

from bench.crash import prefect_server
from warehouse.files.connect import CONFIG

settings.register_profile("without a clock", deadline=None)  # a busy machine fails no property
settings.load_profile("without a clock")
# With the few rows of a test, DuckDB spends a third of its time on waking threads. Commands that tests start use all.
CONFIG["threads"] = 1


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
