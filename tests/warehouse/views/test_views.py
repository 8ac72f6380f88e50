"""Views on stories and on fields without a column."""

from datetime import date

import polars as pl
import pytest

from bench.shares import Measured, interval
from flows.run.across_articles import settle_actors
from schema.derive import polars_schema
from schema.tables import ARTICLES
from tests.transforms.samples import GPE, PERSON
from tests.transforms.samples import frames as frames_of
from tests.warehouse.samples import changed, sample_run
from transforms.build import build_facts
from warehouse.files.catalog import MACROS, VIEWS
from warehouse.files.connect import query
from warehouse.query.search import SearchQuery, search_statements
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Three articles; two are versions of one story, and their first statements differ only in case."""
    frames = sample_run(3, 2)
    first = frames["articles"].row(0, named=True)
    frames = changed(frames, "articles", 0, extra='{"a/b": "x", "seen": 1}')
    frames = changed(frames, "articles", 1, story_id=first["story_id"], version_no=2, extra='{"seen": 2}')
    said = frames["statements"].row(0, named=True)
    frames = changed(frames, "statements", 2, content=said["content"].upper())
    path = tmp_path_factory.mktemp("views") / "w.duckdb"
    with open_next(path, "run") as version:
        version.stage(frames)
        publish(version)
    return path


def test_a_statement_that_copies_repeat_counts_once(warehouse):
    assert query(warehouse, "select count(*) from statements").item() == 6
    once = query(
        warehouse, "select article_id, seq_no, copies from statements_once order by copies desc"
    ).rows()
    first = query(warehouse, "select article_id from articles where path = 'in/1.txt'").item()
    assert len(once) == 5
    assert once[0] == (first, 1, 2)
    assert {copies for _, _, copies in once[1:]} == {1}


def test_versions_of_a_story_come_in_order(warehouse):
    rows = query(warehouse, "select version, path, article_before is null from story_versions").rows()
    assert rows == [(1, "in/1.txt", True), (2, "in/2.txt", False)]


def test_fields_without_a_column_are_counted(warehouse):
    assert query(warehouse, "from extra_fields").rows() == [
        ("seen", 2, "in/1.txt", "1"), ("a/b", 1, "in/1.txt", "x"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def partly_hidden(tmp_path_factory):
    """Three articles with two statements each: an ordinary article, a copy of it, and a killed article."""
    frames = sample_run(3, 2)
    first = frames["articles"].row(0, named=True)
    frames = changed(
        frames, "articles", 1, story_id=first["story_id"], is_latest=False, copy_of=first["article_id"]
    )
    frames = changed(frames, "articles", 2, is_killed=True)
    path = tmp_path_factory.mktemp("hidden") / "w.duckdb"
    with open_next(path, "run") as version:
        version.stage(frames)
        publish(version)
    return path


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        ("who_said_what", 2),
        ("statements_once", 2),
        ("sourcing_audit", 1),
        ("story_versions", 0),
        ("repeated_statements", 0),
        ("statements_by('Ada Quill')", 2),
        ("search_statements('pond')", 2),
        ("search_articles('pond')", 1),
        ("provenance", 6),
        ("statements", 6),
    ],
)
def test_killed_stories_and_copies_are_in_the_tables_and_not_in_the_views(partly_hidden, view, rows):
    assert query(partly_hidden, f"select count(*) from {view}").item() == rows


def test_speakers_are_counted_without_killed_stories_and_copies(partly_hidden):
    assert query(partly_hidden, "select statements, articles from speakers_daily").rows() == [(2, 1)]


def test_a_search_for_the_best_looks_past_killed_stories_and_copies(partly_hidden):
    assert query(partly_hidden, "select count(*) from search_statements('pond', best := 2)").item() == 2


def test_the_view_of_shares_computes_the_same_as_the_benchmark(partly_hidden):
    """Two statements of one article, none of them by an unnamed speaker."""
    fields = ", ".join(Measured._fields)
    measured = query(
        partly_hidden,
        f"select {fields} from measured_quality where measure = 'unnamed' and spread is not null",
    )
    sql = "select shown, likely, at_least, at_most from outlet_shares where measure = 'unnamed'"
    [(shown, *found)] = query(partly_hidden, sql).rows()
    assert shown == 0
    assert found == pytest.approx(interval(0, 2, Measured(*map(float, measured.row(0)))), abs=0.001)


def test_a_share_that_says_little_about_the_true_one_has_no_interval(partly_hidden):
    sql = """
        select q.high - q.low < 0.4, s.shown is not null, s.likely is null, s.at_least is null, s.at_most is null
        from outlet_shares as s join measured_quality as q using (measure) where q.spread is not null"""
    rows = query(partly_hidden, sql).rows()
    assert all(row == (row[0], True, row[0], row[0], row[0]) for row in rows) and len(rows) == 3


TITLED = {"Ada Quill": PERSON, "Arvel": GPE, "Netherlands": GPE}


def test_a_timeline_leaves_out_killed_stories(tmp_path):
    """A role that only a killed story states is left out; a role in other stories too counts only in those stories."""
    bodies = [
        "Arvel mayor Ada Quill said prices rise.", "Arvel mayor Ada Quill said prices rise again.",
        "Arvel nurse Ada Quill said prices fall.",
        "Rain in the Netherlands.\n\nPrime Minister Ada Quill said prices stall.",  # its country is from the context
    ]  # fmt: skip
    parts = [
        frames_of(
            body,
            TITLED,
            [(body[: body.index(" said")], "said", "prices")],
            f"{number:032x}",
            date(2024, 5, number),
        )
        for number, body in enumerate(bodies, 1)
    ]
    articles, statements, names = (pl.concat(column) for column in zip(*parts, strict=True))
    facts = build_facts(articles, statements, names, extractor_version="test", run_id="run")
    more = {"story_id": "0" * 32, "is_latest": True, "language": "en", "body_start": 0, "header_spans": [],
            "word_count": 1, "path": "in.txt", "record_no": 1, "run_id": "run"}  # fmt: skip
    rows = [row | more | {"is_killed": row["article_id"] != f"{1:032x}"} for row in articles.to_dicts()]
    with open_next(tmp_path / "w.duckdb", "run") as version:
        version.stage(facts | {"articles": pl.DataFrame(rows, polars_schema(ARTICLES))})
        settle_actors(version)
        publish(version)
    sql = "SELECT role, article_count, first_seen_on, last_seen_on, evidence_article_id FROM affiliation_timeline"
    rows = query(tmp_path / "w.duckdb", sql).rows()
    assert rows == [("mayor", 1, date(2024, 5, 1), date(2024, 5, 1), f"{1:032x}")]
    assert query(tmp_path / "w.duckdb", "SELECT sum(article_count) FROM affiliations").item() == 4
    filled = "SELECT country_code FROM affiliations WHERE country_from = 'context'"
    assert query(tmp_path / "w.duckdb", filled)["country_code"].to_list() == ["NL"]


def test_a_statement_counts_the_copies_of_its_text(partly_hidden):
    assert query(partly_hidden, "select distinct copies from statements_once").item() == 2


def test_search_finds_nothing_in_killed_stories_and_copies(partly_hidden):
    found = search_statements(partly_hidden, SearchQuery("pond")).read()
    assert {row["headline"] for row in found.to_dicts()} == {"Pond report 1 😀"}


def test_statements_about_is_said_about_with_a_condition_on_the_actor():
    view = (VIEWS / "said_about.sql").read_text(encoding="utf-8").partition("\n")[2]
    macro = (MACROS / "statements_about.sql").read_text(encoding="utf-8").partition("AS TABLE\n")[2]
    condition = "\n        AND r.actor_id IN (SELECT actor_id FROM main.actors_called(called))"
    assert condition in macro
    assert macro.replace(condition, "") == view


def test_what_was_said_about_somebody_comes_with_the_article_that_says_so(tmp_path):
    frames = changed(sample_run(1, 1), "articles", 0, outlet=None, agency="Signal Desk", byline="Ina Roth")
    frames = changed(frames, "statement_actors", 0, relation="mentioned")
    with open_next(tmp_path / "w.duckdb", "run") as version:
        version.stage(frames)
        publish(version)
    article = frames["articles"].row(0, named=True)
    expected = ("Signal Desk", article["headline"], "Ina Roth", "in/1.txt", article["url"])
    for source in ("who_said_what", "said_about", "statements_about('Ada Quill')"):
        sql = f"SELECT outlet_or_agency, headline, byline, path, url FROM {source}"
        assert query(tmp_path / "w.duckdb", sql).rows() == [expected], source


def test_voices_of_one_outlet_are_the_same_as_among_all_voices(warehouse):
    [outlet] = query(warehouse, "SELECT DISTINCT outlet FROM voices WHERE outlet IS NOT NULL LIMIT 1")[
        "outlet"
    ]
    alone = query(warehouse, f"FROM voices WHERE outlet = '{outlet}' ORDER BY ALL")
    among_all = query(warehouse, "FROM voices ORDER BY ALL")
    assert alone.height
    assert alone.equals(among_all.filter(pl.col("outlet") == outlet))
