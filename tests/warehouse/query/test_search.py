"""Full-text search: the hits, their order, and that the index stays in sync with the tables."""

from dataclasses import replace
from datetime import date

import pytest

from tests.warehouse.samples import sample_run
from warehouse.files.connect import connect, query
from warehouse.query import search as module
from warehouse.query.search import INDEXED, SearchQuery, search_articles, search_statements, update_index
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


def publish_run(path, run_id, **sample):
    with open_next(path, run_id) as version:
        version.stage(sample_run(run_id=run_id, **sample))
        publish(version)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "w.duckdb"
    publish_run(path, "run-1")
    publish_run(path, "run-2", articles=2, first=3)
    return path


def found(path, words, **wanted):
    return search_statements(path, SearchQuery(words, **wanted)).read()["statement"].to_list()


@pytest.mark.parametrize("words", ["pond", "PONDS", "ponds full", "raining", "cafe", "Café", "the pond is"])
def test_a_word_is_found_whatever_its_ending_capitals_and_accents(warehouse, words):
    assert len(found(warehouse, words)) == 8


@pytest.mark.parametrize("words", ["pond desert", "xyzzy", "", "the", "'; DROP TABLE x; --", "pondo"])
def test_all_words_must_occur_in_the_text(warehouse, words):
    assert found(warehouse, words) == []


def test_words_in_quotes_stand_as_they_are_written(warehouse):
    assert len(found(warehouse, '"pond 3.1"')) == 1
    assert found(warehouse, '"3.1 pond"') == []


def test_hits_are_narrowed_by_speaker_outlet_and_days(warehouse):
    assert len(found(warehouse, "pond", speaker="quill", outlet="reed")) == 8
    assert found(warehouse, "pond", speaker="Nobody") == []
    assert len(found(warehouse, "pond", since=date(2024, 5, 3), until=date(2024, 5, 3))) == 8
    assert found(warehouse, "pond", since=date(2024, 5, 4)) == []
    assert len(found(warehouse, "pond", rows=3)) == 3


@pytest.mark.parametrize("rows", [1, 3, 20])
@pytest.mark.parametrize(
    "wanted",
    [SearchQuery('"pond 3.1"'), SearchQuery('"pond"', speaker="quill"), SearchQuery("pond", outlet="reed")],
)
def test_narrow_searches_find_the_same_hits_if_few_are_tested_first(warehouse, monkeypatch, wanted, rows):
    wanted = replace(wanted, rows=rows)
    expected = [search(warehouse, wanted).read() for search in (search_statements, search_articles)]
    monkeypatch.setattr(module, "TESTED_FIRST", 2)
    again = [search(warehouse, wanted).read() for search in (search_statements, search_articles)]
    assert all(frame.height for frame in expected)
    assert all(one.equals(other) for one, other in zip(expected, again, strict=True))


ATTEMPTS = [
    "pond'; DROP TABLE articles; --", "pond') UNION ALL SELECT body FROM articles --", "pond\\", "pond\0", "pond\ud800",
    "%", "_", ".*", "(", "pond" * 50_000, '"' * 1000, "read_text('/etc/hostname')", "{words}", "$1 ?", "pond\x1b[2J",
]  # fmt: skip


@pytest.mark.parametrize("field", ["words", "speaker", "outlet"])
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=range(len(ATTEMPTS)))
def test_search_words_are_matched_literally(warehouse, field, attempt):
    before = warehouse.read_bytes(), sorted(warehouse.parent.rglob("*"))
    wanted = SearchQuery(**{"words": "pond", field: attempt})
    for search, name in ((search_statements, "statement"), (search_articles, "headline")):
        assert all("pond" in row.lower() for row in search(warehouse, wanted).read()[name])
    assert (warehouse.read_bytes(), sorted(warehouse.parent.rglob("*"))) == before


def test_articles_are_found_by_their_bodies(warehouse):
    answer = search_articles(warehouse, SearchQuery("reports 4", speaker="Ada")).read()
    assert answer["headline"].to_list() == ["Pond report 4 😀"]
    assert answer["score"].item() > 0


def test_a_rare_word_counts_more_than_a_common_one(warehouse):
    one, every = (
        query(warehouse, f"SELECT max(score) FROM search_statements('{w}')").item() for w in ("3", "pond")
    )
    assert one > every


def test_the_incremental_index_equals_a_full_one(warehouse, tmp_path):
    for indexed in INDEXED:
        sql = f"""
            SELECT id, stem, times FROM {indexed.words} JOIN {indexed.texts} USING (text_no)
            JOIN (SELECT DISTINCT stem, stem_no FROM search.words) USING (stem_no) ORDER BY ALL"""
        by_steps = query(warehouse, sql)
        whole = tmp_path / f"{indexed.table.name}.duckdb"
        whole.write_bytes(warehouse.read_bytes())
        with connect(whole) as connection:
            connection.execute("DROP SCHEMA search CASCADE")
            update_index(connection, 2)
        assert query(whole, sql).equals(by_steps)
        assert by_steps.height


@pytest.mark.parametrize("sorted_at_once", [1, 20, 1000])
def test_an_index_built_in_pieces_equals_one_built_at_once(warehouse, tmp_path, monkeypatch, sorted_at_once):
    words = """
        SELECT stem_no, id, times, w.size FROM search.statement_words AS w
        JOIN search.statement_texts USING (text_no) ORDER BY ALL"""
    copy = tmp_path / "w.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    monkeypatch.setattr(module, "SORTED_AT_ONCE", sorted_at_once)
    monkeypatch.setattr(module, "INDEXED", [replace(indexed, at_once=2) for indexed in INDEXED])
    with connect(copy) as connection:
        connection.execute("DELETE FROM search.statement_words; DELETE FROM search.statement_texts")
        update_index(connection, 2)
    assert query(copy, words).equals(query(warehouse, words))


@pytest.mark.parametrize(("nearby", "most_nearby"), [(1, 50), (10_000, 50), (10_000, 0)])
def test_hits_are_found_wherever_their_rows_are(warehouse, tmp_path, monkeypatch, nearby, most_nearby):
    """Corrections and compaction may move rows, so that their order is not that of the index any more."""
    moved = tmp_path / "w.duckdb"
    moved.write_bytes(warehouse.read_bytes())
    with connect(moved) as connection:
        for table, key in (("statements", "statement_id"), ("articles", "article_id")):
            connection.execute(
                f"CREATE TABLE moved AS FROM {table} ORDER BY rowid % 3 = 0, {key}; DELETE FROM {table}; "
                f"INSERT INTO {table} FROM moved; DROP TABLE moved; CHECKPOINT"
            )
    monkeypatch.setattr(module, "NEARBY", nearby)
    monkeypatch.setattr(module, "MOST_NEARBY", most_nearby)
    for search in (search_statements, search_articles):
        for wanted in (SearchQuery("pond"), SearchQuery("pond", rows=3), SearchQuery("pond", outlet="reed")):
            before = search(warehouse, wanted).read()
            assert before.height
            assert search(moved, wanted).read().equals(before)


HIDING = {
    "a killed story": "UPDATE articles SET is_killed = true WHERE {first}",
    "a copy": "UPDATE articles SET copy_of = 'other' WHERE {first}",
    "a deleted statement": "UPDATE statements SET correction = 'deleted' WHERE {first}",
}


@pytest.mark.parametrize("hide", HIDING.values(), ids=HIDING)
def test_killed_stories_copies_and_deleted_statements_are_not_found(warehouse, tmp_path, hide):
    copy = tmp_path / "w.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    with connect(copy) as connection:
        connection.execute(hide.format(first="article_id = (SELECT min(article_id) FROM articles)"))
        article = connection.execute("SELECT min(article_id) FROM articles").fetchall()
    hits = f"FROM search_statements('pond') JOIN statements USING (statement_id) WHERE article_id = '{article[0][0]}'"
    assert query(warehouse, hits).height == 2
    assert query(copy, hits).height == 0
    assert query(copy, "FROM search_statements('pond')").height == 6


def test_what_a_version_removes_is_not_found_any_more(warehouse, tmp_path):
    copy = tmp_path / "w.duckdb"
    copy.write_bytes(warehouse.read_bytes())
    with connect(copy) as connection:
        connection.execute(
            "INSERT INTO history.statements SELECT *, 3 FROM statements WHERE since_version = 1"
        )
        connection.execute("DELETE FROM statements WHERE since_version = 1")
        update_index(connection, 3)
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM search.statement_texts), count(DISTINCT text_no) FROM search.statement_words"
        ).fetchall()
    assert counts == [(4, 4)]
    assert len(found(copy, "pond")) == 4
