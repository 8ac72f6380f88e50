"""Read mail: newsletters as single messages (.eml) and mailboxes (.mbox); the subject is the headline.

A mailbox is read message by message. The text of a message is its HTML part or, without one, its plain part; attached
documents and messages are read as files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr
from typing import BinaryIO

from transforms.readers.build_record import build_record
from transforms.readers.content import Content, load_json
from transforms.readers.decode import find_codec
from transforms.readers.format import Format
from transforms.readers.formats.mail_words import decode_bytes, read_header
from transforms.readers.guarded import reject_of
from transforms.readers.limits import Refused
from transforms.readers.markup import block_text, parse_html, refuse_deep
from transforms.readers.records import Record, Reject

_BLANKS = b"\xef\xbb\xbf \t\r\n"  # before the headers of a message that was copied from a page
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:(?!//)|[ \t]+\S")
_OF_MAIL = re.compile(
    rb"^(?:message-id|mime-version|received|return-path|delivered-to|dkim-signature|list-id|list-unsubscribe|x-mailer"
    rb"|content-transfer-encoding):",
    re.IGNORECASE | re.MULTILINE,
)
_OF_LETTERS = re.compile(rb"^(from|to|cc|reply-to|subject|date|sent):", re.IGNORECASE | re.MULTILINE)
_FROM_LINE = re.compile(  # "From desk@post.example Mon Jun  3 14:05:00 2019", "From - Mon, 3 Jun 2019 14:05:00 +0000"
    rb"From (?:[^\r\n]{0,320}?[ \t])??(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]{1,3}(?:[0-9]{1,2}[ \t])?"
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ \t][^\r\n]{0,20}?[0-9]{1,2}:[0-9]{2}[^\r\n]{0,60}\r?\n?$"
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)",
    re.IGNORECASE,
)
_READ_ATTACHED = (
    "application/pdf",
    "message/rfc822",
    "text/csv",
    "application/json",
    "application/xml",
    "text/xml",
)
_MOST_PARTS = 200
_MOST_BOUNDARIES = 100  # each line of a message is compared with all boundaries around it
_LONGEST_HEADER = 4_000  # characters; the parameters of a longer header would take minutes
_UUENCODED = ("x-uuencode", "uuencode", "uue", "x-uue")
_FEW_UNKNOWN = 20  # at most one character in so many may have unknown bytes
_BEGIN = re.compile(r"^begin [0-7]{3,4} [^\r\n]{1,200}\r?\n", re.MULTILINE)
_UU_LINE = re.compile(r"[ -`]{1,90}\r?\n")
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)


class _Bounded(Compat32):
    """The default policy for reading headers, but with a limit on their length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def recognises_mail(content: Content) -> bool:
    """Whether the text begins with the headers of a mail: one that only mail has, or `From` and two like `To`."""
    header = re.split(rb"\r?\n\r?\n", content.head.lstrip(_BLANKS), maxsplit=1)[0]
    lines = header.splitlines()
    if not lines or not all(_HEADER.match(line + b"\n") for line in lines[:50]):
        return False
    found = {name.lower() for name in _OF_LETTERS.findall(header)}
    return bool(_OF_MAIL.search(header)) or (b"from" in found and len(found) > 2)


def read_mail(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the article in one message, and its attachments."""
    yield from _read_message(content.data, content, None)


def recognises_mailbox(content: Content) -> bool:
    lines = content.head.lstrip(_BLANKS).split(b"\n", 2)
    return len(lines) > 1 and _is_separator(lines[0], lines[1])


def _is_separator(line: bytes, following: bytes) -> bool:
    """Whether a line separates two messages: it is a "From " line with a date, and a header follows."""
    is_header = bool(_HEADER.match(following)) or following.startswith(b">From ")
    return line.startswith(b"From ") and is_header and bool(_FROM_LINE.match(line[:500]))


def read_mailbox(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the articles of the messages, one after the other."""
    for number, message in enumerate(_split(content), 1):
        place = f"message {number}"
        if message is None:
            yield Reject(
                None, "too_large", f"is larger than the limit of {content.limits.file_bytes:,} bytes", place
            )
        else:
            try:
                yield from _read_message(message, content, place)
            except Exception as error:  # raised by the library for damaged messages
                yield reject_of(error, place)


def _split(content: Content) -> Iterator[bytes | None]:
    """Yield the bytes of each message, or None for a message that is too large. Unescapes `>From ` to `From `."""
    most = content.limits.file_bytes
    lines: list[bytes] = []
    size = 0
    is_started, is_new_line, is_after_blank = False, True, True
    for line, following in _pair(content.open()):
        if is_new_line and is_after_blank and _is_separator(line, following):
            if is_started:
                yield b"".join(lines) if size <= most else None
            lines, size, is_started = [], 0, True
        else:
            size += len(line)
            if size <= most:
                lines.append(line[1:] if is_new_line and line.startswith(b">From ") else line)
        is_after_blank = is_new_line and not line.strip(_BLANKS)
        is_new_line = line.endswith(b"\n")
    yield b"".join(lines) if size <= most else None


def _pair(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line (or piece of a long line) together with the following line."""
    line = stream.readline(1 << 16)
    while line:
        following = stream.readline(1 << 16)
        yield line, following
        line = following


def _read_message(data: bytes, content: Content, place: str | None) -> Iterator[Record | Reject | Content]:
    if len(_BOUNDARY.findall(data)) > _MOST_BOUNDARIES:
        raise Refused(
            "too_many_members", f"is a message with more than {_MOST_BOUNDARIES} multipart boundaries"
        )
    message = message_from_bytes(data.lstrip(_BLANKS), policy=_Bounded())
    parts = [part for part in _walk(message) if not part.is_multipart()]
    text = _text(parts)
    sender_name, sender = parseaddr(read_header(message, "From") or "")
    published = read_header(message, "Date")
    values = {
        "headline": read_header(message, "Subject"),
        "outlet": sender_name or sender or None,
        "published": published,
        "published_in": "header Date",
        "guid": read_header(message, "Message-ID"),
        "language": read_header(message, "Content-Language"),
    }
    if _is_json(text):
        yield content.inside(text.encode("utf-8", "replace"), place or "text", known=values)
    else:
        extra = {
            "from": sender,
            "to": read_header(message, "To"),
            "list": read_header(message, "List-Id"),
        }
        yield build_record(text, values, extra=extra, place=place)
    for part in parts:
        name = part.get_filename()
        if name or part.get_content_type() in _READ_ATTACHED:
            data_of_part = part.get_payload(decode=True)
            if isinstance(data_of_part, bytes) and data_of_part and part.get_content_type() in _READ_ATTACHED:
                where = f"{place} > {name or 'attachment'}" if place else name or "attachment"
                yield content.inside(data_of_part, where, name=str(name))


def _walk(message: Message) -> Iterator[Message]:
    """Yield the message and all its parts, however nested; raise Refused if there are too many."""
    waiting = [message]
    seen = 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > _MOST_PARTS:
            raise Refused("too_many_members", f"is a message with more than {_MOST_PARTS} parts")
        yield part
        inside = part.get_payload() if part.is_multipart() else None
        if isinstance(inside, list):
            waiting += [one for one in inside if isinstance(one, Message)]


def _text(parts: list[Message]) -> str:
    """Return the HTML of a message if it has any, else its plain text."""
    for kind in ("text/html", "text/plain"):
        texts = [
            _decode(part) for part in parts if part.get_content_type() == kind and not part.get_filename()
        ]
        texts = [_shown(text) for text in texts] if kind == "text/html" else texts
        if text := "\n\n".join(filter(str.strip, texts)):
            return text
    return ""


def _decode(part: Message) -> str:
    """Return the text of a part without uuencoded files; raise Refused if its bytes are not text."""
    try:
        data, charset = part.get_payload(decode=True), part.get_content_charset()
    except (LookupError, ValueError):  # an unknown charset
        data, charset = str(part.get_payload()).encode("utf-8", "surrogateescape"), None
    if not isinstance(data, bytes):
        return ""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in _UUENCODED:
        try:
            return data.decode(find_codec(charset or "utf-8"))
        except (LookupError, ValueError):
            raise Refused("undecodable", "has a uuencoded text whose bytes are not text") from None
    text = decode_bytes(data, charset)
    if text.count("\ufffd") * _FEW_UNKNOWN > len(text):
        raise Refused("undecodable", "has a text whose bytes are not text, or are in an unknown encoding")
    return _without_files(text)


def _without_files(text: str) -> str:
    """Remove uuencoded files, which old mail programs put into the text: `begin 644 NAME`, the data and `end`."""
    if not _BEGIN.search(text):
        return text
    kept: list[str] = []
    file: list[str] = []  # lines of a file that has begun; they are text unless the file ends
    for line in text.splitlines(keepends=True):
        if file and line.rstrip() == "end":
            file = []
        elif file and _UU_LINE.fullmatch(line):
            file.append(line)
        else:
            kept += file
            file = [line] if _BEGIN.match(line) else []
            kept += [] if file else [line]
    return "".join(kept + file)


def _shown(page: str) -> str:
    """Return the text of HTML without hidden parts, such as the preview text that mail programs list."""
    root = parse_html(page)
    if root is None:
        return ""
    refuse_deep(root)
    for element in [element for element in root.iter() if _HIDDEN.search(element.get("style") or "")]:
        element.clear(keep_tail=True)
    return block_text(root)


def _is_json(text: str) -> bool:
    """Whether a program sent the article as a JSON object."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        return isinstance(load_json(text), dict)
    except (ValueError, RecursionError):
        return False


EML = Format(
    "eml", "an email or newsletter: subject, sender, date, text", "letter.eml", recognises_mail, read_mail
)
MBOX = Format(
    "mbox", "a mailbox: each message is an article", "letters.mbox", recognises_mailbox, read_mailbox, True
)
