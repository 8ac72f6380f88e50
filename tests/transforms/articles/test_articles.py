"""Records -> articles: one row per distinct body, for any order of the records."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.derive import polars_schema
from schema.tables import ARTICLES
from transforms.articles.articles import build_articles, link_records
from transforms.frames import RECORDS
from transforms.keys import content_key


def records(*rows):
    plain = dict.fromkeys(RECORDS) | {"record_no": 1, "body_start": 0, "header_spans": []}
    return pl.DataFrame([plain | dict(row) for row in rows], schema=RECORDS)


TWO_BODIES = records(
    {"path": "b.txt", "body": "The lock is open.", "outlet": "Harbour Post"},
    {"path": "a.txt", "record_no": 2, "body": "The lock is open.", "outlet": "River Post"},
    {
        "path": "a.txt",
        "record_no": 1,
        "body": "Nobody came.",
        "language": "nl",
        "published_on": date(2019, 6, 3),
    },
    {"path": "c.txt", "body": "The lock is open."},
)


def test_articles_have_exactly_the_declared_schema():
    assert build_articles(TWO_BODIES, run_id="r1").schema == polars_schema(ARTICLES)
    assert build_articles(records(), run_id="r1").schema == polars_schema(ARTICLES)


def test_one_row_per_body_taken_from_the_first_path():
    articles = build_articles(TWO_BODIES, run_id="r1")
    assert sorted(articles.select("body", "outlet").rows(), key=str) == [
        ("Nobody came.", None),
        ("The lock is open.", "River Post"),
    ]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_the_order_of_the_files_does_not_matter(order):
    shuffled = TWO_BODIES[order]
    assert build_articles(shuffled, run_id="r1").equals(build_articles(TWO_BODIES, run_id="r1"))
    assert link_records(shuffled).equals(link_records(TWO_BODIES))


def test_the_id_depends_on_the_body_alone_and_is_its_own_story():
    article = build_articles(records({"path": "a.txt", "body": "Nobody came."}), run_id="r1").row(
        0, named=True
    )
    assert article["article_id"] == article["story_id"] == content_key("article", "Nobody came.")
    assert article["is_latest"] is True


def test_known_articles_are_left_out():
    known = build_articles(records({"path": "a.txt", "body": "Nobody came."}), run_id="r1")["article_id"]
    assert build_articles(TWO_BODIES, run_id="r1", known=known)["body"].to_list() == ["The lock is open."]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("The lock is open.", 4),
        ("“It’s well-known,” she said — twice.", 5),
        ("5G in 2019", 3),
        ("— … —", 0),
        ("Peña\u00a0Nieto\r\nÉlysée", 3),
        ("Говорит министр", 2),
    ],
)
def test_words_are_counted_without_lone_signs(body, count):
    assert build_articles(records({"path": "a.txt", "body": body}), run_id="r1")["word_count"].to_list() == [
        count
    ]


def test_each_record_is_linked_to_its_article_and_one_of_them_is_first():
    links = link_records(TWO_BODIES)
    lock, nobody = content_key("article", "The lock is open."), content_key("article", "Nobody came.")
    assert links.rows() == [
        ("a.txt", 1, nobody, True),
        ("a.txt", 2, lock, True),
        ("b.txt", 1, lock, False),
        ("c.txt", 1, lock, False),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.sampled_from(["x", "y", "z w"])), max_size=12
    )
)
def test_firsts_are_as_many_as_articles(rows):
    unique = {(path, number): body for path, number, body in rows}
    frame = records(*({"path": path, "record_no": no, "body": body} for (path, no), body in unique.items()))
    links, articles = link_records(frame), build_articles(frame, run_id="r1")
    assert len(links) == len(frame)
    assert sorted(links.filter("is_first")["article_id"]) == articles["article_id"].to_list()
