"""Measure extraction on a Dask cluster: `python -m bench.cluster [--articles N] [--workers 1 2 4] [--out FILE]`.

`onrecord ingest` loads the same generated articles with 1, 2 and 4 workers; then with 4, of which one is killed
(SIGKILL) or stopped for some seconds (SIGSTOP) in the middle. Each warehouse must equal the first one, row for row.
Each worker is a process with one thread, in a network namespace of its own, if `ip` can create one (as root);
otherwise all share the machine's network.

On fewer than 4 cores the wall time of 4 workers says nothing about the cluster. Therefore "waiting"
runs repeat each measurement with workers that hold the tables already: they sleep for the CPU time that a batch took
and then return its tables. That shows how well the run and the scheduler keep the workers busy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.crash import Facts, prefect_server, read_facts, require_same
from bench.runs import EXTRACTION, describe_machine, read_steps, write_corpus
from flows.compute.analysis import load_models

NETWORK = "10.213.7"
IN_BATCH = 10  # articles; small batches, so that four workers have work to the end
STOPPED = 5  # seconds for which a worker is stopped
BUSY = 0.5  # CPU seconds after which a worker is in the middle of its work
TICKS = os.sysconf("SC_CLK_TCK")
# Workers load this module first (twice, therefore `setdefault`).
WAITING = """
import pickle
import time
from pathlib import Path

import polars as pl

from flows.compute import analysis

compute = analysis.__dict__.setdefault("compute", analysis.find_tables)

def replay(articles, *, run_id, **options):
    file = Path({folder!r}) / articles["article_id"][0]
    if file.exists():
        seconds, tables = pickle.loads(file.read_bytes())
        time.sleep(seconds)
    else:
        began = time.thread_time()
        tables = compute(articles, run_id=run_id, **options)
        file.write_bytes(pickle.dumps((time.thread_time() - began, tables)))
    return {{
        name: frame.with_columns(run_id=pl.lit(run_id)) if "run_id" in frame.columns else frame
        for name, frame in tables.items()
    }}

analysis.find_tables = replay
"""


@dataclass(frozen=True)
class Host:
    """A place for a process: the command that enters its network namespace, and its address."""

    enter: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers, which have loaded their models."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def main() -> None:
    """Measure runs with several numbers of workers; print a table and, with `--out`, write the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # ends the workers and removes the network
    result = {"machine": describe_machine(), "articles": options.articles, "runs": {}}
    with tempfile.TemporaryDirectory() as name, prefect_server(Path(name) / "prefect") as environment:
        measured = measure(Path(name), environment, options.articles, options.workers, options.repeats)
        for name, figures in measured:
            result["runs"][name] = figures
            keep(result, options.out)
    print(write_table(result))


def keep(result: dict[str, Any], out: Path | None) -> None:
    """Write the figures and their table."""
    if out:
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        out.with_suffix(".md").write_text(write_table(result) + "\n", encoding="utf-8")


def measure(
    folder: Path, environment: dict[str, str], articles: int, counts: list[int], repeats: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the figures of each run; raise AssertionError if two warehouses differ."""
    corpus, most = write_corpus(folder / "corpus", articles), max(counts)
    (folder / "tables").mkdir()
    waiting = folder / "waiting.py"
    waiting.write_text(WAITING.format(folder=str(folder / "tables")), encoding="utf-8")
    bench = Bench(folder, environment, corpus)
    with open_network(most) as hosts:
        bench.hosts = hosts
        for count in counts:
            yield name_run(count), medians([bench.run(count) for _ in range(repeats)])
        yield f"{name_run(most)}, one killed", bench.run(most, kill)
        yield f"{name_run(most)}, one stopped for {STOPPED} s", bench.run(most, stop)
        bench.run(most, preload=waiting)  # computes the tables that the waiting workers hold
        for count in counts:
            runs = [bench.run(count, preload=waiting) for _ in range(repeats)]
            yield f"{name_run(count)}, waiting", medians(runs)


def name_run(workers: int) -> str:
    """Return the name of a run, such as `1 worker` or `2 workers`."""
    return f"{workers} worker{'s'[: workers > 1]}"


class Bench:
    """Makes runs over one corpus, each on a new cluster and into a new warehouse; all warehouses must be equal."""

    def __init__(self, folder: Path, environment: dict[str, str], corpus: Path) -> None:
        self.folder, self.environment, self.corpus = folder, environment, corpus
        self.hosts: list[Host] = []
        self.first: Facts | None = None

    def run(
        self,
        workers: int,
        disturb: Callable[[subprocess.Popen[bytes]], None] | None = None,
        preload: Path | None = None,
    ) -> dict[str, Any]:
        """Measure a run; `disturb` is called with a worker once this worker is in the middle of its work."""
        with open_cluster(self.hosts[0], self.hosts[1 : workers + 1], preload) as cluster:
            place = self.folder / "warehouse"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            everyone = [cluster.scheduler, *cluster.workers]
            before, began = [read_cpu(process.pid) for process in everyone], time.perf_counter()
            with (place / "out").open("wb") as file:
                run = subprocess.Popen(self.command(place), env=self.settings(cluster), stdout=file)
            if disturb:
                disturb_when_busy(cluster.workers[0], run, disturb)
            _, status, usage = os.wait4(run.pid, 0)
            seconds, out = time.perf_counter() - began, (place / "out").read_text()
            assert status == 0, out
            scheduler, *spent = [
                read_cpu(process.pid) - cpu for process, cpu in zip(everyone, before, strict=True)
            ]
        self.require_same(place / "w.duckdb")
        print(f"{name_run(workers)}: {seconds:.1f} s", file=sys.stderr, flush=True)
        steps = read_steps(place / "w.duckdb", json.loads(out))["steps"]
        return {
            "seconds": seconds, "extraction": steps[EXTRACTION], "cpu_run": usage.ru_utime + usage.ru_stime,
            "cpu_scheduler": scheduler, "cpu_workers": sum(spent), "load": os.getloadavg()[0],
        }  # fmt: skip

    def command(self, place: Path) -> list[str]:
        program = [sys.executable, "-c", "from flows.cli import main; main()"]
        return [
            *program,
            "ingest",
            str(self.corpus),
            "--json",
            "--quiet",
            "--warehouse",
            str(place / "w.duckdb"),
        ]

    def settings(self, cluster: Cluster) -> dict[str, str]:
        executor = cluster.address.replace("tcp://", "dask://")
        return self.environment | {
            "ONRECORD_EXECUTOR": executor,
            "ONRECORD_ARTICLES_PER_BATCH": str(IN_BATCH),
        }

    def require_same(self, warehouse: Path) -> None:
        """Raise AssertionError unless all rows are those of the first run."""
        facts = read_facts(warehouse)
        self.first = self.first or facts
        require_same(facts, self.first)


def disturb_when_busy(
    worker: subprocess.Popen[bytes],
    run: subprocess.Popen[bytes],
    disturb: Callable[[subprocess.Popen[bytes]], None],
) -> None:
    """Disturb a worker once it has used some CPU time for this run; raise AssertionError if the run ends earlier."""
    idle = read_cpu(worker.pid)
    while read_cpu(worker.pid) < idle + BUSY:
        assert Path(f"/proc/{run.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z", (
            "the run ended before"
        )
        time.sleep(0.05)
    disturb(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker with the batches that it has."""
    worker.kill()


def stop(worker: subprocess.Popen[bytes]) -> None:
    """Stop a worker for a while."""
    worker.send_signal(signal.SIGSTOP)
    time.sleep(STOPPED)
    worker.send_signal(signal.SIGCONT)


def read_cpu(pid: int) -> float:
    """Return the CPU seconds of a process so far, also of one that has ended and was not waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


# --- the cluster ----------------------------------------------------------------------------------------------


@contextmanager
def open_cluster(scheduler: Host, workers: list[Host], preload: Path | None) -> Iterator[Cluster]:
    """Yield a cluster whose workers have loaded their models."""
    from distributed import Client

    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        file = Path(name) / "scheduler.json"
        first = stack.enter_context(running(scheduler, "scheduler", "--port", 0, "--scheduler-file", file))
        deadline = time.monotonic() + 120
        while not file.exists():
            assert time.monotonic() < deadline, "no scheduler"
            time.sleep(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        more: tuple[object, ...] = ("--nthreads", 1, "--no-nanny", "--local-directory", name)
        more += ("--preload", preload) if preload else ()
        crew = [stack.enter_context(running(host, "worker", address, *more)) for host in workers]
        with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(len(workers), timeout=300)
            client.run(load_models)
        yield Cluster(address, first, crew)


@contextmanager
def running(host: Host, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Dask process at `host` until the end of the block."""
    command = [*host.enter, sys.executable, "-m", "dask", *map(str, arguments)]
    command += ["--host", host.address, "--no-dashboard"]
    threads = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    process = subprocess.Popen(command, env=os.environ | threads, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(60)


@contextmanager
def open_network(workers: int) -> Iterator[list[Host]]:
    """Yield the host of the scheduler and the hosts of the workers.

    Each host is a network namespace, and a bridge joins them. Without root or `ip`, all hosts are this machine.
    """
    if os.geteuid() or not shutil.which("ip"):
        yield [Host((), "127.0.0.1")] * (workers + 1)
        return
    bridge = f"orb{os.getpid()}"  # a name of at most 15 characters that no earlier network has
    with ExitStack() as stack:
        call_ip("link", "add", bridge, "type", "bridge")
        stack.callback(call_ip, "link", "del", bridge)
        call_ip("addr", "add", f"{NETWORK}.1/24", "dev", bridge)
        call_ip("link", "set", bridge, "up")
        hosts = [Host((), f"{NETWORK}.1")]
        for number in range(1, workers + 1):
            space, outside = f"onrecord-{os.getpid()}-{number}", f"orv{os.getpid()}-{number}"
            call_ip("netns", "add", space)
            stack.callback(call_ip, "netns", "del", space)
            call_ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", space)
            call_ip("link", "set", outside, "master", bridge, "up")
            call_ip("-n", space, "addr", "add", f"{NETWORK}.{number + 1}/24", "dev", "eth0")
            call_ip("-n", space, "link", "set", "eth0", "up")
            call_ip("-n", space, "link", "set", "lo", "up")
            hosts.append(Host(("ip", "netns", "exec", space), f"{NETWORK}.{number + 1}"))
        yield hosts


def call_ip(*arguments: str) -> None:
    """Run `ip`; raise CalledProcessError if it fails."""
    subprocess.run(["ip", *arguments], check=True)


# --- figures --------------------------------------------------------------------------------------------------


def medians(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each measured value over the runs."""
    return {name: median(run[name] for run in runs) for name in runs[0]}


def write_table(result: dict[str, Any]) -> str:
    """Return a Markdown table with one line per run."""
    machine, articles = result["machine"], result["articles"]
    lines = [
        f"{articles} articles, {machine['cores']} cores, load {machine['load']:.1f} at the start\n",
        "| | seconds | of them extraction | CPU ms per article: workers | scheduler | run | load |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, run in result["runs"].items():
        cpu = [f"{1000 * run[part] / articles:.1f}" for part in ("cpu_workers", "cpu_scheduler", "cpu_run")]
        lines.append(
            f"| {name} | {run['seconds']:.1f} | {run['extraction']:.1f} | {' | '.join(cpu)} | {run['load']:.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
