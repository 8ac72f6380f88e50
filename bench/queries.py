"""Measure what questions cost on a large warehouse: every view, every query of the cookbook, search.

    python bench/queries.py [--articles 100000] [--warehouse data/bench.duckdb] [--out bench/results/queries.json]

The warehouse is generated when it is not there yet. Times are medians of five runs in one process; each is also given
as a ratio to one full scan of `statements`, which carries from machine to machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from seeds.demo import build_demo
from tests.cookbook import ROOT, read_queries
from warehouse.ask import ask
from warehouse.catalog import VIEWS
from warehouse.connect import connect_readonly
from warehouse.publish import publish
from warehouse.search import Wanted, search_articles, search_statements
from warehouse.stage import open_next

RUNS = 5
SCAN = "SELECT count(*), sum(length(content)), count(DISTINCT cue_lemma), max(confidence) FROM statements"
SEARCHES = ("grain agreement", "vaccine engineers Fenelsen", "prison strike election", "5G auction")


def make_warehouse(path: Path, articles: int) -> None:
    """The demonstration of this size at `path`, unless something is there already."""
    if not path.exists():
        for tables in build_demo(articles, seed=1):
            with open_next(path, tables["runs"]["run_id"].item()) as version:
                version.stage(tables)
                publish(version)


def measure(work) -> float:
    """Median seconds of a few calls."""
    seconds = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return median(seconds)


def measure_all(path: Path) -> dict[str, float]:
    """Seconds by what was measured; the first is the full scan."""
    figures = {}
    with connect_readonly(path) as connection:

        def run(sql: str) -> None:
            for statement in connection.extract_statements(sql):
                connection.execute(statement).fetchall()

        figures["full scan of statements"] = measure(lambda: run(SCAN))
        for view in sorted(VIEWS.glob("*.sql")):
            figures[f"view {view.stem}, its first rows"] = measure(lambda: run(f"FROM {view.stem} LIMIT 100"))  # noqa: B023
            figures[f"view {view.stem}, counted"] = measure(lambda: run(f"SELECT count(*) FROM {view.stem}"))  # noqa: B023
        page = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
        for heading, sql in read_queries(page).items():
            figures[f"cookbook {heading}"] = measure(lambda: run(sql))  # noqa: B023
    for words in SEARCHES:
        wanted = Wanted(words)
        figures[f"search {words}"] = measure(lambda: search_statements(path, wanted).read())  # noqa: B023
        figures[f"search articles {words}"] = measure(lambda: search_articles(path, wanted).read())  # noqa: B023
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--warehouse", type=Path, default=Path("data/bench.duckdb"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    make_warehouse(options.warehouse, options.articles)
    [[statements]] = next(ask(options.warehouse, "SELECT count(*) FROM statements")).read().rows()
    figures = measure_all(options.warehouse)
    scan = figures["full scan of statements"]
    print(f"{statements:,} statements on {platform.machine()}\n\n| | ms | scans |\n|---|---:|---:|")
    for name, seconds in figures.items():
        print(f"| {name} | {seconds * 1000:.0f} | {seconds / scan:.1f} |")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps({"statements": statements, "seconds": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
