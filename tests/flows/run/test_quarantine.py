"""A fault affects only its article: the tests plant one fault for each rule in a run of good articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from expectations.rulebook import open_rulebook
from flows.compute.analysis import find_tables
from flows.run import across_articles
from flows.run.across_articles import resolve_all
from schema.derive import polars_schema
from schema.tables import BY_NAME, Column, Table
from tests.expectations.plain import rules_run_plainly
from tests.expectations.steps import judge
from transforms.articles.articles import build_articles
from transforms.build import build_corrected
from transforms.frames import RECORDS
from warehouse.files.connect import query
from warehouse.staging.next_version import NextVersion, open_next
from warehouse.staging.publish import publish

RUN = "20240503T080000-aaaa"
GOOD, AT_ONCE = 150, 60  # faults that are planted in one run: fewer than a third of its articles
FIRST = "Ada Bo Cleo Dan Eva Finn Gus Hana Ivo June Karl Lena Milo Nora Otto Pia Rolf Sara Tom Vera".split()
LAST = "Quillon Venner Marsk Pellow Strand Hobbes Kernow Lindt Morrow Nye Oakes Prior Rusk Salter".split()
FACTS = ("articles", "statements", "statement_actors", "mentions", "profiles", "actors", "affiliations")
MADE = ("actors", "actor_aliases", "organizations", "affiliations")

Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def frames() -> Frames:
    """The facts of GOOD articles and of AT_ONCE further articles, each about a different person."""
    bodies = [write_body(number) for number in range(GOOD + AT_ONCE)]
    records = [
        {"path": f"in/{number:03}.txt", "record_no": 1, "body": body, "body_start": 0, "header_spans": [],
         "published": "2024-05-02", "published_on": None, "format": "text"}
        for number, body in enumerate(bodies)
    ]  # fmt: skip
    articles = build_articles(pl.DataFrame(records, RECORDS), run_id=RUN)
    return find_tables(articles, run_id=RUN, languages=("en",))


def name_body(number: int) -> str:
    """Return a different company name for each number: 'Bababa Steel Corp'."""
    letters = "".join("bdfgklmnprst"[number // 12**i % 12] + "aeiou"[number // 5**i % 5] for i in range(3))
    return f"{letters.title()} Steel Corp"


def write_body(number: int) -> str:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    return (
        f"“The {number}th bridge will be closed for {number} days,” {name}, chief executive of "
        f"{name_body(number)}, told reporters in Norvia on Monday. {name.split()[1]} said that the cost had risen "
        f"by {number} per cent since the spring, and that nobody had been hurt."
    )


def stage_ledger(version: NextVersion, frames: Frames) -> None:
    """Stage the rows of the ledger that a run would have for these articles."""
    paths = frames["articles"]["path"]
    files = {"run_id": RUN, "path": paths, "file_sha256": paths, "format": "text", "outcome": "loaded",
             "articles_found": 1, "articles_loaded": 1, "articles_duplicate": 0, "articles_rejected": 0}  # fmt: skip
    sources = {"path": paths, "file_sha256": paths, "run_id": RUN}
    contents = {"file_sha256": paths, "article_id": frames["articles"]["article_id"], "run_id": RUN}
    run = {"run_id": [RUN], "started_at": [version.started], "status": ["published"], "code_version": ["0.1.0"],
           "parameters": ['{"languages": ["en"]}']}  # fmt: skip
    rows = {"files": files, "sources": sources, "contents": contents, "runs": run}
    version.stage({name: complete(name, columns) for name, columns in rows.items()})


def complete(name: str, columns: dict[str, object]) -> pl.DataFrame:
    schema = polars_schema(BY_NAME[name])
    given = pl.DataFrame(columns)
    missing = [pl.lit(None).alias(column) for column in schema if column not in given.columns]
    return given.with_columns(missing).select(schema.names()).cast(schema)


# --- planting -------------------------------------------------------------------------------------------------


def break_column(table: Table, column: Column) -> Iterator[tuple[str, object]]:
    """Yield the name of each plain rule of a column, and a value that breaks this rule."""
    if column.required and column.name not in table.key:
        yield f"{column.name}_is_not_null", None
    if column.values:
        yield f"{column.name}_is_a_declared_value", "sung"
    if column.minimum is not None:
        yield f"{column.name}_is_in_range", column.minimum - 1
    if column.pattern and column.name not in table.key:
        yield f"{column.name}_has_its_form", "No!"
    if column.references and column.name not in table.key and column.name != "actor_id":
        yield f"{column.name}_is_known", "f" * 32


def plain_faults(names: tuple[str, ...]) -> list[tuple[str, str, str, object]]:
    """Table, check, column and value of one fault for each plain rule that rejects."""
    rejecting = {(rule.table, rule.name) for rule in open_rulebook().rules if rule.rejects}
    faults = [
        (name, check, column.name, value)
        for name in names
        for column in BY_NAME[name].columns
        for check, value in break_column(BY_NAME[name], column)
        if (name, check) in rejecting
    ]
    return faults + [
        (name, "key_is_unique", "", None) for name in names if (name, "key_is_unique") in rejecting
    ]


# Of what is staged, the faults that are written over by resolving come later; these are found in the articles.
FOUND = ("articles", "statements", "statement_actors", "mentions", "sketches", "files", "sources", "contents")
RESOLVED_COLUMNS = {"actor_id", "organization_id", "story_id", "is_latest"}
LOST = {("statements", "article_id"), ("mentions", "article_id")}  # without it a row leads nowhere


def crossing(version: NextVersion, rows: dict[str, str]) -> None:
    """Plant faults of rules across columns: `rows` maps SQL to the id of the article that it changes."""
    for sql, article_id in rows.items():
        version.connection.execute(sql, [article_id])


CROSSING = {
    "headline_is_its_slice": """UPDATE staging.articles SET headline = 'Ponds',
        header_spans = [{'field': 'headline', 'start': body_start, 'end': body_start + 4}] WHERE article_id = $1""",
    "fields_are_their_slices": """UPDATE staging.articles SET byline = 'Bo Venn',
        header_spans = [{'field': 'byline', 'start': body_start, 'end': body_start + 4}] WHERE article_id = $1""",
    "body_has_text": "UPDATE staging.articles SET body = ' ' WHERE article_id = $1",
    "language_is_a_code": "UPDATE staging.articles SET language = 'English' WHERE article_id = $1",
    "content_spans_are_in_order": """UPDATE staging.statements SET content_spans = [{'start': 90, 'end': 99},
        {'start': 3, 'end': 8}] WHERE article_id = $1 AND seq_no = 1""",
    "content_is_its_slices": "UPDATE staging.statements SET content = 'It rains.' WHERE article_id = $1 AND seq_no = 1",
    "cue_is_its_slice": "UPDATE staging.statements SET cue = 'sang' WHERE article_id = $1 AND seq_no = 1",
    "source_is_its_slice": "UPDATE staging.statements SET source = 'Nobody' WHERE article_id = $1 AND seq_no = 1",
    "seq_no_counts_from_1": "UPDATE staging.statements SET seq_no = 9 WHERE article_id = $1 AND seq_no = 1",
    "published_on_is_the_articles": "UPDATE staging.statements SET published_on = '2001-01-01' WHERE article_id = $1",
    "one_speaker_each": """DELETE FROM staging.statement_actors WHERE relation = 'speaker' AND statement_id IN (
        SELECT statement_id FROM staging.statements WHERE article_id = $1)""",
    "text_is_its_slice": "UPDATE staging.mentions SET text = 'Nobody' WHERE article_id = $1",
    "articles_balance": """UPDATE staging.files SET articles_found = 7 WHERE path = (
        SELECT path FROM staging.articles WHERE article_id = $1)""",
    "loss_has_a_reason": """UPDATE staging.files SET outcome = 'rejected' WHERE path = (
        SELECT path FROM staging.articles WHERE article_id = $1)""",
    "loaded_articles_are_there": """UPDATE staging.files SET articles_found = 2, articles_loaded = 2 WHERE path = (
        SELECT path FROM staging.articles WHERE article_id = $1)""",
    "rejected_articles_are_recorded": """UPDATE staging.files SET articles_found = 3, articles_rejected = 2
        WHERE path = (SELECT path FROM staging.articles WHERE article_id = $1)""",
}  # fmt: skip


def plant(version: NextVersion, fault: tuple[str, str, str, object], article_id: str) -> None:
    """Plant one plain fault in one row that belongs to an article."""
    name, check, column, value = fault
    table, key = BY_NAME[name], BY_NAME[name].key[-1 if name == "files" else 0]
    link = {
        "statement_actors": "statement_id IN (SELECT statement_id FROM staging.statements WHERE article_id = $1)",
        "files": "path = (SELECT path FROM staging.articles WHERE article_id = $1)",
        "sources": "path = (SELECT path FROM staging.articles WHERE article_id = $1)",
    }.get(name, "article_id = $1")
    where = f"{key} = (SELECT min({key}) FROM staging.{name} WHERE {link})"
    if check == "key_is_unique":
        version.connection.execute(
            f"INSERT INTO staging.{name} FROM staging.{name} WHERE {where}", [article_id]
        )
        return
    dtype = table.columns[[c.name for c in table.columns].index(column)].dtype
    given = pl.DataFrame({"value": [value]}, {"value": dtype})
    with version.registered("given", given):
        version.connection.execute(
            f'UPDATE staging.{name} SET "{column}" = (SELECT value FROM given) WHERE {where}', [article_id]
        )


def publish_run(
    path: Path, frames: Frames, sabotage: Callable[[NextVersion], None] | None = None, **limits: float
):
    """Stage, plant the fault, check and, unless stopped, publish; return the verdict."""
    with rules_run_plainly(), open_next(path, RUN) as version:
        version.stage(frames)
        stage_ledger(version, frames)
        if sabotage:
            sabotage(version)
        verdict = judge(version, open_rulebook(limits or None), resolve_all)
        if not verdict.stopped:
            publish(version)
    return verdict


def only(frames: Frames, paths: set[str]) -> Frames:
    """Return the facts of the articles in these files, as a run over only these files would find them."""
    articles = frames["articles"].filter(pl.col("path").is_in(list(paths)))
    return find_tables(articles, run_id=RUN, languages=("en",))


def read_facts(path: Path) -> Frames:
    return {name: query(path, f"SELECT * EXCLUDE (since_version) FROM {name} ORDER BY ALL") for name in FACTS}


@pytest.fixture(scope="module")
def clean(frames, tmp_path_factory) -> Frames:
    """The published rows of the good articles."""
    path = tmp_path_factory.mktemp("clean") / "w.duckdb"
    good = {f"in/{number:03}.txt" for number in range(GOOD)}
    assert publish_run(path, only(frames, good)).label == "passed"
    return read_facts(path)


def assert_good_ones_are_published(path: Path, verdict, clean: Frames, checks: set[str]) -> None:
    assert failed(verdict, "critical") == set()
    assert checks <= failed(verdict)
    for name, rows in read_facts(path).items():
        assert rows.equals(clean[name]), name
    rejected = query(path, "SELECT DISTINCT path FROM ops.rejects WHERE stage = 'gate'")["path"].drop_nulls()
    assert rejected.len() == len(checks)
    assert min(rejected) >= f"in/{GOOD:03}.txt"


def failed(verdict, severity: str | None = None) -> set[str]:
    rows = verdict.checks.filter(~pl.col("success"))
    if severity:
        rows = rows.filter(severity=severity)
    return {f"{table}.{name}: {observed}" if severity else f"{table}.{name}" for table, name, observed in rows.select(
        "table_name", "check_name", "observed").iter_rows()}  # fmt: skip


def groups(faults: list) -> list[list]:
    return [faults[start : start + AT_ONCE] for start in range(0, len(faults), AT_ONCE)]


PLAIN = [
    fault
    for fault in plain_faults(FOUND)
    if fault[2] not in RESOLVED_COLUMNS and (fault[0], fault[2]) not in LOST
]


@pytest.mark.parametrize("faults", groups(PLAIN), ids=lambda faults: f"{faults[0][0]}.{faults[0][1]}")
def test_a_plain_fault_of_one_article_leaves_all_others_published(frames, clean, tmp_path, faults):
    ids = dict(frames["articles"].select("path", "article_id").iter_rows())
    at = {number: f"in/{GOOD + number:03}.txt" for number in range(len(faults))}
    used = {f"in/{number:03}.txt" for number in range(GOOD)} | set(at.values())

    def sabotage(version):
        for number, fault in enumerate(faults):
            plant(version, fault, ids[at[number]])

    verdict = publish_run(tmp_path / "w.duckdb", only(frames, used), sabotage)
    assert_good_ones_are_published(
        tmp_path / "w.duckdb", verdict, clean, {f"{name}.{check}" for name, check, *_ in faults}
    )


def test_a_fault_across_columns_of_one_article_leaves_all_others_published(frames, clean, tmp_path):
    ids = dict(frames["articles"].select("path", "article_id").iter_rows())
    at = {check: f"in/{GOOD + number:03}.txt" for number, check in enumerate(CROSSING)}
    used = {f"in/{number:03}.txt" for number in range(GOOD)} | set(at.values())
    by_name = {
        rule.name: f"{rule.table}.{rule.name}" for rule in open_rulebook().rules if rule.name in CROSSING
    }

    def sabotage(version):
        crossing(version, {sql: ids[at[check]] for check, sql in CROSSING.items()})

    verdict = publish_run(tmp_path / "w.duckdb", only(frames, used), sabotage)
    assert_good_ones_are_published(tmp_path / "w.duckdb", verdict, clean, set(by_name.values()))


MADE_FAULTS = [fault for fault in plain_faults(MADE) if fault[1] != "key_is_unique"]


def test_a_fault_in_what_resolving_makes_of_one_article_leaves_all_others_published(
    frames, clean, tmp_path, monkeypatch
):
    planted = set()
    bodies = {number: name_body(GOOD + number) for number in range(len(MADE_FAULTS))}
    used = {f"in/{number:03}.txt" for number in range(GOOD + len(MADE_FAULTS))}

    def build_faulty(*given):
        made, corrected = build_corrected(*given)
        ids = dict(made["actors"].select("name", "actor_id").iter_rows())
        for number, (name, check, column, value) in enumerate(MADE_FAULTS):
            owner = "organization_id" if name in ("organizations", "affiliations") else "actor_id"
            is_it = pl.col(owner).eq_missing(pl.lit(ids.get(bodies[number], "")))
            dtype = made[name].schema[column]
            planted.update({f"{name}.{check}"} if made[name].filter(is_it).height else set())
            made[name] = made[name].with_columns(
                pl.when(is_it).then(pl.lit(value, dtype)).otherwise(column).alias(column)
            )
        return made, corrected

    monkeypatch.setattr(across_articles, "build_corrected", build_faulty)
    verdict = publish_run(tmp_path / "w.duckdb", only(frames, used))
    assert failed(verdict, "critical") == set()
    assert planted <= failed(verdict)
    assert len(planted) > 15
    published = set(read_facts(tmp_path / "w.duckdb")["statements"]["statement_id"])
    assert set(clean["statements"]["statement_id"]) <= published


def test_two_fifths_of_the_articles_at_fault_stop_the_run_in_words(frames, tmp_path):
    used = {f"in/{number:03}.txt" for number in range(100)}

    def sabotage(version):
        version.connection.execute("UPDATE staging.statements SET cue = 'sang' WHERE article_id IN ("
                                   "SELECT article_id FROM staging.articles WHERE path < 'in/040')")  # fmt: skip

    verdict = publish_run(tmp_path / "w.duckdb", only(frames, used), sabotage)
    breaker = verdict.checks.filter(pl.col("check_name") == "few_articles_are_at_fault").row(0, named=True)
    assert (verdict.stopped, breaker["observed"]) == (True, "40 of 100 articles at fault")
    assert not (tmp_path / "w.duckdb").exists()


def test_one_article_at_fault_does_not_stop_a_run_of_one_article(frames, tmp_path):
    def sabotage(version):
        version.connection.execute("UPDATE staging.statements SET cue = 'sang'")

    verdict = publish_run(tmp_path / "w.duckdb", only(frames, {"in/000.txt"}), sabotage)
    assert verdict.label == "passed with warnings"
    assert query(tmp_path / "w.duckdb", "SELECT outcome FROM ops.files").item() == "rejected"
    for name in FACTS:
        assert query(tmp_path / "w.duckdb", f"SELECT count(*) FROM {name}").item() == 0, name
