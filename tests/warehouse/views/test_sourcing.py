"""Compare the view of quoted sources with counts by hand in three articles, two of which are one story."""

from datetime import date

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

ATTRIBUTED = [  # outlet, day, story, text, what it attributes; the first of each text is quoted
    ("Post", date(2024, 5, 3), 1, "Ada Quill said prices rise. She added wages fall. An official warned tills ring.",
     [("Ada Quill", "said", "prices rise"), ("She", "added", "wages fall"), ("An official", "warned", "tills ring")]),
    ("Courier", date(2024, 5, 4), 1, "Bo Venn said prices rise. Court papers said shops close.",
     [("Bo Venn", "said", "prices rise"), ("Court papers", "said", "shops close")]),
    ("Post", date(2024, 6, 2), 3, "An official said rain comes.", [("An official", "said", "rain comes")]),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    parts, more = [], []
    for number, (outlet, day, story, body, said) in enumerate(ATTRIBUTED, 1):
        names = {"Ada Quill": PERSON, "Bo Venn": PERSON}
        parts.append(frames(body, names, said, f"{number:032x}", day))
        more.append({"outlet": outlet, "story_id": f"{story:032x}", "is_latest": True, "language": "en",
                     "body_start": 0, "header_spans": [], "word_count": 1, "path": f"{number}.txt", "record_no": 1,
                     "run_id": "run"})  # fmt: skip
    articles, statements, names = (pl.concat(column) for column in zip(*parts, strict=True))
    first = pl.when(seq_no=1).then(pl.lit("direct")).otherwise("kind")
    facts = build_facts(
        articles, statements.with_columns(kind=first), names, extractor_version="test", run_id="run"
    )
    rows = [row | fields for row, fields in zip(articles.to_dicts(), more, strict=True)]
    path = tmp_path_factory.mktemp("sourcing") / "w.duckdb"
    with open_next(path, "run") as version:
        version.stage(facts | {"articles": pl.DataFrame(rows, polars_schema(ARTICLES))})
        settle_actors(version)
        publish(version)
    return path


def test_an_outlet_is_compared_with_its_own_earlier_months(warehouse):
    sql = """
        SELECT month, outlet, articles, statements, named, anonymous, documents, quoted, by_women, by_men,
            anonymous_share, anonymous_share_before, quoted_share, quoted_share_before
        FROM sourcing_by_outlet ORDER BY outlet, month"""
    assert query(warehouse, sql).rows() == [
        (date(2024, 5, 1), "Courier", 1, 2, 1, 0, 1, 1, 0, 0, 0.0, None, 0.5, None),
        (date(2024, 5, 1), "Post", 1, 3, 2, 1, 0, 1, 2, 0, 0.333, None, 0.333, None),
        (date(2024, 6, 1), "Post", 1, 1, 0, 1, 0, 1, 0, 0, 1.0, 0.333, 1.0, 0.333),
    ]


def test_a_story_is_compared_with_the_other_outlets_on_it(warehouse):
    sql = """
        SELECT outlet, statements, speakers, speakers_quoted, other_outlets, anonymous_share,
            anonymous_share_of_others, quoted_share_of_others
        FROM sourcing_by_story ORDER BY first_on"""
    assert query(warehouse, sql).rows() == [
        ("Post", 3, 1, 1, 1, 0.333, 0.0, 0.5),
        ("Courier", 2, 1, 1, 1, 0.0, 0.333, 0.333),
        ("Post", 1, 0, 0, 0, 1.0, None, None),
    ]


def test_kinds_of_sources_add_up_to_the_statements(warehouse):
    kinds = "named + described + anonymous + documents + without_source"
    for view in ("sourcing_by_outlet", "sourcing_by_story"):
        assert query(warehouse, f"SELECT sum(statements), sum({kinds}) FROM {view}").row(0) == (6, 6)


def test_a_voice_is_quoted_or_paraphrased_and_first_or_last(warehouse):
    sql = """
        SELECT speaker, statements, quoted, is_only_paraphrased, has_first_word, has_last_word, gender
        FROM voices ORDER BY speaker"""
    assert query(warehouse, sql).rows() == [
        ("Ada Quill", 2, 1, False, True, True, "woman"),
        ("Bo Venn", 1, 1, False, True, True, None),
    ]
