"""Worker processes share what they load, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.memory import measure, write_long
from flows.compute.pool import end_pool, start_pool
from tests.flows.compute.test_workers import is_alive

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
# Threads that libraries start when they are imported; after a fork, nothing waits for them.
IDLE = {"jemalloc_bg_thd", "polars-ooc-clea", "python"}
LOAD = """
import flows.compute.template
from pathlib import Path
print(*{file.read_text().strip() for file in Path("/proc/self/task").glob("*/comm")})
"""


def test_loading_the_models_starts_no_thread_pool():
    """A forked process has none of the pool's threads and would wait for them forever."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=True
    )
    python = Path(sys.executable).resolve().name[:15]
    assert set(done.stdout.split()) <= IDLE | {python, Path(sys.executable).name[:15]}


def test_pools_share_a_template_that_may_die_and_ends_with_the_last_of_them():
    first, second = start_pool(1), start_pool(1)
    template, same = (pool.submit(os.getppid).result() for pool in (first, second))
    assert template == same != os.getpid()
    end_pool(first)
    assert is_alive(template)
    os.kill(template, signal.SIGKILL)
    os.waitid(os.P_PID, template, os.WEXITED | os.WNOWAIT)  # all its threads have ended
    third = start_pool(1)
    fresh = third.submit(os.getppid).result()
    assert fresh != template and is_alive(fresh)
    for pool in (second, third):
        end_pool(pool, at_once=True)
    assert not is_alive(fresh)


@pytest.mark.slow
def test_a_run_over_several_long_texts_holds_what_one_takes(tmp_path):
    """Two texts at a time, in processes that share no memory, would take 200 MB more than one text."""
    texts = write_long(tmp_path / "texts", 3, 310_000)
    peak = measure([texts], tmp_path / "w" / "w.duckdb", ["--processes", "2"])
    assert 300e6 < peak.total < 850e6, peak
