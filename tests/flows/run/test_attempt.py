"""Every end of a run is recorded next to the warehouse."""

import pytest

from flows.outcome import Outcome, RunStopped
from flows.run.attempt import attempt_noted, failure_noted
from flows.settings import Settings
from report.attempt import read_attempt
from tests.warehouse.samples import as_frame

FAILED = {"run_id": "r", "table_name": "articles", "check_name": "key_is_unique", "severity": "critical",
          "success": False, "observed": "2 rows"}  # fmt: skip


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "state").mkdir()
    return Settings(warehouse=tmp_path / "w.duckdb")


def end_with(error, settings):
    @attempt_noted
    def run(paths, settings=None):
        if error:
            raise error
        return "published"

    return run(["in"], settings)


def stop(settings):
    checks = as_frame("checks", [FAILED, FAILED | {"severity": "info", "check_name": "noted"}])
    kept = settings.state / "stopped.duckdb"
    return RunStopped(
        Outcome("r", "stopped", settings.warehouse, settings.report, checks=checks, kept_at=kept)
    )


def test_a_stopped_run_is_recorded_with_its_checks_and_where_to_look(settings):
    with pytest.raises(RunStopped):
        end_with(stop(settings), settings)
    attempt = read_attempt(settings.warehouse)
    assert (attempt.status, attempt.why) == ("stopped", ["articles.key_is_unique: 2 rows"])
    assert "stopped.duckdb" in attempt.advice[0]


def test_a_failed_run_is_recorded_without_secrets_and_a_good_run_removes_the_record(settings):
    with pytest.raises(ValueError, match="unreachable"):
        end_with(ValueError("ftp://me:hunter2@host/x is unreachable\nmore"), settings)
    attempt = read_attempt(settings.warehouse)
    assert (attempt.status, attempt.why) == ("failed", ["ValueError: ftp://***@host/x is unreachable"])
    assert end_with(None, settings) == "published"
    assert read_attempt(settings.warehouse) is None


def test_an_interrupted_run_is_recorded(settings):
    with pytest.raises(KeyboardInterrupt):
        end_with(KeyboardInterrupt(), settings)
    assert read_attempt(settings.warehouse).why == ["It was interrupted."]


def test_a_dry_run_does_not_count_as_an_attempt(settings):
    with pytest.raises(ValueError):
        end_with(ValueError("no"), settings.model_copy(update={"dry_run": True}))
    assert read_attempt(settings.warehouse) is None


def test_a_disk_that_cannot_be_written_to_hides_no_error(settings):
    settings.state.rmdir()
    settings.state.write_text("in the way")
    with pytest.raises(ValueError, match="the cause"), failure_noted(settings):
        raise ValueError("the cause")


def test_an_error_before_any_run_creates_no_state_folder(settings):
    settings.state.rmdir()
    with pytest.raises(ValueError):
        end_with(ValueError("no warehouse"), settings)
    assert not settings.state.exists()
