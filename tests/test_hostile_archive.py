"""200 hostile files and 20 good ones in one archive, through the real command: the good files are published."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.hostile import HOSTILE, NAMES, write_archive
from warehouse.files.connect import query

STATUS = Path("/proc/self/status")
# The command, and at the end the largest memory of its process, in kB. The system's resource usage would not do: it
# starts with the memory of the process that started this one.
RUN = f"""
import re, sys
from pathlib import Path
from flows.cli import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+)", Path({str(STATUS)!r}).read_text())[1], file=sys.stderr)
"""


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATUS.exists(), reason=f"there is no {STATUS} to read the memory from"),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The command's output, its folder and its memory."""
    folder = tmp_path_factory.mktemp("hostile")
    write_archive(folder / "inbox.tar.gz")
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "ONRECORD"))
    }
    command = [sys.executable, "-c", RUN, "ingest", "inbox.tar.gz", "--json"]
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder, int(done.stderr.split()[-1])


def rows(published, sql):
    return query(published[1] / "data" / "onrecord.duckdb", sql).rows()


def test_the_good_files_are_published_under_their_odd_names(published):
    bodies = rows(published, "select body from articles")
    assert len(bodies) == 20
    assert not any("<script>" in body for (body,) in bodies)
    assert all(any(f"stall number {number} on" in body for (body,) in bodies) for number in range(20))
    assert len(NAMES) == 20


def test_each_hostile_file_is_rejected_for_what_it_is(published):
    codes = defaultdict(list)
    for code, reason in rows(published, "select reason_code, reason from ops.rejects"):
        name = reason.split("/", 1)[1].split(":")[0].split(" > ")[0]
        codes[name].append(code)
        assert reason.startswith("inbox.tar.gz > ")
    assert {name: len(found) for name, found in codes.items()} == dict.fromkeys(HOSTILE, 10)
    for name, found in codes.items():
        assert set(found) <= HOSTILE[name][1]


def test_the_archive_balances(published):
    counts = "select articles_found, articles_loaded, articles_duplicate, articles_rejected from ops.files"
    assert rows(published, counts) == [(220, 20, 0, 200)]


def test_nothing_is_written_where_the_names_in_an_archive_lead(published):
    assert not list(Path("/tmp").glob("climbed*"))
    assert {path.name for path in published[1].iterdir()} == {"inbox.tar.gz", "data"}


def test_memory_stays_below_a_gigabyte(published):
    assert published[2] < 1_000_000
