"""Read the bytes of one file into records (one per article) and rejects.

The format depends on the content of a file, never on its name. A format is a module with a `Format`. To add a format,
write the module and list it in FORMATS. The first format that recognises a file reads it. Plain text is last, because
it recognises any text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from transforms.readers.clean import clean
from transforms.readers.content import HEAD, Budget, Content, Watch, join_places
from transforms.readers.fields.day_order import DayOrder
from transforms.readers.format import Format
from transforms.readers.formats import (
    archives,
    europresse,
    factiva,
    feeds,
    json_articles,
    mail,
    markdown,
    newsml,
    newsml1,
    nexis,
    ninjs,
    nitf,
    office,
    packed,
    pdf,
    ritzau,
    tabular,
    text,
    warc,
    webpage,
    wire_message,
    zczc,
)
from transforms.readers.guarded import is_for_memory, reject_of
from transforms.readers.limits import FEW, FEW_SHORT, SHORTEST, Limits, Options, Refused
from transforms.readers.records import Reading, Record, Reject, join_readings, to_frame

__all__ = [
    "FORMATS",
    "HEAD",
    "Format",
    "Limits",
    "Options",
    "Reading",
    "Record",
    "Reject",
    "is_streamed",
    "join_readings",
    "read_in_parts",
    "read_records",
]

FORMATS: tuple[Format, ...] = (
    # recognised by their first bytes; Word and Excel files are zip archives, crawls are gzip files
    warc.FORMAT,
    packed.GZIP,
    packed.BZIP2,
    packed.XZ,
    packed.ZSTANDARD,
    office.DOCX,
    tabular.XLSX,
    archives.ZIP,
    archives.TAR,
    pdf.FORMAT,
    tabular.PARQUET,
    wire_message.ANPA,
    wire_message.IPTC,
    zczc.FORMAT,
    # recognised by their first lines
    nitf.FORMAT,
    newsml.FORMAT,
    newsml1.FORMAT,
    ritzau.FORMAT,
    feeds.FORMAT,
    mail.MBOX,
    mail.EML,
    json_articles.LINES,
    tabular.CSV,
    # recognised by their whole content
    ninjs.FORMAT,
    json_articles.FORMAT,
    factiva.FORMAT,
    nexis.FORMAT,
    europresse.FORMAT,
    webpage.FORMAT,
    markdown.FORMAT,
    text.FORMAT,
)
PART_CHARACTERS = 4_000_000  # a part of a file ends when its texts together have this length
PART_RECORDS = 2_000
_MANY = 200  # characters of a text that must have words
_LONG_WORD = 30  # characters of the average word; lines of base64 have 64 or 76, German words 7
_FEWEST_WORDS = 5
_WITHOUT_PAYLOAD = frozenset("gzip bzip2 xz zstandard zip tar docx xlsx pdf parquet".split())


def read_records(source: bytes | BinaryIO, path: str, options: Options | None = None) -> Reading:
    """Read the articles in the bytes of one file; never raises because of the content.

    `source` is the bytes, or a binary stream of a file too large for memory: archives, WARC, mailboxes, JSON Lines,
    CSV and Parquet are read as streams; other files are rejected if they exceed `Limits.file_bytes`. `path`
    must be valid Unicode; it is copied into the frame and starts each reason. Records, including rejected ones, are
    numbered from 1 within the file. A file without an article gives at least one reject, which states the reason.
    """
    return join_readings(list(read_in_parts(source, path, options)))


def read_in_parts(
    source: bytes | BinaryIO, path: str, options: Options | None = None, watch: Watch | None = None
) -> Iterator[Reading]:
    """Read a file in parts of a few megabytes, which limits the memory for large files; yield at least one part.

    `watch` is called with the place of each inner file before that file is read. If `watch` raises Refused, the file
    is rejected.
    """
    content = Content(source, name=path, options=options)
    content.watch = watch or content.watch
    content.budget = Budget.of(content.limits.most_unpacked(content.size))
    order = DayOrder(content.options.dates)
    found: list[tuple[int, Record | Reject]] = []
    size = number = 0
    for number, item in enumerate(_read_some(content), 1):
        found.append((number, item))
        size += len(item.body) if isinstance(item, Record) else len(item.payload or "")
        if size > PART_CHARACTERS or len(found) == PART_RECORDS:
            yield _sort_out(found, content, path, order)
            found, size = [], 0
    if number == 1 and found and isinstance(found[0][1], Reject) and content.format is None:
        found = [(0, found[0][1])]  # no record was read, so the reject is about the file
    yield replace(_sort_out(found, content, path, order), days=order.days())


def is_streamed(head: bytes) -> bool:
    """Whether a file is read as a stream, judging by `head`, its first `HEAD` bytes."""
    try:
        return any(format_.recognises(Content(head)) for format_ in FORMATS if format_.streams)
    except Refused:
        return False


def _read_some(content: Content) -> Iterator[Record | Reject]:
    """Yield the items of a file; if they exceed a limit on number or total length, yield one reject and stop."""
    size = content.limits.unpacked_bytes if content.size is None else content.size
    most, most_text = content.limits.most_articles(size), content.limits.most_text(size)
    articles = characters = 0
    for number, item in enumerate(_read(content)):
        if isinstance(item, Record):
            articles, characters = articles + 1, characters + len(item.body)
        if number == most:
            yield Reject(None, "too_many_articles", f"has more articles than the limit of {most:,}")
        elif number == FEW and not articles:
            yield Reject(None, "no_article", f"has no article among its first {FEW:,} records or files")
        elif articles > FEW_SHORT and characters < SHORTEST * articles:
            problem = f"has more than {FEW_SHORT:,} texts with fewer than {SHORTEST} characters on average"
            yield Reject(None, "too_many_articles", problem)
        elif characters > most_text:
            problem = f"has more than {most_text:,} characters of text, the limit for a file of its size"
            yield Reject(None, "unpacks_too_large", problem)
        else:
            yield item
            continue
        return


def _read(content: Content) -> Iterator[Record | Reject]:
    """Yield the records of a file and of the files inside it; any error becomes a reject."""
    number = 0
    try:
        if content.place:
            content.watch(content.place)
        for number, item in enumerate(_choose(content).read(content), 1):  # noqa: B007
            if isinstance(item, Content):
                item.wrapping = content.format if item.place == content.place else None
                yield from _read(item)
                content.format = item.format if item.wrapping and item.format else content.format
            else:
                yield _finish(item, content)
    except Refused as refused:
        yield _reject(content, refused.reason_code, refused.reason)
    except (Exception, RecursionError) as error:  # libraries raise hundreds of kinds of errors
        if is_for_memory(error):
            yield reject_of(error, content.place)
            return
        problem = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        yield _reject(content, "malformed", f"cannot be read as {content.format or 'any format'} ({problem})")
    else:
        if not number:
            yield _reject(content, "no_article", f"contains no article (it was read as {content.format})")


def _choose(content: Content) -> Format:
    limits = content.limits
    if content.depth > limits.nesting:
        raise Refused("nested_too_deep", f"is nested in more than {limits.nesting} other archives")
    if not content.head:
        raise Refused("empty_file", "is empty")
    # Looking for a format in a file of blanks takes ten times as long.
    if not content.head.strip() and not content.data.strip():
        content.format = "text"
        raise Refused("no_body", "contains no words")
    chosen = next(format_ for format_ in FORMATS if format_.recognises(content))
    content.format = f"{chosen.name} in {content.wrapping}" if content.wrapping else chosen.name
    return chosen


def _finish(item: Record | Reject, content: Content) -> Record | Reject:
    """Add to an item its place and the fields that its container gives; reject a text that is too long."""
    place = join_places(content.place, item.place)
    if isinstance(item, Reject):
        payload = item.payload and item.payload[: content.limits.payload_characters]
        return Reject(item.record_no, item.reason_code, item.reason, place, payload)
    most = content.limits.characters
    if len(item.body) > most:
        reason = f"has a text of {len(item.body):,} characters; the limit is {most:,}"
        return Reject(None, "too_long", reason, place, _payload(item.body, content))
    if _is_encoded(item.body):
        reason = (
            f"has no sentences: its {len(item.body):,} characters have almost no spaces, like encoded data"
        )
        return Reject(None, "no_body", reason, place, _payload(item.body, content))
    inherited = {name: value for name, value in content.known.items() if value and not getattr(item, name)}
    return replace(item, place=place, format=content.format, **inherited)  # type: ignore[arg-type]


def _is_encoded(text: str) -> bool:
    """Whether a text is encoded data, such as base64, or any other ASCII text that is not divided into words."""
    if len(text) < _MANY or not text.isascii():
        return False
    if (text.count(" ") + text.count("\n") + 1) * _LONG_WORD > len(text):
        return False
    words = (word for word in text.split() if len(word) <= _LONG_WORD and word.strip(".,;:!?\"'()").isalpha())
    return len(list(islice(words, _FEWEST_WORDS))) < _FEWEST_WORDS


def _reject(content: Content, code: str, reason: str) -> Reject:
    is_text = b"\0" not in content.head and content.format not in _WITHOUT_PAYLOAD
    payload = _payload(content.head.decode("utf-8", "backslashreplace"), content) if is_text else None
    return Reject(None, code, reason, content.place, payload)


def _payload(text: str, content: Content) -> str:
    return json.dumps(text[: content.limits.payload_characters])


def _sort_out(
    found: list[tuple[int, Record | Reject]], content: Content, path: str, order: DayOrder
) -> Reading:
    """Split numbered items into records and rejects, and clean their strings; an item numbered 0 is about the file."""
    records = [(number, clean(item)) for number, item in found if isinstance(item, Record)]
    for number, record in records:
        order.note(number, record)
    rejects = [
        clean(Reject(number or None, item.reason_code, _full_reason(item, path), item.place, item.payload))
        for number, item in found
        if isinstance(item, Reject)
    ]
    encoding = content.decoded.encoding if "decoded" in content.__dict__ else None
    return Reading(content.format, encoding, to_frame(records, path), rejects)


def _full_reason(item: Reject, path: str) -> str:
    return f"{join_places(path, item.place)}: {' '.join(item.reason.split())}"
