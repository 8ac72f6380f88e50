"""Read JSON: one article, a list of articles anywhere in the document, or one article per line.

Recognises responses of news APIs, dumps of scrapers and archives, JSON Feed, and ninjs objects inside them. Truncated
JSON is rejected as malformed; it is not read as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from transforms.readers.content import Content, load_json, read_number
from transforms.readers.fields.field_names import has_headline, has_text, is_aside
from transforms.readers.format import Format
from transforms.readers.formats import ninjs
from transforms.readers.guarded import attempt
from transforms.readers.limits import Options, Refused
from transforms.readers.records import Record, Reject
from transforms.readers.row_record import read_fields

_DEEPEST = 6  # levels of a document to search for articles
_WIDEST = 10_000  # objects and lists of one level to search
_FEW = 100  # items of a list to look at
_BETWEEN = re.compile(r"[\s,\ufeff]*")
_DECODER = json.JSONDecoder(parse_int=read_number, strict=False)
_OPENING = re.compile(r'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[\[{]|"[^"\n]{0,200}"\s*[,\]]|-?[0-9.]+\s*,|$))')
_OBJECT = re.compile(rb'\{\s*".*\}', re.DOTALL)
_ACTION = re.compile(rb'\s*\{\s*"(?:index|create|update|delete)"\s*:\s*\{\s*(?:"_|\})')


def recognises(content: Content) -> bool:
    """Whether the content is a JSON object or list; true also if its end is missing."""
    return content.json is not ... or _begins_as_json(content)


def _begins_as_json(content: Content) -> bool:
    if content.head.lstrip(b"\xef\xbb\xbf \t\r\n\0\xfe\xff")[:1] not in (b"{", b"["):
        return False
    return bool(_OPENING.match(content.text[:10_000].lstrip("\ufeff")))


def read(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the articles in the document, wherever they are in it."""
    document = _rows_of_columns(_load(content))
    found = find_articles(document, content.options)
    if found is None:
        keys = ", ".join(map(repr, list(document)[:12])) if isinstance(document, dict) else "a list"
        raise Refused(
            "no_article", f"is JSON without articles ({keys}); name the field with the text: --map body=FIELD"
        )
    if len(found) == 1 and isinstance(document, dict):
        yield read_item(found[0], content, None)
        return
    for number, item in enumerate(found, 1):
        yield read_item(item, content, f"item {number}")


def _load(content: Content) -> Any:
    """Parse the document; several documents in sequence become a list. Raises Refused (malformed)."""
    if content.json is not ...:
        return content.json
    text, documents = content.text, []
    place = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    try:
        while place < len(text):
            document, place = _DECODER.raw_decode(text, place)
            documents.append(document)
            place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]
    except json.JSONDecodeError as error:
        problem = f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
        raise Refused("malformed", f"is incomplete or damaged JSON ({problem})") from error
    return documents


def _rows_of_columns(document: Any) -> Any:
    """Return the rows of a table that pandas wrote by columns or in split form; other documents do not change."""
    if not isinstance(document, dict) or len(document) < 2:
        return document
    names, rows = document.get("columns"), document.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    columns = list(document.values())
    keys = columns[0].keys() if isinstance(columns[0], dict) else ()
    if "0" not in keys or not all(isinstance(column, dict) and column.keys() == keys for column in columns):
        return document
    return [{name: column[key] for name, column in document.items()} for key in keys]


def read_item(item: Any, content: Content, place: str | None) -> Record | Reject | Content:
    """Return the article in one JSON object, or the reject that says why it has none."""
    if not isinstance(item, dict):
        return Reject(
            None,
            "not_an_article",
            f"is a JSON value, not an object: {shorten(item, 80)}",
            place,
            _payload(item, content.options),
        )
    return attempt(lambda: _build(item, content, place), place)


def _build(item: dict[str, Any], content: Content, place: str | None) -> Record | Reject | Content:
    return ninjs.build(item, place) if ninjs.is_item(item) else read_fields(item, content, place)


def find_articles(document: Any, options: Options) -> list[Any] | None:
    """Return the objects that look like articles and the other items of their list; None if there are no articles.

    Searches breadth first, so that a list of articles precedes the lists inside them. Articles with a text take
    precedence over articles with only a headline. The list may have any name.
    """
    level: list[Any] = [document]
    named: list[Any] = []
    for _ in range(_DEEPEST):
        if found := _articles_of(level, options, has_text):
            return found
        named = named or _articles_of(level, options, has_headline)
        level = [part for value in level for part in _parts(value)][:_WIDEST]
    return named or None


def _articles_of(
    level: list[Any], options: Options, is_one: Callable[[Any, Mapping[str, str]], bool]
) -> list[Any]:
    """Return the articles among the values of one level, and the articles in lists among these values."""

    def is_article(value: Any) -> bool:
        return isinstance(value, dict) and (ninjs.is_item(value) or is_one(value, options.mapping))

    found: list[Any] = []
    for value in level:
        if is_article(value):
            found.append(value)
        elif isinstance(value, list) and any(is_article(item) for item in value[:_FEW]):
            found += [item for item in value if not _is_typed(item) or is_article(item)]
    return found


def _is_typed(item: Any) -> bool:
    """Whether an object states its type. Linked data does so, and also describes pages and people."""
    return isinstance(item, dict) and "@type" in item


def _parts(value: Any) -> Iterator[Any]:
    """Yield the lists and objects inside a value, except comments and related articles."""
    inside = value.items() if isinstance(value, dict) else (("", part) for part in value[:_FEW])
    return (part for name, part in inside if isinstance(part, dict | list) and not is_aside(name))


def shorten(value: Any, length: int) -> str:
    """Return a value as JSON, truncated."""
    text = json.dumps(value, default=str, ensure_ascii=False) if not isinstance(value, list) else "a list"
    return text if len(text) <= length else text[:length] + "..."


def _payload(item: Any, options: Options) -> str:
    return shorten(item, options.limits.payload_characters)


# --- JSON Lines -----------------------------------------------------------------------------------------------


def recognises_lines(content: Content) -> bool:
    """Whether the first two lines are JSON objects."""
    lines = content.head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines()[:2]
    if not lines or not lines[0].lstrip().startswith(b"{"):
        return False
    try:
        load_json(lines[0])
    except (ValueError, RecursionError):
        return len(lines) > 1 and bool(_OBJECT.fullmatch(lines[1].strip()))
    return len(lines) > 1


def read_lines(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the article in each line; lines are parsed one by one, so that an error affects only its own line."""
    most = content.limits.characters * 4
    stream = content.open()
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        place = f"line {number}"
        if len(line) > most:
            while line and not line.endswith(b"\n"):
                line = stream.readline(most)
            yield Reject(None, "too_long", f"is longer than the limit of {most:,} bytes", place)
        elif line.strip(b" \t\r\n\xef\xbb\xbf") and not _is_action(line):
            yield _read_line(line, content, place)


def _is_action(line: bytes) -> bool:
    """Whether a line is an action of an Elasticsearch bulk file: `{"index": {"_id": "1"}}`."""
    if len(line) > 1000 or not _ACTION.match(line):
        return False
    try:
        return len(load_json(line)) == 1
    except (ValueError, RecursionError):
        return False


def _read_line(line: bytes, content: Content, place: str) -> Record | Reject | Content:
    payload = json.dumps(line[: content.limits.payload_characters].decode("utf-8", "backslashreplace"))
    try:
        return read_item(load_json(line.removeprefix(b"\xef\xbb\xbf")), content, place)
    except UnicodeDecodeError as error:
        return Reject(
            None, "undecodable", f"is not UTF-8 ({error.reason} at byte {error.start})", place, payload
        )
    except (ValueError, RecursionError) as error:
        return Reject(None, "malformed", f"is not JSON ({error})", place, payload)


FORMAT = Format(
    "json",
    "one article; a list of articles anywhere in the document; a response of a news API; a JSON Feed",
    "export.json --map body=FullText",
    recognises,
    read,
)
LINES = Format(
    "jsonl", "one article per line, as a JSON object", "dump.jsonl", recognises_lines, read_lines, True
)
