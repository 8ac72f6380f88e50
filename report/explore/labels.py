"""Convert codes in the tables to words: kinds of source, classes of cues, countries."""

from __future__ import annotations

from functools import cache

from seeds import read_seed

TONES = {
    "declining": "declining to comment",
    "factive": "presented as true",
    "opining": "giving an opinion",
}
SOURCES = {"collective": "people who speak as one", "none": "no source"}
NAMING = {
    "named": "by name",
    "pronoun": "he, she, they",
    "nominal": "by description",
    "role": "a role, nobody named",
    "unnamed": "unnamed",
    "none": "no source",
}


@cache
def _countries() -> dict[str, str]:
    rows = read_seed("countries").select("code", "name").unique("code", keep="first")
    return dict(rows.rows())


def name_country(code: str | None) -> str:
    """Return the name of a country, or its code if the name is unknown."""
    return _countries().get(code or "", code or "")


def in_words(value: str, column: str) -> str:
    """Return a value of a column in words."""
    if words := {"naming": NAMING, "source": SOURCES, "cue": TONES}.get(column):
        return words.get(value, value)
    return name_country(value) if column in ("country", "about_country") else value
