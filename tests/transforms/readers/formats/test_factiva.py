"""Factiva: pages that browsers saved, and text in other languages."""

import pytest

from transforms.readers import read_records

PAGE = (
    "<html><head><title>Factiva</title><style>{style}</style></head>"
    '<body><div id="contentLeft">{articles}</div></body></html>'
)
ARTICLE = (
    '<div id="article-{guid}" class="article"><div class="article {language}Article"><p></p>{above}'
    '<div id="hd"><span class="{language}Headline">{headline}</span></div>{between}<div>{count}</div><div>{day}</div>'
    "<div>Harbour Post</div><div>HPOST</div><div>4</div><div>{name}</div><div>(c) 2019 Harbour Post</div>"
    '<p class="articleParagraph {language}articleParagraph">The council agreed to reopen the lock.</p>'
    '<p class="articleParagraph {language}articleParagraph">"At last," said Dorothea Quill.</p>'
    "<p>Harbour Press</p><p>{word} {guid}</p></div></div>"
)
GUID = "HPOST00020190603ef6300001"
BODY = 'The council agreed to reopen the lock.\n\n"At last," said Dorothea Quill.'


def article(**fields):
    known = {
        "guid": GUID, "language": "en", "above": "", "headline": "Old lock reopens", "between": "",
        "count": "212 words", "day": "3 June 2019", "name": "English", "word": "Document",
    }  # fmt: skip
    return ARTICLE.format(**known | fields)


def read(*articles, style=""):
    page = PAGE.format(style=style, articles="<br><span></span>".join(articles))
    return list(read_records(page.encode(), "a.html").records.iter_rows(named=True))


@pytest.mark.parametrize(
    ("count", "day", "name", "word"),
    [
        ("212 words", "3 June 2019", "English", "Document"),
        ("1.212 Wörter", "3 Juni 2019", "Englisch", "Dokument"),
        ("212 mots", "3 juin 2019", "Anglais", "Document"),
        ("212 字", "2019 年 6 月 3 日", "英文", "文件"),
        ("212 ワード", "2019 年 6 月 3 日 17:04", "英語", "文書"),
        ("212 слов", "3 июня 2019", "Английский", "Документ"),
    ],
)
def test_pages_are_read_whatever_the_language_of_the_interface(count, day, name, word):
    [found] = read(article(count=count, day=day, name=name, word=word))
    assert (found["headline"], found["outlet"], found["language"]) == (
        "Old lock reopens",
        "Harbour Post",
        "en",
    )
    assert (found["published_on"].isoformat(), found["guid"], found["body"]) == ("2019-06-03", GUID, BODY)


def test_long_styles_above_the_first_article_do_not_hide_it():
    found = read(article(), article(guid="ESTIM00020190604ef6400002"), style=".a { color: red; }\n" * 20_000)
    assert [one["guid"] for one in found] == [GUID, "ESTIM00020190604ef6400002"]


@pytest.mark.parametrize(
    ("above", "between", "byline"),
    [
        ("<div>News</div>", "", None),
        ("", '<div class="author">By Ada Example </div><div>Special to Harbour Post</div>', "Ada Example"),
        ("<div>News</div>", "<div>River News</div>", "River News"),
    ],
)
def test_section_and_byline_are_recognised_by_their_place(above, between, byline):
    [found] = read(article(above=above, between=between))
    assert (found["headline"], found["byline"], found["body"]) == ("Old lock reopens", byline, BODY)


@pytest.mark.parametrize(
    "above", ["News\nOld lock reopens", "Old lock reopens", "News\nOld lock reopens\nBy Ada Example"]
)
def test_the_headline_of_a_plain_text_differs_from_its_section(above):
    below = "212 words\n3 June 2019\nHarbour Post\nHPOST\nEnglish\n(c) 2019\n\nThe lock reopens."
    text = f"{above}\n{below}\n\nDocument {GUID}\n"
    [found] = read_records(text.encode(), "a.txt").records.iter_rows(named=True)
    assert (found["headline"], found["outlet"]) == ("Old lock reopens", "Harbour Post")


def test_a_page_of_another_kind_is_not_an_export():
    title = '<div class="titreArticle"><h1>Old lock reopens</h1></div>'
    page = f"<html><body>{title}<p>The lock reopens today.</p></body></html>"
    assert read_records(page.encode(), "a.html").format == "html"


@pytest.mark.parametrize(
    ("above", "headline", "byline"),
    [
        (
            "Foreign Desk; 1\nOld lock reopens\nBy ADA EXAMPLE\nSpecial to Harbour Post",
            "Old lock reopens",
            "ADA EXAMPLE",
        ),
        ("Old lock reopens\nAda Example", "Old lock reopens", "Ada Example"),
        ("Old Lock Reopens", "Old Lock Reopens", None),
    ],
)
def test_the_byline_of_a_plain_text_is_below_the_headline(above, headline, byline):
    below = "212 words\n3 June 2019\nHarbour Post\nHPOST\nEnglish\nCopyright 2019 Harbour Press"
    text = f"{above}\n{below}\n\nThe lock reopens.\n\nHarbour Press Ltd\n\nDocument {GUID}\n"
    [found] = read_records(text.encode(), "a.txt").records.iter_rows(named=True)
    assert (found["headline"], found["byline"], found["body"]) == (headline, byline, "The lock reopens.")
