"""The cookbook's queries: their answers on the page are current, and any client of DuckDB answers the same."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.cookbook import ROOT, answer_page, read_queries
from warehouse.files.connect import query
from warehouse.query.ask import ask

PAGE = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
QUERIES = read_queries(PAGE)
NOT_IN_SAMPLES = {  # no country of the sample articles exists
    "What one country's officials say about another country",
    "What one country's officials say about another country (2)",
    "What one country's officials say about another country (3)",
}
DUCKDB = shutil.which("duckdb", path=str(Path(sys.executable).parent)) or shutil.which("duckdb")


@pytest.fixture(scope="module")
def sample(tmp_path_factory, copy_sample):
    return copy_sample(tmp_path_factory.mktemp("cookbook"))


def test_the_answers_on_the_page_are_current(sample):
    """If this fails because the product finds more, review the difference and update the page: make docs."""
    assert answer_page(PAGE, sample).splitlines() == PAGE.splitlines()


@pytest.fixture(scope="module")
def heights(sample):
    """The number of rows of each answer, by heading."""
    return {
        heading: [answer.read().height for answer in ask(sample, sql)] for heading, sql in QUERIES.items()
    }


@pytest.mark.parametrize("heading", QUERIES)
def test_each_question_has_an_answer(heights, heading):
    assert all(heights[heading]) or heading in NOT_IN_SAMPLES


COMMAND = re.compile(
    r"""onrecord sql (?:--\w+ )*(?P<mark>["'])(?P<sql>(?:SELECT|select|FROM)\b.*?)(?P=mark)""", re.DOTALL
)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_queries_in_commands_of_the_docs_name_tables_and_columns_that_exist(sample):
    """`docs/first-hour.md` once queried a column `date`, which no table has."""
    found = [
        (page.name, command["sql"])
        for page in PAGES
        for command in COMMAND.finditer(page.read_text(encoding="utf-8"))
    ]
    assert len(found) > 5
    for name, sql in found:
        for answer in ask(sample, sql):
            assert answer.read() is not None, name


def run_client(warehouse, sql):
    """Return the answer of the plain command-line client, without any extension, as rows of texts."""
    if DUCKDB is None:
        pytest.skip("no duckdb command: pip install duckdb-cli")
    command = [
        DUCKDB,
        "-readonly",
        "-json",
        str(warehouse),
        f"SET autoinstall_known_extensions = false; {sql}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_plain_client_runs_the_cookbook(sample, heights):
    """All queries in one call; each follows a row with its number. An empty answer is empty, or `[]`."""
    numbered = (f"SELECT {number} AS question; {sql}" for number, sql in enumerate(QUERIES.values()))
    out, found = run_client(sample, ";\n".join(sql.strip().removesuffix(";") for sql in numbered)), []
    while out := out.lstrip():
        rows, end = json.JSONDecoder().raw_decode(out)
        if rows and rows[0].keys() == {"question"}:
            found.append([])
        else:
            found[-1].append(len(rows))
        out = out[end:]
    assert [answers[:1] or [0] for answers in found] == [own[:1] for own in heights.values()]


def test_the_plain_client_finds_a_comment_on_each_table_and_column(sample):
    sql = """
        SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE comment IS NULL UNION ALL
        SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL UNION ALL
        SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL UNION ALL
        SELECT function_name FROM duckdb_functions()
        WHERE NOT internal AND function_type = 'table_macro' AND comment IS NULL"""
    assert run_client(sample, sql).strip() in ("", "[]")
    [row] = json.loads(
        run_client(sample, "SELECT count(*) AS n FROM duckdb_columns() WHERE comment IS NOT NULL")
    )
    assert row["n"] > 200


def test_sqlalchemy_runs_the_cookbook(sample, heights):
    engine = create_engine(f"duckdb:///{sample}", connect_args={"read_only": True})
    with engine.connect() as connection:
        assert {"who_said_what", "said_about"} <= set(inspect(connection).get_view_names())
        for heading, sql in QUERIES.items():
            last = sql.strip().removesuffix(";").split(";\n")[-1]
            found = connection.execute(text(last.replace(":", "\\:"))).fetchall()
            assert len(found) == heights[heading][-1], heading
    engine.dispose()


def test_types_are_those_that_tools_like(sample):
    kinds = query(
        sample, "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    )
    flat = kinds.filter(
        pl.col("table_name").is_in(["who_said_what", "said_about", "speakers_daily", "provenance"])
    )
    assert flat.height > 60 and not flat["data_type"].str.contains(r"\[\]|STRUCT|JSON").any()
    days = kinds.filter(pl.col("column_name").str.ends_with("_on"))["data_type"].unique().to_list()
    assert days == ["DATE"]
