"""Version numbers are never reused, and a kept file is never written to again."""

import errno
import os
import random
import shutil
from datetime import UTC, datetime, time
from threading import Event

import pytest

from tests.warehouse.samples import sample_run
from warehouse.files import replace
from warehouse.files.connect import RequestError, query
from warehouse.files.lock import read_holder, read_noted_version, write_lock
from warehouse.files.replace import forget_previous, previous_versions, read_version_no
from warehouse.files.restore import roll_back
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

KEEP = 2


def publish_version(path, number, **how):
    run_id = f"2024050{number}T080000-aaaa"
    with open_next(path, run_id) as version:
        version.stage(sample_run(1, 1, run_id=run_id, first=number))
        return publish(version, **({"keep": KEEP} | how)).version_no


def rolled_back(path, version_no=None):
    with write_lock(path, "rollback"):
        return roll_back(path, version_no)


def articles(path):
    return query(path, "SELECT path FROM articles ORDER BY path")["path"].to_list()


@pytest.fixture(scope="module")
def three_versions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    for number in (1, 2, 3):
        publish_version(folder / "news.duckdb", number)
    return folder


@pytest.fixture
def warehouse(three_versions, tmp_path):
    return shutil.copytree(three_versions, tmp_path, dirs_exist_ok=True) / "news.duckdb"


def test_a_version_number_is_not_reused_after_a_rollback(warehouse):
    restored = rolled_back(warehouse)
    assert (restored.version_no, restored.restored_from, restored.aside) == (4, 2, [])
    assert publish_version(warehouse, 4) == 5
    assert query(warehouse, "SELECT version_no, restored_from FROM ops.versions ORDER BY 1").rows() == [
        (1, None), (2, None), (4, 2), (5, None)
    ]  # fmt: skip
    assert query(warehouse, "SELECT version_no FROM run_health ORDER BY version_no").rows() == [
        (1,), (2,), (4,), (5,)
    ]  # fmt: skip


def published_hours_ago(path, hours):
    """Give the kept files, oldest first, the times at which an hourly schedule published them."""
    noon = datetime.combine(datetime.now(UTC).date(), time(12), UTC).timestamp()
    for file, ago in zip(previous_versions(path).values(), hours, strict=True):
        os.utime(file, (noon - 3600 * ago,) * 2)


@pytest.mark.parametrize(
    ("days", "stay"), [(0, [6, 7]), (1, [4, 6, 7]), (2, [2, 4, 6, 7]), (9, [1, 2, 4, 6, 7])]
)
def test_versions_are_kept_by_age_as_well_as_by_number(warehouse, days, stay):
    for number in range(1, 8):
        shutil.copy(warehouse, warehouse.parent / "versions" / f"news-{number:06}.duckdb")
    published_hours_ago(warehouse, [62, 37, 30, 13, 4, 3, 2])
    forget_previous(warehouse, 2, days)
    assert list(previous_versions(warehouse)) == stay


def test_an_hourly_schedule_can_go_back_to_yesterday(warehouse):
    published_hours_ago(warehouse, [25, 1])
    for number in (4, 5):
        publish_version(warehouse, number, keep=2, days=1)
    assert list(previous_versions(warehouse)) == [1, 3, 4]
    assert rolled_back(warehouse, 1).restored_from == 1 and articles(warehouse) == ["in/1.txt"]


def test_with_zero_kept_versions_none_is_kept_by_age(warehouse):
    publish_version(warehouse, 4, keep=0, days=9)
    assert previous_versions(warehouse) == {}


def test_a_version_number_is_not_reused_when_all_its_files_are_gone(warehouse):
    warehouse.unlink()
    (warehouse.parent / "versions" / "news-000002.duckdb").unlink()
    assert rolled_back(warehouse).version_no == 4


def test_the_last_published_version_is_kept_after_a_rollback(warehouse):
    """The bad version 3 used to be kept forever, and good versions were deleted instead."""
    rolled_back(warehouse)
    publish_version(warehouse, 4)
    assert list(previous_versions(warehouse)) == [3, 4]
    publish_version(warehouse, 5)
    assert list(previous_versions(warehouse)) == [4, 5]
    assert articles(previous_versions(warehouse)[4]) == ["in/1.txt", "in/2.txt"]


def test_each_rollback_goes_one_version_further_back_and_a_number_goes_forward(warehouse):
    assert [rolled_back(warehouse).restored_from for _ in range(2)] == [2, 1]
    with pytest.raises(
        RequestError,
        match=r"a version older than that in .* is not kept; name one of these versions: 1, 2, 3, 4",
    ):
        rolled_back(warehouse)
    rolled_back(warehouse, 3)
    assert articles(warehouse) == ["in/1.txt", "in/2.txt", "in/3.txt"]


def test_a_previous_version_is_not_written_to_in_place_after_an_interrupted_publish(warehouse, monkeypatch):
    def die(new, published):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(replace, "swap", die)
        publish_version(warehouse, 4)
    assert read_version_no(warehouse) == 3 and previous_versions(warehouse)[3].samefile(warehouse)
    publish_version(warehouse, 5, in_place=True)
    for number, file in previous_versions(warehouse).items():
        assert read_version_no(file) == number


def test_a_file_with_another_hard_link_is_not_written_to_in_place(warehouse, tmp_path):
    os.link(warehouse, tmp_path / "mine.duckdb")
    publish_version(warehouse, 4, in_place=True)
    assert articles(tmp_path / "mine.duckdb") == ["in/1.txt", "in/2.txt", "in/3.txt"]
    assert articles(warehouse)[-1] == "in/4.txt"


def test_the_lock_keeps_the_last_number_and_the_last_holder(warehouse):
    assert read_noted_version(warehouse) == 3
    with write_lock(warehouse, "another"):
        assert read_holder(warehouse).startswith("run another")
    assert read_noted_version(warehouse) == 3


@pytest.mark.parametrize("refused", [(), ("ioctl",), ("ioctl", "mmap"), ("ioctl", "mmap", "copy_file_range")])
@pytest.mark.parametrize("size", [0, 4096, 1_280_001])
def test_a_copy_is_the_same_on_any_disk(tmp_path, monkeypatch, refused, size):
    def refuse(*_, **__):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    for place, name in ((replace.fcntl, "ioctl"), (replace.mmap, "mmap"), (replace.os, "copy_file_range")):
        if name in refused:
            monkeypatch.setattr(place, name, refuse, raising=False)
    monkeypatch.setattr(replace, "BUFFER", 1 << 20)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(random.Random(1).randbytes(size))
    source.chmod(0o640)
    replace.copy_file(source, target)
    assert (target.read_bytes(), target.stat().st_mode) == (source.read_bytes(), source.stat().st_mode)


def test_a_copy_on_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def fill(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("pwrite", "copy_file_range"):
        monkeypatch.setattr(replace.os, name, fill, raising=False)
    (tmp_path / "a").write_bytes(bytes(8192))
    with pytest.raises(OSError, match="No space left"):
        replace.copy_file(tmp_path / "a", tmp_path / "b")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_copy_made_ahead_is_used_only_if_the_file_has_not_changed_since(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(bytes(8192))
    copy = replace.CopyAhead(source, target)
    assert copy.wait() and target.read_bytes() == source.read_bytes()
    source.write_bytes(bytes(4096))
    assert not copy.wait()


def test_a_copy_that_failed_ahead_is_not_used(tmp_path):
    (tmp_path / "a").write_bytes(bytes(8192))
    assert not replace.CopyAhead(tmp_path / "a", tmp_path / "missing" / "b").wait()


def test_a_copy_that_was_not_published_is_removed(tmp_path):
    (tmp_path / "a").write_bytes(bytes(8192))
    copy = replace.CopyAhead(tmp_path / "a", tmp_path / "b")
    assert copy.wait()
    copy.stop()
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_an_unwanted_copy_is_removed(tmp_path):
    unwanted = Event()
    unwanted.set()
    (tmp_path / "a").write_bytes(bytes(8192))
    with pytest.raises(replace.CopyUnwanted):
        replace.copy_file(tmp_path / "a", tmp_path / "b", unwanted)
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
