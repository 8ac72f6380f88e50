"""Whole pages: the fields of an article from several places in the page, and pages that are not articles."""

import time

import pytest

from transforms.readers import read_records

TEXT = (
    "<p>The council of Port Ada agreed on Monday to reopen the old lock after two years of repairs.</p>"
    "<p>“We are glad that it is over,” said Dorothea Quill, who leads the council.</p>"
    "<p>The barges come back in July, when the second gate is ready, the keeper of the lock told reporters.</p>"
)
BODY = (
    "The council of Port Ada agreed on Monday to reopen the old lock after two years of repairs.\n\n"
    "“We are glad that it is over,” said Dorothea Quill, who leads the council.\n\n"
    "The barges come back in July, when the second gate is ready, the keeper of the lock told reporters."
)


def page(head="", above="<h1>Old lock reopens</h1>", text=TEXT, below=""):
    body = f"<main><article>{above}{text}</article>{below}</main>"
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def read(markup):
    reading = read_records(markup.encode(), "page.html")
    assert reading.records.height == 1, reading.rejects
    return reading.records.row(0, named=True)


def reject(markup):
    reading = read_records(markup.encode(), "page.html")
    assert reading.records.is_empty()
    return reading.rejects[0]


def linked(fields):
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


# Titles


def test_the_field_of_the_page_goes_before_a_heading_that_says_something_else():
    head = "<title>Lock | Harbour Post</title>" + meta("og:title", "Old lock reopens at last")
    assert (
        read(page(head, "<h1>The gate that nobody could find opens</h1>"))["headline"]
        == "Old lock reopens at last"
    )


def test_the_name_of_the_site_is_found_in_the_address():
    head = "<link rel=canonical href='https://www.harbourpost.example/lock'>" + meta(
        "og:title", "Old lock reopens - Harbourpost"
    )
    assert read(page(head, ""))["headline"] == "Old lock reopens"


def test_headings_in_bars_and_titles_of_drawings_are_not_headlines():
    bars = "<nav><h1>Harbour news</h1></nav><svg><title>Menu</title></svg><div class=sidebar><h1>Most read</h1></div>"
    above = bars + "<h1>Old lock reopens</h1>"
    assert read(page("", above))["headline"] == "Old lock reopens"


def test_a_heading_that_only_a_class_marks():
    assert (
        read(page("<title>News of the coast</title>", "<span class='entry-title'>Old lock reopens</span>"))[
            "headline"
        ]
        == "Old lock reopens"
    )


def test_lines_above_the_headline_are_not_part_of_the_text():
    above = "<p>Home / Business</p><p>HARBOUR</p><h1>Old lock reopens</h1>"
    assert read(page("", above))["body"] == f"Old lock reopens\n\n{BODY}"


def test_the_one_heading_marked_as_the_title_goes_before_a_banner():
    above = "<h1>The Coast and its Harbours</h1><h2 class=entry-title>Old lock reopens</h2>"
    assert read(page("", above))["headline"] == "Old lock reopens"


# Authors


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (meta("author", "[[author]]"), "<div class='byline'>By Ada Example and Ben Sample, Post Staff Writers</div>"),
        (meta("author", "https://post.example/ada"),
         "<p class=post-byline>By <a href=/author/ada>Ada Example</a>, <a href=/author/ben>Ben Sample</a></p>"),
        (meta("article:author", "Ada Example") + meta("article:author", "Ben Sample"), ""),
        (linked('"author": [{"name": "Ada Example"}, {"name": "Ben Sample"}]'), ""),
        (linked('"author": {"@type": "Organization", "name": "Lantern"}') + meta("author", "Lantern"),
         "<p class=byline>By Ada Example, Ben Sample</p>"),
        (meta("author", "admin"), "<span itemprop=author>Ada Example, Ben Sample</span>"),
        ("", "<div class=author-names><a rel=author>Ada Example</a> | <a rel=author>Ben Sample</a> |"
         " <a href=mailto:a@b.example>Email the author</a> | @ada</div>"),
    ],
)  # fmt: skip
def test_the_persons_who_wrote_it(head, above):
    assert (
        read(page(head, f"<h1>Old lock reopens</h1>{above}"))["byline"].replace(" and ", ", ")
        == "Ada Example, Ben Sample"
    )


def test_authors_of_other_stories_and_of_comments_are_not_those_of_this_one():
    others = (
        "<aside><p class=byline>By Cy Zero</p></aside><div class='story-river'><a rel=author>Di Null</a></div>"
        "<div class=comments><span class=author>Ed Nought</span></div>"
    )
    assert (
        read(page("", "<h1>Old lock reopens</h1><p class=byline>By Ada Example</p>", below=others))["byline"]
        == "Ada Example"
    )
    assert read(page("", below=others))["byline"] is None


def test_references_in_json_ld_are_followed():
    graph = (
        '{"@graph": [{"@type": "Article", "author": {"@id": "#ada"}, "publisher": {"@id": "#post"}},'
        ' {"@type": "Person", "@id": "#ada", "name": "Ada Example"},'
        ' {"@type": "Organization", "@id": "#post", "name": "Harbour Post"}]}'
    )
    found = read(page(f'<script type="application/ld+json">{graph}</script>'))
    assert (found["byline"], found["outlet"]) == ("Ada Example", "Harbour Post")


def test_a_text_that_begins_with_a_name_has_that_author():
    found = read(
        page(
            meta("author", "Harbour Post") + meta("og:site_name", "Harbour Post"),
            text=f"<p><b>Ada Example</b></p>{TEXT}",
            above="",
        )
    )
    assert (found["byline"], found["body"]) == ("Ada Example", BODY)


# Days


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (linked('"dateModified": "2024-01-02", "datePublished": "2019-06-03T14:05:00Z"'), ""),
        (meta("article:modified_time", "2024-01-02") + meta("article:published_time", "2019-06-03"), ""),
        (meta("article:published_time", "1559567100000"), ""),
        (meta("pdate", "20190603"), ""),
        (linked('"datePublished": "Mon Jun 03 2019 14:05:00 GMT+0000 (Coordinated Universal Time)"'), ""),
        (linked('"datePublished": "1970-01-01"') + meta("pubdate", "2019-06-03"), ""),
        (
            "",
            "<p>Updated <time datetime=2024-01-02>2 Jan</time> Published <time datetime=2019-06-03>3 June</time></p>",
        ),
        (
            "",
            "<time class=updated datetime=2024-01-02>x</time><time class=published datetime=2019-06-03>x</time>",
        ),
        (
            "",
            "<i itemprop=dateModified content=2024-01-02>x</i><i itemprop=datePublished content=2019-06-03>x</i>",
        ),
        ("", "<aside><time datetime=2024-01-02>x</time></aside><time datetime=2019-06-03>x</time>"),
        (
            "",
            "<div class=comment><time datetime=2024-01-02>x</time></div><span class=post-date>3 June 2019</span>",
        ),
        (
            "",
            "<p class=byline-section>Published: 15:56 BST, 3 June 2019 | Updated: 15:57 BST, 2 January 2024</p>",
        ),
        ("", "<div>Harbour Post<br>Mon, 3 June 2019 17:55 UTC</div>"),
        ("", "<span class=dateline data-timestamp=1559567100></span>"),
        ("<script>window.page = {dateModified: '2024-01-02', \"publishedAt\": 1559567100000}</script>", ""),
        ("<script>var publishDate = new Date(2019, 5, 3);</script>", ""),
        ("<link rel=canonical href=https://post.example/2019/06/03/lock>", ""),
    ],
)
def test_the_day_on_which_it_was_published(head, above):
    others = "<section class=related-stories><time datetime=2023-09-09>x</time></section>"
    found = read(page(head, f"<h1>Old lock reopens</h1>{above}", below=others))
    assert str(found["published_on"]) == "2019-06-03"


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (
            meta("article:modified_time", "2024-01-02"),
            "<p>Last updated: <time datetime=2024-01-02>2 January 2024</time></p>",
        ),
        (linked('"dateModified": "2024-01-02"'), "<span class='date-updated'>2 January 2024</span>"),
        ("", "<p>Updated 2 January 2024</p><div class=comments><time datetime=2024-01-02>x</time></div>"),
    ],
)
def test_the_day_of_a_change_is_not_the_day_of_publication(head, above):
    assert read(page(head, f"<h1>Old lock reopens</h1>{above}"))["published_on"] is None


# Text


def test_parts_that_are_not_the_article_are_left_out():
    debris = (
        "<div class='newsletter-signup'><p>Get all our news every day, straight from the harbour.</p></div>"
        "<figure><img src=a.jpg><figcaption>The lock</figcaption></figure>"
        "<div class='image-block'><img src=a.jpg><p>The lock in 2017, before anything was mended. Ada Example</p></div>"
        "<p>READ MORE: Ferries late again</p><p><a href=/x>Ferries are late again on all lines</a></p>"
        "<section class=x><h3>More from Harbour Post</h3>"
        "<div><a href=/y>Mayor to sell the ferries of the town</a> He said it twice.</div></section>"
        "<div class='author-bio'><p>Ada Example has covered the harbour for ten years and likes boats.</p></div>"
    )
    first, rest = TEXT.split("</p>", 1)
    assert read(page("", "", text=f"{first}</p>{debris}{rest}"))["body"] == BODY


def test_an_element_with_the_text_is_kept_whatever_its_name():
    markup = f"<div class='related comments newsletter'>{page('', '').replace('<!doctype html>', '')}</div>"
    assert read("<!doctype html>" + markup)["body"] == BODY


def test_items_of_a_list_are_lines():
    items = "<ul><li>One gate opens in June, the council said</li><li>Another opens in July, the council said</li></ul>"
    body = read(page(text=TEXT + items))["body"]
    assert body.endswith(
        "One gate opens in June, the council said\n\nAnother opens in July, the council said"
    )


def test_wire_copy_in_one_element_comes_out_in_paragraphs():
    for markup in (f"<pre>{BODY}</pre>", f"<p>{BODY}</p>", f"<p>{BODY}</p>".replace("\n\n", "<br><br>")):
        assert read(page("", "", text=markup))["body"] == BODY


@pytest.mark.parametrize(
    "mark",
    [
        "p class=standfirst",
        "h2 class='article-subtitle'",
        "div class='entry_summary'",
        "p itemprop=description",
    ],
)
def test_a_standfirst_stands_between_headline_and_text(mark):
    standfirst = "The council leader calls it a good day for the whole of the coast"
    above = f"<h1>Old lock reopens</h1><{mark}>{standfirst}</{mark.split()[0]}>"
    body = read(page("", above))["body"]
    assert body.removeprefix("Old lock reopens\n\n") == f"{standfirst}\n\n{BODY}"


def test_an_offer_or_a_repetition_is_not_a_standfirst():
    offer = "<div class=intro>Only two crowns for a month, subscribe to read all our news</div>"
    top = f"<main><header><h1>Old lock reopens</h1>{offer}</header>"
    assert read(page("", "").replace("<main>", top))["body"] == BODY
    first = TEXT.split("</p>")[0].replace("<p>", "<p class=summary>") + "</p>"
    assert read(page("", "<h1>Old lock reopens</h1>" + first))["body"].count("old lock") == 1


# Pages that are not articles


def test_a_redirect_says_so():
    found = reject(
        "<html><head><meta http-equiv=Refresh content=\"0; URL='https://post.example/lock'\"></head><body>Moved.</body></html>"
    )
    assert (found.reason_code, found.reason) == (
        "redirect",
        "page.html: is a redirect to https://post.example/lock, without an article",
    )
    bare = "<script>go(1)</script>\n<noscript><META http-equiv=refresh content='0;URL=https://post.example/'></noscript>"
    assert reject(bare).reason_code == "redirect"


def test_an_article_that_reloads_itself_is_an_article():
    assert read(page("<meta http-equiv=refresh content=600>", ""))["body"] == BODY
    assert (
        read(page("<meta http-equiv=refresh content='300; url=https://post.example/lock'>", ""))["body"]
        == BODY
    )


def test_the_front_page_of_a_site_is_not_an_article():
    head = (
        meta("og:url", "https://post.example/") + meta("og:type", "website") + "<title>Harbour Post</title>"
    )
    found = reject(page(head, "<h1>Harbour Post</h1>"))
    assert (found.reason_code, found.reason) == (
        "no_article",
        "page.html: is the front page of https://post.example/, not an article",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Please enable JavaScript to read on.",
        "404 Not Found",
        "Access denied",
        "Verify you are human to go on.",
    ],
)
def test_an_error_page_of_a_server_is_not_an_article(text):
    assert reject(f"<html><body><p>{text}</p></body></html>").reason_code == "no_article"


# Hostile pages


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("<span class=byline>" * 150 + "<i class=date>x</i>" * 30_000, ""),
        ("<div " + " ".join(f"a{number}=x" for number in range(100_000)) + ">x</div>", ""),
        ("<div " + "".join(f'a{number}=">"' for number in range(80_000)) + ">x</div>", ""),
        ("", "<meta name=author content='Ada Example'>" * 25_000),
        ("<p>x y</p>" * 50_000, ""),
        ("<h1>Old lock</h1>" * 40_000, ""),
        ("<div class=related>x</div>tail " * 25_000, ""),
        ("<div><h3>Read more</h3><a>x</a></div>" * 20_000, ""),
        ("<p>" + "\n \n" * 300_000 + "</p>", ""),
        ("<p>a\n\nb</p>" * 40_000, ""),
        ("<span class=date>published" + " " * 900_000 + "</span>", ""),
        ("", meta("og:title", "a | " * 200_000)),
        ("", linked('"author": [' + '{"name": "Ada"},' * 40_000 + "{}]")),
        ("", f"<script>{'datePublished' * 70_000}</script>"),
    ],
    ids=range(14),
)
def test_a_megabyte_of_anything_is_read_in_seconds(body, head):
    start = time.process_time()
    read_records(page(head, below=body).encode(), "page.html")
    assert time.process_time() - start < 5


def test_elements_in_too_many_others_are_refused():
    assert reject(page(below="<span>" * 300)).reason_code == "nested_too_deep"


def test_invalid_bytes_outside_the_article_do_not_matter():
    markup = page(below="<footer>Zürich, Öland, Århus, Łódź</footer>").encode()
    reading = read_records(markup.replace(b"<footer>", b"<footer>M\xfcller, "), "page.html")
    assert [body.removeprefix("Old lock reopens\n\n") for body in reading.records["body"]] == [BODY]


def test_an_article_with_an_invalid_byte_is_a_reject():
    markup = page(below="<footer>Zürich, Öland, Århus, Łódź</footer>").encode()
    reading = read_records(markup.replace(b"barges", b"b\xe4rges"), "page.html")
    assert reading.records.is_empty()
    assert [reject.reason_code for reject in reading.rejects] == ["undecodable"]


@pytest.mark.parametrize("name", ["div", "section", "span", "blockquote"])
def test_a_fragment_of_a_page_is_read(name):
    reading = read_records(f"<{name} class='text'>{TEXT}</{name}>".encode(), "text.html")
    assert (reading.format, reading.records["body"].to_list()) == ("html", [BODY])


def test_xml_with_an_element_named_as_in_html_is_no_fragment():
    reading = read_records(b"<?xml version='1.0'?><section><p>Some words of a manual.</p></section>", "a.xml")
    assert [reject.reason_code for reject in reading.rejects] == ["unsupported_format"]


def test_very_many_empty_elements_cost_little_and_hide_no_text():
    start = time.process_time()
    body = f"<html><body><article>{'<p>' * 250_000}The lock opens, Ada Roe said.</p></article></body></html>"
    found = read_records(body.encode(), "a.html").records["body"].to_list()
    assert found == ["The lock opens, Ada Roe said."]
    assert time.process_time() - start < 5
