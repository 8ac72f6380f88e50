"""Measure the CPU time of analysis by part, and of imports: `python -m bench.parts TEXTS [--most N] [--start]`.

TEXTS is a JSON Lines file whose objects have a `text`. The texts go through extraction and resolution in batches as in
a run, in one process with loaded models. The time of a part does not include the parts inside it. With `--start`,
modules are imported in fresh processes; each line also imports the modules of the lines above it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from flows.compute.analysis import load_models
from flows.run.batches import split_articles
from transforms import extract
from transforms.build import build_facts

MOST = 2000  # articles per batch, as in a run
PARTS = {
    "tokens": ("transforms.extract", "tokenize_again"),
    "network": ("transforms.extract.tagger", "Tagger._run"),
    "vectors of words": ("transforms.extract.tagger", "WordVectors.rows"),
    "best tags": ("transforms.extract", "best_labels"),
    "statements of a window": ("transforms.extract", "read_statements"),
    "pointers": ("transforms.extract", "read_pointers"),
    "nested statements, the network's part of it aside": ("transforms.extract", "_add_nested"),
    "names, roles, clusters": ("transforms.resolve.article", "build_cast"),
    "types and countries": ("transforms.resolve.article", "guess_types"),
    "speakers and references": ("transforms.resolve.article", "find_speakers"),
    "meanings of cues": ("transforms.build", "describe_cues"),
    "who is who in the batch": ("transforms.build", "identify"),
    "table of statements": ("transforms.build", "build_statements"),
    "stances": ("transforms.build", "add_stances"),
}
START = ("polars", "duckdb", "onnxruntime", "prefect", "flows.ingest", "expectations.suites", "report")


class Parts:
    """CPU seconds by part. Time in a part inside another one counts only for the inner part."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inside = [0.0]  # for each part in progress, the seconds of the parts inside it

    def measured(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function so that its CPU seconds are added to a part."""

        @wraps(function)
        def measure(*args: Any, **options: Any) -> Any:
            began = time.process_time()
            self._inside.append(0.0)
            try:
                result = function(*args, **options)
                return list(result) if hasattr(result, "__next__") else result
            finally:
                took = time.process_time() - began
                self.seconds[name] += took - self._inside.pop()
                self._inside[-1] += took

        return measure

    def watch(self) -> None:
        """Wrap the functions of all parts, so that their calls are measured."""
        for name, (module, path) in PARTS.items():
            owner: Any = import_module(module)
            *classes, last = path.split(".")
            for part in classes:
                owner = getattr(owner, part)
            setattr(owner, last, self.measured(name, getattr(owner, last)))


def measure_parts(texts: list[str]) -> None:
    """Print a table with the CPU time of each part, and how many words are analysed per CPU second."""
    load_models()
    ids = [f"{number:06}" for number in range(len(texts))]
    articles = pl.DataFrame({"article_id": ids, "body": texts}).with_columns(
        published_on=pl.lit(None, pl.Date)
    )
    analyse(articles.head(10))  # loads the seeds
    parts = Parts()
    parts.watch()
    began = time.process_time()
    for batch in split_articles(articles, {}, MOST):
        analyse(batch.articles)
    total = time.process_time() - began
    parts.seconds["the rest"] = total - sum(parts.seconds.values())
    words = sum(len(text.split()) for text in texts)
    print(f"{words:,} words, {total:.2f} CPU s, {words / total:,.0f} words a CPU second")
    print("| part | CPU s | share |\n|---|---:|---:|")
    for name, seconds in sorted(parts.seconds.items(), key=lambda part: -part[1]):
        print(f"| {name} | {seconds:.2f} | {seconds / total:.0%} |")
    print(f"words a CPU second of tokenizing alone: {words / parts.seconds['tokens']:,.0f}")


def analyse(articles: pl.DataFrame) -> None:
    """Extract and resolve the articles."""
    build_facts(articles, *extract.read_articles(articles), extractor_version="bench", run_id="bench")


def measure_start() -> None:
    """Print, for each module, the CPU seconds of a fresh process that imports all modules up to it (best of three)."""
    print("| imported so far | CPU s |\n|---|---:|")
    for last in range(len(START) + 1):
        code = "".join(f"import {name}\n" for name in ("flows.cli", *START[:last]))
        took = min(_cpu_of([sys.executable, "-c", code]) for _ in range(3))
        print(f"| {('flows.cli', *START)[last]} | {took:.2f} |")


def _cpu_of(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.parts", description=__doc__)
    parser.add_argument("texts", nargs="?", type=Path)
    parser.add_argument("--most", type=int, default=300, metavar="N", help="read the first N texts")
    parser.add_argument("--start", action="store_true", help="also measure imports")
    given = parser.parse_args()
    if given.texts:
        with given.texts.open(encoding="utf-8") as lines:
            measure_parts([json.loads(line)["text"] for line in islice(lines, given.most)])
    if given.start:
        measure_start()


if __name__ == "__main__":
    main()
