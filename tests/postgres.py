"""A temporary PostgreSQL server for tests: uses the installed programs and a folder that is deleted afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

USER = "postgres"  # the server refuses to run as root


@contextmanager
def run_postgres() -> Iterator[str]:
    """The server's address in libpq's form; skips the test where no server is installed."""
    programs = _find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    port = _free_port()
    with TemporaryDirectory(prefix="onrecord-postgres-") as folder:
        data = Path(folder) / "data"
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "onrecord", "--no-sync")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        _run(programs / "pg_ctl", "-D", data, "-o", settings, "-l", Path(folder) / "log", "-w", "start")
        try:
            yield f"host=127.0.0.1 port={port} user=onrecord dbname=postgres"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _find_programs() -> Path | None:
    """Find the folder of the server's programs, which is not on the path in Debian."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.get_exec_path())]
    return next(
        (place for place in places if all((place / name).exists() for name in ("initdb", "pg_ctl"))), None
    )


def _run(*command: object) -> None:
    """Run a program and discard its output, because a server that inherits a pipe would keep it open."""
    user = USER if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(part) for part in command], user=user, cwd="/", timeout=60, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]} failed with {done.returncode}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
