"""The view of accusations lists whom a statement names right after "accused"."""

import polars as pl
import pytest

from tests.warehouse.views.one_view import read_view

KINDS = {"Roe": "person", "Venn": "person", "Harbour Board": "organization", "Dorne": "country"}
TABLES = {
    "articles": pl.DataFrame(
        [
            {
                "article_id": "a",
                "published_on": None,
                "outlet": "Post",
                "agency": "",
                "copy_of": None,
                "is_killed": False,
            }
        ],
        schema_overrides={"published_on": pl.Date},
    ),
    "actors": pl.DataFrame(
        [("lorne", "Lorne", "person"), *((name, name, kind) for name, kind in KINDS.items())],
        ["actor_id", "name", "kind"],
        orient="row",
    ),
}


def read_accused(content, cue="accused", lemma="accuse", **fields):
    """Return the accused according to the view if Ada Lorne says `content`, which starts at letter 100."""
    named = [(name, content.index(name)) for name in KINDS if name in content]
    statement = {
        "statement_id": "s", "article_id": "a", "actor_id": "lorne", "published_on": None, "utterance_id": None,
        "content": content, "content_spans": [{"start": 100, "end": 100 + len(content)}], "cue": cue,
        "cue_lemma": lemma, "cue_class": "accusing", "is_negated": False, "modality": "asserted", "correction": None,
    } | fields  # fmt: skip
    mentions = [(name, name, name, 100 + at, 100 + at + len(name)) for name, at in named]
    related = [("s", name, "mentioned", name) for name, _ in named]
    tables = TABLES | {
        "statements": pl.DataFrame(
            [statement],
            schema_overrides={"published_on": pl.Date, "utterance_id": pl.String, "correction": pl.String},
        ),
        "mentions": pl.DataFrame(
            mentions,
            {
                "mention_id": pl.String,
                "actor_id": pl.String,
                "text": pl.String,
                "start": pl.Int64,
                "end": pl.Int64,
            },
            orient="row",
        ),
        "statement_actors": pl.DataFrame(
            related,
            {
                "statement_id": pl.String,
                "actor_id": pl.String,
                "relation": pl.String,
                "mention_id": pl.String,
            },
            orient="row",
        ),
    }
    return [accused for (accused,) in read_view("accusations", "accused", tables)]


@pytest.mark.parametrize(
    ("content", "accused"),
    [
        ("Roe of hiding the report from Venn", ["Roe"]),
        ("the Harbour Board, which Venn leads, of hiding the report", ["Harbour Board"]),
        ("Roe and the Harbour Board of hiding the report", ["Harbour Board", "Roe"]),
        ("Harbour Board chairman Roe of hiding the report", ["Roe"]),
        ("Roe’s brother of hiding the report", []),
        ("the ministry of misleading Dorne", []),
        ("that Roe had hidden the report", []),
    ],
)
def test_the_accused_are_named_before_the_accusation(content, accused):
    assert read_accused(content) == accused


def test_a_charge_needs_the_name_of_a_crime():
    assert read_accused("Roe with fraud", "charged", "charge") == ["Roe"]
    assert read_accused("Roe would hide the report", "charged", "charge") == []


def test_what_is_not_said_is_no_accusation():
    assert read_accused("Roe of fraud", is_negated=True) == []
    assert read_accused("Roe of fraud", cue="refused to accuse") == []
