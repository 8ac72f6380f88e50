"""`onrecord withdraw`: articles of a withdrawn load stay out, in any file, until they are allowed again."""

import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.run.withheld import Load, is_of_path, read_withheld
from flows.settings import Settings
from tests.flows.runs import commands_here
from warehouse.files.connect import query

ARTICLES = sorted((Path(__file__).parents[3] / "seeds" / "articles").glob("*.txt"))[:4]


@pytest.fixture(scope="module", autouse=True)
def without_prefect():
    with commands_here():
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory, without_prefect):
    """A folder `in` with two loads: two articles in `in/a`, two in `in/b`; all are published."""
    folder = tmp_path_factory.mktemp("withheld")
    for part, files in (("a", ARTICLES[:2]), ("b", ARTICLES[2:])):
        (folder / "in" / part).mkdir(parents=True)
        for file in files:
            shutil.copy(file, folder / "in" / part)
            os.utime(folder / "in" / part / file.name, (1_700_000_000, 1_700_000_000))
        assert ingest(folder, f"in/{part}")["status"] == "published"
    return folder


def run(place, command, *arguments):
    return CliRunner().invoke(app, [command, *map(str, arguments), "--warehouse", str(place / "w.duckdb")])


def ingest(place, path, *more):
    done = run(place, "ingest", place / path, *more, "--json", "--processes", "1")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def published(place):
    rows = query(place / "w.duckdb", "SELECT path FROM articles ORDER BY path")["path"]
    return [str(Path(path).relative_to(place / "in")) for path in rows]


def counts(place):
    """Return the numbers of statements and of mentions whose article does not exist."""
    return query(
        place / "w.duckdb",
        "SELECT (SELECT count(*) FROM statements ANTI JOIN articles USING (article_id)) AS s, "
        "(SELECT count(*) FROM mentions ANTI JOIN articles USING (article_id)) AS m",
    ).row(0)


ALL = sorted([f"a/{file.name}" for file in ARTICLES[:2]] + [f"b/{file.name}" for file in ARTICLES[2:]])


@pytest.mark.slow
def test_a_withdrawn_load_stays_out_until_it_is_allowed_again(place):
    first = query(place / "w.duckdb", "SELECT run_id FROM articles WHERE path LIKE '%/a/%' LIMIT 1").item()
    done = run(place, "withdraw", "--run", first, "--json")
    outcome = json.loads(done.stdout)
    assert (done.exit_code, outcome["status"], outcome["withdrawn"]) == (0, "published", 2), done.stderr
    assert published(place) == ALL[2:] and counts(place) == (0, 0)

    assert ingest(place, "in")["files"]["unchanged"] == 4
    again = ingest(place, "in", "--force")
    assert (again["articles"]["rejected"], again["articles"]["duplicate"]) == (2, 2)
    assert {row["reason_code"] for row in again["rejects"]} == {"withdrawn"}
    shutil.copy(place / "in" / "a" / ARTICLES[0].name, place / "in" / "c.md")
    with (place / "in" / "c.md").open("a") as file:
        file.write("\n\n")
    assert ingest(place, "in")["articles"]["loaded"] == 0
    assert published(place) == ALL[2:]

    (place / "in" / "c.md").unlink()
    allowed = run(place, "withdraw", "--allow", "--path", place / "in" / "a")
    assert (allowed.exit_code, allowed.stdout[:18]) == (0, "2 articles allowed")
    assert ingest(place, "in")["articles"]["loaded"] == 2
    assert published(place) == ALL and ingest(place, "in")["status"] == "nothing_new"


def test_a_pattern_names_a_load(place):
    done = run(place, "withdraw", "--path", f"{place}/in/b/*{ARTICLES[2].name[-8:]}", "--dry-run", "--json")
    assert (done.exit_code, json.loads(done.stdout)["status"]) == (0, "dry_run")
    assert published(place) == ALL
    done = run(place, "withdraw", "--path", f"{place}/in/nosuch", "--json")
    assert (done.exit_code, json.loads(done.stdout)["status"]) == (0, "nothing_new")


def test_all_of_a_small_warehouse_may_be_withdrawn(place):
    done = run(place, "withdraw", "--since", "2024", "--json")
    assert (done.exit_code, json.loads(done.stdout)["withdrawn"]) == (0, 4)
    assert published(place) == []
    listed = run(place, "withdraw", "--list", "--format", "csv")
    assert listed.stdout.count(",withdrawn\n") == 4


def test_a_load_must_be_named(place):
    assert run(place, "withdraw").exit_code == 2
    assert run(place, "withdraw", "--allow").exit_code == 2


def test_an_unreadable_list_is_reported_before_anything_changes(place):
    listed = Settings(warehouse=place / "w.duckdb").withheld_file
    before = listed.read_bytes()
    listed.write_text("nonsense\n1,2\n")
    done = run(place, "withdraw", "--since", "2024")
    assert (done.exit_code, str(listed) in done.stderr) == (2, True)
    listed.write_bytes(before)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [("in/a", True), ("in/a/", True), ("in/a/x.txt", True), ("in/*/x.txt", True), ("*.txt", True), ("in/b", False),
     ("in/a/x", False), ("", False)],
)  # fmt: skip
def test_a_path_names_a_file_a_folder_or_a_pattern(wanted, fits):
    assert is_of_path("in/a/x.txt", wanted) is (fits or wanted == "")


def test_a_load_is_described_in_words():
    assert str(Load("r1", "in/*", date(2024, 5, 3))) == "run r1, in/*, since 2024-05-03"


def test_nothing_is_withheld_where_nothing_was_withdrawn(tmp_path):
    assert read_withheld(Settings(warehouse=tmp_path / "w.duckdb")).is_empty()
