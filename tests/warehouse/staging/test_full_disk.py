"""A full disk, as the operating system reports it: through a file size limit or a small tmpfs."""

import hashlib
import multiprocessing
import os
import resource
import shutil
import subprocess

import pytest

from tests.warehouse.samples import as_frame, sample_run
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

FIRST, SECOND = "20240503T080000-aaaa", "20240504T080000-bbbb"
SPAWN = multiprocessing.get_context("spawn")


def publish_run(path, run_id, first, megabytes=0):
    """Publish two articles, and `megabytes` of payloads that cannot be compressed."""
    rows = [
        {"run_id": run_id, "reject_no": number, "stage": "read", "path": "in", "reason_code": "no_body",
         "reason": "It is empty.", "payload": os.urandom(500_000).hex()}
        for number in range(megabytes)
    ]  # fmt: skip
    with open_next(path, run_id) as version:
        version.stage(sample_run(run_id=run_id, first=first))
        version.stage({"rejects": as_frame("rejects", rows)})
        publish(version)


def publish_with_limit(path, limit, answers):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        publish_run(path, SECOND, 3, megabytes=6)
    except Exception as error:
        answers.put(f"{type(error).__name__}: {error}")
    else:
        answers.put("published")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("share", [0.3, 1.05])  # the staging does not fit; the next version does not fit
def test_a_file_that_may_not_grow_leaves_the_published_file(tmp_path, share):
    path = tmp_path / "onrecord.duckdb"
    publish_run(path, FIRST, 1, megabytes=8)
    before, answers = digest(path), SPAWN.Queue()
    limit = int(path.stat().st_size * share)
    run = SPAWN.Process(target=publish_with_limit, args=(path, limit, answers))
    run.start()
    answer = answers.get(timeout=120)
    run.join()
    assert "File too large" in answer
    assert digest(path) == before
    assert query(path, "SELECT count(*) FROM articles").item() == 2
    publish_run(path, SECOND, 3)
    assert query(path, "SELECT count(*) FROM articles").item() == 4


def test_a_full_file_system_leaves_the_published_file(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a small file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.decode()}")
    try:
        path = disk / "onrecord.duckdb"
        publish_run(path, FIRST, 1, megabytes=8)
        before = digest(path)
        with pytest.raises(Exception, match="No space left on device"):
            publish_run(path, SECOND, 3, megabytes=30)
        assert digest(path) == before
        assert sorted(file.name for file in disk.iterdir()) == ["onrecord.duckdb", "onrecord.duckdb.lock"]
        publish_run(path, SECOND, 3)
        assert query(path, "SELECT count(*) FROM articles").item() == 4
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
