"""Measure the explorer's pages: `python -m bench.explore [WAREHOUSE] [--times 20] [--publish]`.

It starts a server on the warehouse (default: data/demo.duckdb, which `onrecord demo` makes), and requests each page
several times with different parameters, so that no answer comes from a cache. For each page, the table shows the
size, the response time and the server's CPU time (median and 95th percentile). The last line shows the server's memory.
Pages that count over the whole warehouse are built when the server starts. With `--publish`, another process publishes
articles into another file during the measurements.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from warehouse.files.connect import query

ROWS = """
    SELECT s.actor_id, s.organization_id, s.article_id, s.statement_id, a.story_id,
        coalesce(a.outlet, a.agency) AS outlet
    FROM statements AS s
    JOIN articles AS a USING (article_id)
    WHERE s.actor_id IS NOT NULL AND s.organization_id IS NOT NULL AND coalesce(a.outlet, a.agency) IS NOT NULL
    USING SAMPLE 50 ROWS (reservoir, 1)
"""
WORD = """
    SELECT w.word
    FROM search.words AS w
    JOIN (SELECT stem_no, count(*) AS texts FROM search.statement_words GROUP BY stem_no) AS t USING (stem_no)
    WHERE t.texts <= (SELECT count(*) FROM search.statement_texts) / 20
    ORDER BY t.texts DESC, w.word LIMIT 2
"""
PAGES = {
    "first page": "/?",
    "search, a frequent word": "/search?q={word}",
    "search, by outlet": "/search?q={word}&by=outlet",
    "search, copies once": "/search?q={word}&copies=once",
    "search, a speaker": "/search?speaker={actor}",
    "search, everything": "/search?sort=new",
    "compare": "/compare?a={word}&b={other}",
    "subject": "/subject?q={word}",
    "people and bodies": "/actors?name=an",
    "actor": "/actor/{actor}?",
    "organization": "/organization/{organization}?",
    "outlets": "/outlets?",
    "outlet": "/outlet?name={outlet}",
    "story": "/story/{story}?",
    "article": "/article/{article}?",
    "statement": "/s/{statement}?",
    "saying": "/utterance/{statement}?",
    "data quality": "/runs?",
    "questions": "/questions?",
}


@contextmanager
def explorer(warehouse: Path) -> Iterator[tuple[str, int]]:
    """Start an explorer and yield its address and the id of its process."""
    command = [sys.executable, "-m", "flows.cli", "explore", "--no-browser", "--port", "0", "--warehouse"]
    process = subprocess.Popen([*command, str(warehouse)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split(" at ")[1].split()[0].rstrip("/"), process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def publishing(articles: int) -> Iterator[None]:
    """Let another process generate and publish a warehouse with `articles` articles, repeatedly."""
    with tempfile.TemporaryDirectory() as folder:
        again = (
            f'while "{sys.executable}" -m flows.cli demo --articles {articles} --warehouse "{folder}/$$.duckdb" '
            f'>/dev/null; do rm -r "{folder}"/*; done'
        )
        process = subprocess.Popen(["sh", "-c", again], start_new_session=True)
        try:
            yield
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def seconds_of(pid: int) -> float:
    """Return the CPU seconds that a process has used, by its own clock (`clock_getcpuclockid`)."""
    return time.clock_gettime((~pid << 3) | 2)


def peak_of(pid: int) -> int:
    """Return the peak memory of a process in MB."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) // 1024


def read(address: str) -> int:
    with urllib.request.urlopen(address) as answer:
        return len(answer.read())


def main() -> None:
    """Measure all pages of the explorer and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouse", type=Path, nargs="?", default=Path("data/demo.duckdb"))
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    rows = query(options.warehouse, ROWS).to_dicts()
    word, other = query(options.warehouse, WORD)["word"].to_list()
    with explorer(options.warehouse) as (base, pid):
        for route in ("/", "/runs", "/questions", "/outlets", "/search"):
            read(base + route)  # pages that the server builds when it starts
        if options.publish:
            with publishing(5_000):
                time.sleep(5)
                measure(base, pid, rows, word, other, options.times)
        else:
            measure(base, pid, rows, word, other, options.times)
        print(f"peak memory of the server: {peak_of(pid)} MB")


def measure(
    base: str, pid: int, rows: list[dict[str, str]], word: str, other: str, times: int
) -> list[tuple[float, float]]:
    """Request each page `times` times; return the wall and CPU milliseconds of each request.

    Prints a line for each page, and a line for all pages together.
    """
    titles = ("median", "95th", "CPU median", "CPU 95th", "size")
    print(f"{'page':28}" + "".join(f"{title:>12}" for title in titles))
    every: list[tuple[float, float]] = []
    for name, path in PAGES.items():
        took, sizes = [], []
        for number in range(times):
            row = {key.removesuffix("_id"): quote(value) for key, value in rows[number % len(rows)].items()}
            address = f"{base}{path.format(word=quote(word), other=quote(other), **row)}&time={number}"
            began, spent = time.perf_counter(), seconds_of(pid)
            sizes.append(read(address))
            took.append((1000 * (time.perf_counter() - began), 1000 * (seconds_of(pid) - spent)))
        every += took
        print(f"{name:28}{figures_of(took)}{statistics.mean(sizes) / 1000:>9.0f} kB", flush=True)
    print(f"{'all':28}{figures_of(every)}")
    return every


def figures_of(took: list[tuple[float, float]]) -> str:
    """Return median and 95th percentile of wall time and of CPU time."""
    cells = ""
    for times in zip(*took, strict=True):
        slow = statistics.quantiles(times, n=20, method="inclusive")[-1]
        cells += f"{statistics.median(times):>9.0f} ms{slow:>9.0f} ms"
    return cells


if __name__ == "__main__":
    main()
