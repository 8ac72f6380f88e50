"""Published rows that would lose their actor, or have lost it, stop a run before it publishes."""

import duckdb
import pytest

from expectations.published_rules import published_rules
from flows.run.across_articles import settle_actors
from tests.expectations.steps import judge
from tests.flows.run.test_across_articles import CORRECTION, STORIES, ingest, tables_of
from transforms.identify.corrections import number_corrections
from warehouse.staging import entities
from warehouse.staging.next_version import open_next

EVERY = list(range(len(STORIES) - 1))
LAST = len(STORIES) - 1


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return ingest(tmp_path_factory.mktemp("whole") / "w.duckdb", [[EVERY]])


@pytest.fixture
def warehouse(published, tmp_path):
    copy = tmp_path / "w.duckdb"
    copy.write_bytes(published.read_bytes())
    return copy


def broken(warehouse):
    """Return the rules that the next run breaks when it loads an unrelated story and no corrections."""
    with open_next(warehouse, "run-next") as version:
        version.stage(tables_of([LAST], "run"))
        settle_actors(version, number_corrections(CORRECTION.to_frame()))
        return {
            f"{rule.table}.{rule.name}"
            for rule in published_rules()
            if version.connection.execute(rule.sql).fetchall()
        }


def test_a_sound_warehouse_breaks_none(warehouse):
    assert broken(warehouse) == set()


def test_actors_that_are_not_rebuilt_are_noticed(tmp_path, monkeypatch):
    warehouse = ingest(tmp_path / "w.duckdb", [[EVERY]], ("merge", "Dorne Foods", "Acme"))
    blind = entities.TOUCHED_BLOCKS.replace("OR actor_id IN (FROM joined)", "")
    monkeypatch.setattr(entities, "TOUCHED_BLOCKS", blind)
    assert {"mentions.actor_id_stays_known", "profiles.actor_id_stays_known"} <= broken(warehouse)


def test_the_gate_stops_the_run(warehouse):
    with duckdb.connect(warehouse) as connection:
        connection.execute("UPDATE statements SET actor_id = 'x'")
    with open_next(warehouse, "run-next") as version:
        version.stage(tables_of([LAST], "run"))
        verdict = judge(version)
    failed = verdict.checks.filter(~verdict.checks["success"], severity="critical")
    assert verdict.stopped and "actor_id_stays_known" in failed["check_name"].to_list()


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("UPDATE statements SET actor_id = 'x'", "statements.actor_id_stays_known"),
        ("UPDATE statements SET organization_id = 'x'", "statements.organization_id_stays_known"),
        ("UPDATE statement_actors SET actor_id = 'x'", "statement_actors.actor_id_stays_known"),
        ("UPDATE mentions SET actor_id = 'x'", "mentions.actor_id_stays_known"),
        ("UPDATE profiles SET actor_id = 'x'", "profiles.actor_id_stays_known"),
        ("UPDATE actor_aliases SET actor_id = 'x' || actor_id", "actor_aliases.actor_id_stays_known"),
        ("UPDATE organizations SET organization_id = 'x' || organization_id",
         "organizations.organization_id_stays_known"),
        ("UPDATE affiliations SET actor_id = 'x' || actor_id", "affiliations.actor_id_stays_known"),
        ("DELETE FROM organizations", "affiliations.organization_id_stays_known"),
        ("DELETE FROM actors", "statements.actor_id_stays_known"),
    ],
)  # fmt: skip
def test_a_published_row_without_its_actor_stops_the_next_run(warehouse, fault, rule):
    with duckdb.connect(warehouse) as connection:
        connection.execute(fault)
    assert rule in broken(warehouse)
