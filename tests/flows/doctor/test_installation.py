"""`onrecord doctor` finds what keeps a run from working, and says what to do."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo import build_demo
from flows.cli import app
from flows.doctor.installation import examine
from flows.settings import Settings
from warehouse.files.lock import write_lock
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.delenv("PREFECT_HOME", raising=False)


def examined(warehouse):
    return {finding.what: finding for finding in examine(Settings(warehouse=warehouse))}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("doctor") / "w.duckdb"
    for tables in build_demo(50, 1):
        with open_next(path, tables["runs"]["run_id"].item()) as version:
            version.stage(tables)
            publish(version)
    return path


def test_a_sound_place_has_no_findings(warehouse):
    found = examined(warehouse)
    assert [finding.what for finding in found.values() if not finding.is_well] == []
    assert "prefect 3" in found["versions"].found and "tagger.onnx" in found["model"].found
    assert "version " in found["warehouse"].found and "passed" in found["last run"].found
    assert found["server"].found.startswith("none configured")


def tree(folder):
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(
    ("place", "api"), [("w.duckdb", ""), ("deep/down/w.duckdb", "http://127.0.0.1:9/api")]
)
def test_the_doctor_writes_nothing(warehouse, tmp_path, place, api):
    (tmp_path / "home").mkdir()
    if "/" not in place:
        shutil.copytree(warehouse.parent, tmp_path, dirs_exist_ok=True)
    before = tree(tmp_path)
    environment = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "doctor", "--warehouse", tmp_path / place],
        env=environment | {"PREFECT_API_URL": api}, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert "last run" in done.stdout or "none at" in done.stdout, done.stderr
    assert tree(tmp_path) == before


def test_invalid_settings_corrections_and_thresholds_are_reported(warehouse, tmp_path, monkeypatch):
    path = shutil.copy(warehouse, tmp_path / "w.duckdb")
    (tmp_path / "corrections.csv").write_text("action,actor,value\njoin,a,b\n")
    (tmp_path / "onrecord.toml").write_text('langauges = ["en"]\nthresholds = {"nosuch.share" = 0.2}\n')
    monkeypatch.setenv("ONRECORD_KEEP_VERSION", "3")
    found = examined(path)
    assert "line 2" in found["corrections"].found and not found["corrections"].is_well
    assert "nosuch.share" in found["checks"].found and not found["checks"].is_well
    message = found["settings"].found
    assert "did you mean languages?" in message and "did you mean ONRECORD_KEEP_VERSIONS?" in message


@pytest.mark.parametrize(
    ("text", "message"), [("limit = 0\n", "limit: must be"), ("limit = \n", "not valid TOML")]
)
def test_an_invalid_value_is_reported_and_the_rest_is_checked(tmp_path, text, message):
    (tmp_path / "onrecord.toml").write_text(text)
    done = CliRunner().invoke(app, ["doctor", "--json", "--warehouse", str(tmp_path / "w.duckdb")])
    findings = {found["what"]: found for found in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1 and message in findings["settings"]["found"] and findings["model"]["is_well"]


def test_a_missing_warehouse_is_reported_with_the_command_that_makes_one(tmp_path):
    assert examined(tmp_path / "w.duckdb")["warehouse"].advice.startswith("onrecord ingest")


def test_a_damaged_warehouse_is_reported(tmp_path):
    (tmp_path / "w.duckdb").write_bytes(b"no database" * 1000)
    found = examined(tmp_path / "w.duckdb")
    assert not found["place"].is_well and not found["warehouse"].is_well


@pytest.mark.parametrize("is_missing", [False, True], ids=["damaged", "missing"])
def test_the_command_to_restore_a_previous_version_is_shown_and_works(warehouse, tmp_path, is_missing):
    path = tmp_path / "my news.duckdb"
    (tmp_path / "versions").mkdir()
    shutil.copy(warehouse, tmp_path / "versions" / "my news-000001.duckdb")
    if not is_missing:
        path.write_bytes(b"no database" * 1000)
    advice = examined(path)["warehouse"].advice
    assert advice == f"onrecord rollback 1 --warehouse '{path}'"
    assert CliRunner().invoke(app, shlex.split(advice)[1:]).exit_code == 0
    assert examined(path)["warehouse"].is_well


def test_damage_in_the_middle_of_the_file_is_found_and_the_backup_named(warehouse, tmp_path, monkeypatch):
    path = shutil.copy(warehouse, tmp_path / "w.duckdb")
    with path.open("r+b") as file:
        file.seek(300_000)
        file.write(os.urandom(path.stat().st_size - 400_000))
    assert examined(path)["warehouse"].advice.startswith("onrecord restore BACKUP")
    monkeypatch.setenv("ONRECORD_BACKUP", "s3://me:hunter2@bucket/news")
    advice = examined(path)["warehouse"].advice
    assert "onrecord restore" in advice and "bucket/news" in advice and "hunter2" not in advice


def test_the_holder_of_the_lock_is_named(warehouse):
    with write_lock(warehouse, "run-7"):
        assert "run-7" in examined(warehouse)["lock"].found
    assert examined(warehouse)["lock"].found == "free"


def test_a_stopped_run_is_reported_with_where_to_look(warehouse):
    stopped = warehouse.parent / "state" / "stopped.duckdb"
    stopped.parent.mkdir(exist_ok=True)
    stopped.touch()
    later = warehouse.stat().st_mtime + 1
    os.utime(stopped, (later, later))
    assert str(stopped) in examined(warehouse)["last run"].advice
    stopped.unlink()


def test_a_server_that_does_not_answer_is_reported_without_its_password(warehouse, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("PREFECT_API_URL", f"http://me:hunter2@127.0.0.1:{port}/api")
    found = examined(warehouse)
    assert "prefect server start" in found["server"].advice
    assert "hunter2" not in str(found)


def test_the_exit_code_says_whether_all_is_well_and_json_is_one_object_a_line(warehouse, tmp_path):
    well = CliRunner().invoke(app, ["doctor", "--json", "--warehouse", str(warehouse)])
    ill = CliRunner().invoke(app, ["doctor", "--warehouse", str(tmp_path / "none.duckdb")])
    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert all(json.loads(line)["is_well"] for line in well.stdout.splitlines())
    assert "→ onrecord ingest" in ill.stdout


def test_an_invalid_check_is_reported_with_its_file(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "mine.sql").write_text("-- warning: Hm.\nSELECT nobody FROM staging.articles")
    found = examined(tmp_path / "w.duckdb")["checks"]
    assert "mine.sql" in found.found and "nobody" in found.found and not found.is_well
