"""Queries on the in-memory tables return the same rows as the SQL shown on the page."""

import pytest

from report.explore.queries import (
    KEPT,
    NAMED,
    fill,
    named_params,
    query_names,
    read_query,
    run_query,
    with_relations,
)
from warehouse.files.connect import query
from warehouse.query.live import Live

COUNTED = sorted(
    name for name in query_names() if NAMED.search(read_query(name)) or "= $id" in read_query(name)
)
GIVEN = """
    SELECT s.actor_id, s.organization_id, s.article_id, s.statement_id, a.story_id,
        coalesce(a.outlet, a.agency) AS outlet,
        (SELECT mode(country_code) FROM actors WHERE kind = 'person') AS country
    FROM statements AS s
    JOIN articles AS a USING (article_id)
    WHERE s.actor_id IS NOT NULL AND s.organization_id IS NOT NULL AND coalesce(a.outlet, a.agency) IS NOT NULL
    ORDER BY s.statement_id IN (SELECT statement_id FROM statement_actors WHERE relation = 'mentioned') DESC,
        s.actor_id IN (SELECT actor_id FROM statement_actors WHERE relation = 'mentioned') DESC,
        s.confidence DESC, s.statement_id
    LIMIT 1
"""


REPLY = """
    SELECT actor_id AS actor_replies, answers_actor_id AS actor_answered, statement_id AS statement_thread
    FROM replies WHERE answers_actor_id IS NOT NULL ORDER BY statement_id LIMIT 1
"""


@pytest.fixture(scope="module")
def live(sample):
    return Live(sample, kept=KEPT)


@pytest.mark.parametrize("name", COUNTED)
def test_a_query_gives_what_its_sql_gives(live, sample, name):
    [row], [reply] = query(sample, GIVEN).to_dicts(), query(sample, REPLY).to_dicts()
    ids = {"actor": "actor_id", "body": "organization_id", "story": "story_id", "article": "article_id",
           "statement": "statement_id", "utterance": "statement_id"}  # fmt: skip
    given = {
        "id": reply.get(name) or row.get(ids.get(name.split("_")[0], "")),
        "outlet": row["outlet"],
        "country": row["country"],
        "cue": "accusing",
    }
    params = named_params(name, {key: value for key, value in given.items() if value})
    with live.reading() as reading:
        assert reading.edition.has_kept
        rows = run_query(reading, name, params, 1000)
        shown = reading.rows(fill(with_relations(read_query(name)), params), limit=1000)
    assert rows == shown
    assert rows or name in ("actor_lookalikes", "actor_spoken_about_by", "country_subjects")


def test_deleted_statements_and_copies_are_in_no_count(live, sample):
    with live.reading() as reading:
        [row] = reading.rows("SELECT count(*) AS said FROM memory.kept.said")
    assert row["said"] == query(sample, "SELECT count(*) FROM who_said_what").item()
