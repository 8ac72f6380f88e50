"""Maintenance removes nothing that a query needs, and publishes nothing that differs."""

import shutil
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.warehouse.samples import as_frame, sample_run
from warehouse.files import compaction
from warehouse.files.backup import fingerprint
from warehouse.files.compaction import compact
from warehouse.files.connect import WarehouseError, connect, query
from warehouse.files.lock import write_lock
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

START = datetime(2024, 5, 1, 8, tzinfo=UTC)
ALWAYS = datetime(2030, 1, 1, tzinfo=UTC)
# Decides whether a reject is new to a run.
KNOWN_REJECTS = (
    "SELECT DISTINCT path, file_sha256, reason FROM ops.files WHERE outcome = 'rejected' ORDER BY ALL"
)
UNTOUCHED = {"main", "history", "search"}


def publish_runs(warehouse, days):
    """Publish one run per day, with a new article, the articles of all earlier days, and one bad file."""
    for day in range(1, days + 1):
        started = START + timedelta(days=day)
        run_id = f"{started:%Y%m%dT%H%M%SZ}-aaaaaa"
        tables = sample_run(1, run_id=run_id, first=day)
        runs = tables["runs"].with_columns(started_at=pl.lit(started, tables["runs"].schema["started_at"]))
        ledger = {
            "runs": runs,
            "files": files_of(run_id, day, tables["files"]),
            "rejects": rejects_of(run_id),
        }
        with open_next(warehouse, run_id) as version:
            version.stage(tables | ledger | {"checks": checks_of(run_id, day)})
            publish(version)


def files_of(run_id, day, new):
    old = [
        {"run_id": run_id, "path": f"in/{number}.txt", "file_sha256": f"{number}", "format": "text",
         "outcome": "unchanged", "articles_found": 0, "articles_loaded": 0, "articles_duplicate": 0,
         "articles_rejected": 0}
        for number in range(1, day)
    ]  # fmt: skip
    bad = {"run_id": run_id, "path": "in/bad.txt", "file_sha256": "bad", "outcome": "rejected", "articles_found": 1,
           "articles_loaded": 0, "articles_duplicate": 0, "articles_rejected": 1, "reason": "it is empty"}  # fmt: skip
    new = new.with_columns(file_sha256=pl.lit(f"{day}"))
    return pl.concat([new, as_frame("files", [*old, bad])])


def rejects_of(run_id):
    row = {"run_id": run_id, "reject_no": 1, "stage": "read", "path": "in/bad.txt", "record_no": 1,
           "reason_code": "empty", "reason": "it is empty"}  # fmt: skip
    return as_frame("rejects", [row])


def checks_of(run_id, day):
    return as_frame(
        "checks",
        [
            {"run_id": run_id, "table_name": "articles", "check_name": name, "severity": "warning",
             "success": success, "failing_count": 0 if success else day}
            for name, success in (("passes", True), ("fails", False))
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def four_runs(tmp_path_factory):
    path = tmp_path_factory.mktemp("maintain") / "news.duckdb"
    publish_runs(path, 4)
    return path


@pytest.fixture
def warehouse(four_runs, tmp_path, monkeypatch):
    monkeypatch.setattr(compaction, "RUNS_KEPT", 2)
    return shutil.copy(four_runs, tmp_path / "news.duckdb")


def answers(warehouse):
    """Return the answers to the queries that people and runs make on the ledger."""
    return {
        "run_health": query(warehouse, "FROM run_health ORDER BY run_id"),
        "open_rejects": query(warehouse, "FROM open_rejects"),
        "provenance": query(warehouse, "FROM provenance ORDER BY statement_id"),
        "known rejects": query(warehouse, KNOWN_REJECTS),
    }


def test_old_run_data_goes_and_every_answer_stays(warehouse):
    before = answers(warehouse)
    compacted = compact(warehouse, ALWAYS, "test")
    assert compacted.rows_pruned == {"ops.files": 3, "ops.rejects": 2, "ops.checks": 2}
    assert query(warehouse, "SELECT count(*) FROM ops.files").item() == 11
    for name, answer in answers(warehouse).items():
        assert answer.equals(before[name]), name


def test_pruning_again_adds_to_what_was_pruned_before(warehouse, monkeypatch):
    before = answers(warehouse)["run_health"]
    compact(warehouse, ALWAYS, "test")
    monkeypatch.setattr(compaction, "RUNS_KEPT", 1)
    assert compact(warehouse, ALWAYS, "test").rows_pruned
    assert compact(warehouse, ALWAYS, "test").rows_pruned == {}
    assert answers(warehouse)["run_health"].equals(before)


def test_articles_statements_and_their_history_stay_row_for_row(warehouse):
    before = fingerprint(warehouse)
    compact(warehouse, ALWAYS, "test")
    is_content = pl.col("table_name").str.split(".").list.first().is_in(UNTOUCHED)
    assert fingerprint(warehouse).filter(is_content).equals(before.filter(is_content))


def test_the_index_of_words_is_sorted_by_stem(warehouse):
    stems = "SELECT stem_no FROM search.statement_words"
    before = query(warehouse, stems)["stem_no"]
    compact(warehouse, ALWAYS, "test")
    assert not before.is_sorted()
    assert query(warehouse, stems)["stem_no"].is_sorted()


def test_the_file_gets_smaller_and_keeps_its_version_and_comments(warehouse):
    compacted = compact(warehouse, START, "test")
    assert compacted.bytes_after == warehouse.stat().st_size < compacted.bytes_before
    assert query(warehouse, "SELECT max(version_no) FROM ops.versions").item() == 4
    assert query(warehouse, "SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL").item() == 0


def test_the_last_runs_stay_whole_however_old_they_are(warehouse, monkeypatch):
    monkeypatch.setattr(compaction, "RUNS_KEPT", 30)
    assert compact(warehouse, ALWAYS, "test").rows_pruned == {}


def test_a_file_that_cannot_shrink_stays_byte_for_byte(warehouse):
    compact(warehouse, START, "test")
    before = warehouse.read_bytes()
    again = compact(warehouse, START, "test")
    assert again.bytes_after == again.bytes_before == len(before)
    assert warehouse.read_bytes() == before


def test_a_copy_that_differs_is_not_published(warehouse, monkeypatch):
    before = warehouse.read_bytes()
    monkeypatch.setitem(compaction.KEPT, 'main."mentions"', "current_database() = 'published'")  # copies none
    with pytest.raises(WarehouseError, match=r'differs from the warehouse in main\."mentions"'):
        compact(warehouse, START, "test")
    assert warehouse.read_bytes() == before
    assert sorted(file.name for file in warehouse.parent.iterdir()) == ["news.duckdb", "news.duckdb.lock"]


def test_nothing_is_done_while_a_run_writes(warehouse):
    with write_lock(warehouse, "another"), pytest.raises(WarehouseError, match="another"):
        compact(warehouse, ALWAYS, "test")


def test_a_compacted_file_has_the_compression_that_is_declared(warehouse):
    with connect(warehouse) as connection:  # an older release declared none
        connection.execute("CREATE TABLE other AS FROM statements; DROP TABLE statements")
        connection.execute("ALTER TABLE other RENAME TO statements")
    before = query(warehouse, "FROM statements ORDER BY statement_id")
    compact(warehouse, ALWAYS, "test")
    assert query(warehouse, "FROM statements ORDER BY statement_id").equals(before)
    with connect(warehouse) as connection:
        connection.execute("INSERT INTO statements SELECT statements.* FROM statements, range(50)")
        connection.execute("UPDATE statements SET utterance_id = 'same'; CHECKPOINT")
        compression = """
            SELECT DISTINCT compression FROM pragma_storage_info('statements')
            WHERE column_name = 'utterance_id' AND segment_type = 'VARCHAR'"""
        assert connection.execute(compression).fetchall() == [("Uncompressed",)]


def test_bodies_are_compressed_after_publishing_and_after_compaction(tmp_path, monkeypatch):
    monkeypatch.setattr(compaction, "RUNS_KEPT", 1)  # a file that loses no rows and no bytes is not replaced
    path = tmp_path / "w.duckdb"
    publish_runs(path, 3)
    assert compressions_of_bodies(path) == {"ZSTD"}
    bodies = query(path, "SELECT article_id, body FROM articles ORDER BY ALL")
    compact(path, ALWAYS, "test")
    assert compressions_of_bodies(path) == {"ZSTD"}
    assert query(path, "SELECT article_id, body FROM articles ORDER BY ALL").equals(bodies)


def compressions_of_bodies(path):
    segments = "FROM pragma_storage_info('articles') WHERE column_name = 'body' AND segment_type = 'VARCHAR'"
    return set(query(path, f"SELECT compression {segments}")["compression"])
