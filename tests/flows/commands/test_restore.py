"""`restore` and `rollback` bring a warehouse back, even if another file is in its place; they delete nothing."""

import os
import shutil

import duckdb
import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.warehouse.samples import sample_run
from warehouse.files.connect import query
from warehouse.files.lock import write_lock
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


def publish_version(path, number, **how):
    run_id = f"2024050{number}T080000-aaaa"
    with open_next(path, run_id) as version:
        version.stage(sample_run(1, 1, run_id=run_id, first=number))
        return publish(version, keep=2, **how)


def onrecord(folder, *arguments):
    return CliRunner().invoke(app, [*map(str, arguments), "--warehouse", str(folder / "news.duckdb")])


def articles(folder):
    return query(folder / "news.duckdb", "SELECT path FROM articles ORDER BY path")["path"].to_list()


def versions(folder):
    sql = "SELECT version_no, restored_from FROM ops.versions ORDER BY 1"
    return query(folder / "news.duckdb", sql).rows()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A warehouse whose third version is published and whose first two are kept, and a backup of the second."""
    folder = tmp_path_factory.mktemp("made")
    for number in (1, 2, 3):
        publish_version(folder / "news.duckdb", number)
    backup = folder / "backups" / "news-v000002-20240502T090000Z.duckdb"
    backup.parent.mkdir()
    shutil.copy(folder / "versions" / "news-000002.duckdb", backup)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made, tmp_path / "place")
    return tmp_path / "place"


def overwrite(file, start, data):
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(data)


def put_stale_log(file):
    """Write the log of another database next to `file`, as if somebody had copied a file over an open warehouse."""
    with duckdb.connect(str(file.with_name("other.duckdb"))) as connection:
        connection.execute("CREATE TABLE t AS FROM range(10); CHECKPOINT; INSERT INTO t VALUES (1)")
        shutil.copy(file.with_name("other.duckdb.wal"), f"{file}.wal")
    file.with_name("other.duckdb").unlink()


def make_folder(file):
    file.unlink()
    file.mkdir()
    (file / "notes.txt").write_text("mine")


DAMAGE = {
    "garbage": lambda file: file.write_bytes(os.urandom(100_000)),
    "cut off": lambda file: os.truncate(file, 300_000),
    "empty": lambda file: os.truncate(file, 0),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "flipped header": lambda file: overwrite(file, 4096, b"\xff" * 16),
    "overwritten middle": lambda file: overwrite(file, 20_000, os.urandom(file.stat().st_size - 40_000)),
    "garbled log": lambda file: file.with_name(f"{file.name}.wal").write_bytes(os.urandom(5_000)),
    "stale log": put_stale_log,
    "missing": lambda file: file.unlink(),
    "missing but for its log": lambda file: (put_stale_log(file), file.unlink()),
    "a folder": make_folder,
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("command", ["rollback", "restore"])
def test_a_damaged_warehouse_is_restored_and_the_old_file_is_set_aside(folder, command, damage):
    file = folder / "news.duckdb"
    DAMAGE[damage](file)
    stood = {end: (folder / f"news.duckdb{end}") for end in ("", ".wal")}
    stood = {end: path.stat().st_ino for end, path in stood.items() if path.exists()}
    done = onrecord(folder, command, *([folder / "backups"] if command == "restore" else []))
    assert done.exit_code == 0, done.output
    assert articles(folder) == ["in/1.txt", "in/2.txt"]
    assert versions(folder)[-1] == (4, 2)
    kept = {path.stat().st_ino: path for path in (folder / "versions").iterdir()}
    for end, inode in stood.items():
        assert inode in kept, end
        if kept[inode].name != "news-000003.duckdb":
            assert str(kept[inode]) in done.output.replace("\n", ""), end
    assert not (folder / "news.duckdb.next").exists()
    assert publish_version(file, 5).version_no == 5


def test_a_version_set_aside_twice_is_kept_twice(folder):
    for _ in range(2):
        (folder / "news.duckdb").write_bytes(b"garbage" * 1000)
        assert onrecord(folder, "rollback").exit_code == 0
    assert len(list((folder / "versions").glob("news-aside-*"))) == 2


def test_a_damaged_previous_version_is_skipped_and_never_published(folder):
    overwrite(folder / "versions" / "news-000002.duckdb", 20_000, os.urandom(400_000))
    before = (folder / "news.duckdb").read_bytes()
    rollback = onrecord(folder, "rollback", 2)
    assert (rollback.exit_code, "news-000002.duckdb" in rollback.output) == (4, True)
    assert (folder / "news.duckdb").read_bytes() == before
    assert onrecord(folder, "rollback").exit_code == 0
    assert versions(folder)[-1] == (4, 1)


def test_a_warehouse_open_for_writing_is_not_damaged(folder):
    """DuckDB refuses to open a file that another program has open, so a restore must not replace it either."""
    import subprocess
    import sys

    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", code, str(folder / "news.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        other.stdout.readline()
        done = onrecord(folder, "restore", folder / "backups")
        other.communicate("\n")
    assert done.exit_code == 4, done.output
    assert articles(folder) == ["in/1.txt", "in/2.txt", "in/3.txt"]
    assert not list((folder / "versions").glob("news-aside-*"))


def test_a_warehouse_that_a_run_holds_is_left_alone(folder, monkeypatch):
    monkeypatch.setenv("ONRECORD_WAIT", "0")
    with write_lock(folder / "news.duckdb", "another-run"):
        for arguments in (["rollback"], ["restore", folder / "backups"]):
            done = onrecord(folder, *arguments)
            assert (done.exit_code, "another-run" in done.output) == (4, True)
    assert articles(folder) == ["in/1.txt", "in/2.txt", "in/3.txt"]
