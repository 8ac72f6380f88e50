"""Read Markdown: the fields of its YAML front matter, and its text without the markup.

A file whose text has no markup is read as plain text, which keeps the place of each word in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.field_names import read_object
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.markup import html_text
from transforms.readers.records import Record, Reject

_FRONT = re.compile(r"\ufeff?---[^\S\n]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)", re.DOTALL)
_MARKUP = re.compile(
    r"^#{1,6} \S|\[[^\]\n]{1,300}\]\([^)\s]{1,2000}[^)\n]{0,200}\)|\*\*\S[^*\n]{0,300}\*\*|^> \S|^!\["
    r"|^[*+-] \S.*\n[*+-] \S",
    re.MULTILINE,
)
_NESTED = re.compile(
    r"^(?:authors?|source|publisher|byline):[^\S\n]*(?:\n[^\S\n]*-|\[|\{)", re.MULTILINE | re.IGNORECASE
)
_LONGEST = 20_000  # characters of a front matter
_MOST_LINKS = (
    2_000  # brackets; files with more are read as plain text, since unclosed links would take minutes
)


def recognises(content: Content) -> bool:
    """Whether the text has a heading, a link or bold words, or front matter with lists."""
    text = content.text.replace("\r\n", "\n")
    if text.count("[") > _MOST_LINKS:
        return False
    front = _FRONT.match(text[:_LONGEST])
    rest = text[front.end() : front.end() + 20_000] if front else text[:20_000]
    if front and _NESTED.search(front["yaml"]):
        return True
    marks = len(_MARKUP.findall(rest))
    return marks >= 1 if front or _read_title(rest) else marks >= 3


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the article in the file; if the front matter has no headline, the first heading is the headline."""
    from markdown_it import MarkdownIt

    text = content.text.replace("\r\n", "\n")
    front = _FRONT.match(text[:_LONGEST])
    fields = _read_front(front["yaml"]) if front else {}
    body, values, extra = read_object(fields, content.options.mapping)
    rest = text[front.end() :] if front else text
    if (title := _read_title(rest)) and not values.get("headline"):
        values["headline"] = title
    rendered = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).render(rest)
    yield build_record(html_text(rendered) or body, values, extra=extra)


def _read_title(text: str) -> str | None:
    """Return the heading at the start of a text. A regex would take quadratic time for long runs of spaces."""
    line = text.lstrip().split("\n", 1)[0].rstrip()
    return line[2:].rstrip("#").strip() or None if line.startswith("# ") else None


def _read_front(written: str) -> dict[str, Any]:
    """Parse the front matter; raise Refused if it is not YAML, or has aliases, which YAML bombs use."""
    import yaml

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(written, Loader=yaml.BaseLoader)):
            raise Refused("malformed", "has front matter with YAML aliases, which are not supported")
        fields = yaml.load(written, Loader=yaml.BaseLoader)  # all values stay as written
    except (yaml.YAMLError, RecursionError) as error:
        problem = " ".join(str(error).split())[:200]
        raise Refused("malformed", f"has front matter that is not valid YAML ({problem})") from error
    return fields if isinstance(fields, dict) else {}


FORMAT = Format(
    "markdown",
    "Markdown with or without YAML front matter: title, date, authors and other fields; text without markup",
    "posts/*.md",
    recognises,
    read,
)
