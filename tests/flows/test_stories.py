"""Stories across runs: whatever the order and the batches, the same articles make the same stories."""

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest

from flows.settle import settle_stories
from transforms.articles import build_articles
from transforms.frames import RECORDS
from transforms.languages import add_languages
from transforms.stories import build_sketches
from warehouse.connect import query
from warehouse.derive import polars_schema
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.tables import RUNS
from warehouse.withdraw import withdraw_superseded

LEAD = "The harbour lock will stay closed until spring, the ministry said, and the ferries will not run before then. "
WORDS = "pond lock gate river barge crane ferry quay mast rope tide sluice harbour pilot buoy wharf hull deck".split()
DAY = date(2024, 5, 3)


def prose(seed, words=200):
    """Text that is like no other: words drawn by a seed."""
    draw = random.Random(seed)
    return " ".join(draw.choice(WORDS) + str(draw.randrange(40)) for _ in range(words)) + "."


STORY, OTHER = prose(1), prose(2)
RECORDS_BY_NAME = {
    "first": {"body": LEAD + STORY, "headline": "Lock stays shut until spring"},
    "new_lead": {"body": f"A new lead that was written later. {STORY}", "published_on": date(2024, 5, 4)},
    "cut": {"body": (LEAD + STORY)[:500]},
    "corrected": {"body": LEAD + STORY.replace("barge", "ship", 1),
                  "headline": "CORRECTED-Lock stays shut until spring", "published_on": date(2024, 5, 4)},
    "a_year_later": {"body": f"Looking back. {STORY}", "published_on": date(2025, 5, 3)},
    "other": {"body": OTHER, "guid": "urn:wire:1234", "version": "1"},
    "other_rewritten": {"body": prose(3), "guid": "urn:wire:1234", "version": "2"},
    "other_source": {"body": prose(4), "guid": "urn:wire:1234", "outlet": "Another"},
    "series": {"body": prose(5), "headline": "Bridge closed after a storm in Arvel"},
    "series_2": {"body": prose(6), "headline": "UPDATE 1-Bridge closed after a storm in Arvel"},
    "same_headline": {"body": prose(7), "headline": "Bridge closed after a storm in Arvel",
                      "published_on": date(2024, 5, 9)},
    "short": {"body": "Nobody came to the meeting."},
    "short_too": {"body": "Nobody came to the meeting then."},
}  # fmt: skip
STORIES = [
    {"first", "new_lead", "cut", "corrected"}, {"a_year_later"}, {"other", "other_rewritten"}, {"other_source"},
    {"series", "series_2"}, {"same_headline"}, {"short"}, {"short_too"},
]  # fmt: skip
LATEST = {
    "corrected",
    "a_year_later",
    "other_rewritten",
    "other_source",
    "series_2",
    "same_headline",
    "short",
    "short_too",
}


def ingest(warehouse, names, run_id):
    plain = {"record_no": 1, "body_start": 0, "header_spans": [], "published_on": DAY}
    rows = [plain | {"path": name} | RECORDS_BY_NAME[name] for name in names]
    articles = add_languages(build_articles(pl.DataFrame(rows, RECORDS), run_id=run_id), ("en",))
    run = {"run_id": run_id, "started_at": datetime(2024, 5, 3, tzinfo=UTC), "status": "published",
           "code_version": "0", "parameters": "{}"}  # fmt: skip
    with open_next(warehouse, run_id) as version:
        for part in articles.iter_slices(3):
            version.stage({"articles": part, "sketches": build_sketches(part)})
        version.stage({"runs": pl.DataFrame([run], polars_schema(RUNS))})
        settle_stories(version)
        settle_stories(version)
        publish(version)


def stories(warehouse):
    return query(warehouse, "select path, story_id, is_latest from articles order by path")


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    warehouse = tmp_path_factory.mktemp("at_once") / "w.duckdb"
    ingest(warehouse, RECORDS_BY_NAME, "run-1")
    return stories(warehouse)


def test_versions_of_a_story_share_it(at_once):
    found = at_once.group_by("story_id").agg("path")["path"].to_list()
    assert sorted(map(sorted, found)) == sorted(map(sorted, STORIES))


def test_the_last_version_of_each_story_is_marked(at_once):
    assert set(at_once.filter("is_latest")["path"]) == LATEST


@pytest.mark.parametrize(("seed", "size"), [(1, 1), (2, 4)])
def test_neither_order_nor_batches_matter(at_once, tmp_path, seed, size):
    names = sorted(RECORDS_BY_NAME)
    random.Random(seed).shuffle(names)
    for start in range(0, len(names), size):
        ingest(tmp_path / "w.duckdb", names[start : start + size], f"run-{start:02}")
    assert stories(tmp_path / "w.duckdb").equals(at_once)


def test_a_batch_that_joins_two_stories_changes_the_older_rows(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, ["new_lead"], "run-1")
    ingest(warehouse, ["cut", "other"], "run-2")
    assert stories(warehouse)["story_id"].n_unique() == 3
    ingest(warehouse, ["first"], "run-3")
    assert stories(warehouse).filter(pl.col("path") != "other")["story_id"].n_unique() == 1
    changed = query(
        warehouse, "select path, is_latest, since_version, until_version from history.articles order by path"
    )
    assert changed.rows() == [("cut", True, 2, 3), ("new_lead", True, 1, 3)]
    versions = query(
        warehouse, "select version, path, version_label from story_versions order by version"
    ).rows()
    assert versions == [(1, "cut", None), (2, "first", None), (3, "new_lead", None)] or versions == [
        (1, "first", None), (2, "cut", None), (3, "new_lead", None),
    ]  # fmt: skip
    assert query(warehouse, "select path, since_version from articles order by path").rows() == [
        ("cut", 3), ("first", 3), ("new_lead", 3), ("other", 2),
    ]  # fmt: skip


def test_a_story_that_loses_what_joined_it_is_two_again(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, ["new_lead", "cut", "first", "other"], "run-1")
    assert stories(warehouse)["story_id"].n_unique() == 2
    with open_next(warehouse, "run-2") as version:
        version.connection.execute(
            "INSERT INTO staging.withdrawn SELECT article_id FROM main.articles WHERE path = 'first'"
        )
        withdraw_superseded(version)
        settle_stories(version)
        publish(version)
    assert stories(warehouse)["story_id"].n_unique() == 3
    assert stories(warehouse)["is_latest"].all()
