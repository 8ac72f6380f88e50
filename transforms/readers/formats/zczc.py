"""Read telex messages framed by ZCZC and NNNN: a sign at the start of a line gives its field; then the text follows.

ZCZC / $S / :River / =Lock / ^Old lock reopens / *X / text / NNNN
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.records import Record, Reject

_OPENING = re.compile(rb"\s*(?:[^\n]{0,200}\n){0,3}?ZCZC\b[^\n]{0,80}\r?\n")
_MESSAGE = re.compile(r"^[^\S\n]*ZCZC\b(?P<number>[^\n]*)\n", re.MULTILINE)
_END = re.compile(r"^[^\S\n]*NNNN\b.*", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"(?P<sign>[$:=^*&+#@%])[^\S\n]?(?P<value>\S[^\n]{0,200})?")


def recognises(content: Content) -> bool:
    return bool(_OPENING.match(content.head[:1000]))


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the story in each message; the closing NNNN may be missing."""
    text = content.text.replace("\r\n", "\n")
    marks = list(_MESSAGE.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for number, (mark, end) in enumerate(zip(marks, ends, strict=True), 1):
        place = f"message {number}" if len(marks) > 1 else None
        yield _read_message(_END.sub("", text[mark.end() : end]), mark["number"].strip(), place)


def _read_message(message: str, number: str, place: str | None) -> Record | Reject:
    lines = message.split("\n")
    fields: dict[str, str] = {}
    start = 0
    while start < len(lines) and (match := _FIELD.fullmatch(lines[start].rstrip())):
        fields.setdefault(match["sign"], (match["value"] or "").strip())
        start += 1
    headline = next((one for sign in "^:" if any(map(str.isalpha, one := fields.get(sign, "")))), None)
    extra = {
        "number": number,
        "slugline": fields.get(":") or fields.get("#"),
        "take": fields.get("=") or fields.get("@"),
    }
    return build_record("\n".join(lines[start:]), {"headline": headline}, extra=extra, place=place)


FORMAT = Format(
    "zczc",
    "telex messages between ZCZC and NNNN: headline, slug, text",
    "wire/story.zczc",
    recognises,
    read,
)
