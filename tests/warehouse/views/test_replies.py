"""The view of replies links an answer to the statement just before it, and a denial only to what it denies."""

import datetime as dt

import polars as pl
import pytest

from flows.run.across_articles import settle_actors
from schema.derive import polars_schema
from schema.tables import ARTICLES
from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

FILLER = "Rain fell on the quay. "
# Name of the article: what Bo Venn does, and how many letters at least are between the two statements.
ANSWERS = {
    "near": ("replied", "that ferries sail", 20),
    "soon": ("replied", "that ferries sail", 70),
    "far": ("replied", "that ferries sail", 150),
    "near_denial": ("denied", "the accusation", 20),
    "rejection_in_same_words": ("rejected", "that there had been a fraud", 20),
    "rejection_of_something_else": ("rejected", "that ferries sail", 20),
    "far_denial": ("denied", "the accusation", 400),
    "they_respond": ("respond", "that ferries sail", 20),
}
ASKED_ABOUT = [
    (None, "Asked about", "the claim by Ada Quill that ferries sink"),
    ("Ada Quill", "claim", "that ferries sink"),
    ("Bo Venn", "said", "it"),
]
OTHERS = {  # name of the article: its text and statements
    "asked_by": (
        "Asked by Ada Quill whether ferries sail, Bo Venn said they do.",
        [("Ada Quill", "Asked", "whether ferries sail"), ("Bo Venn", "said", "they do")],
    ),
    "asked_about_a_claim": ("Asked about the claim by Ada Quill that ferries sink, Bo Venn said it.", ASKED_ABOUT),
    "dismissed": (
        "Ada Quill alleged that ferries sink. Bo Venn dismissed the allegation.",
        [("Ada Quill", "alleged", "that ferries sink"), ("Bo Venn", "dismissed", "the allegation")],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def links(tmp_path_factory):
    """The rows of the view, as article -> (who answers, how, whom)."""
    stories = dict(OTHERS)
    for name, (cue, content, gap) in ANSWERS.items():
        filler = FILLER * (gap // len(FILLER))
        body = f"Ada Quill accused Bo Venn of fraud. {filler}Bo Venn {cue} {content}."
        stories[name] = body, [("Ada Quill", "accused", "Bo Venn of fraud"), ("Bo Venn", cue, content)]
    parts, more = [], []
    for number, (name, (body, said)) in enumerate(stories.items(), 1):
        names = {"Ada Quill": PERSON, "Bo Venn": PERSON}
        parts.append(frames(body, names, said, f"{number:032x}", dt.date(2024, 5, number)))
        more.append({"story_id": f"{number:032x}", "is_latest": True, "language": "en", "body_start": 0,
                     "header_spans": [], "word_count": 1, "path": name, "record_no": 1, "run_id": "run"})  # fmt: skip
    articles, statements, found = (pl.concat(column) for column in zip(*parts, strict=True))
    facts = build_facts(articles, statements, found, extractor_version="test", run_id="run")
    rows = [row | fields for row, fields in zip(articles.to_dicts(), more, strict=True)]
    warehouse = tmp_path_factory.mktemp("replies") / "w.duckdb"
    with open_next(warehouse, "run") as version:
        version.stage(facts | {"articles": pl.DataFrame(rows, polars_schema(ARTICLES))})
        settle_actors(version)
        publish(version)
    found_links = query(
        warehouse,
        "SELECT path, speaker, manner, answers_speaker FROM replies JOIN articles USING (article_id)",
    )
    return {path: tuple(link) for path, *link in found_links.rows()}


def test_an_answer_must_follow_closely(links):
    assert links["near"] == links["soon"] == ("Bo Venn", "responds", "Ada Quill")
    assert "far" not in links


def test_a_denial_must_follow_closely(links):
    assert links["near_denial"] == ("Bo Venn", "denies", "Ada Quill")
    assert "far_denial" not in links


def test_a_rejection_must_name_the_claim_or_repeat_a_word_of_it(links):
    assert links["rejection_in_same_words"] == ("Bo Venn", "denies", "Ada Quill")
    assert "rejection_of_something_else" not in links


def test_a_question_may_name_who_asks_or_contain_a_statement(links):
    assert links["asked_by"] == ("Bo Venn", "answers", "Ada Quill")
    assert links["asked_about_a_claim"] == ("Bo Venn", "answers", None)


def test_several_people_respond(links):
    assert links["they_respond"] == ("Bo Venn", "responds", "Ada Quill")


def test_what_was_alleged_is_answered_by_a_denial_of_the_allegation(links):
    assert links["dismissed"] == ("Bo Venn", "denies", "Ada Quill")
