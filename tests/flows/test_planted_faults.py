"""Faults in rows that are published: `python -m tests.flows.planted` plants one for each critical rule."""

import shutil

import pytest

from expectations.audit import find_faults, rules_of_the_whole
from expectations.rulebook import open_rulebook
from tests.flows import planted
from tests.flows.histories import rebuild, runs_here
from warehouse.files.checked import is_checked
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
        told = planted.copy_with(fault, built, tmp_path / str(number))
        assert not is_checked(told.warehouse)
        with open_published(told.warehouse) as connection:
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
def test_the_next_run_refuses_to_publish_on_top_of_a_fault_and_the_way_back_works(
    built, tmp_path, rule, is_rebuilt
):
    told = planted.copy_with(SAMPLE[rule], built, tmp_path / "in")
    assert ".".join(rule) in planted.refuse(SAMPLE[rule], told, tmp_path)
    if is_rebuilt:
        with runs_here():
            rebuild(told)
    else:
        shutil.copy(built.warehouse, tmp_path / "backup.duckdb")
        restore(tmp_path / "backup.duckdb", told.warehouse, "test")
    planted.run_new(told, tmp_path)
    assert find_faults(told.warehouse) == [] and is_checked(told.warehouse)
