"""The gate: what passes, what is rejected, what stops the run."""

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from expectations.gate import Verdict, judge
from expectations.rules import REJECTING, RULES
from tests.warehouse.samples import ADA, OFFICE, as_frame, changed, sample_run
from warehouse.connect import query
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.tables import BY_NAME, CHECKS

RUN = "20240503T080000-aaaa"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A warehouse that holds articles 101 and 102."""
    path = tmp_path_factory.mktemp("published") / "onrecord.duckdb"
    with open_next(path, "20240502T080000-zzzz") as version:
        version.stage(sample_run(run_id="20240502T080000-zzzz", first=101))
        publish(version)
    return path


def judge_run(published, frames):
    """The verdict on `frames`, and what is staged afterwards; nothing is published."""
    before = hashlib.sha256(Path(published).read_bytes()).hexdigest()
    with open_next(published, RUN) as version:
        version.stage(frames)
        verdict = judge(version)
        staged = {name: version.staged(name) for name in BY_NAME}
    assert hashlib.sha256(Path(published).read_bytes()).hexdigest() == before
    return verdict, staged


def failed(verdict: Verdict) -> set[str]:
    rows = verdict.checks.filter(~pl.col("success"))
    return {f"{row['table_name']}.{row['check_name']}" for row in rows.to_dicts()}


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


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (shifted, "statements.content_is_its_slices"),
        (lambda run: changed(run, "mentions", 0, actor_id="f" * 32), "mentions.actor_id_is_known"),
        (lambda run: with_row(run, "statements"), "statements.key_is_unique"),
        (lambda run: with_row(run, "actors"), "actors.key_is_unique"),
        (lambda run: with_row(run, "statement_actors", actor_id=OFFICE), "statements.one_speaker_each"),
        (lambda run: changed(run, "files", 0, articles_found=2), "files.articles_balance"),
    ],
)
def test_a_planted_fault_stops_the_run_and_is_named(published, plant, check):
    verdict, _ = judge_run(published, plant(sample_run()))
    assert (verdict.stopped, verdict.label) == (True, "stopped")
    assert check in failed(verdict)


def test_what_the_declaration_says_of_a_column_is_checked(published):
    frames = changed(sample_run(), "statements", 0, confidence=1.5, kind="sung", extractor_version=None)
    frames = changed(frames, "statements", 1, confidence=float("nan"))
    frames = changed(frames, "actors", 0, actor_id="Ada")
    verdict, _ = judge_run(published, frames)
    assert verdict.stopped
    assert failed(verdict) >= {
        "statements.confidence_is_in_range", "statements.kind_is_a_declared_value",
        "statements.extractor_version_is_not_null", "actors.actor_id_has_its_form",
    }  # fmt: skip
    confidence = verdict.checks.filter(pl.col("check_name") == "confidence_is_in_range")
    assert confidence["failing_count"].item() == 2


def test_a_clean_run_passes_every_check(published):
    verdict, staged = judge_run(published, sample_run(3))
    assert failed(verdict) == set()
    assert (verdict.stopped, verdict.label, verdict.rejects.height) == (False, "passed", 0)
    assert staged["checks"].equals(verdict.checks)


def test_an_empty_run_passes(published):
    verdict, _ = judge_run(published, {"runs": sample_run()["runs"]})
    assert failed(verdict) == set()


def test_every_table_and_every_rule_is_checked(published):
    verdict, _ = judge_run(published, sample_run(1))
    assert set(verdict.checks["table_name"]) == set(BY_NAME)
    names = {(row["table_name"], row["check_name"]) for row in verdict.checks.to_dicts()}
    assert {(rule.table, rule.name) for rule in (*REJECTING, *RULES)} <= names
    assert len(names) == verdict.checks.height


def test_keys_may_point_to_what_is_already_published(published):
    frames = sample_run(1) | {name: as_frame(name, []) for name in ("actors", "organizations")}
    verdict, _ = judge_run(published, frames)
    assert failed(verdict) == set()


@pytest.mark.parametrize(
    ("values", "reason_code", "reason"),
    [
        ({"published_on": date(2091, 1, 1)}, "published_on_is_sane", "It has: 2091-01-01."),
        ({"published_on": date(1066, 10, 14)}, "published_on_is_sane", "It has: 1066-10-14."),
        ({"language": "English"}, "language_is_a_code", "It has: English."),
        ({"language": None}, "language_is_a_code", "It has: nothing."),
    ],
)
def test_an_article_with_an_insane_value_is_rejected_and_the_run_goes_on(
    published, values, reason_code, reason
):
    frames = changed(sample_run(3), "articles", 1, **values)
    article_id = frames["articles"]["article_id"][1]
    if "published_on" in values:
        statements = frames["statements"].to_dicts()
        rows = [row | (values if row["article_id"] == article_id else {}) for row in statements]
        frames["statements"] = as_frame("statements", rows)
    verdict, staged = judge_run(published, frames)
    assert (verdict.stopped, verdict.label) == (False, "passed with warnings")
    assert failed(verdict) == {f"articles.{reason_code}"}
    assert article_id not in staged["articles"]["article_id"]
    assert article_id not in staged["statements"]["article_id"]
    first = verdict.rejects.row(0, named=True)
    assert (first["path"], first["record_no"], first["reason_code"]) == ("in/2.txt", 1, reason_code)
    assert first["reason"].endswith(reason)


def test_what_was_found_in_a_rejected_article_goes_with_it(published):
    frames = changed(sample_run(3), "articles", 1, language="?")
    verdict, staged = judge_run(published, frames)
    tables = [json.loads(payload)["table"] for payload in verdict.rejects["payload"]]
    assert {table: tables.count(table) for table in tables} == {
        "articles": 1, "statements": 2, "statement_actors": 4, "mentions": 2}  # fmt: skip
    assert verdict.rejects["reject_no"].to_list() == list(range(1, 10))
    assert staged["rejects"].equals(verdict.rejects)
    assert staged["mentions"].height == 4
    assert staged["actor_aliases"]["mention_count"].to_list() == [4]
    assert staged["affiliations"]["article_count"].to_list() == [3]  # of which articles, is not stored


def test_the_ledger_balances_after_a_rejection(published):
    frames = changed(sample_run(2), "articles", 0, language="?")
    _, staged = judge_run(published, frames)
    columns = ["outcome", "articles_found", "articles_loaded", "articles_rejected"]
    assert staged["files"].sort("path").select(columns).rows() == [("rejected", 1, 0, 1), ("loaded", 1, 1, 0)]
    assert staged["files"].filter(pl.col("outcome") == "rejected")["reason"].item().endswith("It has: ?.")


def test_rejects_are_numbered_on_from_those_of_earlier_steps(published):
    earlier = {
        "run_id": RUN,
        "reject_no": 7,
        "stage": "read",
        "reason_code": "empty_file",
        "reason": "It is empty.",
    }
    frames = changed(sample_run(2), "articles", 0, language="?") | {"rejects": as_frame("rejects", [earlier])}
    verdict, staged = judge_run(published, frames)
    assert verdict.rejects["reject_no"].min() == 8
    assert staged["rejects"].height == verdict.rejects.height + 1


def test_the_last_article_of_an_actor_takes_the_actor_with_it(published):
    frames = changed(sample_run(1), "articles", 0, language="?")
    verdict, staged = judge_run(published, frames)
    assert not verdict.stopped
    for name in ("articles", "statements", "actors", "actor_aliases", "organizations", "affiliations"):
        assert staged[name].is_empty(), name


def test_a_rejected_day_does_not_stay_in_what_is_known_of_an_actor(published):
    insane = date(2091, 1, 1)
    frames = changed(sample_run(2), "articles", 0, published_on=insane)
    for name in ("actors", "actor_aliases", "affiliations"):
        frames[name] = frames[name].with_columns(last_seen_on=pl.lit(insane))
    _, staged = judge_run(published, frames)
    assert staged["actors"].filter(pl.col("actor_id") == ADA)["last_seen_on"].item() == date(2024, 5, 3)
    assert staged["actor_aliases"]["last_seen_on"].item() == date(2024, 5, 3)
    assert staged["affiliations"]["last_seen_on"].item() == date(2024, 5, 3)


def test_all_failing_rows_are_counted_and_a_few_are_shown(published):
    frames = sample_run(2, 150)
    frames["statements"] = frames["statements"].with_columns(
        cue=pl.lit("sang"), kind=pl.lit("sung" + 500 * "g")
    )
    verdict, _ = judge_run(published, frames)
    for name in ("cue_is_its_slice", "kind_is_a_declared_value"):
        row = verdict.checks.filter(pl.col("check_name") == name).row(0, named=True)
        assert row["failing_count"] == 300
        examples = json.loads(row["examples"])
        assert len(examples) == 5
        assert "statement_id" in examples[0]
        assert max(len(str(value)) for value in examples[0].values()) <= 200


def test_a_batch_where_hardly_anybody_speaks_is_published_with_a_warning(published):
    frames = sample_run(1, 60)
    frames["statements"] = frames["statements"].with_columns(actor_id=pl.lit(None, pl.String))
    relations = frames["statement_actors"]
    frames["statement_actors"] = relations.filter(pl.col("relation") != "speaker")
    verdict, _ = judge_run(published, frames)
    assert verdict.label == "passed with warnings"
    assert failed(verdict) == {"statements.most_have_a_speaker"}


def test_an_article_without_a_day_is_only_counted(published):
    frames = sample_run(1)
    for name in ("articles", "statements"):
        frames[name] = frames[name].with_columns(published_on=pl.lit(None, pl.Date))
    verdict, _ = judge_run(published, frames)
    assert verdict.label == "passed"
    assert failed(verdict) == {"articles.published_on_is_known"}


def test_the_gate_writes_no_file(published, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    judge_run(published, sample_run(1))
    assert list(tmp_path.iterdir()) == []


def test_the_verdict_of_the_run_is_published_with_it(published):
    with open_next(published, RUN) as version:
        version.stage(sample_run())
        verdict = judge(version)
        publish(version)
    stored = query(published, "SELECT * FROM ops.checks WHERE run_id = ?", [RUN])
    assert stored.cast(dict(verdict.checks.schema)).equals(verdict.checks)
    assert stored.columns == [column.name for column in CHECKS.columns]
