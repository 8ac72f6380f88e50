"""Build an article from the fields of one object or row, or find the HTML page in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.field_names import read_object
from transforms.readers.records import Record, Reject

_PAGE = re.compile(
    r"\s*(?:<!--.{0,500}?-->\s*)?(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html[\s>])", re.I | re.S
)
# "… [+2310 chars]" at the end of a text
_CUT = re.compile(r"(?:… ?|\.\.\. ?)?\[\+?[0-9,]{1,9} (?:more )?chars?(?:acters)?\]$")
_LONGEST_CUT = 50  # characters of such a note


def read_fields(row: Mapping[str, Any], content: Content, place: str | None) -> Record | Reject | Content:
    """Return the article in `row` (at `place` in `content`); if a field has a complete HTML page, return the page."""
    text, values, extra = read_object(row, content.options.mapping)
    if _PAGE.match(text):
        return content.inside(text.encode("utf-8", "replace"), place, deeper=False, known=values)
    return build_record(_without_cut(text), values, extra=extra, place=place)


def _without_cut(text: str) -> str:
    """Remove a note such as "[+2310 chars]" at the end of a truncated text."""
    kept = text.rstrip()
    note = _CUT.search(kept, max(0, len(kept) - _LONGEST_CUT))
    return kept[: note.start()].rstrip() if note else text
