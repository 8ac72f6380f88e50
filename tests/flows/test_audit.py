"""The flow `audit` fails if published rows break a critical check."""

import os
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest

from expectations.audit import OF_A_RUN
from expectations.audit import audit as run_checks
from expectations.rulebook import RuleBook, open_rulebook
from flows.audit import AuditFailed, audit
from flows.settings import Settings
from tests.flows.runs import ingest
from tests.warehouse.samples import publish_sample
from warehouse.files.compaction import compact
from warehouse.files.connect import query
from warehouse.query.ask import Bounds


@pytest.fixture
def settings(tmp_path):
    return Settings(warehouse=publish_sample(tmp_path / "w.duckdb"))


def test_a_sound_warehouse_passes_and_one_critical_check_fails_the_flow(prefect_here, settings):
    checks = audit(settings)
    assert checks.height > 100
    assert checks.filter(~checks["success"])["severity"].to_list().count("critical") == 0
    settings.checks_folder.mkdir()
    rule = "-- critical on statements: Nothing is good enough.\nSELECT statement_id FROM staging.statements"
    (settings.checks_folder / "never.sql").write_text(rule, encoding="utf-8")
    with pytest.raises(AuditFailed, match=r"statements\.never"):
        audit(settings)


MILL = "ARVEL (Norvia Wire) - The mill was sold on Monday, Mayor Ada Roe said. “We had no choice,” Roe told reporters."
LOCK = "OSTBY (Norvia Wire) - The lock at Ostby stays shut, Mayor Bo Venn said on Friday."
ROAD = "OSTBY (Norvia Wire) - The road to Arvel is open again, engineer Cleo Marsk said on Sunday."
REJECTED = """-- reject on articles: No article is about a ferry.
SELECT article_id, path FROM staging.articles WHERE contains(body, 'ferry')"""


def write(folder, files):
    """Write files, or delete them (None), as if a minute had passed since the last call."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
            stamp = path.stat().st_mtime + 60 * len(list(folder.iterdir()))
            os.utime(path, (stamp, stamp))


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A warehouse after edits, copies that swapped files, and pruned, rejected and repeated articles."""
    folder = tmp_path_factory.mktemp("lived")
    inbox, settings = folder / "in", Settings(warehouse=folder / "data" / "w.duckdb", prune=True)
    inbox.mkdir()
    settings.checks_folder.mkdir(parents=True)
    (settings.checks_folder / "no_ferry.sql").write_text(REJECTED, encoding="utf-8")
    days = [
        {
            "a.txt": MILL,
            "b.txt": LOCK,
            "c.txt": "The ferry is late, Dan Oakes said.",
            "d.txt": "\x00\x01\x02",
        },
        {"a.txt": f"{MILL} Nobody was hurt, Roe said.", "e.txt": LOCK},  # edited; a copy
        {"f.txt": f"Title: Lock shut\nSource: The Reed\nDate: 2024-05-06\n\n{LOCK}"},  # a better copy
        {"b.txt": MILL, "e.txt": ROAD},  # texts change their files
        {"f.txt": None, "c.txt": None, "d.txt": None},
    ]
    for files in days:
        write(inbox, files)
        ingest([str(inbox)], settings)
    return settings


def failures(settings):
    """Return the names of the critical checks that fail; the flow fails if there are any."""
    checks = run_checks(settings.warehouse, open_rulebook({}, settings.checks_folder))
    return set(checks.filter(~checks["success"], severity="critical")["check_name"])


@pytest.mark.slow
def test_a_sound_warehouse_of_any_history_passes(lived):
    assert failures(lived) == set()
    outcomes = query(lived.warehouse, "SELECT DISTINCT outcome FROM ops.files")["outcome"]
    assert {"loaded", "duplicate", "rejected"} <= set(outcomes)
    assert query(lived.warehouse, "SELECT count(*) FROM history.articles").item() > 1


@pytest.mark.slow
def test_a_warehouse_shortened_by_maintenance_passes(lived, monkeypatch):
    monkeypatch.setattr("warehouse.files.compaction.RUNS_KEPT", 1)
    assert compact(lived.warehouse, datetime.now(UTC) + timedelta(1), "maintain").rows_pruned
    assert failures(lived) == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (
            "DELETE FROM articles WHERE article_id = (SELECT min(article_id) FROM articles)",
            "article_id_is_known",
        ),
        ("UPDATE statements SET actor_id = 'x' WHERE seq_no = 1", "actor_id_is_known"),
        ("UPDATE ops.files SET articles_found = articles_found + 1", "articles_balance"),
        ("UPDATE statements SET content = 'x'", "content_is_its_slices"),
        ("DELETE FROM ops.rejects", "rejected_articles_are_recorded"),
        ("UPDATE articles SET is_latest = false", "a_story_has_one_latest"),
    ],
)
def test_a_fault_in_what_is_published_fails_the_audit(lived, tmp_path, fault, check):
    damaged = tmp_path / "w.duckdb"
    damaged.write_bytes(lived.warehouse.read_bytes())
    with duckdb.connect(damaged) as connection:
        connection.execute(fault)
    assert check in failures(Settings(warehouse=damaged))


def test_checks_on_a_single_run_say_why():
    book = open_rulebook()
    for (table, name), reason in OF_A_RUN.items():
        assert book.find(table, name) and reason


def test_a_warehouse_without_a_newer_column_is_audited_as_it_is(settings):
    with duckdb.connect(settings.warehouse) as connection:
        for view in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            connection.execute(f'DROP VIEW main."{view[0]}"')
        connection.execute("ALTER TABLE main.statements DROP COLUMN correction")
        connection.execute("DROP TABLE ops.actor_corrections")
    checks = run_checks(settings.warehouse)
    assert checks.filter(~checks["success"], severity="critical").is_empty()


def test_a_check_may_end_in_a_comment(settings):
    settings.checks_folder.mkdir()
    rule = "-- warn on statements: None is empty.\nSELECT statement_id FROM statements WHERE content = '' -- none"
    (settings.checks_folder / "no_empty.sql").write_text(rule, encoding="utf-8")
    checks = run_checks(settings.warehouse, open_rulebook({}, settings.checks_folder))
    assert checks.filter(check_name="no_empty").select("success", "observed").rows() == [(True, "0 rows")]


# Asked of an empty warehouse, as each check is before a run, it ends at once.
ENDLESS = """-- warn on articles: Who waits for this waits long.
WITH RECURSIVE steps (n) AS (SELECT count(*) FROM staging.articles UNION ALL SELECT n + 1 FROM steps WHERE n > 0)
SELECT n FROM steps WHERE n < 0"""


def test_a_check_that_takes_too_long_fails_and_the_others_still_run(prefect_here, settings):
    settings.checks_folder.mkdir()
    (settings.checks_folder / "endless.sql").write_text(ENDLESS, encoding="utf-8")
    checks = audit(settings.model_copy(update={"query_seconds": 1}))
    assert checks.height > 100
    endless = checks.row(by_predicate=pl.col("check_name") == "endless", named=True)
    assert not endless["success"]
    assert "longer than 1 s (ONRECORD_QUERY_SECONDS)" in endless["observed"]


def test_a_check_is_limited_also_while_its_rows_are_shown(settings):
    """Counting the rows costs nothing, because DuckDB computes no columns for it."""
    settings.checks_folder.mkdir()
    long = "levenshtein(repeat(left(body, 1), 12000), repeat('|', 12000)) AS observed"
    rule = f"-- warn on articles: Who waits for this waits long.\nSELECT {long} FROM articles LIMIT 1"
    (settings.checks_folder / "endless.sql").write_text(rule, encoding="utf-8")
    book = open_rulebook({}, settings.checks_folder).find("articles", "endless")
    checks = run_checks(settings.warehouse, RuleBook((book,), {}), bounds=Bounds(seconds=0.2))
    endless = checks.row(by_predicate=pl.col("check_name") == "endless", named=True)
    assert not endless["success"]
    assert "longer than 0.2 s (ONRECORD_QUERY_SECONDS)" in endless["observed"]
