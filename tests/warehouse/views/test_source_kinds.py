"""The view of source kinds tells persons whom an article hides from people whom it describes as a group."""

import polars as pl
import pytest

from tests.warehouse.views.one_view import read_view


def read_kind(source, kind, source_type="anonymous person"):
    """Return the kind of a source that the article gives only in these words."""
    statement = {
        "statement_id": "s", "article_id": "a", "actor_id": "x", "published_on": None, "kind": "direct", "seq_no": 1,
        "source_type": source_type, "speaker_resolution": "unnamed", "correction": None,
    }  # fmt: skip
    article = {
        "article_id": "a",
        "outlet": "Post",
        "agency": "",
        "story_id": "a",
        "copy_of": None,
        "is_killed": False,
    }
    tables = {
        "statements": pl.DataFrame(
            [statement], schema_overrides={"published_on": pl.Date, "correction": pl.String}
        ),
        "articles": pl.DataFrame([article]),
        "actors": pl.DataFrame({"actor_id": "x", "name": source, "kind": kind}),
        "mentions": pl.DataFrame({"article_id": "a", "actor_id": "x", "text": source}),
    }
    [(found,)] = read_view("source_kinds", "source_kind", tables)
    return found


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("a senior official", "unnamed", "anonymous"),
        ("two officials", "group", "anonymous"),
        ("people familiar with the talks", "group", "anonymous"),
        ("a 46-year-old baker", "unnamed", "anonymous"),
        ("critics of the tunnel", "group", "described"),
        ("most people in the port", "group", "described"),
        ("62 percent of voters", "unnamed", "described"),
        ("about seven-in-ten voters", "unnamed", "described"),
        ("nobody", "unnamed", "described"),
    ],
)
def test_only_persons_whom_the_article_hides_are_anonymous(source, kind, expected):
    assert read_kind(source, kind) == expected


def test_documents_and_organizations_are_not_anonymous():
    assert read_kind("a report", "unnamed", "document") == "document"
    assert read_kind("the port authority", "unnamed", "organization") == "described"
