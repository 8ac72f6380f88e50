"""`docs/cli.md` and `docs/settings.md` match the commands and the settings."""

from pathlib import Path

import pytest

from flows.cli import app
from flows.doc_pages import PAGES, main
from flows.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", ["40", "200"])
def test_the_page_is_current_whatever_the_terminal(name, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    assert main([name, "--check", str(DOCS / f"{name}.md")]) == 0, "make docs"


def test_a_stale_or_missing_page_is_reported(tmp_path, capsys):
    page = tmp_path / "cli.md"
    assert main(["cli", "--check", str(page)]) == 1
    page.write_text("old")
    assert main(["cli", "--check", str(page)]) == 1 and "make docs" in capsys.readouterr().err
    assert (main(["cli", str(page)]), main(["cli", "--check", str(page)])) == (0, 0)


def test_every_command_and_setting_is_in_its_page():
    commands, settings = ((DOCS / f"{name}.md").read_text() for name in ("cli", "settings"))
    for command in app.registered_commands:
        assert f"## onrecord {command.callback.__name__.replace('_', '-')}\n" in commands
    for name in Settings.model_fields:
        assert f"| `{name}` | `ONRECORD_{name.upper()}` |" in settings
