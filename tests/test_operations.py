"""`docs/operations.md`: its commands run as one session, top to bottom, and print what the page shows."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import run_postgres

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
LAKE = "host=127.0.0.1 port=5432 user=onrecord dbname=postgres"
MARK, OUTPUT = "@@@", "session.txt"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def read_blocks(page):
    """Yield the commands and the expected output of each block."""
    for block in BLOCK.findall(page):
        lines = block.splitlines()
        yield (
            [line[2:] for line in lines if line.startswith("$ ")],
            [line for line in lines if not line.startswith("$ ")],
        )


def without_numbers(line):
    """Mask figures, times and addresses, which differ from day to day."""
    return " ".join(re.sub(r"\d[\d.,:TZ]*", "N", line).split())


BLOCKS = list(read_blocks(PAGE))
# As somebody would who reads what the command says before going on.
WHEN_SERVING = f"until grep -q '^serving' {OUTPUT}; do sleep 0.5; done"


def write_script():
    """Yield the lines of the script: each command and, below it, a line that prints its exit code."""
    for number, (commands, _) in enumerate(BLOCKS):
        for command in commands:
            yield command
            if " serve " in command:
                yield WHEN_SERVING
            if " serve " in command or not command.endswith("&"):
                yield f"echo '{MARK}' {number} $?"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The output of each block, and the exit codes of its commands."""
    folder = tmp_path_factory.mktemp("operations")
    for name in ("prefect.yaml", "seeds"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "ONRECORD"))
    }
    with run_postgres() as postgres:
        script = "\n".join(write_script()).replace(LAKE, postgres)
        for port in ("4200", "8786"):
            script = script.replace(port, free_port())
        return split_output(run_session(script, folder, clean))


def run_session(script, folder, environment):
    """Run the script in a shell and return its output; end all processes that the shell started."""
    out = folder / OUTPUT
    with out.open("wb") as file:
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=folder, env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            shell.wait(timeout=500)
        finally:
            end_group(shell.pid)
    return out.read_text(encoding="utf-8", errors="replace")


def end_group(group):
    """End all processes that a shell has started, servers included, and wait until they are gone."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        for _ in range(100):
            try:
                os.killpg(group, kind)
            except ProcessLookupError:
                return
            time.sleep(0.2)


def split_output(text):
    """Return the lines of each block, which are between marks, and the exit codes, which are in the marks."""
    outputs, codes, lines = {}, {}, []
    for line in text.splitlines():
        if line.startswith(MARK):
            _, number, code = line.split()
            outputs.setdefault(int(number), []).extend(lines)
            codes.setdefault(int(number), []).append(int(code))
            lines = []
        else:
            lines.append(line)
    return outputs, codes


@pytest.mark.parametrize("number", range(len(BLOCKS)), ids=[commands[-1][:50] for commands, _ in BLOCKS])
def test_the_commands_work_and_answer_as_the_page_says(session, number):
    outputs, codes = session
    answers = BLOCKS[number][1]
    said = "\n".join(outputs.get(number, []))
    assert codes.get(number, [0]) and not any(codes.get(number, [0])), said
    seen = {without_numbers(line) for line in outputs.get(number, [])}
    for answer in answers:
        assert any(without_numbers(answer) in line for line in seen), f"{answer!r} is not in:\n{said}"


def test_the_page_names_commands_that_exist():
    named = set(re.findall(r"`onrecord (\w+)", PAGE)) | set(
        re.findall(r"\$ (?:\w+=\S+ )*onrecord (\w+)", PAGE)
    )
    from flows.cli import app

    known = {command.callback.__name__ for command in app.registered_commands}
    assert named <= known | {group.name for group in app.registered_groups}
