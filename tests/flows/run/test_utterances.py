"""Across runs, the same statements make the same utterances, in any order and in any batches."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from contextlib import suppress

import polars as pl
import pytest

from flows.run import across_articles
from flows.run.across_articles import settle_actors, settle_utterances
from schema.derive import polars_schema
from schema.tables import ARTICLES
from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts
from transforms.identify.corrections import number_corrections
from transforms.statements.utterances import DAYS, NEAR_DAYS
from warehouse.files.connect import connect, query
from warehouse.staging import utterance_pairs
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.utterance_pairs import AT_ONCE, MOST_BETWEEN, UNSETTLED, find_statement_pairs
from warehouse.staging.withdraw import withdraw_superseded

NAMES = {"Ada Quill": PERSON, "Bo Venn": PERSON, "Quill": PERSON}
ROCK = "the rock under the harbour is not the rock we were promised"
# Day of May, source, what it said.
PRINTS = {
    "whole": (3, "Ada Quill", f"{ROCK} and we decided to drill again before winter"),
    "cut": (3, "Ada Quill", ROCK),
    "end": (4, "Ada Quill", "we decided to drill again before winter"),
    "told": (5, "Ada Quill", "under Ellerby harbour the rock is not the rock she had been promised"),
    "unnamed": (4, "a spokesman", ROCK),
    "of_another": (5, "Bo Venn", "the harbour rock was a disappointment"),
    "other": (4, "Ada Quill", "ferries sail twice an hour from Monday"),
    "copy": (4, "Ada Quill", "ferries sail twice an hour from Monday"),
    "years_later": (3, "Ada Quill", ROCK),
    "undated": (None, "Ada Quill", f"again that {ROCK}"),
}
SAYINGS = [
    {"whole", "cut", "end", "told", "unnamed", "undated", "years_later"}, {"of_another"}, {"other", "copy"},
]  # fmt: skip
LINES = pl.Schema({"action": pl.String, "actor": pl.String, "value": pl.String, "note": pl.String})


def tables_of(names, run_id):
    parts = []
    for name in names:
        day, source, said = PRINTS[name]
        on = day and dt.date(2026 if name == "years_later" else 2024, 5, day)
        key = f"{sorted(PRINTS).index(name):032x}"
        parts.append(frames(f"{source} said {said}.", NAMES, [(source, "said", said)], key, on))
    return facts_of(parts, names, run_id)


def facts_of(parts, names, run_id):
    """The tables of articles, one of each name."""
    articles, statements, found = (pl.concat(column) for column in zip(*parts, strict=True))
    more = {"is_latest": True, "language": "en", "body_start": 0, "header_spans": [], "word_count": 1,
            "record_no": 1, "run_id": run_id}  # fmt: skip
    rows = [
        row | more | {"story_id": row["article_id"], "path": name}
        for row, name in zip(articles.to_dicts(), names, strict=True)
    ]
    facts = build_facts(articles, statements, found, extractor_version="test", run_id=run_id)
    return facts | {"articles": pl.DataFrame(rows, polars_schema(ARTICLES))}


def ingest(warehouse, names, run_id="run", gone=(), lines=()):
    """Publish prints, without the prints in `gone`, and apply `lines` of corrections."""
    with open_next(warehouse, run_id) as version:
        for name in names:
            version.stage(tables_of([name], run_id))
        for name in gone:
            version.connection.execute(
                f"INSERT INTO staging.withdrawn SELECT article_id FROM main.articles WHERE path = '{name}'"
            )
        withdraw_superseded(version)
        settle_actors(version, number_corrections(pl.DataFrame(lines, LINES, orient="row")))
        settle_utterances(version)
        settle_utterances(version)
        publish(version)


def prints(warehouse):
    return query(
        warehouse,
        "SELECT path, statement_id, utterance_id FROM statements JOIN articles USING (article_id) ORDER BY path",
    )


def sayings(warehouse):
    found = prints(warehouse).group_by("utterance_id").agg("path")["path"].to_list()
    return sorted(sorted(paths) for paths in found)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    warehouse = tmp_path_factory.mktemp("at_once") / "w.duckdb"
    ingest(warehouse, PRINTS)
    return warehouse


def test_the_prints_of_one_saying_share_it(at_once):
    assert sayings(at_once) == sorted(map(sorted, SAYINGS))


def test_an_utterance_is_named_after_its_first_print(at_once):
    rows = {path: (own, utterance) for path, own, utterance in prints(at_once).rows()}
    assert rows["told"][1] in (rows["whole"][0], rows["cut"][0])


@pytest.mark.parametrize(("seed", "size"), [(1, 5)])
def test_neither_order_nor_batches_matter(at_once, tmp_path, seed, size):
    names = sorted(PRINTS)
    random.Random(seed).shuffle(names)
    for start in range(0, len(names), size):
        ingest(tmp_path / "w.duckdb", names[start : start + size], f"run-{start}")
    assert prints(tmp_path / "w.duckdb").equals(prints(at_once))


def test_a_quotation_and_its_paraphrase_in_one_article_need_one_common_word(tmp_path):
    told, said = "the harbour had disappointed her ministry", "The harbour is a disappointment to all of us"
    body = f"Ada Quill said {told}. Ada Quill said “{said}”."
    spoken = [("Ada Quill", "said", told), ("Ada Quill", "said", said)]
    part = frames(body, NAMES, spoken, "0" * 32, None)
    with open_next(tmp_path / "w.duckdb", "run") as version:
        version.stage(facts_of([part], ["one"], "run"))
        settle_actors(version)
        settle_utterances(version)
        publish(version)
    assert prints(tmp_path / "w.duckdb")["utterance_id"].n_unique() == 1


def test_in_a_long_article_only_statements_near_each_other_are_compared(tmp_path):
    said = [f"boat {number} left the crowded harbour and sank" for number in range(1000, 1150)]
    body = " ".join(f"Ada Quill said {text}." for text in said)
    part = frames(body, NAMES, [("Ada Quill", "said", text) for text in said], "0" * 32)
    with open_next(tmp_path / "w.duckdb", "run") as version:
        version.stage(facts_of([part], ["one"], "run"))
        settle_actors(version)
        settle_utterances(version)
        pairs = find_statement_pairs(version, 0, days=DAYS, near_days=NEAR_DAYS)
        numbers = dict(
            version.connection.sql("SELECT statement_id, seq_no FROM staging.statements").fetchall()
        )
    apart = {
        abs(numbers[one] - numbers[other]) for one, other in pairs.select(pl.first(), "other_id").iter_rows()
    }
    assert apart == set(range(1, MOST_BETWEEN + 1))


def test_an_utterance_that_loses_its_link_is_two_again(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, ["whole", "cut", "end"])
    assert sayings(warehouse) == [["cut", "end", "whole"]]
    ingest(warehouse, [], "run-2", gone=["whole"])
    assert sayings(warehouse) == [["cut"], ["end"]]
    ingest(warehouse, ["whole"], "run-3")
    assert sayings(warehouse) == [["cut", "end", "whole"]]


@pytest.mark.slow
def test_an_utterance_printed_for_months_keeps_its_first_print(tmp_path):
    """Its prints are a month apart at most, and a run reads no statements of days that it does not need."""
    first = dt.date(2024, 1, 1)
    for number in range(9):
        part = frames(
            f"Ada Quill said {ROCK}.", NAMES, [("Ada Quill", "said", ROCK)], f"{number:032x}",
            first + dt.timedelta(days=number * DAYS),
        )  # fmt: skip
        with open_next(tmp_path / "w.duckdb", f"run-{number}") as version:
            version.stage(facts_of([part], [f"print-{number}"], f"run-{number}"))
            settle_actors(version)
            settle_utterances(version)
            publish(version)
    found = prints(tmp_path / "w.duckdb")
    assert found["utterance_id"].to_list() == 9 * found["statement_id"].to_list()[:1]


def test_a_corrected_speaker_is_decided_again(at_once, tmp_path):
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(at_once, warehouse)
    joined = [("merge", "Bo Venn", "Ada Quill", None)]
    ingest(warehouse, [], "run-2", lines=joined)
    fresh = tmp_path / "fresh.duckdb"
    ingest(fresh, PRINTS, lines=joined)
    assert prints(warehouse).equals(prints(fresh))
    ingest(warehouse, [], "run-3")
    assert prints(warehouse).equals(prints(at_once))


def test_an_older_warehouse_is_filled_by_its_next_run(at_once, tmp_path):
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(at_once, warehouse)
    with connect(warehouse) as connection:
        connection.execute(
            "ALTER TABLE statements DROP COLUMN utterance_id; DROP TABLE ops.statement_sketches"
        )
    ingest(warehouse, [], "run-2")
    assert prints(warehouse).equals(prints(at_once))


def settle_older(monkeypatch, warehouse, names=(), fail_after=None):
    """Settle the utterances of an older warehouse in chunks of three statements; count the chunks it compared."""
    compared = []

    def find(version, chunk, **days):
        if len(compared) == fail_after:
            raise KeyboardInterrupt
        compared.append(chunk)
        return find_statement_pairs(version, chunk, **days)

    monkeypatch.setattr(across_articles, "find_statement_pairs", find)
    monkeypatch.setattr(utterance_pairs, "UNSETTLED", UNSETTLED.replace(f"// {AT_ONCE}", "// 3"))
    with suppress(KeyboardInterrupt), open_next(warehouse, "run-2", 0, "same") as version:
        version.stage(*(tables_of([name], "run-2") for name in names))
        settle_actors(version)
        settle_utterances(version)
        publish(version)
    return len(compared)


@pytest.fixture
def older(at_once, tmp_path):
    """A warehouse whose utterances are cleared, and which lacks the prints that are added in some tests."""
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, sorted(set(PRINTS) - {"told", "years_later"}))
    with connect(warehouse) as connection:
        connection.execute("UPDATE statements SET utterance_id = NULL; CHECKPOINT")
    return warehouse


def test_a_killed_run_does_not_compare_the_same_statements_again(older, at_once, monkeypatch):
    assert settle_older(monkeypatch, older, fail_after=2) == 2
    assert settle_older(monkeypatch, older) == 1
    ingest(older, ["told", "years_later"], "run-3")
    assert prints(older).equals(prints(at_once))


def test_a_resumed_run_with_more_articles_compares_all_statements_again(older, at_once, monkeypatch):
    assert settle_older(monkeypatch, older, fail_after=1) == 1
    assert settle_older(monkeypatch, older, ["told", "years_later"]) == 4
    assert prints(older).equals(prints(at_once))


def test_a_change_is_in_history_once(at_once, tmp_path):
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, ["cut", "end"])
    ingest(warehouse, ["whole"], "run-2", lines=[("rename", "Ada Quill", "Ada B. Quill", None)])
    changed = query(warehouse, "SELECT statement_id, count(*) FROM history.statements GROUP BY ALL").rows()
    assert {count for _, count in changed} == {1}
    assert query(warehouse, "SELECT min(until_version - since_version) FROM history.statements").item() == 1


def test_wording_drift_says_what_each_print_drops_and_adds(at_once):
    rows = query(
        at_once,
        "SELECT a.path, drift, added, dropped FROM wording_drift JOIN statements USING (statement_id) "
        "JOIN articles AS a USING (article_id)",
    )
    drift = {path: (kind, added, dropped) for path, kind, added, dropped in rows.rows()}
    assert drift["cut"] == ("cut", [], "and decided to drill again before winter".split())
    assert drift["told"][0] == "changed" and {"ellerby", "she", "had", "been"} <= set(drift["told"][1])


def test_an_utterance_counts_its_prints_and_shows_the_fullest(at_once):
    row = query(
        at_once,
        "SELECT prints, articles, first_on, speaker, statement FROM utterances ORDER BY prints DESC LIMIT 1",
    ).row(0)
    assert row == (7, 7, dt.date(2024, 5, 3), "Ada Quill", PRINTS["whole"][2])
