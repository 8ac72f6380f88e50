"""The gate: what passes, what is rejected, what stops the run."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.gate import Verdict
from expectations.rulebook import open_rulebook
from flows.run.across_articles import settle_actors
from schema.tables import BY_NAME
from tests.expectations.steps import judge
from tests.warehouse.samples import OFFICE, as_frame, changed, sample_run
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.reprocess import ReprocessFilter, withdraw_selected
from warehouse.staging.withdraw import withdraw_superseded

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
    """Return the verdict on `frames`, and the rows staged afterwards; nothing is published."""
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
    """Shift the offsets of a statement's content by one: the most likely fault of a transform."""
    spans = [
        {"start": span["start"] + 1, "end": span["end"] + 1}
        for span in frames["statements"]["content_spans"][0]
    ]
    return changed(frames, "statements", 0, content_spans=spans)


def with_row(frames, name, /, **values):
    """Add a row: a copy of the first one with some values replaced."""
    row = frames[name].to_dicts()[0] | values
    return frames | {name: pl.concat([frames[name], as_frame(name, [row])])}


def with_faults(frames):
    """Return frames with repeated keys and a second speaker."""
    frames = with_row(frames, "mentions")
    return with_row(frames, "statement_actors", actor_id=OFFICE)


def with_odd_values(frames):
    frames = changed(frames, "statements", 0, confidence=1.5, kind="sung", extractor_version=None)
    return changed(frames, "statements", 1, confidence=float("nan"))


@pytest.mark.parametrize(
    ("plant", "checks"),
    [
        (shifted, {"statements.content_is_its_slices"}),
        (
            with_faults,
            {"mentions.key_is_unique", "statements.one_speaker_each", "statement_actors.key_is_unique"},
        ),
        (
            with_odd_values,
            {
                "statements.confidence_is_in_range", "statements.kind_is_a_declared_value",
                "statements.extractor_version_is_not_null",
            },
        ),
    ],
)  # fmt: skip
def test_a_fault_of_an_article_rejects_that_article_however_small_the_run(published, plant, checks):
    clean = sample_run(3, first=1)
    faulty, *_ = clean["articles"]["article_id"]
    verdict, staged = judge_run(published, plant(clean))
    assert (verdict.stopped, verdict.label) == (False, "passed with warnings")
    assert failed(verdict) == checks
    assert set(staged["articles"]["article_id"]) == set(clean["articles"]["article_id"]) - {faulty}
    assert faulty in "".join(verdict.rejects["payload"])


def test_a_file_that_does_not_balance_is_rejected_with_its_articles(published):
    verdict, staged = judge_run(published, changed(sample_run(3), "files", 0, articles_found=2))
    assert (verdict.stopped, failed(verdict)) == (False, {"files.articles_balance"})
    assert staged["articles"]["path"].to_list() == ["in/2.txt", "in/3.txt"]
    file = staged["files"].filter(pl.col("path") == "in/1.txt").row(0, named=True)
    assert (file["outcome"], file["articles_found"], file["articles_rejected"]) == ("rejected", 2, 2)
    assert verdict.rejects.filter(pl.col("payload").is_null())["reason_code"].to_list() == [
        "articles_balance"
    ]


def with_no_number(frames):
    version = {"version_no": 0, "published_at": datetime(2024, 5, 3, tzinfo=UTC), "run_id": RUN}
    return frames | {"versions": as_frame("versions", [version])}


def test_an_invalid_number_stops_the_run(published):
    verdict, _ = judge_run(published, with_no_number(sample_run()))
    assert verdict.stopped
    assert failed(verdict) == {"versions.version_no_is_in_range"}


def test_a_fault_that_belongs_to_no_article_stops_the_run(published):
    def resolve(version):
        settle_actors(version)
        lost = {"actor_id": "Bo", "kind": "person", "name": "Bo Venn"}
        version.stage({"actors": as_frame("actors", [lost])})

    with open_next(published, RUN) as version:
        version.stage(sample_run())
        verdict = judge(version, resolve=resolve)
    assert verdict.stopped
    assert failed(verdict) == {"actors.actor_id_has_its_form"}


def test_a_third_of_the_articles_at_fault_stops_the_run_in_words(published):
    frames = sample_run(40, 1, first=301)
    faulty = pl.int_range(pl.len()) < 13
    frames["statements"] = frames["statements"].with_columns(
        cue=pl.when(faulty).then(pl.lit("sang")).otherwise("cue")
    )
    verdict, staged = judge_run(published, frames)
    row = verdict.checks.filter(pl.col("check_name") == "few_articles_are_at_fault").row(0, named=True)
    assert (verdict.stopped, row["severity"], row["observed"]) == (
        True, "critical", "13 of 40 articles at fault")  # fmt: skip
    assert staged["articles"].height == 40
    assert "statements.cue_is_its_slice" in failed(verdict)


def test_how_many_articles_may_be_at_fault_is_a_setting(published):
    frames = changed(sample_run(3), "statements", 0, cue="sang")
    limits = {"few_articles_are_at_fault.min_articles": 1, "few_articles_are_at_fault.max_share": 0.2}
    verdict, _ = judge_run(published, frames, open_rulebook(limits))
    assert verdict.stopped


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
    """A run of four articles: the first (of a distant day) and the second have no language."""
    frames = changed(sample_run(4), "articles", 0, published_on=INSANE, language="xx-none")
    frames = changed(frames, "articles", 1, language="English")
    for name in ("actors", "actor_aliases", "affiliations"):
        frames[name] = frames[name].with_columns(last_seen_on=pl.lit(INSANE))
    return judge_run(published, frames | {"rejects": as_frame("rejects", [EARLIER])})


def test_an_article_with_an_insane_value_is_rejected_and_the_run_goes_on(rejecting):
    verdict, staged = rejecting
    assert (verdict.stopped, verdict.label) == (False, "passed with warnings")
    assert "articles.language_is_a_code" in failed(verdict)
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
    assert staged["actor_aliases"]["mention_count"].to_list() == [4 + 4]  # those of the published articles


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


def test_all_failing_rows_are_counted_and_a_few_are_shown(published):
    frames = sample_run(12, 25)
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


def test_a_batch_with_hardly_any_speaker_is_published_with_a_warning(published):
    frames = sample_run(1, 60)
    nobody, no_day = pl.lit(None, pl.String), pl.lit(None, pl.Date)
    frames["statements"] = frames["statements"].with_columns(
        actor_id=nobody, profile_id=nobody, published_on=no_day
    )
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


OWN = "-- warn on statements: Nobody sings.\nSELECT statement_id FROM staging.statements WHERE cue = 'sang'"


def test_a_check_of_the_user_warns(published, tmp_path):
    (tmp_path / "nobody_sings.sql").write_text(OWN)
    frames = sample_run(first=201)
    body = frames["articles"]["body"][0].replace("said", "sang")
    frames = changed(changed(frames, "articles", 0, body=body), "statements", 0, cue="sang")
    frames = changed(frames, "statements", 1, cue="sang")
    verdict, _ = judge_run(published, frames, open_rulebook({}, tmp_path))
    row = verdict.checks.filter(pl.col("check_name") == "nobody_sings").row(0, named=True)
    assert (verdict.label, row["failing_count"], row["observed"]) == ("passed with warnings", 2, "2 rows")


def test_a_check_of_the_user_rejects_the_articles_that_its_rows_lead_to(published, tmp_path):
    (tmp_path / "nobody_sings.sql").write_text(OWN.replace("warn", "reject"))
    frames = sample_run(3, first=201)
    body = frames["articles"]["body"][0].replace("said", "sang")
    frames = changed(changed(frames, "articles", 0, body=body), "statements", 0, cue="sang")
    frames = changed(frames, "statements", 1, cue="sang")
    verdict, staged = judge_run(published, frames, open_rulebook({}, tmp_path))
    assert staged["articles"]["path"].to_list() == ["in/202.txt", "in/203.txt"]
    assert verdict.label == "passed with warnings"
    assert "nobody_sings" in verdict.rejects["reason_code"].to_list()


BY_ACTOR = """-- reject on statements: Nobody of that name sings.
SELECT s.statement_id FROM staging.statements AS s JOIN staging.actors AS a USING (actor_id)
WHERE a.name = 'Ada Quill' AND s.article_id = '{article_id}'"""


def test_a_user_check_on_actors_rejects_after_resolving(published, tmp_path):
    frames = sample_run(3, first=201)
    article_id = frames["articles"]["article_id"][0]
    (tmp_path / "no_singer.sql").write_text(BY_ACTOR.format(article_id=article_id))
    verdict, staged = judge_run(published, frames, open_rulebook({}, tmp_path))
    assert (verdict.label, failed(verdict)) == ("passed with warnings", {"statements.no_singer"})
    assert set(staged["articles"]["article_id"]) == set(frames["articles"]["article_id"]) - {article_id}


def test_a_check_of_the_user_stops_the_run_when_it_says_so(published, tmp_path):
    (tmp_path / "nobody_says.sql").write_text(OWN.replace("warn", "stop").replace("'sang'", "'said'"))
    verdict, _ = judge_run(published, sample_run(first=201), open_rulebook({}, tmp_path))
    assert verdict.stopped


def test_a_critical_fault_in_one_of_many_articles_rejects_that_article(published):
    frames = changed(sample_run(120, 1, first=301), "statements", 0, cue="sang")
    verdict, staged = judge_run(published, frames)
    row = verdict.checks.filter(pl.col("check_name") == "cue_is_its_slice").row(0, named=True)
    assert (verdict.label, row["severity"], row["observed"]) == (
        "passed with warnings", "warning", "1 row, rejected")  # fmt: skip
    assert staged["articles"].height == 119
    assert "cue_is_its_slice" in verdict.rejects["reason_code"].to_list()


def test_all_rows_that_stop_a_run_are_kept_with_their_rule(published):
    frames = sample_run(12, 25, first=501)
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


def test_articles_of_a_rebuild_are_not_rejected_as_duplicates(tmp_path):
    path = tmp_path / "w.duckdb"
    frames = sample_run(12)
    with open_next(path, "20240502T080000-aaaa") as version:
        version.stage(frames)
        publish(version)
    with open_next(path, "20240503T080000-aaaa") as version:
        withdraw_selected(version, ReprocessFilter(), ("en",))
        version.stage({name: frames[name] for name in ("articles", "statements", "mentions")})
        rule = open_rulebook().find("articles", "articles_are_new")
        assert version.connection.execute(rule.sql).fetchall() == []
        version.connection.execute("DELETE FROM staging.withdrawn")
        assert len(version.connection.execute(rule.sql).fetchall()) == 12
