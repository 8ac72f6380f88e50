"""Whole files of plain text become records: check body, header fields and their spans."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from transforms.readers import read_records

STORY = (
    "The river council agreed on Monday to reopen the old lock after two years of repairs, “at last,” "
    "its mayor said."
)
SECOND = "Nobody came — the barges stayed away."
DAY = date(2019, 6, 3)


def read(text, encoding="utf-8"):
    reading = read_records(text.encode(encoding), "a.txt")
    assert reading.rejects == []
    record = reading.records.row(0, named=True)
    decoded = text.removeprefix("\ufeff")
    assert decoded[record["body_start"] :][: len(record["body"])] == record["body"]
    for span in record["header_spans"]:
        if span["field"] not in ("published_on", "language"):
            assert decoded[span["start"] : span["end"]] == record[span["field"]]
    return record


FIELDS = "headline byline agency outlet dateline_place published_on language url".split()


def filled(record):
    return {name: record[name] for name in FIELDS if record[name] is not None}


CASES = {
    "date, place and agency in one line": (
        f" date 2019-06-03 PORT ADA (River News) - {STORY}\n\n{SECOND}\n",
        f"{STORY}\n\n{SECOND}",
        {"published_on": DAY, "dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "date line without dateline": (f"date 2019-06-03\n{STORY}", STORY, {"published_on": DAY}),
    "dateline without a year gives no date": (
        f"PORT ADA, June 3 (River News) - {STORY}",
        STORY,
        {"dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "dateline whose year a header gives": (
        f"Date: 2019\n\nPORT ADA, June 3 (River News) - {STORY}",
        STORY,
        {"dateline_place": "PORT ADA", "agency": "River News", "published_on": DAY},
    ),
    "dateline whose year a link of the same month gives": (
        f"URL: https://example.org/2019/06/lock\nPORT ADA, June 3 -- {STORY}",
        STORY,
        {"dateline_place": "PORT ADA", "published_on": DAY, "url": "https://example.org/2019/06/lock"},
    ),
    "a link of another month gives no year": (
        f"URL: https://example.org/2020/01/lock\nPORT ADA, Dec. 31 -- {STORY}",
        STORY,
        {"dateline_place": "PORT ADA", "url": "https://example.org/2020/01/lock"},
    ),
    "the header's date goes before the dateline's": (
        f"Published: 2019-06-03 23:50 UTC\nPORT ADA, June 4, 2019 (River News) - {STORY}",
        STORY,
        {"dateline_place": "PORT ADA", "agency": "River News", "published_on": DAY},
    ),
    "headline above a dateline: the body begins at the headline": (
        f"Old lock reopens.\n\nBy Ada Example\nJune 3, 2019\n\nPORT ADA (River News) — {STORY}",
        f"Old lock reopens.\n\nBy Ada Example\nJune 3, 2019\n\nPORT ADA (River News) — {STORY}",
        {"headline": "Old lock reopens.", "byline": "Ada Example", "published_on": DAY,
         "dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "two lines of headline and a summary above a dateline": (
        f"Old lock reopens,\nbarges stay away\n\nTwo years of repairs\n\nPORT ADA -- {STORY}",
        f"Old lock reopens,\nbarges stay away\n\nTwo years of repairs\n\nPORT ADA -- {STORY}",
        {"headline": "Old lock reopens,\nbarges stay away", "dateline_place": "PORT ADA"},
    ),
    "headline and byline without dateline": (
        f"Old lock reopens\nBy Ada Example\n\n{STORY}",
        f"Old lock reopens\nBy Ada Example\n\n{STORY}",
        {"headline": "Old lock reopens", "byline": "Ada Example"},
    ),
    "byline and date above a headline are left out": (
        f"By Ada Example\n3 June 2019\n\nOld lock reopens\n\n{STORY}",
        f"Old lock reopens\n\n{STORY}",
        {"headline": "Old lock reopens", "byline": "Ada Example", "published_on": DAY},
    ),
    "what a byline's author is": (
        f"By ADA EXAMPLE\nRiver News Writer\nPORT ADA (River News) - {STORY}",
        STORY,
        {"byline": "ADA EXAMPLE", "dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "keys and values": (
        f"Title: Old lock reopens\nDate: 3 June 2019\nAuthor: Ada Example\nSource: Harbour Post\n"
        f"Agency: River News\nURL: https://example.org/lock\nLocation: Port Ada\nLanguage: English\n"
        f"Tags: river, lock\n\n{STORY}",
        STORY,
        {"headline": "Old lock reopens", "published_on": DAY, "byline": "Ada Example",
         "outlet": "Harbour Post", "agency": "River News", "url": "https://example.org/lock",
         "dateline_place": "Port Ada", "language": "en"},
    ),
    "keys right above the text": (f"Source: Harbour Post\n{STORY}", STORY, {"outlet": "Harbour Post"}),
    "front matter": (
        f'---\ntitle: "Old lock reopens"\nlayout: post\ntags:\n  - river\ndate: 2019-06-03\n---\n\n{STORY}',
        STORY,
        {"headline": "Old lock reopens", "published_on": DAY},
    ),
    "a topic above the headline": (
        f"FERRY LINE\n\nOld lock reopens at last\n\nBy Ada Example\n\n{STORY}",
        f"FERRY LINE\n\nOld lock reopens at last\n\nBy Ada Example\n\n{STORY}",
        {"headline": "Old lock reopens at last", "byline": "Ada Example"},
    ),
    "a topic without a headline below it": (
        f"FERRY LINE\nBy Ada Example\n\n{STORY}",
        f"FERRY LINE\nBy Ada Example\n\n{STORY}",
        {"headline": "FERRY LINE", "byline": "Ada Example"},
    ),
    "a note to editors above a dateline is not a headline": (
        f"CORRECTED: Third paragraph gives the right day\n\nPORT ADA (River News) - {STORY}",
        f"CORRECTED: Third paragraph gives the right day\n\nPORT ADA (River News) - {STORY}",
        {"dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "a note to editors below a headline ends it": (
        f"Old lock reopens\n(Adds mayor)\nBy Ada Example\nPORT ADA (River News) - {STORY}",
        f"Old lock reopens\n(Adds mayor)\nBy Ada Example\nPORT ADA (River News) - {STORY}",
        {"headline": "Old lock reopens", "byline": "Ada Example", "dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "a name alone above a date, and one above an address": (
        f"Old lock reopens\nMaria Lorne\nmaria@post.example\nMonday 3 June 2019\n\n{STORY}",
        f"Old lock reopens\nMaria Lorne\nmaria@post.example\nMonday 3 June 2019\n\n{STORY}",
        {"headline": "Old lock reopens", "byline": "Maria Lorne", "published_on": DAY},
    ),
    "a line of a key without a column ends a headline": (
        f"Old lock reopens\nSection: World\n\n{STORY}",
        f"Old lock reopens\nSection: World\n\n{STORY}",
        {"headline": "Old lock reopens"},
    ),
    "words by": (
        f"Title: Old lock reopens\nWords: Ada Example\nWords: 512\n\n{STORY}",
        STORY,
        {"headline": "Old lock reopens", "byline": "Ada Example"},
    ),
    "a dateline that is a key": (
        f"Title: Old lock reopens\nDateline: PORT ADA, June 3 (River News) -\n\n{STORY}",
        STORY,
        {"headline": "Old lock reopens", "dateline_place": "PORT ADA", "agency": "River News"},
    ),
    "place and day on a separate line": (
        f"Old lock reopens\n\nPort Ada, Monday, 3 June 2019\n\n{STORY}",
        f"Old lock reopens\n\nPort Ada, Monday, 3 June 2019\n\n{STORY}",
        {"headline": "Old lock reopens", "published_on": DAY, "dateline_place": "Port Ada"},
    ),
    "a byline of two lines": (
        f"Old lock reopens\nBy Ada Example and\nBo Sample\n\n{STORY}",
        f"Old lock reopens\nBy Ada Example and\nBo Sample\n\n{STORY}",
        {"headline": "Old lock reopens", "byline": "Ada Example and\nBo Sample"},
    ),
    "authors in the last line": (
        f"{STORY}\n\n(Reporting by Ada Example; Editing by Bo Sample)",
        f"{STORY}\n\n(Reporting by Ada Example; Editing by Bo Sample)",
        {"byline": "Ada Example"},
    ),
    "an author above goes before those in the last line": (
        f"By Cy Foo\n\n{STORY}\n\n(Reporting by Ada Example; Editing by Bo Sample)",
        f"{STORY}\n\n(Reporting by Ada Example; Editing by Bo Sample)",
        {"byline": "Cy Foo"},
    ),
    "an ambiguous date is not a date": (f"Date: 03/04/2019\n\n{STORY}", STORY, {}),
    "text alone": (f"\n\n  {STORY}\n\n{SECOND}\n \n", f"{STORY}\n\n{SECOND}", {}),
    "a quoted first line": (f"“Never again,” the mayor said.\n\n{STORY}",) * 2 + ({},),
    "speakers' turns": (f"MAYOR: We will reopen the lock.\nCLERK: When?\n{STORY}",) * 2 + ({},),
    "a long paragraph above a dateline": (f"{STORY} {STORY}\n\nPORT ADA (River News) - {STORY}",) * 2 + ({},),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_forms_of_articles(name):
    text, body, fields = CASES[name]
    record = read(text)
    assert (filled(record), record["body"]) == (fields, body)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_change_nothing_else(name, line_end):
    text, body, fields = CASES[name]
    record = read(text.replace("\n", line_end))
    expected = {
        name: value.replace("\n", line_end) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    assert (filled(record), record["body"]) == (expected, body.replace("\n", line_end))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_offsets_count_code_points_in_every_encoding(encoding):
    text = f"Title: Señor Peña’s café\n\nPORT ADA (River News) — {STORY}"
    record = read(text, encoding)
    assert record["body_start"] == text.index(STORY)
    assert record["headline"] == "Señor Peña’s café"


def test_offsets_survive_emoji_and_combining_accents():
    record = read(f"Title: 👩🏽‍🚀 e\u0301te\u0301\n\n👩🏽‍🚀 {STORY} e\u0301")
    assert record["headline"] == "👩🏽‍🚀 e\u0301te\u0301"
    assert record["body"] == f"👩🏽‍🚀 {STORY} e\u0301"


def test_many_blank_or_header_lines_hide_no_text():
    assert read("\n" * 500 + STORY)["body"] == STORY
    assert read("Tags: a\n" * 500 + STORY)["body"].endswith(STORY)


def test_only_a_line_right_below_a_byline_says_what_its_author_is():
    record = read(f"By Ada Example\n\nEvening News\n\n{STORY}")
    assert (record["headline"], record["body"]) == ("Evening News", f"Evening News\n\n{STORY}")


def test_a_headline_that_repeats_the_title_key_has_its_place_in_the_body():
    record = read(f"Title: Old lock reopens\n\nOld lock reopens\n\n{STORY}")
    assert record["headline"] == "Old lock reopens"
    assert record["body"].startswith("Old lock reopens")
    assert [span["start"] for span in record["header_spans"]] == [record["body_start"]]


def test_the_title_key_counts_where_the_headline_is_written_in_another_way():
    record = read(f"Title: Old lock reopens\n\nOLD  LOCK REOPENS\nBy Ada Example\n\n{STORY}")
    assert (record["headline"], record["byline"]) == ("Old lock reopens", "Ada Example")
    assert record["body"].startswith("OLD  LOCK REOPENS")
    assert record["header_spans"][0] == {"field": "headline", "start": 7, "end": 23}


def test_another_headline_than_the_title_key_stays_in_the_body():
    record = read(f"Title: Lock news\n\nOld lock reopens\n\n{STORY}")
    assert record["headline"] == "Lock news"
    assert record["body"].startswith("Old lock reopens")


def test_a_headline_in_the_body_is_a_slice_of_the_body():
    record = read(f"date 2019-06-03\n\nOld lock reopens\n\n{STORY}")
    span = next(span for span in record["header_spans"] if span["field"] == "headline")
    start = span["start"] - record["body_start"]
    assert record["body"][start : start + len(record["headline"])] == record["headline"]


@pytest.mark.parametrize(
    "text", ["  \n \n", "\ufeff", "-----\n", "Title: Lock\nDate: 2019-06-03\n", "date 2019-06-03"]
)
def test_files_without_text_are_rejected(text):
    reading = read_records(text.encode(), "a.txt")
    assert [reject.reason_code for reject in reading.rejects] == ["no_body"]
    assert reading.records.is_empty()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<?xml version="1.0"?><a>Hi</a>', "unsupported_format"),
        ('{"title": "Lock"}', "no_article"),
        ("[1, 2]", "no_article"),
    ],
)
def test_markup_is_not_taken_for_plain_text(text, code):
    reading = read_records(text.encode(), "a.txt")
    assert [reject.reason_code for reject in reading.rejects] == [code]


def test_a_hostile_header_is_read_quickly():
    for text in (
        " " * 200_000 + "x",
        "A" * 200_000,
        "A. " * 70_000,
        "By " + "A b " * 50_000,
        "PORT ADA, " * 20_000,
    ):
        read_records(text.encode(), "a.txt")


SHARED = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).parents[5] / "shared")) / "articles"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared articles are not there (ONRECORD_SHARED)")
def test_the_shared_articles_open_as_their_readers_expect():
    for expected_path in sorted(SHARED.glob("*.expected.json")):
        expected = json.loads(expected_path.read_text())["article"]
        data = expected_path.with_name(expected_path.name.replace(".expected.json", ".txt")).read_bytes()
        record = read(data.decode())
        assert record["published_on"].isoformat() == expected["published_on"]
        assert record["dateline_place"] == expected["dateline_place"]
        assert record["agency"] == expected["agency"]
        assert record["body"].startswith(expected["body_starts_with"])


@pytest.mark.parametrize(
    ("text", "published", "found_in", "dateline_date"),
    [
        (f"Date: Mon, 3 June 2019 23:50 UTC\n\n{STORY}", "Mon, 3 June 2019 23:50 UTC", "header", None),
        (f"Date: 03/04/2019\n\n{STORY}", "03/04/2019", "header", None),
        (f"date 2019-06-03 PORT ADA, June 2 (River News) - {STORY}", "2019-06-03", "header", "June 2"),
        (f"PORT ADA, June 3, 2019 (River News) - {STORY}", "2019-06-03", "dateline", "June 3, 2019"),
        (STORY, None, None, None),
    ],
)
def test_dates_are_passed_on_as_written_with_their_place(text, published, found_in, dateline_date):
    record = read(text)
    assert (record["published"], record["published_in"]) == (published, found_in)
    assert record["dateline_date"] == dateline_date
