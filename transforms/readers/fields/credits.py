"""Read a credit line between headline and text: author, day and place, in any combination.

By Jane Doe | June 3, 2019 | 5 min read       Published: June 3, 2019 / 9:00 AM EDT
Monday 3 June 2019 14.05 BST                  Port Ada, 3 June 2019
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.readers.fields.bylines import find_byline, is_contact, is_person
from transforms.readers.fields.dates import FoundDate, read_date
from transforms.readers.fields.field import Field
from transforms.readers.fields.places import PLACE, in_capitals, is_listed

_LONGEST = 250
_HINT = re.compile(r"[0-9]{4}|[Bb][Yy]:?\s")  # a year, or "by"
_BAR = re.compile(r"(?<!\s)\s*[|•·]\s*|(?<!\s)\s+[/–—-]\s+|(?<=[0-9])\s+(?=by\s+[A-Z])")
_LABEL = re.compile(
    r"\s*(?P<label>(?:first\s+|last\s+|originally\s+)?"
    r"(?:published|posted|created|issued|released|updated|modified|edited)"
    r"|date)(?:\s+(?:on|at))?:?\s+",
    re.IGNORECASE,
)
_NOT_PUBLICATION = re.compile(r"(?:last\s+)?(?:updated|modified|edited)|last\s.*", re.IGNORECASE)
_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2}){1,2}(?:\s*[ap]\.?m\b\.?)?|[0-9]{1,2}\s*[ap]\.?m\b\.?"
_TIME_FIRST = re.compile(rf"(?:at\s+)?(?:{_CLOCK})(?:\s+\(?[A-Z]{{2,5}}\)?)?,?\s+(?:on\s+)?", re.IGNORECASE)
_TIME = re.compile(rf"(?:at\s+)?(?:{_CLOCK})(?:\s*\(?[A-Z]{{2,5}}\)?)?", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:[0-9]{1,3}[\s-]min(?:ute)?s?(?:\s+read)?|[0-9,]{1,9}\s+(?:comments?|views?|shares?|words)|share|print)",
    re.I,
)
_DAY_FIRST = re.compile(r"(?P<day>.{6,70})\s*,\s*(?P<place>[^\W\d_a-z][^,]{1,40})")


def read_credits(line: str, offset: int) -> list[Field] | None:
    """Return the fields in a line of authors and dates; None if the line contains anything else."""
    if len(line) > _LONGEST or not _HINT.search(line):
        return None
    fields: list[Field] = []
    unknown: list[tuple[int, int]] = []
    is_sure = False
    for start, end in _split(line):
        found = _read_piece(line, start, end)
        is_sure = is_sure or found is not None
        if found is not None:
            fields += found
        elif fields and _TIME.fullmatch(line, start, end):
            fields[-1] = _add_time(fields[-1], line[start:end])
        elif not (_ASIDE.fullmatch(line, start, end) or is_contact(line[start:end])):
            unknown.append((start, end))
    if not is_sure or not _are_explained(line, unknown, fields):
        return None
    return [Field(one.name, one.value, one.start + offset, one.end + offset, one.written) for one in fields]


def _split(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for bar in _BAR.finditer(line):
        yield start, bar.start()
        start = bar.end()
    yield start, len(line)


def _are_explained(line: str, unknown: list[tuple[int, int]], fields: list[Field]) -> bool:
    """Whether each unknown piece is another name after a byline, or a person or town next to a date.

    Adds these pieces to `fields`.
    """
    names = {field.name for field in fields}
    for start, end in unknown:
        if "byline" not in names and "published_on" in names and is_person(line[start:end]):
            fields.append(Field("byline", line[start:end], start, end))
            names.add("byline")
        elif "published_on" in names and PLACE.fullmatch(line, start, end) and _is_sure_town(line[start:end]):
            fields.append(Field("dateline_place", line[start:end], start, end))
        elif "byline" not in names or not PLACE.fullmatch(line, start, end):
            return False
    return True


def _add_time(day: Field, time: str) -> Field:
    if day.name != "published_on":
        return day
    return Field(day.name, day.value, day.start, day.end, f"{day.written}, {time}")


def _read_piece(line: str, start: int, end: int) -> list[Field] | None:
    part = line[start:end]
    if span := find_byline(part):
        return [Field("byline", part[slice(*span)], start + span[0], start + span[1])]
    label = _LABEL.match(part)
    first = label.end() if label else 0
    fields = _read_day(part[first:], start + first) or _read_place_and_day(part[first:], start + first)
    if fields and label and _NOT_PUBLICATION.fullmatch(label["label"]):
        return []
    return fields


def _read_day(part: str, offset: int) -> list[Field] | None:
    """Read a day: `Monday, June 3, 2019`, `3 June 2019 14.05 BST`, `10:30 AM EDT, Mon June 3, 2019`."""
    clock = _TIME_FIRST.match(part)
    for first in (0, clock.end()) if clock else (0,):
        if found := read_date(part[first:]):
            return [_day_field(found, part.strip(), offset + first)]
    return None


def _day_field(found: FoundDate, written: str, offset: int) -> Field:
    return Field("published_on", found.day, offset + found.start, offset + found.end, written)


def _read_place_and_day(part: str, offset: int) -> list[Field] | None:
    """Read a place and a day: `Port Ada, 3 June 2019`, `3 June 2019, Port Ada`."""
    if place := PLACE.match(part):
        rest = part[place.end() :].lstrip(" ,.")
        found = read_date(rest)
        is_set_off = part.startswith(",", place.end())
        if found and ((is_set_off and _is_town(place[0])) or is_listed(place[0])):
            day = _day_field(found, rest.strip(), offset + len(part) - len(rest))
            return [Field("dateline_place", place[0], offset, offset + place.end()), day]
    if match := _DAY_FIRST.fullmatch(part):
        found = read_date(match["day"])
        if found and PLACE.fullmatch(match["place"]) and _is_town(match["place"]):
            place_span = (offset + match.start("place"), offset + match.end("place"))
            return [
                _day_field(found, match["day"].strip(), offset),
                Field("dateline_place", match["place"], *place_span),
            ]
    return None


def _is_town(place: str) -> bool:
    return len(place.split()) <= 2 or is_listed(place)


def _is_sure_town(place: str) -> bool:
    return is_listed(place) or in_capitals(place)
