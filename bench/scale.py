"""Measure all that a run costs, by size: `python -m bench.scale [--only PART...] [--sizes N...] [--large N]`.

Each part is a separate benchmark, which the output names. Its table is also written to a Markdown file in
`results/`.

- start: what imports cost;
- extraction: words per CPU second, by step, on generated articles or on `--texts`;
- increments: 100 more articles on warehouses of several sizes, and a chart of them;
- large: a large warehouse: loading, queries, explorer, backup, rollback, compaction;
- cluster: extraction on a Dask cluster of 1, 2 and 4 workers, also if one of them is killed or stopped;
- lake: two warehouses in one lake on PostgreSQL;
- loading: staging and publishing against dlt.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

from bench.runs import describe_machine
from demo import build_demo

RESULTS = Path(__file__).with_name("results")
TEXTS = 300  # generated articles for extraction
UV = Path(__file__).parents[1] / ".uv" / "bin" / "uv"
WITH_DLT = [str(UV), "run", "--frozen", "--group", "bench", "python"]


def main() -> None:
    """Run the parts one after the other; the exit code is 1 if one of them failed."""
    options = read_options()
    print(f"machine: {json.dumps(describe_machine())}", flush=True)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        texts = options.texts or write_texts(Path(folder) / "texts.jsonl")
        for part, arguments in commands(options, texts).items():
            if options.only and part not in options.only:
                continue
            print(f"\n## {part}: {' '.join(arguments)}\n", flush=True)
            began = time.monotonic()
            python = WITH_DLT if part == "loading" and UV.exists() else [sys.executable]
            if not run([*python, "-m", *arguments], part, name_table(part, arguments)):
                failed.append(part)
            print(f"\n{time.monotonic() - began:.0f} s", flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def name_table(part: str, arguments: list[str]) -> Path:
    """Return the path of a part's table: next to the figures that the benchmark writes with `--out`, if it does."""
    figures = dict(pairwise(arguments)).get("--out", RESULTS / part)
    return Path(figures).with_suffix(".md")


def run(command: list[str], part: str, table: Path) -> bool:
    """Run the benchmark of a part and show what it prints; if it succeeds, also write this to the file `table`.

    Returns whether the benchmark succeeded.
    """
    machine, printed = describe_machine(), []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    if process.returncode == 0 and any(
        line.startswith("|") for line in printed
    ):  # a table: it was not skipped
        heading = (
            f"Written by `make bench`, part `{part}`, on {date.today()}: {machine['cores']} cores "
            f"({machine['processor']}), Python {machine['python']}, load {machine['load']:.1f} at the start.\n\n"
        )
        table.write_text(heading + "".join(printed), encoding="utf-8")
    return process.returncode == 0


def read_options() -> argparse.Namespace:
    """Read the options of the benchmark from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[1000, 10_000],
        help="articles of each warehouse for increments",
    )
    parser.add_argument("--large", type=int, default=10_000, help="articles of the large warehouse")
    parser.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2, 4], help="workers of each Dask cluster"
    )
    parser.add_argument(
        "--repeats",
        type=int,
        default=3,
        help="runs per figure, which is their median; the cluster's parts run once",
    )
    parser.add_argument("--texts", type=Path, help="JSON Lines with a `text` each, for extraction")
    parser.add_argument("--only", nargs="+", metavar="PART")
    return parser.parse_args()


def commands(options: argparse.Namespace, texts: Path) -> dict[str, list[str]]:
    """Map each part to the arguments with which Python runs its benchmark."""
    sizes, workers = (list(map(str, numbers)) for numbers in (options.sizes, options.workers))
    repeats, large = str(options.repeats), str(options.large)
    return {
        "start": ["bench.parts", "--start"],
        "extraction": ["bench.parts", str(texts)],
        "increments": ["bench.increments", "--repeats", repeats, "--sizes", *sizes],
        "large": ["bench.large", "--articles", large, "--warehouse", f"data/large-{large}.duckdb",
                  "--out", str(RESULTS / f"large-{large}.json")],
        "cluster": ["bench.cluster", "--out", str(RESULTS / "cluster.json"), "--workers", *workers],  # each run once
        "lake": ["bench.lake", "--out", str(RESULTS / "lake.json")],
        "loading": ["bench.loading", "--repeats", repeats],
    }  # fmt: skip


def write_texts(path: Path) -> Path:
    """Write the texts of generated articles to a JSON Lines file, and return its path."""
    [tables] = build_demo(TEXTS, seed=1)
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in tables["articles"]["body"]))
    return path


if __name__ == "__main__":
    main()
