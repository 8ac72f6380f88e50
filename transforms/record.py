"""Declare the fields of an article as a reader returns it, and the names that files use for them.

Other modules derive from these declarations the RECORDS schema (`transforms/frames.py`), the names of columns and JSON
keys (`transforms/readers/fields/field_names.py`), and the keys and word limits of `Key: value` lines
(`transforms/readers/fields/headers.py`). `schema/tables.py` declares the columns of `articles`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date

import polars as pl

HEADER_SPANS = pl.List(pl.Struct({"field": pl.String, "start": pl.Int64, "end": pl.Int64}))


@dataclass(frozen=True)
class WrittenAs:
    """The names that files use for a field.

    `keys` are the keys of a `Key: value` line above a text; its value has at most `most_words` words (0: no limit).
    `names` are column names and JSON keys in lower case without punctuation. The best name comes first, since an
    export may have several of them.
    """

    keys: tuple[str, ...] = ()
    most_words: int = 0
    names: tuple[str, ...] = ()


def _written_as(*, keys: str = "", most_words: int = 0, names: str = "") -> dict[str, WrittenAs]:
    """Return the metadata of a field: `keys` are separated by |, `names` by spaces."""
    return {"written": WrittenAs(tuple(filter(None, keys.split("|"))), most_words, tuple(names.split()))}


# A dateline, which readers split into place, date and agency.
DATELINE = _written_as(keys="dateline", most_words=12, names="dateline")["written"]


@dataclass(frozen=True)
class Record:
    """One article; None for fields that the file does not have.

    `body` is a slice of a longer text: of the decoded file for plain text, of the field with the article's text for all
    other formats. `body_start` and `header_spans` (field name -> start and end) are offsets into that longer text.
    """

    body: str = field(
        metadata=_written_as(
            names=(
                "body maintext text content fulltext articlebody articletext bodytext bodyhtml bodyxhtml "
                "contenthtml contenttext contentencoded articlecontent maincontent storytext cleantext "
                "cleanedtext rawtext plaintext story article textbody htmlbody document paragraphs "
                "contentelements textcleaned blocks contents message articlehtml htmlcontent html rawhtml"
            ),
        )
    )
    body_start: int = 0
    headline: str | None = field(
        default=None,
        metadata=_written_as(
            keys="title|headline|head",
            most_words=60,
            names=(
                "title headline headlines head webtitle articletitle storytitle hed headlinetext printheadline "
                "titlepage ogtitle threadtitle subject"
            ),
        ),
    )
    # without "By"; several authors as written, or joined by ", "
    byline: str | None = field(
        default=None,
        metadata=_written_as(
            keys="author|authors|by|byline|writer|reporter|reporters|journalist|correspondent",
            most_words=25,
            names=(
                "byline author authors embeddedauthor authorsbyline credits authorname authornames creator "
                "dccreator writer writers reporter by journalist"
            ),
        ),
    )
    agency: str | None = field(
        default=None,
        metadata=_written_as(
            keys="agency|news agency|wire",
            most_words=6,
            names="agency newsagency wire wireservice newswire",
        ),
    )
    outlet: str | None = field(
        default=None,
        metadata=_written_as(
            keys="source|outlet|publisher|publication|newspaper|site",
            most_words=8,
            names=(
                "outlet source publication publisher newspaper sourcename sourcedomain medium media medianame "
                "sitename publishername publicationname site domain sectionsource newsoutlet newssource website "
                "namesource metasitename sourcehostname ogsitename threadsite hostname mediaurl cleanurl "
                "sitefull"
            ),
        ),
    )
    dateline_place: str | None = field(
        default=None,
        metadata=_written_as(
            keys="place|location",
            most_words=8,
            names="datelineplace located datelinelocation place location city",
        ),
    )
    # as written: "June 3", "3 June 2019"
    dateline_date: str | None = field(default=None, metadata=_written_as(names="datelinedate"))
    # as written; the most precise date if a file has several
    published: str | None = field(
        default=None,
        metadata=_written_as(
            names=(
                "datepublished datepublish publisheddate publishingdate datetimepub publishdate publicationdate "
                "dateofpublication published publishedat publishedon publishedutc pubdate datepub firstpublished "
                "firstpublishedat webpublicationdate publicationdatetime publishtime publicationtime pubtime "
                "articlepublishedtime displaydate firstpublishdate firstpublicationdate datetime date "
                "articledate storydate issuedate firstcreated contentcreated versioncreated createdat created "
                "timestamp day"
            ),
        ),
    )
    # where `published` was found: "header", "dateline", "field pub_date", "JSON-LD"
    published_in: str | None = None
    # the day, if `published` is a complete and unambiguous date; optional
    published_on: date | None = field(
        default=None,
        metadata=_written_as(
            keys="date|published|published on|published at|publication date|pubdate|posted|posted on|dated"
        ),
    )
    # as written: the time of this version, if the file states it separately
    updated: str | None = field(
        default=None,
        metadata=_written_as(
            names=(
                "datemodified datemodify modified modifiedat updated updatedat lastmodified lastupdated "
                "modifieddate updatedate"
            ),
        ),
    )
    # two letters when known, else as written
    language: str | None = field(
        default=None,
        metadata=_written_as(
            keys="language|lang",
            most_words=3,
            names="language lang inlanguage languagecode",
        ),
    )
    url: str | None = field(
        default=None,
        metadata=_written_as(
            keys="url|link|permalink|web address",
            names=(
                "url link weburl permalink canonicalurl articleurl canonicallink href uri sourceurl shareurl "
                "canonical source"
            ),
        ),
    )
    # the source's id for all versions of the article
    guid: str | None = field(
        default=None,
        metadata=_written_as(names="guid id articleid storyid documentid docid uuid identifier uri an"),
    )
    # as written: "3", "1st Ld-Writethru"
    version: str | None = field(default=None, metadata=_written_as(names="version revision versionnumber"))
    # usable, withheld or canceled (IPTC pubStatus), in lower case
    status: str | None = field(default=None, metadata=_written_as(names="pubstatus publicationstatus"))
    # as written: the time before which the article must not be published
    embargo: str | None = field(
        default=None, metadata=_written_as(names="embargo embargoed embargoeduntil embargodate")
    )
    # the editor's note: "CORRECTS spelling in paragraph 3"
    note: str | None = field(
        default=None,
        metadata=_written_as(names="ednote editorsnote editornote correction corrections correctionnote"),
    )
    # JSON object of the fields that have no column
    extra: str | None = None
    # position in the file: "news.zip > a.json, item 3"; None for a file with one article
    place: str | None = None
    # the reader that made the record, see transforms.readers.FORMATS
    format: str | None = None
    header_spans: tuple[tuple[str, int, int], ...] = ()


_DTYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "str": pl.String,
    "str | None": pl.String,
    "int": pl.Int64,
    "date | None": pl.Date,
    "tuple[tuple[str, int, int], ...]": HEADER_SPANS,
}
DTYPES = {one.name: _DTYPES[str(one.type)] for one in fields(Record)}
WRITTEN_AS: dict[str, WrittenAs] = {
    one.name: one.metadata["written"] for one in fields(Record) if "written" in one.metadata
} | {"dateline": DATELINE}
