"""Check what `bench.pages` counts on a page written for the test."""

import json
import sys

import pytest

from bench import pages

PAGE = """<!doctype html><html><head><meta property="og:title" content="Old lock reopens">
<meta name="author" content="Ada Example">
<meta property="article:published_time" content="2019-06-03"></head><body><article>
<p>PORT ADA (River News) - The council agreed on Monday to reopen the old lock after two years of repairs.</p>
<p>“We are glad that it is over,” said Dorothea Quill, who leads the council.</p></article></body></html>"""
RIGHT = {
    "title": "OLD LOCK  REOPENS",
    "authors": ["Ada Example"],
    "published": "2019-06-03 10:00:00",
    "paragraphs": [
        "PORT ADA (River News) - The council agreed on Monday to reopen the old lock after two years of repairs.",
        '"We are glad that it is over," said Dorothea Quill.',
    ],
}
OTHER = RIGHT | {"title": "Ferries late", "paragraphs": ["Nothing of this is there."]}


def write_page(tmp_path):
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "expected.json").write_text(
        json.dumps({"a.html": {"one_of": [OTHER, RIGHT]}}), encoding="utf-8"
    )


def test_the_most_similar_version_counts(tmp_path):
    write_page(tmp_path)
    score = pages.score_pages(tmp_path, json.loads((tmp_path / "expected.json").read_text()))["a.html"]
    assert (score.titles, score.authors, score.days) == (1, 1, 1)
    assert score.parts("paragraphs") == (2, 2)
    assert score.parts("beyond")[0] == len(["who", "leads", "the", "council"])


def test_without_the_files_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["pages", str(tmp_path / "none"), str(tmp_path / "none.json")])
    pages.main()
    assert capsys.readouterr().out.startswith("skipped: no pages at ")


def test_pages_of_many_sites_are_read_as_well_as_they_were():
    folder, expected = pages.SHARED / "pages", pages.SHARED / "pages.expected.json"
    if not expected.is_file():
        pytest.skip("no pages with expected results")
    scores = pages.score_pages(folder, json.loads(expected.read_text(encoding="utf-8"))).values()
    total = sum(scores, pages.Score())
    shares = {measure: 100 * part / whole for measure, (part, whole) in parts_of(total)}
    assert shares["days"] == 100
    assert shares["titles"] >= 88
    assert shares["authors"] >= 94
    assert shares["paragraphs"] >= 98.5
    assert shares["beyond"] <= 6


def parts_of(total):
    return ((measure, total.parts(measure)) for measure, _, _ in pages.ROWS)
