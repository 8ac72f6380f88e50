"""Convert Factiva's field codes to the fields of a record, and recognise its accession numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from transforms.readers.fields.locales import find_language

FIELDS = {
    "HD": "headline", "BY": "byline", "PD": "published", "SN": "outlet", "LA": "language", "AN": "guid", "CR": "agency",
    "ED": "edition", "SE": "section", "CLM": "column", "PG": "page", "SC": "source_code", "CO": "companies",
    "IN": "industries", "NS": "subjects", "RE": "regions", "IPD": "codes", "PUB": "publisher", "ET": "time",
    "WC": "words", "VOL": "volume", "CX": "note", "CT": "contact", "RF": "reference", "ART": "art", "CY": "copyright",
    "LP": "", "TD": "", "IPC": "ipc",
}  # fmt: skip
_COLUMNS = ("headline", "byline", "published", "outlet", "language", "guid", "agency", "note")
# The source code filled up to eight characters, the day, and nine more characters: HPOST00020190603ef6300001.
ACCESSION = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{8}(?:19|20)[0-9]{6}[a-z0-9]{9}(?![A-Za-z0-9])")


def name_fields(coded: Mapping[str, str]) -> tuple[dict[str, str | None], dict[str, str]]:
    """Convert values by code to the fields of a record and the values without a column."""
    named = {FIELDS[code]: value for code, value in coded.items() if code in FIELDS and value}
    values: dict[str, str | None] = {name: named.pop(name, None) for name in _COLUMNS}
    values["published_in"] = "field PD"
    values["guid"] = (values["guid"] or "").rpartition(" ")[2] or None
    values["language"] = find_language(values["language"] or "") or values["language"]
    named.pop("copyright", None)
    return values, named
