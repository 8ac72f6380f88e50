"""Markdown: how its markup is read, and what is not Markdown."""

import time

import pytest

from transforms.readers import read_records

STORY = "The river council agreed on Monday to reopen the old lock after two years of repairs."


def test_a_text_without_markup_is_plain_text():
    text = f"---\ntitle: Lock\ndate: 2019-06-03\n---\n\n{STORY}"
    reading = read_records(text.encode(), "a.md")
    record = reading.records.row(0, named=True)
    assert (reading.format, text[record["body_start"] :]) == ("text", STORY)


def test_the_first_heading_is_the_headline():
    record = read_records(f"# Lock reopens\n\n**Port Ada** {STORY}".encode(), "a").records.row(0, named=True)
    assert (record["format"], record["headline"]) == ("markdown", "Lock reopens")
    assert record["body"] == f"Lock reopens\n\nPort Ada {STORY}"


@pytest.mark.parametrize("front", ["a: &a [x]\nauthors: [*a]", "authors: [\n  - x: : y"])
def test_front_matter_with_aliases_or_without_sense_is_rejected(front):
    reading = read_records(f"---\n{front}\n---\n\n# Lock\n\n{STORY}".encode(), "a.md")
    assert [reject.reason_code for reject in reading.rejects] == ["malformed"]


def test_unclosed_links_are_read_quickly():
    start = time.process_time()
    read_records(b"# Lock\n\n" + b"[a](" * 30_000, "a.md")
    assert time.process_time() - start < 5
