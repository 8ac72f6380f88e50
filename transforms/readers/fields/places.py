"""Recognise the place in a dateline, and test how clearly words are a place.

THE HAGUE, Netherlands    McLEAN, Va.    NEW YORK/LONDON    St. Louis    Port Ada
"""

from __future__ import annotations

import re

from seeds.datelines import load_cities, load_regions
from transforms.readers.fields.dates import DATE_IN_DATELINE

BLANK = r"[^\S\r\n]"
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
SHORT_WEEKDAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b"

_WORD = rf"(?!{WEEKDAY}|(?:{SHORT_WEEKDAY}\.?,?{BLANK}+)?{DATE_IN_DATELINE})[^\W\d_a-z][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_SMALL = r"(?:of|the|de|del|la|las|los|le|du|da|di|do|el|al|and|upon|on|am|an|der|den|im|sur|en)"
_NAME = rf"{_WORD}(?:(?:{BLANK}+|/)(?:{_SMALL}{BLANK}+){{0,2}}{_WORD}){{0,4}}"
PLACE = re.compile(rf"{_NAME}(?:,{BLANK}*{_NAME}){{0,2}}")

# Words in capitals before a dash at the start of a line that are not places.
LABELS = frozenset(
    "ADVISORY ANALYSIS BREAKING BRIEF BULLETIN CHRONOLOGY COLUMN COMMENT COMMENTARY CORRECTED CORRECTION "
    "EDITORIAL EXCLUSIVE EXPLAINER FACTBOX FEATURE FILE FLASH FOCUS GRAPHIC INSIGHT INTERVIEW LIVE LIVEBLOG "
    "NEWS NOTE OBITUARY OPINION PHOTO PHOTOS PODCAST POLL PREVIEW PROFILE QUOTES RECAP REFILE REPORT "
    "REVIEW SCOREBOARD SPECIAL STORY SUMMARY TABLE TIMELINE TODAY TRANSCRIPT UPDATE UPDATED URGENT VIDEO WATCH "
    "WRAPUP LAUGHTER APPLAUSE ADDS EMBARGOED NATO OPEC ASEAN UN EU IMF WTO WHO FIFA UEFA NASA GOP FBI CIA "
    "US UK USA UAE UNICEF UNESCO BRICS".split()
)


def is_label(words: str) -> bool:
    """Whether words before a dash are a label, not a place: "BREAKING", "UPDATE", "NATO"."""
    found = re.findall(r"[\w]+", words.split(",")[0])
    return bool(found) and (found[0] in LABELS or found[-1] in LABELS - {"US", "UK"})


def in_capitals(place: str) -> bool:
    """Whether the town of a place is short and in capitals: "THE HAGUE, Netherlands", "McLEAN, Va."."""
    town = place.split(",")[0]
    letters = [char for char in town if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return len(letters) > 1 and capitals >= 0.6 * len(letters) and len(re.split(r"[\s/]+", town)) <= 5


def is_listed(place: str) -> bool:
    """Whether a known region follows the town, or the town is so well known that datelines leave out its region."""
    town, *rest = (part.strip().casefold() for part in place.split(","))
    first = re.split(r"/|\sand\s", town)[0].strip()
    return first in load_cities() or bool(rest and rest[-1] in load_regions())


def is_region(name: str) -> bool:
    """Whether `name` is a state, a province or a country: "Pa.", "PEI", "India"."""
    return name.casefold() in load_regions()


def drop_point(place: str) -> str:
    """Strip the full stop after a place ("MOSCOW. June 3"), but not in "RENO, Nev." or "Washington, D.C."."""
    last = re.split(r"[\s,]+", place)[-1]
    is_short = is_region(last) or "." in last[:-1] or ("," in place and len(last) <= 5)
    return place[:-1] if place.endswith(".") and not is_short else place
