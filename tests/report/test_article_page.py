"""The page of one article: marks come from offsets, and text stays text."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.article_page import NoSuchArticle, cut, find_article, read_marked, write_page, write_pages
from tests.report.hostile import HOSTILE, TEMPLATE, publish_hostile, publish_run
from tests.warehouse.samples import sample_run


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return publish_run(tmp_path_factory.mktemp("clean"), sample_run())


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 3)), max_size=8),
)
def test_the_pieces_joined_are_the_body_and_each_is_marked_as_its_spans_say(body, spans):
    spans = [(min(a, b), max(a, b), no, "content") for a, b, no in spans if a != b and max(a, b) <= len(body)]
    pieces = cut(body, spans)
    assert "".join(piece.text for piece in pieces) == body
    at = 0
    for piece in pieces:
        inside = {(no, part) for start, end, no, part in spans if start <= at and at + len(piece.text) <= end}
        assert set(piece.marks) == inside
        at += len(piece.text)


def test_an_article_of_very_many_statements_is_split_quickly():
    body = "x" * 200_000
    spans = [(n, n + 7, n, "content") for n in range(0, 199_990, 9)]
    assert len(cut(body, spans)) > 40_000


def test_each_statement_is_marked_at_its_place(clean, tmp_path):
    article_id = sample_run()["articles"]["article_id"][0]
    pieces = [
        (piece.text, piece.strongest, piece.seq_no) for piece in read_marked(clean, article_id)["pieces"]
    ]
    assert pieces[1:4] == [
        ("“Café pond 1.1 is full,”", "content", 1),
        (" ", "", 0),
        ("Ada Quill", "source", 1),
    ]
    page = write_page(clean, article_id, tmp_path / "deep" / "page.html").read_text(encoding="utf-8")
    shown = re.search(r'<div class="body">(.*?)</div>', page, re.S)[1]
    assert unescape(re.sub(r"<[^>]+>", "", shown)) == sample_run()["articles"]["body"][0]
    assert 'title="1: Ada Quill, spokeswoman · direct · named · 0.90"' in page


def test_a_hostile_article_is_shown_as_text(tmp_path):
    warehouse = publish_hostile(tmp_path)
    article_id = sample_run(6)["articles"]["article_id"][0]
    page = write_page(warehouse, article_id, tmp_path / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|img)", page)
    assert TEMPLATE in page and HOSTILE not in page


def test_an_article_is_found_by_id_path_file_name_headline_or_one_of_its_statements(clean):
    sample = sample_run()
    first, said = sample["articles"]["article_id"][0], sample["statements"]["statement_id"][0]
    for wanted in (first, first[:9], "in/1.txt", "1.txt", "pônd REPORT 1", said, said[:10]):
        assert find_article(clean, wanted) == first
    for wanted in ("in/9.txt", "' OR 1=1 --"):
        with pytest.raises(NoSuchArticle, match="no article"):
            find_article(clean, wanted)
    with pytest.raises(NoSuchArticle, match=f"(?s)several.*{first[:12]}  2024-05-03  Pond report 1"):
        find_article(clean, "report")
    with pytest.raises(NoSuchArticle):
        find_article(clean, "")


def test_pages_of_an_earlier_report_go_and_files_of_others_stay(clean, tmp_path):
    article_id = sample_run()["articles"]["article_id"][0]
    (tmp_path / "own.html").write_text("<p>An article of somebody else.</p>", encoding="utf-8")
    (tmp_path / f"{'0' * 32}.html").write_text("an earlier report's", encoding="utf-8")
    assert write_pages(clean, [article_id], tmp_path) == [article_id]
    assert {path.name for path in tmp_path.iterdir()} == {"own.html", f"{article_id}.html"}
