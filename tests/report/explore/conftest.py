"""Explorers in separate processes and in this one, on the sample articles and on texts that are attacks."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests.report.hostile import publish_hostile
from warehouse.query.live import Live


class Answer:
    """A server's response: status, headers and text."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()


class Site:
    """A running explorer: `get` and `post` at its address."""

    def __init__(self, address, warehouse):
        self.address, self.warehouse = address, warehouse

    def get(self, path, **headers):
        return self._ask(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path, form, **headers):
        return self._ask(urllib.request.Request(self.address + path, form.encode(), headers))

    def _ask(self, request):
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())


class SiteHere(Site):
    """An explorer in this process, which starts at once; it takes no corrections."""

    def __init__(self, warehouse):
        from fastapi.testclient import TestClient  # warns when it is imported

        from report.explore.app import Explorer, build_app
        from report.explore.queries import KEPT

        super().__init__("", warehouse)
        self._client = TestClient(build_app(Explorer(Live(warehouse, kept=KEPT))))

    def get(self, path, **headers):
        answer = self._client.get(path, headers=headers)
        return Answer(answer.status_code, answer.headers, answer.content)


@contextmanager
def explored(warehouse, *options):
    """`onrecord explore` on a free port, as a process, until the block ends."""
    command = [sys.executable, "-m", "flows.cli", "explore", "--no-browser", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--warehouse", str(warehouse), *options], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    try:
        line = process.stdout.readline()
        assert " at http://" in line, line
        yield Site(line.split(" at ")[1].split()[0].rstrip("/"), warehouse)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory, copy_sample):
    return copy_sample(tmp_path_factory.mktemp("explored"))


@pytest.fixture(scope="session")
def site(sample):
    with explored(sample) as running:
        yield running


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory):
    with explored(publish_hostile(tmp_path_factory.mktemp("explored_hostile"))) as running:
        yield running
