"""Write `docs/formats.md`, the page that lists the formats."""

from __future__ import annotations

from transforms.readers import FORMATS, Limits
from transforms.readers.fields.field_names import NAMES

_TOP = """# Formats

Written by `onrecord formats --markdown` (`make docs`). A test fails if it is out of date.

On Record recognises a format by the content of a file, not by its name. A file may contain one article or
many. `articles.place` is the place of an article in its file. `articles.extra` has the fields that have no column of
their own.

| format | what is recognised | example |
|---|---|---|
"""

_MIDDLE = """
## Names of fields

In JSON and tables, On Record recognises these names of fields. Case and punctuation do not matter: `pub_date`,
`pubDate` and `Pub Date` are the same. If a file has several names of one field, the first in this list counts. Use
`--map` for other names: `onrecord ingest export.csv --map body=FullText --map published=Day`.

| field | names |
|---|---|
"""

_LIMITS = """
## Limits

A file or article over a limit is rejected with a reason. [limits.md](limits.md) lists all limits.

| limit | default | meaning |
|---|---|---|
"""

_MEANING = {
    "file_bytes": "bytes of a document that is read as a whole",
    "unpacked_bytes": "bytes that one file unpacks to, all inner files together",
    "members": "files in one archive",
    "articles": "articles in one file",
    "characters": "characters of one article",
    "nesting": "levels of archives within archives",
    "payload_characters": "characters that are stored of a rejected article",
}


def write_page() -> str:
    """Return the page as Markdown."""
    formats = "".join(
        f"| {format_.name} | {format_.about} | `onrecord ingest {format_.example}` |\n" for format_ in FORMATS
    )
    names = "".join(f"| `{field}` | {' '.join(written)} |\n" for field, written in NAMES.items())
    limits = "".join(f"| {name} | {value:,} | {_MEANING[name]} |\n" for name, value in vars(Limits()).items())
    return f"{_TOP}{formats}{_MIDDLE}{names}{_LIMITS}{limits}"
