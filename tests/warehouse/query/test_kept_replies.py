"""The stored replies are those that are found among all statements."""

import polars as pl
import pytest

from demo import build_demo
from tests.warehouse.query.publishing import publish_tables, withdraw_first
from warehouse.files.catalog import FOUND_REPLIES, describe
from warehouse.files.checked import read_state
from warehouse.files.connect import connect, connect_readonly, query
from warehouse.files.lock import note_version
from warehouse.query.versions import connect_version

SHOWN = "FROM replies ORDER BY ALL"
IS_REPLY = pl.col("seq_no") % 2 == 0


def publish_more(path, seed, change=lambda version: None):
    """Publish generated articles with distinct statements, of which every second one answers the one before it."""
    [tables] = build_demo(30, seed)
    ends = pl.struct(start=pl.col("seq_no") * 100, end=pl.col("seq_no") * 100 + 50)
    tables["statements"] = tables["statements"].with_columns(
        cue=pl.when(IS_REPLY).then(pl.lit("replied")).otherwise(pl.lit("accused")),
        cue_lemma=pl.when(IS_REPLY).then(pl.lit("reply")).otherwise(pl.lit("accuse")),
        cue_class=pl.when(IS_REPLY).then(pl.lit("neutral")).otherwise(pl.lit("accusing")),
        cue_start=pl.col("seq_no") * 100,
        kind=pl.lit("direct"),
        modality=pl.lit("asserted"),
        is_negated=pl.lit(False),
        content_spans=pl.concat_list(ends),
        utterance_id="statement_id",
    )
    publish_tables(path, tables, f"run-{seed}", change)


def read_both(path):
    """The stored replies, and those found among all statements."""
    with connect_readonly(path) as connection:
        return [
            connection.sql(f"FROM ({sql}) ORDER BY ALL").pl()
            for sql in ("FROM figures.replies", FOUND_REPLIES)
        ]


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "w.duckdb"
    publish_more(path, 1)
    return path


def test_replies_are_stored_when_articles_come(warehouse):
    stored, found = read_both(warehouse)
    assert stored.height > 20 and stored.equals(found)
    publish_more(warehouse, 2)
    more, found = read_both(warehouse)
    assert more.height > stored.height and more.equals(found)


def test_replies_of_withdrawn_articles_go(warehouse):
    before, _ = read_both(warehouse)
    publish_more(warehouse, 2, withdraw_first)
    stored, found = read_both(warehouse)
    assert stored.height > 20 and stored.equals(found)
    assert not set(before["article_id"]) & set(stored["article_id"])


@pytest.mark.slow
def test_the_day_of_the_first_print_goes_with_its_article(warehouse):
    [(first,)] = query(warehouse, "SELECT min(statement_id) FROM statements").rows()

    def join(version):
        """Make all statements prints of the first one."""
        version.connection.execute(f"UPDATE staging.statements SET utterance_id = '{first}'")
        sql = f"SELECT statement_id, '{first}' AS utterance_id FROM main.statements"
        version.amend("statements", version.connection.sql(sql).pl())

    publish_more(warehouse, 2, join)
    stored, found = read_both(warehouse)
    assert stored.equals(found) and stored["first_on"].count() > 20
    publish_more(warehouse, 3, withdraw_first)
    stored, found = read_both(warehouse)
    assert stored.equals(found)
    assert stored.height > 20 and stored["first_on"].count() == 0


@pytest.mark.parametrize(
    "change",
    [
        "DROP VIEW main.replies; DROP TABLE figures.replies; DROP MACRO figures.found_by; DROP MACRO ops.described_by",
        "DELETE FROM figures.replies; CREATE OR REPLACE MACRO figures.found_by() AS 'other queries'",
    ],
)
def test_the_next_version_stores_all_replies_if_this_code_did_not_store_them(warehouse, change):
    with connect(warehouse) as connection:
        connection.execute(change)
    note_version(warehouse, 1, read_state(warehouse))  # as if a run had written it
    publish_more(warehouse, 2)
    stored, found = read_both(warehouse)
    assert stored["article_id"].n_unique() > 30 and stored.equals(found)


def test_a_warehouse_without_stored_replies_shows_them(warehouse):
    expected = query(warehouse, SHOWN)
    with connect(warehouse) as connection:
        connection.execute("DROP SCHEMA figures CASCADE")
        describe(connection)  # as a migration does
        assert connection.sql(SHOWN).pl().equals(expected)


def test_an_older_version_shows_its_replies(warehouse):
    expected = query(warehouse, SHOWN)
    publish_more(warehouse, 2)
    with connect_version(warehouse, 1) as connection:
        assert connection.sql(SHOWN).pl().equals(expected)


def test_the_view_of_a_published_file_reads_the_stored_replies(warehouse):
    with connect(warehouse) as connection:
        connection.execute("DELETE FROM figures.replies")
    assert query(warehouse, SHOWN).is_empty()
