"""A line becomes header fields; a line that only looks like a header stays text."""

from datetime import date

import pytest

from transforms.readers.fields.headers import read_header_line


def read(line):
    fields = read_header_line(line, 0, len(line))
    if fields is None:
        return None
    return [(field.name, field.value, line[field.start : field.end]) for field in fields]


DAY = date(2019, 6, 3)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Title: Lock reopens", [("headline", "Lock reopens", "Lock reopens")]),
        ("HEADLINE:  Lock reopens ", [("headline", "Lock reopens", "Lock reopens")]),
        ('title: "Lock: reopens"', [("headline", "Lock: reopens", "Lock: reopens")]),
        ("Date: 3 June 2019", [("published_on", DAY, "3 June 2019")]),
        ("Published: 2019-06-03 14:05 UTC", [("published_on", DAY, "2019-06-03")]),
        ("publication-date: 2019-06-03", [("published_on", DAY, "2019-06-03")]),
        ("Date: 03/04/2019", [("published_on", None, "03/04/2019")]),
        ("Author: Ada Example", [("byline", "Ada Example", "Ada Example")]),
        ("Byline: By Ada Example", [("byline", "Ada Example", "Ada Example")]),
        ("Source: The Harbour Post", [("outlet", "The Harbour Post", "The Harbour Post")]),
        ("Agency: River News", [("agency", "River News", "River News")]),
        ("Link: https://example.org/a?b=1", [("url", "https://example.org/a?b=1", "https://example.org/a?b=1")]),
        ("Location: Port Ada, Harbourland", [("dateline_place",) + ("Port Ada, Harbourland",) * 2]),
        ("Language: English", [("language", "en", "English")]),
        ("Language: pt-BR", [("language", "pt", "pt-BR")]),
        ("Lang: Klingon", [("language", None, "Klingon")]),
        ("URL:", []),
        ("Section: World", []),
        ("June 3, 2019", [("published_on", DAY, "June 3, 2019")]),
        ("Published on June 3, 2019 at 9 a.m.", [("published_on", DAY, "June 3, 2019")]),
        ("Updated 4 June 2019", []),
        ("By Ada Example", [("byline", "Ada Example", "Ada Example")]),
        ("BY ADA EXAMPLE", [("byline", "ADA EXAMPLE", "ADA EXAMPLE")]),
        ("By ADA EXAMPLE and Dan Foo, Writer", [("byline",) + ("ADA EXAMPLE and Dan Foo, Writer",) * 2]),
        ("By Ana de la Muestra", [("byline", "Ana de la Muestra", "Ana de la Muestra")]),
        ("By A. B. Example Jr.", [("byline", "A. B. Example Jr.", "A. B. Example Jr.")]),
        ("By the Signal Desk staff", [("byline",) + ("the Signal Desk staff",) * 2]),
        ("By Reuters Staff", [("byline", "Reuters Staff", "Reuters Staff")]),
        ("By Ada Example | June 3, 2019",
         [("byline", "Ada Example", "Ada Example"), ("published_on", DAY, "June 3, 2019")]),
    ],
)  # fmt: skip
def test_headers_are_read_as_written(line, expected):
    assert read(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "TRUMP: We will win",
        "Mayor: lock reopens in May",
        "Source: Minister used private email.",
        "Date: a short history of the fruit",
        "Link: how two rivers became one",
        "Place: it is where everything begins, she said, and where everything will end.",
        "By Monday, the river had risen",
        "By Monday",
        "By Land and Sea",
        "By the Numbers",
        "By winning the vote, she kept the lock open.",
        "By Ada Example was the last thing he read.",
        "On June 3, 2019",
        "2019",
        "Lock reopens",
        "http://example.org/a",
        "Title: " + "x" * 600,
    ],
)
def test_other_lines_are_text(line):
    assert read(line) is None
