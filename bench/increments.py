"""Measure 100 more articles on warehouses of several sizes: `python -m bench.increments [--sizes N...]`.

Each warehouse is generated as `onrecord demo` does, and kept in `data/`. An archive of a million articles gets 1,000 a
day, an archive of up to 100,000 gets 100. With `--of 1000000`, each warehouse has the first articles of an archive of a
million, so that only the size differs. A run loads 100 articles into a copy of it. They are the next articles of the
generated archive: most are of its last day or the day after, some are versions of stories that it has, and a few are
late. The first run on each copy is not counted. The figures go to `results/increments.json` under the name of the
series, and `results/increments.svg` is drawn from all series. CPU seconds are those of the run's own process. The
processes that read and extract cost the same on every warehouse, so their CPU seconds are given separately.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import picture
from bench.crash import prefect_server
from bench.runs import SEED, Watch, describe_machine, write_more
from flows.commands.demo import make_warehouse
from flows.run.counters import STEP_SECONDS
from warehouse.files.connect import query

MORE = 100
GOAL = picture.GOAL
TICKS = os.sysconf("SC_CLK_TCK")
STEPS = """
    SELECT scope, value FROM ops.metrics
    WHERE metric = $1 AND run_id = (SELECT run_id FROM ops.versions ORDER BY version_no DESC LIMIT 1)"""


def main() -> None:
    """Measure each size, write the figures, draw the picture, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.increments", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument(
        "--of", type=int, help="articles of the archive of which each warehouse has the first ones"
    )
    parser.add_argument("--publish", choices=["copy", "in_place"], default="copy")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--series", default="now")
    parser.add_argument(
        "--folder", type=Path, default=Path("data"), help="where generated warehouses are kept"
    )
    parser.add_argument("--out", type=Path, default=picture.RESULTS / "increments.json")
    options = parser.parse_args()
    result = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    result["machine"] = describe_machine()
    series = result.setdefault("cpu_seconds", {}).setdefault(options.series, {})
    measured = {}
    with tempfile.TemporaryDirectory() as name, prefect_server(Path(name) / "prefect") as environment:
        environment["ONRECORD_PUBLISH"] = options.publish
        for size in options.sizes:
            warehouse = keep_warehouse(options.folder, size, options.of)
            runs = measure(warehouse, size, options.of, Path(name), environment, options.repeats)
            measured[size] = medians(runs)
            series[str(size)] = measured[size]["cpu_seconds"]
            result.setdefault("runs", {})[f"{size} {options.series}"] = runs
            options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    drawing = picture.draw(result["cpu_seconds"])
    options.out.with_suffix(".svg").write_text(drawing + "\n", encoding="utf-8")
    print(write_table(measured))


def keep_warehouse(folder: Path, size: int, of: int | None) -> Path:
    """Return the path of the warehouse of `size` articles in `folder`; generate it if it is missing."""
    warehouse = folder / f"bench-{size}{f'-of-{of}' if of and of != size else ''}.duckdb"
    if not warehouse.exists():
        for _ in make_warehouse(warehouse, size, SEED, of):
            pass
    return warehouse


def measure(
    original: Path, size: int, of: int | None, folder: Path, environment: dict[str, str], repeats: int
) -> list[dict[str, Any]]:
    """Load 100 articles into a copy of a warehouse of `size` articles, once and then `repeats` times.

    Returns the figures of each run but the first.
    """
    warehouse = folder / f"{size}" / "w.duckdb"
    warehouse.parent.mkdir()
    for ending in ("", ".lock"):  # the lock file says that the warehouse was checked
        if Path(f"{original}{ending}").exists():
            shutil.copy(f"{original}{ending}", f"{warehouse}{ending}")
    runs = []
    for number in range(repeats + 1):
        corpus = write_more(folder / f"more-{size}-{number}", size + MORE * number, MORE, of)
        runs.append(run(corpus, warehouse, environment))
    shutil.rmtree(warehouse.parent)
    return runs[1:]


def run(corpus: Path, warehouse: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Load a corpus, and return the figures of the run: CPU seconds of its process, its children and its steps."""
    program = [sys.executable, "-c", "from flows.cli import main; main()"]
    command = [*program, "ingest", str(corpus), "--quiet", "--warehouse", str(warehouse)]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment) as process:
        watch = Watch(process.pid)
        os.waitid(
            os.P_PID, process.pid, os.WEXITED | os.WNOWAIT
        )  # the times of an ended process stay until `wait`
        seconds = time.perf_counter() - began
        own, children = read_cpu(process.pid)
    assert process.returncode == 0, process.returncode
    return {
        "cpu_seconds": own,
        "cpu_seconds_of_processes": children,
        "wall_seconds": seconds,
        "peak_mb": watch.peak / 2**20,
        "load": os.getloadavg()[0],
        "steps": dict(query(warehouse, STEPS, [STEP_SECONDS]).iter_rows()),
    }


def read_cpu(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a process, and those of its descendants that have ended."""
    ticks = [int(text) for text in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]]
    return sum(ticks[:2]) / TICKS, sum(ticks[2:]) / TICKS


def medians(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each measured value over the runs, without the steps."""
    return {name: median(run[name] for run in runs) for name in runs[0] if name != "steps"} | {
        "runs": len(runs)
    }


def write_table(measured: dict[int, dict[str, Any]]) -> str:
    """Return a Markdown table with one line per size: its figures, and their ratios to those of the smallest size."""
    first = measured[min(measured)]
    lines = [
        f"100 more articles on a warehouse; the goal is {GOAL} times the smallest\n",
        "| articles | runs | seconds | times | CPU s | times | CPU s of processes | peak MB | load |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for size, run in sorted(measured.items()):
        pairs = [
            f"{run[name]:.1f} | {run[name] / first[name]:.2f}" for name in ("wall_seconds", "cpu_seconds")
        ]
        lines.append(
            f"| {size:,} | {run['runs']} | {' | '.join(pairs)} | {run['cpu_seconds_of_processes']:.1f} "
            f"| {run['peak_mb']:,.0f} | {run['load']:.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
