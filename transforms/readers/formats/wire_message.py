"""Read wire messages in IPTC 7901 and ANPA 1312: control characters separate header, text and trailer.

    SOH eca062 4 i 211 dpa 061 / Keyword/ STX Headline = / text ETX 131137 GMT Nov 13 EOT           (IPTC 7901)
    SYN SYN SOH W2870 US asian / f l DC3 DC1 BC-Slug 11-13 1049 / STX ^BC-Slug,466< / ^Headline< /
    ^Eds: note< / ^By Ada Example= / TAB text ETX AP-WF-11-13-13 1509GMT< EOT                       (ANPA 1312)

A file may contain many messages. `<` and `=` end lines, `^` begins lines that are not text, `` and '' are quotation
marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.decode import decode
from transforms.readers.format import Format
from transforms.readers.records import Record, Reject

_START = re.compile(rb"[\s\0\x16\x7f]{0,50}\x01")
_IPTC_START = re.compile(rb"[\s\0\x16\x7f]{0,50}\x01[^\0-\x07\x0b\x0c\x0e-\x1f]{1,1000}\x02")
_MESSAGE = re.compile(rb"\x01(?P<head>[^\x01\x02]{0,1000})(?:\x02(?P<text>[^\x01\x03]*))?(?P<rest>[^\x01]*)")
_ANPA_HEAD = re.compile(rb"\s*[A-Za-z][0-9]{4}\x1f")
_CONTROL = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_IPTC_HEAD = re.compile(
    r"\s*(?P<number>[A-Za-z]{2,5}[0-9]{3,5})\s+(?P<priority>[1-9])\s+(?P<category>[a-z]{1,4})\s+(?P<words>[0-9]{1,5})"
    r"(?:[ \t]+(?P<info>[^\r\n]*))?"
)
_IPTC_DATE = re.compile(
    r"(?P<day>[0-9]{2})(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})\s*(?P<zone>[A-Z]{1,5})?\s+(?P<month>[A-Za-z]{3})[a-z]*\s+"
    r"(?P<year>[0-9]{2}(?:[0-9]{2})?)\b"
)
_ANPA_DATE = re.compile(
    r"(?P<agency>[A-Z]{2,6})-[A-Z]{1,4}-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})-(?P<year>[0-9]{2})\s+"
    r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<zone>[A-Z]{3,4})?"
)
_ZONES = {"GMT": "Z", "UTC": "Z", "Z": "Z", "MEZ": "+01:00", "CET": "+01:00", "MESZ": "+02:00", "CEST": "+02:00",
          "EST": "-05:00", "EDT": "-04:00"}  # fmt: skip
_FLAG = re.compile(r"(?:[A-Z]{3,12}|[0-9](?:ST|ND|RD|TH) LEAD|[A-Z]+ [0-9])(?: [A-Z]{3,12})*:?")
_BY = re.compile(r"by:?\s+(?P<names>\S.*)", re.IGNORECASE)
_NOTE = re.compile(r"\(?(?:eds|editors|editor's note)(?::| _)\s+(?P<note>\S.*?)\)?", re.IGNORECASE)
_ASIDE = re.compile(r"[A-Z]{2,4} (?:Photo|Graphic|Video|Audio)s?\b.*")
_NOTEBOOK = re.compile(r"#+\s|\* \* \*|The following information is not for publication|-{3,}\s*$")
_SIGN_OFF = re.compile(r"[a-z]{2,6}(?: [a-z]{1,5}){1,7}")
_KILLED = re.compile(r"\b(?:KILL|KILLED|WITHDRAWN|ELIMINATION|CANCELLED|CANCELED)\b", re.IGNORECASE)
_LONGEST_TITLE = 160


def recognises_iptc(content: Content) -> bool:
    """Whether the first message has a valid header; its first byte alone would also match binary files."""
    return bool(_IPTC_START.match(content.head)) and not recognises_anpa(content)


def recognises_anpa(content: Content) -> bool:
    """Whether the first message begins with service level and number (`W2870`) and a unit separator."""
    start = _START.match(content.head)
    return bool(start and _ANPA_HEAD.match(content.head, start.end()))


def read_iptc(content: Content) -> Iterator[Record | Reject]:
    """Yield the story in each message."""
    for head, text, rest, place in _messages(content):
        yield _no_text(head, place) if not text.strip() else _read_iptc(head, text, rest, place)


def read_anpa(content: Content) -> Iterator[Record | Reject]:
    """Yield the story in each message."""
    for head, text, rest, place in _messages(content):
        yield _no_text(head, place) if not text.strip() else _read_anpa(text, rest, place)


def _messages(content: Content) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield the decoded header, text and trailer of each message, and its place."""
    found = list(_MESSAGE.finditer(content.data))
    for number, match in enumerate(found, 1):
        head, text, rest = (
            decode(_CONTROL.sub(b" ", (part or b"").replace(b"\x08", b"\t")) or b" ").text.replace(
                "\r\n", "\n"
            )
            for part in (match["head"], match["text"], match["rest"])
        )
        yield head, text, rest, f"message {number}" if len(found) > 1 else None


def _no_text(head: str, place: str | None) -> Reject:
    return Reject(None, "no_body", f"is a wire message without a text ({' '.join(head.split())[:80]})", place)


def _read_iptc(head: str, text: str, rest: str, place: str | None) -> Record | Reject:
    match = _IPTC_HEAD.match(head)
    info = (match["info"] or "") if match else ""
    agency = re.findall(r"[A-Za-z]{2,10}", info)
    title, body = _split_title(text)
    values, flags = _read_title(title)
    values["agency"] = values["outlet"] = agency[-1] if agency else None
    values["published"], values["published_in"] = _read_date(_IPTC_DATE.search(rest))
    keyword = " ".join(head[match.end() :].split()) if match else ""
    _read_flags(" ".join(flags), values)
    extra = {
        "number": match["number"] if match else None,
        "priority": match["priority"] if match else None,
        "category": match["category"] if match else None,
        "slugline": keyword.strip("/ "),
    }
    return build_record(_paragraphs(body), values, extra=extra, place=place)


def _split_title(text: str) -> tuple[list[str], list[str]]:
    """Split the lines into the title, which ends with `=`, and the rest; without `=`, the first line is the title."""
    lines = text.strip("\n").split("\n")
    end = next((index for index, line in enumerate(lines[:12]) if line.rstrip().endswith("=")), None)
    if end is None:
        blank = next((index for index, line in enumerate(lines[:5]) if not line.strip()), 0)
        return lines[:blank], lines[blank:]
    title = [*lines[:end], lines[end].rstrip().rstrip("= ")]
    return title, lines[end + 1 :]


def _read_title(title: list[str]) -> tuple[dict[str, str | None], list[str]]:
    """Return the fields in the lines of a title, and the words for the kind of story: "2ND LEAD", "REFILE"."""
    values: dict[str, str | None] = {}
    flags, headline = [], []
    for line in filter(None, map(str.strip, title)):
        if match := _BY.fullmatch(line):
            values["byline"] = match["names"]
        elif _FLAG.fullmatch(line) and len(title) > 1:
            flags.append(line)
        else:
            headline.append(line)
    values["headline"] = " ".join(headline) or None
    return values, flags


def _read_flags(flags: str, values: dict[str, str | None]) -> None:
    if flags:
        values.setdefault("note", flags)
        values["status"] = "canceled" if _KILLED.search(flags) else None


def _paragraphs(lines: list[str]) -> str:
    """Join the lines into paragraphs; notes for editors below the text are left out."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if _NOTEBOOK.match(line.strip()):
            break
        if not line.strip() or line.startswith(("  ", "\t")):
            paragraphs.append([])
        if line.strip():
            paragraphs[-1].append(" ".join(line.split()))
    texts = [" ".join(paragraph) for paragraph in paragraphs if paragraph]
    while texts and _SIGN_OFF.fullmatch(texts[-1]):
        texts.pop()
    return "\n\n".join(texts)


def _read_anpa(text: str, rest: str, place: str | None) -> Record | Reject:
    lines = text.strip("\n").split("\n")
    start = next(
        (index for index, line in enumerate(lines) if not line.lstrip(" ").startswith("^")), len(lines)
    )
    marked = [line.strip().strip("^<= ") for line in lines[:start]]
    body = [line.rstrip("< ") for line in lines[start:] if line.strip("^<= ") != "END"]
    if not any(map(str.strip, body)):  # an advisory has only marked lines
        marked, body = marked[:2], [f"\t{line}" for line in marked[2:]]
    values = _read_marked(marked[1:])
    date = _ANPA_DATE.search(rest)
    values["published"], values["published_in"] = _read_date(date)
    values["agency"] = values["outlet"] = date["agency"] if date else None
    slug = marked[0] if marked else ""
    if _KILLED.search(slug):
        values["status"] = "canceled"
    quoted = _quote(_paragraphs([f"\t{line[1:]}" if line.startswith("^") else line for line in body]))
    return build_record(quoted, values, extra={"slugline": re.sub(r",\s*[0-9]+$", "", slug)}, place=place)


def _read_marked(lines: list[str]) -> dict[str, str | None]:
    """Read the lines between slug and text: headline, notes, byline; long lines are summaries."""
    values: dict[str, str | None] = {}
    for line in filter(None, lines):
        if match := _NOTE.fullmatch(line):
            values.setdefault("note", match["note"])
        elif match := _BY.fullmatch(line):
            values.setdefault("byline", match["names"])
        elif "byline" not in values and not _ASIDE.fullmatch(line) and len(line) <= _LONGEST_TITLE:
            values.setdefault("headline", _quote(line))
    return values


def _quote(text: str) -> str:
    """Restore the quotation marks that the seven bits of ANPA cannot encode."""
    return text.replace("``", "“").replace("'''", "’”").replace("''", "”").replace("`", "‘")


def _read_date(match: re.Match[str] | None) -> tuple[str | None, str | None]:
    """Return the time below the text, in ISO 8601, and where it was found; None for both if there is no time.

    A two-digit year means 1970 to 2069.
    """
    if not match:
        return None, None
    year, month = int(match["year"]), match["month"]
    year += 0 if year > 99 else 1900 if year >= 70 else 2000
    try:
        number = int(month) if month.isdigit() else datetime.strptime(month.title(), "%b").month
        moment = datetime(year, number, int(match["day"]), int(match["hour"]), int(match["minute"]))
    except ValueError:
        return None, None
    return moment.isoformat() + _ZONES.get(match["zone"] or "", ""), "line below the text"


IPTC = Format(
    "iptc7901",
    "wire messages in IPTC 7901: priority, keyword, headline, byline, text, date",
    "wire/story.iptc",
    recognises_iptc,
    read_iptc,
)
ANPA = Format(
    "anpa",
    "wire messages in ANPA 1312: slug, headline, note to editors, byline, text, date",
    "wire/story.anpa",
    recognises_anpa,
    read_anpa,
)
