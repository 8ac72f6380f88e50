"""Read the articles of a Factiva export as XML: `ppsArticleResponse` with `article` elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.formats.factiva_fields import ACCESSION
from transforms.readers.markup import (
    child_text,
    children,
    element_text,
    find_attribute,
    local_name,
    parse_xml,
)
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

MARK = b"ppsarticle"  # in lower case, because versions of the format write it with other capitals


def read_xml(data: bytes) -> Iterator[Record | Reject]:
    """Yield the article in each `article` element. Raises Refused."""
    articles = [one for one in parse_xml(data).iter() if local_name(one) == "article"]
    for number, article in enumerate(articles, 1):
        yield _read_article(article, f"document {number}")


def _read_article(article: _Element, place: str) -> Record | Reject:
    published = next((child_text(one, "date") for one in children(article, "publicationDate")), None)
    number = ACCESSION.search(child_text(article, "accessionNo", "reference") or "")
    values: dict[str, str | None] = {
        "headline": child_text(article, "headline"),
        "byline": child_text(article, "byline"),
        "outlet": child_text(article, "sourceName"),
        "agency": child_text(article, "credit"),
        "published": published or child_text(article, "publicationDate"),
        "published_in": "element publicationDate",
        "language": child_text(article, "baseLanguage") or find_attribute(article, "article", "lang"),
        "guid": number[0] if number else None,
        "note": child_text(article, "corrections"),
    }
    extra = {
        name: child_text(article, name) for name in ("sectionName", "edition", "publisherName", "wordCount")
    }
    texts = [_paragraphs(part) for part in children(article, "leadParagraph", "tailParagraphs")]
    return build_record("\n\n".join(filter(None, texts)), values, extra=extra, place=place)


def _paragraphs(part: _Element) -> str:
    texts = [element_text(one) for one in part if local_name(one) == "paragraph"]
    return "\n\n".join(filter(None, texts)) or element_text(part)
