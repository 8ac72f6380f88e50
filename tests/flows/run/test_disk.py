"""Each command reports a disk fault in one line with one exit code; killed commands leave nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.common import exit_on_full_disk
from flows.doctor.installation import find_leftovers
from flows.replicas.backup import remove_left_copies
from flows.settings import Settings
from tests.flows.commands.test_restore import publish_version
from warehouse.files.compaction import forget_versions
from warehouse.files.connect import WarehouseError
from warehouse.staging.next_version import open_next

pytestmark = pytest.mark.slow

WRITING = {
    "rollback": [],
    "restore": ["backups"],
    "report": [],
    "maintain": [],
    "backup": ["elsewhere"],
    "site": ["site"],
    "export": ["tables", "--format", "csv"],
    "correct": ["rename", "Ada Quill", "Ada B. Quill"],
    "watchlist": ["add", "mine", "mill"],
}
PATHS = {"backups", "elsewhere", "site", "tables"}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "place"
    folder.mkdir()
    for number in (1, 2):
        publish_version(folder / "news.duckdb", number)
    (folder / "backups").mkdir()
    shutil.copy(
        folder / "versions" / "news-000001.duckdb",
        folder / "backups" / "news-v000001-20240502T090000Z.duckdb",
    )
    return folder


def onrecord(folder, command, *arguments):
    filled = [str(folder / argument) if argument in PATHS else argument for argument in arguments]
    return CliRunner().invoke(app, [command, *filled, "--warehouse", str(folder / "news.duckdb")])


@contextmanager
def mounted(folder, *options):
    """Mount something on the folder; unmount it afterwards."""
    if (
        os.geteuid()
        or not shutil.which("mount")
        or subprocess.run(["mount", *options, folder], check=False).returncode
    ):
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def only_to_be_read(folder):
    with mounted(folder, "--bind", folder):
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield


@pytest.mark.parametrize("command", WRITING)
def test_a_read_only_disk_has_one_exit_code_and_no_traceback(folder, command):
    with only_to_be_read(folder):
        done = onrecord(folder, command, *WRITING[command])
    assert isinstance(done.exception, SystemExit), done.exception
    assert (done.exit_code, done.output.startswith("onrecord: ")) == (4, True), done.output


def test_doctor_reports_a_read_only_disk_as_far_as_it_can(folder):
    with only_to_be_read(folder):
        done = onrecord(folder, "doctor")
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 1 and "not writable" in done.output and "last run" in done.output


@pytest.mark.parametrize("command", [command for command in WRITING if command != "maintain"])
def test_a_full_disk_has_one_exit_code_and_no_traceback(folder, tmp_path, command):
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=32m", "tmpfs"):
        shutil.copytree(folder, disk / "place")
        before = (disk / "place" / "news.duckdb").read_bytes()
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free))
        done = onrecord(disk / "place", command, *WRITING[command])
        assert (disk / "place" / "news.duckdb").read_bytes() == before
        assert not [*disk.rglob("*.next"), *disk.rglob("*.part")]
    assert isinstance(done.exception, SystemExit), done.exception
    assert (done.exit_code, done.output.startswith("onrecord: ")) == (3, True), done.output
    assert "space" in done.output


def test_an_unexpected_disk_fault_is_reported_in_one_line(capsys):
    with pytest.raises(SystemExit) as full, exit_on_full_disk():
        raise OSError(28, "No space left on device", "x")
    with pytest.raises(SystemExit) as closed, exit_on_full_disk():
        raise OSError(30, "Read-only file system", "x")
    assert (full.value.code, closed.value.code) == (3, 4)
    assert len(capsys.readouterr().err.splitlines()) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from flows.replicas.backup import _workplace
with _workplace(Path(sys.argv[1])) as folder:
    (folder / "fetched.duckdb").write_bytes(b"a copy")
    print("copied", flush=True)
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


def start(state, how):
    command = [sys.executable, "-c", KILLED, str(state), how]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "copied\n"
    return run


def test_the_leftover_of_a_killed_restore_is_reported_and_removed_by_the_next_one(folder):
    settings = Settings(warehouse=folder / "news.duckdb")
    assert start(settings.state, "kill").wait(30) == -signal.SIGKILL
    assert list(settings.state.glob("backup-*/fetched.duckdb"))
    found = find_leftovers(settings)
    assert "backup-" in found.found and "onrecord maintain" in found.advice
    assert onrecord(folder, "restore", "backups").exit_code == 0
    assert not list(settings.state.glob("backup-*"))
    assert find_leftovers(settings).is_well


def test_the_copy_of_a_restore_that_is_under_way_is_left_alone(folder):
    settings = Settings(warehouse=folder / "news.duckdb")
    run = start(settings.state, "wait")
    try:
        assert find_leftovers(settings).is_well
        assert remove_left_copies(settings.state) == []
        assert list(settings.state.glob("backup-*/fetched.duckdb"))
    finally:
        run.communicate("")
    assert not list(settings.state.glob("backup-*"))


def test_leftovers_of_a_killed_publish_are_reported_and_removed_by_maintenance(folder):
    settings = Settings(warehouse=folder / "news.duckdb")
    for left in ("news.duckdb.next", "news.duckdb.next.wal", "versions/news-000002.duckdb.part"):
        (folder / left).write_bytes(b"half")
    assert "news.duckdb.next" in find_leftovers(settings).found
    removed = forget_versions(settings.warehouse, 2, "test")
    assert sorted(removed) == ["news-000002.duckdb.part", "news.duckdb.next", "news.duckdb.next.wal"]
    assert find_leftovers(settings).is_well


def test_a_refused_upgrade_leaves_nothing_behind(folder):
    import duckdb

    with duckdb.connect(str(folder / "news.duckdb")) as connection:
        connection.execute("ALTER TABLE ops.versions DROP COLUMN shape_no")
        connection.execute("ALTER TABLE main.articles ALTER COLUMN word_count TYPE VARCHAR")
    before = (folder / "news.duckdb").read_bytes()
    with pytest.raises(WarehouseError), open_next(folder / "news.duckdb", "20240503T080000-aaaa"):
        pass
    assert (folder / "news.duckdb").read_bytes() == before
    assert not list(folder.glob("*.next*"))
