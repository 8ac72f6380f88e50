"""Read packed files that have other data behind the packed data, or are incomplete."""

import gzip
import io

import pytest

from bench.hostile_files import book, same_member
from transforms.readers import read_records
from transforms.readers.content import Content

SAID = b"The weir holds, said its keeper, Ines Orr, on Monday."


def read(data):
    reading = read_records(data, "a.txt.gz")
    return reading.records["body"].to_list(), [reject.reason_code for reject in reading.rejects]


@pytest.mark.parametrize("behind", [b"", b"\0" * 700, b"rubbish", b"\0\0NK", b"\x1f"])
def test_bytes_after_the_compressed_data_are_skipped(behind):
    assert read(gzip.compress(SAID) + behind) == ([SAID.decode()], [])


def test_members_are_one_file():
    assert read(gzip.compress(SAID[:20]) + gzip.compress(SAID[20:])) == ([SAID.decode()], [])


@pytest.mark.parametrize("cut", [5, 20, -4])
def test_a_file_that_was_cut_off_is_rejected(cut):
    assert read(gzip.compress(SAID)[:cut]) == ([], ["malformed"])


def test_one_file_that_an_archive_names_twice_is_read_once():
    """The directory of an archive can list the same bytes 20,000 times in a single megabyte."""
    reading = read_records(same_member(300), "a.zip")
    assert reading.records.height == 1
    assert {reject.reason_code for reject in reading.rejects} == {"malformed"}
    assert len(reading.rejects) == 299 and "shares its bytes" in reading.rejects[0].reason


@pytest.mark.parametrize("kind", ["application/epub+zip", "application/vnd.oasis.opendocument.text"])
def test_an_unread_document_is_not_an_archive_of_articles(kind):
    reading = read_records(book(kind), "a")
    assert reading.records.is_empty()
    assert [reject.reason_code for reject in reading.rejects] == ["unsupported_format"]
    assert kind in reading.rejects[0].reason


class Damaged(io.RawIOBase):
    """A stream whose first read fails, and whose second read would crash."""

    reads = 0

    def read(self, size=-1):
        self.reads += 1
        raise OSError("Invalid data stream")


def test_a_failed_stream_is_not_read_again():
    """The reader used to read on after damage, to find how the file begins; this corrupted the stack of libbz2."""
    stream = Damaged()
    content = Content(stream)
    for _ in range(2):
        with pytest.raises(OSError, match="Invalid data stream"):
            content.head  # noqa: B018
    assert stream.reads == 1
