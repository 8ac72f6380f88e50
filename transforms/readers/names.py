"""The fields of an object or a row, under whatever usual names -> fields of a record, the text, and what is left over.

The names are those of archives, feeds, scrapers and news interfaces. A name counts without its case and its marks:
`pub_date`, `pubDate` and `Pub Date` are one. `Options.mapping` goes before all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# For each field its names; the best first, for an export may have several.
NAMES: dict[str, tuple[str, ...]] = {
    "body": (
        "body", "text", "content", "maintext", "fulltext", "articlebody", "articletext", "bodytext", "bodyhtml",
        "bodyxhtml", "contenthtml", "contenttext", "contentencoded", "articlecontent", "maincontent", "storytext",
        "cleantext", "cleanedtext", "rawtext", "plaintext", "story", "article", "textbody", "htmlbody", "document",
        "paragraphs", "contents", "message",
    ),
    "headline": ("title", "headline", "headlines", "head", "webtitle", "articletitle", "storytitle", "hed",
                 "headlinetext", "subject"),
    "published": (
        "datepublished", "datepublish", "publisheddate", "publishdate", "publicationdate", "dateofpublication",
        "published", "publishedat", "publishedon", "publishedutc", "pubdate", "datepub", "firstpublished",
        "firstpublishedat", "webpublicationdate", "publicationdatetime", "publishtime", "publicationtime", "pubtime",
        "date", "datetime", "articledate", "storydate", "issuedate", "firstcreated", "contentcreated", "versioncreated",
        "createdat", "created", "timestamp", "day",
    ),
    "updated": ("datemodified", "datemodify", "modified", "modifiedat", "updated", "updatedat", "lastmodified",
                "lastupdated", "modifieddate", "updatedate"),
    "byline": ("byline", "author", "authors", "authorname", "authornames", "creator", "dccreator", "writer", "writers",
               "reporter", "by", "journalist"),
    "outlet": ("outlet", "source", "publication", "publisher", "newspaper", "sourcename", "sourcedomain", "medium",
               "media", "medianame", "sitename", "publishername", "publicationname", "site", "domain", "sectionsource",
               "newsoutlet", "newssource", "website"),
    "agency": ("agency", "newsagency", "wire", "wireservice", "newswire"),
    "url": ("url", "link", "weburl", "permalink", "canonicalurl", "articleurl", "canonicallink", "href", "uri",
            "sourceurl", "shareurl"),
    "dateline": ("dateline",),
    "dateline_place": ("datelineplace", "located", "datelinelocation", "place", "location", "city"),
    "dateline_date": ("datelinedate",),
    "language": ("language", "lang", "inlanguage", "languagecode"),
    "guid": ("guid", "id", "articleid", "storyid", "documentid", "docid", "uuid", "identifier", "an"),
    "version": ("version", "revision", "versionnumber"),
    "status": ("pubstatus", "publicationstatus"),
    "embargo": ("embargo", "embargoed", "embargoeduntil", "embargodate"),
    "note": ("ednote", "editorsnote", "editornote", "correction", "corrections", "correctionnote"),
}  # fmt: skip

# Names of the text of an article that a teaser goes by too: taken when nothing better is there.
_TEASERS = ("description", "summary", "abstract", "lead", "snippet", "teaser", "trailtext")
_INNER = ("fields", "attributes", "article", "source", "_source", "metadata", "meta", "document", "data")
_PARTS = ("name", "fullname", "main", "default", "title", "text", "value", "rendered", "_text", "#text", "en", "body",
          "content", "contentstr", "href")  # fmt: skip
_JOINS = {"body": "\n\n", "dateline": " "}
_FIELDS = tuple(NAMES)


def plain_name(name: object) -> str:
    """A name without case and marks: `Pub Date`, `pub_date` and `pubDate` are `pubdate`."""
    return re.sub(r"[^0-9a-z_#]|_(?!text|source)|(?<!^)_", "", str(name).lower())


class Columns:
    """Which columns of an object or a table hold which field, told by their names.

    A mapping goes first; its columns are named exactly, or by the plain name.
    """

    def __init__(self, names: list[str], mapping: Mapping[str, str]) -> None:
        plain = {plain_name(name): name for name in reversed(names)}
        self.of: dict[str, list[str]] = {}
        for field in _FIELDS:
            if field in mapping:
                chosen = mapping[field] if mapping[field] in names else plain.get(plain_name(mapping[field]))
                self.of[field] = [chosen] if chosen else []
            else:
                self.of[field] = [plain[name] for name in NAMES[field] if name in plain]

    def __bool__(self) -> bool:
        """Whether there is a text among them."""
        return bool(self.of["body"])


def read_object(
    row: Mapping[str, Any], mapping: Mapping[str, str]
) -> tuple[str, dict[str, str | None], dict[str, Any]]:
    """The text, the fields of the record, and what has no column.

    Text may be a list of paragraphs, an author an object with a name. What stands one level deeper, in `fields` or
    `attributes`, is found as well. The text is empty when there is none.
    """
    row = _flatten(row)
    columns = Columns(list(row), mapping)
    values: dict[str, str | None] = {}
    used: set[str] = set()
    for field, names in columns.of.items():
        for name in names:
            value = as_text(row[name], _JOINS.get(field, ", "))
            if value and field not in values and name not in used and _suits(field, value):
                values[field] = value
                used.add(name)
                if field == "published":
                    values["published_in"] = f"field {name}"
    body = values.pop("body", None) or ""
    if not body and "body" not in mapping:
        teasers = [name for name in row if plain_name(name) in _TEASERS and as_text(row[name])]
        body = as_text(row[teasers[0]]) or "" if teasers else ""
        used |= set(teasers[:1])
    return body, values, {name: value for name, value in row.items() if name not in used}


def has_text(row: Any, mapping: Mapping[str, str]) -> bool:
    """Whether an object looks like an article: it has a name for its text, or for its headline and one more."""
    if not isinstance(row, dict):
        return False
    columns = Columns(list(_flatten(row)), mapping)
    others = sum(bool(columns.of[field]) for field in ("published", "byline", "outlet", "url", "guid"))
    return bool(columns) or (bool(columns.of["headline"]) and others > 0)


def _flatten(row: Mapping[str, Any]) -> dict[str, Any]:
    """With the fields of inner objects that only hold fields; the outer names win."""
    inner: dict[str, Any] = {}
    rest = dict(row)
    for name, value in row.items():
        if name.lower() in _INNER and isinstance(value, dict) and not _is_named(value):
            inner |= {key: part for key, part in value.items() if key not in rest}
            del rest[name]
    return rest | {name: value for name, value in inner.items() if name not in rest}


def _is_named(value: Mapping[str, Any]) -> bool:
    """Whether an object is a name with details: `{"id": "bbc", "name": "Harbour Post"}`."""
    return bool({plain_name(key) for key in value} & {"name", "fullname"}) and len(value) <= 6


def as_text(value: Any, join: str = ", ") -> str | None:
    """A value as text: of an object its name or main part, of a list its parts joined; null when there is none."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, list | tuple):
        return join.join(filter(None, (as_text(part, join) for part in value[:1000]))) or None
    if isinstance(value, dict):
        named = {plain_name(name): part for name, part in value.items()}
        return next((text for name in _PARTS if (text := as_text(named.get(name), join))), None)
    return str(value)


def _suits(field: str, value: str) -> bool:
    """Whether it can be a value of the field: a url has no blanks, a language is a word or two."""
    if field == "url":
        return bool(re.match(r"(?:https?:)?//\S+$|www\.\S+$", value.strip()))
    if field in ("language", "version", "status"):
        return len(value) <= 40
    if field == "published":
        return any(map(str.isdigit, value))
    return True
