"""If nothing is new, Prefect does not start; if anything may be new, a run starts and checks."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.run.corrections import open_corrections
from flows.settings import Settings
from flows.unchanged import find_nothing_new
from warehouse.files.lock import write_lock

ROOT = Path(__file__).parents[2]
ARTICLES = sorted((ROOT / "seeds" / "articles").glob("*.txt"))[:2]


@pytest.fixture(scope="module")
def published(tmp_path_factory, prefect_here):
    """A folder with two articles, and the warehouse that a run built from them."""
    from flows.ingest import ingest

    folder = tmp_path_factory.mktemp("unchanged")
    (folder / "in").mkdir()
    for file in ARTICLES:
        copied = shutil.copy(file, folder / "in")
        os.utime(copied, (1_700_000_000, 1_700_000_000))
    ingest([str(folder / "in")], Settings(warehouse=folder / "w.duckdb", processes=1))
    return folder


@pytest.fixture
def place(published, monkeypatch):
    """The published folder, without the address of a Prefect server; the folder is restored after the test."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    kept = published.with_name("kept")
    shutil.copytree(published, kept)
    yield published
    shutil.rmtree(published)
    shutil.move(kept, published)


def found(place, **more):
    settings = Settings(warehouse=place / "w.duckdb", **more)
    return find_nothing_new([str(place / "in")], settings, open_corrections(settings), datetime.now(UTC))


def test_an_unchanged_folder_is_reported_without_a_run(place):
    outcome = found(place)
    assert (outcome.status, outcome.count_files("unchanged"), outcome.files.height) == ("nothing_new", 2, 2)


def add_file(place):
    shutil.copy(sorted((ROOT / "seeds" / "articles").glob("*.txt"))[3], place / "in")


def change_file(place):
    with (place / "in" / ARTICLES[0].name).open("a") as file:
        file.write("\nThe mayor said no.\n")


def touch_file(place):
    os.utime(place / "in" / ARTICLES[0].name)


def add_link(place):
    (place / "in" / "more").symlink_to(ROOT)


def add_correction(place):
    (place / "corrections.csv").write_text("action,actor,value\nrename,Ada Quill,Ada Q.\n")


def leave_staging(place):
    (place / "w.duckdb.staging").write_bytes(b"")


def note_failure(place):
    attempt = {
        "warehouse": "w.duckdb",
        "status": "failed",
        "at": "2024-05-03T08:00:00",
        "why": [],
        "advice": [],
    }
    (place / "state" / "last_attempt.json").write_text(json.dumps(attempt))


def remove_report(place):
    shutil.rmtree(place / "report")


def remove_warehouse(place):
    (place / "w.duckdb").unlink()


def publish_another(place):
    noted = place / "state" / "w.settled.json"
    noted.write_text(noted.read_text().replace('"version_no": 1', '"version_no": 9'))


@pytest.mark.parametrize(
    "change",
    [add_file, change_file, touch_file, add_link, add_correction, leave_staging, note_failure, remove_report,
     remove_warehouse, publish_another],
)  # fmt: skip
def test_whatever_could_be_new_makes_a_run_look(place, change):
    change(place)
    assert found(place) is None


@pytest.mark.parametrize(
    "more",
    [{"again": True}, {"prune": True}, {"limit": 3}, {"lake": "ducklake:x"}, {"executor": "dask://h:1"}],
)
def test_a_run_with_additional_work_looks_at_the_files(place, more):
    assert found(place, **more) is None


def test_a_run_visible_in_prefect_starts_prefect(place, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert found(place) is None


def test_a_run_waits_for_another_writer(place):
    with write_lock((place / "w.duckdb").resolve(), "another"):
        assert found(place) is None


def test_the_real_command_starts_no_prefect(place):
    before = (place / "w.duckdb").read_bytes()
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "ingest", str(place / "in"), "--json", "--warehouse", "w.duckdb"],
        cwd=place, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["status"], outcome["files"]["unchanged"]) == (0, "nothing_new", 2), (
        done.stderr
    )
    assert not (place / "state" / "prefect").exists() and (place / "w.duckdb").read_bytes() == before
    assert outcome["waited_seconds"] < 10
