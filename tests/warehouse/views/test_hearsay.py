"""The view of hearsay lists what one speaker says that another one said."""

import polars as pl
import pytest

from tests.warehouse.views.one_view import read_view

ACTORS = [("roe", "Bo Roe", "person"), ("venn", "Ada Venn", "person"), ("box", "READERS", "group")]
SAID = {"published_on": None, "article_id": "a", "cue_class": "neutral", "confidence": 0.9, "correction": None,
        "cue_lemma": "say", "modality": "asserted", "is_negated": False}  # fmt: skip


def read_hearsay(inner, outer_actor="roe", outer_cue="said"):
    """Read who tells what about whom if one statement is inside another; `inner` overrides fields of the inner one."""
    rows = [
        SAID | {"statement_id": "o", "parent_statement_id": None, "actor_id": outer_actor, "cue": outer_cue,
                "content": "she had denied it"},
        SAID | {"statement_id": "i", "parent_statement_id": "o", "actor_id": "venn", "cue": "denied",
                "content": "it"} | inner,
    ]  # fmt: skip
    article = {"article_id": "a", "outlet": "Post", "agency": "", "copy_of": None, "is_killed": False}
    frames = {
        "statements": pl.DataFrame(rows, schema_overrides={"published_on": pl.Date, "correction": pl.String}),
        "actors": pl.DataFrame(ACTORS, ["actor_id", "name", "kind"], orient="row"),
        "articles": pl.DataFrame([article]),
    }
    return read_view("hearsay", "teller, speaker, statement", frames)


def test_a_statement_inside_the_statement_of_another_speaker_is_hearsay():
    assert read_hearsay({}) == [("Bo Roe", "Ada Venn", "it")]


@pytest.mark.parametrize(
    "inner",
    [
        {"actor_id": "roe"},
        {"is_negated": True},
        {"modality": "possible"},
        {"cue": "knew", "cue_lemma": "know"},
    ],
)
def test_what_speakers_say_of_themselves_and_what_nobody_said_is_no_hearsay(inner):
    assert read_hearsay(inner) == []


def test_text_after_a_heading_is_no_report_of_a_speaker():
    assert read_hearsay({}, outer_actor="box", outer_cue="") == []
    assert read_hearsay({}, outer_actor="roe", outer_cue="") == [("Bo Roe", "Ada Venn", "it")]
