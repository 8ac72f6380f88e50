"""The views of statements that are printed several times show the same rows with and without stored rows."""

from datetime import date, timedelta

import polars as pl
import pytest

from demo import build_demo
from tests.warehouse.query.publishing import publish_tables, withdraw_first
from transforms.statements.utterances import DAYS as DAYS_OF_SAYING
from transforms.statements.wordings import build_statement_sketches
from warehouse.files.catalog import KEPT, VIEWS, describe
from warehouse.files.checked import read_state
from warehouse.files.connect import connect, connect_readonly, query
from warehouse.files.lock import note_version
from warehouse.query.kept_prints import DAYS, FOUND, find_all_prints
from warehouse.query.versions import connect_version

SHOWN = [KEPT[table][0] for table in FOUND]


def publish_more(path, seed, change=lambda version: None, first_day=None):
    """Publish generated articles with few speakers, words and utterances; some are hidden, some lack a day or outlet.

    Half of the utterances have a print in articles of every seed. Statements of odd seeds have sketches. With
    `first_day`, there is an article every 25 days from then on, none lacks its day, and corrections reword statements.
    """
    [tables] = build_demo(30, seed)
    place = pl.int_range(pl.len()) + seed
    tables["articles"] = tables["articles"].with_columns(
        outlet=pl.when(place % 5 > 0).then("outlet"),
        agency=pl.when(place % 3 > 0).then(pl.lit("Coastwire")),
        published_on=pl.when(place % 7 > 0).then("published_on")
        if first_day is None
        else pl.lit(first_day) + pl.duration(days=25 * (place - seed)),
        is_killed=place % 11 == 5,
        copy_of=pl.when(place % 13 == 7).then(pl.lit("another")),
    )
    statements = tables["statements"].with_columns(
        actor_id=pl.when(place % 7 > 0).then(
            pl.col("actor_id").drop_nulls().unique().sort().gather(place % 2)
        ),
        content=pl.format(
            "pond {} is full{}", place % 40, pl.lit(" of fish").repeat_by(place % 3).list.join(" and")
        ),
        utterance_id=pl.when(place % 5 > 0).then(pl.format("utterance {}", place % 30 + seed % 2 * 15)),
        correction=pl.when(place % 17 == 9).then(pl.lit("deleted")),
    )
    days = tables["articles"].select("article_id", "published_on")
    dated = statements.drop("published_on").join(days, on="article_id")
    tables["statements"] = dated.select(tables["statements"].columns)
    if first_day:
        # Equal words, or an equal utterance with other words, or words that equal others since a correction.
        alike, reworded = (place % 4 == 0) & (place % 80 < 40), place % 4 == 3
        sayings = tables["statements"].with_columns(
            utterance_id=pl.when(place % 4 == 1).then("utterance_id"),
            content=pl.when(alike).then("content").otherwise(pl.format("pond {} has {} fish", seed, place)),
        )
        tables["statements"] = sayings.with_columns(
            found_content=pl.when(reworded & (seed == 1)).then("content"),
            content=pl.when(reworded).then(pl.lit("pond 7 is full")).otherwise("content"),
        )
    if seed % 2 or first_day:
        as_found = tables["statements"].with_columns(content=pl.coalesce("found_content", "content"))
        tables["statement_sketches"] = build_statement_sketches(as_found, f"run-{seed}")
    publish_tables(path, tables, f"run-{seed}", change)


def require_same(path):
    """Return the rows that the views show; fails unless they show the same rows without stored rows."""
    rows = {}
    with connect_readonly(path) as connection:
        for view in SHOWN:
            plain = connection.execute((VIEWS / f"{view}.sql").read_text(encoding="utf-8"))
            expected, types = sorted(plain.fetchall(), key=str), plain.description
            found = connection.execute(f"FROM {view}")
            assert found.description == types
            rows[view] = sorted(found.fetchall(), key=str)
            assert rows[view] == expected, view
    assert all(rows.values())
    return rows


def amend(table, columns):
    """Return a function that sets settled columns of published rows; the other settled columns stay."""
    settled = {"articles": ("article_id", "story_id", "is_latest", "is_killed", "copy_of")}.get(
        table, ("statement_id", "utterance_id")
    )
    names = ", ".join(f"{columns.get(name, name)} AS {name}" for name in settled)

    def change(version):
        sql = f"SELECT {names} FROM main.{table}"
        version.amend(table, version.connection.sql(sql).pl())

    return change


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "w.duckdb"
    publish_more(path, 1)
    return path


def test_prints_are_stored_when_articles_come_and_go(warehouse):
    first = require_same(warehouse)
    publish_more(warehouse, 2)
    assert require_same(warehouse) != first
    publish_more(warehouse, 3)
    publish_more(warehouse, 4, withdraw_first)
    require_same(warehouse)


def test_prints_are_stored_where_an_utterance_or_its_words_lasted_for_years(tmp_path):
    path = tmp_path / "w.duckdb"
    publish_more(path, 1, first_day=date(2019, 6, 3))
    first = require_same(path)
    publish_more(path, 3, first_day=date(2019, 6, 3) + timedelta(days=25 * 30))
    assert require_same(path) != first
    publish_more(path, 4, withdraw_first, first_day=date(2024, 6, 3))
    require_same(path)
    [(statements, sketched)] = query(
        path, "SELECT count(*), (SELECT count(*) FROM ops.statement_sketches) FROM main.statements"
    ).rows()
    assert statements == sketched  # or the words would be compared instead of the sketches


def test_prints_are_connected_within_as_many_days_as_pairs_are_found():
    assert DAYS == DAYS_OF_SAYING


HIDDEN = {
    "is_killed": "if(hash(article_id) % 4 = 0, NOT is_killed, is_killed)",
    "copy_of": "if(hash(article_id) % 4 = 1, if(copy_of IS NULL, 'another', NULL), copy_of)",
    "story_id": "if(hash(article_id) % 4 = 2, 'one story', story_id)",
}
JOINED = """CASE hash(utterance_id) % 4
    WHEN 0 THEN 'utterance 19' WHEN 1 THEN statement_id WHEN 2 THEN NULL ELSE utterance_id END"""


@pytest.mark.parametrize(
    ("table", "columns"), [("articles", HIDDEN), ("statements", {"utterance_id": JOINED})]
)
def test_prints_are_stored_when_published_rows_change(warehouse, table, columns):
    before = require_same(warehouse)
    publish_more(warehouse, 2, amend(table, columns))
    [(changed,)] = query(warehouse, f"SELECT count(*) FROM history.{table} WHERE until_version = 2").rows()
    assert changed > 10
    assert require_same(warehouse) != before


@pytest.mark.parametrize(
    "change",
    [
        "; ".join(f"DROP VIEW {KEPT[table][0]}; DROP TABLE figures.{table}" for table in FOUND),
        "; ".join(f"DELETE FROM figures.{table}" for table in FOUND),
    ],
)
def test_the_next_version_stores_all_prints_if_this_code_did_not_store_them(warehouse, change):
    with connect(warehouse) as connection:
        connection.execute(
            f"{change}; CREATE OR REPLACE MACRO figures.found_by() AS 'other queries'; DROP MACRO ops.described_by"
        )
    note_version(warehouse, 1, read_state(warehouse))  # as if a run had written it
    publish_more(warehouse, 2)
    require_same(warehouse)


@pytest.mark.parametrize("at_once", [7, 100_000])
def test_all_prints_are_found_in_parts(warehouse, at_once):
    stored = require_same(warehouse)
    with connect(warehouse) as connection:
        find_all_prints(connection, at_once)
    assert require_same(warehouse) == stored


def test_rows_are_found_again_only_if_another_query_found_them(warehouse):
    """The comments of views may change; the rows of the stored tables stay as they are."""
    with connect(warehouse) as connection:
        connection.execute("DELETE FROM figures.repeats; DROP MACRO ops.described_by")
    note_version(warehouse, 1, read_state(warehouse))  # as if a run had written it
    [tables] = build_demo(1, 5)
    publish_tables(warehouse, tables, "run-5")
    assert query(warehouse, "SELECT count(*) FROM repeated_statements").item() == 0


def test_warehouses_and_versions_without_stored_prints_show_them(warehouse):
    first = require_same(warehouse)
    publish_more(warehouse, 2)
    with connect_version(warehouse, 1) as connection:
        for view, rows in first.items():
            assert sorted(connection.execute(f"FROM {view}").fetchall(), key=str) == rows
    second = require_same(warehouse)
    with connect(warehouse) as connection:
        connection.execute("DROP SCHEMA figures CASCADE")
        describe(connection)  # as a migration does
        for view, rows in second.items():
            assert sorted(connection.execute(f"FROM {view}").fetchall(), key=str) == rows


def test_the_views_of_a_published_file_read_the_stored_prints(warehouse):
    with connect(warehouse) as connection:
        for table in FOUND:
            connection.execute(f"DELETE FROM figures.{table}")
    for view in ("wording_drift", "repeated_statements"):
        assert query(warehouse, f"FROM {view}").is_empty()
    assert query(warehouse, "FROM utterances WHERE prints > 1").is_empty()
