"""An archive of 200 hostile files mixed with 20 good ones, for `tests/test_hostile_archive.py`.

Each kind of hostile file is a function of a number, so that its ten files differ. A list of reasons goes with
each kind; the reader must reject the file for one of them.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zlib
from functools import cache
from itertools import pairwise

from bench.bombs import wide_sheet, zip_of

STORY = (
    'The harbour board of Port Ada will move stall number {0} on Monday, its clerk said. "Number {0} stood in the rain '
    'for {0} years," the clerk, Oona Fairlie, told reporters.'
)
DEEP = 100_000


def zeros(megabytes):
    """Return a gzip file of `megabytes` megabytes of zeros, without ever holding all of them in memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


ZEROS = zeros(60)


def laughs(root, number):
    names = [f"lol{level}" for level in range(10)]
    entities = "".join(f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in pairwise(names))
    text = f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY lol0 "lol {number}">{entities}]>'
    return f"{text}<{root}><p>&lol9;</p></{root}>".encode()


def spy(number):
    text = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item>{number}'
    return f"{text}<title>&x;</title><description>&x;</description></item></channel></rss>".encode()


@cache
def zip_bomb():
    return zip_of({"bomb.txt": b"said " * 6_000_000})


@cache
def word_bomb():
    return zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w>" + b" " * 110_000_000})


def nested_zips(number):
    data = STORY.format(number).encode()
    for depth in range(8):
        data = zip_of({f"{depth}.zip": data})
    return data


def climbing_zip(number):
    return zip_of({f"../../../../tmp/climbed{number}.txt": STORY.format(number).encode()})


def encrypted_zip(number):
    data = bytearray(zip_of({"secret.txt": STORY.format(number).encode()}))
    place = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[place + 8] |= 1
    return bytes(data)


def long_line(number):
    return gzip.compress(b'{"text": "' + bytes([65 + number]) * 30_000_000 + b'"}\n', 1)


def parts_in_parts(number):
    head = f"Message-ID: <{number}@x.example>\nMIME-Version: 1.0\n"
    deep = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(300)
    )
    return (head + deep + "Content-Type: text/plain\n\nHidden.").encode()


def broken_offsets(number):
    """Return a Parquet file whose footer claims a size of two gigabytes."""
    return b"PAR1" + STORY.format(number).encode() + struct.pack("<I", 2_000_000_000) + b"PAR1"


def text(number, *, before="", after="", encoding="utf-8"):
    return (before + STORY.format(number) + after).encode(encoding, "surrogatepass")


HOSTILE = {
    "laughs.rss": (lambda number: laughs("rss", number), {"xml_entities"}),
    "laughs.xml": (lambda number: laughs("nitf", number), {"xml_entities"}),
    "spy.rss": (spy, {"xml_entities"}),
    "zeros.txt.gz": (lambda number: ZEROS + gzip.compress(bytes([number])), {"binary_file"}),
    "bomb.zip": (lambda number: zip_bomb(), {"too_large"}),
    "nested.zip": (nested_zips, {"nested_too_deep"}),
    "climbing.zip": (climbing_zip, {"unsafe_path"}),
    "encrypted.zip": (encrypted_zip, {"encrypted"}),
    "long-line.jsonl.gz": (long_line, {"too_large"}),
    "latin.txt": (lambda number: text(number, after="“na\udce9ve” ümlaut ümlaut"), {"undecodable"}),
    "zero-bytes.txt": (lambda number: text(number, after="\0" * 7), {"binary_file"}),
    "controls.txt": (lambda number: text(number, after="\x01\x02\x07\x1b" * 40), {"binary_file"}),
    "deep.json": (lambda number: b"[" * (DEEP + number), {"nested_too_deep"}),
    "no-text.json": (lambda number: json.dumps({"rows": [{"a": number}]}).encode(), {"no_article"}),
    "deep.html": (lambda number: b"<html><body>" + b"<div>" * (DEEP + number) + b"x", {"nested_too_deep"}),
    "scripts.html": (lambda number: f"<html><body><script>{number}</script></body></html>".encode(), {"no_body"}),
    "bomb.docx": (lambda number: word_bomb(), {"unpacks_too_large"}),
    "wide.xlsx": (wide_sheet, {"no_body"}),
    "parts.eml": (parts_in_parts, {"too_many_members"}),
    "offsets.parquet": (broken_offsets, {"malformed"}),
}  # fmt: skip
NAMES = [
    "plain", "it's", 'a "quoted" name', "two\nlines", "'; drop table articles; --", "<b>bold</b>", "émoji 🗞️", "con",
    "percent %s %d", "back\\slash", "semi;colon", "$(reboot)", "`ls`", "star*", "tab\there", "a" * 90, "-rf", "&amp;",
    "{0}", "\u202egnp.exe",
]  # fmt: skip


def good_file(number):
    """Return an article in one of several formats, which is unusual but must not be rejected."""
    story = STORY.format(number)
    forms = [
        f"Title: Stall {number}\nDate: 31 February 2019\n\n{story}",
        json.dumps(
            {
                "title": f"<script>alert({number})</script>Stall",
                "text": f"<script>x</script><p>{story}</p>",
                "author": "<b>A</b>",
            }
        ),
        f"<html><head><title><script>x</script></title></head><body><article><p>{story}</p></article></body></html>",
        f"\u202e\u202d{story}\u2066",
    ]
    return forms[number % len(forms)].encode()


def write_archive(path):
    """Write a tar.gz with all files, the good files among the hostile files."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number in range(10):
            for name, (make, _) in HOSTILE.items():
                add(archive, f"{number}/{name}", make(number))
            for place in (2 * number, 2 * number + 1):
                add(archive, f"{number}/{NAMES[place]}", good_file(place))


def add(archive, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))
