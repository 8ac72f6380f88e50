"""Command line, environment, `.env` and `onrecord.toml`: which one wins, and the message on unknown names."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.provenance import SettingsError, find_unknown
from flows.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder with its warehouse in the default place."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_the_command_line_wins_over_environment_dotenv_and_file_in_this_order(place, monkeypatch):
    (place / "data" / "onrecord.toml").write_text("wait = 1\nlimit = 1\nprocesses = 1\nkeep_days = 1\n")
    (place / ".env").write_text("ONRECORD_WAIT=2\nONRECORD_LIMIT=2\nONRECORD_PROCESSES=2\nOTHER=x\n")
    monkeypatch.setenv("ONRECORD_WAIT", "3")
    monkeypatch.setenv("ONRECORD_LIMIT", "3")
    settings = load_settings({"wait": 4})
    assert (settings.wait, settings.limit, settings.processes, settings.keep_days) == (4, 3, 2, 1)


def test_the_file_is_next_to_the_warehouse_wherever_that_is_set(place, monkeypatch):
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / "onrecord.toml").write_text('languages = ["en"]\n[map]\nbody = "FullText"\n')
    (place / ".env").write_text(f"ONRECORD_WAREHOUSE={place / 'elsewhere' / 'w.duckdb'}\n")
    assert Settings().map == {"body": "FullText"}
    assert Settings(warehouse=Path("w.duckdb")).map == {}
    monkeypatch.setenv("ONRECORD_WAREHOUSE", "other/w.duckdb")
    assert Settings().map == {}


def test_settings_are_listed_with_what_they_come_from(place, monkeypatch):
    (place / "data" / "onrecord.toml").write_text("keep_days = 30\n")
    (place / ".env").write_text("ONRECORD_LANGUAGES=en\n")
    monkeypatch.setenv("ONRECORD_WAIT", "5")
    shown = run("settings", "--json", "--warehouse", "data/w.duckdb")
    values = {
        one["name"]: (one["value"], one["origin"]) for one in map(json.loads, shown.stdout.splitlines())
    }
    assert values.keys() == Settings.model_fields.keys()
    assert values["keep_days"] == ("30", str(Path("data", "onrecord.toml")))
    assert values["languages"] == ('["en"]', ".env") and values["wait"] == ("5.0", "$ONRECORD_WAIT")
    assert values["warehouse"] == ("data/w.duckdb", "command line") and values["prune"] == (
        "false",
        "default",
    )
    assert (
        "keep_days" in run("settings", "--changed").stdout
        and "prune" not in run("settings", "--changed").stdout
    )
    assert run("settings", "ONRECORD_PRUNE").exit_code == 0 and run("settings", "nosuch").exit_code == 2


SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "line",
    [
        f"notify_command = 'curl -H {SECRET} https://hook.example'",
        f"backup = 's3://me:{SECRET}@store.example/folder'",
        f"lake = 'ducklake:postgres:host=db password={SECRET}'",
        f"sources = ['https://me:{SECRET}@news.example/a']",
        f"notify_command = ['{SECRET}']",
        f"backup = {{ key = '{SECRET}' }}",
    ],
)
def test_secrets_are_never_printed(place, line):
    (place / "data" / "onrecord.toml").write_text(f"{line}\n")
    for arguments in (["settings"], ["settings", "--json"], ["doctor"], ["tables"]):
        done = run(*arguments)
        assert SECRET not in done.stdout + done.stderr


def test_unknown_names_are_reported_with_the_nearest_one(place, monkeypatch):
    (place / "data" / "onrecord.toml").write_text('keep-days = 3\nwarehouse = "w.duckdb"\nzzz = 1\n')
    (place / ".env").write_text("ONRECORD_LANGAUGES=en\n")
    monkeypatch.setenv("ONRECORD_PROCESS", "1")
    sentences = list(find_unknown(Settings, Settings().warehouse))
    assert [sentence.partition(";")[2].strip() for sentence in sentences] == [
        "did you mean ONRECORD_PROCESSES?", "did you mean ONRECORD_LANGUAGES?", "did you mean keep_days?", "", ""
    ]  # fmt: skip
    assert sum(line.startswith("onrecord: warning: ") for line in run("settings").stderr.splitlines()) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limit = 0", "onrecord.toml: limit: must be greater than or equal to 1, not '0'"),
        ("wait = 'soon'", "onrecord.toml: wait: must be a valid number, not 'soon'"),
        ("map = {text = 'x'}", "onrecord.toml: map: 'text' must have the form OURS=THEIRS"),
        ("limit = ", "onrecord.toml is not valid TOML"),
        ("a = '\xff'", "onrecord.toml is not valid TOML"),
    ],
)
def test_an_invalid_value_is_reported_with_its_place(place, text, message):
    (place / "data" / "onrecord.toml").write_bytes(text.encode("latin1"))
    with pytest.raises(SettingsError, match=message):
        load_settings({})
    done = run("sql", "select 1")
    assert (done.exit_code, message in done.stderr, len(done.stderr.splitlines())) == (2, True, 1)


def test_the_real_command_reads_both_files(place):
    (place / "data" / "onrecord.toml").write_text("keep_days = 30\n")
    (place / ".env").write_text("ONRECORD_LIMIT=7\n")
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "settings", "--changed"],
        cwd=place, env={"PYTHONPATH": str(ROOT), "COLUMNS": "200"}, capture_output=True, text=True,
    )  # fmt: skip
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        ["limit", "7"],
        ["keep_days", "30"],
    ]
