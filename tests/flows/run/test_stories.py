"""Across runs, the same articles make the same stories, in any order and in any batches."""

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest

from flows.run.across_articles import settle_stories
from schema.derive import polars_schema
from schema.tables import RUNS
from transforms.articles.articles import build_articles
from transforms.articles.languages import add_languages
from transforms.articles.stories import build_sketches
from transforms.articles.withdrawals import read_withdrawal
from transforms.frames import RECORDS
from transforms.keys import content_key
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.withdraw import withdraw_superseded

pytestmark = pytest.mark.usefixtures("no_index_and_counts")
LEAD = "The harbour lock will stay closed until spring, the ministry said, and the ferries will not run before then. "
WORDS = "pond lock gate river barge crane ferry quay mast rope tide sluice harbour pilot buoy wharf hull deck".split()
DAY = date(2024, 5, 3)


def prose(seed, words=200):
    """Return unique text: random words from a seed."""
    draw = random.Random(seed)
    return " ".join(draw.choice(WORDS) + str(draw.randrange(40)) for _ in range(words)) + "."


def results(company, town, earned, sold):
    """Return a text in fixed words, as a program writes it for each company."""
    return (
        f"Shares of {company} rose on Monday after {company} of {town} reported a profit of {earned} crowns a share "
        f"for the first quarter. The results of {company} beat what analysts had expected, who had asked for 39 crowns "
        f"a share. The company posted sales of {sold} million crowns in the period, which was also more than forecast. "
        f"For the quarter that ends in June the company expects to earn from 8 to 12 crowns a share. The mayor of "
        f"{town} said that the town was glad. This text was written by a program from figures of a bank."
    )


STORY, OTHER = prose(1), prose(2)
WIRE = {"outlet": "River Wire", "guid": "urn:wire:9001"}
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
    "told": {"body": "“No,” said the miller – and left.", "headline": "He leaves", "published_on": date(2023, 1, 2)},
    "told_straight": {"body": "\"No,\" said the miller - and left.", "published_on": None},
    "told_wrapped": {"body": "“No,” said\u00a0the\nmiller – and  left.", "published_on": date(2024, 5, 9)},
    "results": {"body": results("Reedfoods", "Arvel", 41, 220)},
    "results_of_another": {"body": results("Quellmetal", "Ostby", 57, 901)},
    "results_copied": {"body": "From a wire. " + results("Reedfoods", "Arvel", 41, 220),
                       "published_on": date(2024, 5, 4)},
    "killed": {"body": prose(11), "version": "1"} | WIRE,
    "kill": {"body": "EDITORS: KILL the story on the mill.", "version": "2", "status": "canceled"} | WIRE,
    "substitute": {"body": prose(12), "version": "3"} | WIRE,
    "withdrawn": {"body": prose(13), "headline": "Miller fled with the wages"},
    "withdrawn_copy": {"body": f"Marsh, 3 May. {prose(13)}", "outlet": "The Marsh"},
    "withdrawal": {"body": "EDITORS: The story headlined “Miller fled with the wages” is withdrawn.",
                   "published_on": date(2024, 5, 5)},
    "held": {"body": prose(14), "guid": "urn:wire:9002", "version": "1", "status": "withheld"},
    "released": {"body": f"Now it can be printed. {prose(14)}", "guid": "urn:wire:9002", "version": "2"},
    "held_still": {"body": prose(15), "status": "withheld"},
}  # fmt: skip
STORIES = [
    {"first", "new_lead", "cut", "corrected"}, {"a_year_later"}, {"other", "other_rewritten"}, {"other_source"},
    {"series", "series_2"}, {"same_headline"}, {"short"}, {"short_too"},
    {"told", "told_straight", "told_wrapped"}, {"results", "results_copied"}, {"results_of_another"},
    {"killed", "kill", "substitute"}, {"withdrawn", "withdrawn_copy", "withdrawal"}, {"held", "released"},
    {"held_still"},
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
    "told",
    "results_copied",
    "results_of_another",
    "substitute",
    "withdrawal",
    "released",
    "held_still",
}
KILLED = {"killed", "kill", "withdrawn", "withdrawn_copy", "withdrawal", "held_still"}


def ingest(warehouse, names, run_id):
    plain = {"record_no": 1, "body_start": 0, "header_spans": [], "published_on": DAY}
    rows = [plain | {"path": name} | RECORDS_BY_NAME[name] for name in names]
    articles = add_languages(build_articles(pl.DataFrame(rows, RECORDS), run_id=run_id), ("en",))
    articles = articles.with_columns(read_withdrawal())
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
    return query(
        warehouse, "select path, story_id, is_latest, is_killed, copy_of from articles order by path"
    )


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


def test_what_a_source_took_back_is_killed_until_a_later_version_releases_it(at_once):
    assert set(at_once.filter("is_killed")["path"]) == KILLED


def test_of_several_copies_the_one_with_the_most_metadata_represents_all(at_once):
    copies = at_once.filter(pl.col("copy_of").is_not_null())
    assert copies["path"].to_list() == ["told_straight", "told_wrapped"]
    assert copies["copy_of"].unique().to_list() == [content_key("article", RECORDS_BY_NAME["told"]["body"])]


@pytest.mark.parametrize(("seed", "size"), [(1, 5)])
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


def test_a_story_that_loses_its_link_is_two_again(tmp_path):
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


def test_a_story_whose_kill_note_is_withdrawn_is_live_again(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, ["withdrawn", "withdrawal"], "run-1")
    assert stories(warehouse)["is_killed"].all()
    with open_next(warehouse, "run-2") as version:
        version.connection.execute(
            "INSERT INTO staging.withdrawn SELECT article_id FROM main.articles WHERE path = 'withdrawal'"
        )
        withdraw_superseded(version)
        settle_stories(version)
        publish(version)
    assert stories(warehouse).select("path", "is_latest", "is_killed").rows() == [("withdrawn", True, False)]


def test_when_the_representative_copy_is_withdrawn_another_copy_represents_the_text(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    ingest(warehouse, ["told", "told_straight", "told_wrapped"], "run-1")
    with open_next(warehouse, "run-2") as version:
        version.connection.execute(
            "INSERT INTO staging.withdrawn SELECT article_id FROM main.articles WHERE path = 'told'"
        )
        withdraw_superseded(version)
        settle_stories(version)
        publish(version)
    rows = stories(warehouse).select("path", "is_latest", pl.col("copy_of").is_null()).rows()
    assert rows == [("told_straight", False, False), ("told_wrapped", True, True)]
