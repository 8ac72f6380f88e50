"""JSON: one article, a list of them wherever it stands in the document, or one article in a line.

Recognised are the answers of news interfaces, the dumps of scrapers and archives, JSON Feed, and ninjs among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from transforms.readers import ninjs
from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Options, Refused
from transforms.readers.names import has_text, read_object
from transforms.readers.records import Record, Reject

_DEEPEST = 5  # levels of a document that are searched for its articles


def recognises(content: Content) -> bool:
    """One JSON document that is an object or a list."""
    return content.json is not ...


def read(content: Content) -> Iterator[Record | Reject]:
    """The articles in the document, wherever they stand in it."""
    found = find_articles(content.json, content.options)
    if found is None:
        keys = ", ".join(map(repr, list(content.json)[:12])) if isinstance(content.json, dict) else "a list"
        raise Refused(
            "no_article", f"is JSON without articles ({keys}); name the field of the text: --map body=..."
        )
    if len(found) == 1 and isinstance(content.json, dict):
        yield read_item(found[0], content.options, None)
        return
    for number, item in enumerate(found, 1):
        yield read_item(item, content.options, f"item {number}")


def read_item(item: Any, options: Options, place: str | None) -> Record | Reject:
    """The article that one object is."""
    if not isinstance(item, dict):
        return Reject(
            None, "not_an_article", f"is no object: {shorten(item, 80)}", place, _payload(item, options)
        )
    try:
        if ninjs.is_item(item):
            return ninjs.build(item, place)
        text, values, extra = read_object(item, options.mapping)
        return build_record(text, values, extra=extra, place=place)
    except RecursionError:
        return Reject(None, "nested_too_deep", "is an object nested too deep", place)


def find_articles(document: Any, options: Options) -> list[Any] | None:
    """The objects that look like articles, with whatever stands between them in the same list; null for none.

    Breadth first, so that a list of articles goes before the lists inside of them.
    """
    level = [document]
    for _ in range(_DEEPEST):
        for value in level:
            inside = list(value.values()) if isinstance(value, dict) else value
            if isinstance(value, dict) and _is_article(value, options):
                return [value]
            if isinstance(inside, list) and any(_is_article(item, options) for item in inside[:100]):
                if isinstance(value, dict) and not all(isinstance(item, dict) for item in inside):
                    continue  # an object with articles and other things in it
                return inside
        level = [
            part
            for value in level
            if isinstance(value, dict | list)
            for part in (value.values() if isinstance(value, dict) else value[:100])
            if isinstance(part, dict | list)
        ][:10_000]
    return None


def _is_article(value: Any, options: Options) -> bool:
    return isinstance(value, dict) and (ninjs.is_item(value) or has_text(value, options.mapping))


def shorten(value: Any, length: int) -> str:
    """The beginning of a value as JSON."""
    text = json.dumps(value, default=str, ensure_ascii=False) if not isinstance(value, list) else "a list"
    return text if len(text) <= length else text[:length] + "..."


def _payload(item: Any, options: Options) -> str:
    return shorten(item, options.limits.payload_characters)


# --- JSON Lines -----------------------------------------------------------------------------------------------


def recognises_lines(content: Content) -> bool:
    """Whether the first line, and the second if there is one, are objects."""
    lines = content.head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines()[:2]
    if not lines or not lines[0].lstrip().startswith(b"{"):
        return False
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        return len(lines) > 1 and lines[1].strip()[:1] == b"{" and lines[1].strip()[-1:] == b"}"
    return len(lines) > 1


def read_lines(content: Content) -> Iterator[Record | Reject]:
    """The article in each line; lines are read one by one, and a broken one costs only itself."""
    most = content.limits.characters * 4
    stream = content.open()
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        place = f"line {number}"
        if len(line) > most:
            while line and not line.endswith(b"\n"):
                line = stream.readline(most)
            yield Reject(None, "too_long", f"is a line of more than {most:,} bytes", place)
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _read_line(line, content.options, place)


def _read_line(line: bytes, options: Options, place: str) -> Record | Reject:
    payload = json.dumps(line[: options.limits.payload_characters].decode("utf-8", "backslashreplace"))
    try:
        return read_item(json.loads(line.removeprefix(b"\xef\xbb\xbf")), options, place)
    except UnicodeDecodeError as error:
        return Reject(
            None, "undecodable", f"is not UTF-8 ({error.reason} at byte {error.start})", place, payload
        )
    except (ValueError, RecursionError) as error:
        return Reject(None, "malformed", f"is not JSON ({error})", place, payload)


FORMAT = Format(
    "json",
    "one article, a list of articles anywhere in the document, an answer of a news interface, JSON Feed",
    "export.json --map body=FullText",
    recognises,
    read,
)
LINES = Format(
    "jsonl", "one article as a JSON object in each line", "dump.jsonl", recognises_lines, read_lines, True
)
