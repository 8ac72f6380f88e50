"""How the address of a search is read, and what the search finds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.explore.queries import KEPT
from report.explore.search import CHOICES, DAYS, NAMES, Search, find, read_all
from warehouse.files.connect import query
from warehouse.query.live import Live, fill

SAID = "SELECT count(*) FROM who_said_what AS w JOIN articles AS a USING (article_id) WHERE "


@pytest.mark.parametrize(
    "words, sql",
    [
        ({}, "true"),
        ({"kind": "direct"}, "w.kind = 'direct'"),
        ({"cue": "denying"}, "w.cue_class = 'denying'"),
        ({"naming": "unnamed"}, "w.speaker_resolution = 'unnamed'"),
        ({"outlet": "Harbour Post"}, "coalesce(a.outlet, a.agency) = 'Harbour Post'"),
        ({"outlet": "harbour"}, "coalesce(a.outlet, a.agency) ILIKE '%harbour%'"),
        ({"speaker": "marsk"}, "w.speaker ILIKE '%marsk%'"),
        ({"role": "MINISTER"}, "w.role ILIKE '%minister%'"),
        ({"since": "2024-05"}, "w.published_on >= '2024-05-01'"),
        ({"until": "2024-03"}, "w.published_on <= '2024-03-31'"),
        ({"undated": "1"}, "w.published_on IS NULL"),
        ({"confidence": "0.9"}, "w.confidence >= 0.9"),
        ({"about": "Tarvia"}, "w.statement_id IN (SELECT statement_id FROM statements_about('Tarvia'))"),
        ({"body": "Norvia"}, "w.statement_id IN (SELECT statement_id FROM statements_for('Norvia'))"),
        ({"q": "talks"}, "w.statement_id IN (SELECT statement_id FROM search_statements('talks', best := 9999))"),
        ({"q": '"ready to continue"'}, "w.statement ILIKE '%ready to continue%'"),
        ({"kind": "direct", "since": "2024-04", "naming": "named"},
         "w.kind = 'direct' AND w.published_on >= '2024-04-01' AND w.speaker_resolution = 'named'"),
    ],
    ids=str,
)  # fmt: skip
def test_a_search_counts_what_sql_counts(sample, words, sql):
    with Live(sample, kept=KEPT).reading() as reading:
        found = find(reading, Search.of(words))
    assert found.total == query(sample, SAID + sql).item() > 0
    assert sum(row["statements"] for row in found.days.rows) == found.total
    assert found.undated == query(sample, f"{SAID}{sql} AND w.published_on IS NULL").item()
    for facet in ("kind", "naming"):
        assert sum(row["hits"] for row in found.facets[facet]) == found.total


def test_all_statements_of_a_large_warehouse_are_counted_from_stored_counts(sample):
    with Live(sample, kept=KEPT).reading() as small, Live(sample, kept=KEPT, most_kept=1).reading() as large:
        wanted, found = find(small, Search()), find(large, Search())
    assert (found.total, found.undated, found.pages) == (wanted.total, wanted.undated, wanted.pages)
    assert found.days.rows == wanted.days.rows
    for facet in ("outlet", "source", "naming", "kind"):
        assert found.facets[facet] == wanted.facets[facet] != []
    assert [row["statement_id"] for row in found.hits.rows] == [
        row["statement_id"] for row in wanted.hits.rows
    ]


def test_repeated_copy_counts_once_a_story(sample):
    with Live(sample, kept=KEPT).reading() as reading:
        every, once = (
            find(reading, Search.of({"copies": copies}), copies).total for copies in ("all", "once")
        )
    sql = """SELECT count(DISTINCT (story_id, coalesce(s.actor_id, s.source), content))
        FROM statements AS s JOIN articles USING (article_id)"""
    assert once == query(sample, sql).item() <= every


def test_pages_of_hits_follow_each_other(sample):
    with Live(sample, kept=KEPT).reading() as reading:
        first, second = (find(reading, Search.of({"page": str(page)}), f"_{page}") for page in (1, 2))
        everything = reading.rows(*read_all(reading, Search(), "search", 60))
    ids = [row["statement_id"] for row in [*first.hits.rows, *second.hits.rows]]
    assert ids == [row["statement_id"] for row in everything[:50]]


def test_what_is_shown_as_sql_gives_the_same_rows(sample):
    with Live(sample, kept=KEPT).reading() as reading:
        searches = (
            {"q": "talks"},
            {"speaker": "Drost", "by": "outlet"},
            {"q": '"the rock under"', "copies": "once"},
        )
        for number, words in enumerate(searches):
            found = find(reading, Search.of(words), str(number))
            assert found.hits.rows and reading.rows(found.hits.sql) == found.hits.rows
            assert reading.rows(found.days.sql) == found.days.rows
            if found.series:
                assert reading.rows(found.series.sql) == found.series.rows


def test_an_older_version_is_searched_by_the_words_themselves(sample):
    with Live(sample, version_no=1).reading() as reading:
        assert find(reading, Search.of({"q": "Rock harbour"})).total > 0
        assert find(reading, Search.of({"q": "rock nowhere"}), "_2").total == 0


@given(st.dictionaries(st.sampled_from([*NAMES, "page", "other"]), st.text()))
def test_whatever_the_address_says_the_search_is_one_and_has_an_address(entered):
    search = Search.of(entered)
    assert all(getattr(search, name) in choices for name, choices in CHOICES.items() if getattr(search, name))
    assert isinstance(search.hits_sql(), str) and search.address().startswith("/search")
    for name in ("since", "until"):
        assert getattr(search, name) == "" or date.fromisoformat(getattr(search, name))


@given(st.text())
def test_no_value_of_an_address_is_part_of_the_query_text(text):
    plain = Search.of({"q": "x", "speaker": "x", "role": "x", "outlet": "x"}).hits_sql()
    entered = Search.of(dict.fromkeys(("q", "speaker", "role", "outlet"), text.replace('"', "")))
    if all(getattr(entered, name) for name in ("q", "speaker", "role", "outlet")):
        assert entered.hits_sql() == plain


def test_the_address_of_a_search_gives_the_search():
    entered = {"q": "a & b", "speaker": "x=y", "since": "2024-05-01", "page": "3", "sort": "old"}
    search = Search.of(entered)
    assert search.address() == "/search?q=a+%26+b&speaker=x%3Dy&since=2024-05-01&sort=old&page=3"
    assert search.address(sort="new") == "/search?q=a+%26+b&speaker=x%3Dy&since=2024-05-01&sort=new"
    assert fill(DAYS, {}) == DAYS
