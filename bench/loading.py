"""Staging and publishing against dlt: `python -m bench.loading [--articles 5000]`.

Both take the same frames (a generated run) and leave them in a DuckDB file: ours staged, merged into the tables by
their keys, with history, search index, views and comments, copied beside and put in place; dlt's extracted from Arrow,
normalized and loaded with its write disposition "merge". dlt is no part of the product: `uv run --group bench`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from seeds.demo import build_demo
from warehouse.connect import query
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.tables import BY_NAME


def main() -> None:
    """Load with both, in turn, and print the medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.loading", description=__doc__)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("bench/results/loading.json"))
    options = parser.parse_args()
    tables = next(iter(build_demo(options.articles, seed=1)))
    pairs = [(timed(load_ours, tables), timed(load_dlt, tables)) for _ in range(options.repeats)]
    figures = {
        "articles": options.articles,
        "rows": sum(frame.height for frame in tables.values()),
        "ours_seconds": median(ours for ours, _ in pairs),
        "dlt_seconds": median(theirs for _, theirs in pairs),
        "dlt_over_ours": median(theirs / ours for ours, theirs in pairs),
    }
    print(json.dumps(figures))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def timed(load: Any, tables: dict[str, pl.DataFrame]) -> float:
    """CPU seconds of loading all tables into a new file; all of them must arrive."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        articles = load(Path(folder), tables)
        seconds = time.process_time() - start
    assert articles == tables["articles"].height, articles
    return seconds


def load_ours(folder: Path, tables: dict[str, pl.DataFrame]) -> int:
    """Rows of `articles` that are published."""
    with open_next(folder / "w.duckdb", "bench") as version:
        version.stage(tables)
        publish(version)
    return query(folder / "w.duckdb", "SELECT count(*) FROM articles").item()


def load_dlt(folder: Path, tables: dict[str, pl.DataFrame]) -> int:
    """Rows of `articles` that dlt has loaded."""
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


if __name__ == "__main__":
    main()
