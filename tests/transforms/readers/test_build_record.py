"""Each field, outside the text or in it, gets one value, with its evidence from the same place."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.readers.build_record import build_record, clean_text
from transforms.readers.fields.dates import read_date, read_day
from transforms.readers.fields.headers import read_language
from transforms.readers.formats.text import read_article
from transforms.readers.records import Record

STORY = (
    "The river council agreed on Monday to reopen the old lock after two years of repairs, its mayor said. "
    "Nobody came to the first meeting on the quay."
)


def build(text: str, **stated: str | None) -> Record:
    record = build_record(text, stated)
    assert isinstance(record, Record)
    return record


def spans(record: Record, text: str) -> dict[str, str]:
    return {name: clean_text(text)[start:end] for name, start, end in record.header_spans}


@pytest.mark.parametrize(
    ("first_line", "span"),
    [
        ("Old lock reopens", "Old lock reopens"),
        ("LOCK DIARY\n\nOld lock reopens", "Old lock reopens"),
        ("LOCK DIARY", None),
        ("OLD LOCK REOPENS", None),
        ("Old  lock reopens", None),
        ("Old lock\nreopens", None),
        ("Barges may come back at last", None),
    ],
)
def test_the_headline_of_the_format_counts_and_has_a_span_only_where_the_text_says_it(first_line, span):
    text = f"{first_line}\nBy Ada Example\n\n{STORY}"
    record = build(text, headline="Old lock reopens")
    assert record.headline == "Old lock reopens"
    assert spans(record, text).get("headline") == span
    assert (record.body, record.byline) == (text, "Ada Example")


def test_a_headline_with_a_full_stop_is_recognised_by_the_title_of_the_format():
    text = f"The old lock reopened on Monday.\nBy Ada Example\n\n{STORY}"
    record = build(text, headline="The old lock reopened on Monday.")
    assert spans(record, text) == {"headline": record.headline, "byline": "Ada Example"}


def test_a_title_with_a_dash_is_not_a_dateline():
    text = f"LONDON - Locks that nobody needs any more and that everybody pays for\n\n{STORY}"
    record = build(text, headline="LONDON - Locks that nobody needs any more and that everybody pays for")
    assert (record.dateline_place, record.body) == (None, text)


@pytest.mark.parametrize(
    ("name", "stated", "in_text"),
    [
        ("byline", "Bo Sample", "Ada Example"),
        ("agency", "Hill News", "River News"),
        ("dateline_place", "Hilltown", "PORT ADA"),
        ("dateline_date", "4 May", "March 9"),
    ],
)
def test_a_field_of_the_format_counts_and_the_text_is_not_its_evidence(name, stated, in_text):
    text = f"Old lock reopens\n\nBy Ada Example\n\nPORT ADA, March 9 (River News) - {STORY}"
    alone = build(text)
    assert (getattr(alone, name), spans(alone, text)[name]) == (in_text, in_text)
    other = build(text, **{name: stated})
    assert getattr(other, name) == stated
    assert set(spans(alone, text)) - set(spans(other, text)) == {name}
    same = build(text, **{name: in_text})
    assert same == alone


def test_a_date_of_the_format_counts_even_when_it_cannot_be_read():
    text = f"Date: 2024-03-10\n\nPORT ADA, March 9, 2024 (River News) - {STORY}"
    for written in ("2024-03-11", "03/04/2024"):
        record = build(text, published=written)
        assert (record.published, record.published_in, record.published_on) == (written, "field", None)
        assert "published_on" not in spans(record, text)
    record = build(text)
    assert (record.published, record.published_in) == ("2024-03-10", "header")
    assert (record.published_on, spans(record, text)["published_on"]) == (date(2024, 3, 10), "2024-03-10")


def test_of_dates_in_the_text_the_first_that_can_be_read_counts():
    text = f"Date: 03/04/2024\n\nPORT ADA, March 9, 2024 (River News) - {STORY}"
    record = build(text)
    assert (record.published, record.published_in) == ("2024-03-09", "dateline")
    assert spans(record, text)["published_on"] == "March 9, 2024"


def test_the_place_of_a_date_is_null_without_the_date():
    assert build(STORY, published_in="element pubDate").published_in is None


HEADLINES = [
    "Old lock reopens",
    "old lock  Reopens",
    "OLD LOCK REOPENS",
    "Barges may come back",
    "LOCK DIARY",
    "",
]
BYLINES = ["Ada Example", "By Ada Example", "ADA EXAMPLE", "Bo Sample and Cy Foo", ""]
DATES = ["2024-03-09", "9 March 2024", "03/04/2024", "March 2024", "2024-03-10T08:00:00Z", "soon", ""]
PLACES = ["PORT ADA", "Port Ada", "HILLTOWN, Pa.", ""]
DAYS = ["March 9", "March 9, 2024", "9 March", ""]
AGENCIES = ["Reuters", "River News", "AP", ""]
LANGUAGES = ["en", "English", "de-AT", "Klingon", ""]
KEYS = {
    "Title": HEADLINES, "Author": BYLINES, "Date": DATES, "Location": PLACES, "Agency": AGENCIES,
    "Language": LANGUAGES, "Source": ["Harbour Post", "Hill Post"], "URL": ["https://example.org/2024/03/a"],
}  # fmt: skip
STATED = {
    "headline": HEADLINES, "byline": BYLINES, "published": DATES, "published_in": ["field date", ""],
    "dateline": ["PORT ADA, March 9 (Reuters) -", ""], "dateline_place": PLACES, "dateline_date": DAYS,
    "agency": AGENCIES, "language": LANGUAGES, "outlet": ["Harbour Post", ""], "url": ["https://example.org/b", ""],
}  # fmt: skip

LINES = [
    "date 2024-03-09", "OPINION", "(Adds details)", "Maria Lorne", "ada@post.example", "Port Ada, 9 March 2024",
    "By Ada Example | 9 March 2024 | 5 min read", "Published 9 March 2024 by Ada Example", "Section: World",
    "Dateline: HILLTOWN, March 9 (AP) -", "PORT ADA", "LONDON", "---",
]  # fmt: skip


def _header_line(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(KEYS[name]).map(lambda value: f"{name}: {value}")


def _dateline(place: str, day: str, agency: str) -> str:
    """Datelines built from the parts: "PORT ADA, March 9 (AP) - ", "(AP) - ", "March 9 - "."""
    opening = ", ".join(filter(None, (place, day))) + (f" ({agency})" if agency else "")
    return f"{opening} - " if opening else ""


DATELINES = st.builds(_dateline, st.sampled_from(PLACES), st.sampled_from(DAYS), st.sampled_from(AGENCIES))
OPENINGS = st.lists(
    st.sampled_from(sorted(KEYS)).flatmap(_header_line)
    | st.sampled_from(HEADLINES)
    | st.sampled_from(BYLINES).map(lambda name: f"By {name}")
    | st.sampled_from(DATES)
    | st.sampled_from(LINES),
    max_size=6,
)
TEXTS = st.builds(
    lambda lines, glue, dateline, last: glue.join([*lines, f"{dateline}{STORY}", *last]),
    OPENINGS,
    st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n"]),
    DATELINES,
    st.sampled_from([[], ["(Reporting by Ada Example; Editing by Bo Sample)"]]),
)
FIELDS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) | st.none() for name, values in STATED.items()}
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, FIELDS)
def test_every_span_says_what_its_field_says_and_no_field_has_a_span_of_another_place(text, stated):
    record = build(text, **stated)
    text = clean_text(text)
    assert text[record.body_start :].startswith(record.body)
    _check_spans(record, text)
    _check_date(record, stated)
    for name in ("headline", "byline", "outlet", "url", "dateline_place", "dateline_date", "agency"):
        if stated.get(name):
            assert getattr(record, name) == _plain(name, stated[name])


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_text_alone_has_a_span_for_every_value(text):
    record = read_article(text)
    assert isinstance(record, Record)
    _check_spans(record, text)
    _check_date(record, {})
    placed = {name for name, _, _ in record.header_spans}
    given_fields = {name for name in STATED if name not in ("published", "published_in", "dateline")}
    assert placed - {"published_on"} == {name for name in given_fields if getattr(record, name)}
    assert ("published_on" in placed) == (record.published_on is not None)


def _check_spans(record: Record, text: str) -> None:
    names = [name for name, _, _ in record.header_spans]
    assert len(names) == len(set(names))
    for name, start, end in record.header_spans:
        assert 0 <= start < end <= len(text)
        written = text[start:end]
        if name == "published_on":
            found = read_date(written) or read_day(written, 2024)
            assert found and found.day == record.published_on
        elif name == "language":
            assert read_language(written) == record.language
        else:
            assert written == getattr(record, name)


def _check_date(record: Record, stated: dict[str, str | None]) -> None:
    has_span = any(name == "published_on" for name, _, _ in record.header_spans)
    if stated.get("published"):
        where = stated.get("published_in") or "field"
        assert (record.published, record.published_in, has_span) == (stated["published"], where, False)
    elif record.published is None:
        assert record.published_in is None and not has_span
    elif record.published_in == "dateline":
        assert record.published == str(record.published_on) and record.dateline_date and has_span
    else:
        assert record.published_in == "header"
        assert has_span == (record.published_on is not None)


def _plain(name: str, value: str) -> str:
    value = value.removeprefix("By ") if name == "byline" else value
    return " ".join(value.split())


def test_fields_without_a_column_take_no_more_room_than_metadata_does():
    extra = {
        "keywords": ["bridge"],
        "dump": "x" * 5_000_000,
        **{f"field {number}": "y" * 1_500 for number in range(99)},
    }
    record = build_record("The bridge is shut, Helena Marsk said.", {}, extra=extra)
    kept = json.loads(record.extra)
    assert len(record.extra) <= 100_000
    assert kept["keywords"] == ["bridge"]
    assert kept["dump"].startswith('"xxx') and kept["dump"].endswith("…")


@pytest.mark.parametrize(
    ("stated", "byline"),
    [("By Ida Brook", "Ida Brook"), ("ABBY GOODNIGHT", "ABBY GOODNIGHT"), ("Colby Prior", "Colby Prior")],
)
def test_only_a_leading_by_is_not_part_of_a_name(stated, byline):
    assert build("The bridge is shut, Helena Marsk said.", byline=stated).byline == byline
