"""Hold the bytes of a file, or of a file inside another file, in memory or as a stream that is read only once.

A document is read as a whole, up to `Limits.file_bytes`. A container of many articles or files is read as a stream.
All bytes unpacked from one outer file count against `Limits.unpacked_bytes`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

from transforms.readers.decode import Decoded, decode
from transforms.readers.limits import Limits, Options, Refused

_MOST_DIGITS = 300  # digits of a number in JSON; Python refuses numbers with more than 4,300 digits
_ZIP_MEMBER = b"PK\x01\x02"  # before each entry in the directory of a zip archive
HEAD = 1 << 16  # bytes used to recognise a format
Watch = Callable[[str | None], None]


def _ignore(_place: str | None) -> None:
    """Do nothing; the default watcher."""


@dataclass
class Budget:
    """The bytes that may still be unpacked from an outer file; all files inside it share this budget."""

    left: int
    limit: int

    @classmethod
    def of(cls, size: int) -> Budget:
        """Return a budget of `size` bytes."""
        return cls(size, size)

    def take(self, size: int) -> None:
        """Subtract `size` bytes from the budget; raise Refused (unpacks_too_large) if it is exceeded."""
        self.left -= size
        if self.left < 0:
            raise Refused("unpacks_too_large", f"unpacks to more than the limit of {self.limit:,} bytes")


class Content:
    """A file, or a file inside another file.

    `name` is its own name, or empty; `place` is its place in the outer file, None for the outer file itself. `known`
    has the values that the container gives for fields of the record. `watch` is called with the place of each inner
    file before that file is read, and may raise Refused.
    """

    def __init__(
        self,
        source: bytes | BinaryIO,
        *,
        name: str = "",
        options: Options | None = None,
        known: Mapping[str, str | None] | None = None,
    ) -> None:
        self.options = options or Options()
        self.name = name
        self.place: str | None = None
        self.depth = 0
        self.known = dict(known or {})
        self.format: str | None = None
        self.wrapping: str | None = None  # the compression around this file, if it contains nothing else
        self.stream = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source
        self.budget = Budget.of(self.limits.unpacked_bytes)
        self.watch: Watch = _ignore
        self._is_outer = True
        self._is_opened = False
        self._failed: Exception | None = None

    @property
    def limits(self) -> Limits:
        return self.options.limits

    def inside(
        self,
        source: bytes | BinaryIO,
        place: str | None,
        *,
        name: str = "",
        deeper: bool = True,
        known: Mapping[str, str | None] | None = None,
    ) -> Content:
        """Return a file inside this one; `deeper` counts it as one more level of nesting."""
        part = Content(source, name=name, options=self.options, known=self.known | dict(known or {}))
        part.place = join_places(self.place, place)
        part.depth = self.depth + deeper
        part.budget = self.budget
        part.watch = self.watch
        part._is_outer = False
        return part

    @cached_property
    def size(self) -> int | None:
        """Size of an outer file in bytes; None if it is known only after reading."""
        if not self._is_outer or not self.stream.seekable():
            return None
        place = self.stream.tell()
        size = self.stream.seek(0, io.SEEK_END)
        self.stream.seek(place)
        return size

    @cached_property
    def head(self) -> bytes:
        """The first HEAD bytes of the file, from which its format is recognised."""
        return self._take(HEAD)

    @cached_property
    def data(self) -> bytes:
        """All bytes of the file. Raises Refused (too_large)."""
        head = self.head
        data = head + self._take(self.limits.file_bytes + 1 - len(head)) if len(head) == HEAD else head
        if len(data) > self.limits.file_bytes:
            raise Refused("too_large", f"is larger than the limit of {self.limits.file_bytes:,} bytes")
        return data

    def open(self) -> BinaryIO:
        """Return the bytes as a stream from the start. A stream cannot be opened twice."""
        if "data" in self.__dict__:
            return io.BytesIO(self.data)
        if self._is_opened:
            raise RuntimeError("the stream of this file was opened already and cannot be read again")
        head, self._is_opened = self.head, True
        return io.BufferedReader(_Rejoined(head, self))

    def open_seekable(self) -> BinaryIO:
        """Return the bytes as a seekable stream: an outer file as it is, an inner file as a copy in memory."""
        if self._is_outer and self.stream.seekable():
            self.stream.seek(0)
            return self.stream
        return io.BytesIO(self.data)

    @cached_property
    def decoded(self) -> Decoded:
        """The whole file as text, with the encoding that was found. Raises Refused if it is not text."""
        return decode(self.data)

    @property
    def text(self) -> str:
        return self.decoded.text

    @cached_property
    def encoding(self) -> str:
        """The encoding of a text stream, detected from its first lines. Raises Refused (binary_file)."""
        head = self.head
        if len(head) == HEAD:
            head = head[: len(head) // 2] if b"\0" in head else head[: head.rfind(b"\n") + 1] or head
        try:
            return decode(head).encoding
        except Refused as refused:
            if refused.reason_code != "undecodable":
                raise
            return "utf-8"

    @cached_property
    def json(self) -> Any:
        """The document as parsed JSON; `...` (Ellipsis) when it is not JSON. Raises Refused."""
        if self.head.lstrip(b"\xef\xbb\xbf \t\r\n\0\xfe\xff")[:1] not in (b"{", b"["):
            return ...
        text = self.text
        try:
            return load_json(text)
        except RecursionError as error:
            raise Refused("nested_too_deep", "is JSON with too deeply nested lists or objects") from error
        except ValueError:
            return ...

    @cached_property
    def zip_names(self) -> frozenset[str]:
        """The names in a zip archive. Raises Refused (too_many_members), BadZipFile."""
        stream = self.open_seekable()
        stream.seek(max(0, stream.seek(0, io.SEEK_END) - self.limits.file_bytes))
        if stream.read().count(_ZIP_MEMBER) > self.limits.members:  # this is ten times as fast as zipfile
            most = f"{self.limits.members:,}"
            raise Refused("too_many_members", f"contains more files than the limit of {most}")
        with zipfile.ZipFile(self.open_seekable()) as archive:
            return frozenset(archive.namelist())

    def _take(self, size: int) -> bytes:
        """Read the next bytes. After one failure, every call fails without reading, because libbz2 would crash."""
        if self._failed:
            raise self._failed
        pieces = []
        try:
            while size > 0 and (piece := self.stream.read(min(size, 1 << 20))):
                self._count(len(piece))
                pieces.append(piece)
                size -= len(piece)
        except Exception as error:
            self._failed = error
            raise
        return b"".join(pieces)

    def _count(self, size: int) -> None:
        if not self._is_outer:
            self.budget.take(size)


class _Rejoined(io.RawIOBase):
    """A stream that begins with the bytes already read, the head, and continues with the rest of another stream."""

    def __init__(self, head: bytes, content: Content) -> None:
        self._head = memoryview(head)
        self._content = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), len(self._head))
        if size:
            buffer[:size], self._head = self._head[:size], self._head[size:]
            return size
        piece = self._content._take(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def load_json(text: str | bytes) -> Any:
    """Parse a JSON document; strings may contain line ends, and overlong numbers become strings.

    Raises ValueError, RecursionError.
    """
    return json.loads(text, parse_int=read_number, strict=False)


def read_number(digits: str) -> int | str:
    """Convert the digits of a JSON number to an int; a number with too many digits stays a string."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def join_places(*places: str | None) -> str | None:
    """Join the places of nested files, outermost first: "news.zip > a.json > item 3"."""
    return " > ".join(filter(None, places)) or None
