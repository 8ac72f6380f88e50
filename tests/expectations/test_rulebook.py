"""Checks written in SQL: how their first comment is read, and how configured thresholds apply."""

import os
import re

import polars as pl
import pytest

from expectations.rulebook import CheckError, open_rulebook
from expectations.sql_checks import CHECKS, METRICS, read_file, read_folder
from tests.warehouse.samples import sample_run
from warehouse.query.ask import Bounds
from warehouse.staging.next_version import open_next

OWN = """-- warning, rejects on statements: We do not want statements of the mayor.
-- expected: no more than $most statements with the cue "said"
-- $most = 3: we like three
SELECT article_id, cue AS value FROM staging.statements WHERE cue = 'said' AND seq_no > $most
"""


def write(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return folder


def test_a_file_in_the_folder_is_a_check(tmp_path):
    rule = open_rulebook({}, write(tmp_path, "few_of_the_mayor", OWN)).find("statements", "few_of_the_mayor")
    assert (rule.severity, rule.rejects) == ("warning", True)
    assert rule.reason == "We do not want statements of the mayor."
    assert rule.expected == 'no more than 3 statements with the cue "said"'
    assert rule.sql.endswith("seq_no > 3")


def test_one_line_of_comment_is_enough(tmp_path):
    folder = write(tmp_path, "short", "-- info: Short ones.\nSELECT article_id FROM staging.articles;")
    rule = open_rulebook({}, folder).find("articles", "short")
    assert (rule.severity, rule.table, rule.rejects) == ("info", "articles", False)


def test_thresholds_are_settings(tmp_path):
    folder = write(tmp_path, "few_of_the_mayor", OWN)
    book = open_rulebook({"few_of_the_mayor.most": 1, "merges_are_small.max_names": 99}, folder)
    assert book.find("statements", "few_of_the_mayor").sql.endswith("seq_no > 1")
    assert "at most 99 names" in book.find("actors", "merges_are_small").expected


def test_drift_limits_can_be_set_for_all_metrics_and_for_one():
    book = open_rulebook({"usual.min_runs": 3, "articles.min_runs": 4})
    assert "HAVING count(*) >= 3" in book.find("statements", "mean_confidence_is_usual").sql
    assert "HAVING count(*) >= 4" in book.find("articles", "articles_is_usual").sql


@pytest.mark.parametrize(
    "name", ["merges_are_small", "article_id_is_known", "acronyms_is_not_null", "articles_is_usual"]
)
def test_a_check_may_not_take_the_name_of_one_that_comes_with_the_product(tmp_path, name):
    book = open_rulebook()
    assert name in {rule.name for rule in book.rules} | {key[1] for key in book._by_name}, "no longer shipped"
    folder = write(tmp_path, name, "-- info on actors: Mine.\nSELECT 1 WHERE false")
    with pytest.raises(CheckError, match=rf"{name}\.sql.*choose another"):
        open_rulebook({}, folder)


@pytest.mark.parametrize(
    "end", [";", " ;\n;", " -- done", "; -- done", ";\n-- done\n/* really; */", "\n-- ; done", " /* a */"]
)
def test_semicolons_and_comments_at_the_end_are_harmless(tmp_path, end):
    text = f"-- info: Short ones.\nSELECT article_id FROM staging.articles WHERE headline = ';--'{end}"
    sql = open_rulebook({}, write(tmp_path, "short", text)).find("articles", "short").sql
    with open_next(tmp_path / "w.duckdb", "run-1") as version:
        assert version.connection.execute(f"SELECT count(*) FROM ({sql}) AS x").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM \"Read_Text\" /* ( */ ('{folder}/secret.txt')",
        "SELECT article_id FROM staging.articles WHERE body IN (SELECT content FROM read_text('{folder}/secret.txt'))",
        "SELECT article_id FROM staging.articles, read_text(path)",
        "SELECT * FROM read_text(if(current_setting('enable_external_access'), '{folder}/secret.txt', ''))",
        "SELECT * FROM query(if(current_setting('enable_external_access'), 'FROM glob(''/*'')', 'SELECT 1'))",
        "SELECT * FROM query_table('{folder}/secret.csv')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/logs')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT 1 FROM secret_of_python",
        "SELECT getenv('HOME')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/new.duckdb'",
        "SELECT 1) TO '{folder}/out.csv'; --",
        "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = -1",
    ],
)
def test_a_check_reads_the_warehouse_and_nothing_else(tmp_path, monkeypatch, query):
    secret_of_python = pl.DataFrame({"a": [1]})  # noqa: F841 - DuckDB would look for it here
    monkeypatch.setattr("warehouse.staging.rehearse.SECONDS", 0.5)
    for name in ("secret.txt", "secret.csv"):
        (tmp_path / name).write_text("who,what\nnobody,hush\n")
    folder = write(tmp_path / "checks", "curious", "-- critical: Hm.\n" + query.format(folder=tmp_path))
    with pytest.raises(CheckError, match=r"curious\.sql: "):
        open_rulebook({}, folder)
    assert {path.name for path in tmp_path.iterdir()} == {"checks", "secret.txt", "secret.csv"}


# One call of a function, which the database cannot interrupt; it ends by itself after about half a second.
ONE_CALL = "levenshtein(repeat('a', 12000), repeat('b', 12000))"


def test_a_check_that_is_no_file_or_too_large_is_named(tmp_path):
    (tmp_path / "long.sql").write_text("-- warn: Hm.\nSELECT 1" + " " * 1_000_000)
    with pytest.raises(CheckError, match=r"long\.sql is larger than"):
        open_rulebook({}, tmp_path)
    os.mkfifo(tmp_path / "a.sql")
    with pytest.raises(CheckError, match=r"a\.sql cannot be read"):
        open_rulebook({}, tmp_path)


def test_a_check_that_cannot_be_interrupted_is_given_up_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr("warehouse.staging.rehearse.SECONDS", 0.1)
    monkeypatch.setattr("warehouse.query.ask.GRACE", 0.1)
    folder, messages = (
        write(tmp_path, "long", f"-- warn: Hm.\nSELECT {ONE_CALL} AS observed FROM articles"),
        [],
    )
    with pytest.raises(CheckError, match=r"takes longer than 0\.1 s"):
        open_rulebook({}, folder, Bounds(give_up=messages.append))
    [message] = messages
    assert message.startswith(f"{folder / 'long.sql'}: ") and "longer than 0.1 s" in message


@pytest.mark.parametrize(
    "query",
    [
        "SELECT article_id FROM articles WHERE body IS NULL",
        "SELECT article_id FROM main.articles",
        "FROM ops.files SELECT path WHERE outcome = 'rejected'",
        "SELECT s.statement_id, i FROM staging.statements AS s, unnest(content_spans) AS u(i), range(3) AS r(n)",
        "WITH few AS (SELECT outlet, count(*) AS n FROM staging.articles GROUP BY ALL) FROM few WHERE n < 3",
    ],
)
def test_a_check_may_query_everything_in_a_warehouse(tmp_path, query):
    assert open_rulebook({}, write(tmp_path, "mine", f"-- info: Mine.\n{query}")).find("articles", "mine")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1", "first line"),
        ("-- grave: Oh.\nSELECT 1", "first line"),
        ("-- warning on nothing: Oh.\nSELECT 1", "there is no table nothing"),
        ("-- warning: Oh.\nDELETE FROM staging.articles", "must be a single SELECT"),
        ("-- warning: Oh.\nSELECT 1; DROP SCHEMA staging CASCADE", "must be a single SELECT"),
        ("-- warning: Oh.\nSELEC 1", "syntax error"),
        ("-- warning: Oh.\nSELECT nobody FROM staging.articles", "nobody"),
        ("-- warning: Oh.\nSELECT 1 FROM staging.article", "name article does not exist"),
        ("-- warning: Oh.\n", "must be a single SELECT"),
    ],
)
def test_a_malformed_check_is_named(tmp_path, text, message):
    with pytest.raises(CheckError, match=message) as raised:
        open_rulebook({}, write(tmp_path, "wrong", text))
    assert "wrong.sql" in str(raised.value)


def test_an_unknown_threshold_is_an_error():
    with pytest.raises(CheckError, match="no check has a threshold speakers"):
        open_rulebook({"speakers.min_share": 1})


@pytest.mark.parametrize(
    "path", [*sorted(CHECKS.glob("*.sql")), *sorted(METRICS.glob("*.sql"))], ids=lambda path: path.stem
)
def test_each_threshold_is_used_and_says_why_it_is_what_it_is(path):
    file = read_file(path)
    assert file.reason.endswith(".") and file.expected != "no rows"
    for name, why in file.why.items():
        assert why and re.search(rf"\${name}\b", file.sql + "$min_spread"), name


def test_metrics_have_the_columns_of_the_table(tmp_path):
    with open_next(tmp_path / "w.duckdb", "run-1") as version:
        version.stage(sample_run())
        for name, sql in open_rulebook().metrics.items():
            assert set(version.connection.sql(sql).columns) == {"scope", "value", "row_count"}, name


def test_every_file_is_read():
    assert {file.name for file in read_folder(CHECKS)} == {path.stem for path in CHECKS.iterdir()}
