"""The corrections next to a warehouse: read and checked when a run starts, applied even if no file is new."""

import io
import os
import shutil

import pytest
from rich.console import Console
from typer.testing import CliRunner

from expectations.audit import find_faults
from flows.cli import app
from flows.display.summary import print_summary
from flows.doctor.installation import find_corrections
from flows.run.corrections import open_corrections
from flows.settings import Settings
from tests.flows.runs import ingest
from transforms.identify.corrections import CorrectionError, parse_corrections
from warehouse.files.connect import query

TEXT = "ARVEL (Norvia Wire) - The mill was sold on Monday, Mayor Ada Roe said. “We had no choice,” Roe told reporters."
HEADER = "action,actor,value,note\n"
PEOPLE = "SELECT name FROM actors WHERE kind = 'person'"


@pytest.fixture
def settings(tmp_path):
    return write_article(tmp_path)


def write_article(folder):
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "data").mkdir()
    return Settings(warehouse=folder / "data" / "w.duckdb", processes=1)


def correct(settings, *lines):
    (settings.folder / "corrections.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")


def shown(outcome):
    text = io.StringIO()
    print_summary(outcome, Console(file=text, width=200))
    return text.getvalue()


def test_an_edited_file_is_applied_by_the_next_run_though_nothing_else_is_new(ingested):
    settings, paths = ingested, [str(ingested.folder.parent / "in")]
    correct(settings, "rename,Ada Roe,Ada B. Roe,her full name", "rename,Nobody,Somebody,")
    corrected = ingest(paths, settings)
    assert corrected.status == "published"
    assert query(settings.warehouse, PEOPLE)["name"].to_list() == ["Ada B. Roe"]
    assert "1 of 2 corrections applied" in shown(corrected)
    assert "correction 2 matches no actor or statement: rename Nobody, Somebody" in shown(corrected)
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
    assert (
        "corrections.csv, line 4: unknown action 'marry'; use one of merge, split, rename, kind, type" in said
    )
    assert "Traceback" not in said and not settings.warehouse.exists()


def test_the_setting_names_another_file_which_must_be_there(settings, tmp_path):
    other = tmp_path / "mine.csv"
    with pytest.raises(CorrectionError, match=r"mine\.csv cannot be read"):
        open_corrections(Settings(warehouse=settings.warehouse, corrections=other))
    other.write_text(f"{HEADER}kind,Acme,group,\n", encoding="utf-8")
    assert open_corrections(Settings(warehouse=settings.warehouse, corrections=other)).height == 1


def test_a_pipe_in_place_of_the_file_does_not_block(settings, tmp_path):
    os.mkfifo(tmp_path / "mine.csv")
    with pytest.raises(CorrectionError, match=r"mine\.csv cannot be read: it is not a file"):
        open_corrections(Settings(warehouse=settings.warehouse, corrections=tmp_path / "mine.csv"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a,b\n", "line 1: the first line must be action,actor,value,note"),
        (b"action,actor,value\nkind,Acme,robot\n", "line 2: unknown kind 'robot'"),
        (b"action,actor,value\nmerge,Acme\n", "line 2: merge needs an actor and a value"),
        (b"action,actor,value\nmerge,Roe, Ada,Acme\n", "line 2: 4 cells in 3 columns"),
        (b"action,actor,value\nmerge,Ro\xe9,Acme\n", "line 2: the line is not UTF-8"),
        (b'action,actor,value\nmerge,"Roe,Acme\n', "line 2: unexpected end of data"),
        (b"action,actor,value\nrename,Roe,Roe\x1b[2J\n", "line 2: a cell has a control character"),
        (b"action,actor,value\nrename,Roe\0,Rye\n", "line 2: a cell has a control character"),
    ],
)
def test_faults_in_a_file_are_reported_with_the_line(text, said):
    with pytest.raises(CorrectionError, match=f"mine.csv, {said}"):
        parse_corrections(text, "mine.csv")


def test_a_file_as_spreadsheets_write_it_is_read():
    data = b'\xef\xbb\xbfaction,actor,value,note\r\nmerge,"Roe, Ada",Ada Roe,"two\r\nlines"\r\n,,,\r\n'
    lines = parse_corrections(data, "mine.csv")
    assert lines.rows() == [(1, "merge", "Roe, Ada", "Ada Roe", "two\r\nlines")]


def test_an_empty_file_has_no_lines():
    assert parse_corrections(b"", "mine.csv").is_empty()


# ---- onrecord correct, and what doctor says


def call(settings, *arguments):
    done = CliRunner().invoke(app, ["correct", *arguments, "--warehouse", str(settings.warehouse)])
    return done.exit_code, " ".join(done.output.split())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A folder with the article loaded, and a copy of it."""
    folder = tmp_path_factory.mktemp("loaded")
    settings = write_article(folder)
    ingest([str(folder / "in")], settings)
    return folder, shutil.copytree(folder, tmp_path_factory.mktemp("copy") / "loaded"), settings


@pytest.fixture
def ingested(loaded):
    """The settings of the loaded article; each test begins with its folder as the first run left it."""
    folder, copy, settings = loaded
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    return settings


def lines_of(settings):
    return (settings.folder / "corrections.csv").read_text(encoding="utf-8").splitlines()


def findings(settings):
    return find_corrections(settings)


def test_correct_shows_what_a_line_changes_and_writes_it(ingested):
    paths = [str(ingested.folder.parent / "in")]
    code, said = call(ingested, "rename", "Ada Roe", "Ada B. Roe", "--note", "her, full name", "--dry-run")
    assert code == 0 and "- " in said and "+ " in said and "person, Ada B. Roe" in said and "dry run" in said
    assert not (ingested.folder / "corrections.csv").exists()
    code, said = call(ingested, "rename", "Ada Roe", "Ada B. Roe", "--note", "her, full name")
    assert code == 0 and "line 2 of" in said
    assert lines_of(ingested) == ["action,actor,value,note", 'rename,Ada Roe,Ada B. Roe,"her, full name"']
    assert "applies the changes" in findings(ingested).found
    assert ingest(paths, ingested).status == "published"
    assert query(ingested.warehouse, PEOPLE)["name"].to_list() == ["Ada B. Roe"]
    assert findings(ingested).is_well
    assert call(ingested, "rename", "Ada Roe", "Ada C. Roe")[0] == 2  # nobody is called so any more


def test_a_statement_gets_another_speaker_and_is_deleted_and_restored(ingested):
    paths = [str(ingested.folder.parent / "in")]
    said = "SELECT speaker, role FROM who_said_what ORDER BY seq_no"
    before = query(ingested.warehouse, said).rows()
    ids = query(ingested.warehouse, "SELECT statement_id FROM statements ORDER BY seq_no")["statement_id"]
    [wire] = query(ingested.warehouse, "SELECT name FROM actors WHERE kind <> 'person' LIMIT 1")["name"]
    assert len(before) == 2 and {name for name, _ in before} == {"Ada Roe"}
    contents = query(ingested.warehouse, "SELECT content FROM statements ORDER BY seq_no")["content"]
    shown = call(ingested, "speaker", ids[0], wire)[1]
    [role] = {role for name, role in before}
    assert (
        f"- Ada Roe, {role}: {contents[0]} + {wire}: {contents[0]} 1 statement and 0 mentions change" in shown
    )
    shown = call(ingested, "delete", ids[1])[1]
    assert f"- Ada Roe, {role}: {contents[1]} 1 statement and 0 mentions change" in shown
    ingest(paths, ingested)
    assert query(ingested.warehouse, said).rows() == [(wire, None)]
    assert query(ingested.warehouse, "SELECT count(*) FROM statements").item() == 2
    (ingested.folder / "corrections.csv").write_text(HEADER, encoding="utf-8")
    ingest(paths, ingested)
    assert query(ingested.warehouse, said).rows() == before


@pytest.mark.slow
def test_a_corrected_speaker_has_the_role_of_the_other_statements(settings):
    text = (
        "The mill must close this year, Bo Venn, a baker, said on Monday. Mayor Ada Roe of Arvel told reporters that "
        "the town had no choice. She said the mill was old. Mr Venn said that the price of bread would rise."
    )
    (settings.folder.parent / "in" / "a.txt").write_text(text, encoding="utf-8")
    paths = [str(settings.folder.parent / "in")]
    ingest(paths, settings)
    said = "SELECT statement_id, speaker, role, organization FROM who_said_what ORDER BY seq_no"
    before = query(settings.warehouse, said).rows()
    assert [row[1:3] for row in before] == [
        ("Bo Venn", "baker"), ("Ada Roe", "Mayor"), ("Ada Roe", "Mayor"), ("Bo Venn", "baker")
    ]  # fmt: skip
    correct(settings, f"speaker,{before[0][0]},Ada Roe,", f"speaker,{before[2][0]},Bo Venn,")
    ingest(paths, settings)
    after = query(settings.warehouse, said).rows()
    assert [row[1:] for row in after] == [before[1][1:], before[1][1:], before[3][1:], before[3][1:]]
    correct(settings, f"speaker,{before[0][0]},Ada Roe,", "role,Ada Roe,mayor => deputy mayor,")
    ingest(paths, settings)
    roles = [row[1:3] for row in query(settings.warehouse, said).rows()]
    assert roles == [*[("Ada Roe", "deputy mayor")] * 3, ("Bo Venn", "baker")]
    assert find_faults(settings.warehouse) == []
    (settings.folder / "corrections.csv").write_text(HEADER, encoding="utf-8")
    ingest(paths, settings)
    assert query(settings.warehouse, said).rows() == before


def test_a_corrected_wording_is_searchable_and_can_be_undone(ingested):
    paths = [str(ingested.folder.parent / "in")]
    sql = "SELECT content, content_spans, kind, correction, utterance_id FROM statements WHERE statement_id = $1"
    hits = "SELECT statement_id FROM search_statements($1)"
    before = query(ingested.warehouse, "FROM statements WHERE content LIKE '%choice%'")
    [found] = before.select("statement_id", "content", "kind").rows()
    code, said = call(ingested, "content", found[0], "We had a choice")
    assert code == 2 and "the article does not have these words at the statement" in said
    assert "1 statement and 0 mentions" in call(ingested, "content", found[0], '"We had')[1]
    ingest(paths, ingested)
    [(content, spans, *rest)] = query(ingested.warehouse, sql, [found[0]]).rows()
    [span] = spans
    body = query(ingested.warehouse, "SELECT body FROM articles").item()
    assert content == body[span["start"] : span["end"]] == "“We had" and content != found[1]
    assert rest == [found[2], "content", found[0]]
    assert query(ingested.warehouse, hits, ["choice"]).is_empty()
    assert find_faults(ingested.warehouse) == []
    (ingested.folder / "corrections.csv").write_text(HEADER, encoding="utf-8")
    ingest(paths, ingested)
    after = query(ingested.warehouse, "FROM statements WHERE content LIKE '%choice%'")
    assert after.drop("since_version").equals(before.drop("since_version"))
    assert query(ingested.warehouse, hits, ["choice"]).rows() == [(found[0],)]


def test_a_name_that_is_not_an_actor_is_in_no_view(ingested):
    assert call(ingested, "not_an_actor", "Ada Roe")[0] == 0
    ingest([str(ingested.folder.parent / "in")], ingested)
    assert query(ingested.warehouse, "SELECT DISTINCT speaker, actor_id FROM who_said_what").rows() == [
        (None, None)
    ]
    for sql in ("FROM speakers_daily", "FROM actors_called('Ada Roe')", "FROM affiliation_timeline"):
        assert query(ingested.warehouse, sql).is_empty()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["marry", "Ada Roe", "Bo Venn"], "unknown action 'marry'"),
        (["kind", "Ada Roe", "robot"], "unknown kind 'robot'"),
        (["rename", "Bo Venn", "Bo B. Venn"], "nothing was written: no actor has that name or id"),
        (["content", "0" * 32, "we | "], "has an empty piece"),
        (["delete", "0" * 32], "nothing was written: no actor has that name or id"),
    ],
)
def test_correct_refuses_a_line_that_is_invalid_or_does_nothing(ingested, cells, said):
    code, output = call(ingested, *cells)
    assert code == 2 and said in output and not (ingested.folder / "corrections.csv").exists()


def test_correct_keeps_the_existing_lines(ingested):
    text = "\ufeffnote,actor,action,value\r\nwhy,Ada Roe,rename,Ada B. Roe"
    (ingested.folder / "corrections.csv").write_text(text, encoding="utf-8", newline="")
    assert call(ingested, "kind", "Ada B. Roe", "group", "--note", "two people")[0] == 0
    assert lines_of(ingested) == [
        "note,actor,action,value", "why,Ada Roe,rename,Ada B. Roe", "two people,Ada B. Roe,kind,group",
    ]  # fmt: skip
    said = call(ingested, "rename", "Ada B. Roe", "Ada", "--dry-run")[1]
    assert "correction 1 in the file no longer applies" in said


def test_correct_needs_a_warehouse(settings):
    assert call(settings, "kind", "Ada Roe", "group")[0] == 4


def test_doctor_names_corrections_that_match_nothing_and_invalid_lines(ingested):
    correct(ingested, "rename,Nobody,Somebody,", "rename,Ada Roe,A,", "rename,A,B,", "type,B,ngo,")
    ingest([str(ingested.folder.parent / "in")], ingested)
    finding = findings(ingested)
    assert (
        "correction 1 matches no actor or statement; correction 2 is contradicted by a later line"
        in finding.found
    )
    assert "actor_corrections_applied" in finding.advice
    correct(ingested, "marry,Ada Roe,Bo Venn,")
    assert "line 2: unknown action 'marry'" in findings(ingested).found and not findings(ingested).is_well
