"""A killed run cannot report its end; the next run and `doctor` report it."""

import io
import os
import signal
import subprocess
import sys

import pytest
from rich.console import Console

from flows.display.progress import show_progress
from flows.display.summary import print_summary
from flows.doctor.installation import find_runs
from flows.outcome import Outcome
from flows.run.alive import find_deaths, noted_as_alive
from flows.run.attempt import attempt_noted
from flows.settings import Settings
from tests.warehouse.samples import publish_sample
from warehouse.files.lock import write_lock

KILLED = """
import sys, time
from pathlib import Path
from flows.run.alive import noted_as_alive
from flows.display.progress import show_progress
from flows.settings import Settings
from warehouse.files.lock import write_lock
settings = Settings(warehouse=Path(sys.argv[1]))
with noted_as_alive(settings), write_lock(settings.warehouse, "20260512T100000Z-abc"):
    show_progress("Finding statements", 3, 10)
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "state").mkdir()
    return Settings(warehouse=publish_sample(tmp_path / "w.duckdb"))


@pytest.fixture
def killed(settings):
    """The process of a run that was killed."""
    run = subprocess.Popen([sys.executable, "-c", KILLED, str(settings.warehouse)], stdout=subprocess.PIPE)
    assert run.stdout.readline() == b"ready\n"
    assert find_deaths(settings.state) == {}  # it is alive
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    run.stdout.close()
    return run.pid


def last_run(settings):
    return next(finding for finding in find_runs(settings) if finding.what == "last run")


def test_doctor_says_at_which_step_a_run_was_killed(settings, killed):
    finding = last_run(settings)
    assert "run 20260512T100000Z-abc (process" in finding.found and not finding.is_well
    assert finding.found.endswith("died at the step: Finding statements")


def test_doctor_says_so_where_nothing_was_published_yet(settings, killed):
    settings.warehouse.unlink()
    assert "died at the step" in last_run(settings).found


def test_the_next_run_says_so_and_then_it_is_forgotten(settings, killed):
    @attempt_noted
    def run(settings=None):
        with write_lock(settings.warehouse, "another"):
            return Outcome("r", "published", settings.warehouse, settings.report)

    text = io.StringIO()
    print_summary(run(settings), Console(file=text, width=200))
    assert "run 20260512T100000Z-abc" in text.getvalue() and "died at the step" in text.getvalue()
    assert list(settings.state.iterdir()) == []


def test_a_run_that_fails_by_itself_leaves_no_record(settings):
    with pytest.raises(ValueError), noted_as_alive(settings):
        show_progress("Checking")
        assert len(list(settings.state.glob("running-*.json"))) == 1
        raise ValueError
    assert list(settings.state.iterdir()) == []


def test_an_unreadable_note_does_not_mean_a_killed_run(settings):
    (settings.state / "running-1.json").write_text("{")
    assert find_deaths(settings.state) == {}
