"""Build a record from the fields and the article text of a structured format.

The text is read like a plain text file, so that a dateline, a byline or a headline in it is found whatever the format.
If the format and the text both give a value for a field, `transforms/readers/fields/choose_value.py` decides.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from typing import Any

from transforms.readers.fields.bylines import PREFIX
from transforms.readers.fields.datelines import split_dateline
from transforms.readers.fields.headers import read_language
from transforms.readers.formats.text import read_article
from transforms.readers.markup import html_text, looks_like_html
from transforms.readers.records import Record, Reject

# Control characters other than white space, which wires leave in texts; and halves of surrogate pairs, which JSON can
# contain but UTF-8 cannot.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BYLINE = re.compile(rf"\A\s*{PREFIX}(?=\S)", re.IGNORECASE)
_LONGEST = 2_000  # characters of a field other than the text
_MOST_EXTRA = 100_000  # characters of all fields without a column, in total

_NAMES = frozenset(field.name for field in fields_of(Record))


def build_record(
    text: str,
    values: Mapping[str, str | None],
    *,
    extra: Mapping[str, Any] | None = None,
    place: str | None = None,
) -> Record | Reject:
    """Build a record from the text of an article (HTML or plain) and the fields that the format provides.

    `values` are fields of Record; `dateline` may combine `dateline_place`, `dateline_date` and `agency`. `extra` has
    the fields without a column.
    """
    given = {name: clean_field(value) for name, value in values.items() if value}
    if "dateline" in given:
        given = {name: value for name, value in (_dateline(given) | given).items() if value}
    text = clean_text(text)
    # A table may have millions of rows without a text, so these must cost little.
    found = read_article(text, _normalise(given)) if any(map(str.isalnum, text)) else None
    if found is None or isinstance(found, Reject):
        payload = json.dumps(given | dict(extra or {}), default=str, ensure_ascii=False)
        what = "has a headline but no text" if given.get("headline") else "has no text"
        return Reject(None, "no_body", what, place, payload)
    return replace(found, extra=dump_extra(extra), place=place)


def _normalise(given: Mapping[str, str]) -> dict[str, str]:
    """Keep the fields of Record and normalise their values: a byline without "By", a two-letter language code."""
    values = {name: value for name, value in given.items() if name in _NAMES}
    if "byline" in values:
        values["byline"] = _BYLINE.sub("", values["byline"], count=1)
    if "language" in values:
        values["language"] = read_language(values["language"]) or values["language"]
    if "status" in values:
        values["status"] = values["status"].lower().removeprefix("stat:")
    if "published" in values:
        values.setdefault("published_in", "field")
    else:
        values.pop("published_in", None)
    return values


def dump_extra(extra: Mapping[str, Any] | None) -> str | None:
    """Return the fields without a column as JSON; None when none of them has a value."""
    filled = {name: value for name, value in (extra or {}).items() if value not in (None, "", [], {})}
    if not filled:
        return None
    dumped = json.dumps(filled, default=str, ensure_ascii=False)
    return clean_characters(dumped if len(dumped) <= _MOST_EXTRA else _shorten_extra(filled))


def _shorten_extra(extra: Mapping[str, Any]) -> str:
    """Return JSON of as many fields as the limit allows, with long values cut: a column of 150 MB is not metadata."""
    kept, room = {}, _MOST_EXTRA
    for name, value in extra.items():
        dumped = json.dumps(value, default=str, ensure_ascii=False)
        short = value if len(dumped) <= _LONGEST else f"{dumped[:_LONGEST]}…"
        room -= len(str(name)) + min(len(dumped), _LONGEST) + 10
        if room < 0:
            break
        kept[name] = short
    return json.dumps(kept, default=str, ensure_ascii=False)


def clean_text(text: str) -> str:
    """Remove tags and control characters from the text of an article, and resolve character references."""
    if looks_like_html(text):
        text = html_text(text)
    elif _REFERENCE.search(text):
        text = html.unescape(text)
    return clean_characters(text)


def clean_field(value: str) -> str:
    """Return the value of a field on one line, without tags and control characters, cut at the length limit."""
    return " ".join(clean_text(str(value)[: 10 * _LONGEST]).split())[:_LONGEST]


def clean_characters(text: str) -> str:
    """Return the text without control characters and broken surrogates."""
    return _CONTROL.sub("", text)


def _dateline(given: dict[str, str]) -> dict[str, str]:
    """Remove the field `dateline` ("LONDON, March 9 (River News) -") and return its parts as fields of Record."""
    return split_dateline(given.pop("dateline", ""))
