"""What the command refuses before anything starts, and how it answers. For runs see `test_end_to_end.py`."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.warehouse.samples import sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "w.duckdb"
    with open_next(path, "20240503T080000-aaaa") as version:
        version.stage(sample_run())
        publish(version)
    return str(path)


def run(*arguments, **options):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)


def test_help_loads_no_heavy_library():
    code = "import flows.cli, sys; print(sorted({'prefect', 'polars', 'duckdb', 'spacy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_help_documents_the_exit_codes():
    text = run("ingest", "--help").output
    assert all(f"{code}:" in text for code in (0, 1, 2, 3, 4, 130))


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path):
    result = run("ingest", str(tmp_path / "missing"))
    assert (result.exit_code, "no such file or folder" in result.stderr) == (2, True)


def test_a_glob_that_matches_nothing_is_wrong_usage(tmp_path):
    assert run("ingest", str(tmp_path / "*.txt")).exit_code == 2


def test_an_unknown_option_is_wrong_usage():
    assert run("ingest", ".", "--fast").exit_code == 2


def test_a_setting_that_makes_no_sense_is_wrong_usage(monkeypatch, tmp_path):
    monkeypatch.setenv("ONRECORD_LIMIT", "none")
    result = run("ingest", str(tmp_path))
    assert (result.exit_code, "ONRECORD_LIMIT" in result.stderr) == (2, True)


def test_sql_prints_the_answer_of_each_statement(warehouse):
    result = run("sql", "select count(*) as n from statements; select 7 as seven", "--warehouse", warehouse)
    assert result.exit_code == 0
    assert "seven" in result.stdout
    assert "1 row" in result.stdout


def test_sql_is_read_from_standard_input(warehouse):
    result = run(
        "sql", "-", "--warehouse", warehouse, "--format", "json", input="select count(*) as n from articles"
    )
    assert json.loads(result.stdout) == {"n": 2}


@pytest.mark.parametrize("query", ["selec 1", "select nothing from statements", "delete from statements"])
def test_wrong_sql_and_writing_end_in_one_line_and_code_2(warehouse, query):
    result = run("sql", query, "--warehouse", warehouse)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_warehouse_is_code_4(tmp_path):
    assert run("sql", "select 1", "--warehouse", str(tmp_path / "none.duckdb")).exit_code == 4
    assert run("report", "--warehouse", str(tmp_path / "none.duckdb")).exit_code == 4


def test_a_file_that_is_no_warehouse_is_code_4(tmp_path):
    file = tmp_path / "letter.duckdb"
    file.write_text("Dear all, " * 1000)
    assert run("sql", "select 1", "--warehouse", str(file)).exit_code == 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("letter.duckdb", "letter.duckdb cannot be opened as a DuckDB file"),
        ("letter.duckdb/w.duckdb", "letter.duckdb is no folder"),
        ("", "is a folder"),
    ],
)
def test_a_place_where_no_warehouse_can_be_is_told_before_anything_is_started(tmp_path, name, told):
    (tmp_path / "letter.duckdb").write_text("Dear all, " * 1000)
    (tmp_path / "a.txt").write_text("The mayor said no.")
    result = run("ingest", str(tmp_path / "a.txt"), "--warehouse", str(tmp_path / name))
    assert (result.exit_code, told in result.stderr) == (4, True), result.stderr
    assert not (tmp_path / "state").exists()


def test_report_is_written_where_it_is_asked_for(warehouse, tmp_path):
    result = run("report", "--warehouse", warehouse, "--out", str(tmp_path / "page.html"))
    assert result.exit_code == 0
    assert "Ada Quill" in (tmp_path / "page.html").read_text()


def test_sql_is_read_from_a_file_and_written_into_one(warehouse, tmp_path):
    (tmp_path / "q.sql").write_text("select 1 as a")
    out = tmp_path / "a.csv"
    done = run("sql", "--file", tmp_path / "q.sql", "--format", "csv", "--out", out, "--warehouse", warehouse)
    assert (done.exit_code, done.stdout, out.read_text()) == (0, "", "a\n1\n")
    assert run("sql", "--warehouse", warehouse).exit_code == 2


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--version", "9"], "there is no version 9"),
        (["--as-of", "1999"], "not a day or moment"),
        (["--as-of", "1999-12-31"], "nothing was published by 1999-12-31"),
        (["--as-of", "2024-01-01", "--version", "1"], "exclude each other"),
    ],
)
def test_a_version_that_is_not_there_is_wrong_usage(warehouse, option, told):
    done = run("sql", "select 1", *option, "--warehouse", warehouse)
    assert done.exit_code == 2 and told in done.stderr


def test_an_older_version_is_asked(warehouse):
    sql = "select count(*) as n from who_said_what"
    for option in (["--version", "1"], ["--as-of", "2100-01-01"]):
        assert run("sql", sql, "--format", "csv", *option, "--warehouse", warehouse).stdout == "n\n4\n"


def test_tables_and_columns_are_listed_with_what_they_mean(warehouse):
    assert (
        "One row is one statement, flat" in run("tables", "--format", "csv", "--warehouse", warehouse).stdout
    )
    columns = run("tables", "who_said_what", "--format", "csv", "--warehouse", warehouse).stdout
    assert "cue_class,VARCHAR,what the cue makes of the content" in columns


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (["pond"], 4),
        (["pond", "--since", "2024-05", "--until", "2024"], 4),
        (["pond", "--until", "2024-04"], 0),
        (["ponds", "--articles", "--speaker", "Quill"], 2),
    ],
)
def test_search_finds_by_words_and_days(warehouse, arguments, rows):
    done = run("search", *arguments, "--format", "json", "--warehouse", warehouse)
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, rows)


def test_export_goes_by_the_name_of_the_target(warehouse, tmp_path):
    for name in ("folder", "book.xlsx"):
        assert run("export", tmp_path / name, "--warehouse", warehouse).stdout.strip() == str(tmp_path / name)
    assert (tmp_path / "folder" / "statements.parquet").is_file()
    assert run("export", tmp_path / "book.xlsx", "--warehouse", warehouse).exit_code == 2
    assert run("export", tmp_path / "x.doc", "--warehouse", warehouse).exit_code == 2


def test_a_demonstration_is_made_into_a_new_file(tmp_path):
    path = tmp_path / "demo.duckdb"
    done = run("demo", "--articles", "20", "--warehouse", path)
    assert (done.exit_code, done.stdout[:24]) == (0, "version 1: 20 articles, ")
    assert run("demo", "--warehouse", path).exit_code == 2


@pytest.mark.parametrize("version", [[], ["--version", "1"]])
def test_sql_writes_files_by_out_alone(warehouse, tmp_path, version):
    copy = f"copy articles to '{tmp_path / 'copied.csv'}'"
    result = run("sql", copy, "--warehouse", warehouse, *version)
    assert result.exit_code == 2 and "--out FILE" in result.stderr
    out = ["--format", "csv", "--out", tmp_path / "out.csv"]
    assert run("sql", "from articles", "--warehouse", warehouse, *version, *out).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_sql_takes_no_more_than_the_settings_allow(warehouse, monkeypatch):
    monkeypatch.setenv("ONRECORD_QUERY_SECONDS", "0.2")
    endless = "select count(*) from range(1000000000) a, range(1000000000) b where a.range + b.range = -1"
    result = run("sql", endless, "--warehouse", warehouse)
    assert result.exit_code == 2 and "longer than 0.2 s (ONRECORD_QUERY_SECONDS)" in result.stderr
    monkeypatch.setenv("ONRECORD_QUERY_MEMORY", "50MB")
    large = "select list(repeat('x', 1000) || range) from range(1000000)"
    monkeypatch.setenv("ONRECORD_QUERY_SECONDS", "60")
    assert "Out of Memory" in run("sql", large, "--warehouse", warehouse).stderr


def test_search_takes_no_more_time_than_the_settings_allow(warehouse, monkeypatch):
    monkeypatch.setenv("ONRECORD_QUERY_SECONDS", "0.0001")
    result = run("search", "pond", "--warehouse", warehouse)
    assert result.exit_code == 2 and "ONRECORD_QUERY_SECONDS" in result.stderr


def test_csv_runs_in_no_spreadsheet_unless_it_is_wanted_raw(warehouse):
    asked = ["sql", "select '=1+1' as a", "--warehouse", warehouse, "--format", "csv"]
    assert run(*asked).stdout == "a\n'=1+1\n"
    assert run(*asked, "--raw").stdout == "a\n=1+1\n"


HOSTILE = [
    "'; ATTACH 'x.duckdb'; --",
    "\" OR read_text('/etc/hostname') --",
    "') UNION SELECT * FROM glob('/*') --",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("option", ["words", "--speaker", "--outlet"])
def test_search_takes_words_and_names_for_nothing_else(warehouse, tmp_path, monkeypatch, text, option):
    monkeypatch.chdir(tmp_path)
    asked = [text] if option == "words" else ["pond", option, text]
    for more in ([], ["--articles"]):
        result = run("search", *asked, *more, "--warehouse", warehouse)
        assert result.exit_code == 0 and "0 rows" in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_tables_and_articles_are_nothing_else(warehouse, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    assert "0 rows" in run("tables", text, "--warehouse", warehouse).stdout
    assert run("show", text, "--warehouse", warehouse).exit_code == 2
    assert run("diff", "--table", text, "--warehouse", warehouse).exit_code == 2
    assert run("rejects", "--path", text, "--reason", text, "--warehouse", warehouse).exit_code == 0
    assert list(tmp_path.iterdir()) == []
