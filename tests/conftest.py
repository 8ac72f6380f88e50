"""What all tests share: Prefect keeps to a folder of its own and reports to nobody."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def prefect_apart(tmp_path_factory):
    """No test reads or writes the Prefect home or server of whoever runs the tests."""
    os.environ.pop("PREFECT_API_URL", None)
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))
