"""Any bytes give a consistent reading."""

import io

from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.frames import RECORDS
from transforms.readers import Limits, Options, read_records

LINES = st.sampled_from(
    ["Title: Old lock reopens", "Date: 2019-06-03", "By Ada Example", "---", "", "   ",
     "PORT ADA, June 3 (River News) - ", "date 2019-06-03 ", "Old lock reopens",
     "“At last,” she said — 👩🏽‍🚀 e\u0301.",
     "URL: https://example.org/2019/06/x", "Language: English", "The council agreed on Monday to reopen it."]
)  # fmt: skip
ARTICLES = st.builds(
    lambda lines, end, loose: end.join(lines) + loose,
    st.lists(LINES | st.text(max_size=30), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.text(max_size=50),
)
CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])


def check(data):
    reading = read_records(data, "a.txt")
    assert reading.records.schema == RECORDS
    assert len(reading.records) + len(reading.rejects) >= 1
    assert all(reject.reason.startswith(("a.txt: ", "a.txt > ")) for reject in reading.rejects)
    if reading.format != "text" or reading.records.is_empty():
        return
    texts = {data.decode(reading.encoding), data.decode(reading.encoding).removeprefix("\ufeff")}
    for record in reading.records.iter_rows(named=True):
        assert any(holds_together(record, text) for text in texts)


def holds_together(record, text):
    start = record["body_start"]
    return text[start : start + len(record["body"])] == record["body"] and all(
        0 <= span["start"] < span["end"] <= len(text)
        and record[span["field"]] is not None
        and (
            span["field"] in ("published_on", "language")
            or text[span["start"] : span["end"]] == record[span["field"]]
        )
        for span in record["header_spans"]
    )


@settings(deadline=None)
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b"{")
@example(b"[[[[[[" * 20_000)
def test_any_bytes_end_as_records_or_rejects(data):
    check(data)


@settings(deadline=None)
@given(ARTICLES, CODECS)
def test_bodies_and_header_values_are_slices_of_the_file(text, codec):
    check(text.encode(codec, "replace"))


def test_formats_with_many_articles_are_read_from_a_stream_of_any_size():
    line = b'{"title": "Lock", "text": "It is open, she said."}\n'
    options = Options(Limits(file_bytes=1000))
    reading = read_records(io.BytesIO(line * 500), "a.jsonl", options)
    assert (reading.format, reading.records.height, reading.rejects) == ("jsonl", 500, [])
    (reject,) = read_records(io.BytesIO(b"It is open, she said.\n" * 500), "a.txt", options).rejects
    assert reject.reason_code == "too_large"


def test_articles_beyond_the_limit_are_reported():
    data = b'{"title": "Lock", "text": "It is open, she said."}\n' * 30
    reading = read_records(data, "a.jsonl", Options(Limits(articles=10)))
    assert reading.records["record_no"].to_list() == list(range(1, 11))
    assert [(reject.record_no, reject.reason_code) for reject in reading.rejects] == [
        (11, "too_many_articles")
    ]


def test_of_many_texts_of_a_few_characters_the_first_are_read():
    """Without a limit, 30,000 items such as "x 1" took half a minute to analyse."""
    short = "".join(f'{{"text": "x {number}"}}\n' for number in range(1500))
    reading = read_records(short.encode(), "a.jsonl")
    assert reading.records.height == 1000
    assert [(reject.record_no, reject.reason_code) for reject in reading.rejects] == [
        (1001, "too_many_articles")
    ]
    longer = short.replace("x ", "The mill, number ")
    assert read_records(longer.encode(), "a.jsonl").records.height == 1500


def test_every_reject_says_which_file_and_why():
    (reject,) = read_records(b"\x89PNG\r\n\x1a\n...", "in/photo.txt").rejects
    assert (reject.record_no, reject.reason_code) == (None, "binary_file")
    assert reject.reason == "in/photo.txt: is not text: it looks like a PNG image"


def test_a_reading_names_its_format_and_encoding():
    reading = read_records("Naïve, she said.".encode("cp1252"), "a.txt")
    assert (reading.format, reading.encoding, reading.records["record_no"].to_list()) == (
        "text",
        "cp1252",
        [1],
    )
