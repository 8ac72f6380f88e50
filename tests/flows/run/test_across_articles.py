"""Actors of the whole warehouse are the same for any order of the files and any batches."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from flows.run.across_articles import settle_actors
from schema.derive import polars_schema
from schema.tables import ARTICLES, BY_NAME
from tests.transforms.samples import GPE, NORP, ORG, PERSON, frames
from transforms.build import build_facts
from transforms.identify.corrections import number_corrections
from warehouse.files.connect import connect_readonly, query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

pytestmark = pytest.mark.usefixtures("no_index_and_counts")
NAMES = {
    "Stephanus Roe": PERSON, "Stef Roe": PERSON, "Stepha Roe": PERSON, "Jan Berg": PERSON,
    "Eva Kern": PERSON, "Kern": PERSON,
    "World Widget Council": ORG, "WWC": ORG, "Wool Workers Club": ORG, "Acme Corp": ORG, "Acme": ORG,
    "Dorne Foods": ORG, "Dutch": NORP, "French": NORP, "German": NORP, "Netherlands": GPE, "Roe": PERSON,
    "German Widget Association": ORG, "Dutch Widget Association": ORG, "Widget Association": ORG,
}  # fmt: skip
# Hard on purpose: family names before full ones, namesakes that contradict, acronyms before and after they are defined.
STORIES = [
    "Dutch Foreign Minister Roe said prices rise.",
    "Minister Roe said prices rise in the Netherlands.",
    "Mr. Roe said prices rise.",
    "Dutch Foreign Minister Stephanus Roe said prices rise.",
    "Stef Roe, the Dutch foreign minister, said prices rise.",
    "Dutch minister Stepha Roe said prices rise.",
    "Jan Berg said prices rise.",
    "French cyclist Jan Berg said prices rise.",
    "Dutch senator Jan Berg said prices rise.",
    "Dutch lawmaker Jan Berg said prices rise again.",
    "The WWC said prices rise.",
    "The World Widget Council (WWC) said prices rise.",
    "Eva Kern, a nurse at Dorne Foods, said prices rise.",
    "Acme Corp chief executive Eva Kern said prices rise.",
    "Kern of Acme said prices rise.",
    "Eva Kern of the World Widget Council said prices rise.",
    "WWC spokeswoman Eva Kern said prices rise.",
    "The German Widget Association said prices rise.",
    "The Widget Association said prices rise.",
    "The Dutch Widget Association said prices rise.",
    "A senior Dutch official said prices rise.",
    "A senior Dutch official said prices rise at last.",
    "No one said prices rise.",
    "Dutch minister Stephanus Roe said prices rise. Eva Kern, a nurse, added wages fall. Jan Berg warned rents rise.",
    "It said prices rise for good.",
]
SOURCE_ENDS = " said"
MORE_SAID = [("Eva Kern", "added", "wages fall"), ("Jan Berg", "warned", "rents rise")]
CORRECTION = pl.Schema({"action": pl.String, "actor": pl.String, "value": pl.String, "note": pl.String})


def tables_of(numbers: Sequence[int], run_id: str) -> dict[str, pl.DataFrame]:
    """Return all tables of a batch, articles included, as the earlier steps would make them."""
    parts = []
    for number in numbers:
        body, day = STORIES[number], dt.date(2021, 5, 1) + dt.timedelta(days=number % 7)
        source = body[: body.index(SOURCE_ENDS)]
        said = [(source, "said", "prices rise"), *(more for more in MORE_SAID if more[2] in body)]
        parts.append(frames(body, NAMES, said, f"{number:032x}", day))
    articles, statements, names = (pl.concat(column) for column in zip(*parts, strict=True))
    facts = build_facts(articles, statements, names, extractor_version="test", run_id=run_id)
    return facts | {"articles": _complete(articles, run_id)}


def _complete(articles: pl.DataFrame, run_id: str) -> pl.DataFrame:
    more = {"story_id": "0" * 32, "is_latest": True, "language": "en", "body_start": 0, "header_spans": [],
            "word_count": 1, "path": "in.txt", "record_no": 1, "run_id": run_id}  # fmt: skip
    rows = [more | row for row in articles.to_dicts()]
    return pl.DataFrame(rows, polars_schema(ARTICLES))


def ingest(
    warehouse: Path, runs: Sequence[Sequence[Sequence[int]]], *corrections: tuple[str, str, str]
) -> Path:
    """Publish stories: each of the `runs` is a list of batches, and a batch is a list of story numbers."""
    lines = pl.DataFrame([(*line, None) for line in corrections], CORRECTION, orient="row")
    for number, batches in enumerate(runs):
        with open_next(warehouse, f"run-{number}") as version:
            for batch in batches:
                version.stage(tables_of(batch, "run"))
            settle_actors(version, number_corrections(lines))
            publish(version)
    return warehouse


def read_all(warehouse: Path) -> dict[str, pl.DataFrame]:
    tables = [table for table in BY_NAME.values() if table.schema == "main"]
    sql = "SELECT * EXCLUDE (since_version) FROM main.{} ORDER BY {}"
    with connect_readonly(warehouse) as connection:
        return {t.name: connection.sql(sql.format(t.name, ", ".join(t.key))).pl() for t in tables}


def shuffled(seed: int) -> list[int]:
    numbers = list(range(len(STORIES)))
    random.Random(seed).shuffle(numbers)
    return numbers


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, pl.DataFrame]:
    path = tmp_path_factory.mktemp("whole") / "w.duckdb"
    return read_all(ingest(path, [[range(len(STORIES))]]))


def cut(numbers: list[int], size: int) -> list[list[int]]:
    return [numbers[i : i + size] for i in range(0, len(numbers), size)]


def test_order_runs_and_batches_change_nothing(tmp_path, whole):
    runs = [cut(articles, 3) for articles in cut(shuffled(4), 7)]
    found = read_all(ingest(tmp_path / "w.duckdb", runs))
    for name, frame in whole.items():
        assert found[name].equals(frame), name


def speaker(tables: dict[str, pl.DataFrame], source: str) -> str:
    """Return the actor who speaks in the story that begins with `source`."""
    (number,) = [
        number for number, body in enumerate(STORIES) if body.startswith(f"{source} said prices rise.")
    ]
    return tables["statements"].filter(article_id=f"{number:032x}")["actor_id"].item()


def test_one_person_in_five_wordings_is_one_actor(whole):
    wordings = ["Dutch Foreign Minister Roe", "Dutch Foreign Minister Stephanus Roe", "Dutch minister Stepha Roe",
                "Stef Roe, the Dutch foreign minister,"]  # fmt: skip
    actors = {speaker(whole, wording) for wording in wordings}
    assert len(actors) == 1
    rules = dict(
        whole["actor_aliases"].filter(pl.col("actor_id").is_in(actors)).select("alias", "rule").iter_rows()
    )
    assert rules == {"Roe": "role", "Stephanus Roe": "name", "Stef Roe": "nickname", "Stepha Roe": "short"}


def test_a_minister_without_a_country_is_that_of_the_country_the_article_is_about(whole):
    number = STORIES.index("Minister Roe said prices rise in the Netherlands.")
    actor = whole["statements"].filter(article_id=f"{number:032x}")["actor_id"].item()
    assert actor == speaker(whole, "Dutch Foreign Minister Stephanus Roe")


def test_a_family_name_without_evidence_stays_in_its_article(whole):
    others = whole["statements"].filter(pl.col("source") != "Mr. Roe")["actor_id"]
    assert speaker(whole, "Mr. Roe") not in set(others)


def test_conflicting_namesakes_are_two_and_a_name_that_fits_both_is_neither(whole):
    cyclist, senator = speaker(whole, "French cyclist Jan Berg"), speaker(whole, "Dutch senator Jan Berg")
    number = STORIES.index("Dutch lawmaker Jan Berg said prices rise again.")
    assert whole["statements"].filter(article_id=f"{number:032x}")["actor_id"].item() == senator != cyclist
    assert speaker(whole, "Jan Berg") not in (cyclist, senator)


def test_namesakes_with_other_employers_are_two_and_a_family_name_goes_with_its_employer(whole):
    nurse, chief = (
        speaker(whole, "Eva Kern, a nurse at Dorne Foods,"),
        speaker(whole, "Acme Corp chief executive Eva Kern"),
    )
    assert nurse != chief == speaker(whole, "Kern of Acme")


def test_acronym_is_the_only_organization_that_uses_it(whole):
    assert speaker(whole, "The WWC") == speaker(whole, "The World Widget Council (WWC)")
    assert speaker(whole, "Eva Kern of the World Widget Council") == speaker(
        whole, "WWC spokeswoman Eva Kern"
    )
    assert "WWC" not in whole["organizations"]["name"]


def test_organizations_of_two_countries_are_two(whole):
    names = ("The German Widget Association", "The Widget Association", "The Dutch Widget Association")
    assert len({speaker(whole, name) for name in names}) == 3


def test_unnamed_sources_are_never_merged(whole):
    rows = whole["statements"].filter(source="A senior Dutch official")
    assert rows["actor_id"].n_unique() == rows.height == 2


# ---- corrections

LINES = [
    ("merge", "Dorne Foods", "Acme Corp"),
    ("rename", "Stephanus Roe", "S. T. Roe"),
    ("kind", "Acme Corp", "group"),
    ("rename", "Nobody", "Somebody"),
]


def test_corrections_are_applied_last_and_survive_any_order(tmp_path, whole):
    some = [number for number, body in enumerate(STORIES) if "Roe" in body or "Eva Kern" in body]
    one = read_all(ingest(tmp_path / "one.duckdb", [[some]], *LINES))
    other = read_all(
        ingest(tmp_path / "other.duckdb", cut([[number] for number in reversed(some)], 5), *LINES)
    )
    for name, frame in one.items():
        assert frame.equals(other[name]), name
    assert "S. T. Roe" in one["actors"]["name"] and "Stephanus Roe" not in one["actors"]["name"]
    bodies = one["actors"].filter(pl.col("name").is_in(["Acme Corp", "Dorne Foods"]))
    assert bodies["kind"].to_list() == ["group"]
    shown = query(
        tmp_path / "one.duckdb", "SELECT outcome FROM actor_corrections_applied ORDER BY correction_no"
    )
    assert shown["outcome"].to_list() == ["applied", "applied", "applied", "not_met"]


def test_the_target_of_a_merge_gives_the_name_however_often_the_other_occurs(tmp_path):
    path = ingest(tmp_path / "w.duckdb", [[[12, 13, 14]]], ("merge", "Acme", "Dorne Foods"))
    assert read_all(path)["organizations"]["name"].to_list() == ["Dorne Foods"]


def test_a_withdrawn_correction_is_undone_by_the_next_run(tmp_path):
    path = ingest(tmp_path / "w.duckdb", [[[6]]], ("rename", "Jan Berg", "Jan B."))
    assert "Jan B." in read_all(path)["actors"]["name"]
    ingest(path, [[[2]]])
    assert "Jan Berg" in read_all(path)["actors"]["name"]
    assert query(path, "FROM actor_corrections_applied").is_empty()
