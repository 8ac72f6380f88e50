"""Read real files from other people's tools: no folder stops a run, and no order of the files changes a table.

The files are not in this repository; the tests are skipped where they are missing.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from warehouse.files.connect import query

REAL = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "real"
FOLDERS = ("pages", "exports")  # each is published by a run of its own
LIGHT = ("pages_more", "wire", "ninjs", "warc")  # published by one run, and by another in another order
TABLES = ("articles", "statements", "statement_actors", "mentions", "actors", "actor_aliases", "organizations",
          "affiliations", "profiles", "profile_names")  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here"),
]


def ingest(folder: Path, served: dict[str, str], *paths: Path, **settings: str) -> dict:
    """Run `onrecord ingest` in a separate process, on a server that all tests share; return its JSON output."""
    environment = served | {"ONRECORD_WAREHOUSE": str(folder / "w.duckdb")} | settings
    command = [
        sys.executable,
        "-c",
        "from flows.cli import main; main()",
        "ingest",
        "--json",
        *map(str, paths),
    ]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def assert_published(fact: dict, folder: Path) -> None:
    articles, files = fact["articles"], fact["files"]
    critical = [check for check in fact["checks"]["failed"] if check["severity"] == "critical"]
    assert (fact["status"], critical) == ("published", [])
    assert articles["found"] == articles["loaded"] + articles["duplicate"] + articles["rejected"]
    assert files["found"] == sum(files[name] for name in ("loaded", "unchanged", "duplicate", "rejected"))
    rejects = query(folder / "w.duckdb", "SELECT stage, reason FROM ops.rejects")
    assert rejects.filter(pl.col("stage") == "gate").is_empty()
    assert rejects["reason"].str.len_chars().min() is None or rejects["reason"].str.len_chars().min() > 20


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_real_files_is_published(tmp_path, served, name):
    assert_published(ingest(tmp_path, served, REAL / name), tmp_path)


def read_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Return all tables without the columns that name the run and the version."""
    frames = {}
    for name in TABLES:
        frame = query(folder / "w.duckdb", f"FROM {name}")
        frames[name] = frame.drop("run_id", "since_version", strict=False)
    return frames


def test_neither_batches_nor_the_order_of_files_change_a_table(tmp_path, served):
    files = [path for name in LIGHT for path in sorted((REAL / name).iterdir())]
    shuffled = random.Random(1).sample(files, len(files))
    ways = {
        "folders": ([REAL / name for name in LIGHT], {}),
        "one by one": (shuffled, {"ONRECORD_FILES_PER_BATCH": "1", "ONRECORD_ARTICLES_PER_BATCH": "1"}),
    }
    tables = {}
    for way, (paths, settings) in ways.items():
        folder = tmp_path / way.replace(" ", "_")
        folder.mkdir()
        assert_published(ingest(folder, served, *paths, **settings), folder)
        tables[way] = read_tables(folder)
    for name in TABLES:
        first, other = (
            frames[name].select(pl.all().map_elements(str, pl.String)) for frames in tables.values()
        )
        assert set(first.rows()) == set(other.rows()), name
