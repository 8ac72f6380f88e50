"""The views of positions count an utterance once, and list a change only if clear stances of different days differ."""

import datetime as dt

import duckdb
import polars as pl
import pytest

from flows.run.across_articles import settle_actors
from schema.derive import polars_schema
from schema.tables import ARTICLES, STATEMENT_ACTORS
from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts
from transforms.frames import conform
from warehouse.files.connect import query
from warehouse.query.kept_stances import find_all_stances
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

# Speaker, day in May, stance towards Bo Venn, and its confidence.
SAID = {
    "turned_1": ("Ada Quill", 1, "for", 0.9),
    "turned_2": ("Ada Quill", 3, "for", 0.95),
    "turned_3": ("Ada Quill", 8, "against", 0.85),
    "turned_4": ("Ada Quill", 9, "against", 0.9),
    "unsure_1": ("Cleo Marsh", 1, "for", 0.9),
    "unsure_2": ("Cleo Marsh", 5, "against", 0.6),
    "mixed_1": ("Dan Orme", 2, "for", 0.9),
    "mixed_2": ("Dan Orme", 2, "against", 0.9),
    "neutral_1": ("Eve Pell", 1, "neither", 0.9),
    "neutral_2": ("Eve Pell", 2, "against", 0.9),
    "back_1": ("Finn Rook", 1, "against", 0.9),
    "back_2": ("Finn Rook", 2, "for", 0.9),
    "back_3": ("Finn Rook", 3, "against", 0.9),
    "undated": ("Gus Tarn", None, "for", 0.9),
    "dated": ("Gus Tarn", 4, "against", 0.9),
    "named_late_1": ("Hal Ives", 1, "for", 0.9),
    "named_late_2": ("Hal Ives", 2, "against", 0.9),
}
CUE, CONTENT = "said", "that Bo Venn was much discussed in the old harbour in"
NAMED_LATE = "that in the old harbour there was much talk about Bo Venn in"
POSITIONS = "SELECT speaker, subject, published_on, stance, is_clear, prints FROM positions ORDER BY ALL"
CHANGES = "SELECT speaker, stance_before, stance_after, before_on, after_on FROM stance_changes ORDER BY ALL"


def day(number):
    return number and dt.date(2024, 5, number)


def build(said=SAID):
    """Return the tables of articles with one statement each; the stances are given, not estimated."""
    parts, more, stances = [], [], {}
    for number, (name, (speaker, number_of_day, stance, confidence)) in enumerate(said.items(), 1):
        content = f"{NAMED_LATE if name == 'named_late_2' else CONTENT} {name}"
        key = f"{number:032x}"
        body = f"{speaker} {CUE} {content}."
        parts.append(
            frames(
                body, {speaker: PERSON, "Bo Venn": PERSON}, [(speaker, CUE, content)], key, day(number_of_day)
            )
        )
        more.append({"story_id": key, "is_latest": True, "language": "en", "body_start": 0, "header_spans": [],
                     "word_count": 1, "path": name, "record_no": 1, "run_id": "run"})  # fmt: skip
        stances[key] = (stance, confidence)
    articles, statements, found = (pl.concat(column) for column in zip(*parts, strict=True))
    facts = build_facts(articles, statements, found, extractor_version="test", run_id="run")
    given = pl.DataFrame([(key, *value, "mentioned") for key, value in stances.items()],
                         ["article_id", "stance", "stance_confidence", "relation"], orient="row")  # fmt: skip
    of_article = facts["statements"].select("statement_id", "article_id").join(given, on="article_id")
    actors = facts["statement_actors"].drop("stance", "stance_confidence")
    judged = actors.join(of_article, on=["statement_id", "relation"], how="left")
    rows = [row | fields for row, fields in zip(articles.to_dicts(), more, strict=True)]
    return facts | {
        "articles": pl.DataFrame(rows, polars_schema(ARTICLES)),
        "statement_actors": conform(judged, STATEMENT_ACTORS),
    }


def publish_tables(path, tables):
    with open_next(path, "run") as version:
        version.stage(tables)
        settle_actors(version)
        publish(version)
    return path


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return publish_tables(tmp_path_factory.mktemp("positions") / "w.duckdb", build())


@pytest.fixture
def copy(warehouse, tmp_path):
    path = tmp_path / "copy.duckdb"
    path.write_bytes(warehouse.read_bytes())
    return path


def execute(path, sql):
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)


def change(path, sql):
    """Change published rows, and find the stances in them again, as publishing does."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)
        find_all_stances(connection)


def in_article(name):
    return f"article_id = (SELECT article_id FROM articles WHERE path = '{name}')"


def test_each_utterance_about_somebody_is_a_position(warehouse):
    rows = query(warehouse, POSITIONS).rows()
    assert len(rows) == len(SAID)
    assert ("Ada Quill", "Bo Venn", day(1), "for", True, 1) in rows
    assert ("Cleo Marsh", "Bo Venn", day(5), "against", False, 1) in rows  # not certain enough
    assert ("Eve Pell", "Bo Venn", day(1), "neither", False, 1) in rows


def test_a_change_has_the_last_statement_before_and_the_first_after(warehouse):
    assert query(warehouse, CHANGES).rows() == [
        ("Ada Quill", "for", "against", day(3), day(8)),
        ("Finn Rook", "against", "for", day(1), day(2)),
        ("Finn Rook", "for", "against", day(2), day(3)),
    ]
    [ada] = query(warehouse, "FROM stance_changes WHERE speaker = 'Ada Quill'").to_dicts()
    assert ada["statement_before"].endswith("turned_2") and ada["statement_after"].endswith("turned_3")
    assert (ada["statements_before"], ada["statements_after"], ada["days_between"], ada["changes"]) == (
        2,
        2,
        5,
        1,
    )
    assert ada["confidence"] == pytest.approx(0.85)
    finn = query(warehouse, "FROM stance_changes WHERE speaker = 'Finn Rook'")
    assert finn["changes"].to_list() == [2, 2]


def test_a_later_print_of_an_utterance_is_no_new_position(copy):
    """Another outlet prints on day 8 what Ada Quill said on day 3; the stance of the most certain print counts."""
    first = f"(SELECT statement_id FROM statements WHERE {in_article('turned_2')})"
    change(copy, f"UPDATE statements SET utterance_id = {first} WHERE {in_article('turned_3')}")
    rows = query(copy, f"{POSITIONS.replace('positions', 'positions WHERE prints = 2')}").rows()
    assert rows == [("Ada Quill", "Bo Venn", day(3), "for", True, 2)]
    [after] = query(copy, "SELECT after_on FROM stance_changes WHERE speaker = 'Ada Quill'").rows()
    assert after == (day(9),)


@pytest.mark.parametrize(
    "update",
    [
        "statements SET is_negated = true",
        "statements SET modality = 'possible'",
        "statements SET correction = 'deleted'",
        "articles SET is_killed = true",
        "articles SET copy_of = 'another'",
    ],
)
def test_what_was_not_said_or_is_hidden_is_no_position(copy, update):
    change(copy, f"UPDATE {update} WHERE {in_article('back_2')}")
    assert query(copy, "SELECT count(*) FROM positions WHERE speaker = 'Finn Rook'").item() == 2
    assert query(copy, "SELECT count(*) FROM stance_changes WHERE speaker = 'Finn Rook'").item() == 0


def test_nobody_has_a_position_towards_themselves(copy):
    bo = "(SELECT actor_id FROM actors WHERE name = 'Bo Venn')"
    change(copy, f"UPDATE statements SET actor_id = {bo} WHERE {in_article('back_2')}")
    assert query(copy, "SELECT count(*) FROM positions WHERE speaker = 'Bo Venn'").item() == 0


def test_an_older_warehouse_gets_empty_columns_and_views(copy):
    for schema in ("main", "history"):
        for column in ("stance", "stance_confidence"):
            execute(copy, f"ALTER TABLE {schema}.statement_actors DROP COLUMN {column}")
    execute(
        copy,
        "DROP VIEW stance_changes; DROP VIEW positions; DROP VIEW said_about; DROP MACRO ops.described_by",
    )
    with open_next(copy, "next"):
        pass
    assert query(copy, "SELECT count(*), count(stance) FROM statement_actors").rows() == [(2 * len(SAID), 0)]
    assert query(copy, POSITIONS).is_empty() and query(copy, CHANGES).is_empty()
    assert query(copy, "SELECT stance FROM said_about")["stance"].null_count() == len(SAID)
