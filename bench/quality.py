"""Measure the cost of the gate and the report in a run: `python -m bench.quality ARTICLES... [--sizes 20 1000]`.

ARTICLES are files or folders that `onrecord ingest` reads. Each size is a number of articles, which are ingested with
Prefect in a separate process; if there are fewer files, they are repeated with one line added to each. Prints wall and
CPU seconds, for the whole run (Prefect's server included) and for each step. The last line has the share of the run
that the checks and the report take. A run over one other article comes first, so that Prefect's database exists
already. On a busy machine, trust the CPU shares.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from itertools import cycle
from pathlib import Path
from typing import Any

STEPS = {
    "read_files": "read", "build_new_articles": "read", "find_statements": "find statements",
    "stage": "stage", "reject": "check", "resolve": "resolve", "check": "check", "write_report": "report",
}  # fmt: skip
SHARES = {
    20: 1 / 3,
    1000: 1 / 10,
}  # largest allowed share of the gate and the report, by the number of articles


def main() -> None:
    """Measure a run over each number of articles, print the costs and, with `--out`, write them as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("articles", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SHARES))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_timed(options.articles[0], options.out)
        return
    measured = [measure(options.articles, size) for size in options.sizes]
    for costs in measured:
        print_costs(costs)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps({"cpus": os.cpu_count(), "runs": measured}, indent=1) + "\n")


def measure(paths: list[Path], size: int) -> dict[str, Any]:
    """Return CPU and wall seconds of a run over `size` articles and of its steps, and the share of gate and report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_articles(paths, size + 1, folder / "articles")
        first = folder / "first"
        first.mkdir()
        next((folder / "articles").glob(f"{size:06}*")).rename(first / "article.txt")
        run_apart(first, folder)
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        steps = run_apart(folder / "articles", folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = time.perf_counter() - began
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    whole = {"cpu": used, "wall": wall}
    quality = {clock: steps["check"][clock] + steps["report"][clock] for clock in whole}
    return {
        "articles": size, "whole": whole, "steps": steps,
        "share": {clock: quality[clock] / whole[clock] for clock in whole}, "at_most": SHARES.get(size),
    }  # fmt: skip


def run_apart(articles: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Ingest `articles` in a separate process, with a warehouse in `folder`; return the seconds of the steps."""
    out = folder / "steps.json"
    command = [sys.executable, "-m", "bench.quality", "--run", str(articles), "--out", str(out)]
    warehouse = {"ONRECORD_WAREHOUSE": str(folder / "data" / "onrecord.duckdb")}
    subprocess.run(command, check=True, env=os.environ | warehouse)
    return json.loads(out.read_text())


def write_articles(paths: list[Path], size: int, folder: Path) -> None:
    """Write `size` files to `folder`. If `paths` has fewer, repeat them with a different line added to each."""
    files = sorted(
        file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()
    )
    folder.mkdir()
    for number, file in zip(range(size), cycle(files), strict=False):
        line = f"\n\nCopy number {number} of this article.\n" if size > len(files) else ""
        (folder / f"{number:06}{file.suffix}").write_bytes(file.read_bytes() + line.encode())


def run_timed(folder: Path, out: Path) -> None:
    """Run `onrecord ingest FOLDER`, time each step and write the figures to `out`."""
    from flows.prefect.server import prepare_prefect
    from flows.settings import Settings

    prepare_prefect(Settings().state)  # before Prefect is imported
    from flows import cli
    from flows.run import tasks

    seconds: dict[str, dict[str, float]] = defaultdict(lambda: {"cpu": 0.0, "wall": 0.0})
    for name, step in STEPS.items():
        task = getattr(tasks, name)
        task.fn = timed(task.fn, seconds[step])
    sys.argv = ["onrecord", "ingest", "--quiet", str(folder)]
    try:
        cli.main()
    finally:
        out.write_text(json.dumps(seconds))


def timed(function: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    """Wrap `function` so that it adds its seconds to `spent`, including the imports that happen in it."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent["cpu"] += time.process_time() - cpu
            spent["wall"] += time.perf_counter() - wall

    return call


def print_costs(costs: dict[str, Any]) -> None:
    """Print the CPU and wall seconds of each step, and the share of the run that the gate and the report take."""
    print(f"\n{costs['articles']} articles        CPU     wall")
    for step, spent in (costs["steps"] | {"the whole run": costs["whole"]}).items():
        print(f"  {step:<18}{spent['cpu']:7.1f}  {spent['wall']:7.1f} s")
    limit = f", at most {costs['at_most']:.0%}" if costs["at_most"] else ""
    print(
        f"  check and report: {costs['share']['cpu']:.1%} of the CPU, {costs['share']['wall']:.1%} of the wall{limit}"
    )


if __name__ == "__main__":
    main()
