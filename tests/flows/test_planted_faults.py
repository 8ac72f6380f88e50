"""Faults in published rows: `python -m tests.flows.planted` plants one for each critical rule."""

import shutil

import pytest

from expectations.audit import find_faults, rules_of_the_whole
from expectations.rulebook import open_rulebook
from tests.flows import planted
from tests.flows.runs import rebuild
from warehouse.files.checked import is_checked
from warehouse.files.connect import query
from warehouse.files.restore import restore
from warehouse.staging.audit import open_published

pytestmark = pytest.mark.slow
RULES = {(rule.table, rule.name): rule for rule in rules_of_the_whole(open_rulebook())}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return planted.build(tmp_path_factory.mktemp("planted"))


def test_a_warehouse_without_faults_breaks_no_rule(built):
    assert find_faults(built.warehouse) == []
    assert is_checked(built.warehouse)


def test_each_rule_on_the_whole_finds_the_fault_that_breaks_it(built, tmp_path):
    for number, fault in enumerate(planted.WRITTEN):
        settings = planted.copy_with(fault, built, tmp_path / str(number))
        assert not is_checked(settings.warehouse)
        with open_published(settings.warehouse) as connection:
            assert connection.execute(RULES[fault.table, fault.rule].sql).fetchall(), fault


SAMPLE = {(fault.table, fault.rule): fault for fault in planted.WRITTEN}


@pytest.mark.parametrize(
    ("rule", "is_rebuilt"),
    [
        (("statements", "content_is_its_slices"), True),
        (("actors", "days_are_those_of_profiles"), True),
        (("files", "articles_come_from_it"), False),
    ],
)
def test_the_next_run_refuses_to_publish_on_top_of_a_fault_and_recovery_works(
    built, tmp_path, rule, is_rebuilt
):
    settings = planted.copy_with(SAMPLE[rule], built, tmp_path / "in")
    assert ".".join(rule) in planted.refuse(SAMPLE[rule], settings, tmp_path)
    if is_rebuilt:
        rebuild(settings)
    else:
        shutil.copy(built.warehouse, tmp_path / "backup.duckdb")
        restore(tmp_path / "backup.duckdb", settings.warehouse, "test")
    planted.run_new(settings, tmp_path)
    assert find_faults(settings.warehouse) == [] and is_checked(settings.warehouse)


ARTICLE = "(SELECT min(article_id) FROM statements WHERE actor_id IS NOT NULL)"
UNSHOWN = f"""
    INSERT INTO actors BY NAME SELECT * REPLACE (repeat('e', 32) AS actor_id, 'group' AS kind, 'Others' AS name,
        (SELECT published_on FROM articles WHERE article_id = {ARTICLE}) AS first_seen_on,
        (SELECT published_on FROM articles WHERE article_id = {ARTICLE}) AS last_seen_on
    ) FROM actors LIMIT 1;
    INSERT INTO profiles BY NAME SELECT * REPLACE (repeat('f', 32) AS profile_id, repeat('e', 32) AS actor_id,
        'group' AS kind, 'others' AS block, 'Others' AS name, {ARTICLE} AS article_id, {ARTICLE} AS evidence_article_id,
        1 AS article_count, (SELECT published_on FROM articles WHERE article_id = {ARTICLE}) AS first_seen_on,
        (SELECT published_on FROM articles WHERE article_id = {ARTICLE}) AS last_seen_on
    ) FROM profiles LIMIT 1;
    INSERT INTO statement_actors BY NAME SELECT * REPLACE (repeat('f', 32) AS profile_id,
        repeat('e', 32) AS actor_id, 'addressee' AS relation
    ) FROM statement_actors
    WHERE statement_id IN (SELECT statement_id FROM statements WHERE article_id = {ARTICLE}) LIMIT 1"""


def test_a_profile_without_a_mention_is_not_a_fault_and_leaves_with_its_article(built, tmp_path):
    settings = planted.copy_with(planted.Planted("profiles", "", UNSHOWN), built, tmp_path)
    assert find_faults(settings.warehouse) == []
    rebuild(settings)
    assert query(settings.warehouse, "SELECT name FROM profiles WHERE name = 'Others'").is_empty()
    assert find_faults(settings.warehouse) == []
