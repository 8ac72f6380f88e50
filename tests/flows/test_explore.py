"""How the explorer starts, and which host names it accepts."""

import socket
import subprocess
import sys

import pytest

from flows.explore import AddressError, is_loopback, known_hosts, listening


@pytest.mark.parametrize(
    "host, is_here",
    [("127.0.0.1", True), ("::1", True), ("127.9.9.9", True), ("0.0.0.0", False), ("10.0.0.7", False)],
)
def test_only_this_machine_may_have_lines_written(host, is_here):
    assert is_loopback(host) == is_here


def test_it_answers_to_its_own_names_alone():
    assert known_hosts("127.0.0.1", 4280) == ["127.0.0.1:4280", "localhost:4280", "[::1]:4280"]
    assert "10.0.0.7:4280" in known_hosts("10.0.0.7", 4280)
    assert f"{socket.gethostname().lower()}:4280" in known_hosts("0.0.0.0", 4280)


def test_a_port_in_use_is_reported(tmp_path):
    with (
        listening("127.0.0.1", 0) as taken,
        pytest.raises(AddressError, match="choose another with --port"),
        listening("127.0.0.1", taken.getsockname()[1]),
    ):
        pass


def test_a_missing_warehouse_ends_the_command(tmp_path):
    command = [sys.executable, "-m", "flows.cli", "explore", "--no-browser", "--port", "0"]
    done = subprocess.run(
        [*command, "--warehouse", str(tmp_path / "w.duckdb")], capture_output=True, text=True
    )
    assert done.returncode == 4
    assert "there is no warehouse at" in done.stderr and "Traceback" not in done.stderr
