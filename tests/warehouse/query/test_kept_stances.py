"""The stored stances are those in all statements; the view of positions shows the same rows with and without them."""

import polars as pl
import pytest

from demo import build_demo
from tests.warehouse.query.publishing import publish_tables, withdraw_first
from warehouse.files.catalog import FOUND_STANCES, VIEWS, describe
from warehouse.files.checked import read_state
from warehouse.files.connect import connect, connect_readonly, query
from warehouse.files.lock import note_version, write_lock
from warehouse.files.restore import roll_back
from warehouse.query.kept_stances import find_all_stances
from warehouse.query.versions import connect_version
from warehouse.staging.reworded import set_stances

SHOWN = "FROM positions ORDER BY ALL"
PLAIN = (VIEWS / "positions.sql").read_text(encoding="utf-8")  # without stored stances


def publish_more(path, seed, change=lambda version: None):
    """Publish generated articles, in which many statements have a stance with one of two confidences."""
    [tables] = build_demo(30, seed)
    stances = pl.col("statement_id").hash(seed) % 3
    mentioned = pl.col("relation") == "mentioned"
    tables["statement_actors"] = tables["statement_actors"].with_columns(
        stance=pl.when(mentioned).then(stances.replace_strict({0: "for", 1: "against", 2: "neither"})),
        stance_confidence=pl.when(mentioned).then(0.6 + 0.3 * (stances // 2)).cast(pl.Float32),
    )
    publish_tables(path, tables, f"run-{seed}", change)


def require_same(path):
    """Return the positions; fails unless stored and found stances are equal, and so are the positions from both."""
    with connect_readonly(path) as connection:
        stored, found, shown, plain = (
            connection.sql(f"FROM ({sql}) ORDER BY ALL").pl()
            for sql in ("FROM figures.stances", FOUND_STANCES, "FROM positions", PLAIN)
        )
    assert stored.equals(found)
    assert shown.equals(plain)
    return shown


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "w.duckdb"
    publish_more(path, 1)
    return path


def test_stances_are_stored_when_articles_come_and_go(warehouse):
    first = require_same(warehouse)
    assert first.height > 20
    publish_more(warehouse, 2)
    second = require_same(warehouse)
    assert second.height > first.height
    publish_more(warehouse, 3, withdraw_first)
    third = require_same(warehouse)
    assert not set(first["article_id"]) & set(third["article_id"])


def test_published_statements_that_become_prints_of_another_one_get_its_number(warehouse):
    """The stances in a few of them change, too."""
    before = require_same(warehouse)
    [(first,)] = query(warehouse, "SELECT min(statement_id) FROM statements").rows()
    assert before["utterance_id"].n_unique() > 20

    def join(version):
        sql = f"SELECT statement_id, '{first}' AS utterance_id FROM main.statements"
        version.amend("statements", version.connection.sql(sql).pl())
        judged = """SELECT statement_id, profile_id, 'against' AS stance, 0.99 AS stance_confidence
            FROM main.statement_actors WHERE stance = 'for' ORDER BY ALL LIMIT 5"""
        set_stances(version, version.connection.sql(judged).pl())

    publish_more(warehouse, 2, join)
    published = pl.col("statement_id").is_in(before["statement_id"].implode())
    after = require_same(warehouse)
    assert after.filter(published)["utterance_id"].unique().to_list() == [first]
    assert after.filter(published, stance="against", confidence=pl.lit(0.99, pl.Float32)).height
    assert after.filter(~published)["utterance_id"].n_unique() > 20


def test_of_the_prints_of_an_utterance_the_most_certain_one_counts(warehouse):
    """All statements of the warehouse get one speaker and become prints of one utterance."""
    [(speaker,)] = query(warehouse, "SELECT min(actor_id) FROM actors WHERE kind = 'person'").rows()
    with connect(warehouse) as connection:
        connection.execute(
            f"UPDATE statements SET actor_id = '{speaker}', utterance_id = (SELECT min(statement_id) FROM statements)"
        )
        find_all_stances(connection)
    judged = query(
        warehouse,
        """SELECT r.actor_id AS subject_id, count(*) AS prints, max(r.stance_confidence) AS confidence
        FROM statement_actors AS r JOIN statements AS s USING (statement_id)
        WHERE stance IS NOT NULL AND NOT is_negated AND modality = 'asserted' AND r.actor_id <> s.actor_id
        GROUP BY ALL ORDER BY ALL""",
    )
    shown = require_same(warehouse).select(judged.columns).sort(judged.columns)
    assert shown.equals(judged) and shown["prints"].max() > 1


def test_hidden_articles_have_no_positions(warehouse):
    first = require_same(warehouse)
    killed = first["article_id"][0]
    with connect(warehouse) as connection:
        connection.execute(f"UPDATE articles SET is_killed = true WHERE article_id = '{killed}'")
    assert killed not in require_same(warehouse)["article_id"]


@pytest.mark.parametrize(
    "change",
    [
        "DROP VIEW stance_changes; DROP VIEW positions; DROP TABLE figures.stances; DROP MACRO figures.found_by; "
        "DROP MACRO ops.described_by",
        "DELETE FROM figures.stances; CREATE OR REPLACE MACRO figures.found_by() AS 'other queries'",
    ],
)
def test_the_next_version_stores_all_stances_if_this_code_did_not_store_them(warehouse, change):
    with connect(warehouse) as connection:
        connection.execute(change)
    note_version(warehouse, 1, read_state(warehouse))  # as if a run had written it
    publish_more(warehouse, 2)
    assert require_same(warehouse)["article_id"].n_unique() > 30


def test_warehouses_and_versions_without_stored_stances_show_positions(warehouse):
    expected = query(warehouse, SHOWN)
    publish_more(warehouse, 2)
    with connect_version(warehouse, 1) as connection:
        assert connection.sql(SHOWN).pl().equals(expected)
    expected = query(warehouse, SHOWN)
    with connect(warehouse) as connection:
        connection.execute("DROP SCHEMA figures CASCADE")
        describe(connection)  # as a migration does
        assert connection.sql(SHOWN).pl().equals(expected)


def test_the_view_of_a_published_file_reads_the_stored_stances(warehouse):
    with connect(warehouse) as connection:
        connection.execute("DELETE FROM figures.stances")
    assert query(warehouse, SHOWN).is_empty()


def test_a_version_that_is_rolled_back_to_has_its_stored_stances(warehouse):
    """They are not found again, because that takes minutes in a large warehouse."""
    first = require_same(warehouse)
    publish_more(warehouse, 2)
    with write_lock(warehouse, "test"):
        roll_back(warehouse)
    assert require_same(warehouse).equals(first)
    publish_more(warehouse, 3)
    assert require_same(warehouse).height > first.height
