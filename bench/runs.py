"""What runs cost: `python -m bench.runs [--texts FOLDER] [--sizes 1000 10000] [--repeats 3]`.

Generated articles (and the texts of a folder, when there is one) go through the real `onrecord ingest`, each run in a
process of its own, all with one Prefect server. Measured are the time from start to end, the time of each step as
the run itself records it, the processor time and the peak memory of the run with its processes; then what a hundred
more articles cost, and two processes against one. Figures are medians, ratios are of runs that followed each other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from bench.crash import prefect_server
from flows.run import STEP_SECONDS
from flows.workers import count_cores
from seeds.demo import build_demo
from warehouse.connect import query

AT_ONCE = 500  # articles in one generated file
EXTRACTION = "find statements"
SAMPLE = 0.05  # seconds between two looks at the memory


def main() -> None:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.runs", description=__doc__)
    parser.add_argument("--texts", type=Path, help="folder of article files")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("bench/results/runs.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, prefect_server(Path(name) / "prefect") as environment:
        bench = Bench(Path(name), environment, options.repeats)
        figures = bench.measure_all(options.sizes, options.texts)
    text = json.dumps({"machine": describe_machine(), "runs": figures}, indent=1)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text + "\n", encoding="utf-8")
    print_table(figures)


class Bench:
    """Runs on generated articles and given texts, one after the other, in a folder of their own."""

    def __init__(self, folder: Path, environment: dict[str, str], repeats: int) -> None:
        self.folder, self.environment, self.repeats = folder, environment, repeats
        self.number = 0

    def measure_all(self, sizes: Sequence[int], texts: Path | None) -> dict[str, dict[str, Any]]:
        """Figures by what was measured."""
        figures = {}
        if texts:
            figures["texts"] = self.repeated(lambda: self.ingest([texts]))
        for size in sizes:
            corpus = write_corpus(self.folder / f"corpus-{size}", size)
            figures[f"{size} articles"] = self.repeated(lambda corpus=corpus: self.ingest([corpus]), size)
            figures[f"100 more on {size}"] = self.increment(corpus, size)
            figures[f"nothing new in {size}"] = self.again(corpus)
        corpus = self.folder / f"corpus-{sizes[0]}"
        both = [
            (self.ingest([corpus], processes=1), self.ingest([corpus], processes=2))
            for _ in range(self.repeats)
        ]
        figures["one process"], figures["two processes"] = (medians(runs) for runs in zip(*both, strict=True))
        ratios = [one["steps"][EXTRACTION] / two["steps"][EXTRACTION] for one, two in both]
        figures["two processes"]["speed-up of extraction"] = median(ratios)
        return figures

    def repeated(self, work: Any, size: int = 0) -> dict[str, Any]:
        """Medians of some repetitions; large ones are done once."""
        return medians([work() for _ in range(1 if size > 2000 else self.repeats)])

    def increment(self, corpus: Path, size: int) -> dict[str, Any]:
        """A hundred articles more into the warehouse of the corpus, which is left behind for `again`."""
        more = write_corpus(self.folder / f"more-{size}", 100, seed=2)
        return self.ingest([corpus, more], warehouse=self.folder / f"run-{self.number}" / "w.duckdb")

    def again(self, corpus: Path) -> dict[str, Any]:
        """Everything once more."""
        return self.ingest([corpus], warehouse=self.folder / f"run-{self.number}" / "w.duckdb")

    def ingest(
        self, paths: Sequence[Path], *, processes: int | None = None, warehouse: Path | None = None
    ) -> dict[str, Any]:
        """One run, into a new warehouse unless one is given; its figures."""
        if warehouse is None:
            self.number += 1
            warehouse = self.folder / f"run-{self.number}" / "w.duckdb"
        more = ["--processes", str(processes)] if processes else []
        command = [sys.executable, "-c", "from flows.cli import main; main()", "ingest", *map(str, paths), "--json",
                   "--warehouse", str(warehouse), *more]  # fmt: skip
        start, before = time.perf_counter(), os.times()
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE) as run:
            watch = Memory(run.pid)
            out, _ = run.communicate()
        after, seconds = os.times(), time.perf_counter() - start
        assert run.returncode == 0, out
        fact = json.loads(out)
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return {"seconds": seconds, "cpu_seconds": cpu, "peak_mb": watch.peak / 2**20} | read_steps(
            warehouse, fact
        )


def read_steps(warehouse: Path, fact: dict[str, Any]) -> dict[str, Any]:
    """What the run recorded of itself; nothing when it published nothing."""
    sql = "SELECT scope, value FROM ops.metrics WHERE run_id = $1 AND metric = $2"
    steps = dict(query(warehouse, sql, [fact["run_id"], STEP_SECONDS]).iter_rows())
    words = query(
        warehouse, "SELECT sum(word_count) FROM articles WHERE run_id = $1", [fact["run_id"]]
    ).item()
    return {
        "articles": fact["articles"]["loaded"], "words": int(words or 0), "steps": steps,
        "megabytes": warehouse.stat().st_size / 2**20,
    }  # fmt: skip


class Memory:
    """The most memory that a process and all below it have had at one time, in bytes; looked at now and then."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak = pid, 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while Path(f"/proc/{self.pid}").exists():
            self.peak = max(self.peak, sum(map(_resident, _family(self.pid))))
            time.sleep(SAMPLE)


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        children = []
    return [pid, *(member for child in children for member in _family(child))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def write_corpus(folder: Path, articles: int, seed: int = 1) -> Path:
    """So many generated articles as JSON Lines, unless the folder is there."""
    if folder.exists():
        return folder
    folder.mkdir()
    for number, tables in enumerate(build_demo(articles, seed)):
        rows = tables["articles"].select(
            "headline", "body", date=pl.col("published_on").cast(pl.String), source="outlet"
        )
        for part, frame in enumerate(rows.iter_slices(AT_ONCE)):
            frame.write_ndjson(folder / f"{number:03}-{part:03}.jsonl")
    return folder


def medians(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The median of each figure of several runs of the same."""
    first = runs[0]
    flat = {name: median(run[name] for run in runs) for name in first if name != "steps"}
    steps = {step: median(run["steps"].get(step, 0.0) for run in runs) for step in first["steps"]}
    return flat | {"steps": steps, "runs": len(runs)}


def describe_machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {"processor": platform.processor() or platform.machine(), "cores": count_cores(),
            "load": os.getloadavg()[0], "python": platform.python_version()}  # fmt: skip


def print_table(figures: dict[str, dict[str, Any]]) -> None:
    """One line a measurement."""
    print(
        "| | seconds | cpu | articles/s | words/s | peak MB | but extraction |\n|---|---|---|---|---|---|---|"
    )
    for name, run in figures.items():
        spent = run["steps"].get(EXTRACTION, 0.0)
        rest = f"{1 - spent / run['seconds']:.0%}" if spent else ""
        print(
            f"| {name} | {run['seconds']:.1f} | {run['cpu_seconds']:.1f} | {run['articles'] / run['seconds']:.1f} "
            f"| {run['words'] / run['seconds']:,.0f} | {run['peak_mb']:,.0f} | {rest} |"
        )


if __name__ == "__main__":
    main()
