"""Measure two warehouses in one lake on PostgreSQL: `python -m bench.lake [--articles N] [--out FILE]`.

Two generated warehouses, which share half of their articles, are copied to a lake: first one after the other, then
under other names by two processes at the same time, while this process reads. A reader must see whole versions only,
and each shared article once. PostgreSQL's server programs must be installed (`apt-get install postgresql`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.runs import describe_machine
from demo import build_demo
from tests.postgres import run_postgres
from warehouse.files.connect import query
from warehouse.lake import Lake, connect_lake
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

COPY = """
import sys
from pathlib import Path
from warehouse.lake import Lake, replicate
_, address, data, path, name = sys.argv
replicate(Path(path), Lake(address, data), name)
"""
COUNT = "SELECT count(*) FROM articles"


def main() -> None:
    """Copy two warehouses to a lake, print a table of the costs and, with `--out`, write them as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.lake", description=__doc__)
    parser.add_argument("--articles", type=int, default=2000, help="articles of each warehouse")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as name, run_postgres() as address:
            lake = Lake(f"ducklake:postgres:{address}", str(Path(name) / "files"))
            figures = measure(lake, list(write_warehouses(Path(name), options.articles)))
    except pytest.skip.Exception as missing:
        print(f"skipped: {missing}")
        return
    result = {
        "machine": describe_machine(),
        "articles of each": options.articles,
        "figures": figures,
    }
    print("| two warehouses in one lake | |\n|---|---:|")
    print("\n".join(f"| {name} | {value:,.1f} |" for name, value in figures.items()))
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def measure(lake: Lake, paths: list[Path]) -> dict[str, float]:
    """Copy the warehouses one by one, then at the same time, and return the figures.

    Raises AssertionError if a reader sees only a part of a version.
    """
    figures: dict[str, Any] = {}
    held = {path: query(path, COUNT).item() for path in paths}
    for path in paths:
        began = time.perf_counter()
        assert start(lake, path, path.stem).wait() == 0
        figures[f"seconds to copy {path.stem} alone"] = time.perf_counter() - began
    alone = sum(path.stat().st_size for path in Path(str(lake.data)).rglob("*.parquet"))
    began, took = time.perf_counter(), []
    copies = {f"{path.stem}-again": start(lake, path, f"{path.stem}-again") for path in paths}
    while any(copy.poll() is None for copy in copies.values()):
        look = time.perf_counter()
        for name, path in zip(copies, paths, strict=True):
            with connect_lake(lake, name) as connection:
                [(articles,)] = connection.execute(COUNT).fetchall()
                versions = connection.execute("SELECT version_no FROM ops.versions").fetchall()
            assert articles == (held[path] if versions else 0), (name, articles, versions)
        took.append(time.perf_counter() - look)
    figures["seconds to copy both at the same time"] = time.perf_counter() - began
    assert [copy.returncode for copy in copies.values()] == [0, 0]
    figures["reads of both meanwhile"], figures["seconds of the slowest"] = len(took), max(took)
    ids = pl.concat(query(path, "SELECT article_id FROM articles") for path in paths)["article_id"]
    with connect_lake(lake) as connection:
        assert connection.execute(COUNT).fetchall() == [(ids.n_unique(),)]
    return figures | {
        "articles of both": ids.n_unique(),
        "articles that both have": len(ids) - ids.n_unique(),
        "kB of Parquet per article": alone / 1000 / len(ids),
    }


def write_warehouses(folder: Path, articles: int) -> Iterator[Path]:
    """Generate the warehouses `north` and `south`; the articles of their first versions are the same."""
    [same] = build_demo(articles // 2, seed=1)
    for seed, name in enumerate(("north", "south"), 2):
        [own] = build_demo(articles - articles // 2, seed)
        for number, tables in enumerate((same, own), 1):
            run_id = f"{name}-{number}"
            with open_next(folder / f"{name}.duckdb", run_id) as version:
                version.stage({table: _rename_run(rows, run_id) for table, rows in tables.items()})
                publish(version)
        yield folder / f"{name}.duckdb"


def _rename_run(rows: pl.DataFrame, run_id: str) -> pl.DataFrame:
    return rows.with_columns(run_id=pl.lit(run_id)) if "run_id" in rows.columns else rows


def start(lake: Lake, path: Path, name: str) -> subprocess.Popen[bytes]:
    """Start a process that copies a warehouse to the lake under a name."""
    return subprocess.Popen([sys.executable, "-c", COPY, lake.address, str(lake.data), str(path), name])


if __name__ == "__main__":
    main()
