"""The opening words of a wire story -> place, date and agency, and where the story itself begins.

    WASHINGTON, June 3 (Reuters) - The    THE HAGUE, Netherlands (AP) — The    NEW YORK/LONDON -- The
    MOSCOW, 3 June 2019 (TASS) - The      Washington (CNN) The                 (Kyodo) -- The

A wrong dateline costs words of the article, a missed one costs two columns: in doubt there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.readers.dates import DATE_IN_DATELINE

Span = tuple[int, int]

# Agencies that also stand behind a place in ordinary letters, or without a dash: "Washington (CNN) The".
_AGENCIES = frozenset(
    "aap abc adn afp aki ani anp ansa anadolu ap apa apn ats belga bbc bernama bloomberg bns cbc cbs cna "
    "cnn cp ctk dpa efe fox ians inter interfax irna isna itar-tass jiji kuna kyodo lusa mena middle mti "
    "nbc news24 npr npa ntb pa pap petra pna pti reuters ria rfe/rl rferl sana sapa spa sputnik stt "
    "tanjug tass tt ukrinform uni unn upi voa wam xinhua yonhap zuma".split()
) | {
    "ria novosti", "associated press", "ap sports", "reuters health", "thomson reuters foundation",
    "dow jones", "anadolu agency", "kyodo news", "the canadian press", "canadian press", "press association",
    "fox news", "bbc news", "cnn business", "deutsche welle", "radio free europe", "bloomberg news",
    "xinhua news agency",
}  # fmt: skip

# Words in capitals that open a line and are followed by a dash, but name no place.
_LABELS = frozenset(
    "ADVISORY ANALYSIS BREAKING BRIEF BULLETIN CHRONOLOGY COLUMN COMMENT COMMENTARY CORRECTED CORRECTION "
    "EDITORIAL EXCLUSIVE EXPLAINER FACTBOX FEATURE FLASH FOCUS GRAPHIC INSIGHT INTERVIEW LIVE LIVEBLOG "
    "NEWS NOTE OBITUARY OPINION PHOTO PHOTOS PODCAST POLL PREVIEW PROFILE QUOTES RECAP REFILE REPORT "
    "REVIEW SCOREBOARD SPECIAL STORY SUMMARY TABLE TIMELINE TRANSCRIPT UPDATE UPDATED URGENT VIDEO WATCH "
    "WRAPUP LAUGHTER APPLAUSE ADDS EMBARGOED NATO OPEC ASEAN UN EU IMF WTO WHO FIFA UEFA NASA GOP FBI CIA "
    "US UK USA UAE UNICEF UNESCO BRICS".split()
)

_BLANK = r"[^\S\r\n]"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_WORD = rf"(?!{_WEEKDAY})[^\W\d_a-z][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_SMALL = r"(?:of|the|de|del|la|las|los|le|du|da|di|do|el|al|and|upon|on|am|an|der|den|im|sur|en)"
_NAME = rf"{_WORD}(?:(?:{_BLANK}+|/)(?:{_SMALL}{_BLANK}+){{0,2}}{_WORD}){{0,4}}"
_PLACE = rf"{_NAME}(?:,{_BLANK}*{_NAME}){{0,2}}"
_IN_BRACKETS = r"[^()\r\n]{2,40}"
_DATELINE = re.compile(
    rf"""\s*
    (?: (?P<place>{_PLACE}) (?P<comma>,)?\.? {_BLANK}* )? (?: (?:{_WEEKDAY},?{_BLANK}+)?
    (?P<date>\b{DATE_IN_DATELINE}),?(?={_BLANK}|\(|[-–—―]) {_BLANK}* )? (?: (?: \((?P<agency>{_IN_BRACKETS})\)
    | /(?P<wire>[A-Z][\w\ ]{{2,30}})/ )? {_BLANK}* (?P<dash>--+|[–—―−]|-(?=\s))
      | \((?P<dashless>{_IN_BRACKETS})\) )
    \s*
    """,
    re.VERBOSE,
)
_AROUND = " \t\r\n,;:*-–—―−"
_AGENCY_AT_END = re.compile(rf"[(/](?P<agency>{_IN_BRACKETS}?)[)/]$")
_DATE_AT_END = re.compile(rf"\b(?P<date>{DATE_IN_DATELINE})\.?(?:\s*-.*)?$")
_WEEKDAY_AT_END = re.compile(rf"\b{_WEEKDAY}[\s,]*$")
_LONGEST = 300  # code points; in long runs of blanks or capitals the pattern would search for minutes
_AGENCY_GROUPS = ("agency", "wire", "dashless")
_AGENCY_NAME = re.compile(r"[A-Z][\w.&/'’-]*(?:\s+(?:(?:of|the|for|de|du|des|la)\s+)?[A-Z][\w.&/'’-]*){0,3}")
_PARTY = re.compile(r"[A-Z]{1,3}-[A-Z]|[A-Z]$|[0-9]+$")


@dataclass(frozen=True)
class Dateline:
    """Spans in the text that was searched; `end` is where the story's own words begin."""

    end: int
    place: Span | None
    date: Span | None
    agency: Span | None


def read_dateline(text: str, start: int = 0) -> Dateline | None:
    """The dateline with which the text opens at `start`, or None."""
    match = _DATELINE.match(text, start, start + _LONGEST)
    if not match or match.end() == match.start() or not _is_dateline(match, text):
        return None
    place = _span(match, "place")
    if place and re.fullmatch(r"[^,a-z]+\.", match["place"]):
        place = place[0], place[1] - 1  # "MOSCOW. June 3 (Interfax)"; but "RENO, Nev." ends with its point
    return Dateline(match.end(), place, _span(match, "date"), _span(match, *_AGENCY_GROUPS))


def _span(match: re.Match[str], *groups: str) -> Span | None:
    return next((match.span(group) for group in groups if match[group]), None)


def _is_dateline(match: re.Match[str], text: str) -> bool:
    place, agency = match["place"], next(filter(None, match.group(*_AGENCY_GROUPS)), "")
    known = agency.lower() in _AGENCIES
    dated = bool(place and match["date"]) and _in_capitals(place)
    story = text[match.end() : match.end() + 300]
    if not _opens_story(story, lower=known or dated, brackets=bool(agency or match["date"])):
        return False
    if match["dashless"] and not (known and place):
        return False
    if place and _is_label(place):
        return False
    if agency:
        return _is_agency(agency, known) and _fits_agency(place, agency, known or bool(match["date"]))
    if match["date"]:
        return bool(place) and (_in_capitals(place) or bool(match["comma"]))
    spaced = text[match.end() - 1].isspace()  # "SMITH--Jane, beloved mother of" is a paid notice
    return bool(place) and spaced and _in_capitals(place) and len(place.split()) <= 5 and _is_prose(story)


def _opens_story(story: str, *, lower: bool, brackets: bool) -> bool:
    """Whether a sentence can begin so: "eBay said" and "<Example Corp> said" do, behind a sure dateline."""
    first = story[:1]
    if first.islower():
        return lower
    return (
        first.isalnum()
        or (first != "" and first in "\"'`“”‘’«„$€£#")
        or (brackets and first in ("<", "(", "["))
    )


def _is_label(place: str) -> bool:
    """Whether the words before the dash are no place: "BREAKING", "UPDATE", "NATO"."""
    words = re.findall(r"[\w]+", place.split(",")[0])
    return words[0] in _LABELS or words[-1] in _LABELS - {"US", "UK"}


def _is_agency(agency: str, known: bool) -> bool:
    if known:
        return True
    return bool(_AGENCY_NAME.fullmatch(agency)) and not _PARTY.match(agency) and agency.upper() not in _LABELS


def _fits_agency(place: str | None, agency: str, strong: bool) -> bool:
    """No place at all, or one in capitals, or in ordinary letters before an agency that is known.

    "European Commission (EC) - The": the brackets hold the initials of the words before them.
    """
    if not place:
        return True
    initials = "".join(word[0] for word in re.findall(r"\w+", place)).upper()
    return initials != agency.upper() and (strong or _in_capitals(place))


def _in_capitals(place: str) -> bool:
    """Whether the town is written in capitals ("THE HAGUE, Netherlands", "McLEAN, Va.") and is short."""
    town = place.split(",")[0]
    letters = [char for char in town if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return len(letters) > 1 and capitals >= 0.6 * len(letters) and len(re.split(r"[\s/]+", town)) <= 5


def _is_prose(story: str) -> bool:
    """Whether a sentence follows, not the rest of a headline: "LONDON - The City", "WAR - AND PEACE"."""
    paragraph = re.split(r"\r\n\r\n|\n\n|\r\r", story)[0]
    words = re.findall(r"[^\W\d_]{2,}", paragraph)
    lower = sum(word.islower() for word in words)
    return len(paragraph) >= 40 and lower >= 0.4 * len(words)


def split_dateline(written: str) -> dict[str, str]:
    """The parts of a dateline that stands alone: `dateline_place`, `dateline_date`, `agency`; those that it has.

    >>> split_dateline("NEW YORK, Oct. 9 (River News) -")
    {'agency': 'River News', 'dateline_date': 'Oct. 9', 'dateline_place': 'NEW YORK'}
    """
    parts = {}
    rest = written.strip(_AROUND)
    if match := _AGENCY_AT_END.search(rest):
        parts["agency"], rest = match["agency"].strip(), rest[: match.start()].rstrip(_AROUND)
    if match := _DATE_AT_END.search(rest):
        parts["dateline_date"], rest = match["date"], rest[: match.start()]
    place = _WEEKDAY_AT_END.sub("", rest.split(" - ")[0].split(" -- ")[0]).strip(_AROUND)
    if any(map(str.isalpha, place)):
        parts["dateline_place"] = place
    return parts
