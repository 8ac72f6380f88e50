"""Measure a large warehouse: `python -m bench.large [--articles N] [--warehouse FILE] [--out FILE] [--only STEP...]`.

The warehouse is generated in parts, as `onrecord demo` does, unless the file exists. Then come the commands that a
user would run on it: checks, queries, search, explorer, backup, 100 more articles, rollback, compaction. For each, the
table has the wall and CPU seconds and the peak memory of the command with all its processes; afterwards, the version
and the number of rows of each table must be right. The commands change the warehouse, and need free disk space for
three copies of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import polars as pl

import bench.explore as pages
from bench.crash import prefect_server
from bench.queries import measure_all
from bench.runs import SEED, Watch, describe_machine, write_more
from demo import build_demo
from demo.sketches import sketch
from flows.commands.demo import stage_part
from flows.run.across_articles import settle_stories
from schema.tables import TABLES, VERSIONED
from warehouse.files.connect import connect_readonly, query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

MORE = 100  # articles of an increment
PAGES_TIMES = 5
RESET_PEAK = Path("/proc/self/clear_refs")  # writing 5 resets the peak memory of this process
FLOWS = {"increment", "in_place", "compact"}  # steps that need a Prefect server

Figures = dict[str, Any]


def main() -> None:
    """Build the warehouse if it is missing, measure all steps, and write the figures after each of them."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--warehouse", type=Path, default=Path("data/large.duckdb"))
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--load", action="store_true", help="load parts that the warehouse lacks, and nothing else"
    )
    parser.add_argument(
        "--sketched",
        type=int,
        metavar="PARTS",
        help="compute the sketches of only so many parts; "
        "the others get these sketches with other hashes, which are as large but match nothing",
    )
    parser.add_argument("--only", nargs="+", metavar="STEP", choices=STEPS)
    options = parser.parse_args()
    result = (
        json.loads(options.out.read_text(encoding="utf-8")) if options.out and options.out.exists() else {}
    )
    result |= {"machine": describe_machine()}
    result.setdefault("steps", {})
    if options.load or not options.warehouse.exists():
        parts = result.setdefault("parts", [])
        for part in build(options.warehouse, options.articles, options.sketched):
            parts.append(part)
            keep(result, options.out)
    if options.load:
        return
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        environment = dict(os.environ)
        if not options.only or FLOWS & set(options.only):
            environment = stack.enter_context(prefect_server(Path(name) / "prefect"))
        large = Large(options.warehouse, Path(name), environment)
        for step in options.only or STEPS:
            result["steps"][step] = STEPS[step](large) | {"load": os.getloadavg()[0]}
            keep(result, options.out)
    print(write_table(result))


def keep(result: Figures, out: Path | None) -> None:
    """Write the figures and their table."""
    if out:
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        out.with_suffix(".md").write_text(write_table(result) + "\n", encoding="utf-8")


def build(path: Path, articles: int, sketched: int | None) -> Iterator[Figures]:
    """Publish generated articles in parts, and yield the cost of each part.

    The seconds are without generation and sketches; the peak memory is that of the process in all steps of the part.
    Parts that the warehouse has are generated, because later parts depend on them, but not published again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    loaded = set(query(path, "SELECT run_id FROM ops.runs")["run_id"]) if path.exists() else set()
    computed: dict[str, pl.DataFrame] = {}
    for number, tables in enumerate(build_demo(articles, SEED), 1):
        run_id = tables["runs"]["run_id"].item()
        if run_id in loaded:
            continue
        if not computed or sketched is None or number <= sketched:
            computed = sketch(tables)
            sketches = dict(computed)  # `stage_part` empties it
        else:
            sketches = change_hashes(computed, tables, number)
        began, used = time.perf_counter(), time.process_time()
        with open_next(path, run_id) as version:
            stage_part(version, sketches, tables)
            staged = time.process_time() - used
            settle_stories(version)
            done = publish(version, in_place=True)
        part = {
            "part": number,
            "articles": done.rows["articles"],
            "statements": done.rows["statements"],
            "seconds": time.perf_counter() - began,
            "cpu_seconds": time.process_time() - used,
            "stage_cpu_seconds": staged,
            "peak_mb": pages.peak_of(os.getpid()),
            "megabytes": path.stat().st_size / 2**20,
            "load": os.getloadavg()[0],
        }
        print(json.dumps(part), file=sys.stderr, flush=True)
        yield part
        RESET_PEAK.write_text("5")


def change_hashes(
    sketches: dict[str, pl.DataFrame], tables: dict[str, pl.DataFrame], number: int
) -> dict[str, pl.DataFrame]:
    """Return the sketches of another part for the rows of `tables`; the bits of `number` change in each hash."""
    made = {}
    for table, rows in (("sketches", tables["articles"]), ("statement_sketches", tables["statements"])):
        schema = sketches[table].schema
        at = pl.Series(range(rows.height), dtype=pl.Int64) % sketches[table].height
        own = {name: rows[name] for name in ("article_id", "statement_id", "published_on") if name in schema}
        hashes = pl.selectors.by_dtype(pl.Int64)
        lists = pl.selectors.by_dtype(*(pl.List(dtype) for dtype in (pl.Int16, pl.Int32, pl.Int64)))
        made[table] = (
            sketches[table][at]
            .with_columns(hashes ^ number, lists.list.eval(pl.element() ^ number))
            .with_columns(**own, run_id=pl.lit(tables["runs"]["run_id"].item()))
            .cast(schema)
        )
    return made


class Large:
    """Runs commands on a warehouse and measures them."""

    def __init__(self, warehouse: Path, folder: Path, environment: dict[str, str]) -> None:
        self.warehouse, self.folder, self.environment = warehouse.resolve(), folder, environment

    def run(self, *arguments: object, codes: tuple[int, ...] = (0,), publish: str = "copy") -> Figures:
        """Run an `onrecord` command on the warehouse; raise AssertionError unless it ends with one of `codes`."""
        program = [sys.executable, "-c", "from flows.cli import main; main()"]
        command = [*program, *map(str, arguments), "--warehouse", str(self.warehouse)]
        environment = self.environment | {"ONRECORD_PUBLISH": publish}
        began, before = time.perf_counter(), os.times()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as run:
            watch = Watch(run.pid)
            out, _ = run.communicate()
        assert run.returncode in codes, out.decode()
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return {
            "seconds": time.perf_counter() - began,
            "cpu_seconds": cpu,
            "peak_mb": watch.peak / 2**20,
        }

    def count(self, warehouse: Path | None = None) -> dict[str, int]:
        """Return the number of rows of each table, and the version."""
        counts = " UNION ALL ".join(f"SELECT '{t.name}', count(*) FROM {t.qualified}" for t in TABLES)
        sql = f"{counts} UNION ALL SELECT 'version', max(version_no) FROM ops.versions"
        return dict(query(warehouse or self.warehouse, sql).iter_rows())

    def size(self) -> Figures:
        """Return the number of rows, and the bytes per article of the file and of its blocks in use."""
        counts = self.count()
        with connect_readonly(self.warehouse) as connection:
            connection.execute("SELECT block_size * used_blocks FROM pragma_database_size()")
            used = max(int(row[0]) for row in connection.fetchall())
        file = self.warehouse.stat().st_size
        return {
            **{name: counts[name] for name in ("articles", "statements", "version")},
            "megabytes": file / 2**20,
            "bytes_per_article": file / counts["articles"],
            "bytes_in_use_per_article": used / counts["articles"],
        }

    def audit(self) -> Figures:
        """Run all checks on the whole warehouse."""
        return self.run("audit")

    def doctor(self) -> Figures:
        """Run `onrecord doctor`; its exit code is 1 if it finds faults of the installation."""
        return self.run("doctor", codes=(0, 1))

    def queries(self) -> Figures:
        """Measure the wall seconds of queries: median, 95th percentile and slowest of cookbook, searches and views."""
        figures: Figures = {}
        wall = {name: seconds["wall"] for name, seconds in measure_all(self.warehouse).items()}
        for kind in ("cookbook", "search", "view"):
            took = {name: seconds for name, seconds in wall.items() if name.startswith(kind)}
            figures |= {
                f"{kind}_median": median(took.values()),
                f"{kind}_95th": quantiles(took.values(), n=20, method="inclusive")[-1],
                f"{kind}_slowest": max(took, key=lambda name: took[name]),
                f"{kind}_longest": max(took.values()),
            }
        return figures

    def explorer(self) -> Figures:
        """Measure the seconds in which the explorer starts, and the seconds per page: median and 95th percentile."""
        rows, words = query(self.warehouse, pages.ROWS).to_dicts(), query(self.warehouse, pages.WORD)["word"]
        began = time.perf_counter()
        with pages.explorer(self.warehouse) as (base, pid):
            started = time.perf_counter() - began
            pages.read(f"{base}/")
            first = time.perf_counter() - began
            with redirect_stdout(sys.stderr):  # so that only the table of this benchmark is in the output
                took = pages.measure(base, pid, rows, words[0], words[1], PAGES_TIMES)
            seconds = [wall / 1000 for wall, _ in took]
            return {
                "starts": started,
                "first_page": first,
                "page_median": median(seconds),
                "page_95th": quantiles(seconds, n=20, method="inclusive")[-1],
                "peak_mb": pages.peak_of(pid),
            }

    def backup(self) -> Figures:
        """Back up the warehouse; each table must have as many rows in the backup."""
        place = self.warehouse.parent / "large-backup"
        figures = self.run("backup", place, "--keep", 1)
        [made] = place.glob("*.duckdb")
        assert self.count(made) == self.count()
        made.unlink()
        return figures

    def increment(self, publish: str = "copy") -> Figures:
        """Run 100 more articles, and publish them by copy or in place."""
        before = self.count()
        version = before["version"]
        corpus = write_more(self.folder / f"more-{version}", before["articles"], MORE)
        figures = self.run("ingest", corpus, "--quiet", publish=publish)
        after = self.count()
        assert after["articles"] == before["articles"] + MORE and after["version"] == before["version"] + 1
        return figures

    def in_place(self) -> Figures:
        """Run 100 more articles, and publish them in place."""
        return self.increment("in_place")

    def rollback(self) -> Figures:
        """Roll back the increment, which must be the previous step; its 100 articles must be gone afterwards."""
        articles = self.count()["articles"]
        figures = self.run("rollback")
        before, after = (self.count()["articles"], articles)
        assert before == after - MORE, (before, after)
        return figures

    def compact(self) -> Figures:
        """Drop previous versions and compact the file; each versioned table must keep its number of rows."""
        before, size = self.count(), self.warehouse.stat().st_size
        figures = self.run("maintain", "--keep-versions", 0)
        after = self.count()
        names = [*(table.name for table in VERSIONED), "version"]
        assert [after[name] for name in names] == [before[name] for name in names]
        return figures | {
            "megabytes_before": size / 2**20,
            "megabytes": self.warehouse.stat().st_size / 2**20,
        }


STEPS: dict[str, Callable[[Large], Figures]] = {
    "audit": Large.audit,
    "doctor": Large.doctor,
    "queries": Large.queries,
    "explorer": Large.explorer,
    "backup": Large.backup,
    "in_place": Large.in_place,
    "increment": Large.increment,
    "rollback": Large.rollback,
    "compact": Large.compact,
    "size": Large.size,
}


def write_table(result: Figures) -> str:
    """Markdown: the parts that were loaded, then a line per step."""
    machine, lines = result["machine"], []
    lines.append(f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}.\n")
    if parts := result.get("parts"):
        articles, statements = (sum(part[name] for part in parts) for name in ("articles", "statements"))
        cpu, wall = ([part[name] for part in parts] for name in ("cpu_seconds", "seconds"))
        lines += [
            f"Table work for {articles:,} articles and {statements:,} statements in {len(parts)} parts: "
            f"{sum(cpu):.0f} CPU s, {sum(wall):.0f} s of wall-clock time; the first part took {cpu[0]:.1f} CPU s, "
            f"the last one {cpu[-1]:.1f}.\n"
        ]
    lines += [
        "| step | seconds | CPU s | peak MB | load | other figures |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for step, figures in result["steps"].items():
        shown = [
            f"{figures[name]:{form}}" if name in figures else ""
            for name, form in (("seconds", ".1f"), ("cpu_seconds", ".1f"), ("peak_mb", ",.0f"))
        ]
        others = {
            name: value
            for name, value in figures.items()
            if name not in ("seconds", "cpu_seconds", "peak_mb", "load")
        }
        said = ", ".join(f"{name.replace('_', ' ')} {_rounded(value)}" for name, value in others.items())
        lines.append(f"| {step} | {' | '.join(shown)} | {figures['load']:.1f} | {said} |")
    return "\n".join(lines)


def _rounded(value: object) -> str:
    return (
        f"{value:,.3g}"
        if isinstance(value, float) and value < 100
        else f"{value:,.0f}"
        if isinstance(value, int | float)
        else str(value)
    )


if __name__ == "__main__":
    main()
