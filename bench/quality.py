"""What the gate and the report cost: `python -m bench.quality ARTICLES... [--sizes 20 1000]`.

ARTICLES are files or folders that `onrecord ingest` reads. For each size, so many articles (taken again with a line
added when there are fewer) go through the steps of a run in this process; the CPU seconds of each step are printed, and
the share of checking and reporting in the whole. Prefect is left out: a real run is longer, the shares are smaller.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import polars as pl

from flows.ledger import run_row
from transforms.articles import build_articles
from transforms.readers import read_records
from warehouse.derive import polars_schema
from warehouse.publish import publish
from warehouse.stage import open_next
from warehouse.tables import FILES

RUN_ID = "bench"
BATCH = 100


def main() -> None:
    """Measure each size in a process of its own, so that each pays for its imports."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("articles", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[20, 1000])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print_costs(options.sizes[0], measure(options.articles, options.sizes[0]))
        return
    for size in options.sizes:
        paths = [str(path) for path in options.articles]
        subprocess.run(
            [sys.executable, "-m", "bench.quality", *paths, "--one", "--sizes", str(size)], check=True
        )


def print_costs(size: int, seconds: dict[str, float]) -> None:
    """One line a step, and the share of the gate and the report."""
    print(f"\n{size} articles")
    for step, spent in seconds.items():
        print(f"  {step:<18}{spent:7.1f} s")
    quality = seconds["check"] + seconds["report"]
    print(f"  check and report: {quality / sum(seconds.values()):.0%} of the whole without Prefect")


def measure(paths: list[Path], size: int) -> dict[str, float]:
    """CPU seconds of each step by its name, in the order of a run; imports count where they happen."""
    seconds: dict[str, float] = {}

    def timed(step: str, call: Callable[[], Any]) -> Any:
        began = time.process_time()
        result = call()
        seconds[step] = seconds.get(step, 0.0) + time.process_time() - began
        return result

    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "w.duckdb"
        articles = timed("read", lambda: read_articles(paths, size))
        with open_next(warehouse, RUN_ID) as version:
            for part in articles.iter_slices(BATCH):
                tables = timed("find statements", lambda part=part: find_statements(part))
                timed("stage", lambda part=part, tables=tables: version.stage({"articles": part} | tables))
            version.stage(ledger(articles))
            timed("check", lambda: check(version))
            timed("publish", lambda: publish(version))
        timed("report", lambda: report(warehouse))
    return seconds


def read_articles(paths: list[Path], size: int) -> pl.DataFrame:
    """So many different articles."""
    files = sorted(
        file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()
    )
    records = pl.concat([read_records(data, name).records for data, name in repeated(files, size)])
    return build_articles(records.head(size), run_id=RUN_ID)


def repeated(files: list[Path], size: int) -> Iterator[tuple[bytes, str]]:
    """The files again and again, each with a line of its own, until there are `size` of them."""
    for number, file in zip(range(size), cycle(files), strict=False):
        yield (
            file.read_bytes() + f"\n\nCopy number {number} of this article.\n".encode(),
            f"{number}/{file.name}",
        )


def find_statements(articles: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """As the task of the same name."""
    from transforms.build import build_tables
    from transforms.extract import EXTRACTOR_VERSION, extract_statements, find_names

    found = extract_statements(articles), find_names(articles)
    return build_tables(articles, *found, extractor_version=EXTRACTOR_VERSION, run_id=RUN_ID)


def ledger(articles: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """A run and its files, one article each."""
    now = datetime.now(UTC)
    parts = {"found": 1, "loaded": 1, "duplicate": 0, "rejected": 0}
    files = articles.select(
        pl.lit(RUN_ID).alias("run_id"), "path", pl.col("path").alias("file_sha256"),
        pl.lit("text").alias("format"), pl.lit("loaded").alias("outcome"),
        *(pl.lit(count).alias(f"articles_{part}") for part, count in parts.items()),
        pl.lit(None).alias("reason"),
    )  # fmt: skip
    return {"runs": run_row(RUN_ID, now, now, "bench", {}), "files": files.cast(polars_schema(FILES))}


def check(version: Any) -> None:
    """The gate, with the import of Great Expectations."""
    from expectations.gate import judge

    verdict = judge(version)
    assert not verdict.stopped, verdict.checks.filter(~pl.col("success"))


def report(warehouse: Path) -> None:
    """The page, with the import of what draws its chart."""
    from report import render_report

    render_report(warehouse, warehouse.parent / "report" / "index.html")


if __name__ == "__main__":
    main()
