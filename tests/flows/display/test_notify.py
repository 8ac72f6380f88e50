"""Check who is notified of what at the end of a run, and that nobody gets the same message twice."""

import json
import shlex
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.display.notify import find_news, notify
from flows.outcome import Outcome
from flows.run.state import Run
from flows.settings import Settings
from schema.derive import polars_schema
from schema.tables import CHECKS


def ended(status="published", **failed):
    """Return a run that ended with `status`, and with failed checks given by name and severity."""
    rows = [
        {"run_id": "r", "table_name": "articles", "check_name": name, "severity": severity, "success": False,
         "failing_count": 1}
        for name, severity in failed.items()
    ]  # fmt: skip
    outcome = Outcome("run-1", status, Path("w.duckdb"), Path("report/index.html"))
    outcome.checks = pl.DataFrame(rows, polars_schema(CHECKS))
    return outcome


@pytest.mark.parametrize(
    ("outcome", "settings", "event"),
    [
        (ended(), {}, None),
        (ended(a="info"), {}, None),
        (ended("nothing_new"), {"event": "stopped", "checks": ["articles.a"]}, None),
        (ended("dry_run", a="warning"), {}, None),
        (ended(a="warning"), {}, "warnings"),
        (ended("stopped", a="critical", b="warning"), {}, "stopped"),
        (ended(a="warning"), {"event": "warnings", "checks": ["articles.a"]}, None),
        (ended(a="warning", b="warning"), {"event": "warnings", "checks": ["articles.a"]}, "warnings"),
        (ended("stopped", a="critical"), {"event": "warnings", "checks": ["articles.a"]}, "stopped"),
        (ended(), {"event": "stopped", "checks": ["articles.a"]}, "recovered"),
        (ended(), {"event": "recovered", "checks": []}, None),
    ],
)
def test_only_news_is_notified(outcome, settings, event):
    message = find_news(outcome, settings)
    assert (message and message.event) == event


def test_a_command_gets_each_message_once(tmp_path):
    heard = tmp_path / "heard.jsonl"
    script = tmp_path / "hear.py"
    script.write_text(f"import sys; open({str(heard)!r}, 'a').write(sys.stdin.read() + chr(10))")
    settings = Settings(warehouse=tmp_path / "w.duckdb", notify_command=f"{sys.executable} {script}")
    for outcome in (ended(a="warning"), ended(a="warning"), ended(), ended()):
        notify(outcome, settings)
    messages = [json.loads(line) for line in heard.read_text().splitlines()]
    assert [(message["event"], message["checks"]) for message in messages] == [
        ("warnings", ["articles.a"]), ("recovered", [])]  # fmt: skip
    assert "articles.a" in messages[0]["text"] and "report/index.html" in messages[0]["text"]


def test_recipients_are_not_written_into_the_warehouse(tmp_path):
    channels = {"notify_command": "curl https://hooks.example/secret", "notify": ["slack-webhook/secret"]}
    run = Run(["a"], Settings(warehouse=tmp_path / "w.duckdb", **channels), datetime(2024, 5, 3, tzinfo=UTC))
    [parameters] = run.identity.ledger()["runs"]["parameters"]
    assert "secret" not in parameters
    assert len(json.loads(parameters)["seeds"]) == 16


def test_a_command_that_fails_changes_nothing(tmp_path, caplog):
    settings = Settings(warehouse=tmp_path / "w.duckdb", notify_command="no-such-command")
    message = notify(ended("stopped", a="critical"), settings)
    assert message and message.event == "stopped"
    assert "was not notified" in caplog.text


@pytest.mark.parametrize(("waits", "tried"), [((), 1), ((0.01, 0.01), 3), ((0.01,) * 9, 3)])
def test_a_command_that_fails_is_tried_again_after_each_wait(tmp_path, waits, tried):
    """The command succeeds at the third attempt."""
    script = "import pathlib, sys; p = pathlib.Path('tried'); n = len(p.read_text()) if p.exists() else 0; "
    script += "p.write_text('x' * (n + 1)); sys.exit(n < 2)"
    command = shlex.join([sys.executable, "-c", script.replace("'tried'", repr(str(tmp_path / "tried")))])
    settings = Settings(warehouse=tmp_path / "w.duckdb", notify_command=command)
    assert notify(ended("stopped", a="critical"), settings, waits)
    assert len((tmp_path / "tried").read_text()) == tried


def test_a_missing_command_is_not_retried(tmp_path):
    settings = Settings(warehouse=tmp_path / "w.duckdb", notify_command="/there/is/none")
    began = time.monotonic()
    assert notify(ended("stopped", a="critical"), settings, [60])
    assert time.monotonic() - began < 30
