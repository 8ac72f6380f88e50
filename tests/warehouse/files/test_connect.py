"""Read-only connections, and what a run checks before it starts."""

import os
import subprocess
import sys
import tempfile
import time

import duckdb
import pytest

import warehouse.files.connect as connect_module
from tests.warehouse.samples import as_frame, sample_run
from warehouse.files.connect import WarehouseError, connect, connect_memory, connect_readonly, query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("warehouse") / "onrecord.duckdb"
    for run_id, outcome in (("run-1", "loaded"), ("run-2", "unchanged"), ("run-3", "rejected")):
        frames = sample_run(1, run_id=run_id) if outcome == "loaded" else {}
        file = {"run_id": run_id, "path": "in/1.txt", "file_sha256": "f1", "outcome": outcome, "articles_found": 0,
                "articles_loaded": 0, "articles_duplicate": 0, "articles_rejected": 0}  # fmt: skip
        with open_next(path, run_id) as version:
            version.stage(frames | {"files": as_frame("files", [file])})
            publish(version)
    return path


def test_a_reading_connection_cannot_write(warehouse):
    with connect_readonly(warehouse) as connection, pytest.raises(duckdb.InvalidInputException):
        connection.execute("DELETE FROM main.articles")


def test_times_are_utc(warehouse):
    assert (
        query(warehouse, "SELECT CAST(started_at AS VARCHAR) FROM ops.runs").item()
        == "2024-05-03 08:00:00+00"
    )


def test_parameters_are_values_not_sql(warehouse):
    hostile = "x'; DROP TABLE articles; --"
    assert query(warehouse, "SELECT * FROM articles WHERE headline = ?", [hostile]).is_empty()


def test_a_missing_a_damaged_and_a_foreign_file_are_named(tmp_path):
    damaged, foreign = tmp_path / "damaged.duckdb", tmp_path / "foreign.duckdb"
    damaged.write_bytes(b"this is no database" * 1000)
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")
    with pytest.raises(WarehouseError, match="there is no warehouse at"):
        query(tmp_path / "none.duckdb", "SELECT 1")
    with pytest.raises(WarehouseError, match=r"damaged\.duckdb cannot be opened"):
        query(damaged, "SELECT 1")
    with (
        pytest.raises(WarehouseError, match=r"foreign\.duckdb is a DuckDB file, but not a warehouse"),
        open_next(foreign, "run-1"),
    ):
        pass
    with pytest.raises(WarehouseError, match=r"damaged\.duckdb"), open_next(damaged, "run-1"):
        pass


def test_any_client_of_duckdb_1_5_can_open_what_is_written(tmp_path):
    """The storage version is at byte 12 of the file; 68 means DuckDB 1.5."""
    for number, write in enumerate((connect, lambda path: connect_memory())):
        path = tmp_path / f"{number}.duckdb"
        with write(path) as connection:
            if number:
                connection.execute(f"ATTACH '{path}' AS file; USE file")
            connection.execute("CREATE TABLE told AS SELECT 1 AS one; CHECKPOINT")
        assert int.from_bytes(path.read_bytes()[12:20], "little") == 68


def test_what_a_killed_process_left_is_removed_after_a_day(warehouse, tmp_path, monkeypatch):
    """A killed process leaves its folder; younger folders, those of running processes and other files stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    hang = f"""
import sys, time
from warehouse.files.connect import connect_readonly
with connect_readonly({str(warehouse)!r}, memory="20MB") as connection:
    try:
        connection.execute("CREATE TEMP TABLE t AS SELECT range AS n, md5(range::VARCHAR) FROM range(2_000_000)")
    finally:
        print("spilled", flush=True)
        time.sleep(60)
"""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", hang], stdout=subprocess.PIPE, text=True, env=environment
    )
    process.stdout.readline()
    [left] = tmp_path.glob(f"onrecord-{process.pid}-*")
    running, recent, other = (
        tmp_path / f"onrecord-{number}-{name}"
        for number, name in ((os.getpid(), "0" * 16), (process.pid, "1" * 16), (process.pid, "a-lock"))
    )
    for folder in (running, recent, other):
        folder.mkdir()
        (folder / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    link = tmp_path / f"onrecord-{process.pid}-{'2' * 16}"
    link.symlink_to(other)
    process.kill()
    process.wait()
    long_ago = time.time() - 2 * connect_module.ABANDONED
    for folder in (left, running, other):
        for path in (*folder.iterdir(), folder):
            os.utime(path, (long_ago, long_ago))
    connect_module._remove_abandoned.cache_clear()
    query(warehouse, "SELECT 1")
    assert set(tmp_path.iterdir()) == {running, recent, other, link}
    assert list(other.iterdir())
