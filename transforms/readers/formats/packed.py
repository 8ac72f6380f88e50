"""Read gzip, bzip2, xz and zstandard files: the compressed file is streamed to the reader of its format."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from transforms.readers.content import Content
from transforms.readers.format import Format

_GZIP = b"\x1f\x8b"
_XZ_MEMORY = 64 << 20  # bytes of memory that an xz file may need; `xz -9` needs 65 MB
_PIECE = 1 << 14  # bytes read at a time; not more, because each member of a file copies the bytes behind it


def _open_gzip(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, _GzipStream(stream))


def _open_xz(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, _XzStream(stream))


def _open_zstandard(stream: BinaryIO) -> BinaryIO:
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    return cast(BinaryIO, unpacker.stream_reader(stream, read_across_frames=True))


class _GzipStream:
    """A gzip file of one or more members; bytes after the last member are ignored, as by `gzip -d`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._unpacker = zlib.decompressobj(wbits=31)
        self._packed = b""

    def read(self, size: int) -> bytes:
        while True:
            packed = self._packed or self._stream.read(_PIECE)
            if self._unpacker.eof:
                packed += self._stream.read(_PIECE) if len(packed) < 2 else b""
                if not packed.startswith(_GZIP):
                    return b""
                self._unpacker = zlib.decompressobj(wbits=31)
            if not packed:
                raise EOFError("the file ends in the middle of its compressed data")
            piece = self._unpacker.decompress(packed, size)
            self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data.lstrip(b"\0")
            if piece:
                return piece


class _XzStream:
    """An xz file of one or more streams, decompressed in bounded memory, unlike with `lzma.open`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._unpacker = self._start()
        self._packed = b""

    def _start(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(memlimit=2 * _XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while True:
            if self._unpacker.eof:
                self._packed = (self._unpacker.unused_data or self._stream.read(_PIECE)).lstrip(b"\0")
                if not self._packed:
                    return b""
                self._unpacker = self._start()
            elif self._unpacker.needs_input and not self._packed:
                self._packed = self._stream.read(_PIECE)
                if not self._packed:
                    raise EOFError("the file ends in the middle of its compressed data")
            piece = self._unpacker.decompress(self._packed, size)
            self._packed = b""
            if piece:
                return piece


def _packed(
    name: str, magic: bytes | tuple[bytes, ...], ending: str, unpack: Callable[[BinaryIO], BinaryIO]
) -> Format:
    def recognises(content: Content) -> bool:
        return content.head.startswith(magic)

    def read(content: Content) -> Iterator[Content]:
        inner = PurePosixPath(content.name).name.removesuffix(ending)
        yield content.inside(unpack(content.open()), None, name=inner)

    return Format(
        name,
        "a compressed file in any of these formats, read as a stream",
        f"dump.jsonl{ending}",
        recognises,
        read,
        True,
    )


GZIP = _packed("gzip", _GZIP, ".gz", _open_gzip)
BZIP2 = _packed("bzip2", b"BZh", ".bz2", lambda stream: cast(BinaryIO, bz2.BZ2File(stream)))
XZ = _packed("xz", b"\xfd7zXZ\x00", ".xz", _open_xz)
# A frame with the bytes of an article, or one of sixteen kinds of frames to be skipped, which pzstd writes first.
_ZSTANDARD = (b"\x28\xb5\x2f\xfd", *(bytes([number]) + b"\x2a\x4d\x18" for number in range(0x50, 0x60)))
ZSTANDARD = _packed("zstandard", _ZSTANDARD, ".zst", _open_zstandard)
