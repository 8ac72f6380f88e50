"""Read place, date, agency and reporters from the first words of a wire story, and find where the story begins.

    WASHINGTON, June 3 (Reuters) - The    THE HAGUE, Netherlands (AP) _ The    NEW YORK/LONDON -- The
    MOSCOW, June 3. /TASS/. The           SYDNEY, June 3 AAP - The             PORT ADA--(BUSINESS WIRE)--The
    (ANSA) - Rome, June 3 - The           AFP | Paris                          Kyiv. Ukrinform. The
    MOSCOW (Sputnik), Ada Lorne - The

Small patterns find the parts one by one; then `_Judge` decides whether the parts are a dateline. A false dateline
removes words from the article, whereas a missed dateline only leaves two columns empty. In doubt, the text has no
dateline. Strong evidence is an agency in `seeds/agencies.csv`, a date, a place in capitals, or a place in
`seeds/places.csv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from seeds.datelines import load_agencies
from transforms.readers.fields.bylines import are_names
from transforms.readers.fields.dates import DATE_IN_DATELINE
from transforms.readers.fields.places import (
    BLANK,
    LABELS,
    PLACE,
    SHORT_WEEKDAY,
    WEEKDAY,
    drop_point,
    in_capitals,
    is_label,
    is_listed,
    is_region,
)

Span = tuple[int, int]

_DASH = r"(?:--+|[–—―−]+|-+(?=\s)|_+(?=\s))"
_NAME = r"(?:[A-Z][\w'’]*|dpa|epd|acn)(?:[.&/-][A-Z]\w*)*"
_NAMES = rf"{_NAME}(?:{BLANK}[A-Z]\w*){{0,2}}"
_IN_BRACKETS = r"[^()\r\n]{2,40}"

_START = re.compile(r"\s*(?=[^\W_a-z]|[(/]|dpa|epd|acn)")
_LEAD = re.compile(
    rf"(?:\((?P<brackets>{_IN_BRACKETS})\){BLANK}*{_DASH}?|(?P<name>{_NAMES}){BLANK}*(?:\||{_DASH}|,)){BLANK}*"
)
_DAY = re.compile(
    rf"(?:{BLANK}*\[[^\]\r\n]{{2,30}}\])?(?:{BLANK}?[.,](?!\s*[\r\n]))?{BLANK}*"
    rf"(?:(?:{WEEKDAY}|{SHORT_WEEKDAY})[.,]{{0,2}}{BLANK}+)?"
    rf"(?:(?P<dash>{_DASH}{BLANK}*)?(?P<date>{DATE_IN_DATELINE})(?!\w)(?P<point>[.,]?))?{BLANK}*"
)
_AGENCY = re.compile(
    rf"""(?:{_DASH}{BLANK}*)? \((?P<brackets>{_IN_BRACKETS})\)
    | /{BLANK}*(?P<slashes>[A-Z][\w\ .-]{{1,30}}?){BLANK}*/
    | (?:(?:\||{_DASH}){BLANK}*)? (?P<name>{_NAMES}) (?={BLANK}*(?:[.:]|{_DASH}|[\r\n]))""",
    re.VERBOSE,
)
_LATE_DAY = re.compile(
    rf"{BLANK}*(?:(?P<mark>{_DASH}|/){BLANK}*)?(?P<date>{DATE_IN_DATELINE})(?!\w)(?:{BLANK}*/)?"
)
_AGENCY_AND_DAY = re.compile(
    rf"(?P<agency>[^()]{{2,30}}?){BLANK}*{_DASH}{BLANK}*(?P<date>{DATE_IN_DATELINE})"
)
_REPORTERS = re.compile(
    rf",{BLANK}*(?:by{BLANK}+)?(?P<names>[^\W\d_a-z][^()\[\]\"“”:;!?–—―−\r\n]{{2,100}}?){BLANK}+(?={_DASH}\s)"
)
_MARK = re.compile(
    rf"(?P<dash>\.?{BLANK}*{_DASH})|(?P<colon>{BLANK}?:(?=\s))|(?P<point>\.(?=\s))|(?P<line>{BLANK}*(?=[\r\n]))"
)
_WORD = re.compile(r"[^\s,/]+")
_BLANKS = re.compile(r"\s*")
_AROUND = " \t\r\n,;:*-–—―−_"
_LONGEST = 300  # code points; long runs of spaces or capitals would take a pattern minutes
_STORY = 300  # code points of the story to read

_AGENCY_NAME = re.compile(r"[A-Z][\w.&/'’-]*(?:\s+(?:(?:of|the|for|de|du|des|la)\s+)?[A-Z][\w.&/'’-]*){0,3}")
_PARTY = re.compile(r"[A-Z]{1,3}-[A-Z]|[A-Z]$|[0-9]+$")
# "By Ada Lorne PORT ADA (AP) -", "LOCKNEWS.COM -"
_NO_PLACE = re.compile(r"by\s|.*\.(?:com|net|org|info)$", re.IGNORECASE)
_TURN = re.compile(r"[\r\n][^\S\r\n]*[A-Z][A-Z .'’-]{1,40}:\s")
_DATE = re.compile(DATE_IN_DATELINE)
_CAPTION = re.compile(rf"{DATE_IN_DATELINE}{BLANK}*:")
_SECOND_DASH = re.compile(rf"[^.!?]*{BLANK}(?:--|[-–—]){BLANK}+[^.!?]")


@dataclass(frozen=True)
class Dateline:
    """A dateline as spans in the searched text; `end` is where the story itself begins."""

    end: int
    place: Span | None
    date: Span | None
    agency: Span | None
    byline: Span | None


@dataclass(frozen=True)
class _Opening:
    """The parts of a possible dateline, before `_Judge` decides.

    `form` is the way in which the agency is written: "brackets", "slashes", "name", or "" without an agency. `mark` is
    what ends the opening: "dash", "colon", "point", "line" for the end of the line, or "" for nothing.
    """

    end: int  # the offset after the mark
    place: Span | None = None
    date: Span | None = None
    agency: Span | None = None
    form: str = ""
    mark: str = ""
    byline: Span | None = None


def read_dateline(text: str, start: int = 0) -> Dateline | None:
    """Return the dateline at `start` of the text, or None."""
    first = _START.match(text, start, start + _LONGEST)
    if not first:
        return None
    for scan in (_scan_agency_first, _scan):
        opening = scan(text, first.end(), first.end() + _LONGEST)
        if opening and (opening.mark or opening.agency) and _Judge(opening, text).is_dateline():
            end = _BLANKS.match(text, opening.end).end()  # type: ignore[union-attr]
            return Dateline(end, opening.place, opening.date, opening.agency, opening.byline)
    return None


def split_dateline(written: str) -> dict[str, str]:
    """Split a dateline given as a separate field into `dateline_place`, `dateline_date`, `agency` and `byline`.

    >>> split_dateline("NEW YORK, Oct. 9 (River News) -")
    {'agency': 'River News', 'dateline_date': 'Oct. 9', 'dateline_place': 'NEW YORK'}
    """
    return {name: written[start:end] for name, (start, end) in sorted(find_parts(written).items())}


def find_parts(written: str) -> dict[str, Span]:
    """Return the parts of a dateline as spans of `written`; words that are not recognised count as the place."""
    start, end = _strip(written)
    line = written[: min(end, start + _LONGEST)] + "\n"
    for scan in (_scan_agency_first, _scan):
        opening = scan(line, start, len(line))
        if opening and not line[opening.end :].strip(_AROUND) and end < start + _LONGEST:
            parts = {
                "dateline_place": opening.place,
                "dateline_date": opening.date,
                "agency": opening.agency,
                "byline": opening.byline,
            }
            return {name: span for name, span in parts.items() if span}
    return {"dateline_place": (start, end)} if any(map(str.isalpha, written)) else {}


def _strip(written: str) -> Span:
    start = len(written) - len(written.lstrip(_AROUND))
    return start, max(start, len(written.rstrip(_AROUND)))


def _scan_agency_first(text: str, start: int, stop: int) -> _Opening | None:
    """Read an opening with a known agency before the place: `(ANSA) - Rome, June 3 - `, `AFP | Paris`."""
    lead = _LEAD.match(text, start, stop)
    if not lead:
        return None
    form = "brackets" if lead["brackets"] else "name"
    if not _is_known(lead[form], exact=form == "name"):
        return None
    rest = _scan(text, lead.end(), stop)
    if not rest or not rest.place or rest.agency or rest.mark not in ("dash", "line"):
        return None
    place = text[slice(*rest.place)]
    is_place = bool(rest.date) or in_capitals(place) or is_listed(place)
    return replace(rest, agency=lead.span(form), form=form) if is_place else None


def _scan(text: str, start: int, stop: int) -> _Opening | None:
    """Read place, date and agency in the usual order, each optional, and the mark after them."""
    place = PLACE.match(text, start, stop)
    if place and _runs_on(text, place):
        return None
    opening = _split_agency(text, place.span()) if place else _Opening(start)
    day: re.Match[str] = _DAY.match(text, opening.end, stop)  # type: ignore[assignment]
    if day["dash"] and (not opening.place or day["date"].isupper()):
        return None  # "PORT ADA - MARCH 9: The mayor opens the lock" is written below a picture
    if day["date"] or not opening.agency:
        mark = "point" if day["point"] == "." else ""
        opening = replace(opening, end=day.end(), date=day.span("date") if day["date"] else None, mark=mark)
    if not opening.agency:
        opening = _add_agency(text, opening, stop)
    opening = _add_reporters(text, _add_late_day(text, opening, stop), stop)
    opening = _add_mark(text, opening, stop)
    return opening if opening.place or opening.date or opening.agency else None


def _add_late_day(text: str, opening: _Opening, stop: int) -> _Opening:
    """Extend the opening by a date written after the agency: `HILLTOWN, TX / ACCESSWIRE / June 3, 2024 /`."""
    if not opening.agency or opening.date:
        return opening
    late = _LATE_DAY.match(text, opening.end, stop)
    if not late or not (late["mark"] or opening.form == "slashes"):
        return opening
    return replace(opening, end=late.end(), date=late.span("date"), mark="dash")


def _add_reporters(text: str, opening: _Opening, stop: int) -> _Opening:
    """Extend the opening by the names behind a known agency in brackets: `MOSCOW (Sputnik), Ada Lorne - `."""
    if not opening.agency or opening.form != "brackets" or not _is_known(text[slice(*opening.agency)]):
        return opening
    found = _REPORTERS.match(text, opening.end, stop)
    people = re.split(r"\s*,\s*|\s+(?:and|&)\s+", found["names"]) if found else []
    if not found or not all(1 < len(name.split()) < 5 and are_names(name) for name in people):
        return opening
    return replace(opening, end=found.end("names"), byline=found.span("names"))


def _add_mark(text: str, opening: _Opening, stop: int) -> _Opening:
    mark = _MARK.match(text, opening.end, stop)
    return replace(opening, end=mark.end(), mark=mark.lastgroup or "") if mark else opening


def _runs_on(text: str, place: re.Match[str]) -> bool:
    """Whether a sentence goes on after the place: a word in small letters follows, without comma or full stop."""
    follows = text[place.end() : place.end() + 2].lstrip(" ")[:1]
    return follows.islower() and not any(mark in place[0] for mark in ".,")


def _split_agency(text: str, span: Span) -> _Opening:
    """Split words that look like a place into the place and the agency: `Kyiv. Ukrinform`, `Damascus, SANA`."""
    start = span[0]
    if (name := text[slice(*span)]) in load_agencies() and name.isupper() and not is_listed(name):
        return _Opening(span[1], None, None, span, "name")  # "AFP - The"
    words = [word.span() for word in _WORD.finditer(text, *span)]
    for index in range(1, len(words)):
        for last in range(min(index + 2, len(words) - 1), index - 1, -1):
            agency = words[index][0], start + len(text[start : words[last][1]].rstrip("."))
            if _is_agency_behind(text[start : words[index][0]].rstrip(), text[slice(*agency)]):
                place = start, start + len(text[start : words[index][0]].rstrip(" ,/\t"))
                return _Opening(agency[1], _drop_point(text, place), None, agency, "name")
    return _Opening(span[1], _drop_point(text, span))


def _is_agency_behind(place: str, name: str) -> bool:
    """Whether `name` is a known agency; without a comma or full stop after `place`, both must be in capitals."""
    if name not in load_agencies() or is_region(name):
        return False
    return place.endswith((",", ".")) or (name.isupper() and place.isupper())


def _drop_point(text: str, span: Span) -> Span:
    return span[0], span[0] + len(drop_point(text[slice(*span)]))


def _add_agency(text: str, opening: _Opening, stop: int) -> _Opening:
    found = _AGENCY.match(text, opening.end, stop)
    if not found:
        return opening
    form = next(form for form in ("brackets", "slashes", "name") if found[form])
    if form == "name" and (found[form] not in load_agencies() or not opening.place):
        return opening
    if form == "brackets" and not opening.date and _DATE.fullmatch(found[form]):
        return replace(opening, end=found.end(), date=found.span(form))  # "SINGAPORE (May 6, 2021) —"
    if form == "brackets" and (parts := _AGENCY_AND_DAY.fullmatch(text, *found.span(form))):
        agency, date = (
            parts.span("agency"),
            opening.date or parts.span("date"),
        )  # "--(Newswire - May 6, 2021) -"
        return replace(opening, end=found.end(), agency=agency, date=date, form=form, mark="")
    if form == "brackets" and not opening.place and is_listed(found[form]):
        return replace(opening, end=found.end(), place=found.span(form))  # "(BRUSSELS) —"
    return replace(opening, end=found.end(), agency=found.span(form), form=form, mark="")


@cache
def _folded_agencies() -> frozenset[str]:
    return frozenset(name.casefold() for name in load_agencies())


def is_agency(name: str) -> bool:
    """Whether `name` is the name of a known agency, in capitals or not."""
    return name.casefold() in _folded_agencies()


def _is_known(agency: str, *, exact: bool = False) -> bool:
    """Whether the name of an agency is listed, or the first name in `CBS/AP` or `TT-AFP`.

    The second name alone does not count, because "Ada Example/Reuters" is a photo credit. If `exact` is true, all names
    between slashes must be listed, with the same capitals.
    """
    if exact:
        return all(part in load_agencies() for part in (agency, *agency.split("/")) if "/" not in part)
    return any(
        part.strip().casefold() in _folded_agencies() for part in (agency, re.split("[/-]", agency)[0])
    )


class _Judge:
    """Decides whether an opening is a dateline, from its parts and from the text after them."""

    def __init__(self, opening: _Opening, text: str) -> None:
        self.opening, self.text, self.mark = opening, text, opening.mark
        self.place = text[slice(*opening.place)] if opening.place else ""
        self.agency = text[slice(*opening.agency)] if opening.agency else ""
        self.story = text[opening.end : opening.end + _STORY].lstrip()
        self.known = bool(self.agency) and _is_known(self.agency)
        self.capitals = bool(self.place) and in_capitals(self.place)
        self.listed = bool(self.place) and is_listed(self.place)

    def is_dateline(self) -> bool:
        if not self._opens_story() or (self.place and is_label(self.place)):
            return False
        if _NO_PLACE.match(self.place):
            return False
        if self.agency:
            return self._fits_agency()
        if not self.place:
            return False
        return self._fits_date() if self.opening.date else self._fits_place()

    def _opens_story(self) -> bool:
        """Whether a sentence can begin here; after a certain dateline, also "eBay said" and "<Example Corp> said"."""
        first = self.story[:1]
        if first.islower():
            return self.known or bool(self.opening.date and self.capitals)
        if first in ("<", "(", "["):
            return bool(self.agency or self.opening.date)
        return first.isalnum() or (first != "" and first in "\"'`“”‘’«„$€£#")

    def _fits_agency(self) -> bool:
        """Whether the agency is known, or is in brackets after a date or a place in capitals."""
        if not (self.known or _could_be_agency(self.agency)):
            return False
        if not self.place:
            return self._fits_without_place()
        if _has_initials(self.place, self.agency) and not (self.opening.date or self.listed):
            return False
        is_sure = self.capitals or bool(self.opening.date) or (self.known and self.listed)
        if self.mark in ("dash", "colon"):
            return is_sure or (self.known and self.opening.form == "brackets" and self._is_town())
        return self.known and is_sure and (self.mark != "" or self.opening.form != "name")

    def _is_town(self) -> bool:
        """Whether the place may be a small town, unlike "The Pensions Institute" or "Sen. Ada Lorne of Port Ada"."""
        words = self.place.split(",")[0].split()
        return len(words) <= 3 and words[0] not in ("The", "A", "An") and not words[0].endswith(".")

    def _fits_without_place(self) -> bool:
        """Whether this may be a dateline without a place: `(Kyodo) -- The`, `June 3 (Reuters) - The`, `(CNN) The`.

        A line with only `(Reuters)` is a credit.
        """
        if self.mark == "dash":
            return self.opening.form != "name" or self._is_prose()
        is_exact = self.known and _is_known(self.agency, exact=True)
        return is_exact and self.mark != "line" and self.opening.form == "brackets" and self._is_prose()

    def _fits_date(self) -> bool:
        """Whether this may be a dateline of place and date: `Geneva, May 12 – The`, `BAKU, June 5. The`."""
        if self.mark == "dash":
            place_end = self.opening.place[1] if self.opening.place else 0
            return self.capitals or self.listed or self.text.startswith(",", place_end)
        if self.mark == "colon":
            return (self.capitals or self.listed) and self._is_prose()
        return self.mark != "" and self.capitals and self.listed and self._is_prose()

    def _fits_place(self) -> bool:
        """Whether this may be a dateline with only a place: `LONDON - The`, `NEW DELHI: The`, `ANKARA`."""
        if not self._is_prose() or _CAPTION.match(self.story):
            return False
        if self.mark == "dash" and not self.capitals:
            return self.listed and ("," in self.place or not _SECOND_DASH.match(self.story))
        if self.mark == "dash":
            spaced = self.text[self.opening.end : self.opening.end + 1].isspace()
            return (spaced or self.listed) and len(self.place.split()) <= 5
        if not (self.capitals and self.listed):
            return False
        end = self.opening.end
        return self.mark == "line" or (self.mark == "colon" and not _TURN.search(self.text, end, end + 2_000))

    def _is_prose(self) -> bool:
        """Whether the story begins with a sentence; false in headlines: "LONDON - The City", "WAR - AND PEACE"."""
        paragraph = re.split(r"\r\n\r\n|\n\n|\r\r", self.story)[0]
        words = re.findall(r"[^\W\d_]{2,}", paragraph)
        long_words = [word for word in words if len(word) > 3]
        lower, long_lower = sum(map(str.islower, words)), sum(map(str.islower, long_words))
        if len(paragraph) < (20 if self.capitals and self.listed else 40):
            return False
        if not self.capitals and 5 * long_lower < len(long_words):
            return False  # "Paris - The Best of the City of Light"
        return lower >= (0.25 if self.listed else 0.4) * len(words)


def _could_be_agency(name: str) -> bool:
    if _PARTY.match(name) or name.upper() in LABELS or is_region(name):
        return False
    return bool(_AGENCY_NAME.fullmatch(name))


def _has_initials(place: str, agency: str) -> bool:
    """Whether the name in brackets is the initials of the words before it: "European Commission (EC) - The".

    The initials of a town count, the initials of its state do not: "ALLENTOWN, Pa. (AP)".
    """
    initials = "".join(word[0] for word in re.findall(r"\w+", place.split(",")[0]))
    return len(agency) > 1 and initials.upper().endswith(agency.upper())
