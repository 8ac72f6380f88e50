"""`onrecord show`, `diff` and `audit` on a small published warehouse."""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.report.hostile import publish_hostile, publish_run
from tests.warehouse.samples import sample_run


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return publish_run(tmp_path_factory.mktemp("quality"), sample_run())


def onrecord(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_show_writes_a_page_next_to_the_report(warehouse):
    done = onrecord("show", "in/1.txt", "--warehouse", warehouse)
    article_id = sample_run()["articles"]["article_id"][0]
    page = warehouse.parent / "report" / "articles" / f"{article_id}.html"
    assert (done.exit_code, done.stdout.replace("\n", "")) == (0, str(page))
    assert page.is_file()


def test_an_article_is_shown_by_any_of_its_names(warehouse):
    """A file name, a piece of the headline, the id of a statement or of the article."""
    frames = sample_run()
    article_id = frames["articles"]["article_id"][0]
    statement_id = frames["statements"].filter(article_id=article_id)["statement_id"][0]
    for name in ("1.txt", "report 1 ", statement_id, article_id):
        done = onrecord("show", name, "--warehouse", warehouse)
        assert (done.exit_code, f"{article_id}.html" in done.stdout.replace("\n", "")) == (0, True), name


def test_show_in_the_terminal_has_the_whole_text_and_no_control_characters(warehouse, tmp_path):
    done = onrecord("show", "in/1.txt", "--text", "--warehouse", warehouse)
    assert "“Café pond 1.1 is full,” Ada Quill said." in " ".join(done.stdout.split())
    assert "Ada Quill, spokeswoman  (direct, named, said, 0.90)" in done.stdout
    hostile = onrecord("show", "in/1.txt", "--text", "--warehouse", publish_hostile(tmp_path))
    assert "<script>" in hostile.stdout and "\u202e" not in hostile.stdout


def test_show_in_the_terminal_says_where_the_article_is_from_and_gives_the_ids_that_corrections_need(
    warehouse,
):
    done = onrecord("show", "in/1.txt", "--text", "--warehouse", warehouse)
    frames = sample_run()
    article = frames["articles"].row(0, named=True)
    headline, where = done.stdout.splitlines()[:2]
    assert headline == article["headline"]
    assert where == f"{article['outlet']} · {article['published_on']} · in/1.txt"
    ids = frames["statements"].filter(article_id=article["article_id"])["statement_id"]
    assert all(statement_id in done.stdout for statement_id in ids)


def test_show_without_a_match_is_wrong_usage(warehouse, tmp_path):
    assert onrecord("show", "in/99.txt", "--warehouse", warehouse).exit_code == 2
    assert onrecord("show", "in/1.txt", "--warehouse", tmp_path / "none.duckdb").exit_code == 4


def test_diff_counts_rows_by_table(warehouse):
    done = onrecord("diff", "--json", "--warehouse", warehouse)
    rows = {row["table_name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert (rows["articles"]["added"], rows["statements"]["added"]) == (2, 4)
    assert onrecord("diff", 9, "--warehouse", warehouse).exit_code == 2
    assert onrecord("diff", "--table", "nothing", "--warehouse", warehouse).exit_code == 2
    assert "Ada Quill" in onrecord("diff", "--table", "actors", "--warehouse", warehouse).stdout


def test_audit_finds_what_was_broken_after_publishing(warehouse, tmp_path):
    done = onrecord("audit", "--warehouse", warehouse)
    assert (done.exit_code, "checks passed" in done.stdout) == (0, True)
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(warehouse.read_bytes())
    with duckdb.connect(damaged) as connection:
        connection.execute(
            "UPDATE statements SET cue = 'sang' WHERE seq_no = 1; DELETE FROM actors WHERE kind = 'person'"
        )
    done = onrecord("audit", "--json", "--warehouse", damaged)
    failed = {row["check_name"] for row in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1
    assert {"cue_is_its_slice", "actor_id_is_known"} <= failed
