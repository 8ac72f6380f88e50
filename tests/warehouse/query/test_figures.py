"""The counts that the report reads are kept in step with the rows that they count."""

from pathlib import Path

import polars as pl
import pytest

from demo import build_demo
from warehouse.files.connect import connect, connect_readonly
from warehouse.query.figures import show_figures
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.withdraw import withdraw_articles, withdraw_superseded

LISTED = """
    SELECT l.* EXCLUDE (version_no), statements
    FROM kept_leaders AS l
    JOIN kept_counts AS c ON c.figure = l.figure AND c.one = l.one AND c.other IS NOT DISTINCT FROM l.other
    LEFT JOIN main.actors AS a ON a.actor_id = l.one
    QUALIFY row_number() OVER (PARTITION BY l.figure ORDER BY statements DESC, a.name, l.one, l.other) <= 15
    ORDER BY ALL"""
RECOUNTED = "DELETE FROM figures.state"  # whoever reads counts all rows then


def read(path):
    with connect_readonly(path) as connection:
        show_figures(connection)
        return connection.sql("FROM kept_counts ORDER BY ALL").pl()


def read_leaders(path):
    with connect_readonly(path) as connection:
        show_figures(connection)
        return connection.sql(LISTED).pl()


def publish_more(path, seed, change=lambda version: None):
    [tables] = build_demo(30, seed)
    run_id = f"run-{seed}"
    with open_next(path, run_id) as version:
        version.stage({name: frame for name, frame in tables.items() if name not in ("runs", "files")})
        change(version)
        publish(version)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Four versions: articles are added, removed, copied and killed, and statements change their speakers."""
    path = tmp_path_factory.mktemp("figures") / "w.duckdb"
    publish_more(path, 1)

    def withdraw(version):
        gone = version.connection.sql("SELECT article_id FROM main.articles ORDER BY 1 LIMIT 7").pl()
        withdraw_articles(version, gone["article_id"])
        withdraw_superseded(version)

    def amend(version):
        sql = (
            "SELECT article_id, story_id, is_latest, copy_of, is_killed FROM main.articles ORDER BY 1 LIMIT 9"
        )
        some = version.connection.sql(sql).pl().with_row_index()
        version.amend(
            "articles",
            some.select(
                "article_id",
                "story_id",
                "is_latest",
                copy_of=pl.when(pl.col("index") < 4).then("story_id"),
                is_killed=pl.col("index") == 5,
            ),
        )

    publish_more(path, 2, withdraw)
    publish_more(path, 3, amend)
    return path


def test_kept_counts_are_those_of_all_rows_after_articles_came_went_and_changed(warehouse, tmp_path):
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    with connect(copy) as connection:
        connection.execute(RECOUNTED)
    kept = read(warehouse)
    assert kept.equals(read(copy))
    leaders = read_leaders(warehouse)
    assert leaders.equals(read_leaders(copy))
    assert leaders.group_by("figure").len().sort("figure")["len"].to_list() == [15, 12]
    assert kept["statements"].min() > 0
    with connect_readonly(warehouse) as connection:
        [(total,)] = connection.execute("SELECT count(*) FROM statements").fetchall()
    assert 0 < kept.filter(figure="day")["statements"].sum() < total, (
        "copies and killed articles do not count"
    )


def test_counts_of_another_version_are_made_again(warehouse, tmp_path):
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    with connect(copy) as connection:
        connection.execute(
            "UPDATE figures.counts SET statements = 99; UPDATE figures.state SET version_no = 1"
        )
    assert read(copy).equals(read(warehouse))
    publish_more(copy, 4)
    publish_more(warehouse, 4)
    assert read(copy).equals(read(warehouse))


def test_counts_of_an_older_version_get_the_speakers_of_leading_subjects(warehouse, tmp_path):
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    with connect(copy) as connection:
        connection.execute("DELETE FROM figures.counts WHERE figure = 'subject_speaker'")
    counts = read(copy)
    assert counts.equals(read(warehouse))
    assert counts.filter(figure="subject_speaker")["one"].n_unique() == 15
    publish_more(copy, 4)
    with connect_readonly(copy) as connection:
        [(stored,)] = connection.execute(
            "SELECT count(DISTINCT one) FROM figures.counts WHERE figure = 'subject_speaker'"
        ).fetchall()
    assert stored == 15


def test_subjects_that_stop_leading_lose_their_speakers(warehouse, tmp_path):
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(warehouse.read_bytes())

    def withdraw(version):
        sql = """
            SELECT DISTINCT article_id FROM main.statements JOIN main.statement_actors AS r USING (statement_id)
            WHERE r.actor_id IN (
                SELECT one FROM published.figures.counts WHERE figure = 'subject' ORDER BY statements DESC LIMIT 3
            )"""
        withdraw_articles(version, version.connection.sql(sql).pl()["article_id"])
        withdraw_superseded(version)

    publish_more(copy, 5, withdraw)
    kept = read(copy)
    leaders = {"figure": "subject_speaker"}
    assert set(kept.filter(**leaders)["one"]) != set(read(warehouse).filter(**leaders)["one"])
    with connect(copy) as connection:
        connection.execute(RECOUNTED)
    assert kept.equals(read(copy))


def test_changes_on_which_no_count_depends_leave_the_counts_as_they_are(warehouse, tmp_path):
    copy = tmp_path / "copy.duckdb"
    for ending in ("", ".lock"):  # without its lock file, the warehouse would be counted as a whole
        Path(f"{copy}{ending}").write_bytes(Path(f"{warehouse}{ending}").read_bytes())

    def amend(version):
        settled = "'other' AS story_id, NOT is_latest AS is_latest, copy_of, is_killed"
        articles = f"SELECT article_id, {settled} FROM main.articles"
        statements = "SELECT statement_id, 'other' AS utterance_id FROM main.statements"
        version.amend("articles", version.connection.sql(articles).pl())
        version.amend("statements", version.connection.sql(statements).pl())

    publish_more(copy, 6, amend)
    kept, leaders = read(copy), read_leaders(copy)
    with connect(copy) as connection:
        [(amended,)] = connection.execute(
            "SELECT count(*) FROM history.statements JOIN history.articles USING (article_id, until_version)"
        ).fetchall()
        connection.execute(RECOUNTED)
    assert amended > 100
    assert kept.equals(read(copy))
    assert leaders.equals(read_leaders(copy))
