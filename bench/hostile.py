"""Measure the cost of hostile files, by default those of `bench/hostile_files.py`: `python -m bench.hostile [FILE]...`

Each file is read in the reader process and its articles are analysed here, both within the bounds of a run. Each line
shows the CPU seconds of reading and analysis, the peak memory of both processes in MB, and the outcome. The exit code
is 1 if a file took more than `--seconds` or a gigabyte.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench.hostile_files import FILES
from flows.compute.analysis import find_within
from flows.compute.bounds import ANALYSIS, Bounds
from flows.compute.readers import Reader, open_reader
from flows.run.batches import split_articles
from flows.sources.base import FileBytes
from transforms.articles.articles import build_articles
from transforms.readers import Options, Reading

MOST = 1000  # articles in a batch
GOOD = b"The weir stays, Bo Hale said on Friday."


class Cost(NamedTuple):
    """The cost of one file, and its outcome."""

    name: str
    reading: float  # processor seconds
    analysis: float
    reader_mb: float
    analysis_mb: float
    articles: int
    statements: int
    codes: dict[str, int]


def main() -> None:
    """Measure each file and print its costs on a line; the exit code is 1 if a file cost too much."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="files to read instead of the generated ones")
    parser.add_argument(
        "--only", default="", help="generate only files whose names begin with one of these (a,b)"
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--no-analysis", action="store_true", help="only read the files")
    given = parser.parse_args()
    inputs = ((file.name, file.read_bytes()) for file in given.files) if given.files else make(given.only)
    costly = 0
    with open_reader(Bounds()) as reader:
        measure(reader, "good", GOOD, analyse=not given.no_analysis)  # loads the models
        for name, data in inputs:
            cost = measure(reader, name, data, analyse=not given.no_analysis)
            is_costly = cost.reading + cost.analysis > given.seconds or max(cost[3:5]) > 1000
            costly += is_costly
            print(describe(cost, is_costly), flush=True)
    raise SystemExit(bool(costly))


def make(only: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each generated file whose name begins with a prefix in the list `only`."""
    return ((name, build()) for name, build in FILES.items() if name.startswith(tuple(only.split(","))))


def measure(reader: Reader, name: str, data: bytes, *, analyse: bool) -> Cost:
    """Read and analyse one file within the bounds of a run, and return its cost."""
    reader.start()
    place = _place(reader)
    before, ended = _used(place), _used_by_ended()
    _forget_peak(place)
    [(_, _, reading)] = reader.read_all(iter([(FileBytes(name, data), None)]), Options())
    seconds = _used(_place(reader)) + _used_by_ended() - ended - before  # the process may have been replaced
    peak = _peak(place)
    here = Path("/proc/self")
    _forget_peak(here)
    began = time.process_time()
    statements, unanalysed = analyse_all(reading) if analyse else (0, Counter())
    codes = Counter(no.reason_code for no in reading.rejects) + unanalysed
    taken = time.process_time() - began
    return Cost(name, seconds, taken, peak, _peak(here), reading.records.height, statements, dict(codes))


def analyse_all(reading: Reading) -> tuple[int, Counter[str]]:
    """Analyse all articles; return the number of statements and the counts of reject codes."""
    statements, codes = 0, Counter[str]()
    articles = build_articles(reading.records, run_id="bench")
    for batch in split_articles(articles, {}, MOST):
        found = find_within(batch.articles, run_id="bench", languages=("en",), bounds=ANALYSIS)
        statements += found["statements"].height if "statements" in found else 0
        codes.update(found["unanalysed"]["reason_code"] if "unanalysed" in found else [])
    return statements, codes


def describe(cost: Cost, is_costly: bool) -> str:
    """Format the cost of one file as a line; a costly file is marked."""
    codes = " ".join(f"{code}:{number}" for code, number in cost.codes.items())
    return (
        f"{'!' if is_costly else ' '} {cost.name:28} {cost.reading:6.2f} s {cost.analysis:6.2f} s "
        f"{cost.reader_mb:5.0f} {cost.analysis_mb:5.0f} MB {cost.articles:6} articles "
        f"{cost.statements:6} statements  {codes}"
    )


def _place(reader: Reader) -> Path:
    return Path(f"/proc/{reader._process._process.pid}") if reader._process else Path("/nowhere")


def _used(process: Path) -> float:
    try:
        return sum(map(int, (process / "stat").read_text().split()[13:15])) / 100
    except OSError:
        return 0


def _used_by_ended() -> float:
    """Return the CPU seconds of all readers that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _peak(process: Path) -> float:
    try:
        return int((process / "status").read_text().split("VmHWM:")[1].split()[0]) / 1000
    except (OSError, IndexError):
        return 0


def _forget_peak(process: Path) -> None:
    with suppress(OSError):
        (process / "clear_refs").write_text("5")


if __name__ == "__main__":
    main()
