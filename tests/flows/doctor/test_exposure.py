"""`onrecord doctor --security` says what others can access, and how to close it."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.doctor.exposure import examine_security
from flows.prefect.server import keep_key, key_file
from flows.settings import Settings


class Server(BaseHTTPRequestHandler):
    """Accepts requests from everybody, or from nobody."""

    status = 200

    def do_GET(self):
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_OPTIONS = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def served(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data" / "w.duckdb").touch(0o644)
    return Settings(warehouse=tmp_path / "data" / "w.duckdb")


def examined(settings):
    return {finding.what: finding for finding in examine_security(settings)}


def test_a_private_place_is_reported_as_private(place):
    keep_key(key_file(place.state))
    found = examined(place)
    assert [finding for finding in found.values() if not finding.is_well] == []
    assert "0600" in found["key file"].found and "w.duckdb (0644)" in found["reading"].found
    assert found["commands"].found.startswith("none") and "rejected" in found["links"].found


def test_a_server_that_answers_strangers_is_reported(place, served, monkeypatch):
    monkeypatch.setattr(Server, "status", 200)
    found = examined(place)
    assert "only on this machine" in found["server"].found
    assert {what for what, finding in found.items() if not finding.is_well} == {"key", "pages", "names"}
    assert "PREFECT_SERVER_API_AUTH_STRING" in found["key"].advice


def test_a_server_that_refuses_strangers_is_well(place, served, monkeypatch):
    monkeypatch.setattr(Server, "status", 403)
    assert all(finding.is_well for finding in examined(place).values())


def test_a_key_readable_by_others_is_reported(place):
    keep_key(key_file(place.state))
    key_file(place.state).chmod(0o644)
    assert examined(place)["key file"].advice == f"chmod 600 {key_file(place.state)}"
    keep_key(key_file(place.state))
    assert examined(place)["key file"].is_well


@pytest.mark.parametrize("name", ["w.duckdb", ".", "state", "checks", "checks/mine.sql", "versions"])
def test_files_writable_by_others_are_reported(place, name):
    target = place.folder / name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        target.touch() if target.suffix else target.mkdir()
    target.chmod(0o777)
    assert str(target.absolute()).rstrip("/.") in examined(place)["writing"].advice


@pytest.mark.parametrize("name", [".env", "prefect.toml", "data/onrecord.toml", "data/corrections.csv", "."])
def test_settings_writable_by_others_are_reported(place, tmp_path, monkeypatch, name):
    """Whoever can write to them can have commands run."""
    monkeypatch.chdir(tmp_path)
    target = tmp_path / name
    target.is_dir() or target.touch()
    target.chmod(0o777)
    assert str(target.absolute()) in examined(place)["writing"].advice


@pytest.mark.parametrize(
    ("mask", "found"), [(0, "others can write"), (0o22, "others can read"), (0o77, "others cannot read")]
)
def test_the_umask_is_reported(place, mask, found):
    before = os.umask(mask)
    try:
        umask = examined(place)["umask"]
        assert found in umask.found and umask.is_well == bool(mask)
        assert os.umask(mask) == mask
    finally:
        os.umask(before)


def test_a_shared_folder_like_tmp_is_not_reported(place):
    place.folder.chmod(0o1777)
    assert examined(place)["writing"].is_well


def test_commands_are_named_and_never_shown(place, monkeypatch):
    monkeypatch.setenv("ONRECORD_NOTIFY_COMMAND", "mail --password hunter2")
    monkeypatch.setenv("ONRECORD_FOLLOW_LINKS", "true")
    found = examined(Settings(warehouse=place.warehouse))
    assert found["commands"].found == "ONRECORD_NOTIFY_COMMAND"
    assert "hunter2" not in str(found) and not found["links"].is_well


def test_the_command_prints_one_finding_a_line_and_exits_with_1_when_something_is_open(
    place, served, monkeypatch
):
    monkeypatch.setattr(Server, "status", 200)
    command = ["doctor", "--security", "--json", "--warehouse", str(place.warehouse)]
    result = CliRunner().invoke(app, command)
    findings = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1 and {"server", "key", "writing"} <= {finding["what"] for finding in findings}
