"""JSON as scrapers, archives and news APIs write it; each shape follows its documentation, with invented texts."""

import json

import pytest

from transforms.articles.articles import add_timestamps
from transforms.readers import read_records

LEAD = "The tide mill stopped on Monday, miller Ines Orr said."
MORE = '"The wheel is worn out," Orr said.'
TEXT = f"{LEAD}\n\n{MORE}"
HTML = f"<p>{LEAD}</p>\n<p>{MORE}</p>"
LINK = "https://post.example/mill"

SHAPES = {
    "news-please": {
        "authors": ["Ada Vale", "Tom Reed"], "date_download": "2023-09-30 10:00:00", "date_modify": "None",
        "date_publish": "2023-09-18 06:10:00", "description": "A teaser", "filename": "x.json", "language": "en",
        "maintext": TEXT, "source_domain": "post.example", "text": None, "title": "Mill stops", "title_page": None,
        "url": LINK,
    },
    "trafilatura": {
        "title": "Mill stops", "author": "Ada Vale; Tom Reed", "hostname": "post.example", "date": "2023-09-18",
        "fingerprint": "0f", "id": None, "comments": "Shame, said a reader.", "raw_text": "x", "text": TEXT,
        "filedate": "2023-09-30", "source": LINK, "source-hostname": "Harbour Post", "excerpt": "A teaser",
    },
    "fundus": {
        "title": "Mill stops", "authors": ["Ada Vale", "Tom Reed"], "publishing_date": "2023-09-18 06:10:00+00:00",
        "body": {"summary": ["A teaser."], "sections": [{"headline": [], "paragraphs": [LEAD, MORE]}]}, "lang": "en",
    },
    "newspaper": {
        "url": LINK, "title": "Mill stops", "authors": ["Ada Vale", "Tom Reed", "Follow Ada On Twitter",
                                                          "Ada Vale Harbour Post"],
        "publish_date": "2023-09-18T00:00:00", "text": TEXT, "text_cleaned": "", "summary": "", "meta_lang": "en",
        "meta_site_name": "Harbour Post", "canonical_link": LINK, "meta_description": "A teaser",
    },
    "goose": {
        "meta": {"description": "A teaser", "lang": "en", "canonical": LINK}, "domain": "post.example",
        "title": "Mill stops", "cleaned_text": TEXT, "opengraph": {"site_name": "Harbour Post", "title": "Mill"},
        "authors": ["Ada Vale", "Tom Reed"], "publish_date": "2023-09-18T06:10:00Z", "tweets": [], "links": [],
    },
    "WordPress": [{
        "id": 31, "date": "2023-09-18T08:10:00", "date_gmt": "2023-09-18T06:10:00",
        "guid": {"rendered": f"{LINK}?p=31"},
        "modified": "2023-10-02T08:10:00", "link": LINK, "status": "publish", "title": {"rendered": "Mill stops"},
        "content": {"rendered": HTML, "protected": False}, "excerpt": {"rendered": "<p>A teaser</p>"}, "author": 12,
        "_embedded": {"author": [{"id": 12, "name": "Ada Vale, Tom Reed"}]},
        "yoast_head_json": {"og_site_name": "Harbour Post"},
    }],
    "Guardian": {"response": {"status": "ok", "results": [{
        "id": "town/2023/sep/18/mill", "type": "article", "webPublicationDate": "2023-09-18T06:10:00Z",
        "webTitle": "Mill stops", "webUrl": LINK, "apiUrl": "https://api.example/mill",
        "fields": {"headline": "Mill stops", "byline": "Ada Vale, Tom Reed", "trailText": "A teaser", "body": HTML,
                   "main": "<figure></figure>", "publication": "Harbour Post"},
    }]}},
    "Guardian, one item": {"response": {"status": "ok", "content": {
        "id": "town/2023/sep/18/mill", "webPublicationDate": "2023-09-18T06:10:00Z", "webTitle": "Mill stops",
        "webUrl": LINK, "fields": {"byline": "Ada Vale, Tom Reed", "bodyText": TEXT, "publication": "Harbour Post"},
    }}},
    "NewsAPI": {"status": "ok", "totalResults": 1, "articles": [{
        "source": {"id": None, "name": "Harbour Post"}, "author": "Ada Vale, Tom Reed", "title": "Mill stops",
        "description": "A teaser", "url": LINK, "publishedAt": "2023-09-18T06:10:00Z",
        "content": f"{TEXT}… [+2310 chars]",
    }]},
    "Event Registry": {"articles": {"page": 1, "results": [{
        "uri": "7788990011", "lang": "eng", "isDuplicate": False, "date": "2023-09-19", "time": "01:00:00",
        "dateTime": "2023-09-19T01:00:00Z", "dateTimePub": "2023-09-18T06:10:00Z", "dataType": "news", "url": LINK,
        "title": "Mill stops", "body": TEXT,
        "source": {"uri": "post.example", "dataType": "news", "title": "Harbour Post"},
        "authors": [{"uri": "ada@post.example", "name": "Ada Vale"}, {"uri": "tom@post.example", "name": "Tom Reed"}],
    }]}},
    "Webhose": {"posts": [{
        "thread": {"uuid": "1", "url": LINK, "site": "post.example", "title": "",
                   "published": "2023-09-18T08:10:00.000+02:00"},
        "uuid": "1", "url": LINK, "author": "Ada Vale, Tom Reed", "published": "2023-09-18T08:10:00.000+02:00",
        "title": "Mill stops", "text": TEXT, "language": "english", "crawled": "2023-09-30T10:00:00.000+02:00",
    }], "totalResults": 1},
    "Media Cloud": {"stories": [{
        "stories_id": 5, "collect_date": "2023-09-30 10:00:00", "indexed_date": "2023-09-30", "language": "en",
        "media_name": "Harbour Post", "media_url": "post.example", "publish_date": "2023-09-18", "title": "Mill stops",
        "url": LINK, "story_text": TEXT,
    }]},
    "Aylien": {"stories": [{
        "id": 99, "title": "Mill stops", "body": TEXT, "published_at": "2023-09-18T06:10:00Z", "language": "en",
        "author": {"id": 1, "name": "Ada Vale, Tom Reed"},
        "source": {"id": 4, "name": "Harbour Post", "domain": "post.example"},
        "links": {"permalink": LINK},
    }]},
    "schema.org": {"@context": "https://schema.org", "@graph": [
        {"@type": "WebPage", "name": "Mill stops", "url": LINK},
        {"@type": "NewsArticle", "headline": "Mill stops", "articleBody": TEXT, "datePublished": "2023-09-18T06:10:00Z",
         "author": [{"@type": "Person", "name": "Ada Vale"}, {"@type": "Person", "name": "Tom Reed"}],
         "publisher": {"@type": "Organization", "name": "Harbour Post", "logo": {"url": "x"}}, "url": LINK},
    ]},
    "a search index": {"hits": {"total": {"value": 1}, "hits": [{"_index": "n", "_id": "1", "_source": {
        "title": "Mill stops", "content": TEXT, "source": "Harbour Post", "author": "Ada Vale, Tom Reed", "url": LINK,
        "published_at": 1695017400000, "crawled_at": 1696000000000,
    }}]}},
}  # fmt: skip


def read(document):
    reading = read_records(json.dumps(document).encode(), "a.json")
    return add_timestamps(reading.records).rows(named=True), reading.rejects


@pytest.mark.parametrize("name", SHAPES)
def test_the_article_is_read_with_its_fields(name):
    (article,), rejects = read(SHAPES[name])
    assert rejects == []
    assert (article["headline"], article["body"]) == ("Mill stops", TEXT)
    assert str(article["published_on"]) == "2023-09-18"
    assert article["byline"] in ("Ada Vale, Tom Reed", "Ada Vale; Tom Reed", None)
    assert article["outlet"] in ("Harbour Post", "post.example", None)
    assert article["url"] in (LINK, None)


@pytest.mark.parametrize(
    "name", ["trafilatura", "newspaper", "goose", "WordPress", "Event Registry", "Aylien"]
)
def test_a_name_goes_before_a_host_and_a_number_names_nobody(name):
    (article,), _ = read(SHAPES[name])
    assert article["outlet"] == "Harbour Post"


@pytest.mark.parametrize(
    "name", ["newspaper", "fundus", "news-please", "WordPress", "NewsAPI", "schema.org", "Guardian, one item"]
)
def test_authors_are_people(name):
    (article,), _ = read(SHAPES[name])
    assert article["byline"] == "Ada Vale, Tom Reed"


def test_a_host_is_the_outlet_where_nothing_better_is_and_a_link_never():
    (article,), _ = read({"title": "Mill", "text": TEXT, "source": LINK, "hostname": "post.example"})
    assert (article["outlet"], article["url"]) == ("post.example", LINK)


def test_local_time_and_utc_together_give_the_zone():
    post = {
        "title": "Mill",
        "content": TEXT,
        "date": "2023-09-18T00:30:00",
        "date_gmt": "2023-09-17T22:30:00",
    }
    (article,), _ = read([post])
    assert (str(article["published_on"]), article["published"]) == ("2023-09-18", "2023-09-18T00:30:00+02:00")
    assert article["published_at"].isoformat() == "2023-09-17T22:30:00+00:00"


@pytest.mark.parametrize(
    "field", ["indexed_date", "date_download", "date_modify", "filedate", "seendate", "crawled"]
)
def test_the_day_of_a_crawl_or_a_change_is_not_a_day_of_publication(field):
    (article,), _ = read({"title": "Mill", "text": TEXT, field: "2023-09-30"})
    assert (article["published"], article["published_on"]) == (None, None)


MILL = {"title": "Mill", "text": TEXT, "url": LINK}


@pytest.mark.parametrize(
    "document",
    [
        {"message": "ok", "whatever": [MILL]},
        {"title": "Top stories", "link": "https://post.example", "items": [MILL]},
        {"content": [MILL], "page": 1},
        {"a": {"b": {"c": [MILL]}}},
        {"feed": {"title": "Post", "url": "https://post.example"}, "list": [MILL]},
    ],
)  # fmt: skip
def test_an_envelope_is_opened_whatever_it_is_called(document):
    articles, rejects = read(document)
    assert [(article["headline"], article["body"]) for article in articles] == [("Mill", TEXT)]
    assert rejects == []


def test_comments_and_related_articles_are_not_articles():
    aside = [{"title": "Other", "text": "It was so, a reader said.", "url": LINK, "author": "Tim"}]
    (article,), _ = read({"title": "Mill", "text": TEXT, "comments": aside, "related_articles": aside})
    assert article["headline"] == "Mill"


def test_several_lists_in_one_object_are_all_read():
    one, two = ({"title": title, "text": TEXT, "url": LINK} for title in ("Mill", "Weir"))
    articles, _ = read({"featured": [one], "latest": [two]})
    assert [article["headline"] for article in articles] == ["Mill", "Weir"]


def test_headlines_without_a_text_are_rejected_one_by_one():
    found = [{"url": LINK, "title": "Mill", "seendate": "20230918T061000Z", "domain": "post.example"}] * 2
    articles, rejects = read({"articles": found})
    assert articles == []
    assert [reject.reason_code for reject in rejects] == ["no_body", "no_body"]


@pytest.mark.parametrize("missing", ["nan", "NULL", "None", "N/A", "<NA>", float("nan")])
def test_words_for_nothing_mean_null(missing):
    (article,), _ = read(
        {"title": missing, "text": TEXT, "author": missing, "date": missing, "source": missing}
    )
    assert [article[name] for name in ("headline", "byline", "published", "outlet")] == [None] * 4


@pytest.mark.parametrize("cut", [30, 60, 90, -1, -2])
def test_a_truncated_document_is_rejected_as_truncated(cut):
    data = json.dumps([{"title": "Mill", "text": TEXT}, {"title": "Weir", "text": TEXT}], indent=1).encode()
    (reject,) = read_records(data[:cut], "a.json").rejects
    assert reject.reason_code == "malformed"
    assert "incomplete or damaged JSON" in reject.reason


def test_concatenated_documents_are_all_read():
    data = "\n".join(
        json.dumps({"title": title, "text": TEXT}, indent=2) for title in ("Mill", "Weir")
    ).encode()
    assert read_records(data, "a.json").records["headline"].to_list() == ["Mill", "Weir"]


def test_bulk_instructions_are_not_articles():
    data = (
        b'{"index":{"_id":"1"}}\n{"title":"Mill","text":"It stopped, she said."}\n'
        b'{"index":{}}\n{"title":"Weir","text":"It broke, she said."}\n'
    )
    reading = read_records(data, "bulk.json")
    assert (reading.records["headline"].to_list(), reading.rejects) == (["Mill", "Weir"], [])


def test_a_number_of_thousands_of_digits_is_not_prose():
    data = b'{"title": "Mill", "text": "It stopped, she said.", "count": ' + b"7" * 5000 + b"}"
    record = read_records(data, "a.json").records.row(0, named=True)
    assert (record["headline"], record["body"]) == ("Mill", "It stopped, she said.")


def test_a_whole_page_in_a_field_is_read_as_a_page():
    said = "The tide mill at Orr stopped on Monday, said its miller, Ines Orr, who has kept it for years."
    page = f"<!DOCTYPE html><html><head><title>Mill</title></head><body><article><p>{said}</p></article></body></html>"
    (article,), _ = read([{"url": LINK, "fetched": "2023-09-30", "html": page}])
    assert (article["format"], article["body"], article["url"], article["place"]) == (
        "html",
        said,
        LINK,
        "item 1",
    )


def test_a_fault_in_one_item_affects_only_that_item():
    deep = {"title": "Deep", "text": TEXT}
    for _ in range(400):
        deep = {"title": "Deep", "text": [deep]}
    articles, rejects = read([MILL, deep, MILL | {"title": "Weir"}])
    assert [article["headline"] for article in articles] == ["Mill", "Weir"]
    assert [reject.record_no for reject in rejects] == [2]


@pytest.mark.parametrize(
    "document",
    [
        {"title": {"0": "Mill", "1": "Weir"}, "text": {"0": TEXT, "1": TEXT}},
        {"columns": ["title", "text"], "index": [0, 1], "data": [["Mill", TEXT], ["Weir", TEXT]]},
        {"schema": {}, "data": [{"index": 0, "title": "Mill", "text": TEXT}, {"title": "Weir", "text": TEXT}]},
    ],
    ids=["by columns", "names apart", "with a schema"],
)  # fmt: skip
def test_tables_of_pandas_are_read_by_their_rows(document):
    articles, rejects = read(document)
    assert [(article["headline"], article["body"]) for article in articles] == [
        ("Mill", TEXT),
        ("Weir", TEXT),
    ]
    assert rejects == []


def test_paragraphs_stay_apart_when_one_of_them_has_tags():
    elements = [{"content": LEAD}, {"type": "image", "url": "x"}, {"content": f"<b>{MORE}</b>"}]
    story = {"headlines": {"basic": "Mill stops"}, "content_elements": elements, "display_date": "2023-09-18T06:10:00Z",
             "credits": {"by": [{"name": "Ada Vale"}]}}  # fmt: skip
    (article,), _ = read(story)
    assert (article["headline"], article["byline"], article["body"]) == ("Mill stops", "Ada Vale", TEXT)


@pytest.mark.parametrize(
    ("written", "byline"),
    [
        ("ada@post.example (Ada Vale)", "Ada Vale"),
        ("Ada Vale <ada@post.example>", "Ada Vale"),
        ("ada@post.example", None),
        ("https://www.facebook.com/post", None),
        ("['Ada Vale', 'Tom Reed']", "Ada Vale, Tom Reed"),
        (12, None),
    ],
)
def test_an_author_is_named_without_an_address(written, byline):
    (article,), _ = read(MILL | {"author": written})
    assert article["byline"] == byline
