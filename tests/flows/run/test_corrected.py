"""Corrections that are added and removed leave no trace: the tables equal those of a fresh warehouse."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from flows.run.across_articles import settle_actors
from tests.flows.run.test_across_articles import CORRECTION, STORIES, read_all, tables_of
from transforms.identify.corrections import number_corrections
from transforms.keys import content_key
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.withdraw import withdraw_superseded

Line = tuple[str, str, str]

LINES: list[Line] = [
    ("merge", "Dorne Foods", "Acme"),
    ("merge", "Acme", "World Widget Council"),
    ("merge", "Stephanus Roe", "Eva Kern"),
    ("merge", content_key("person", "jan", "berg"), "Stephanus Roe"),
    ("merge", "German Widget Association", "Dutch Widget Association"),
    ("merge", "Dorne Foods", "Netherlands"),
    ("rename", "Stephanus Roe", "S. T. Roe"),
    ("rename", "S. T. Roe", "Steph Roe"),
    ("rename", "Acme", "Dorne Foods"),
    ("rename", content_key("person", "jan", "berg"), "Eva Kern"),
    ("kind", "Acme", "group"),
    ("kind", "Dorne Foods", "person"),
    ("kind", "World Widget Council", "country"),
    ("kind", "Netherlands", "organization"),
    ("rename", "Nobody", "Somebody"),
    ("type", "Acme", "ngo"),
    ("type", "Dorne Foods", "other"),
    ("country", "World Widget Council", "NL"),
    ("country", "Stephanus Roe", "none"),
    ("role", "Stephanus Roe", "foreign minister => minister of trade"),
    ("role", "Stephanus Roe", "minister =>"),
    ("not_an_actor", "World Widget Council", ""),
    ("not_an_actor", "Acme", ""),
    ("not_an_actor", content_key("person", "jan", "berg"), ""),
    ("split", "Stephanus Roe", "role=minister"),
    ("split", "Eva Kern", f"article={13:032x}"),
]


def split_lines() -> list[Line]:
    """Return lines that split one of several profiles of a name into a separate actor."""
    profiles = tables_of(range(len(STORIES)), "run")["profiles"]
    ids = {name: sorted(profiles.filter(name=name)["profile_id"]) for name in ("Jan Berg", "Acme", "Roe")}
    return [("split", name, "|".join(found[: len(found) // 2 + 1])) for name, found in ids.items()]


def statement_lines() -> list[Line]:
    """Return lines on single statements, including statements without a speaker."""
    statements = tables_of(range(len(STORIES)), "run")["statements"].sort("article_id")
    said = statements["statement_id"].to_list()
    return [
        *(("delete", said[number], "") for number in (0, 9, 14)),
        *(("speaker", said[number], "Stephanus Roe") for number in (0, 6, 12, 16, 22, 24, 25)),
        *(("speaker", said[number], "Eva Kern") for number in (23, 25)),
        *(("speaker", said[number], "Dorne Foods") for number in (1, 9, 22)),
        ("speaker", said[3], "Nobody"),
    ]


@dataclass
class History:
    """A warehouse, with the stories in it and the current correction lines."""

    path: Path
    stories: set[int] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    runs: int = 0

    def run(self, new: set[int] = frozenset(), gone: set[int] = frozenset()) -> None:
        """One run: new stories, stories whose file is gone, and the current lines."""
        self.runs += 1
        self.stories = (self.stories | set(new)) - set(gone)
        rows = pl.DataFrame([(*line, None) for line in self.lines], CORRECTION, orient="row")
        with open_next(self.path, f"run-{self.runs}") as version:
            if gone:
                ids = ", ".join(f"('{number:032x}')" for number in gone)
                version.connection.execute(f"INSERT INTO staging.withdrawn VALUES {ids}")
                withdraw_superseded(version)
            if new:
                version.stage(tables_of(sorted(new), "run"))
            settle_actors(version, number_corrections(rows))
            publish(version, in_place=True)

    def tables(self) -> dict[str, pl.DataFrame]:
        sql = "SELECT * EXCLUDE (run_id) FROM ops.actor_corrections ORDER BY correction_no"
        return read_all(self.path) | {"actor_corrections": query(self.path, sql)}


def fresh(like: History) -> dict[str, pl.DataFrame]:
    """Return the tables of a new warehouse with the same stories and lines."""
    other = History(like.path.with_name("fresh.duckdb"), lines=like.lines)
    other.path.unlink(missing_ok=True)
    other.run(like.stories)
    return other.tables()


def assert_like_fresh(history: History) -> None:
    found = history.tables()
    for name, frame in fresh(history).items():
        assert found[name].equals(frame), f"{name}\n{found[name]}\n{frame}"


def numbers(*words: str) -> set[int]:
    return {number for number, body in enumerate(STORIES) if any(word in body for word in words)}


def test_an_undone_merge_leaves_both_with_their_statements(tmp_path):
    history = History(tmp_path / "w.duckdb")
    history.run(numbers("Eva Kern", "Acme"))
    history.lines = [("merge", "Dorne Foods", "Acme")]
    history.run(numbers("Jan Berg") - history.stories)
    history.lines = []
    history.run(numbers("German"))
    assert_like_fresh(history)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_any_history_of_stories_and_corrections_ends_like_a_fresh_warehouse(tmp_path, seed):
    chance = random.Random(seed)
    history, lines = History(tmp_path / "w.duckdb"), LINES + split_lines() + statement_lines()
    history.run(set(chance.sample(range(len(STORIES)), 8)))
    for _ in range(5):
        history.lines = chance.sample(lines, chance.choice([0, 1, 2, 4, 8]))
        left = sorted(set(range(len(STORIES))) - history.stories)
        new = set(chance.sample(left, min(len(left), chance.choice([0, 1, 3]))))
        gone = set(chance.sample(sorted(history.stories), chance.choice([0, 0, 2])))
        history.run(new, gone)
    assert_like_fresh(history)
