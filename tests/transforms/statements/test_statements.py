"""Compute columns of statements that are not copied from the text: confidence, position, and parent."""

import polars as pl

from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts
from transforms.frames import FOUND_STATEMENTS

BODY = (
    "Bridge unsafe, engineer says\n\nAnn Roe said the bridge was unsafe. An official said Jan Berg had told him "
    "the cables were new."
)
NAMES = {"Ann Roe": PERSON, "Jan Berg": PERSON}
SAID = [
    ("engineer", "says", "Bridge unsafe"),
    ("Ann Roe", "said", "the bridge was unsafe"),
    ("An official", "said", "Jan Berg had told him the cables were new"),
    ("Jan Berg", "had told", "the cables were new"),
]
HEADLINE = [{"field": "headline", "start": 10, "end": 38}]


def build(parents: list[int | None], header_spans=HEADLINE) -> list[dict]:
    articles, found, names = frames(BODY, NAMES, SAID)
    articles = articles.with_columns(pl.Series("header_spans", [header_spans]), body_start=pl.lit(10))
    found = found.with_columns(pl.Series("parent_no", parents, FOUND_STATEMENTS["parent_no"]))
    tables = build_facts(articles, found, names, extractor_version="x", run_id="r")
    return tables["statements"].sort("seq_no").to_dicts()


def test_what_stands_in_the_headline_is_marked():
    assert [row["is_headline"] for row in build([None] * 4)] == [True, False, False, False]
    assert not any(row["is_headline"] for row in build([None] * 4, header_spans=[]))


def test_a_nested_statement_has_its_parent_and_its_own_speaker():
    rows = build([None, None, None, 3])
    assert [row["parent_statement_id"] for row in rows] == [None, None, None, rows[2]["statement_id"]]
    assert rows[3]["profile_id"] != rows[2]["profile_id"]
    assert rows[3]["speaker_resolution"] == "named"


def test_a_named_speaker_is_surer_than_one_without_a_name():
    _, named, unnamed, _ = build([None] * 4)
    assert 0 <= unnamed["speaker_confidence"] < named["speaker_confidence"] <= 1
    assert unnamed["confidence"] < named["confidence"]
