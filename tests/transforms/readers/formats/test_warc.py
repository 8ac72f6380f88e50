"""Each page of a crawl is an article, and damage in one record affects only that record."""

import gzip
import os
import time
from pathlib import Path

import pytest

from transforms.readers import Limits, Options, read_records

SHARED = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).parents[5] / "shared")) / "real" / "warc"
SAID = "The weir at Orr holds and will hold for years, said its keeper, Ines Orr, on Monday."


def page(name, said=SAID):
    body = f"<html><head><title>{name}</title></head><body><article><p>{said}</p></article></body></html>".encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body


def record(name, block=None, kind="response", length=None, content_type="application/http; msgtype=response"):
    block = page(name) if block is None else block
    size = len(block) if length is None else length
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://post.example/{name}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {size}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"


def names(data, **limits):
    reading = read_records(data, "a.warc", Options(Limits(**limits)))
    found = [(row["headline"], row["url"]) for row in reading.records.iter_rows(named=True)]
    return [name for name, _ in found], [(one.record_no, one.reason_code) for one in reading.rejects]


ONE, TWO, THREE = (record(name) for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    "data",
    [
        ONE + TWO + THREE,
        b"".join(gzip.compress(one) for one in (ONE, TWO, THREE)),
        gzip.compress(ONE + TWO + THREE),
        (ONE + TWO + THREE).replace(b"\r\n\r\nWARC", b"\n\nWARC"),
    ],
    ids=["plain", "packed one by one", "packed in one", "with other line ends"],
)
def test_each_page_is_an_article(data):
    assert names(data) == (["one", "two", "three"], [])


@pytest.mark.parametrize("length", ["nan", "-5", "", "99999999999999999999"])
def test_a_record_of_unknown_length_costs_only_itself(length):
    found, rejects = names(ONE + record("two", length=length) + THREE)
    assert found == ["one", "three"]
    assert [code for _, code in rejects] == ["malformed"]


def test_a_record_that_is_shorter_than_it_says_ends_where_the_next_one_begins():
    assert names(ONE + record("two", length=5000) + THREE)[0] == ["one", "two", "three"]


def test_a_record_that_is_longer_than_it_says_does_not_take_the_next_one_with_it():
    found, _ = names(ONE + record("two", length=120) + THREE)
    assert (found[0], found[-1]) == ("one", "three")


def test_a_packed_record_that_is_damaged_costs_only_itself():
    packed = [bytearray(gzip.compress(one)) for one in (ONE, TWO, THREE)]
    packed[1][40:60] = b"\0" * 20
    found, _ = names(b"".join(packed))
    assert (found[0], found[-1]) == ("one", "three")


def test_a_stray_byte_in_a_page_costs_only_that_page():
    odd = page("two", "The café — the “weir” — said Ines Orr").replace("é".encode(), b"\xc3\xa9\xff")
    found, rejects = names(ONE + record("two", odd) + THREE)
    assert (found[0], found[-1]) == ("one", "three")
    assert len(found) + len(rejects) == 3


def test_a_page_in_chunks_and_a_page_without_a_head_are_read():
    body = page("two").partition(b"\r\n\r\n")[2]
    chunked = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    )
    resource = record("three", page("three").partition(b"\r\n\r\n")[2], "resource", content_type="text/html")
    assert names(ONE + record("two", chunked) + resource) == (["one", "two", "three"], [])


def test_requests_errors_and_pictures_are_passed_over():
    others = [
        record("a", b"GET / HTTP/1.1\r\nHost: post.example\r\n\r\n", "request"),
        record("b", page("b").replace(b"200 OK", b"404 Not Found")),
        record("c", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"),
        record("d", b"software: x\r\n", "warcinfo", content_type="application/warc-fields"),
    ]
    assert names(b"".join(others) + ONE) == (["one"], [])


def test_the_archives_before_warc_are_read_with_their_addresses():
    block = page("one")
    top = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    data = b"filedesc://a.arc 0.0.0.0 20190603140500 text/plain %d\n%s\n" % (len(top), top)
    data += b"https://post.example/one 10.0.0.1 20190603140500 text/html %d\n%s\n" % (len(block), block)
    for file in (data, gzip.compress(data)):
        row = read_records(file, "a.arc").records.row(0, named=True)
        assert (row["headline"], row["url"]) == ("one", "https://post.example/one")


def test_a_record_that_is_too_large_is_passed_over():
    large = record("two", page("two", SAID * 100))
    assert names(ONE + large + THREE, file_bytes=2000) == (["one", "three"], [(2, "malformed")])


def test_rubbish_between_records_is_one_reject():
    assert names(ONE + b"rubbish\r\n" * 50 + TWO) == (["one", "two"], [(2, "malformed")])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared crawls are not there (ONRECORD_SHARED)")
def test_real_crawls_are_read():
    for path in sorted(SHARED.iterdir()):
        reading = read_records(path.read_bytes(), path.name)
        assert (reading.format, reading.records.height, reading.rejects) == ("warc", 1, [])


def test_short_records_that_claim_to_be_long_are_read_in_linear_time():
    """Each record claims ten megabytes, so the reader looks for the next one; once it copied the whole rest for it."""
    started = time.process_time()
    reading = read_records(b"WARC/1.0\r\nContent-Length: 9999999\r\n\r\n" * 12_000 + ONE, "a.warc")
    assert reading.records["headline"].to_list() == ["one"]
    assert time.process_time() - started < 3
