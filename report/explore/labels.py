"""Convert codes in the tables to words: kinds of source, countries."""

from __future__ import annotations

from functools import cache

from seeds import read_seed

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
    if column in ("naming", "source"):
        return (NAMING if column == "naming" else SOURCES).get(value, value)
    return name_country(value) if column in ("country", "about_country") else value
