"""ninjs in its three versions, and items that are not articles."""

import json

import pytest

from transforms.readers import read_records

ITEM = {
    "uri": "urn:river.example:1",
    "pubStatus": "usable",
    "versionCreated": "2019-06-03T09:30:00Z",
    "headline": "Lock",
}
NITF = "<nitf><body><body.content><p>Inside.</p></body.content></body></nitf>"
PLAIN = {"contentType": "text/plain", "value": "Plain."}
MARKUP = {"contentType": "text/html", "value": "<p>Markup.</p>"}
TEASER = {"role": "teaser", "contenttype": "text/html", "value": "<p>Short.</p>"}


def read(document):
    reading = read_records(json.dumps(document).encode(), "a.json")
    return list(reading.records.iter_rows(named=True)), reading.rejects


@pytest.mark.parametrize("lower", [True, False])
def test_names_count_whatever_their_case(lower):
    item = ITEM | {"edNote": "Adds quote", "body_text": "The lock reopens.", "copyrightHolder": "River News"}
    if lower:
        item = {name.lower(): value for name, value in item.items()}
    [found], _ = read(item)
    assert (found["note"], found["status"], found["outlet"]) == ("Adds quote", "usable", "River News")
    assert found["updated"] == "2019-06-03T09:30:00Z"


@pytest.mark.parametrize(
    ("bodies", "body"),
    [
        ([PLAIN, MARKUP], "Markup."),
        ([TEASER, {"role": "main", "value": "Whole."}], "Whole."),
        ([{"role": "summary", "value": "Only this."}], "Only this."),
        ([{"contentType": "text/vnd.IPTC.NITF", "value": NITF}], "Inside."),
    ],
)
def test_the_whole_text_goes_before_a_teaser_and_markup_before_plain_text(bodies, body):
    [found], _ = read(ITEM | {"bodies": bodies})
    assert found["body"] == body


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "picture"}, "is a picture without a text"),
        ({"type": "picture", "body_text": "The lock."}, "is a picture with only a caption"),
        ({"type": "video"}, "is a video without a text"),
        ({"type": "composite"}, "is a package of other items without a text"),
        ({"eventDetails": {}}, "is an event without a text"),
        ({"type": "planning"}, "is a planning item without a text"),
        ({"type": "text", "renditions": {"nitf": {}}}, "text is in separate files: nitf"),
    ],
)
def test_items_that_are_not_articles_are_rejected_with_their_kind(fields, reason):
    articles, [reject] = read(ITEM | fields)
    assert not articles
    assert reason in reject.reason


@pytest.mark.parametrize(
    "wrap", [lambda one: {"data": {"item": one}}, lambda one: {"data": {"items": [{"meta": {}, "item": one}]}},
             lambda one: {"total": 1, "item": [one]}, lambda one: [one]]
)  # fmt: skip
def test_items_are_found_in_the_answers_of_agencies(wrap):
    [found], rejects = read(wrap(ITEM | {"body_text": "The lock reopens."}))
    assert (found["format"], found["guid"], rejects) == ("ninjs", "urn:river.example:1", [])


def test_other_json_with_a_uri_is_not_ninjs():
    document = {
        "uri": "x://1",
        "headline": {"main": "Lock"},
        "body": "The lock reopens.",
        "pub_date": "2019-06-03",
    }
    assert read_records(json.dumps(document).encode(), "a.json").format == "json"
