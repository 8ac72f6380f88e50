"""How the explorer is started, by what names it may be asked for, and how a correction is written."""

import socket
import subprocess
import sys

import pytest

from flows.explore import AddressError, append_line, is_loopback, known_hosts, listening
from transforms.identify.corrections import parse_corrections

LINE = ["merge", "0123456789abcdef", "country:NL", 'same, says "the page"']


def test_a_file_is_made_with_its_head_and_read_by_the_next_run(tmp_path):
    file = append_line(tmp_path / "corrections.csv", LINE)
    append_line(file, ["rename", "0123456789abcdef", "Ada", ""])
    lines = parse_corrections(file.read_bytes(), "corrections.csv")
    assert lines["action"].to_list() == ["merge", "rename"]
    assert lines.row(0, named=True)["note"] == LINE[3]


def test_a_line_goes_to_the_end_of_a_file_with_its_own_columns(tmp_path):
    file = tmp_path / "corrections.csv"
    file.write_bytes("\ufeffactor,action,value\nX,kind,group".encode())
    append_line(file, LINE)
    assert file.read_text(encoding="utf-8-sig") == (
        "actor,action,value\nX,kind,group\n0123456789abcdef,merge,country:NL\n"
    )


def test_nothing_is_written_twice_or_into_another_file(tmp_path):
    file = append_line(tmp_path / "corrections.csv", LINE)
    with pytest.raises(ValueError, match="already"):
        append_line(file, [*LINE[:3], "another note"])
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="does not begin with"):
        append_line(other, LINE)
    assert other.read_text() == "a,b\n1,2\n"


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


def test_a_port_in_use_is_told(tmp_path):
    with (
        listening("127.0.0.1", 0) as taken,
        pytest.raises(AddressError, match="name another with --port"),
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
