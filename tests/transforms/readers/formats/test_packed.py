"""Read packed files that have other data behind the packed data, or are incomplete."""

import base64
import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest
import zstandard

from bench.bombs import zip_of
from bench.hostile_files import book, member, same_member, tar_of
from transforms.readers import read_records
from transforms.readers.content import Content
from transforms.readers.limits import Limits, Options

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


def codes_of(data, name="a"):
    reading = read_records(data, name)
    return reading.records["body"].to_list(), sorted({reject.reason_code for reject in reading.rejects})


def test_a_frame_to_be_skipped_may_precede_the_text():
    """`pzstd` writes such a frame first."""
    frame = struct.pack("<II", 0x184D2A50, 4) + b"skip"
    assert codes_of(frame * 20_000 + zstandard.ZstdCompressor().compress(SAID)) == ([SAID.decode()], [])


@pytest.mark.parametrize(
    ("kind", "said"), [(b"x", b"1" * 40_000), (b"L", b"d/" * 40_000)], ids=["pax", "long name"]
)
def test_an_overlong_header_in_a_tar_archive_is_refused(kind, said):
    """Python 3.11 takes the square of its length to read it."""
    assert codes_of(tar_of((member("x", kind), said), (member("a.txt"), SAID))) == ([], ["malformed"])


def test_a_tar_archive_may_not_skip_further_than_its_end():
    """To skip the quadrillion bytes that a skipped file claims to have, tarfile would read the end 10^11 times."""
    skipped = member("._a.txt")
    skipped.size = 10**15
    data = tar_of((member("a.txt"), SAID))[:1024] + skipped.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    assert codes_of(data) == ([SAID.decode()], ["malformed"])


def test_a_link_in_a_zip_archive_is_not_read_as_text():
    packed = io.BytesIO()
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, "/etc/hostname")
        archive.writestr("a.txt", SAID)
    assert codes_of(packed.getvalue()) == ([SAID.decode()], ["not_a_file"])


def test_a_member_without_a_name_does_not_spoil_a_zip_archive():
    assert SAID.decode() in codes_of(zip_of({"a.txt": SAID, "": b"x"}))[0]


@pytest.mark.parametrize(
    "members",
    [
        {"mimetype": b"application/epub+zip", "c1.xhtml": SAID},
        {"META-INF/container.xml": b"<container/>", "mimetype": b"application/epub+zip", "c1.xhtml": SAID},
        {"[Content_Types].xml": b"<Types/>", "ppt/slides/slide1.xml": b"<p>" + SAID + b"</p>"},
    ],
    ids=["packed type", "type not first", "slides"],
)
def test_the_parts_of_other_documents_are_not_articles(members):
    assert codes_of(zip_of(members)) == ([], ["unsupported_format"])


def test_a_huge_directory_of_a_zip_archive_is_refused_before_it_is_read():
    assert codes_of(gzip.compress(same_member(120_000), 1)) == ([], ["too_many_members"])


def test_what_a_small_archive_unpacks_to_is_bounded_by_its_size():
    options = Options(Limits(file_bytes=40_000))
    data = zip_of({f"{number}.txt": b" " * 39_000 for number in range(27)})
    reading = read_records(data, "a.zip", options)
    assert reading.records.is_empty()
    assert reading.rejects[-1].reason_code == "unpacks_too_large"
    assert "1,000,000" in reading.rejects[-1].reason


def test_an_archive_of_empty_files_is_given_up_after_ten_thousand():
    reading = read_records(zip_of({f"{number}.txt": b"" for number in range(10_100)}), "a.zip")
    assert len(reading.rejects) == 10_001
    assert reading.rejects[-1].reason_code == "no_article"


@pytest.mark.parametrize("encode", [bytes.hex, lambda data: base64.encodebytes(data).decode()])
def test_encoded_data_is_not_a_text(encode):
    assert codes_of(encode(os.urandom(3000)).encode()) == ([], ["no_body"])
