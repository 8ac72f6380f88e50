"""Measure whole runs: `python -m bench.runs [--texts PATH...] [--only MEASUREMENT...]`.

Generated articles (and real texts, if given) are loaded by `onrecord ingest`, each run in a separate process, all with
one Prefect server. The benchmark measures the wall time, the time of each step as the run records it, and the CPU time
and peak memory of the run with its processes. It does so for corpora of several sizes, for a hundred more articles, for
runs that find nothing new, and for one and two processes. Large corpora have articles of one paragraph, to save time.
Figures are medians; runs that are compared alternate. A new measurement replaces the old one in the file of figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from bench.crash import prefect_server
from bench.memory import find_family
from demo import build_demo, build_more
from flows.compute.workers import count_cores
from flows.run.counters import STEP_SECONDS
from warehouse.files.connect import query

AT_ONCE = 500  # articles per generated file
SEED = 1  # of the articles
EXTRACTION = "find statements"
STEPS = ("read", EXTRACTION, "stage", "check", "resolve")
SAMPLE = 0.05  # seconds between two samples of the memory
TITLE = """# Whole runs

`make bench-runs` writes this table. [bench/README.md](../README.md#whole-runs) explains its lines and columns.

"""


def main() -> None:
    """Make the chosen measurements; after each of them, write all figures so far and their table."""
    parser = argparse.ArgumentParser(prog="python -m bench.runs", description=__doc__)
    parser.add_argument("--texts", type=Path, nargs="+", help="real articles, as files or folders")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--short", type=int, nargs="+", default=[5000, 100_000])
    parser.add_argument(
        "--warehouse", type=Path, default=Path("data/bench.duckdb"), help="warehouse of bench.queries"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--only", nargs="+", metavar="MEASUREMENT", help="texts, processes, warehouse, 'size N', 'short N'"
    )
    parser.add_argument("--out", type=Path, default=Path("bench/results/runs.json"))
    options = parser.parse_args()
    known = json.loads(options.out.read_text(encoding="utf-8"))["runs"] if options.out.exists() else {}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, prefect_server(Path(name) / "prefect") as environment:
        bench = Bench(Path(name), environment, options.repeats)
        for measurement, work in bench.measurements(options).items():
            if not options.only or measurement in options.only:
                known |= work()
                text = json.dumps({"machine": describe_machine(), "runs": known}, indent=1)
                options.out.write_text(text + "\n", encoding="utf-8")
                options.out.with_suffix(".md").write_text(TITLE + write_table(known) + "\n", encoding="utf-8")
    print(write_table(known))


class Bench:
    """Measures runs on generated articles and given texts, one run at a time, in one folder."""

    def __init__(self, folder: Path, environment: dict[str, str], repeats: int) -> None:
        self.folder, self.environment, self.repeats = folder, environment, repeats
        self.number = 0

    def measurements(self, options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
        """Return the measurements by name. Each is a function that returns figures by name."""
        named: dict[str, Callable[[], dict[str, Any]]] = {}
        if options.texts:
            named["texts"] = lambda: self.on_cores("texts", options.texts)
        smallest = options.sizes[0]
        named["processes"] = lambda: self.on_cores(f"{smallest} articles", [self.corpus(smallest)])
        for size in options.sizes:
            named[f"size {size}"] = lambda size=size: self.of_size(size)
        for size in options.short:
            named[f"short {size}"] = lambda size=size: self.of_short(size)
        if options.warehouse.exists():
            named["warehouse"] = lambda: self.on_top(options.warehouse)
        return named

    def on_cores(self, name: str, paths: Sequence[Path]) -> dict[str, Any]:
        """Measure runs with one process and with two, alternately."""
        pairs = [
            (self.ingest(paths, processes=1), self.ingest(paths, processes=2)) for _ in range(self.repeats)
        ]
        one, two = (medians(runs) for runs in zip(*pairs, strict=True))
        two["speed-up"] = one["seconds"] / two["seconds"]
        return {f"{name}, one process": one, f"{name}, two processes": two}

    def of_size(self, size: int) -> dict[str, Any]:
        """Measure a run over `size` articles, then over a hundred more, then over the same articles again."""
        corpus = self.corpus(size)
        runs = [self.ingest([corpus]) for _ in range(self.repeats)]
        warehouse = self.folder / f"run-{self.number}" / "w.duckdb"
        return {
            f"{size} articles": medians(runs),
            f"100 more on {size}": self.more_and_more(warehouse, size),
            f"nothing new in {size}": medians(
                [self.ingest([corpus], warehouse=warehouse) for _ in range(self.repeats)]
            ),
        }

    def of_short(self, size: int) -> dict[str, Any]:
        """Measure a run over `size` articles of one paragraph each."""
        corpus = self.corpus(size, paragraphs=1)
        return {f"{size} short articles": medians([self.ingest([corpus]) for _ in range(self.repeats)])}

    def on_top(self, large: Path) -> dict[str, Any]:
        """Measure runs that add a hundred articles to a large warehouse, published by copy and in place."""
        warehouse = self.folder / "large" / "w.duckdb"
        warehouse.parent.mkdir()
        shutil.copy(large, warehouse)
        held = query(warehouse, "SELECT count(*) FROM articles").item()
        copied = self.more_and_more(warehouse, held)
        self.environment["ONRECORD_PUBLISH"] = "in_place"
        in_place = self.more_and_more(warehouse, held + 100 * self.repeats)
        del self.environment["ONRECORD_PUBLISH"]
        return {f"100 more on {held}": copied, f"100 more on {held}, in place": in_place}

    def more_and_more(self, warehouse: Path, held: int) -> dict[str, Any]:
        """Load the next hundred articles of an archive into a warehouse that has `held` of them, repeatedly."""
        runs = []
        for _ in range(self.repeats):
            self.number += 1
            corpus = write_more(self.folder / f"more-{self.number}", held + 100 * len(runs), 100)
            runs.append(self.ingest([corpus], warehouse=warehouse))
        return medians(runs)

    def corpus(self, articles: int, paragraphs: int | None = None) -> Path:
        """Write a folder of generated articles, as many as `articles` says, and return the folder."""
        return write_corpus(self.folder / f"corpus-{articles}-{paragraphs}", articles, paragraphs)

    def ingest(
        self, paths: Sequence[Path], *, processes: int | None = None, warehouse: Path | None = None
    ) -> dict[str, Any]:
        """Make one run, into a new warehouse unless one is given, and return its figures."""
        if warehouse is None:
            self.number += 1
            warehouse = self.folder / f"run-{self.number}" / "w.duckdb"
        more = ["--processes", str(processes)] if processes else []
        command = [sys.executable, "-c", "from flows.cli import main; main()", "ingest", *map(str, paths), "--json",
                   "--warehouse", str(warehouse), *more]  # fmt: skip
        start, before = time.perf_counter(), os.times()
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE) as run:
            watch = Watch(run.pid)
            out, _ = run.communicate()
        after, seconds = os.times(), time.perf_counter() - start
        assert run.returncode == 0, out
        fact = json.loads(out)
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        figures = {"seconds": seconds, "cpu_seconds": cpu, "peak_mb": watch.peak / 2**20}
        figures |= read_steps(warehouse, fact)
        figures["extraction"] = watch.with_processes or figures["steps"].get(EXTRACTION, 0.0)
        return figures


def read_steps(warehouse: Path, fact: dict[str, Any]) -> dict[str, Any]:
    """Read the figures that a run recorded; they are empty if it published nothing."""
    sql = "SELECT scope, value FROM ops.metrics WHERE run_id = $1 AND metric = $2"
    steps = dict(query(warehouse, sql, [fact["run_id"], STEP_SECONDS]).iter_rows())
    words = query(
        warehouse, "SELECT sum(word_count) FROM articles WHERE run_id = $1", [fact["run_id"]]
    ).item()
    return {
        "articles": fact["articles"]["loaded"], "words": int(words or 0), "steps": steps,
        "megabytes": warehouse.stat().st_size / 2**20,
    }  # fmt: skip


class Watch:
    """Samples a run and its processes.

    `peak` is the largest total memory of the run and its descendants, in bytes. `with_processes` is the time in seconds
    during which the run had worker processes that find statements.
    """

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self.with_processes = pid, 0, 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        then = time.perf_counter()
        while Path(f"/proc/{self.pid}").exists():
            family, now = find_family(self.pid), time.perf_counter()
            self.peak = max(self.peak, sum(map(_resident, family)))
            self.with_processes += now - then if len(family) > 2 else 0.0
            then = now
            time.sleep(SAMPLE)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def write_corpus(folder: Path, articles: int, paragraphs: int | None = None) -> Path:
    """Write generated articles as JSON Lines into `folder`, each cut to `paragraphs` paragraphs.

    If the folder exists, it is kept as it is.
    """
    if folder.exists():
        return folder
    folder.mkdir()
    body = pl.col("body").str.split("\n\n").list.slice(1 if paragraphs else 0, paragraphs).list.join("\n\n")
    for number, tables in enumerate(build_demo(articles, SEED)):
        _write_files(folder, f"{number:03}", tables["articles"].with_columns(body))
    return folder


def write_more(folder: Path, held: int, articles: int, of: int | None = None) -> Path:
    """Write the next articles of a generated archive that has `held` articles, as JSON Lines into a new `folder`.

    `of` is as in `demo.build_more`.
    """
    folder.mkdir()
    _write_files(folder, "more", build_more(held, articles, SEED, of))
    return folder


def _write_files(folder: Path, name: str, articles: pl.DataFrame) -> None:
    rows = articles.select("headline", "body", date=pl.col("published_on").cast(pl.String), source="outlet")
    for part, frame in enumerate(rows.iter_slices(AT_ONCE)):
        frame.write_ndjson(folder / f"{name}-{part:03}.jsonl")


def medians(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each measured value over several runs of the same measurement."""
    first = runs[0]
    flat = {name: median(run[name] for run in runs) for name in first if name != "steps"}
    steps = {step: median(run["steps"].get(step, 0.0) for run in runs) for step in first["steps"]}
    return flat | {"steps": steps, "runs": len(runs)}


def describe_machine() -> dict[str, Any]:
    """Describe the machine, on which the figures depend."""
    return {"processor": platform.processor() or platform.machine(), "cores": count_cores(),
            "load": os.getloadavg()[0], "python": platform.python_version()}  # fmt: skip


def write_table(figures: dict[str, dict[str, Any]]) -> str:
    """Return a Markdown table with one line per measurement."""
    columns = [
        "",
        "runs",
        "seconds",
        "CPU s",
        "articles/s",
        "words/s",
        "peak MB",
        "file MB",
        "outside extraction",
        *STEPS,
    ]
    lines = [f"| {' | '.join(columns)} |", f"|---{'|---:' * (len(columns) - 1)}|"]
    for name, run in figures.items():
        spent, speed_up = run.get("extraction", 0.0), run.get("speed-up")
        cells = [
            name + (f" ({speed_up:.2f} times as fast)" if speed_up else ""), run.get("runs", 1),
            f"{run['seconds']:.1f}", f"{run['cpu_seconds']:.1f}", f"{run['articles'] / run['seconds']:.1f}",
            f"{run['words'] / run['seconds']:,.0f}", f"{run['peak_mb']:,.0f}", f"{run['megabytes']:,.0f}",
            f"{1 - spent / run['seconds']:.0%}" if spent else "",
            *(f"{run['steps'][step]:.1f}" if step in run["steps"] else "" for step in STEPS),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
