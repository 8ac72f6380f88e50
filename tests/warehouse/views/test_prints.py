"""Repeated statements and utterances are counted as plain queries count them, which would need too much memory."""

import duckdb
import polars as pl
import pytest

from demo import build_demo
from tests.warehouse.views.one_view import read_view

STANDS = "a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'"
REPEATED = f"""
    SELECT
        min(a.published_on), arg_min(a.outlet, (a.published_on, s.statement_id)) FILTER (a.published_on IS NOT NULL),
        max(a.published_on), count(*), count(DISTINCT a.outlet), count(DISTINCT a.story_id), s.content, s.actor_id,
        coalesce(
            arg_min(s.statement_id, (a.published_on, s.statement_id)) FILTER (a.published_on IS NOT NULL),
            min(s.statement_id)
        )
    FROM statements AS s JOIN articles AS a USING (article_id)
    WHERE {STANDS}
    GROUP BY s.actor_id, s.content
    HAVING count(*) > 1
    ORDER BY ALL"""
UTTERANCES = f"""
    WITH prints AS (
        SELECT
            s.* REPLACE (coalesce(s.utterance_id, s.statement_id) AS utterance_id),
            coalesce(a.outlet, a.agency) AS outlet, a.story_id
        FROM statements AS s JOIN articles AS a USING (article_id)
        WHERE {STANDS}
    )
    SELECT
        min(published_on), max(published_on),
        coalesce(any_value(outlet) FILTER (statement_id = utterance_id), arg_min(outlet, statement_id)), count(*),
        count(DISTINCT article_id), count(DISTINCT outlet), count(DISTINCT story_id),
        count(*) FILTER (kind <> 'indirect'), max(length(content)), utterance_id
    FROM prints GROUP BY utterance_id ORDER BY ALL"""


@pytest.fixture(scope="module")
def tables():
    """Generated articles with few speakers and words; some are hidden, and some lack a day or an outlet."""
    [frames] = build_demo(60, 1)
    place = pl.int_range(pl.len())
    articles = frames["articles"].with_columns(
        outlet=pl.when(place % 5 > 0).then("outlet"),
        agency=pl.when(place % 3 > 0).then(pl.lit("Coastwire")),
        published_on=pl.when(place % 4 > 0).then("published_on"),
        is_killed=place % 11 == 5,
        copy_of=pl.when(place % 13 == 7).then(pl.lit("another")),
        story_id=pl.when(place % 6 == 0).then(pl.first("story_id")).otherwise("story_id"),
    )
    statements = frames["statements"].with_columns(
        actor_id=pl.when(place % 7 > 0).then(pl.col("actor_id").gather(place % 3)),
        content=pl.format(
            "pond {} is full{}",
            place % 40,
            pl.when(place % 2 == 0).then(pl.lit(" of fish")).otherwise(pl.lit("")),
        ),
        utterance_id=pl.when(place % 5 > 0).then(pl.col("statement_id").sort().gather(place % 30)),
        correction=pl.when(place % 17 == 9).then(pl.lit("deleted")),
    )
    days = articles.select("article_id", "published_on")
    statements = statements.drop("published_on").join(days, on="article_id")
    return {"articles": articles, "statements": statements, "actors": frames["actors"]}


def read_plain(sql, tables):
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            connection.register(name, frame)
        return connection.execute(sql).fetchall()


def test_repeated_statements_are_counted_as_in_a_plain_query(tables):
    columns = "first_on, first_outlet, last_on, copies, outlets, stories, statement, actor_id, statement_id"
    shown = read_view("repeated_statements", columns, tables)
    assert len(shown) > 50 and shown == read_plain(REPEATED, tables)


def test_utterances_are_counted_as_in_a_plain_query(tables):
    columns = "first_on, last_on, first_outlet, prints, articles, outlets, stories, quoted, length(statement)"
    shown = read_view("utterances", f"{columns}, utterance_id", tables)
    assert len(shown) > 50 and shown == read_plain(UTTERANCES, tables)
    assert sum(prints > 1 for _, _, _, prints, *_ in shown) > 20
