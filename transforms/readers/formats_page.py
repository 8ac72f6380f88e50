"""Write `docs/formats.md`, the page that lists the formats."""

from __future__ import annotations

from transforms.readers import FORMATS, Limits
from transforms.readers.fields.field_names import NAMES

_TOP = """# Formats

Written by `onrecord formats --markdown` (`make docs`). A test fails if it is out of date.

On Record recognises a format by the content of a file, not by the name of the file. A file may contain one article or
many. The column `articles.place` says where in the file an article is, and `articles.extra` has the fields of the file
that have no column of their own.

| format | what is recognised | example |
|---|---|---|
"""

_MIDDLE = """
## Names of fields

In JSON and tables, On Record recognises the following names of fields. Case and punctuation do not matter: `pub_date`,
`pubDate` and `Pub Date` are the same. If a file has several of the names of one field, On Record uses the first of them
in this list. Use `--map` for other names: `onrecord ingest export.csv --map body=FullText --map published=Day`.

| field | names |
|---|---|
"""

_LIMITS = """
## Limits

A file or article that exceeds a limit is rejected, with the reason. These are the limits on sizes that have a
[setting](settings.md); [limits.md](limits.md) lists all limits.

| setting | default | meaning |
|---|---|---|
"""

_SETTINGS = {  # field of Limits -> its setting, and what it means
    "file_bytes": ("max_file_bytes", "bytes of a file in a format that is read as a whole, such as HTML"),
    "unpacked_bytes": ("max_unpacked_bytes", "bytes that one file unpacks to, all inner files together"),
    "members": ("max_archive_members", "files in one archive"),
    "articles": ("max_articles_per_file", "articles in one file"),
    "characters": ("max_article_characters", "characters of one article"),
    "nesting": ("max_nesting", "levels of archives within archives"),
    "payload_characters": ("max_payload_characters", "characters of a rejected article that are stored"),
}


def write_page() -> str:
    """Return the text of `docs/formats.md`: all formats, with what is recognised in each, and the limits."""
    formats = "".join(
        f"| {format_.name} | {format_.about} | `onrecord ingest {format_.example}` |\n" for format_ in FORMATS
    )
    names = "".join(f"| `{field}` | {' '.join(written)} |\n" for field, written in NAMES.items())
    defaults = vars(Limits())
    limits = "".join(
        f"| `{name}` | {defaults[at]:,} | {words} |\n" for at, (name, words) in _SETTINGS.items()
    )
    return f"{_TOP}{formats}{_MIDDLE}{names}{_LIMITS}{limits}"
