"""Measure the peak memory of a run: `python -m bench.memory PATH...`, or `--long N` for N generated texts of 1 MB.

`onrecord ingest` loads the paths into a new warehouse. Five times a second the memory of the run and its descendants,
the temporary Prefect server included, is summed. A page that several processes share counts in proportion (PSS).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from demo import build_demo

LOOK = 0.2  # seconds between two samples
LENGTH = 990_000  # characters of a long text; an article may have a million


class Peak(NamedTuple):
    """The largest total in bytes, with the memory of each process and the time in seconds at that moment."""

    total: int
    of_each: dict[str, int]
    seconds: float


def main() -> None:
    """Measure a run over the given files, or over generated long texts, and print its peak memory."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--long", type=int, metavar="N", help="generate N texts of a megabyte instead")
    parser.add_argument("--length", type=int, default=LENGTH, help="characters of each generated text")
    parser.add_argument("--options", default="", help="options for onrecord ingest")
    parser.add_argument("--trace", action="store_true", help="print each sample")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = given.paths or [write_long(folder / "texts", given.long, given.length)]
        peak = measure(paths, folder / "w" / "w.duckdb", given.options.split(), trace=given.trace)
    print(describe(peak))


def write_long(folder: Path, files: int, length: int = LENGTH) -> Path:
    """Write `files` texts of `length` characters, made of paragraphs of generated articles; return the folder."""
    folder.mkdir()
    for number in range(files):
        text = ""
        for body in _bodies(seed=number + 1):
            text += f"{body}\n\n"
            if len(text) >= length:
                break
        (folder / f"long-{number}.txt").write_text(text[:length], encoding="utf-8")
    return folder


def _bodies(seed: int) -> Iterator[str]:
    for tables in build_demo(2000, seed):
        yield from tables["articles"].filter(pl.col("story_id") == pl.col("article_id"))[
            "body"
        ]  # no versions


def measure(
    paths: Sequence[Path], warehouse: Path, options: Sequence[str] = (), *, trace: bool = False
) -> Peak:
    """Measure the peak memory of a run over `paths`. Raises CalledProcessError if the run fails."""
    command = [sys.executable, "-P", "-c", "from flows.cli import main; main()", "ingest", *map(str, paths),
               "--warehouse", str(warehouse), "--quiet", *options]  # fmt: skip
    began, peak = time.monotonic(), Peak(0, {}, 0)
    with subprocess.Popen(command) as run:
        while run.poll() is None:
            held = {f"{pid} {_name(pid)}": _share(pid) for pid in find_family(run.pid)}
            now = Peak(sum(held.values()), held, time.monotonic() - began)
            if trace:
                print(
                    f"{now.seconds:6.1f} s {now.total / 1e6:6.0f} MB:",
                    *(size // 10**6 for size in held.values()),
                )
            peak = max(peak, now, key=lambda look: look.total)
            time.sleep(LOOK)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    return peak


def describe(peak: Peak) -> str:
    """Describe the total and the memory of each process in MB."""
    parts = (f"{size / 1e6:7.0f} {name}" for name, size in peak.of_each.items())
    return "\n".join([f"{peak.total / 1e6:7.0f} MB after {peak.seconds:.1f} s", *parts])


def find_family(pid: int) -> list[int]:
    """Return the ids of a process and all its descendants."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        children = []
    return [pid, *(member for child in children for member in find_family(child))]


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):  # the process has ended
        return 0


def _name(pid: int) -> str:
    try:
        return " ".join(Path(f"/proc/{pid}/cmdline").read_text().split("\0"))[-60:]
    except OSError:
        return ""


if __name__ == "__main__":
    main()
