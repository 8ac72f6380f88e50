"""`onrecord rejects` lists open rejects with their reasons; deleted files are not read again."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.rejects import _locate
from flows.sources.local import find_files
from schema.derive import polars_schema
from schema.tables import BY_NAME
from warehouse.query.rejects import without_path
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

FILE = {
    "file_sha256": "aa",
    "articles_found": 0,
    "articles_loaded": 0,
    "articles_duplicate": 0,
    "articles_rejected": 0,
}


def frame(name, *rows):
    return pl.DataFrame(rows, polars_schema(BY_NAME[name]))


def file(run, path, outcome):
    return FILE | {"run_id": run, "path": path, "outcome": outcome}


def reject(run, number, path, code, payload=None):
    reason = f"{path}: is wrong"
    return {"run_id": run, "reject_no": number, "stage": "read", "path": path, "reason_code": code, "reason": reason,
            "payload": payload}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Two runs: `fixed.txt` was rejected in the first and loaded in the second, `still.txt` rejected in both."""
    path = tmp_path_factory.mktemp("rejects") / "w.duckdb"
    runs = {
        "run-1": (
            [file("run-1", name, "rejected") for name in ("fixed.txt", "still.txt", "only.txt")],
            [reject("run-1", 1, "fixed.txt", "empty_file"), reject("run-1", 2, "still.txt", "no_body"),
             reject("run-1", 3, "only.txt", "no_body", "{}")],
        ),
        "run-2": (
            [file("run-2", "fixed.txt", "loaded"), file("run-2", "still.txt", "rejected"),
             file("run-2", "only.txt", "unchanged")],
            [reject("run-2", 1, "still.txt", "no_body")],
        ),
    }  # fmt: skip
    for run, (files, rejects) in runs.items():
        with open_next(path, run) as version:
            version.stage({"files": frame("files", *files), "rejects": frame("rejects", *rejects)})
            publish(version)
    return path


def listed(warehouse, *options):
    result = CliRunner().invoke(
        app, ["rejects", "--warehouse", str(warehouse), "--format", "jsonl", *options]
    )
    assert result.exit_code == 0, result.stderr
    return [(row["run_id"], row["path"]) for row in map(json.loads, result.stdout.splitlines())]


def test_open_rejects_are_listed(warehouse):
    assert listed(warehouse) == [("run-1", "only.txt"), ("run-2", "still.txt")]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--all"], 4),
        (["--run", "run-1", "--all"], 3),
        (["--reason", "no_body"], 2),
        (["--reason", "' or true --"], 0),
        (["--path", "ONLY"], 0),
        (["--path", "only"], 1),
    ],
)
def test_rejects_can_be_filtered(warehouse, options, count):
    assert len(listed(warehouse, *options)) == count


def test_a_table_shows_each_path_once_next_to_its_reason(warehouse):
    result = CliRunner().invoke(app, ["rejects", "--warehouse", str(warehouse)], env={"COLUMNS": "200"})
    [row] = [line for line in result.stdout.splitlines() if "still.txt" in line]
    assert row.count("still.txt") == 1
    assert row.rstrip().endswith("   is wrong")


@pytest.mark.parametrize(
    ("reason", "path", "shown"),
    [
        ("in/a.zip: has no text", "in/a.zip", "has no text"),
        ("in/a.zip > b.txt: has no text", "in/a.zip", "b.txt: has no text"),
        ("has no text", "in/a.zip", "has no text"),
        ("has no text", None, "has no text"),
    ],
)
def test_a_reason_is_shown_without_the_path_that_the_table_shows_already(reason, path, shown):
    assert without_path(reason, path) == shown


def test_files_that_are_gone_are_not_read_again(warehouse, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["rejects", "retry", "--warehouse", str(warehouse)])
    assert result.exit_code == 0
    assert "2 of 2 files no longer exist" in result.stderr


def test_a_stored_path_is_found_again_where_it_can_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a[1]*.txt").touch()
    assert _locate("a[1]*.txt") == "//./a[1]*.txt"
    assert _locate("gone.txt") is None
    assert _locate("s3://bucket/a.txt") == "s3://bucket/a.txt"
    assert _locate("https://h.example/a?token=***") is None


def test_a_rejected_link_is_not_followed_when_it_is_read_again(tmp_path, monkeypatch):
    """`rejects retry` used to pass paths as if their user had named them, and so read what links led to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "private").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("hush")
    for path in (tmp_path / "in" / "a.txt", tmp_path / "in" / "private" / "b.txt"):
        path.symlink_to(tmp_path / "secret.txt")
    for path in ("in/a.txt", "in/private/b.txt", str(tmp_path / "in" / "a.txt")):
        (file,) = find_files([_locate(path)])
        assert (file.path, file.reason_code) == (path, "outside_link")
