"""A server that we start lives exactly as long as the process that started it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.prefect.server import ServerError, _Server, configured_api, make_key

STARTER = """
import sys
from pathlib import Path
from flows.prefect.server import _Server
server = _Server(Path(sys.argv[1]), 0, "temporary", "onrecord:x")
print(server.process.pid, flush=True)
sys.stdin.read()
"""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_process_leaves_no_server_behind(tmp_path):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    server = int(starter.stdout.readline())
    assert is_alive(server)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    until = time.monotonic() + 30
    while is_alive(server):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_taken_port_is_reported(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServerError, match="cannot be used"):
        _Server(tmp_path, taken.getsockname()[1], "all", make_key())


def test_a_server_that_does_not_start_is_reported_with_its_log(tmp_path):
    server = _Server(tmp_path, 0, "temporary", make_key())
    os.kill(server.process.pid, signal.SIGKILL)
    with pytest.raises(ServerError, match=r"server\.log"):
        server.wait()


def test_the_environment_names_the_server(monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://h.example/api")
    assert configured_api() == "http://h.example/api"


def test_without_a_user_setting_there_is_no_api_address(monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    assert configured_api() is None
