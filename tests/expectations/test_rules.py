"""Each rule finds a planted fault, without Great Expectations; all rules have a reason and a valid query."""

from datetime import date

import pytest

from expectations.quarantine import LEADS
from expectations.rules import REJECTING, RULES, plain_rules
from schema.tables import TABLES
from tests.warehouse.samples import changed, sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

ALL = (*RULES, *(rule for table in TABLES for rule in plain_rules(table)))
RUN = "20240503T080000-aaaa"


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    """The next version of a warehouse that holds articles 101 and 102 and shares no actor with the samples."""
    path = tmp_path_factory.mktemp("published") / "onrecord.duckdb"
    with open_next(path, "20240502T080000-zzzz") as first:
        first.stage(
            {
                name: frame
                for name, frame in sample_run(run_id="20240502T080000-zzzz", first=101).items()
                if name in ("articles", "runs")
            }
        )
        publish(first)
    with open_next(path, RUN) as second:
        yield second


def broken_rules(version, frames):
    """Return the rules that the staged `frames` break."""
    for table in TABLES:
        version.connection.execute(f"DELETE FROM staging.{table.name}")
    version.stage(frames)
    return {f"{rule.table}.{rule.name}" for rule in ALL if version.connection.sql(rule.sql).fetchall()}


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"published_on": date(1799, 12, 31)}, "published_on_is_plausible"),
        ({"published_on": date(2024, 5, 5)}, "published_on_is_plausible"),  # two days after the run
        ({"dateline_on": date(2024, 5, 5)}, "dateline_is_near_publication"),
        ({"dateline_on": date(2024, 4, 20)}, "dateline_is_near_publication"),
        ({"is_latest": False}, "a_story_has_one_latest"),
        ({"story_id": "0" * 32}, "a_story_has_one_latest"),
        ({"language": None}, "language_is_a_code"),
        ({"language": "EN"}, "language_is_a_code"),
        ({"body": " \u00a0\n"}, "body_has_text"),
    ],
)
def test_values_in_a_file_may_be_absurd(version, values, broken):
    assert f"articles.{broken}" in broken_rules(version, changed(sample_run(), "articles", 0, **values))


@pytest.mark.parametrize("day", [date(1800, 1, 1), date(2024, 5, 4), None])
def test_a_day_from_1800_until_the_day_after_the_run_is_plausible(version, day):
    broken = broken_rules(version, changed(sample_run(), "articles", 0, published_on=day))
    assert "articles.published_on_is_plausible" not in broken


def test_a_clean_run_breaks_no_rule(version):
    assert broken_rules(version, sample_run(3)) == set()


def test_each_declared_reference_has_its_rule():
    for table in TABLES:
        for column in table.columns:
            if column.references:
                assert f"{column.name}_is_known" in {rule.name for rule in RULES if rule.table == table.name}


def test_names_are_unique_within_a_table():
    names = [(rule.table, rule.name) for rule in ALL]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: f"{rule.table}.{rule.name}")
def test_each_rule_says_why_in_a_sentence(rule):
    assert rule.reason[0].isupper() and rule.reason.endswith(".")


def test_rules_show_no_bodies_and_hold_on_an_empty_staging(tmp_path):
    with open_next(tmp_path / "onrecord.duckdb", "run-1") as version:
        for rule in ALL:
            result = version.connection.sql(rule.sql)
            assert "body" not in result.columns
            assert result.fetchall() == []


def test_what_a_rejecting_rule_finds_leads_to_an_article_or_a_file(tmp_path):
    with open_next(tmp_path / "onrecord.duckdb", "run-1") as version:
        for rule in ALL:
            assert not rule.rejects or set(version.connection.sql(rule.sql).columns) & set(LEADS)


def test_each_critical_rule_says_how_real_data_could_break_it():
    assert [rule.name for rule in ALL if rule.severity == "critical" and not rule.trips.endswith(".")] == []


def test_metadata_in_a_file_never_stops_a_run():
    assert {rule.severity for rule in REJECTING} == {"warning"}
