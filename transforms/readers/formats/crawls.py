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
    body = reader.read(length)
    if len(body) == length and reader.starts_record():
        return Block(header + body)
    if cut := _NEXT.search(body):
        reader.unread(body[cut.end() :])
        body = body[: cut.start()]
    return Block(header + body)


def _skip_to_record(reader: _Reader) -> None:
    while line := reader.readline():
        if line.startswith(b"WARC/") or _ARC.match(line):
            reader.unread(line)
            return
        reader.count(len(line))


class _Reader:
    """Reads chunks of bytes as lines and blocks; bytes can be put back."""

    def __init__(self, pieces: Iterator[bytes], count: Callable[[int], None]) -> None:
        self._pieces = pieces
        self.count = count
        self._held = b""

    def read(self, size: int) -> bytes:
        parts, found = [self._held], len(self._held)
        while found < size and (piece := next(self._pieces, b"")):
            parts.append(piece)
            found += len(piece)
        data = b"".join(parts)
        self._held = data[size:]
        return data[:size]

    def skip(self, size: int) -> None:
        while size > 0 and (piece := self.read(min(size, _PIECE))):
            size -= len(piece)
            self.count(len(piece))

    def readline(self) -> bytes:
        """Return the next line with its line end, or a piece of an overlong line; empty at the end of the file."""
        while (end := self._held.find(b"\n", 0, _LONGEST_LINE)) < 0 and len(self._held) < _LONGEST_LINE:
            if not (piece := next(self._pieces, b"")):
                break
            self._held += piece
        return self.read(end + 1 if end >= 0 else min(len(self._held), _LONGEST_LINE))

    def unread(self, data: bytes) -> None:
        self._held = data + self._held

    def starts_record(self) -> bool:
        """Whether, after blank lines, the next record begins or the file ends."""
        ahead = self.read(_PIECE)
        self.unread(ahead)
        rest = ahead.lstrip(b"\r\n")
        return not rest or rest.startswith(b"WARC/") or bool(_ARC.match(rest.partition(b"\n")[0]))


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
