"""The corrections beside a warehouse: read and checked where a run starts, applied though no file is new."""

import io

import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.display.summary import print_summary
from flows.ingest import ingest
from flows.run.corrections import open_corrections
from flows.settings import Settings
from transforms.identify.corrections import CorrectionError, parse_corrections
from warehouse.files.connect import query

TEXT = "ARVEL (Norvia Wire) - The mill was sold on Monday, Mayor Ada Roe said. “We had no choice,” Roe told reporters."
HEADER = "action,actor,value,note\n"
PEOPLE = "SELECT name FROM actors WHERE kind = 'person'"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "data").mkdir()
    return Settings(warehouse=tmp_path / "data" / "w.duckdb", processes=1)


def correct(settings, *lines):
    (settings.folder / "corrections.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")


def shown(outcome):
    text = io.StringIO()
    print_summary(outcome, Console(file=text, width=200))
    return text.getvalue()


def test_an_edited_file_is_applied_by_the_next_run_though_nothing_else_is_new(prefect_here, settings):
    paths = [str(settings.folder.parent / "in")]
    assert ingest(paths, settings).status == "published"
    correct(settings, "rename,Ada Roe,Ada B. Roe,her full name", "rename,Nobody,Somebody,")
    corrected = ingest(paths, settings)
    assert corrected.status == "published"
    assert query(settings.warehouse, PEOPLE)["name"].to_list() == ["Ada B. Roe"]
    assert "1 of 2 corrections applied" in shown(corrected)
    assert "number 2 meets no actor: rename Nobody, Somebody" in shown(corrected)
    assert ingest(paths, settings).status == "nothing_new"
    (settings.folder / "corrections.csv").unlink()
    assert ingest(paths, settings).status == "published"
    assert query(settings.warehouse, PEOPLE)["name"].to_list() == ["Ada Roe"]


@pytest.mark.parametrize("command", ["ingest", "rebuild"])
def test_a_line_that_cannot_be_applied_is_named_before_anything_starts(settings, command):
    correct(settings, "rename,Ada Roe,Ada B. Roe,", "", "marry,Ada Roe,Bo Venn,")
    source = [str(settings.folder.parent / "in")] if command == "ingest" else []
    done = CliRunner().invoke(app, [command, *source, "--warehouse", str(settings.warehouse)])
    said = " ".join(done.output.split())
    assert done.exit_code == 2
    assert "corrections.csv, line 4: 'marry' is no action; actions are merge, split, rename, kind" in said
    assert "Traceback" not in said and not settings.warehouse.exists()


def test_the_setting_names_another_file_which_must_be_there(settings, tmp_path):
    other = tmp_path / "mine.csv"
    with pytest.raises(CorrectionError, match=r"mine\.csv cannot be read"):
        open_corrections(Settings(warehouse=settings.warehouse, corrections=other))
    other.write_text(f"{HEADER}kind,Acme,group,\n", encoding="utf-8")
    assert open_corrections(Settings(warehouse=settings.warehouse, corrections=other)).height == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a,b\n", "line 1: the first line must be action,actor,value,note"),
        (b"action,actor,value\nkind,Acme,robot\n", "line 2: 'robot' is no kind"),
        (b"action,actor,value\nmerge,Acme\n", "line 2: merge needs an actor and a value"),
        (b"action,actor,value\nmerge,Roe, Ada,Acme\n", "line 2: 4 cells in 3 columns"),
        (b"action,actor,value\nmerge,Ro\xe9,Acme\n", "line 2: not UTF-8"),
        (b'action,actor,value\nmerge,"Roe,Acme\n', "line 2: unexpected end of data"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(text, said):
    with pytest.raises(CorrectionError, match=f"mine.csv, {said}"):
        parse_corrections(text, "mine.csv")


def test_a_file_as_spreadsheets_write_it_is_read():
    data = b'\xef\xbb\xbfaction,actor,value,note\r\nmerge,"Roe, Ada",Ada Roe,"two\r\nlines"\r\n,,,\r\n'
    lines = parse_corrections(data, "mine.csv")
    assert lines.rows() == [(1, "merge", "Roe, Ada", "Ada Roe", "two\r\nlines")]


def test_an_empty_file_has_no_lines():
    assert parse_corrections(b"", "mine.csv").is_empty()
