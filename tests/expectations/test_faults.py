"""Plant faults in an otherwise clean batch: each fault fails the check made for it, with the right severity.

These tests run the checks' own queries on the staged tables; `test_gate.py` shows that Great Expectations runs all
checks.
"""

from datetime import date, timedelta

import polars as pl
import pytest

from expectations.gate import count_rows, measure
from expectations.rulebook import open_rulebook
from expectations.rules import plain_rules
from schema.tables import TABLES
from tests.warehouse.samples import ADA, OFFICE, RUN_DAY, as_frame, changed, sample_run
from transforms.keys import content_key
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

BOOK = open_rulebook()
RULES = (*BOOK.rules, *(rule for table in TABLES for rule in plain_rules(table)))
RUN, EARLIER = "20240503T080000-aaaa", [f"202404{day:02d}T080000-zzzz" for day in range(1, 11)]
HISTORY = 90


def clean_run(articles=60):
    """Return a batch of articles from The Reed in which six people speak in turn."""
    frames = changed(sample_run(articles), "runs", 0, parameters='{"languages": ["en"]}')
    ids = frames["articles"]["article_id"].to_list()
    speakers = [content_key("person", f"Ada Quill {number}") for number in range(6)]
    speaks = pl.DataFrame({"article_id": ids, "who": [speakers[n % 6] for n in range(articles)]})
    by_statement = frames["statements"].join(speaks, on="article_id").select("statement_id", "who")
    named = pl.when(actor_id=ADA).then("who").otherwise("actor_id")
    for name, key in [("statements", speaks), ("mentions", speaks), ("statement_actors", by_statement)]:
        frames[name] = frames[name].join(key, on=key.columns[0]).with_columns(actor_id=named).drop("who")
    for name in ("actors", "actor_aliases", "affiliations"):
        rows = [row for row in frames[name].to_dicts() if row["actor_id"] != ADA]
        rows += [row | {"actor_id": who} for row in frames[name].to_dicts() if row["actor_id"] == ADA
                 for who in speakers]  # fmt: skip
        frames[name] = as_frame(name, [with_key(name, row, number) for number, row in enumerate(rows)])
    known = pl.when(actor_id=ADA).then(pl.lit(speakers[0])).otherwise("actor_id")
    frames["profiles"] = frames["profiles"].with_columns(actor_id=known)
    return frames


def with_key(name, row, number):
    keys = {"affiliations": {"affiliation_id": content_key("affiliation", number)},
            "actor_aliases": {"alias": f"Ada Quill {number}"}}  # fmt: skip
    return row | keys.get(name, {})


def earlier_days():
    """Return articles of the ninety days up to yesterday, one each day from The Reed and The Marsh."""
    articles = as_frame("articles", sample_run(2 * HISTORY, 0, first=1001)["articles"].to_dicts())
    days = [RUN_DAY - timedelta(days=1 + number // 2) for number in range(2 * HISTORY)]
    outlets = ["The Reed", "The Marsh"] * HISTORY
    return articles.with_columns(published_on=pl.Series(days), outlet=pl.Series(outlets))


def earlier_metrics(folder, frames):
    """Return the metrics of `frames`, as if ten earlier runs had had slightly different ones."""
    with open_next(folder / "metrics.duckdb", RUN) as version:
        version.stage(frames)
        figures = measure(version, BOOK)
    return pl.concat(
        figures.with_columns(run_id=pl.lit(run_id), value=pl.col("value") * (1 + number / 100))
        for number, run_id in enumerate(EARLIER)
    )


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    """The next version of a warehouse with a history of ten runs and ninety days."""
    path = tmp_path_factory.mktemp("faults") / "onrecord.duckdb"
    with open_next(path, EARLIER[-1]) as first:
        first.stage({"articles": earlier_days(), "metrics": earlier_metrics(path.parent, clean_run())})
        publish(first)
    with open_next(path, RUN) as second:
        yield second


def broken(version, frames, rules):
    """Return the names of the `rules` that the staged `frames` break."""
    for table in TABLES:
        version.connection.execute(f"DELETE FROM staging.{table.name}")
    version.stage(frames)
    version.stage({"metrics": measure(version, BOOK)})
    return {f"{rule.table}.{rule.name}" for rule in rules if version.connection.sql(rule.sql).fetchall()}


# --- how faults are planted -----------------------------------------------------------------------------------


def to_all(frames, name, /, **values):
    """Replace values in every row of one table."""
    frame = frames[name]
    columns = {
        key: value if isinstance(value, pl.Expr) else pl.lit(value, frame.schema[key])
        for key, value in values.items()
    }
    return frames | {name: frame.with_columns(**columns)}


def with_row(frames, name, /, **values):
    """Add a row: a copy of the first one with some values replaced."""
    row = frames[name].to_dicts()[0] | values
    return frames | {name: pl.concat([frames[name], as_frame(name, [row])])}


def first_span(frames, start, end):
    spans = frames["statements"]["content_spans"][0].to_list()
    return changed(frames, "statements", 0, content_spans=[{"start": start, "end": end}, *spans[1:]])


def shifted(frames):
    """Shift the offsets of a statement's content by one: the most likely fault of a transform."""
    spans = [
        {"start": span["start"] + 1, "end": span["end"] + 1}
        for span in frames["statements"]["content_spans"][0]
    ]
    return changed(frames, "statements", 0, content_spans=spans)


def half_loaded(frames):
    return frames | {"articles": frames["articles"].head(30)}


def with_names(frames, count):
    names = [frames["actor_aliases"].to_dicts()[0] | {"alias": f"Quill {n}"} for n in range(count)]
    return frames | {"actor_aliases": pl.concat([frames["actor_aliases"], as_frame("actor_aliases", names)])}


def of_one_speaker(frames):
    return to_all(frames, "statements", actor_id=frames["actors"]["actor_id"][1])


def without_speakers(frames):
    return to_all(frames, "statements", actor_id=None)


def by_pronouns(frames):
    return to_all(frames, "statements", actor_id=None, speaker_resolution="pronoun")


def with_rejected_file(frames, count=1):
    rows = [
        {"run_id": RUN, "path": f"bad/{n}", "file_sha256": f"{n}", "outcome": "rejected", "articles_found": 0,
         "articles_loaded": 0, "articles_duplicate": 0, "articles_rejected": 0, "reason": "It is empty."}
        for n in range(count)
    ]  # fmt: skip
    return frames | {"files": pl.concat([frames["files"], as_frame("files", rows)])}


def with_lost_row(frames):
    rows = [
        {"run_id": RUN, "metric": metric, "scope": "statements", "value": value, "row_count": 1}
        for metric, value in [("rows_staged", 120), ("rows_kept", 119)]
    ]
    return frames | {"metrics": as_frame("metrics", rows)}


FULL_NAME = "Ada Quill"
FAULTS = {
    # the text
    "content offsets off by one": (shifted, "statements.content_is_its_slices", "critical"),
    "content of other words": (
        lambda run: changed(run, "statements", 1, content="It will snow."),
        "statements.content_is_its_slices", "critical"),
    "cue of other words": (
        lambda run: changed(run, "statements", 0, cue="sang"), "statements.cue_is_its_slice", "critical"),
    "cue without offsets": (
        lambda run: changed(run, "statements", 0, cue_start=None, cue_end=None),
        "statements.cue_is_its_slice", "critical"),
    "source offsets off by one": (
        lambda run: changed(run, "statements", 0, source_start=run["statements"]["source_start"][0] - 1),
        "statements.source_is_its_slice", "critical"),
    "source offsets without a source": (
        lambda run: changed(run, "statements", 0, source=None), "statements.source_is_its_slice", "critical"),
    "stance of the speaker towards the speaker": (
        lambda run: changed(run, "statement_actors", 0, stance="for", stance_confidence=0.9),
        "statement_actors.stances_are_towards_mentioned_actors", "warning"),
    "stance without a confidence": (
        lambda run: changed(run, "statement_actors", 0, relation="mentioned", stance="for"),
        "statement_actors.stances_are_towards_mentioned_actors", "warning"),
    "stance of another name": (
        lambda run: changed(run, "statement_actors", 0, stance="neutral"),
        "statement_actors.stance_is_a_declared_value", "critical"),
    "confidence of a stance above 1": (
        lambda run: changed(run, "statement_actors", 0, stance_confidence=1.2),
        "statement_actors.stance_confidence_is_in_range", "critical"),
    "mention of other words": (
        lambda run: changed(run, "mentions", 0, text="Bob"), "mentions.text_is_its_slice", "critical"),
    "headline of other words": (
        lambda run: changed(run, "articles", 0, headline="Lakes"), "articles.headline_is_its_slice", "critical"),
    "byline of other words": (
        lambda run: changed(run, "articles", 0, byline="Bo Venn", header_spans=[
            {"field": "byline", "start": 7, "end": 14}]), "articles.fields_are_their_slices", "critical"),
    "spans that overlap": (
        lambda run: first_span(run, 20, 100), "statements.content_spans_are_in_order", "critical"),
    "span behind the body": (
        lambda run: first_span(run, 20, 10**6), "statements.content_spans_are_in_order", "critical"),
    "span of nothing": (
        lambda run: first_span(run, 20, 20), "statements.content_spans_are_in_order", "critical"),
    "no span": (
        lambda run: changed(run, "statements", 0, content_spans=[]),
        "statements.content_spans_are_in_order", "critical"),
    "mojibake": (
        lambda run: changed(run, "articles", 0, body="â€œItâ€™s full,â€\x9d she said. The cafÃ© closed."),
        "articles.body_has_no_mojibake", "warning"),
    "markup in a body": (
        lambda run: changed(run, "articles", 0, body="<p>It is full.</p><br/><a href='x'>More</a>"),
        "articles.body_has_no_markup", "warning"),
    "opening marks lost": (
        lambda run: to_all(run, "articles", body=pl.col("body").str.replace_all("“", "")),
        "articles.quotation_marks_balance", "warning"),
    "blank body": (
        lambda run: changed(run, "articles", 0, body=" \u00a0\n"), "articles.body_has_text", "warning"),
    "content that swallowed the article": (
        lambda run: changed(run, "statements", 0, content="It is full. " * 400),
        "statements.content_is_no_article", "warning"),
    "a footer in all articles": (
        lambda run: to_all(run, "statements", content="Sign up to our free newsletter about ponds and lakes"),
        "statements.content_is_no_boilerplate", "warning"),
    # who and when
    "orphan actor": (
        lambda run: changed(run, "mentions", 0, actor_id="f" * 32), "mentions.actor_id_is_known", "critical"),
    "orphan organization": (
        lambda run: run | {"organizations": as_frame("organizations", [])},
        "affiliations.organization_id_is_known", "critical"),
    "orphan run": (
        lambda run: run | {"runs": as_frame("runs", [])}, "articles.run_id_is_known", "critical"),
    "duplicate id": (lambda run: with_row(run, "mentions"), "mentions.key_is_unique", "critical"),
    "statement without its article": (
        lambda run: changed(run, "statements", 0, article_id="e" * 32),
        "statements.article_comes_along", "critical"),
    "two speakers": (
        lambda run: with_row(run, "statement_actors", actor_id=OFFICE),
        "statements.one_speaker_each", "critical"),
    "numbers with a gap": (
        lambda run: changed(run, "statements", 1, seq_no=5), "statements.seq_no_counts_from_1", "critical"),
    "another day than the article": (
        lambda run: changed(run, "statements", 0, published_on=date(2024, 5, 1)),
        "statements.published_on_is_the_articles", "critical"),
    "swapped dates": (
        lambda run: changed(run, "actors", 0, first_seen_on=date(2024, 6, 1)),
        "actors.days_are_in_order", "critical"),
    "a day in the year 2091": (
        lambda run: changed(run, "articles", 0, published_on=date(2091, 1, 1)),
        "articles.published_on_is_plausible", "warning"),
    "confidence of 1.2": (
        lambda run: changed(run, "statements", 0, confidence=1.2), "statements.confidence_is_in_range", "critical"),
    "a kind that is none": (
        lambda run: changed(run, "statements", 0, kind="sung"), "statements.kind_is_a_declared_value", "critical"),
    "an id in capitals": (
        lambda run: changed(run, "actors", 0, actor_id="Ada"), "actors.actor_id_has_its_form", "critical"),
    "actor merge explosion": (lambda run: with_names(run, 20), "actors.merges_are_small", "warning"),
    "everything said by one": (of_one_speaker, "statements.no_speaker_says_it_all", "warning"),
    "speakers are not found": (without_speakers, "statements.speakers_are_resolved", "warning"),
    "pronouns are not resolved": (by_pronouns, "statements.pronouns_are_resolved", "warning"),
    "cues that are on no list": (
        lambda run: to_all(run, "statements", cue_class="other"), "statements.cues_are_listed", "warning"),
    "an unsure extractor": (
        lambda run: to_all(run, "statements", confidence=0.3), "statements.extractor_is_sure", "warning"),
    "a web address as a name": (
        lambda run: changed(run, "actors", 0, name="https://reed.example/ada"), "actors.names_are_names", "warning"),
    "alias collision": (
        lambda run: to_all(run, "actor_aliases", alias=FULL_NAME), "actor_aliases.full_names_are_of_one", "info"),
    "a person listed as an organization": (
        lambda run: to_all(run, "actors", kind="person"), "organizations.organizations_are_no_persons", "warning"),
    # files and volumes
    "half-loaded file": (half_loaded, "files.loaded_articles_are_there", "critical"),
    "file that does not balance": (
        lambda run: changed(run, "files", 0, articles_found=2), "files.articles_balance", "critical"),
    "article that is already published": (
        lambda run: run | {"articles": earlier_days().head(2)}, "articles.articles_are_new", "critical"),
    "reject that nobody recorded": (
        with_rejected_file, "files.rejected_articles_are_recorded", "critical"),
    "row lost between two steps": (with_lost_row, "metrics.rows_are_staged_or_rejected", "critical"),
    "most files cannot be read": (
        lambda run: with_rejected_file(run, 90), "files.most_files_can_be_read", "warning"),
    "the same delivery again": (
        lambda run: to_all(run, "files", articles_loaded=0, articles_duplicate=1),
        "files.duplicates_are_few", "warning"),
    "outlet gone silent": (
        lambda run: to_all(run, "articles", published_on=RUN_DAY + timedelta(days=12)),
        "articles.outlets_still_publish", "warning"),
    "doubled volume": (lambda run: clean_run(120), "articles.articles_is_usual", "warning"),
    "half of an outlet's articles": (lambda run: clean_run(30), "articles.articles_of_outlet_is_usual", "warning"),
    "null flood in a column": (
        lambda run: to_all(run, "articles", headline=None), "articles.share_empty_is_usual", "warning"),
    "days lost": (
        lambda run: to_all(run, "articles", published_on=None), "articles.most_days_are_known", "warning"),
    "days before months or behind them": (
        lambda run: to_all(run, "articles", published_on=None,
                           published_reason="may be two days: '03/04/2019'"),
        "articles.numeric_dates_are_clear", "warning"),
    "articles cut off": (
        lambda run: to_all(run, "articles", word_count=5), "articles.median_words_is_usual", "warning"),
    "articles that quote nobody": (
        lambda run: to_all(run, "articles", word_count=400) | {"statements": run["statements"].clear()},
        "articles.articles_have_statements", "warning"),
    "half of the statements": (
        lambda run: run | {"statements": run["statements"].gather_every(2)},
        "statements.statements_per_article_is_usual", "warning"),
    "another language": (
        lambda run: to_all(run, "articles", language="nl"), "articles.share_of_main_language_is_usual", "warning"),
    "languages that are not extracted": (
        lambda run: to_all(run, "articles", language="nl"), "articles.most_articles_are_analysed", "warning"),
    "a third of the articles in a language that is not extracted": (
        lambda run: to_all(run, "articles", language=pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("nl"))
                           .otherwise("language")),
        "articles.share_in_other_languages_is_usual", "warning"),
    "story explosion": (
        lambda run: to_all(run, "articles", story_id=run["articles"]["article_id"][0]),
        "articles.stories_are_no_heaps", "warning"),
    "all that was said is one saying": (
        lambda run: to_all(run, "statements", utterance_id=run["statements"]["statement_id"][0]),
        "statements.utterances_are_no_heaps", "warning"),
    "an utterance without its first print": (
        lambda run: to_all(run, "statements", utterance_id="0" * 32),
        "statements.an_utterance_has_its_first_print", "warning"),
    "an extractor less sure than usual": (
        lambda run: to_all(run, "statements", confidence=0.7), "statements.mean_confidence_is_usual", "warning"),
}  # fmt: skip


def test_a_clean_batch_breaks_no_rule(version):
    assert broken(version, clean_run(), RULES) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_the_check_that_names_it(version, fault):
    plant, name, severity = FAULTS[fault]
    rule = next(rule for rule in RULES if f"{rule.table}.{rule.name}" == name)
    assert rule.severity == severity
    assert broken(version, plant(clean_run()), [rule]) == {name}


def test_there_is_no_usual_before_there_are_enough_runs(tmp_path):
    figures = earlier_metrics(tmp_path, clean_run())
    with open_next(tmp_path / "onrecord.duckdb", EARLIER[-1]) as first:
        first.stage({"metrics": figures.filter(pl.col("run_id").is_in(EARLIER[:6]))})
        publish(first)
    with open_next(tmp_path / "onrecord.duckdb", RUN) as second:
        usual = [rule for rule in BOOK.rules if rule.name.endswith("_is_usual")]
        assert broken(second, clean_run(240), usual) == set()


def test_rows_are_counted_before_and_after_the_gate_rejects(version):
    broken(version, clean_run(), [])
    counts = count_rows(version, "rows_staged")
    assert dict(counts.select("scope", "value").rows()) == {
        "articles": 60, "statements": 120, "statement_actors": 240, "mentions": 120}  # fmt: skip
