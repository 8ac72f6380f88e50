"""Measure queries on a large warehouse: every view, every query of the cookbook, and search.

    python bench/queries.py [--articles 100000] [--warehouse data/bench.duckdb] [--out bench/results/queries.json]

The warehouse is generated if it does not exist yet. The cookbook asks for names, words and days of the sample articles;
here its queries ask for others, of which the warehouse has many rows. Times are medians of five runs in one process, in
wall and CPU time (all cores together). Each CPU time is also given as a ratio to one full scan of `statements`; such
ratios can be compared between machines, busy or idle. Queries over their time limit are marked.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.commands.demo import make_warehouse
from tests.cookbook import ROOT, read_queries
from warehouse.files.catalog import VIEWS
from warehouse.files.connect import connect_readonly
from warehouse.query.ask import ask
from warehouse.query.search import SearchQuery, search_articles, search_statements

RUNS = 5
SCAN = "SELECT count(*), sum(length(content)), count(DISTINCT cue_lemma), max(confidence) FROM statements"
SEARCHES = ("grain agreement", "vaccine managers Fenelsen", "prison strike election", "5G auction")

WORDS = """
    SELECT w.word
    FROM search.words AS w
    JOIN (SELECT stem_no, count(*) AS texts FROM search.statement_words GROUP BY stem_no) AS t USING (stem_no)
    WHERE t.texts <= (SELECT count(*) FROM search.statement_texts) / 20
    ORDER BY t.texts DESC, w.word"""
SPEAKERS = """
    SELECT name FROM actors JOIN (SELECT actor_id, count(*) AS rows FROM statements GROUP BY ALL) USING (actor_id)
    WHERE actors.kind = 'person' ORDER BY rows DESC, name"""
SPOKEN_FOR = """
    SELECT name
    FROM actors AS a
    JOIN (SELECT organization_id, count(*) AS rows FROM statements GROUP BY ALL) AS s ON s.organization_id = a.actor_id
    ORDER BY rows DESC, name"""
SUBJECTS = """
    SELECT subject FROM said_about WHERE speaker_country IS NOT NULL AND role IS NOT NULL AND subject_kind <> 'unnamed'
    GROUP BY ALL ORDER BY count(*) DESC, subject"""
# What the cookbook asks for -> a query whose first rows have what to ask for instead.
INSTEAD = {
    ("talks", "apology", "truce"): WORDS,
    ("Helena Marsk", "Drost"): SPEAKERS,
    ("Norvia",): SPOKEN_FOR,
    ("Kessar",): f"""
        SELECT a.name
        FROM said_about AS t
        JOIN statements AS s USING (statement_id)
        JOIN actors AS a ON a.actor_id = s.organization_id
        WHERE t.subject = (FROM ({SUBJECTS} LIMIT 1)) GROUP BY ALL ORDER BY count(*) DESC, a.name""",
    ("Tarvia", "Huawei"): SUBJECTS,
    ("NL",): f"""
        SELECT speaker_country FROM said_about WHERE subject = (SELECT subject FROM ({SUBJECTS} LIMIT 2) OFFSET 1)
            AND role IS NOT NULL
        GROUP BY ALL ORDER BY count(*) DESC, speaker_country""",
    ("Gideon Faulkes",): """
        SELECT subject FROM positions WHERE is_clear GROUP BY ALL ORDER BY count(*) DESC, subject""",
    ("Anvil Gazette", "Harbour Post", "Coast Courier"): """
        SELECT outlet FROM articles WHERE outlet IS NOT NULL GROUP BY ALL ORDER BY count(*) DESC, outlet""",
    ("They were not carrying rifles",): """
        SELECT statement FROM repeated_statements ORDER BY copies DESC, statement""",
    ("border-post",): "SELECT path FROM articles ORDER BY path",
    ("Truce",): "SELECT split_part(headline, ' ', 1) FROM articles WHERE headline <> '' ORDER BY headline",
    ("2024-03-01", "2024-05-01", "2024-05-31", "2024-06-30", "2019-06-01", "2019-06-30"): """
        SELECT day + days FROM (SELECT median(published_on)::DATE AS day FROM articles),
            (SELECT unnest([-60, -15, 15, 60, -15, 15]) AS days)""",
}


def ask_for_others(connection: duckdb.DuckDBPyConnection, queries: dict[str, str]) -> dict[str, str]:
    """Write queries of the cookbook so that they ask for what has many rows in the warehouse."""
    others: dict[str, str] = {}
    for names, sql in INSTEAD.items():
        found = [str(other).replace("'", "''") for (other,) in connection.execute(sql).fetchmany(len(names))]
        others |= dict(
            zip(names, cycle(found or names), strict=False)
        )  # a single outlet stands for all three
    named = re.compile(rf"(?<=['%])({'|'.join(map(re.escape, others))})(?=['%])")
    return {heading: named.sub(lambda name: others[name[0]], sql) for heading, sql in queries.items()}


def measure(work) -> dict[str, float]:
    """Return the median wall and CPU seconds of a few calls."""
    wall, cpu = [], []
    for _ in range(RUNS):
        start, used = perf_counter(), process_time()
        work()
        wall.append(perf_counter() - start)
        cpu.append(process_time() - used)
    return {"wall": round(median(wall), 4), "cpu": round(median(cpu), 4)}


def measure_all(path: Path) -> dict[str, dict[str, float]]:
    """Measure the full scan and then all queries; return the seconds by name."""
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
        for heading, sql in ask_for_others(connection, read_queries(page)).items():
            figures[f"cookbook {heading}"] = measure(lambda: run(sql))  # noqa: B023
    for words in SEARCHES:
        wanted = SearchQuery(words)
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
    if not options.warehouse.exists():
        for _ in make_warehouse(options.warehouse, options.articles, seed=1):
            pass
    [[statements]] = next(ask(options.warehouse, "SELECT count(*) FROM statements")).read().rows()
    figures = measure_all(options.warehouse)
    scan = figures["full scan of statements"]["cpu"]
    print(f"{statements:,} statements on {platform.machine()}, load {os.getloadavg()[0]:.1f}\n")
    print("| | wall ms | CPU ms | scans | |\n|---|---:|---:|---:|---|")
    for name, seconds in figures.items():
        seconds["scans"] = round(seconds["cpu"] / scan, 2)
        late = "late" if seconds["wall"] > limit(name) else ""
        print(
            f"| {name} | {seconds['wall'] * 1000:.0f} | {seconds['cpu'] * 1000:.0f} | {seconds['scans']:.1f} | {late} |"
        )
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        out = {"statements": statements, "cpus": os.cpu_count(), "load": os.getloadavg(), "seconds": figures}
        options.out.write_text(json.dumps(out, indent=1) + "\n")


def limit(name: str) -> float:
    """Return the time limit of a query in seconds, on two idle cores."""
    return 0.2 if name.startswith("search") else 1.0


if __name__ == "__main__":
    main()
