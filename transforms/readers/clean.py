"""Remove characters from records and rejects that a table or a JSON document cannot hold.

Halves of surrogate pairs, from JSON and damaged files, become U+FFFD, and so do NUL characters: the length stays the
same, so offsets remain valid. In JSON fields, control characters are also dropped; wire files have them in slugs.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from typing import Any, TypeVar

from transforms.readers.records import Record, Reject

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROL_REFERENCE = re.compile(r"&#0{0,5}(?:[0-8]|1[124-9]|2[0-9]|3[01]|127);")  # "&#5;", of a wire in SGML
_ESCAPED = re.compile(r"\\u(?:00(?:0[0-8bcef]|1[0-9a-f]|7f)|d[89a-f])|\x7f|&#", re.IGNORECASE)  # in JSON
_JSON_FIELDS = ("extra", "payload")
Item = TypeVar("Item", Record, Reject)
_DEEPEST = 100  # levels of lists and objects in a field that is JSON


def clean(item: Item) -> Item:
    """Clean the strings of a record or of a reject, so that every table can hold them."""
    changed: dict[str, Any] = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if isinstance(value, str) and (better := _clean_value(field.name, value)) != value:
            changed[field.name] = better
    return replace(item, **changed) if changed else item


def _clean_value(name: str, value: str) -> str:
    value = replace_surrogates(value)
    if name in _JSON_FIELDS:
        return _clean_json(value) if _ESCAPED.search(value) else value
    return value.replace("\0", "\ufffd")


def replace_surrogates(text: str) -> str:
    """Replace each half of a surrogate pair by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _clean_json(text: str) -> str:
    """Clean the strings of a JSON document; text that is not valid JSON does not change."""
    try:
        return json.dumps(_clean_part(json.loads(text), _DEEPEST), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _clean_part(part: Any, levels: int) -> Any:
    if isinstance(part, str):
        return _CONTROL.sub("", _CONTROL_REFERENCE.sub("", replace_surrogates(part)))
    if isinstance(part, dict) and levels:
        return {_clean_part(name, 0): _clean_part(value, levels - 1) for name, value in part.items()}
    if isinstance(part, list) and levels:
        return [_clean_part(value, levels - 1) for value in part]
    return None if isinstance(part, dict | list) else part
