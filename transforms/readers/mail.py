"""Mail: newsletters as single messages (.eml) and mailboxes (.mbox); the subject is the headline.

A mailbox is read message by message. Of a message the HTML part is taken, else the plain one; what is attached is
read as the file that it is when it is a document or a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.decode import decode
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject

_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]|[A-Za-z][A-Za-z0-9-]{1,60}:\r?\n[ \t]|[ \t]+\S")
_OF_MAIL = re.compile(
    rb"^(?:message-id|mime-version|received|return-path|delivered-to|dkim-signature|list-id|list-unsubscribe|x-mailer"
    rb"|content-transfer-encoding):",
    re.IGNORECASE | re.MULTILINE,
)
_FROM_LINE = re.compile(rb"From \S{1,320}[ \t][^\r\n]{5,80}[0-9]{4}[ \t\r\n]*$")
_READ_ATTACHED = (
    "application/pdf",
    "message/rfc822",
    "text/csv",
    "application/json",
    "application/xml",
    "text/xml",
)
_MOST_PARTS = 200


def recognises_mail(content: Content) -> bool:
    """Header lines from the first line on, and one among them that only mail has."""
    header = re.split(rb"\r?\n\r?\n", content.head, maxsplit=1)[0]
    lines = header.splitlines()
    return bool(lines and _OF_MAIL.search(header)) and all(_HEADER.match(line + b"\n") for line in lines[:50])


def read_mail(content: Content) -> Iterator[Record | Reject | Content]:
    """The article that one message is, and what is attached."""
    yield from _read_message(content.data, content, None)


def recognises_mailbox(content: Content) -> bool:
    lines = content.head.split(b"\n", 2)
    return len(lines) > 1 and bool(_FROM_LINE.match(lines[0])) and bool(_HEADER.match(lines[1] + b"\n"))


def read_mailbox(content: Content) -> Iterator[Record | Reject | Content]:
    """The messages, one after the other."""
    for number, message in enumerate(_split(content), 1):
        place = f"message {number}"
        if message is None:
            yield Reject(
                None, "too_large", f"is larger than the limit of {content.limits.file_bytes:,} bytes", place
            )
        else:
            yield from _read_message(message, content, place)


def _split(content: Content) -> Iterator[bytes | None]:
    """The bytes of each message; null for one that is too large. `>From ` in a text is `From ` again."""
    stream = content.open()
    most = content.limits.file_bytes
    lines: list[bytes] = []
    size = 0
    is_new_line, is_after_blank = True, True
    stream.readline(1000)
    while line := stream.readline(1 << 16):
        if is_new_line and is_after_blank and _FROM_LINE.match(line):
            yield b"".join(lines) if size <= most else None
            lines, size = [], 0
        else:
            size += len(line)
            if size <= most:
                lines.append(line[1:] if is_new_line and line.startswith(b">From ") else line)
        is_after_blank = is_new_line and not line.strip(b"\r\n")
        is_new_line = line.endswith(b"\n")
    yield b"".join(lines) if size <= most else None


def _read_message(data: bytes, content: Content, place: str | None) -> Iterator[Record | Reject | Content]:
    message = message_from_bytes(data, policy=policy.compat32)
    parts = [part for part in _walk(message) if not part.is_multipart()]
    text = _text(parts)
    sender_name, sender = parseaddr(_header(message, "From") or "")
    published = _header(message, "Date")
    values = {
        "headline": _header(message, "Subject"),
        "outlet": sender_name or sender or None,
        "published": published,
        "published_in": "header Date",
        "guid": _header(message, "Message-ID"),
        "language": _header(message, "Content-Language"),
    }
    extra = {"from": sender, "to": _header(message, "To"), "list": _header(message, "List-Id")}
    yield build_record(text, values, extra=extra, place=place)
    for part in parts:
        name = part.get_filename()
        if name or part.get_content_type() in _READ_ATTACHED:
            data_of_part = part.get_payload(decode=True)
            if isinstance(data_of_part, bytes) and data_of_part and part.get_content_type() in _READ_ATTACHED:
                where = f"{place} > {name or 'attachment'}" if place else name or "attachment"
                yield content.inside(data_of_part, where, name=str(name))


def _walk(message: Message) -> Iterator[Message]:
    """The message and its parts, as deep as they are; raises Refused when there are too many of them."""
    waiting = [message]
    seen = 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > _MOST_PARTS:
            raise Refused("too_many_members", f"is a message with more than {_MOST_PARTS} parts")
        yield part
        inside = part.get_payload()
        if isinstance(inside, list):
            waiting += [one for one in inside if isinstance(one, Message)]


def _text(parts: list[Message]) -> str:
    """The HTML of a message when it has any, else its plain text."""
    for kind in ("text/html", "text/plain"):
        texts = [
            _decode(part) for part in parts if part.get_content_type() == kind and not part.get_filename()
        ]
        if text := "\n\n".join(filter(str.strip, texts)):
            return text
    return ""


def _decode(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(str(part.get_content_charset() or "utf-8"))
    except (LookupError, UnicodeDecodeError, ValueError):
        return _guess(data)


def _guess(data: bytes) -> str:
    try:
        return decode(data).text
    except Refused:
        return data.decode("utf-8", "replace")


def _header(message: Message, name: str) -> str | None:
    """A header in readable letters; null when there is none."""
    written = message.get(name)
    if written is None:
        return None
    try:
        return " ".join(str(make_header(decode_header(str(written)[:2000]))).split()) or None
    except (LookupError, ValueError, UnicodeError):
        return " ".join(str(written)[:2000].split()) or None


EML = Format(
    "eml", "a mail or newsletter: subject, sender, date, text", "letter.eml", recognises_mail, read_mail
)
MBOX = Format(
    "mbox", "a mailbox: each message is an article", "letters.mbox", recognises_mailbox, read_mailbox, True
)
