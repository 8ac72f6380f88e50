"""The gate: what passes, what is rejected, what stops the run."""

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from expectations.gate import Verdict, judge
from expectations.rulebook import open_rulebook
from tests.warehouse.samples import ADA, OFFICE, RUN_DAY, as_frame, changed, sample_run
from warehouse.connect import query
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.tables import BY_NAME
from warehouse.withdraw import withdraw_superseded

RUN = "20240503T080000-aaaa"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A warehouse that holds articles 101 and 102."""
    path = tmp_path_factory.mktemp("published") / "onrecord.duckdb"
    with open_next(path, "20240502T080000-zzzz") as version:
        version.stage(sample_run(run_id="20240502T080000-zzzz", first=101))
        publish(version)
    return path


def judge_run(published, frames, book=None):
    """The verdict on `frames`, and what is staged afterwards; nothing is published."""
    before = hashlib.sha256(Path(published).read_bytes()).hexdigest()
    with open_next(published, RUN) as version:
        version.stage(frames)
        verdict = judge(version, book)
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


def with_faults(frames):
    """An orphan, repeated keys, a second speaker, a file that does not balance."""
    frames = changed(frames, "mentions", 0, actor_id="f" * 32)
    frames = changed(frames, "files", 0, articles_found=2)
    frames = with_row(frames, "actors")
    frames = with_row(frames, "mentions")
    return with_row(frames, "statement_actors", actor_id=OFFICE)


def with_odd_values(frames):
    frames = changed(frames, "statements", 0, confidence=1.5, kind="sung", extractor_version=None)
    frames = changed(frames, "statements", 1, confidence=float("nan"))
    return changed(frames, "actors", 0, actor_id="Ada")


@pytest.mark.parametrize(
    ("plant", "checks"),
    [
        (shifted, {"statements.content_is_its_slices"}),
        (
            with_faults,
            {
                "mentions.actor_id_is_known", "actors.key_is_unique", "mentions.key_is_unique",
                "statements.one_speaker_each", "files.articles_balance",
            },
        ),
        (
            with_odd_values,
            {
                "statements.confidence_is_in_range", "statements.kind_is_a_declared_value",
                "statements.extractor_version_is_not_null", "actors.actor_id_has_its_form",
            },
        ),
    ],
)  # fmt: skip
def test_planted_faults_stop_the_run_and_are_named(published, plant, checks):
    verdict, _ = judge_run(published, plant(sample_run()))
    assert (verdict.stopped, verdict.label) == (True, "stopped")
    assert failed(verdict) >= checks


def test_a_clean_run_passes_every_check_and_writes_no_file(published, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    verdict, staged = judge_run(published, sample_run(3))
    assert failed(verdict) == set()
    assert (verdict.stopped, verdict.label, verdict.rejects.height) == (False, "passed", 0)
    assert staged["checks"].equals(verdict.checks)
    assert list(tmp_path.iterdir()) == []


def test_every_table_and_every_rule_is_checked_even_when_nothing_is_staged(published):
    verdict, _ = judge_run(published, {"runs": sample_run()["runs"]})
    assert failed(verdict) == set()
    assert set(verdict.checks["table_name"]) == set(BY_NAME)
    names = {(row["table_name"], row["check_name"]) for row in verdict.checks.to_dicts()}
    assert {(rule.table, rule.name) for rule in open_rulebook().rules} <= names
    assert len(names) == verdict.checks.height


INSANE = date(2091, 1, 1)
EARLIER = {
    "run_id": RUN, "reject_no": 7, "stage": "read", "reason_code": "empty_file", "reason": "It is empty.",
}  # fmt: skip


@pytest.fixture(scope="module")
def rejecting(published):
    """A run of four articles: the first, of a far day, and the second are in no language."""
    frames = changed(sample_run(4), "articles", 0, published_on=INSANE, language="xx-none")
    frames = changed(frames, "articles", 1, language="English")
    for name in ("actors", "actor_aliases", "affiliations"):
        frames[name] = frames[name].with_columns(last_seen_on=pl.lit(INSANE))
    return judge_run(published, frames | {"rejects": as_frame("rejects", [EARLIER])})


def test_an_article_with_an_insane_value_is_rejected_and_the_run_goes_on(rejecting):
    verdict, staged = rejecting
    assert (verdict.stopped, verdict.label) == (False, "passed with warnings")
    assert failed(verdict) == {"articles.language_is_a_code"}
    assert staged["articles"]["path"].to_list() == ["in/3.txt", "in/4.txt"]
    articles = verdict.rejects.filter(pl.col("reason_code") != "article_rejected").sort("path")
    assert articles.select("stage", "path", "record_no", "reason_code").rows() == [
        ("gate", "in/1.txt", 1, "language_is_a_code"), ("gate", "in/2.txt", 1, "language_is_a_code"),
    ]  # fmt: skip
    assert [reason[-17:] for reason in articles["reason"]] == [
        "It has: xx-none.".rjust(17),
        " It has: English.",
    ]


def test_what_was_found_in_a_rejected_article_goes_with_it(rejecting):
    verdict, staged = rejecting
    tables = [json.loads(payload)["table"] for payload in verdict.rejects["payload"]]
    assert {table: tables.count(table) for table in tables} == {
        "articles": 2, "statements": 4, "statement_actors": 8, "mentions": 4}  # fmt: skip
    assert (staged["statements"].height, staged["mentions"].height) == (4, 4)
    assert staged["actor_aliases"]["mention_count"].to_list() == [4]


def test_rejects_are_numbered_on_from_those_of_earlier_steps(rejecting):
    verdict, staged = rejecting
    assert verdict.rejects["reject_no"].to_list() == list(range(8, 26))
    assert staged["rejects"].height == verdict.rejects.height + 1


def test_the_ledger_balances_after_a_rejection(rejecting):
    _, staged = rejecting
    columns = ["outcome", "articles_found", "articles_loaded", "articles_rejected"]
    files = staged["files"].sort("path")
    assert files.select(columns).rows() == [("rejected", 1, 0, 1)] * 2 + [("loaded", 1, 1, 0)] * 2
    assert [reason is None for reason in files["reason"]] == [False, False, True, True]


def test_a_rejected_day_does_not_stay_in_what_is_known_of_an_actor(rejecting):
    _, staged = rejecting
    assert staged["actors"].filter(pl.col("actor_id") == ADA)["last_seen_on"].item() == RUN_DAY
    assert staged["actor_aliases"]["last_seen_on"].item() == RUN_DAY
    assert staged["affiliations"]["last_seen_on"].item() == RUN_DAY


def test_the_last_article_of_an_actor_takes_the_actor_with_it(published):
    verdict, staged = judge_run(published, changed(sample_run(1), "articles", 0, language=None))
    assert not verdict.stopped
    for name in ("articles", "statements", "actors", "actor_aliases", "organizations", "affiliations"):
        assert staged[name].is_empty(), name


def test_all_failing_rows_are_counted_and_a_few_are_shown(published):
    frames = sample_run(2, 150)
    long = pl.lit("sung" + 500 * "g")
    frames["statements"] = frames["statements"].with_columns(cue=pl.lit("sang"), kind=long)
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
    nobody, no_day = pl.lit(None, pl.String), pl.lit(None, pl.Date)
    frames["statements"] = frames["statements"].with_columns(actor_id=nobody, published_on=no_day)
    frames["articles"] = frames["articles"].with_columns(published_on=no_day)
    frames["statement_actors"] = frames["statement_actors"].filter(pl.col("relation") != "speaker")
    verdict, _ = judge_run(published, frames)
    assert verdict.label == "passed with warnings"
    severities = dict(verdict.checks.filter(~pl.col("success")).select("check_name", "severity").rows())
    assert severities == {"speakers_are_resolved": "warning", "published_on_is_known": "info"}


def test_the_verdict_of_the_run_is_published_with_it(published):
    with open_next(published, RUN) as version:
        version.stage(sample_run())
        verdict = judge(version)
        publish(version)
    stored = query(published, "SELECT * FROM ops.checks WHERE run_id = ?", [RUN])
    assert stored.cast(dict(verdict.checks.schema)).equals(verdict.checks)


ASKS_TOO_MUCH = "-- warning, rejects on statements: Nobody.\nSELECT statement_id FROM staging.statements"
OWN = (
    "-- warning on statements: Nobody sings.\nSELECT statement_id FROM staging.statements WHERE cue = 'sang'"
)
BROKEN = (  # by what stands in the rows: what is wrong without them is said before a run
    "-- warning on statements: Nobody sings.\nSELECT statement_id FROM staging.statements WHERE cue::INTEGER = 1"
)


def test_checks_of_the_user_are_run_and_a_broken_one_stops_nobody(published, tmp_path):
    (tmp_path / "nobody_sings.sql").write_text(OWN)
    (tmp_path / "broken.sql").write_text(BROKEN)
    (tmp_path / "broken_too.sql").write_text(BROKEN.replace("warning", "warning, rejects"))
    (tmp_path / "asks_too_much.sql").write_text(ASKS_TOO_MUCH)
    frames = sample_run(first=201)
    body = frames["articles"]["body"][0].replace("said", "sang")
    frames = changed(changed(frames, "articles", 0, body=body), "statements", 0, cue="sang")
    frames = changed(frames, "statements", 1, cue="sang")
    verdict, _ = judge_run(published, frames, open_rulebook({}, tmp_path))
    rows = {row["check_name"]: row for row in verdict.checks.filter(~pl.col("success")).to_dicts()}
    assert verdict.label == "passed with warnings"
    assert (rows["nobody_sings"]["failing_count"], rows["nobody_sings"]["observed"]) == (2, "2 rows")
    for name in ("broken", "broken_too"):
        assert "Could not convert string" in rows[name]["observed"]
    assert rows["asks_too_much"]["failing_count"] == 4


def test_a_critical_fault_in_one_of_many_articles_turns_that_article_away(published):
    frames = changed(sample_run(120, 1, first=301), "statements", 0, cue="sang")
    verdict, staged = judge_run(published, frames)
    row = verdict.checks.filter(pl.col("check_name") == "cue_is_its_slice").row(0, named=True)
    assert (verdict.label, row["severity"], row["observed"]) == (
        "passed with warnings", "warning", "1 rows, rejected")  # fmt: skip
    assert staged["articles"].height == 119
    assert "cue_is_its_slice" in verdict.rejects["reason_code"].to_list()


def test_all_rows_that_stop_a_run_are_kept_with_their_rule(published):
    frames = sample_run(2, 150, first=501)
    frames["statements"] = frames["statements"].with_columns(cue=pl.lit("sang"))
    verdict, staged = judge_run(published, frames)
    rows = verdict.rejects.filter(pl.col("reason_code") == "cue_is_its_slice")
    assert (verdict.stopped, rows.height) == (True, 300)
    assert json.loads(rows["payload"][0])["table"] == "statements"
    assert staged["rejects"]["reject_no"].n_unique() == staged["rejects"].height


def test_a_run_that_withdraws_most_articles_is_stopped(tmp_path):
    path = tmp_path / "onrecord.duckdb"
    with open_next(path, RUN) as version:
        version.stage(sample_run(12, run_id=RUN))
        publish(version)
    with open_next(path, "20240504T080000-bbbb") as version:
        version.stage({"runs": sample_run(run_id=version.run_id)["runs"]})
        version.connection.execute("INSERT INTO staging.withdrawn SELECT article_id FROM main.articles")
        withdraw_superseded(version)
        verdict = judge(version)
    assert failed(verdict) == {"articles.withdrawn_articles_are_few"}
    assert verdict.stopped
