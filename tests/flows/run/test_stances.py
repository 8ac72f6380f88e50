"""A correction of the content changes the stances of the statement; without the correction they are as before."""

import datetime as dt

import polars as pl
import pytest

from flows.run.across_articles import settle_actors, settle_stances
from schema.derive import polars_schema
from schema.tables import ARTICLES
from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts
from transforms.identify.corrections import number_corrections
from transforms.statements import positions
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

CONTENT = "that Bo Venn was a good mayor but that Cleo Marsh had failed the town"
SPEAKER = "Ada Quill"
STANCES = """
    SELECT a.name, r.stance, r.stance_confidence FROM statement_actors AS r JOIN actors AS a USING (actor_id)
    WHERE r.relation = 'mentioned' ORDER BY a.name"""


def find_stances(pairs, articles):
    """Stand in for the model: a content with "failed" is against everybody whom it mentions, any other is for them."""
    bodies = dict(articles.select("article_id", "body").iter_rows())
    contents = [
        " ".join(bodies[key][span["start"] : span["end"]] for span in spans)
        for key, spans in pairs.select("article_id", "content_spans").iter_rows()
    ]
    return pairs.select("statement_id", "profile_id").with_columns(
        stance=pl.Series(
            ["against" if "failed" in content else "for" for content in contents], dtype=pl.String
        ),
        stance_confidence=pl.lit(0.75),
    )


def stage(version, number=1):
    """Stage an article in which Ada Quill speaks about two others and herself."""
    content = (
        f"{CONTENT}, as {SPEAKER} herself had" if number == 1 else f"that ponds number {number} are full"
    )
    body = f"{SPEAKER} said {content}."
    key = f"{number:032x}"
    names = dict.fromkeys((SPEAKER, "Bo Venn", "Cleo Marsh"), PERSON)
    articles, statements, found = frames(body, names, [(SPEAKER, "said", content)], key, dt.date(2024, 5, 1))
    facts = build_facts(articles, statements, found, extractor_version="test", run_id=version.run_id)
    row = {"story_id": key, "is_latest": True, "language": "en", "body_start": 0, "header_spans": [], "word_count": 1,
           "path": key, "record_no": 1, "run_id": version.run_id}  # fmt: skip
    version.stage(facts | {"articles": pl.DataFrame([articles.to_dicts()[0] | row], polars_schema(ARTICLES))})
    return facts["statements"]["statement_id"].item()


def run(path, number, make_lines=lambda statement_id: []):
    """Publish one more article with these corrections; return the id of its statement."""
    with open_next(path, f"run-{number}") as version:
        statement_id = stage(version, number)
        cells = [[*line, ""] for line in make_lines(statement_id)]
        lines = pl.DataFrame(
            cells, dict.fromkeys(("action", "actor", "value", "note"), pl.String), orient="row"
        )
        corrections = number_corrections(lines, "test")
        settle_actors(version, corrections)
        settle_stances(version)
        settle_stances(version)  # a resumed run calls it again
        publish(version)
    return statement_id


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(positions, "find_stances", find_stances)


BEFORE = [("Bo Venn", "against", 0.75), ("Cleo Marsh", "against", 0.75)]
SHORTER = "that Bo Venn was a good mayor"


def test_a_new_content_has_other_stances_until_the_correction_is_removed(tmp_path):
    path = tmp_path / "w.duckdb"
    statement_id = run(path, 1)
    assert query(path, STANCES).rows() == BEFORE
    run(path, 2, lambda _: [("content", statement_id, SHORTER)])
    assert query(path, "SELECT content FROM statements WHERE correction = 'content'").item() == SHORTER
    assert query(path, STANCES).rows() == [("Bo Venn", "for", 0.75), ("Cleo Marsh", None, None)]
    old = "SELECT stance, until_version FROM history.statement_actors WHERE stance IS NOT NULL"
    assert query(path, old).rows() == [("against", 2), ("against", 2)]
    run(path, 3)
    assert query(path, STANCES).rows() == BEFORE


def test_a_statement_that_is_new_gets_the_stances_of_its_corrected_content(tmp_path):
    run(tmp_path / "w.duckdb", 1, lambda new: [("content", new, SHORTER)])
    assert query(tmp_path / "w.duckdb", STANCES).rows() == [
        ("Bo Venn", "for", 0.75),
        ("Cleo Marsh", None, None),
    ]


def test_runs_leave_other_statements_alone(tmp_path):
    path = tmp_path / "w.duckdb"
    run(path, 1)
    run(path, 2)
    assert (
        query(path, "SELECT DISTINCT since_version FROM statement_actors WHERE relation = 'mentioned'").item()
        == 1
    )
