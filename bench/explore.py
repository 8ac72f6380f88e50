"""What the explorer's pages cost: `python -m bench.explore [WAREHOUSE] [--times 7] [--publish]`.

A server of its own is started on the warehouse (default: data/demo.duckdb, which `onrecord demo` makes), and each page
is asked for several times, each time at another address, so that none is one that was kept. The table shows for each
the median and the slowest of these, first byte to last, what it took of the processor, and its size; in the end the
memory that the server took. Pages that count over the whole warehouse are made when the server starts. `--publish`
meanwhile publishes the same articles into another file, over and over.
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
    "data quality": "/runs?",
    "questions": "/questions?",
}


@contextmanager
def explorer(warehouse: Path) -> Iterator[tuple[str, int]]:
    """The address and the process of an explorer."""
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
    """Another process that makes and publishes a warehouse of so many articles, again and again."""
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
    """The seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of(pid: int) -> int:
    """The most memory that a process has taken, in MB."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) // 1024


def read(address: str) -> int:
    with urllib.request.urlopen(address) as answer:
        return len(answer.read())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouse", type=Path, nargs="?", default=Path("data/demo.duckdb"))
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    rows = query(options.warehouse, ROWS).to_dicts()
    word, other = query(options.warehouse, WORD)["word"].to_list()
    with explorer(options.warehouse) as (base, pid):
        for route in ("/", "/runs", "/questions", "/outlets", "/search"):
            read(base + route)  # what the server makes when it starts
        if options.publish:
            with publishing(5_000):
                time.sleep(5)
                measure(base, pid, rows, word, other, options.times)
        else:
            measure(base, pid, rows, word, other, options.times)
        print(f"memory of the server: {peak_of(pid)} MB at most")


def measure(base: str, pid: int, rows: list[dict[str, str]], word: str, other: str, times: int) -> None:
    print(f"{'page':28}{'median':>10}{'slowest':>10}{'processor':>12}{'size':>10}")
    every = []
    for name, path in PAGES.items():
        took, sizes, before = [], [], seconds_of(pid)
        for number in range(times):
            row = {key.removesuffix("_id"): quote(value) for key, value in rows[number % len(rows)].items()}
            address = f"{base}{path.format(word=quote(word), other=quote(other), **row)}&time={number}"
            began = time.perf_counter()
            sizes.append(read(address))
            took.append(1000 * (time.perf_counter() - began))
        every += took
        spent = 1000 * (seconds_of(pid) - before) / times
        print(
            f"{name:28}{statistics.median(took):>7.0f} ms{max(took):>7.0f} ms{spent:>9.0f} ms"
            f"{statistics.mean(sizes) / 1000:>7.0f} kB"
        )
    every.sort()
    print(
        f"all: median {statistics.median(every):.0f} ms, 95th percentile {every[int(0.95 * len(every))]:.0f} ms"
    )


if __name__ == "__main__":
    main()
