"""Decode mail headers with encoded words (RFC 2047), including those that mail programs write incorrectly.

`=?utf-8?q?Caf=C3=A9?=` is "Café". Encoded words may name an unknown charset, contain bytes of another charset, or split
a character; a header may also contain raw bytes.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.message import Message

from transforms.readers.decode import decode, find_codec
from transforms.readers.limits import Refused

_WORD = re.compile(r"=\?(?P<charset>[^?\s]{1,60})\?(?P<code>[bBqQ])\?(?P<text>[^?]{0,2000})\?=")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_LONGEST = 4_000  # characters of a header


def read_header(message: Message, name: str) -> str | None:
    """Return a header as one readable line; None when the mail does not have it."""
    written = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), None)
    if written is None:
        return None
    text = decode_bytes(written[:_LONGEST].encode("utf-8", "surrogateescape"), None)
    return " ".join(_decode_words(text).split()) or None


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Decode bytes with `charset` or, if that fails, with a detected one; bytes that fit neither become U+FFFD."""
    try:
        if charset or b"\x1b$" not in data:  # the sign of Japanese and Korean in ASCII
            return data.decode(find_codec(charset or "utf-8"))
    except (LookupError, ValueError):  # unknown charset, or bytes that it does not have
        pass
    try:
        return decode(data).text
    except Refused:
        return data.decode("utf-8", "replace")


def _decode_words(text: str) -> str:
    """Decode encoded words; white space between two of them is dropped, and their bytes are decoded together."""
    return "".join(
        part if isinstance(part, str) else decode_bytes(part[1], part[0]) for part in _join(_split(text))
    )


def _split(text: str) -> Iterator[str | tuple[str, bytes]]:
    """Yield the text between encoded words, and the charset and bytes of each encoded word."""
    done = 0
    for word in _WORD.finditer(text):
        between = text[done : word.start()]
        if between.strip() or not done:
            yield between
        yield _decode_word(word)
        done = word.end()
    yield text[done:]


def _join(parts: Iterator[str | tuple[str, bytes]]) -> Iterator[str | tuple[str, bytes]]:
    """Join the bytes of consecutive words with the same charset, since they may split a character."""
    last: tuple[str, bytes] | None = None
    for part in parts:
        if last and isinstance(part, tuple) and part[0] == last[0]:
            last = last[0], last[1] + part[1]
            continue
        if last:
            yield last
        last = part if isinstance(part, tuple) else None
        if isinstance(part, str):
            yield part
    if last:
        yield last


def _decode_word(word: re.Match[str]) -> str | tuple[str, bytes]:
    charset, text = word["charset"].partition("*")[0].lower(), word["text"]
    if not text.isascii():
        charset = "utf-8"  # raw characters, whatever the charset of the encoded words
    data = text.encode("utf-8")
    if word["code"] in "qQ":
        return charset, _HEX.sub(lambda match: bytes.fromhex(match[1].decode()), data.replace(b"_", b" "))
    try:
        found = binascii.a2b_base64(data + b"===")
    except binascii.Error:
        found = b""
    return (charset, found) if found or not data else word.group()
