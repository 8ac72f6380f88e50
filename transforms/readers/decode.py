"""Decode the bytes of a file to text, or say why they are not text.

The encoding is looked for in this order: a byte order mark; UTF-16 and UTF-32, by the position of zero bytes;
encodings that write all characters in ASCII, such as UTF-7 and ISO-2022-JP; UTF-8; then a guess. Text is never
repaired: nothing is replaced, dropped or normalised, and line ends stay as they are. The byte order mark is not part
of the text.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from charset_normalizer import from_bytes

from transforms.readers.limits import Refused

SAMPLE = 1 << 18  # bytes used to guess an encoding

_BOMS = (  # long marks first: the mark of UTF-32-LE begins with the mark of UTF-16-LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or Office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"LZIP\x01", "an lzip archive"),
    (b"\x1f\x9d", "an archive of compress"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (b"MSCF\x00", "a cabinet archive"),
    (b"!<arch>\n", "an ar archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a RIFF file (sound, video or WebP image)"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x89HDF\r\n", "an HDF5 file"),
    (b"{\\rtf", "an RTF document"),
)

# Encodings in which news occurs. Others (EBCDIC, UTF-7...) fit almost any bytes, but are never the right ones.
_ALPHABETS = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp866",
    "cp874", "koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "iso8859_7", "mac_roman", "mac_cyrillic",
]  # fmt: skip
_EAST_ASIAN = ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
_WESTERN = ("cp1252", "mac_roman")  # if both fit, the first is used
# Western text has a smaller share of bytes beyond ASCII: French 4 %, Vietnamese 15 %, but Cyrillic 80 %.
_WESTERN_SHARE = 0.2

# Encodings that write all characters in ASCII: the sign that begins other characters, and Python codecs.
_IN_ASCII = (
    (b"\x1b$", ("iso2022_jp_2", "iso2022_kr")),
    (b"~{", ("hz",)),
    (b"+", ("utf-7",)),
)
_UTF7_WORD = re.compile(rb"\+([A-Za-z0-9+/]*)")
_FEWEST_UTF7_WORDS = 3

_FEW_ZEROS = 0.2  # share of NUL bytes
_NUL_BYTES = "is not text: it contains NUL bytes, but is neither UTF-16 nor UTF-32"

# Signs that Western text was decoded wrongly, each with an example.
_MISREAD = re.compile(
    r"[a-zß-ÿ][À-ÖØ-ÞŠŒŽŸ]"  # "donÕt" is "don’t" in Mac Roman
    r"|[.,!?][ÓÕ]|(?:^|\s)[ÒÔ](?=[A-Z])|\s[ÐÑ]\s"  # "ÒNo,Ó he said Ñ" is "“No,” he said —" in Mac Roman
    r"|[a-zA-Zß-ÿ][¡¢£¤¥¦§¨¬±µ¶¸¹¼½¾¿÷×ˆ‰ƒ∂∑∏√∫≥≤≠π∞]"  # "œwiat" is "świat", "wa¿ne" is "ważne" in cp1250
    r"|[a-zA-Zß-ÿ](?<!\bm)(?<!\b[ck]m)[²³]"  # "mia³" is "miał" in cp1250, but "km²" is right
    r"|[À-ÖØ-öø-ÿ]{4}"  # "Ðóññêèé" is "Русский" in cp1251; French has three at most: "créée"
)
_SLOW_CODECS = frozenset({"punycode", "idna"})  # their time is quadratic in the length of the text
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Decoded:
    """A text without its byte order mark; `encoding` is the name of a Python codec."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Return the text of a file. Raises Refused (binary_file, undecodable)."""
    for mark, encoding in _BOMS:
        if data.startswith(mark) and (encoding.startswith("utf-16") or len(data) % _width(encoding) == 0):
            _refuse_narrow(data[len(mark) :], encoding)
            return _checked(_strict(data[len(mark) :], encoding), encoding)
    _refuse_magic(data)
    if b"\0" in data:
        return _decode_wide(data)
    if data.isascii() and (found := _decode_in_ascii(data)):
        return found
    try:
        return _checked(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(data, error)
    return _decode_legacy(data)


def _decode_in_ascii(data: bytes) -> Decoded | None:
    """Decode ASCII bytes if they are UTF-7, ISO-2022 or HZ; None for ordinary ASCII."""
    for sign, encodings in _IN_ASCII:
        for encoding in encodings if sign in data else ():
            if encoding == "utf-7" and not _is_utf7(data):
                continue
            text = _try(data, encoding)
            if text is not None and not text.isascii() and "\x1b" not in text:
                return _checked(text, encoding)
    return None


def _is_utf7(data: bytes) -> bool:
    """Whether at least three plus signs, and all but `+-`, begin letters or punctuation beyond ASCII in UTF-7."""
    words = 0
    for found in _UTF7_WORD.finditer(data):
        if not found[1] and data[found.end() : found.end() + 1] == b"-":
            continue
        text = _try(found[0] + b"-", "utf-7")
        if not text or text.isascii() or any(unicodedata.category(char)[0] not in "LMPSZN" for char in text):
            return False
        words += 1
    return words >= _FEWEST_UTF7_WORDS


def _width(encoding: str) -> int:
    return 4 if "32" in encoding else 2 if "16" in encoding else 1


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            "undecodable",
            f"has a byte order mark of {encoding}, but is not valid {encoding} at byte {error.start} ({error.reason})",
        ) from error


def _refuse_narrow(data: bytes, encoding: str) -> None:
    """Raise Refused (undecodable) if a byte order mark says UTF-16 or UTF-32, but the text is UTF-8."""
    if _width(encoding) == 1 or b"\0" in data:
        return
    with suppress(UnicodeDecodeError):
        data.decode("utf-8")
        raise Refused("undecodable", f"has a byte order mark of {encoding}, but the text is UTF-8")


def _refuse_magic(data: bytes) -> None:
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise Refused("binary_file", f"is not text: it looks like {what}")
    if data[8:12] == b"DUCK":
        raise Refused("binary_file", "is not text: it looks like a DuckDB database")


def _checked(text: str, encoding: str) -> Decoded:
    """Return the text; raise Refused if too many characters are not text: zero, control or unassigned characters."""
    if "\0" in text:
        raise Refused("binary_file", f"is not text: decoded as {encoding}, it contains NUL characters")
    controls = len(_CONTROL.findall(text))
    if controls * 50 > len(text):
        raise Refused(
            "binary_file", f"is not text: {controls} of its {len(text)} characters are control codes"
        )
    sample = text[:4096]
    odd = sum(unicodedata.category(char) in ("Cn", "Co") for char in _BEYOND_ASCII.findall(sample))
    if odd * 20 > len(sample):
        raise Refused(
            "binary_file", f"is not text: decoded as {encoding}, it is full of unassigned characters"
        )
    return Decoded(text, encoding)


def _decode_wide(data: bytes) -> Decoded:
    """Decode UTF-16 or UTF-32 without a byte order mark, recognised by the position of zero bytes."""
    if data.count(0) == len(data):
        raise Refused("binary_file", "is not text: all its bytes are NUL")
    zeros = [data[place::4].count(0) for place in range(4)]
    if sum(zeros) < _FEW_ZEROS * len(data) and _try(data.replace(b"\0", b""), "utf-8") is not None:
        raise Refused("binary_file", _NUL_BYTES)  # English has as many zeros as letters in UTF-16
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    guesses = (
        ("utf-32-le", zeros[3] * 4 == len(data)),
        ("utf-32-be", zeros[0] * 4 == len(data)),
        ("utf-16-le", even * 4 <= odd),  # not 0: the low byte of 一 (U+4E00) is zero too
        ("utf-16-be", odd * 4 <= even),
    )
    for encoding, fits in guesses:
        if fits and len(data) % _width(encoding) == 0:
            try:
                return _checked(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                continue
    raise Refused("binary_file", _NUL_BYTES)


def _refuse_broken_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """Raise Refused for UTF-8 with a few invalid bytes: another encoding would garble the valid parts."""
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        pass
    else:
        raise Refused("undecodable", f"is UTF-8 with half of a surrogate pair at byte {error.start}")
    loose = data.decode("utf-8", "surrogateescape")
    bad = len(re.findall(r"[\udc80-\udcff]", loose))
    good = len(re.findall(r"[^\x00-\x7f\udc80-\udcff]", loose))
    if good >= 2 * bad:
        where = f"byte 0x{data[error.start]:02x} at {error.start}"
        raise Refused(
            "undecodable", f"is damaged UTF-8: {where} ({error.reason}); {bad} invalid bytes in all"
        )


def _decode_legacy(data: bytes) -> Decoded:
    sample = _cut(data)
    high = sum(map(sample.count, range(128, 256)))
    is_western = high < _WESTERN_SHARE * len(sample)
    if is_western:
        misread, encoding = min((_count_misread(sample, encoding), encoding) for encoding in _WESTERN)
        text = _try(data, encoding) if misread * 10 <= high else None
        if text is not None:
            return _checked(text, encoding)
    best = from_bytes(sample, cp_isolation=_ALPHABETS if is_western else _ALPHABETS + _EAST_ASIAN).best()
    text = _try(data, best.encoding) if best else None
    if best is None or text is None:
        raise Refused("undecodable", "has an unknown encoding; save it as UTF-8")
    return _checked(text, best.encoding)


def _cut(data: bytes) -> bytes:
    """Cut the first bytes at the end of a line, so that no multi-byte character is split."""
    end = data.rfind(b"\n", 0, SAMPLE) if len(data) > SAMPLE else -1
    return data[: end + 1] or data[:SAMPLE]


def _count_misread(sample: bytes, encoding: str) -> float:
    """Count the signs of a wrong encoding in the sample decoded as `encoding`; infinite if decoding fails."""
    text = _try(sample, encoding)
    return inf if text is None else len(_MISREAD.findall(text))


def find_codec(name: str) -> str:
    """Return the Python codec for the name of an encoding. Raises LookupError."""
    codec = codecs.lookup(name).name
    if codec in _SLOW_CODECS:
        raise LookupError(codec)
    return codec


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


# Text that is not prose: a pattern for its beginning, and its name in reasons.
_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", "an HTML page"),
        (r"<\?|<!--|<!doctype|<(rss|feed|nitf|newsml)[\s>]", "an XML or SGML document"),
        (r"\{\\rtf", "an RTF document"),
        (
            r"\{\s*(?:'[^'\n]{1,60}'\s*:\s*['\"\[{0-9tfn]|[a-z_]\w{0,60}\s*:\s*[\"'\[{]|/[/*])",
            "an object of a program, not JSON",
        ),
        (r"begin(?:-base64)? [0-7]{3,4} [^\n]{1,200}\n[ -`]{2,90}(?:\r?\n|$)", "a uuencoded file"),
        (r"webvtt\b|[0-9]+\s+[0-9:]{7,8}[,.][0-9]{3} --> ", "subtitles"),
        (
            r"ty  - [a-z]+\s+[a-z][a-z0-9]  - |@[a-z]{3,20}\{[^\s{},]{1,100},\s",
            "a list of references (RIS or BibTeX)",
        ),
        (r"begin:v(?:card|calendar)\b", "a card or calendar"),
        (
            r"(?:-- .*\s+){0,9}(?-i:CREATE TABLE|INSERT INTO|DROP TABLE|SET [A-Z_]+ ?=) ?[`\"'\w]",
            "an SQL script",
        ),
        (
            r"(?:(?:var|let|const)\s+\w+|window\.[\w.]+|module\.exports)\s*=\s*[\[{]|\w+\(\s*[\[{]\s*\"",
            "JavaScript",
        ),
        (r"#!/|%!ps|\\documentclass", "a script"),
    )
)


def find_markup(text: str) -> str | None:
    """Return the kind of markup in `text` ("an HTML page", "JSON"...), or None for plain text."""
    head = text.lstrip("\ufeff\x1e \t\r\n")[:2000]
    for pattern, name in _KINDS:
        if pattern.match(head):
            return name
    if head[:1] in ("{", "[") and (_is_json(text) or _is_json(text.strip("\x1e \t\r\n").splitlines()[0])):
        return "JSON"
    return None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False
