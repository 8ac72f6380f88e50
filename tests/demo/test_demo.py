"""The generated warehouse meets the same guarantees as a real one."""

import polars as pl
import pytest

from demo import build_demo
from expectations.rules import RULES
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


def test_a_fifth_of_the_articles_repeats_another_one(tables):
    copies = tables["articles"].filter(pl.col("article_id") != pl.col("story_id"))
    assert 0.1 < copies.height / 300 < 0.25
    assert tables["articles"]["article_id"].is_unique().all() and tables["articles"]["body"].is_unique().all()
