"""Each rule against a planted fault, without Great Expectations; and what all rules have in common."""

from datetime import date

import polars as pl
import pytest

from expectations.rules import REJECTING, RULES, rules_of
from tests.warehouse.samples import OFFICE, as_frame, changed, sample_run
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.tables import TABLES

ALL = (*REJECTING, *RULES)
RUN = "20240503T080000-aaaa"


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    """The next version of a warehouse that holds articles 101 and 102 and no actors that the samples have."""
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
    """The rules that the staged `frames` break."""
    for table in TABLES:
        version.connection.execute(f"DELETE FROM staging.{table.name}")
    version.stage(frames)
    return {f"{rule.table}.{rule.name}" for rule in ALL if version.connection.sql(rule.sql).fetchall()}


def shifted(frames):
    """Offsets of a statement's content off by one: the fault a transform is most likely to have."""
    spans = [
        {"start": span["start"] + 1, "end": span["end"] + 1}
        for span in frames["statements"]["content_spans"][0]
    ]
    return changed(frames, "statements", 0, content_spans=spans)


def with_row(frames, name, /, **values):
    """One more row: a copy of the first one with other values."""
    row = frames[name].to_dicts()[0] | values
    return frames | {name: pl.concat([frames[name], as_frame(name, [row])])}


def first_span(frames, start, end):
    spans = frames["statements"]["content_spans"][0].to_list()
    return changed(frames, "statements", 0, content_spans=[{"start": start, "end": end}, *spans[1:]])


PLANTED = {
    "content offsets off by one": (shifted, "statements.content_is_its_slices"),
    "content of other words": (
        lambda run: changed(run, "statements", 1, content="It will snow."), "statements.content_is_its_slices"),
    "cue of other words": (lambda run: changed(run, "statements", 0, cue="sang"), "statements.cue_is_its_slice"),
    "cue without offsets": (
        lambda run: changed(run, "statements", 0, cue_start=None, cue_end=None), "statements.cue_is_its_slice"),
    "source offsets off by one": (
        lambda run: changed(run, "statements", 0, source_start=run["statements"]["source_start"][0] - 1),
        "statements.source_is_its_slice"),
    "source offsets without a source": (
        lambda run: changed(run, "statements", 0, source=None), "statements.source_is_its_slice"),
    "mention of other words": (lambda run: changed(run, "mentions", 0, text="Bob"), "mentions.text_is_its_slice"),
    "headline of other words": (
        lambda run: changed(run, "articles", 0, headline="Lakes"), "articles.headline_is_its_slice"),
    "spans that overlap": (
        lambda run: first_span(run, 20, 100), "statements.content_spans_are_in_order"),
    "span behind the body": (
        lambda run: first_span(run, 20, 10**6), "statements.content_spans_are_in_order"),
    "span of nothing": (lambda run: first_span(run, 20, 20), "statements.content_spans_are_in_order"),
    "no span": (
        lambda run: changed(run, "statements", 0, content_spans=[]), "statements.content_spans_are_in_order"),
    "orphan actor": (
        lambda run: changed(run, "mentions", 0, actor_id="f" * 32), "mentions.actor_id_is_known"),
    "orphan organization": (
        lambda run: run | {"organizations": as_frame("organizations", [])},
        "affiliations.organization_id_is_known"),
    "orphan run": (lambda run: run | {"runs": as_frame("runs", [])}, "articles.run_id_is_known"),
    "statement without its article": (
        lambda run: changed(run, "statements", 0, article_id="e" * 32), "statements.article_comes_along"),
    "two speakers": (
        lambda run: with_row(run, "statement_actors", actor_id=OFFICE), "statements.one_speaker_each"),
    "no speaker row": (
        lambda run: changed(run, "statement_actors", 0, relation="addressee"), "statements.one_speaker_each"),
    "speaker row of a statement without an actor": (
        lambda run: changed(run, "statements", 0, actor_id=None), "statements.one_speaker_each"),
    "numbers with a gap": (lambda run: changed(run, "statements", 1, seq_no=5), "statements.seq_no_counts_from_1"),
    "another day than the article": (
        lambda run: changed(run, "statements", 0, published_on=date(2024, 5, 1)),
        "statements.published_on_is_the_articles"),
    "file that does not balance": (
        lambda run: changed(run, "files", 0, articles_found=2), "files.articles_balance"),
    "file that claims an article too many": (
        lambda run: changed(run, "files", 0, articles_found=2, articles_loaded=2), "files.loaded_articles_are_there"),
    "article of an unknown file": (
        lambda run: changed(run, "articles", 0, path="in/9.txt"), "files.loaded_articles_are_there"),
    "first day after the last": (
        lambda run: changed(run, "actors", 0, first_seen_on=date(2024, 6, 1)), "actors.days_are_in_order"),
    "article that is already published": (
        lambda run: sample_run(1, first=101), "articles.articles_are_new"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_breaks_its_rule(version, fault):
    plant, rule = PLANTED[fault]
    assert rule in broken_rules(version, plant(sample_run()))


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"published_on": date(1066, 10, 14)}, "published_on_is_sane"),
        ({"published_on": date(2024, 5, 6)}, "published_on_is_sane"),  # three days after the run
        ({"language": None}, "language_is_a_code"),
        ({"language": "EN"}, "language_is_a_code"),
        ({"body": " \u00a0\n"}, "body_has_text"),
    ],
)
def test_what_a_file_says_may_be_insane(version, values, broken):
    assert f"articles.{broken}" in broken_rules(version, changed(sample_run(), "articles", 0, **values))


@pytest.mark.parametrize("day", [date(1700, 1, 1), date(2024, 5, 5), None])
def test_a_day_between_1700_and_two_days_after_the_run_is_sane(version, day):
    broken = broken_rules(version, changed(sample_run(), "articles", 0, published_on=day))
    assert "articles.published_on_is_sane" not in broken


def test_a_clean_run_breaks_no_rule(version):
    assert broken_rules(version, sample_run(3)) == set()


def test_each_declared_reference_has_its_rule():
    for table in TABLES:
        for column in table.columns:
            if column.references:
                assert f"{column.name}_is_known" in {rule.name for rule in rules_of(table.name)}


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


def test_only_articles_are_rejected():
    assert {rule.table for rule in ALL if rule.rejects} == {"articles"}
    assert all("article_id" in rule.sql and rule.severity == "warning" for rule in REJECTING)
