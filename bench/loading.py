"""Compare staging and publishing with dlt: `python -m bench.loading [--articles 5000] [--more 100]`.

The product and dlt load the same frames into a DuckDB file: first a large run, then a small run. The product stages the
frames, merges them into the tables by their keys with history, search index, views and comments, and publishes them by
replacing the file. dlt extracts the frames from Arrow, normalizes them and loads them with its write disposition
"merge"; it keeps no history, builds no index, views or counts, and changes the file in place. The table also has what
the product spends on work that dlt does not do. `bare` shows the lower bound: one INSERT per table into an empty file,
and a checkpoint. dlt is not part of the product: `uv run --group bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import polars as pl

from demo import build_demo
from expectations.lazy_imports import leave_out
from schema.derive import create_table, quoted
from schema.tables import BY_NAME
from warehouse.files.connect import connect, query
from warehouse.staging import publish as publishing
from warehouse.staging.next_version import STAGING, open_next

CLOCKS = ("wall", "cpu")
# The parts of publishing that dlt has no counterpart for: name of the function -> name in the table.
OWN_PARTS = {
    "update_index": "search index", "update_figures": "counts and replies", "describe": "views and comments",
}  # fmt: skip
Tables = dict[str, pl.DataFrame]
Load = Callable[[Path, Tables, str], int]


def main() -> None:
    """Load with each loader in turn and print the medians and their ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench.loading", description=__doc__)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--more", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("bench/results/loading.json"))
    options = parser.parse_args()
    leave_out("pandas")  # as the `onrecord` command does
    runs = [next(iter(build_demo(size, seed))) for seed, size in enumerate((options.articles, options.more))]
    timed = [{load.__name__: time_runs(load, runs) for load in LOADS} for _ in range(options.repeats)]
    figures: dict[str, Any] = {}
    for number, run in enumerate(runs):
        what = f"{run['articles'].height} articles, {sum(frame.height for frame in run.values())} rows"
        figures[what] = {
            f"{load.__name__} {clock}": median(once[load.__name__][number][clock] for once in timed)
            for load in LOADS
            for clock in (*CLOCKS, *(OWN_PARTS.values() if load is ours else ()))
            if number < len(timed[0][load.__name__])
        } | {
            f"dlt over ours, {clock}": median(
                once["dlt"][number][clock] / once["ours"][number][clock] for once in timed
            )
            for clock in CLOCKS
        }
    print(write_table(figures))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def write_table(figures: dict[str, dict[str, float]]) -> str:
    """Return a Markdown table with a line per loader and run: wall-clock and CPU seconds."""
    lines = ["| loaded | by | wall-clock s | CPU s |", "|---|---|---:|---:|"]
    for what, run in figures.items():
        for name in ("ours", "dlt", "dlt over ours,", "bare"):
            if f"{name} wall" in run:
                cells = " | ".join(f"{run[f'{name} {clock}']:.2f}" for clock in CLOCKS)
                lines.append(f"| {what} | {name.rstrip(',')} | {cells} |")
            if name == "ours":
                lines += [
                    f"| {what} | ours: {part} | | {run[f'ours {part}']:.2f} |" for part in OWN_PARTS.values()
                ]
    return "\n".join(lines)


def time_runs(load: Load, runs: list[Tables]) -> list[dict[str, float]]:
    """Load all runs into a new file and return the seconds; all articles must arrive."""
    seconds, there = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for number, tables in enumerate(runs[:1] if load is bare else runs):
            wall, cpu = time.perf_counter(), time.process_time()
            with timed_parts() as parts:
                articles = load(Path(folder), tables, f"run-{number}")
            seconds.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu} | parts)
            there += tables["articles"].height
            assert articles == there, articles
    return seconds


@contextmanager
def timed_parts() -> Iterator[dict[str, float]]:
    """Yield the CPU seconds that each of OWN_PARTS takes within the block, by its name in the table."""
    spent = dict.fromkeys(OWN_PARTS.values(), 0.0)

    def timed(function: Callable[..., Any], part: str) -> Callable[..., Any]:
        def run(*args: Any, **how: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **how)
            finally:
                spent[part] += time.process_time() - start

        return run

    with ExitStack() as stack:
        for name, part in OWN_PARTS.items():
            stack.enter_context(patch.object(publishing, name, timed(getattr(publishing, name), part)))
        yield spent


def ours(folder: Path, tables: Tables, run_id: str) -> int:
    """Load with the product; return the number of published articles."""
    with open_next(folder / "w.duckdb", run_id) as version:
        version.stage(tables)
        publishing.publish(version)
    return query(folder / "w.duckdb", "SELECT count(*) FROM articles").item()


def dlt(folder: Path, tables: Tables, _run_id: str) -> int:
    """Load with dlt; return the number of loaded articles."""
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")  # otherwise, a warning for each table and load
    import dlt
    from dlt.destinations import duckdb as to_duckdb

    pipeline = dlt.pipeline(
        "bench",
        destination=to_duckdb(str(folder / "w.duckdb")),
        dataset_name="main_data",
        pipelines_dir=str(folder / "dlt"),
    )
    resources = [
        dlt.resource(
            frame.to_arrow(), name=name, primary_key=list(BY_NAME[name].key), write_disposition="merge"
        )
        for name, frame in tables.items()
        if frame.height
    ]
    pipeline.run(resources)
    return query(folder / "w.duckdb", "SELECT count(*) FROM main_data.articles").item()


def bare(folder: Path, tables: Tables, _run_id: str) -> int:
    """Load with plain inserts; return the number of loaded articles."""
    with connect(folder / "w.duckdb") as connection:
        connection.execute(f"CREATE SCHEMA {STAGING}; BEGIN")
        for name, frame in tables.items():
            connection.execute(create_table(BY_NAME[name], STAGING))
            connection.register("incoming", frame.to_arrow())
            connection.execute(f"INSERT INTO {STAGING}.{quoted(name)} FROM incoming")
            connection.unregister("incoming")
        connection.execute("COMMIT; CHECKPOINT")
        [(articles,)] = connection.execute(f"SELECT count(*) FROM {STAGING}.articles").fetchall()
    return articles


LOADS: tuple[Load, ...] = (ours, dlt, bare)


if __name__ == "__main__":
    main()
