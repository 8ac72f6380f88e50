"""Kill real runs at random moments, restart them, and check that nothing is lost, duplicated or half published.

    python -m bench.crash [ARTICLES...] [--kills 100] [--in-place] [--seed 1] [--out bench/results/crash.json]

Half of the articles are published first, with two corrections. On copies of that warehouse, with other corrections,
`onrecord ingest` of all articles is killed (SIGKILL, with all its processes) up to four times and then left to finish.
After each kill the warehouse must open, pass all critical checks and equal, row for row, either its old state or the
result of an undisturbed run. At the end it must equal the latter. All runs share one Prefect server.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from expectations.audit import audit
from schema.tables import VERSIONED
from warehouse.files.connect import query

SAMPLES = Path(__file__).parents[1] / "seeds" / "articles"
KILLS_A_WAREHOUSE = 4
SMALL_BATCHES = {
    "ONRECORD_FILES_PER_BATCH": "6",
    "ONRECORD_ARTICLES_PER_BATCH": "2",
    "ONRECORD_STAGE_SECONDS": "0",
}  # many small steps, so that a kill can hit between any two
PEOPLE = """
    SELECT name FROM actors JOIN statements USING (actor_id)
    WHERE actors.kind = 'person' GROUP BY name HAVING count(DISTINCT actor_id) = 1 ORDER BY count(*) DESC, name"""
FACTS = "SELECT * EXCLUDE ({but}) FROM {table} ORDER BY ALL"
LEDGER = {
    "sources": "SELECT path, file_sha256 FROM ops.sources ORDER BY ALL",
    "files": "SELECT path, outcome, articles_loaded, articles_duplicate FROM ops.files ORDER BY ALL",
    "corrections": "SELECT action, actor, value, outcome FROM ops.actor_corrections ORDER BY ALL",
    "runs": "SELECT count(*), count(version_no) FROM ops.runs LEFT JOIN ops.versions USING (run_id)",
}

Facts = dict[str, list[tuple[Any, ...]]]


def main() -> None:
    """Kill and restart runs as the options say; print the counts and, with `--out`, write them as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("articles", nargs="*", type=Path, default=[SAMPLES])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--in-place", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, prefect_server(Path(folder) / "prefect") as environment:
        if options.in_place:
            environment["ONRECORD_PUBLISH"] = "in_place"
        undisturbed = prepare(Path(folder), options.articles, environment)
        figures = crash(Path(folder), undisturbed, options.kills, options.seed, environment)
    print(json.dumps(figures))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


class Undisturbed(NamedTuple):
    """What no kill disturbed: the folders of the warehouse `before` the run that reads `files`, and `after` it."""

    files: list[Path]
    before: Path
    after: Path
    seconds: float  # that this run took


def prepare(folder: Path, articles: list[Path], environment: dict[str, str]) -> Undisturbed:
    """Publish half of `articles`, and in a copy of that warehouse all of them, each with its corrections."""
    files = sorted(file for path in articles for file in (path.iterdir() if path.is_dir() else [path]))
    before, after = folder / "before", folder / "after"
    assert ingest(before, files[::2], environment).wait() == 0
    correct(before, is_after=False)
    assert ingest(before, files[::2], environment).wait() == 0
    shutil.copytree(before, after)
    correct(after, is_after=True)
    began = time.monotonic()
    assert ingest(after, files, environment).wait() == 0
    return Undisturbed(files, before, after, time.monotonic() - began)


def crash(
    folder: Path, undisturbed: Undisturbed, kills: int, seed: int, environment: dict[str, str]
) -> dict[str, Any]:
    """Kill runs, `kills` times, and return the counts; raise `AssertionError` if anything went wrong."""
    draw = random.Random(seed)
    files, duration = undisturbed.files, undisturbed.seconds
    before, after = read_sound(undisturbed.before), read_sound(undisturbed.after)
    figures = {
        "kills": 0,
        "warehouses": 0,
        "resumed": 0,
        "killed_when_published": 0,
        "undisturbed_seconds": duration,
    }
    while figures["kills"] < kills:
        place = folder / f"{figures['warehouses']:03}"
        shutil.copytree(undisturbed.before, place)
        shutil.copy(undisturbed.after / "corrections.csv", place)
        for _ in range(min(KILLS_A_WAREHOUSE, kills - figures["kills"])):
            run = ingest(place, files, environment)
            if not is_running_after(run, draw.uniform(0, duration)):
                duration *= 0.9  # the run ended first: the machine has become faster
                break
            kill(run)
            figures["kills"] += 1
            found = read_sound(place)
            if found == after:
                figures["killed_when_published"] += 1
                break  # the next run would have nothing to do
            require_same(found, before)
        last = ingest(place, files, environment)
        assert last.wait() == 0, (place / "stderr").read_text()
        figures["resumed"] += json.loads((place / "stdout").read_text())["resumed"]
        figures["warehouses"] += 1
        require_same(read_sound(place), after)
        print(f"{figures['kills']:4} kills, {figures['warehouses']} warehouses intact", flush=True)
        shutil.rmtree(place)
    return figures


def correct(place: Path, *, is_after: bool) -> None:
    """Write corrections of actors and statements: those of the first run or, if `is_after`, of the killed runs."""
    names = query(place / "w.duckdb", PEOPLE)["name"].to_list() + ["Nobody"] * 5
    statements, contents = query(
        place / "w.duckdb", "SELECT statement_id, content FROM statements ORDER BY ALL"
    )
    before = [("merge", names[0], names[1]), ("delete", statements[0], "")]
    after = [
        ("rename", names[2], "Somebody Else"),
        ("speaker", statements[0], names[3]),
        ("content", statements[1], " ".join(contents[1].split()[1:4])),
        ("not_an_actor", names[4], ""),
    ]
    with (place / "corrections.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("action", "actor", "value"), *(after if is_after else before)])


def ingest(place: Path, articles: list[Path], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start `onrecord ingest` in a new process group."""
    place.mkdir(exist_ok=True)
    paths = [str(path.resolve()) for path in articles]
    command = [sys.executable, "-c", "from flows.cli import main; main()", "ingest", *paths, "--json",
               "--warehouse", str(place / "w.duckdb")]  # fmt: skip
    with (place / "stdout").open("wb") as out, (place / "stderr").open("wb") as err:
        return subprocess.Popen(
            command, env=environment | SMALL_BATCHES, stdout=out, stderr=err, start_new_session=True,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip


def is_running_after(run: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for `seconds`; return whether the run is still going."""
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def kill(run: subprocess.Popen[bytes]) -> None:
    """Kill a run and every process it has started."""
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def read_sound(place: Path) -> Facts:
    """Read what a warehouse has published; raise `AssertionError` if the warehouse fails a critical check."""
    failed = audit(place / "w.duckdb").filter(severity="critical", success=False)
    assert failed.is_empty(), failed
    return read_facts(place / "w.duckdb")


def read_facts(warehouse: Path) -> Facts:
    """Read all rows of `main`, and the ledger of files and runs, without run ids and version numbers."""
    facts = {}
    for table in VERSIONED:
        run = ["run_id"] if any(column.name == "run_id" for column in table.columns) else []
        sql = FACTS.format(but=", ".join([*run, "since_version"]), table=table.qualified)
        facts[table.name] = query(warehouse, sql).rows()
    return facts | {name: query(warehouse, sql).rows() for name, sql in LEDGER.items()}


def require_same(found: Facts, expected: Facts) -> None:
    """Raise `AssertionError` with the name of the first table whose rows differ."""
    for table, rows in expected.items():
        assert found[table] == rows, table


@contextmanager
def prefect_server(home: Path) -> Iterator[dict[str, str]]:
    """Start a Prefect server and yield the environment in which runs use it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "ONRECORD"))
    }
    clean |= {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port), "--no-ui"]
    server = subprocess.Popen(
        command, env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/health")
        yield clean | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    finally:
        kill(server)


def _wait_for(address: str, seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"no answer from {address}")


if __name__ == "__main__":
    main()
