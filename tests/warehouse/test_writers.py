"""A program with the warehouse open for writing (the default of DuckDB's client): a run waits for it."""

import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.warehouse.samples import publish_sample, sample_run
from warehouse.files.connect import WarehouseBusy, find_writer
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

RUN = "20240503T080000-aaaa"
HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def warehouse(tmp_path):
    return publish_sample(tmp_path / "w.duckdb")


@contextmanager
def open_elsewhere(path):
    """Let another process open the file with `duckdb.connect(path)` and hold it open."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "open\n"
        yield holder
        holder.kill()


def test_a_run_waits_until_the_other_program_lets_go(warehouse):
    with open_elsewhere(warehouse) as holder:
        letting_go = subprocess.Popen(["sh", "-c", f"sleep 2; kill {holder.pid}"])
        began = time.monotonic()
        with open_next(warehouse, "20240504T080000-aaaa", wait=60) as version:
            version.stage(sample_run(1, run_id="20240504T080000-aaaa", first=7))
            assert publish(version).version_no == 2
        assert 1 < time.monotonic() - began < 30
        letting_go.wait()


def test_a_run_waits_no_longer_than_its_limit(warehouse):
    with open_elsewhere(warehouse) as holder:
        began = time.monotonic()
        with pytest.raises(WarehouseBusy, match=f"process {holder.pid}"), open_next(warehouse, RUN, wait=1):
            pass
        assert 1 <= time.monotonic() - began < 20
        assert f"(process {holder.pid})" in find_writer(warehouse)
    assert find_writer(warehouse) is None


def test_a_question_is_answered_with_who_holds_it(warehouse):
    with open_elsewhere(warehouse) as holder:
        done = CliRunner().invoke(app, ["sql", "select 1", "--warehouse", str(warehouse)])
    assert done.exit_code == 4
    assert f"(process {holder.pid}); close it there" in done.stderr and len(done.stderr.splitlines()) == 1


def test_doctor_does_not_advise_to_replace_a_warehouse_that_is_only_open_elsewhere(warehouse):
    with open_next(warehouse, "20240504T080000-aaaa") as version:
        version.stage(sample_run(1, run_id="20240504T080000-aaaa", first=7))
        publish(version)
    with open_elsewhere(warehouse) as holder:
        done = CliRunner().invoke(app, ["doctor", "--warehouse", str(warehouse)])
    assert done.exit_code == 1
    assert f"process {holder.pid}" in done.stdout and "the file itself needs no repair" in done.stdout
    assert "rollback" not in done.stdout and "restore" not in done.stdout
