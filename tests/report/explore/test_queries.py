"""Queries on the in-memory tables return the same rows as the SQL shown on the page."""

import duckdb
import pytest

from report.explore import pages
from report.explore.queries import (
    COUNTED as COUNTED_FOLDER,
)
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
from warehouse.query.ask import Bounds
from warehouse.query.kept_stances import find_all_stances
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
CHANGE = """
    SELECT speaker_id AS actor_positions, speaker_id AS actor_turns, subject_id AS actor_judged_by,
        subject_id AS actor_turns_of_others
    FROM stance_changes ORDER BY before_id LIMIT 1
"""


# The same stances whatever the model is: in May, Marguerite Olander no longer says what she said in February.
JUDGE = """
    UPDATE statement_actors AS r
    SET stance = if(s.published_on < '2024-03-01', 'for', 'against'), stance_confidence = 0.95
    FROM statements AS s JOIN actors AS a USING (actor_id)
    WHERE s.statement_id = r.statement_id AND r.relation = 'mentioned' AND a.name = 'Marguerite Olander'
"""


@pytest.fixture(scope="module")
def sample(sample, tmp_path_factory):
    copy = tmp_path_factory.mktemp("judged") / "sample.duckdb"
    copy.write_bytes(sample.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute(JUDGE)
        find_all_stances(connection)
    return copy


@pytest.fixture(scope="module")
def live(sample):
    return Live(sample, kept=KEPT)


@pytest.mark.parametrize("name", COUNTED)
def test_a_query_gives_what_its_sql_gives(live, sample, name):
    [row], [reply], [change] = (query(sample, sql).to_dicts() for sql in (GIVEN, REPLY, CHANGE))
    ids = {"actor": "actor_id", "body": "organization_id", "story": "story_id", "article": "article_id",
           "statement": "statement_id", "utterance": "statement_id"}  # fmt: skip
    given = {
        "id": (reply | change).get(name) or row.get(ids.get(name.split("_")[0], "")),
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


@pytest.mark.parametrize("name", sorted(path.stem for path in COUNTED_FOLDER.glob("*.sql")))
def test_a_large_warehouse_is_answered_from_stored_counts_with_the_same_rows(live, sample, name):
    params = {"run_id": "sample-2"}
    with Live(sample, kept=KEPT, most_kept=1).reading() as large, live.reading() as small:
        assert large.edition.has_counts and not large.edition.has_kept
        rows, wanted = run_query(large, name, params, 1000), run_query(small, name, params, 1000)
    assert rows
    if name == "new_statements":  # in another order, because the stored counts leave out copies
        assert {row["statement_id"] for row in rows} == {row["statement_id"] for row in wanted}
    else:
        assert rows == [{column: row[column] for column in rows[0]} for row in wanted]


def test_an_older_version_has_no_stored_counts(sample):
    with Live(sample, version_no=1, kept=KEPT).reading() as reading:
        assert not reading.edition.has_counts
        assert run_query(reading, "speakers", {}, 1)


def test_the_first_page_leaves_out_what_takes_too_long(sample, monkeypatch):
    """A warehouse of a million articles once had no first page at all: the page failed as a whole after 20 seconds."""
    slow = "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range + b.range = 7"
    run = run_query
    monkeypatch.setattr("report.explore.queries.BRIEF", 0.2)
    monkeypatch.setattr(
        "report.explore.queries.run_query",
        lambda reading, name, *rest: (
            reading.rows(slow) if name == "new_subjects" else run(reading, name, *rest)
        ),
    )
    with Live(sample, kept=KEPT, bounds=Bounds(seconds=20)).reading() as reading:
        values = pages.home(reading, {})
        assert reading.is_partial
    assert values["fresh_subjects"].is_late and not values["fresh_subjects"]
    assert values["speakers"].rows and values["outlets"].rows


def test_an_older_warehouse_without_stances_is_kept_in_memory_too(sample, tmp_path):
    old = tmp_path / "old.duckdb"
    old.write_bytes(sample.read_bytes())
    with duckdb.connect(str(old)) as connection:
        for view in ("stance_changes", "positions", "said_about"):
            connection.execute(f"DROP VIEW {view}")
        for column in ("stance", "stance_confidence"):
            connection.execute(f"ALTER TABLE statement_actors DROP COLUMN {column}")
    with Live(old, kept=KEPT).reading() as reading:
        assert reading.edition.has_kept
        assert run_query(reading, "speakers", {}, 1)
        assert reading.rows("SELECT * FROM memory.kept.stances") == []
        actor = query(sample, "SELECT actor_id FROM actors WHERE name = 'Marguerite Olander'").item()
        assert not pages.actor(reading, {"id": actor})["turns"]
