"""Feeds with common faults in their XML: wrong encodings, bare ampersands, undeclared prefixes."""

import time

import pytest

from transforms.readers import Refused, read_records
from transforms.readers.markup import parse_xml

TEXT = "The council of Zürich-Ada agreed to reopen the café at the old lock & to sell it later."
ITEM = (
    "<item><title>Lock &amp; café</title><link>https://news.example/?a=1&amp;b=2</link>"
    "<description>The council of Zürich-Ada agreed to reopen the café at the old lock &amp; to sell it later."
    "</description></item>"
)


def feed(item=ITEM, declaration='<?xml version="1.0" encoding="utf-8"?>', root="rss"):
    return f"{declaration}\n<{root}><channel><title>Port News</title>{item}</channel></rss>"


def read(data):
    reading = read_records(data, "feed.rss")
    assert reading.records.height == 1, reading.rejects
    return reading.records.row(0, named=True)


@pytest.mark.parametrize(
    "data",
    [
        feed().encode(),
        b"\n\n  " + feed().encode(),
        feed().encode("cp1252"),
        feed(declaration="<?xml version='1.0'?>").encode("cp1252"),
        feed(declaration='<?xml version="1.0" encoding="windows_1252"?>').encode("cp1252"),
        feed(declaration='<?xml version="1.0" encoding="cp850"?>').encode("cp850"),
        feed(declaration='<?xml version="1.0" encoding="no-such-code"?>').encode(),
        feed(ITEM.replace("&amp;", "&")).encode(),
        feed(ITEM.replace("<link>", "<media:credit media:role='x'>Ada</media:credit><link>")).encode(),
        feed(ITEM.replace("&amp;", "&").replace("<link>", "<media:credit>Ada</media:credit><link>")).encode("cp1252"),
    ],
    ids=[
        "well-formed", "blank lines first", "declares UTF-8, is Windows", "declares nothing, is Windows",
        "encoding with another spelling", "encoding of DOS", "unknown encoding", "bare ampersands",
        "undeclared prefix", "all of them",
    ],
)  # fmt: skip
def test_a_feed_with_a_common_fault_is_read_in_full(data):
    record = read(data)
    assert (record["headline"], record["body"]) == ("Lock & café", TEXT)
    assert record["url"] == "https://news.example/?a=1&b=2"
    assert record["outlet"] == "Port News"


def test_an_ampersand_in_cdata_stays():
    item = "<item><title>A & B</title><link><![CDATA[https://news.example/?a=1&b=2]]></link><description>Text</description>"
    record = read(feed(item + "</item>").encode())
    assert (record["headline"], record["url"]) == ("A & B", "https://news.example/?a=1&b=2")


def test_text_with_an_undeclared_prefix_is_the_body():
    item = ITEM.replace(
        "</item>", f"<content:encoded>&lt;p&gt;{'Long text. ' * 20}&lt;/p&gt;</content:encoded></item>"
    )
    assert read(feed(item).encode())["body"] == ("Long text. " * 20).strip()


def test_an_entity_declaration_in_another_encoding_is_refused():
    hidden = b"+ADwAIQ-DOCTYPE rss [+ADwAIQ-ENTITY a 'b'>]>"
    with pytest.raises(Refused, match="declares XML entities"):
        parse_xml(b"<?xml version='1.0' encoding='u7'?>" + hidden + feed(declaration="").encode("utf-7"))


@pytest.mark.parametrize(
    "piece", [b"<![CDATA[", b"&", b"<a:b>", b"<a:b c:d='", b' a:b="', b"]]>&", b"&amp;&x;", b"<?xml "]
)
def test_hostile_repetitions_cost_no_more_than_their_length(piece):
    start = time.process_time()
    reading = read_records(
        b"<?xml version='1.0' encoding='x'?><rss>" + piece * (1_000_000 // len(piece)), "feed.rss"
    )
    assert reading.records.is_empty()
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "hex", "rot13", "undefined", "a" * 40]
)
def test_an_odd_encoding_costs_no_more_than_another(name):
    start = time.process_time()
    text = "a-b\\u00e9" * 100_000
    data = f"<?xml version='1.0' encoding='{name}'?><rss>{text}".encode()
    assert read_records(data, "feed.rss").records.is_empty()
    assert time.process_time() - start < 5


def test_elements_in_elements_are_rejected_as_nested_too_deep():
    (reject,) = read_records(feed("<item>" * 300 + "</item>" * 300).encode(), "feed.rss").rejects
    assert reject.reason_code == "nested_too_deep"


def test_comments_that_never_end_are_not_prose():
    (reject,) = read_records(b"<!-- " * 100_000 + b"<rss>", "feed.rss").rejects
    assert reject.reason_code == "unsupported_format"
