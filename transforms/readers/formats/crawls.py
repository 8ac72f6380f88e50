"""Read the records of a web crawl (WARC, or its predecessor ARC). Damage affects only its own record.

A crawl may be compressed with gzip, each record separately or all together. A record whose stated length is wrong
ends where the next record begins.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

GZIP = b"\x1f\x8b"
_PACKED = GZIP + b"\x08"
_PIECE = 1 << 16  # bytes read at a time
_LONGEST_LINE = 1 << 16
_MOST_LINES = 1_000  # lines in the header of a record
_ARC = re.compile(
    rb"\S{1,8000} [0-9A-Fa-f.:\-]{1,45} [0-9]{8,14} \S{1,200}(?: \S{1,200}){0,4} (?P<length>[0-9]{1,12})\r?\n?$"
)
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_NEXT = re.compile(rb"\r?\n(?=WARC/[0-9]\.[0-9]\r?\n[A-Za-z-]{2,40}:)")


@dataclass(frozen=True)
class Block:
    """One record of a crawl: its header and content, or the `problem` that makes it unreadable."""

    data: bytes = b""
    problem: str | None = None


def is_crawl(head: bytes) -> bool:
    """Whether a file that begins with `head` is a crawl, compressed or not."""
    return _unpacked_start(head).startswith((b"WARC/", b"filedesc://"))


def split_records(stream: BinaryIO, most: int, count: Callable[[int], None]) -> Iterator[Block]:
    """Yield the records of a crawl; a record of more than `most` bytes has a `problem`.

    Whenever bytes are skipped, `count` is called with their number. `count` may raise an exception to stop the reading.
    """
    reader = _Reader(_unpack(stream), count)
    while line := reader.readline():
        if not line.strip():
            continue
        if line.startswith(b"WARC/"):
            yield _read_warc(line, reader, most)
        elif match := _ARC.match(line):
            yield _read_body(line, int(match["length"]), reader, most)
        else:
            _skip_to_record(reader)
            yield Block(problem="is neither a WARC nor an ARC record")


def _read_warc(line: bytes, reader: _Reader, most: int) -> Block:
    header = line
    for _ in range(_MOST_LINES):
        line = reader.readline()
        header += line
        if not line.strip():
            break
    length = _LENGTH.search(header)
    if length is None:
        _skip_to_record(reader)
        return Block(problem="has no length in its header")
    return _read_body(header, int(length[1]), reader, most)


def _read_body(header: bytes, length: int, reader: _Reader, most: int) -> Block:
    """Read the `length` bytes of a record, or fewer if the next record begins earlier."""
    if length > most:
        reader.skip(length)
        return Block(problem=f"is larger than the limit of {most:,} bytes")
    return Block(header + reader.read(reader.find_end(length)))


def _skip_to_record(reader: _Reader) -> None:
    while line := reader.readline():
        if line.startswith(b"WARC/") or _ARC.match(line):
            reader.unread(len(line))
            return
        reader.count(len(line))


class _Reader:
    """Reads pieces of bytes as lines and blocks. It copies each byte once, however short the records are."""

    def __init__(self, pieces: Iterator[bytes], count: Callable[[int], None]) -> None:
        self._pieces = pieces
        self.count = count
        self._held = bytearray()  # the bytes from `_at` on are still to be read
        self._at = 0

    def read(self, size: int) -> bytes:
        self._hold(size)
        start = self._at
        self._at = min(start + size, len(self._held))
        return bytes(self._held[start : self._at])

    def skip(self, size: int) -> None:
        while size > 0 and (piece := self.read(min(size, _PIECE))):
            size -= len(piece)
            self.count(len(piece))

    def readline(self) -> bytes:
        """Return the next line with its line end, or a piece of an overlong line; empty at the end of the file."""
        looked = 0
        while True:
            end = self._held.find(b"\n", self._at + looked, self._at + _LONGEST_LINE) - self._at
            looked = len(self._held) - self._at
            if end >= 0 or looked >= _LONGEST_LINE or not self._hold(looked + 1):
                return self.read(end + 1 if end >= 0 else min(looked, _LONGEST_LINE))

    def unread(self, size: int) -> None:
        """Put back the last `size` bytes, which were just read."""
        self._at -= size

    def find_end(self, length: int) -> int:
        """Return `length`, or a smaller number of bytes if the next record begins before the end of this one."""
        if self._hold(length) and self._starts_record(length):
            return length
        cut = _NEXT.search(self._held, self._at, self._at + length)
        return cut.start() - self._at if cut else length

    def _starts_record(self, ahead: int) -> bool:
        """Whether, `ahead` bytes and some blank lines further on, the next record begins or the file ends."""
        self._hold(ahead + _PIECE)
        start = self._at + ahead
        rest = bytes(self._held[start : start + _PIECE]).lstrip(b"\r\n")
        return not rest or rest.startswith(b"WARC/") or bool(_ARC.match(rest.partition(b"\n")[0]))

    def _hold(self, size: int) -> bool:
        """Hold at least `size` bytes; return false if the file ends before."""
        if len(self._held) - self._at >= size:
            return True
        del self._held[: self._at]
        self._at = 0
        while len(self._held) < size and (piece := next(self._pieces, b"")):
            self._held += piece
        return len(self._held) >= size


def _unpacked_start(head: bytes) -> bytes:
    if not head.startswith(GZIP):
        return head[:16]
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 16)
    except zlib.error:
        return b""


def _unpack(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the uncompressed bytes of a file; damaged gzip members are skipped."""
    data = stream.read(_PIECE)
    if not data.startswith(GZIP):
        while data:
            yield data
            data = stream.read(_PIECE)
        return
    unpacker = zlib.decompressobj(wbits=31)
    while data:
        try:
            piece = unpacker.decompress(data, _PIECE)
        except zlib.error:
            data = _find_member(data[1:], stream)
            unpacker = zlib.decompressobj(wbits=31)
            continue
        if piece:
            yield piece
        if unpacker.eof:
            data = _find_member(unpacker.unused_data, stream)
            unpacker = zlib.decompressobj(wbits=31)
        else:
            data = unpacker.unconsumed_tail or stream.read(_PIECE)


def _find_member(data: bytes, stream: BinaryIO) -> bytes:
    """Return the data from the next gzip member on; empty if no other member follows."""
    while (place := data.find(_PACKED)) < 0:
        more = stream.read(_PIECE)
        if not more:
            return b""
        data = data[-2:] + more
    return data[place:]
