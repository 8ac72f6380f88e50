"""Replacing the published version by the next one."""

import hashlib
import multiprocessing
import os
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.run.across_articles import settle_actors
from report.templating import join_pieces
from schema.tables import BY_NAME, TABLES
from tests.warehouse.samples import ADA, changed, sample_run
from warehouse.files.catalog import VIEWS
from warehouse.files.connect import connect_readonly, query
from warehouse.staging.entities import RESOLVED_TABLES
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import keep_stopped, publish

FIRST, SECOND = "20240503T080000-aaaa", "20240504T080000-bbbb"


def publish_run(path, run_id=FIRST, **sample):
    with open_next(path, run_id) as version:
        frames = sample_run(run_id=run_id, **sample)
        version.stage({name: frame for name, frame in frames.items() if name not in RESOLVED_TABLES})
        settle_actors(version)
        return publish(version)


def names_in(folder):
    return sorted(file.name for file in folder.iterdir())


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def first_version(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    publish_run(folder / "onrecord.duckdb")
    return folder


@pytest.fixture
def warehouse(first_version, tmp_path):
    return shutil.copytree(first_version, tmp_path, dirs_exist_ok=True) / "onrecord.duckdb"


def test_every_staged_row_is_published(warehouse):
    for name, frame in sample_run().items():
        stored = query(warehouse, f"SELECT * FROM {BY_NAME[name].qualified}").drop(
            "since_version", strict=False
        )
        key = list(BY_NAME[name].key)
        assert stored.cast(dict(frame.schema)).sort(key).equals(frame.sort(key)), name


def test_a_run_ends_when_its_version_is_complete(tmp_path, monkeypatch):
    merged = []
    monkeypatch.setattr(
        "warehouse.staging.publish.describe", lambda connection: merged.append(datetime.now(UTC))
    )
    with open_next(tmp_path / "onrecord.duckdb", FIRST) as version:
        version.stage(changed(sample_run(run_id=FIRST), "runs", 0, ended_at=None))
        publish(version)
    times = "SELECT started_at, ended_at, published_at FROM ops.runs JOIN ops.versions USING (run_id)"
    [(started, ended, published)] = query(tmp_path / "onrecord.duckdb", times).rows()
    assert started < merged[0] < ended == published


def test_nothing_but_the_warehouse_and_its_lock_is_left(warehouse):
    assert names_in(warehouse.parent) == ["onrecord.duckdb", "onrecord.duckdb.lock"]


def test_staging_is_not_published(warehouse):
    assert (
        "staging" not in query(warehouse, "SELECT schema_name FROM duckdb_schemas()")["schema_name"].to_list()
    )


def test_a_second_run_adds_to_what_is_there(warehouse):
    done = publish_run(warehouse, SECOND, articles=1, first=3)
    assert done.version_no == 2
    assert done.rows["articles"] == 1 and done.rows["actors"] == 0
    assert query(warehouse, "SELECT article_count FROM affiliations").item() == 3
    assert query(warehouse, "SELECT mention_count FROM actor_aliases").item() == 6
    assert query(warehouse, "SELECT version_no, run_id FROM ops.versions ORDER BY 1").rows() == [
        (1, FIRST),
        (2, SECOND),
    ]


@pytest.mark.parametrize("first", [1, 2, 3], ids=["all", "one", "none"])
def test_rows_of_an_article_that_is_published_already_are_not_added_again(warehouse, first):
    with open_next(warehouse, SECOND) as version:
        version.stage(sample_run(run_id=SECOND, first=first))
        done = publish(version)
    added = {name: done.rows[name] for name in ("articles", "statements", "statement_actors", "mentions")}
    once = {name: frame.height // 2 for name, frame in sample_run().items() if name in added}
    assert added == {name: rows * (first - 1) for name, rows in once.items()}
    for name in added:
        key = ", ".join(BY_NAME[name].key)
        counted = f"SELECT max(rows) FROM (SELECT count(*) AS rows FROM {name} GROUP BY {key})"
        assert query(warehouse, counted).item() == 1, name


def test_a_statement_without_its_article_is_not_added_again(warehouse):
    with duckdb.connect(warehouse) as connection:  # another program damages the warehouse
        connection.execute("DELETE FROM main.articles")
        [(statements,)] = connection.execute("SELECT count(*) FROM main.statements").fetchall()
    with open_next(warehouse, SECOND) as version:
        version.stage(sample_run(run_id=SECOND))
        publish(version)
    assert query(warehouse, "SELECT count(*) FROM statements").item() == statements


def test_the_order_of_runs_does_not_change_the_tables(tmp_path):
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    for path, numbers in ((one, (1, 2)), (other, (2, 1))):
        for number in numbers:
            publish_run(path, f"run-{number}", articles=1, first=number)
    for table in (table for table in TABLES if table.schema == "main"):
        sql = f"SELECT * EXCLUDE (since_version) FROM {table.qualified} ORDER BY {', '.join(table.key)}"
        assert query(one, sql).equals(query(other, sql)), table.name


def test_a_run_that_fails_while_publishing_leaves_the_old_file_unchanged(warehouse):
    before = digest(warehouse)
    frames = changed(sample_run(1, run_id=SECOND, first=3), "mentions", 0, text=None)  # refused: NOT NULL
    with pytest.raises(duckdb.ConstraintException), open_next(warehouse, SECOND) as version:
        version.stage(frames)
        publish(version)
    assert digest(warehouse) == before
    assert names_in(warehouse.parent) == ["onrecord.duckdb", "onrecord.duckdb.lock"]


def test_a_stopped_run_is_kept_for_inspection_and_changes_nothing(warehouse, tmp_path):
    before = digest(warehouse)
    for article in (3, 4):  # the second takes the place of the first
        with open_next(warehouse, SECOND) as version:
            version.stage(sample_run(1, run_id=SECOND, first=article))
            kept = keep_stopped(version, tmp_path / "stopped")
    assert digest(warehouse) == before
    assert names_in(kept.parent) == ["stopped.duckdb"]
    assert query(kept, "SELECT path FROM staging.articles").item() == "in/4.txt"


def _die_before_publishing(path):
    with open_next(path, SECOND) as version:
        version.stage(sample_run(1, run_id=SECOND, first=3))
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_run_leaves_the_old_file_unchanged_and_the_next_run_resumes(warehouse):
    before = digest(warehouse)
    killed = multiprocessing.get_context("spawn").Process(target=_die_before_publishing, args=(warehouse,))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert "onrecord.duckdb.staging" in names_in(warehouse.parent)
    assert digest(warehouse) == before
    publish_run(warehouse, SECOND, articles=1, first=3)
    assert names_in(warehouse.parent) == ["onrecord.duckdb", "onrecord.duckdb.lock", "versions"]
    assert query(warehouse, "SELECT count(*) FROM articles").item() == 3


def _read_while_published(path, started, published, answers):
    with connect_readonly(path) as connection:
        count = "SELECT count(*) FROM who_said_what"
        answers.put(connection.execute(count).fetchall()[0][0])
        started.set()
        published.wait(60)
        answers.put(connection.execute(count).fetchall()[0][0])


def test_a_reader_that_has_the_file_open_is_not_disturbed(warehouse):
    spawn = multiprocessing.get_context("spawn")
    started, published, answers = spawn.Event(), spawn.Event(), spawn.Queue()
    reader = spawn.Process(target=_read_while_published, args=(warehouse, started, published, answers))
    reader.start()
    assert started.wait(60)
    publish_run(warehouse, SECOND, articles=1, first=3)
    published.set()
    assert [answers.get(timeout=60), answers.get(timeout=60)] == [4, 4]
    reader.join()
    assert reader.exitcode == 0
    assert query(warehouse, "SELECT count(*) FROM who_said_what").item() == 6


def test_a_warehouse_may_be_a_symlink(tmp_path):
    real, link = tmp_path / "store" / "real.duckdb", tmp_path / "link.duckdb"
    publish_run(real)
    link.symlink_to(real)
    publish_run(link, SECOND, articles=1, first=3)
    assert link.is_symlink()
    assert query(real, "SELECT count(*) FROM articles").item() == 3


@pytest.mark.parametrize("name", ["main", "articles", "a b; 'c'", "é.2024"])
def test_a_warehouse_may_have_almost_any_name(tmp_path, name):
    path = tmp_path / f"{name}.duckdb"
    publish_run(path)
    publish_run(path, SECOND, articles=1, first=3)
    assert query(path, "SELECT speaker FROM main.who_said_what").height == 6


def test_offsets_in_the_published_file_give_the_text_back(warehouse):
    rows = query(
        warehouse,
        """
        SELECT text, substring(body, start + 1, "end" - start) AS slice
        FROM mentions JOIN articles USING (article_id)
        """,
    )
    assert rows.height == 4
    assert rows.filter(pl.col("text") != pl.col("slice")).is_empty()


def test_the_catalog_explains_the_tables_and_views(warehouse):
    comments = dict(
        query(
            warehouse,
            "SELECT table_name, comment FROM duckdb_tables() UNION ALL SELECT view_name, comment "
            "FROM duckdb_views() WHERE NOT internal",
        ).rows()
    )
    assert comments["articles"] == "one distinct article text; key: article_id"
    assert comments["who_said_what"].startswith("One row is one statement")


def test_who_said_what_has_speaker_role_day_and_words(warehouse):
    sql = """
        SELECT speaker, role, organization, published_on, cue, statement FROM who_said_what
        WHERE actor_id = $actor AND seq_no = 1 AND headline LIKE 'Pond report 1%'
    """
    [row] = query(warehouse, sql, {"actor": ADA}).rows()
    assert row[:3] == ("Ada Quill", "spokeswoman", "Pond Office")
    assert row[4:] == ("said", "“Café pond 1.1 is full,” … “It will rain.”")


@pytest.mark.parametrize(
    ("kind", "pieces", "gap", "shown"),
    [
        ("indirect", ["that the pond is full"], 0, "the pond is full"),
        ("indirect", ["thatched roofs burn"], 0, "thatched roofs burn"),
        ("direct", ["that pond is full"], 0, "that pond is full"),
        ("direct", ["The pond is full.", "It will rain.", "Ha!"], 4, "The pond is full. It will rain. Ha!"),
        ("direct", ["The pond is full", "It will rain.", "Ha!"], 5, "The pond is full … It will rain. … Ha!"),
        ("mixed", ["that the pond is", "“full”"], 9, "the pond is … “full”"),
    ],
)
def test_a_statement_is_shown_without_its_conjunction_and_with_an_ellipsis_for_words_between_its_pieces(
    warehouse, tmp_path, kind, pieces, gap, shown
):
    """The report joins pieces by the same rule."""
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    spans, at = [], 0
    for piece in pieces:
        spans.append({"start": at, "end": at + len(piece)})
        at += len(piece) + gap
    content = " ".join(pieces)
    with duckdb.connect(str(copy)) as con:
        con.execute("UPDATE statements SET kind = ?, content = ?, content_spans = ?", [kind, content, spans])
        assert con.execute("SELECT DISTINCT statement FROM who_said_what").fetchall() == [(shown,)]
        assert set(con.execute("SELECT statement FROM said_about").fetchall()) <= {(shown,)}
    assert join_pieces({"content_spans": spans}, content).removeprefix("that ") == shown.removeprefix("that ")


def test_each_view_has_the_grain_its_comment_states(warehouse):
    counts = {
        "who_said_what": 4,
        "said_about": 0,
        "speakers_daily": 1,
        "affiliation_timeline": 1,
        "sourcing_audit": 2,
        "unresolved_speakers": 0,
        "actor_corrections_applied": 0,
        "run_health": 1,
        "story_versions": 0,
        "statements_once": 4,
        "open_rejects": 0,
        "extra_fields": 0,
        "repeated_statements": 0,
        "who_about_whom": 0,
        "accusations": 0,
        "speaker_network": 0,
        "provenance": 4,
        "hearsay": 0,
        "utterances": 4,
        "utterance_prints": 4,
        "wording_drift": 0,
        "replies": 0,
        "reply_edges": 0,
        "reply_threads": 0,
        "outlet_shares": 3,
        "measured_quality": 40,
        "source_kinds": 4,
        "sourcing_by_outlet": 1,
        "sourcing_by_story": 2,
        "voices": 2,
        "positions": 0,
        "stance_changes": 0,
    }
    assert {name: query(warehouse, f"SELECT count(*) FROM {name}").item() for name in counts} == counts
    assert {view.stem for view in VIEWS.glob("*.sql")} == set(counts)


def test_run_health_counts_what_went_in_and_out(warehouse):
    [row] = query(warehouse, "FROM run_health").to_dicts()
    assert (row["files"], row["articles_loaded"], row["statements"], row["version_no"]) == (2, 2, 4, 1)
    assert row["speaker_share"] == 1.0
