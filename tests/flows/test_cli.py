"""Check what the command refuses before anything starts, and its messages. For runs see `test_end_to_end.py`."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from flows.cli import app
from schema.tables import STATEMENTS
from tests.warehouse.samples import changed, publish_sample, sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return str(publish_sample(tmp_path_factory.mktemp("sample") / "w.duckdb"))


def run(*arguments, **options):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)


def test_help_loads_no_heavy_library():
    code = "import flows.cli, sys; print(sorted({'prefect', 'polars', 'duckdb', 'spacy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def all_commands():
    """Return the words that call each command, including commands in groups."""
    for command in app.registered_commands:
        yield [command.callback.__name__.replace("_", "-")]
    for group in app.registered_groups:
        yield [group.name]
        yield from (
            [group.name, command.callback.__name__] for command in group.typer_instance.registered_commands
        )


@pytest.mark.parametrize("command", [[], *all_commands()], ids=" ".join)
def test_help_fits_a_screen(command):
    lines = run(*command, "--help").output.splitlines()
    assert len(lines) <= (24 if command else 40) and max(map(len, lines)) <= 80


@pytest.mark.parametrize("width", [60, 200])
def test_help_fits_narrow_and_wide_terminals_without_utf8(width):
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "ingest", "--help"], capture_output=True,
        env={"PATH": "", "COLUMNS": str(width), "LC_ALL": "C", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0 and max(map(len, done.stdout.splitlines())) <= width


def test_the_list_of_commands_has_whole_sentences():
    listed = run("--help").output.partition("Commands:")[2]
    assert "..." not in listed and listed.count(".\n") == len(listed.strip().splitlines())


def test_exit_codes_have_a_page_of_their_own():
    lines = run("exit-codes").output.splitlines()
    assert [line.split()[0] for line in lines] == ["0", "1", "2", "3", "4", "130"]


def test_the_version_is_printed():
    assert run("--version").output == f"onrecord {version('onrecord')}\n"


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path):
    result = run("ingest", str(tmp_path / "missing"))
    assert (result.exit_code, "no such file or folder" in result.stderr) == (2, True)


def test_a_glob_that_matches_nothing_is_wrong_usage(tmp_path):
    assert run("ingest", str(tmp_path / "*.txt")).exit_code == 2


def test_an_unknown_option_is_wrong_usage():
    assert run("ingest", ".", "--fast").exit_code == 2


def test_an_invalid_setting_is_wrong_usage(monkeypatch, tmp_path):
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
    assert json.loads(result.stdout) == [{"n": 2}]


@pytest.mark.parametrize("query", ["selec 1", "select nothing from statements", "delete from statements"])
def test_wrong_sql_and_writing_end_in_one_line_and_code_2(warehouse, query):
    result = run("sql", query, "--warehouse", warehouse)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_warehouse_is_code_4(tmp_path):
    assert run("sql", "select 1", "--warehouse", str(tmp_path / "none.duckdb")).exit_code == 4
    assert run("report", "--warehouse", str(tmp_path / "none.duckdb")).exit_code == 4


def test_a_file_that_is_not_a_warehouse_is_code_4(tmp_path):
    file = tmp_path / "letter.duckdb"
    file.write_text("Dear all, " * 1000)
    assert run("sql", "select 1", "--warehouse", str(file)).exit_code == 4


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("letter.duckdb", "letter.duckdb cannot be opened as a DuckDB file"),
        ("letter.duckdb/w.duckdb", "letter.duckdb cannot be created"),
        ("", "is a folder"),
    ],
)
def test_an_impossible_place_for_a_warehouse_is_reported_before_anything_starts(tmp_path, name, message):
    (tmp_path / "letter.duckdb").write_text("Dear all, " * 1000)
    (tmp_path / "a.txt").write_text("The mayor said no.")
    result = run("ingest", str(tmp_path / "a.txt"), "--warehouse", str(tmp_path / name))
    assert (result.exit_code, message in result.stderr) == (4, True), result.stderr
    assert not (tmp_path / "state").exists()


def test_report_is_written_to_the_given_path(warehouse, tmp_path):
    result = run("report", "--warehouse", warehouse, "--out", str(tmp_path / "page.html"))
    assert result.exit_code == 0
    assert "Ada Quill" in (tmp_path / "page.html").read_text()


def test_sql_is_read_from_a_file_and_written_into_one(warehouse, tmp_path):
    (tmp_path / "q.sql").write_text("select 1 as a")
    out = tmp_path / "a.csv"
    done = run("sql", "--file", tmp_path / "q.sql", "--format", "csv", "--out", out, "--warehouse", warehouse)
    assert (done.exit_code, done.stdout, out.read_text()) == (0, f"1 row written to {out}\n", "a\n1\n")
    assert run("sql", "--warehouse", warehouse).exit_code == 2


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--version", "9"], "there is no version 9"),
        (["--as-of", "1999"], "not a day or time"),
        (["--as-of", "1999-12-31"], "nothing was published by 1999-12-31"),
        (["--as-of", "2024-01-01", "--version", "1"], "not both"),
    ],
)
def test_a_missing_version_is_wrong_usage(warehouse, option, message):
    done = run("sql", "select 1", *option, "--warehouse", warehouse)
    assert done.exit_code == 2 and message in done.stderr


def test_an_older_version_can_be_queried(warehouse):
    sql = "select count(*) as n from who_said_what"
    for option in (["--version", "1"], ["--as-of", "2100-01-01"]):
        assert run("sql", sql, "--format", "csv", *option, "--warehouse", warehouse).stdout == "n\n4\n"


def test_tables_and_columns_are_listed_with_what_they_mean(warehouse):
    assert (
        "One row is one statement in a flat form"
        in run("tables", "--format", "csv", "--warehouse", warehouse).stdout
    )
    columns = run("tables", "who_said_what", "--format", "csv", "--warehouse", warehouse).stdout
    [meaning] = [column.doc for column in STATEMENTS.columns if column.name == "cue_class"]
    assert f'cue_class,VARCHAR,"{meaning}"' in columns


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nosuch", "there is no table or view nosuch"),
        ("statement", "did you mean statements?"),
        ("search_statements", "is a macro"),
    ],
)
def test_a_missing_table_is_wrong_usage(warehouse, name, message):
    done = run("tables", name, "--warehouse", warehouse)
    assert (done.exit_code, message in done.stderr, done.stdout) == (2, True, "")


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
    assert (done.exit_code, len(json.loads(done.stdout))) == (0, rows)


def test_search_shows_file_address_and_publisher(warehouse):
    for more in ([], ["--articles"]):
        [found] = json.loads(
            run("search", "pond", *more, "--rows", "1", "--format", "json", "--warehouse", warehouse).stdout
        )
        assert (found["path"][:3], found["outlet_or_agency"], found["url"]) == ("in/", "The Reed", None)


def test_search_says_how_many_hits_have_no_day(tmp_path):
    path = tmp_path / "w.duckdb"
    with open_next(path, "20240503T080000-aaaa") as version:
        sample = changed(sample_run(), "articles", 0, published_on=None)
        version.stage(sample)
        publish(version)
    done = run("search", "pond", "--since", "2024", "--warehouse", path)
    assert "2 more hits have no day" in done.stderr and "2 rows" in done.stdout
    assert "no day" not in run("search", "pond", "--warehouse", path).stderr


def test_export_goes_by_the_name_of_the_target(warehouse, tmp_path):
    for name in ("folder", "book.xlsx"):
        assert run("export", tmp_path / name, "--warehouse", warehouse).stdout.strip() == str(tmp_path / name)
    assert (tmp_path / "folder" / "statements.parquet").is_file()
    assert run("export", tmp_path / "book.xlsx", "--warehouse", warehouse).exit_code == 2
    assert run("export", tmp_path / "x.doc", "--warehouse", warehouse).exit_code == 2


def test_a_demo_warehouse_goes_into_a_new_file(tmp_path):
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


READERS = {
    "csv": pl.read_csv, "json": lambda file: pl.DataFrame(json.loads(file.read_text())), "jsonl": pl.read_ndjson,
    "parquet": pl.read_parquet, "xlsx": lambda file: pl.DataFrame(read_sheet(file)),
}  # fmt: skip


def read_sheet(file):
    head, *rows = load_workbook(file).active.values
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.parametrize("command", ["sql", "search", "tables", "rejects"])
def test_the_ending_of_out_decides_the_format(warehouse, tmp_path, command, ending):
    words = {"sql": "select cue, seq_no from statements", "search": "pond"}.get(command)
    out = tmp_path / f"answer.{ending}"
    done = run(command, *([words] if words else []), "--out", out, "--warehouse", warehouse)
    assert (done.exit_code, f"written to {out}\n" in done.stdout) == (0, True), done.stderr
    if command != "rejects" or ending in ("parquet", "csv"):  # of no rows, the others do not tell the columns
        assert (
            READERS[ending](out).width == {"sql": 2, "search": 11, "tables": 4}.get(command)
            or command == "rejects"
        )
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


def test_markdown_and_tables_are_written_by_their_ending(warehouse, tmp_path):
    for name, begin in (("a.md", "| a |"), ("a.txt", "   \n a ")):
        assert run("sql", "select 1 as a", "--out", tmp_path / name, "--warehouse", warehouse).exit_code == 0
        assert (tmp_path / name).read_text().startswith(begin)


def test_an_unknown_file_extension_is_wrong_usage(warehouse, tmp_path):
    done = run("sql", "select 1", "--out", tmp_path / "answer.doc", "--warehouse", warehouse)
    assert (done.exit_code, "--format" in done.stderr) == (2, True)
    (tmp_path / "linked.csv").symlink_to(tmp_path / "answer.doc")  # as /dev/stdout is a link to a file
    asked = ["sql", "select 1 as a", "--format", "csv", "--out", tmp_path / "linked.csv"]
    assert run(*asked, "--warehouse", warehouse).exit_code == 0
    assert (tmp_path / "linked.csv").is_symlink() and (tmp_path / "answer.doc").read_text() == "a\n1\n"


def test_a_failing_query_leaves_the_existing_file(warehouse, tmp_path):
    (tmp_path / "a.csv").write_text("kept")
    for query in ("selec 1", "select 1; select nothing"):
        assert run("sql", query, "--out", tmp_path / "a.csv", "--warehouse", warehouse).exit_code == 2
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.csv", "kept")]


def test_a_file_takes_the_answer_of_one_statement_only(warehouse, tmp_path):
    two = "select 1 as a; select 2 as b"
    for name, code in (("a.json", 2), ("a.parquet", 2), ("a.jsonl", 0), ("a.xlsx", 0)):
        assert run("sql", two, "--out", tmp_path / name, "--warehouse", warehouse).exit_code == code
    assert load_workbook(tmp_path / "a.xlsx").sheetnames == ["Answer", "Answer 2"]


def test_csv_begins_with_the_mark_for_excel_on_demand(warehouse, tmp_path):
    arguments = ["sql", "select 'é' as a", "--warehouse", warehouse, "--out", tmp_path / "a.csv"]
    assert run(*arguments).exit_code == 0 and (tmp_path / "a.csv").read_bytes() == "a\né\n".encode()
    assert run(*arguments, "--bom").exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf" + "a\né\n".encode()


def test_a_workbook_runs_nothing(warehouse, tmp_path):
    out = tmp_path / "a.xlsx"
    hostile = (
        "select '=1+1' as a, 'https://x.example' as b, ['x'] as c, now() as d, true as e, 'nan'::double as f"
    )
    assert run("sql", hostile, "--out", out, "--warehouse", warehouse).exit_code == 0
    row = list(load_workbook(out).active)[1]
    assert [cell.data_type for cell in row[:3]] == ["s"] * 3 and row[0].value == "=1+1"
    assert row[1].hyperlink is None and row[2].value == '["x"]'


def test_a_failing_ingest_reports_to_programs_what_went_wrong(tmp_path):
    done = run("ingest", tmp_path / "missing", "--json", "--warehouse", tmp_path / "w.duckdb")
    outcome = json.loads(done.stdout)
    assert (done.exit_code, outcome["exit_code"], outcome["status"], outcome["error"]) == (
        2,
        2,
        "failed",
        "SourceError",
    )
    assert "no such file or folder" in outcome["message"] and outcome["message"] in done.stderr
    (tmp_path / "letter.duckdb").write_text("Dear all, " * 1000)
    (tmp_path / "a.txt").write_text("The mayor said no.")
    done = run("ingest", tmp_path / "a.txt", "--json", "--warehouse", tmp_path / "letter.duckdb")
    assert (done.exit_code, json.loads(done.stdout)["error"]) == (4, "WarehouseError")


def test_an_unexpected_error_is_a_line_and_its_traceback_is_in_the_log(warehouse, tmp_path, monkeypatch):
    path = shutil.copy(warehouse, tmp_path / "w.duckdb")
    monkeypatch.setattr("warehouse.query.search.search_statements", lambda *_: 1 / 0)
    done = run("search", "pond", "--warehouse", path)
    assert (done.exit_code, "search failed: ZeroDivisionError" in done.stderr) == (3, True)
    assert "Traceback" in (tmp_path / "state" / "onrecord.log").read_text()


def test_csv_runs_in_no_spreadsheet_except_in_raw(warehouse):
    arguments = ["sql", "select '=1+1' as a", "--warehouse", warehouse, "--format", "csv"]
    assert run(*arguments).stdout == "a\n'=1+1\n"
    assert run(*arguments, "--raw").stdout == "a\n=1+1\n"


HOSTILE = [
    "'; ATTACH 'x.duckdb'; --",
    "\" OR read_text('/etc/hostname') --",
    "') UNION SELECT * FROM glob('/*') --",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("option", ["words", "--speaker", "--outlet"])
def test_search_treats_words_and_names_as_plain_text(warehouse, tmp_path, monkeypatch, text, option):
    monkeypatch.chdir(tmp_path)
    arguments = [text] if option == "words" else ["pond", option, text]
    for more in ([], ["--articles"]):
        result = run("search", *arguments, *more, "--warehouse", warehouse)
        assert result.exit_code == 0 and "0 rows" in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_tables_and_articles_are_nothing_else(warehouse, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    assert run("tables", text, "--warehouse", warehouse).exit_code == 2
    assert run("show", text, "--warehouse", warehouse).exit_code == 2
    assert run("diff", "--table", text, "--warehouse", warehouse).exit_code == 2
    assert run("rejects", "--path", text, "--reason", text, "--warehouse", warehouse).exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_stops_early_is_not_a_failure(warehouse):
    """`onrecord sql ... | head`: exit code 1 would mean that a check has stopped a run."""
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-m", "flows.cli", "sql", "select 1 as one", "--warehouse", warehouse]
    done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, cwd=ROOT)
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")
