"""The generated warehouse meets the same guarantees as a real one."""

import gc

import polars as pl
import pytest

from demo import build_demo, build_more
from demo.sketches import sketch
from expectations.rules import RULES
from flows.commands.demo import make_warehouse
from flows.run.across_articles import settle_stories
from transforms.articles.stories import build_sketches
from transforms.statements.wordings import build_statement_sketches
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture(scope="module")
def tables():
    [tables] = build_demo(300, seed=1)
    return tables


def test_the_same_seed_gives_the_same_tables(tables):
    [again] = build_demo(300, seed=1)
    assert all(again[name].equals(frame) for name, frame in tables.items())
    [other] = build_demo(300, seed=2)
    assert not other["articles"]["body"].equals(tables["articles"]["body"])


def test_the_demo_warehouse_breaks_no_rule_of_the_gate(tables, tmp_path):
    with open_next(tmp_path / "demo.duckdb", "demo-0001") as version:
        version.stage(tables)
        broken = {
            f"{rule.table}.{rule.name}" for rule in RULES if version.connection.execute(rule.sql).fetchall()
        }
        assert not broken
        assert publish(version).rows["articles"] == 300


def test_stories_have_the_sizes_of_real_ones():
    [tables] = build_demo(5000, seed=1)
    articles = tables["articles"]
    assert articles["article_id"].is_unique().all() and articles["body"].is_unique().all()
    sizes = articles.group_by("story_id").len("size")["size"]
    assert 0.7 < (sizes == 1).mean() < 0.8 and (sizes <= 5).mean() > 0.94
    assert 100 < sizes.max() <= 300


def test_the_pipeline_finds_the_stories_of_the_demo(tmp_path):
    with open_next(tmp_path / "demo.duckdb", "demo-0001") as version:
        [tables] = build_demo(600, seed=1)
        version.stage(tables, {"sketches": build_sketches(tables["articles"])})
        settle_stories(version)
        found = version.staged("articles")
    both = tables["articles"].join(found, on="article_id", suffix="_found")
    assert (both["story_id"] == both["story_id_found"]).mean() > 0.97


def test_the_next_articles_are_those_of_a_larger_archive():
    [tables] = build_demo(400, seed=1)
    first, more = build_more(0, 300, seed=1), build_more(300, 100, seed=1)
    assert pl.concat([first, more])["body"].to_list() == tables["articles"]["body"].to_list()


def test_the_next_articles_are_new_apart_from_a_few_late_ones():
    [tables] = build_demo(3000, seed=1)
    more = build_more(3000, 1000, seed=1)
    is_late = more["published_on"] < tables["articles"]["published_on"].max()
    assert 0.01 < is_late.mean() < 0.06


def test_the_first_articles_of_a_large_archive_come_as_fast_as_all_of_it():
    """An archive of up to 100,000 articles gets 100 articles a day, and one of a million 1,000."""
    days = {}
    for of in (None, 1_000_000):
        [tables] = build_demo(1000, 1, of)
        more = build_more(1000, 100, 1, of)
        assert not set(more["body"]) & set(tables["articles"]["body"])
        written = pl.concat([tables["articles"]["published_on"], more["published_on"]])
        days[of] = written.value_counts().filter(pl.col("count") >= 20).height
    assert days[1_000_000] < days[None] / 4


def test_sketches_are_the_same_however_many_rows_are_sketched_at_a_time(tables, monkeypatch):
    monkeypatch.setattr("demo.sketches.AT_ONCE", 70)
    found = sketch(tables)
    assert found["sketches"].equals(build_sketches(tables["articles"]))
    [run_id] = tables["runs"]["run_id"]
    assert found["statement_sketches"].equals(build_statement_sketches(tables["statements"], run_id))


def test_a_published_part_is_no_longer_in_memory(tmp_path):
    path, articles = tmp_path / "demo.duckdb", 41
    for part in make_warehouse(path, articles, seed=1):
        gc.collect()
        frames = [held for held in gc.get_objects() if isinstance(held, pl.DataFrame)]
        assert not [held for held in frames if "body" in held.columns and held.height == articles]
        assert not [
            held for held in frames if "content" in held.columns and held.height == part.rows["statements"]
        ]
    for table in ("articles", "statements", "mentions", "sketches", "statement_sketches"):
        schema = "ops" if table.endswith("sketches") else "main"
        assert query(path, f"SELECT count(*) FROM {schema}.{table}").item()
