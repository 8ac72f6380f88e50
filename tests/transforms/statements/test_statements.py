"""Compute columns of statements that are not copied from the text: confidence, position, and parent."""

import polars as pl

from tests.transforms.samples import GPE, ORG, PERSON, frames
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


def spoken_for(body: str, names: dict[str, str]) -> str | None:
    articles, found, spans = frames(body, names, [("Ann Roe", "said", "prices rise")])
    tables = build_facts(articles, found, spans, extractor_version="x", run_id="r")
    profile = tables["statements"]["organization_profile_id"].item()
    named = dict(tables["profiles"].select("profile_id", "name").iter_rows())
    return named[profile] if profile else None


def test_who_holds_an_office_speaks_for_the_country_that_the_article_implies():
    norway = {"Ann Roe": PERSON, "Norway": GPE}
    assert spoken_for("Norway voted. Prime Minister Ann Roe said prices rise.", norway) == "Norway"
    assert spoken_for("Norway voted. Singer Ann Roe said prices rise.", norway) is None
    assert spoken_for("Oslo voted. Prime Minister Ann Roe said prices rise.", {"Ann Roe": PERSON}) is None


def test_who_held_an_office_does_not_speak_for_it():
    names = {"Ann Roe": PERSON, "Norway": GPE, "Acme": ORG}
    assert spoken_for("Norway's former prime minister Ann Roe said prices rise.", names) is None
    assert spoken_for("Ann Roe, former head of Acme, said prices rise.", names) is None


def test_another_role_tells_for_whom_the_holder_of_a_rank_speaks():
    names = {"Ann Roe": PERSON, "Acme": ORG}
    body = "General Ann Roe left. Ann Roe, chair of Acme, spoke. Ann Roe said prices rise."
    assert spoken_for(body, names) == "Acme"
