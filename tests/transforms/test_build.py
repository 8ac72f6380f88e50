"""Tests of the facts of a batch of several articles."""

import datetime as dt

import polars as pl

from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts


def test_articles_with_one_profile_share_a_row_with_their_first_and_last_day():
    days = {"b": dt.date(2021, 5, 6), "a": None, "c": dt.date(2021, 5, 4)}
    body = "Ann Roe said prices rise. Ann Roe left."
    said = [("Ann Roe", "said", "prices rise")]
    parts = [frames(body, {"Ann Roe": PERSON}, said, key, day) for key, day in days.items()]
    facts = build_facts(*map(pl.concat, zip(*parts, strict=True)), extractor_version="1", run_id="run")
    columns = ["name", "first_seen_on", "last_seen_on", "article_count", "evidence_article_id"]
    assert facts["profiles"].select(columns).rows() == [("Ann Roe", days["c"], days["b"], 3, "a")]
    assert facts["profiles"]["actor_id"].to_list() == facts["statements"]["actor_id"].unique().to_list()
