"""The formats -> `docs/formats.md`, the page that lists them."""

from __future__ import annotations

from transforms.readers import FORMATS, Limits
from transforms.readers.fields.field_names import NAMES

_TOP = """# Formats

Written by `onrecord formats --markdown` (`make docs`); a test compares.

A format is told by what is in a file, not by its name. A file may hold one article or many, and every one of them
ends as loaded, as a duplicate or as a reject with its reason: the row of the file in `ops.files` says how many of each.
Where in a file an article stood is in `articles.place`, what has no column of its own in `articles.extra`.

| format | what is recognised | example |
|---|---|---|
"""

_MIDDLE = """
## Names of fields

In JSON and tables, fields are told by their names, whatever their case and marks: `pub_date`, `pubDate` and `Pub Date`
are one. When several are there the first in this list counts. Others are named with `--map`, ours first:
`onrecord ingest export.csv --map body=FullText --map published=Day`.

| field | names |
|---|---|
"""

_LIMITS = """
## Limits

What is beyond a limit is rejected with a reason; the rest of the file and of the run goes on.

| limit | default | |
|---|---|---|
"""

_MEANING = {
    "file_bytes": "bytes of a document that is read as a whole",
    "unpacked_bytes": "bytes that one file unpacks to, over all that is in it",
    "members": "files in one archive",
    "articles": "articles in one file",
    "characters": "characters of one article",
    "nesting": "archives in archives",
    "payload_characters": "characters that are kept of a reject",
}


def write_page() -> str:
    """The page as Markdown."""
    formats = "".join(
        f"| {format_.name} | {format_.about} | `onrecord ingest {format_.example}` |\n" for format_ in FORMATS
    )
    names = "".join(f"| `{field}` | {' '.join(written)} |\n" for field, written in NAMES.items())
    limits = "".join(f"| {name} | {value:,} | {_MEANING[name]} |\n" for name, value in vars(Limits()).items())
    return f"{_TOP}{formats}{_MIDDLE}{names}{_LIMITS}{limits}"
