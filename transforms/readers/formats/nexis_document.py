"""Read one document of a Nexis export: the lines above its text, the text, and the keys below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from transforms.readers.build_record import build_record
from transforms.readers.fields.dates import read_month
from transforms.readers.fields.locales import find_language, localise, plain, search_day
from transforms.readers.records import Record, Reject

_KEY = re.compile(r"(?P<key>[^\W\d_][^\W\d_-]+(?:[ -][^\W\d_]+){0,2}) ?:(?:\s+(?P<value>\S.*))?")
# Our name -> the keys of Nexis in all languages of its interface, without accents.
_ABOVE = {
    "byline": "byline auteur autor autore verfasser author",
    "headline": "headline titre titel schlagzeile uberschrift",
    "dateline": "dateline",
    "section": "section rubrique rubrik sectie seccion sezione",
    "length": "length longueur lange lengte longitud lunghezza",
    "highlight": "highlight encart insert",
    "distribution": "distribution",
    "edition": "edition",
    "series": "series",
    "day": "load-date date-chargement",
    "correction": "correction",
}
_BELOW = {
    "load-date": "load-date date-chargement update",
    "language": "language langue sprache taal idioma lingua",
    "publication-type": "publication-type type-publication publikationstyp",
    "journal-code": "journal-code zeitungs-code code-revue zeitschriften-code",
    "note": "correction correction-date",
    "url": "url",
    "graphic": "graphic grafik graphique",
    "document-type": "document-type",
    "subject": "subject sujet",
    "geographic": "geographic localisation-geo",
    "acc-no": "acc-no",
    "notes": "notes", "series": "series", "type": "type", "company": "company societe", "person": "person personne",
    "organization": "organization organisation", "ticker": "ticker symbole-boursier",
    "industry": "industry secteur-activite", "city": "city ville", "state": "state", "country": "country pays",
    "region": "region", "classification": "classification", "bibliography": "bibliographie bibliography",
    "timestamp-load": "timestamp-load", "category": "category", "name": "name", "society": "society",
}  # fmt: skip
_ABOVE_OF = {name: key for key, names in _ABOVE.items() for name in names.split()}
_BELOW_OF = {name: key for key, names in _BELOW.items() for name in names.split()}
# Keys that never occur in a text: the first of them ends it. Other keys count only next to one of these.
_SURE = frozenset(
    "load-date language publication-type journal-code note graphic document-type subject geographic acc-no".split()
)
_BODY = frozenset({"body", "corps", "texte", "volltext", "cuerpo", "corpo"})
_HEADINGS = {
    "classification": "", "graphic": "graphic", "correction": "note", "notes": "notes", "related articles": "",
    "related coverage": "",
}  # fmt: skip
_NEAR_END = frozenset(
    {"notes", "related articles", "related coverage"}
)  # keys that also occur as words in a text
_COPYRIGHT = re.compile(r"(?:copyright|\(c\)|©|copy [0-9]{4})\b.*|©.*", re.IGNORECASE)
_RIGHTS = re.compile(
    r"(?:all rights reserved|tous droits réservés|alle rechte vorbehalten|alle rechten voorbehouden"
    r"|todos los derechos reservados|tutti i diritti riservati)[. ]*",
    re.IGNORECASE,
)
_APPENDED = re.compile(r"[\s(-]{0,20}corrections? appended\)?\s*", re.IGNORECASE)
_EDITION = re.compile(r".{0,60}\beditions?\b.{0,30}", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]{1,60}\)")
_CREDIT = re.compile(
    r"(?P<names>.{0,200}?)[\s,]*--?\s*\((?P<agency>[^()]{2,40})\)"
)  # "Ada Example, --(River News)"
_ADDRESS = re.compile(r"https?://\S+")
_PAGE = re.compile(r"Page [0-9]{1,4} of [0-9]{1,4}")
_MISSING = re.compile(r"we are sorry but there is an error in this document", re.IGNORECASE)
_TOP = 80  # lines within which the text begins
_TAIL = 30  # lines at the end of a document in which "Notes" is a heading


def read_document(part: str, place: str, *, is_old: bool) -> Record | Reject:
    """Read the article of one document; `is_old`: the layout is old, with the outlet above the headline."""
    lines = _drop_page_heads([" ".join(line.split()) for line in part.splitlines()])
    if any(map(_MISSING.match, lines)):
        return Reject(None, "no_body", "has no text, because Nexis could not show the document", place)
    first, titles = _find_body(lines, is_old)
    last = _find_end(lines, first, is_old)
    values: dict[str, str | None] = {}
    last = _drop_address(lines, first, last, values)
    extra: dict[str, str] = {}
    _read_keys(lines[:first], _ABOVE_OF, values, extra)
    _read_keys(lines[last:], _BELOW_OF, values, extra)
    _read_titles(_blocks(titles), values, extra, is_old)
    _settle(values, extra)
    body = "\n".join(lines[first:last]).strip("\n")
    return localise(build_record(body, values, extra=extra, place=place))


def _drop_page_heads(lines: list[str]) -> list[str]:
    """Drop the page heads of a PDF file: "Page 2 of 3" and the title below it."""
    if not any(map(_PAGE.fullmatch, lines)):
        return lines
    title = next((line for line in lines if line and not _PAGE.fullmatch(line)), "")
    kept: list[str] = []
    is_top = False
    for line in lines:
        is_head = bool(_PAGE.fullmatch(line)) or (is_top and bool(kept) and line == title)
        if not is_head:
            kept.append(line)
        is_top = bool(_PAGE.fullmatch(line)) or (is_top and not line)
    return kept


def _settle(values: dict[str, str | None], extra: dict[str, str]) -> None:
    """Convert the values of all keys to fields of a record."""
    day = extra.pop("day", None) or extra.get("load-date")
    if day and not values.get("published"):
        values["published"], values["published_in"] = day, "field Load-Date"
    _split_byline(values)
    if language := values.get("language"):
        values["language"] = find_language(language) or language.split(";")[0]
    headline = values.get("headline") or ""
    if _APPENDED.search(headline):
        values["headline"] = _APPENDED.sub("", headline).strip() or None
        extra["correction"] = "appended"
    if extra.pop("correction", None):
        values.setdefault("note", "Correction appended")


def _split_byline(values: dict[str, str | None]) -> None:
    """Separate the agency from the names of a byline, and strip marks around them."""
    byline = values.get("byline") or ""
    if match := _CREDIT.fullmatch(byline):
        byline = match["names"]
        values.setdefault("agency", match["agency"])
    names = re.sub(r"^by:?(?=\s|$)", "", byline.strip(" ;,_-"), flags=re.IGNORECASE).strip(" ;,_-")
    values["byline"] = names if any(map(str.isalpha, names)) else None


def _key(line: str, names: dict[str, str]) -> tuple[str, str | None] | None:
    """Return our name for the key at the start of a line, and the value; None without a key."""
    match = _KEY.fullmatch(line)
    name = names.get(plain(match["key"]).replace(" ", "-")) if match else None
    return (name, match["value"]) if match and name else None


def _find_body(lines: list[str], is_old: bool) -> tuple[int, list[str]]:
    """Return the index at which the text begins, and the lines above the first key."""
    first_key = next((index for index, line in enumerate(lines[:_TOP]) if _key(line, _ABOVE_OF)), None)
    marked = next(
        (
            index
            for index, line in enumerate(lines[:_TOP])
            if line.lower() in _BODY and index > (first_key or 0)
        ),
        None,
    )
    if marked is not None:
        return marked + 1, lines[: marked if first_key is None else min(first_key, marked)]
    if first_key is None:
        return _end_of_titles(lines, is_old)
    return _skip_keys(lines, first_key), lines[:first_key]


def _skip_keys(lines: list[str], index: int) -> int:
    """Return the index below the keys that begin at `index`; the value of a key ends at a blank line."""
    inside = False
    while index < len(lines):
        line = lines[index]
        if line and not inside and not _key(line, _ABOVE_OF):
            break
        inside = bool(line)
        index += 1
    return index


def _end_of_titles(lines: list[str], is_old: bool) -> tuple[int, list[str]]:
    """Return the start of the text in a document without keys: below the headline or, in the new layout, the day."""
    starts = [index for index, line in enumerate(lines) if line and (not index or not lines[index - 1])]
    day = next((index for index in range(min(len(lines), 15)) if _is_day(lines[index])), 0)
    below = [index for index in starts if index > day and not _is_small_print(lines[index])]
    first = below[1 if is_old and len(below) > 1 else 0] if below else len(lines)
    return first, lines[:first]


def _find_end(lines: list[str], first: int, is_old: bool) -> int:
    """Return the index at which the text ends: at the first clear key or heading, or at small print right above it."""
    last = next(
        (index for index in range(first, len(lines)) if _is_tail(lines, index, first, is_old)), len(lines)
    )
    for index in range(last - 1, first - 1, -1):
        if lines[index] and (_key(lines[index], _BELOW_OF) or _is_small_print(lines[index])):
            last = index
        elif lines[index] and (not lines[index - 1] or index == first):
            break  # the first line of a paragraph, which is not a key
    return last


def _drop_address(lines: list[str], first: int, last: int, values: dict[str, str | None]) -> int:
    """Return the end of the text, without the last line if it is the address of the page."""
    while last > first and not lines[last - 1]:
        last -= 1
    if last - first < 2 or not _ADDRESS.fullmatch(lines[last - 1]):
        return last
    if lines[last - 1].rstrip("/").count("/") > 2:  # not only the newspaper's home page
        values["url"] = lines[last - 1]
    return last - 1


def _is_tail(lines: list[str], index: int, first: int, is_old: bool) -> bool:
    line = lines[index]
    if line.lower() in _HEADINGS and not is_old:
        return line.lower() not in _NEAR_END or len(lines) - index <= _TAIL
    if not (key := _key(line, _BELOW_OF)) or key[0] not in _SURE:
        return False
    name, value = key
    if name == "load-date":
        return bool(search_day(value or ""))
    return is_old and line.split(":")[0].isupper()


def _is_small_print(line: str) -> bool:
    return bool(_COPYRIGHT.fullmatch(line) or _RIGHTS.fullmatch(line))


def _read_keys(
    lines: list[str], names: dict[str, str], values: dict[str, str | None], extra: dict[str, str]
) -> None:
    """Read the values of all keys and headings, with their continuation lines, into `values` and `extra`."""
    for name, value in _pairs(lines, names):
        if name in ("byline", "headline", "dateline", "language", "url", "note"):
            values.setdefault(name, value)
        elif name and name != "length":
            extra.setdefault(name, value)


def _pairs(lines: list[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    name, parts = "", [""]
    for line in lines:
        key = _key(line, names)
        if key or line.lower() in _HEADINGS or _is_small_print(line):
            if any(parts):
                yield name, " ".join(filter(None, parts))
            name, value = key or (_HEADINGS.get(line.lower(), ""), None)
            parts = [value or ""]
        elif line or parts == [""]:
            parts.append(line)
        elif name not in ("note", "graphic", "notes"):
            if any(parts):
                yield name, " ".join(filter(None, parts))
            name, parts = "", [""]
    if any(parts):
        yield name, " ".join(filter(None, parts))


def _blocks(titles: list[str]) -> list[list[str]]:
    """Group the lines above the keys into blocks, separated by blank lines; drop copyright lines etc."""
    blocks: list[list[str]] = [[]]
    is_small_print = False
    for line in titles:
        is_small_print = bool(line) and (is_small_print or _is_small_print(line))
        if not line:
            blocks.append([])
        elif not is_small_print:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _read_titles(
    blocks: list[list[str]], values: dict[str, str | None], extra: dict[str, str], is_old: bool
) -> None:
    """Read headline, outlet and day. The outlet is directly above the day.

    In the old layout, the headline follows outlet and day; in the new layout, it precedes them.
    """
    for block in blocks:
        if any(map(_APPENDED.fullmatch, block)):
            extra["correction"] = "appended"
    blocks = [kept for block in blocks if (kept := [line for line in block if not _APPENDED.fullmatch(line)])]
    flat = [(number, line) for number, block in enumerate(blocks) for line in block]
    at = next((index for index, (_, line) in enumerate(flat) if _is_day(line)), None)
    if at is None:
        _read_undated(blocks, values, is_old)
        return
    number, line = flat[at]
    found = search_day(line)
    values["published"] = line[found.start : found.end] if found else line
    values["published_in"] = "line below the outlet"
    above, below = flat[:at], [text for _, text in flat[at + 1 :]]
    if len(above) > 1 and _IN_BRACKETS.fullmatch(above[-1][1]):
        extra["column"] = above.pop()[1].strip("()")  # "Harbour Post Blogs / (On the Quay) / June 3, 2019"
    values["outlet"] = above.pop()[1] if above else None
    if is_old:
        headline = next((block for block in blocks[number + 1 :] if not _is_edition(block)), [])
    else:
        headline = [text for owner, text in above if owner == above[-1][0]]
    if edition := [text for text in below if _EDITION.fullmatch(text)]:
        extra.setdefault("edition", edition[0])
    if headline:
        values.setdefault("headline", " ".join(headline))


def _read_undated(blocks: list[list[str]], values: dict[str, str | None], is_old: bool) -> None:
    lines = blocks[0] if len(blocks) == 1 else list(map(" ".join, blocks))
    if is_old:
        values["outlet"] = lines[0] if lines else None
        lines = [line for line in lines[1:] if not _EDITION.fullmatch(line)]
    elif len(lines) > 1:
        values["outlet"] = lines[1]
    if lines:
        values.setdefault("headline", lines[0])


def _is_edition(block: list[str]) -> bool:
    return all(map(_EDITION.fullmatch, block))


def _is_day(line: str) -> bool:
    """Whether a line begins with a day ("October 23, 2013 Wednesday", "Montag, 3. Juni 2019") or is a month."""
    found = search_day(line)
    if found:
        return len(line[: found.start].split()) <= 1 and isinstance(found.day, date)
    year, month = read_month(line)
    return bool(year and month)
