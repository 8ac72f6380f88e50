"""Run the whole pipeline by the real command, from files to warehouse, ledger, report and exit codes.

The first run is the command in a separate process, from scratch. Its repetition, and tests of what happens
inside (a planted fault, a dry run, a held warehouse), call the same command in this process and share one server. Tests
of what several runs leave in the warehouse do without Prefect.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import fsspec
import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.flows.runs import commands_here
from warehouse.files.connect import query
from warehouse.files.lock import write_lock

SAMPLES = Path(__file__).parents[1] / "seeds" / "articles"
ARTICLES = sorted(SAMPLES.glob("*.txt"))[:6]
BAD_FILES = {
    "binary.dat": "binary_file",
    "broken_link.txt": "broken_link",
    "empty.txt": "empty_file",
    "empty_folder": "empty_folder",
    "huge.txt": "too_large",
    "link_to_folder": "not_a_file",
}


@dataclass(frozen=True)
class Done:
    """A finished command and its working folder."""

    folder: Path
    code: int
    stdout: str
    stderr: str

    @property
    def warehouse(self):
        return self.folder / "data" / "onrecord.duckdb"

    def rows(self, sql):
        return query(self.warehouse, sql).rows()


def onrecord(folder, *arguments):
    """Run the command in `folder` in a separate process, without Prefect's own settings."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "ONRECORD"))
    }
    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=240)
    return Done(folder, done.returncode, done.stdout, done.stderr)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """The first run, on some of the sample articles and on all kinds of files that are not articles."""
    folder = tmp_path_factory.mktemp("first")
    inbox = folder / "inbox"
    (inbox / "deeper" / "still").mkdir(parents=True)
    for article in ARTICLES:
        shutil.copy(article, inbox / "deeper")
    shutil.copy(ARTICLES[0], inbox / "deeper" / "still" / "again.txt")
    write_bad_files(inbox)
    return onrecord(folder, "ingest", "inbox")


def write_bad_files(inbox):
    (inbox / "empty.txt").touch()
    (inbox / "binary.dat").write_bytes(bytes(range(256)) * 40)
    (inbox / "broken_link.txt").symlink_to("nowhere.txt")
    (inbox / "empty_folder").mkdir()
    (inbox / "link_to_folder").symlink_to("deeper")
    with (inbox / "huge.txt").open("wb") as huge:
        huge.truncate(50_000_000)


@pytest.fixture(scope="session")
def second(first):
    """The same command again, with JSON output; `before` is the digest of the warehouse before this run."""
    before = digest(first.warehouse)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(first.folder)
        done = CliRunner().invoke(app, ["ingest", "inbox", "--json"])
    return done, before


def test_a_run_with_bad_files_among_the_good_publishes_the_good(first):
    assert first.code == 0, first.stderr
    assert first.rows("select count(*) from articles") == [(len(ARTICLES),)]
    assert first.rows("select count(*) > 0 from statements") == [(True,)]


def test_every_file_has_one_row_with_its_outcome(first):
    files = first.rows("select path, outcome from ops.files")
    assert len(files) == len(ARTICLES) + 1 + len(BAD_FILES)
    outcomes = {Path(path).name: outcome for path, outcome in files}
    assert {name for name, outcome in outcomes.items() if outcome == "rejected"} == set(BAD_FILES)
    assert sorted(outcomes.values()).count("duplicate") == 1


def test_every_bad_file_has_its_reason(first):
    rejects = first.rows("select path, reason_code from ops.rejects")
    assert {Path(path).name: code for path, code in rejects} == BAD_FILES


def test_files_in_are_loaded_duplicate_or_rejected(first):
    sums = "select articles_found = articles_loaded + articles_duplicate + articles_rejected from ops.files"
    assert {balanced for (balanced,) in first.rows(sums)} == {True}


def test_every_text_equals_its_slice_of_the_body(first):
    """Uses the formula in the documentation: `substring(body, start + 1, end - start)`."""
    wrong = first.rows("""
        select statement_id from statements join articles using (article_id)
        where cue <> coalesce(substring(body, cue_start + 1, cue_end - cue_start), '')
           or source <> substring(body, source_start + 1, source_end - source_start)
           or content <> list_aggregate(
               list_transform(content_spans, lambda span: substring(body, span.start + 1, span.end - span.start)),
               'string_agg', ' ')
    """)
    assert wrong == []


def test_all_checks_are_recorded_and_none_is_critical(first):
    checks = first.rows("select severity, success, count(*) from ops.checks group by all")
    assert ("critical", True) in {(severity, success) for severity, success, _ in checks}
    assert ("critical", False) not in {(severity, success) for severity, success, _ in checks}


def test_a_run_ends_with_its_version(first):
    times = "select started_at < ended_at and ended_at = published_at from run_health"
    assert first.rows(times) == [(True,)]


def test_the_summary_says_what_happened_and_where_to_look(first):
    assert "Published" in first.stdout
    assert "13 files = 6 loaded + 1 duplicate + 6 rejected" in first.stdout
    assert "1 binary file: inbox/binary.dat" in first.stdout
    assert "data/report/index.html" in first.stdout


def test_prefect_and_its_server_are_quiet_and_write_next_to_the_warehouse(first):
    assert first.stderr.strip() == ""
    assert {path.name for path in first.folder.iterdir()} == {"inbox", "data"}


def test_the_report_is_there(first):
    page = (first.folder / "data" / "report" / "index.html").read_text(encoding="utf-8")
    assert "Who said what" in page


def test_the_second_run_finds_nothing_new_and_leaves_the_warehouse_unchanged(first, second):
    done, before = second
    assert done.exit_code == 0, done.stderr
    assert digest(first.warehouse) == before


def test_json_is_all_there_is_on_standard_output(second):
    done, _ = second
    fact = json.loads(done.stdout)
    assert (fact["status"], fact["exit_code"]) == ("nothing_new", 0)
    assert fact["files"] == {"found": 13, "loaded": 0, "unchanged": 7, "duplicate": 0, "rejected": 6}


# --- the same command in this process, for what happens inside ----------------------------------------------


def ingest(folder, *more):
    """`onrecord ingest` of two articles into `folder`, in this process."""
    paths = [str(article) for article in ARTICLES[:2]]
    warehouse = str(folder / "w.duckdb")
    return CliRunner().invoke(app, ["ingest", *paths, "--warehouse", warehouse, "--json", *more])


@pytest.fixture(scope="module")
def published(tmp_path_factory, prefect_here):
    """A folder with a warehouse of one article."""
    folder = tmp_path_factory.mktemp("published")
    assert ingest(folder, "--limit", "1").exit_code == 0
    return folder


def test_a_limit_opens_no_further_file(published):
    assert query(published / "w.duckdb", "select count(*) from ops.files").item() == 1


def test_a_dry_run_checks_everything_and_publishes_nothing(published):
    before = digest(published / "w.duckdb")
    result = ingest(published, "--dry-run")
    fact = json.loads(result.stdout)
    assert (result.exit_code, fact["status"], fact["articles"]["loaded"]) == (0, "dry_run", 1)
    assert fact["checks"]["run"] > 0
    assert digest(published / "w.duckdb") == before


def test_a_prefect_block_stands_for_a_folder_elsewhere_and_no_secret_is_left_anywhere(
    published, tmp_path, monkeypatch, caplog
):
    """One password is in a block, another in an address that does not exist, a third in the notification command."""
    from prefect.filesystems import RemoteFileSystem

    fsspec.filesystem("memory").pipe("/news/a/1.txt", ARTICLES[0].read_bytes())
    RemoteFileSystem(basepath="memory://news", settings={"password": "hunter2"}).save("far", overwrite=True)
    monkeypatch.setenv("ONRECORD_NOTIFY_COMMAND", "curl https://hooks.example/hunter2")
    warehouse = tmp_path / "w.duckdb"
    result = CliRunner().invoke(
        app, ["ingest", "block://far/a", "http://me:hunter2@127.0.0.1:9/b.txt", "--warehouse", str(warehouse)]
    )
    assert result.exit_code == 0, result.stderr
    assert query(warehouse, "select path from ops.files order by path").rows() == [
        ("http://***@127.0.0.1:9/b.txt",), ("memory://news/a/1.txt",),
    ]  # fmt: skip
    assert "block://far/a" in query(warehouse, "select parameters from ops.runs").item()
    for (table,) in query(
        warehouse, "select table_name from duckdb_tables() where schema_name = 'ops'"
    ).rows():
        assert "hunter2" not in query(warehouse, f"select * from ops.{table}").write_json()
    assert "hunter2" not in result.output + caplog.text
    written = [path for folder in (tmp_path, Path(os.environ["PREFECT_HOME"])) for path in folder.rglob("*")]
    assert [str(path) for path in written if path.is_file() and b"hunter2" in path.read_bytes()] == []


def run(folder, *arguments):
    """Run a command on the warehouse of `folder` in this process, without Prefect; return what it prints."""
    with commands_here():
        result = CliRunner().invoke(app, [*arguments, "--warehouse", str(folder / "w.duckdb")])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    """A folder with three articles in `in`, and their warehouse."""
    folder = tmp_path_factory.mktemp("inbox")
    (folder / "in").mkdir()
    for name, article in zip("abc", ARTICLES, strict=False):
        shutil.copy(article, folder / "in" / f"{name}.txt")
        os.utime(folder / "in" / f"{name}.txt", (1_700_000_000, 1_700_000_000))
    run(folder, "ingest", str(folder / "in"), "--quiet")
    return folder


def facts(folder):
    """Return the main tables without run and version numbers."""
    tables = {
        "articles": "EXCLUDE (run_id, since_version)", "statements": "EXCLUDE (run_id, since_version)",
        "statement_actors": "EXCLUDE (since_version)", "actors": "EXCLUDE (since_version)",
        "actor_aliases": "EXCLUDE (since_version)", "affiliations": "EXCLUDE (since_version)",
        "organizations": "EXCLUDE (since_version)", "mentions": "EXCLUDE (since_version)",
        "profiles": "EXCLUDE (since_version)", "profile_names": "EXCLUDE (since_version)",
    }  # fmt: skip
    return {
        name: query(folder / "w.duckdb", f"SELECT * {but} FROM {name} ORDER BY ALL").rows()
        for name, but in tables.items()
    }


def test_files_that_did_not_change_are_not_opened(inbox):
    (inbox / "in" / "a.txt").chmod(0)
    size = (inbox / "in" / "b.txt").stat().st_size
    (inbox / "in" / "b.txt").write_bytes(b" " * size)
    os.utime(inbox / "in" / "b.txt", (1_700_000_000, 1_700_000_000))
    fact = json.loads(run(inbox, "ingest", str(inbox / "in"), "--json"))
    assert (fact["status"], fact["files"]["unchanged"]) == ("nothing_new", 3)
    shutil.copy(ARTICLES[1], inbox / "in" / "b.txt")
    (inbox / "in" / "a.txt").chmod(0o644)


def test_a_rebuild_gives_what_the_runs_gave_one_by_one(inbox):
    shutil.copy(ARTICLES[3], inbox / "in" / "d.txt")
    run(inbox, "ingest", str(inbox / "in"), "--quiet")
    before = facts(inbox)
    assert json.loads(run(inbox, "rebuild", "--json"))["status"] == "published"
    for name, rows in facts(inbox).items():
        assert rows == before[name], name


def test_a_changed_file_replaces_its_articles_and_a_deleted_one_is_pruned_on_request(inbox):
    (inbox / "in" / "c.txt").write_text("Nobody came to the meeting. “The doors were shut,” said Orla Venn.")
    (inbox / "in" / "d.txt").unlink()
    kept = json.loads(run(inbox, "ingest", str(inbox / "in"), "--json"))
    assert kept["withdrawn"] == 1
    assert {Path(path).name for (path,) in query(inbox / "w.duckdb", "SELECT path FROM articles").rows()} == {
        "a.txt", "b.txt", "c.txt", "d.txt",
    }  # fmt: skip
    assert query(inbox / "w.duckdb", "SELECT count(*) FROM who_said_what WHERE speaker = 'Orla Venn'").item()
    pruned = json.loads(run(inbox, "ingest", str(inbox / "in"), "--prune", "--json"))
    assert (pruned["status"], pruned["withdrawn"]) == ("published", 1)
    assert "d.txt" not in str(query(inbox / "w.duckdb", "SELECT path FROM articles").rows())
    fresh = inbox / "fresh"
    fresh.mkdir()
    run(fresh, "ingest", str(inbox / "in"), "--quiet")
    for name, rows in facts(fresh).items():
        assert rows == facts(inbox)[name], name


def test_a_rollback_brings_the_previous_version_back(inbox):
    versions = "SELECT max(version_no) FROM ops.versions"
    before = query(inbox / "w.duckdb", versions).item()
    assert f"version {before - 1} is published again" in run(inbox, "rollback")
    assert query(inbox / "w.duckdb", versions).item() == before + 1
    assert "d.txt" in str(query(inbox / "w.duckdb", "SELECT path FROM articles").rows())
    assert f"version {before} is published again" in run(inbox, "rollback", str(before))
    assert query(inbox / "w.duckdb", versions).item() == before + 2
    assert "d.txt" not in str(query(inbox / "w.duckdb", "SELECT path FROM articles").rows())


def test_two_files_of_the_same_bytes_far_apart_are_one_loaded_and_one_duplicate(tmp_path, monkeypatch):
    monkeypatch.setenv("ONRECORD_FILES_PER_BATCH", "1")
    (tmp_path / "in").mkdir()
    for name, article in zip("abc", (ARTICLES[0], ARTICLES[1], ARTICLES[0]), strict=True):
        shutil.copy(article, tmp_path / "in" / f"{name}.txt")
    fact = json.loads(run(tmp_path, "ingest", str(tmp_path / "in"), "--json"))
    assert (fact["status"], fact["files"]["loaded"], fact["files"]["duplicate"]) == ("published", 2, 1)


def shift_cues(monkeypatch, of):
    """Shift the cues by one character in the statements of the articles whose ids `of` picks."""
    from transforms import build

    def build_shifted(articles, *frames, **values):
        tables = true_build(articles, *frames, **values)
        is_it = pl.col("article_id").is_in(of(articles))
        shifted = pl.col("cue_start", "cue_end") + pl.when(is_it).then(1).otherwise(0)
        return tables | {"statements": tables["statements"].with_columns(shifted.cast(pl.Int32))}

    true_build = build.build_facts
    monkeypatch.setattr(build, "build_facts", build_shifted)


def test_an_article_at_fault_is_rejected_and_the_others_are_published(tmp_path, monkeypatch):
    shift_cues(monkeypatch, lambda articles: sorted(articles["article_id"])[:1])
    paths = [str(article) for article in ARTICLES[:3]]
    fact = json.loads(run(tmp_path, "ingest", *paths, "--json"))
    assert (fact["status"], fact["exit_code"], fact["checks"]["verdict"]) == (
        "published",
        0,
        "passed with warnings",
    )
    assert (fact["articles"]["loaded"], fact["articles"]["rejected"]) == (2, 1)
    articles_at_fault = (
        "SELECT path, reason, payload FROM ops.rejects WHERE reason_code <> 'article_rejected'"
    )
    (reject,) = query(tmp_path / "w.duckdb", articles_at_fault).to_dicts()
    assert reject["path"] in paths
    assert "The cue equals the text between its offsets" in reject["reason"]
    assert json.loads(reject["payload"])["table"] == "articles"
    again = json.loads(run(tmp_path, "ingest", *paths, "--json"))  # the file still lies there
    assert again["exit_code"] == 0
    assert query(tmp_path / "w.duckdb", "SELECT count(*) FROM articles").item() == 2


def test_code_that_shifts_all_statements_stops_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("ONRECORD_THRESHOLDS", '{"few_articles_are_at_fault.min_articles": 2}')
    published = tmp_path
    assert ingest(published, "--limit", "1").exit_code == 0
    shift_cues(monkeypatch, lambda articles: articles["article_id"])
    before = digest(published / "w.duckdb")
    result = CliRunner().invoke(
        app, ["ingest", *map(str, ARTICLES[1:4]), "--warehouse", str(published / "w.duckdb"), "--json"]
    )
    fact = json.loads(result.stdout)
    assert (result.exit_code, fact["status"]) == (1, "stopped")
    assert digest(published / "w.duckdb") == before
    assert Path(fact["kept_at"]).exists()


def test_a_step_that_breaks_is_code_3_with_its_traceback_in_the_log(published, monkeypatch):
    from transforms import build

    def break_down(*frames, **values):
        raise ZeroDivisionError("the step broke")

    monkeypatch.setattr(build, "build_facts", break_down)
    before = digest(published / "w.duckdb")
    result = ingest(published)
    assert result.exit_code == 3
    outcome = json.loads(result.stdout)
    assert (outcome["status"], outcome["exit_code"]) == ("failed", 3)
    assert "ZeroDivisionError: the step broke" in outcome["message"]
    assert "Traceback" in (published / "state" / "onrecord.log").read_text()
    assert digest(published / "w.duckdb") == before


def test_a_failed_report_is_code_3_and_says_that_the_rest_is_published(tmp_path):
    (tmp_path / "report").write_text("a file where the folder should be")
    result = ingest(tmp_path, "--limit", "1")
    assert result.exit_code == 3
    assert "published, but the report was not written" in result.stderr
    assert query(tmp_path / "w.duckdb", "select count(*) from articles").item() == 1


def test_a_warehouse_that_another_run_holds_is_code_4(published, monkeypatch):
    monkeypatch.setenv("ONRECORD_WAIT", "0")
    with write_lock(published / "w.duckdb", "another-run"):
        result = ingest(published)
    assert result.exit_code == 4
    assert "another-run" in result.stderr
