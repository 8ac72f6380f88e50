"""The end of a run in words."""

import io
import json
from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console

from flows.display.summary import pick_examples, plain, print_summary, summary_json
from flows.outcome import Outcome, RunStopped
from tests.warehouse.samples import as_frame, changed, sample_run

CHECK = {"run_id": "r", "table_name": "articles", "severity": "critical", "failing_count": 0, "success": True}


def outcome(status="published", **values):
    files = [
        {
            "path": "a.txt",
            "outcome": "loaded",
            "articles_found": 2,
            "articles_loaded": 1,
            "articles_duplicate": 1,
        },
        {
            "path": "b.txt",
            "outcome": "unchanged",
            "articles_found": 0,
            "articles_loaded": 0,
            "articles_duplicate": 0,
        },
        {
            "path": "c\x1b[2J",
            "outcome": "rejected",
            "articles_found": 0,
            "articles_loaded": 0,
            "articles_duplicate": 0,
        },
    ]
    rejects = [
        {
            "run_id": "r",
            "reject_no": 1,
            "stage": "read",
            "path": "c\x1b[2J",
            "reason_code": "empty_file",
            "reason": "!",
        }
    ]
    end = Outcome("r", status, Path("w.duckdb"), Path("report/index.html"), **values)
    end.files = as_frame("files", [row | {"articles_rejected": 0} for row in files])
    end.rejects = as_frame("rejects", rejects)
    return end


def printed(end):
    out = io.StringIO()
    print_summary(end, Console(file=out, width=100))
    return out.getvalue()


def test_files_and_articles_are_printed_as_sums():
    text = printed(outcome(statements=1234, speakers=1))
    assert "3 files = 1 loaded + 1 unchanged + 1 rejected" in text
    assert "2 articles = 1 loaded + 1 duplicate" in text
    assert "1,234 statements by 1 named speaker\n" in " ".join(text.split(" ")).replace("  ", "")


def test_rejects_are_printed_with_reason_and_first_path_without_control_characters():
    text = printed(outcome())
    assert "1 empty file: c [2J" in text
    assert "\x1b" not in text


def test_the_summary_says_how_to_see_why_files_were_rejected(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("w.duckdb").touch()
    hint = "onrecord rejects --warehouse w.duckdb"
    assert hint in printed(outcome())
    assert hint not in printed(outcome("nothing_new"))


def test_a_dry_run_says_what_would_be_withdrawn():
    assert "2 articles would be withdrawn" in printed(outcome("dry_run", withdrawn=2))
    assert "2 articles withdrawn" in printed(outcome(withdrawn=2))


def test_a_version_without_new_articles_says_which_files_made_it():
    assert "no new article" not in printed(outcome())
    assert "no new article: 3 new files contain only known articles" in printed(outcome(new_copies=3))


def test_nothing_new_is_reported():
    assert "Nothing new" in printed(outcome("nothing_new"))


def test_a_stopped_run_names_the_check_and_the_file_to_look_at():
    checks = as_frame("checks", [CHECK | {"check_name": "key", "success": False, "failing_count": 3}])
    end = outcome("stopped", checks=checks, verdict="stopped", kept_at=Path("state/stopped.duckdb"))
    assert "critical: articles.key, 3 rows" in printed(end)
    assert "state/stopped.duckdb" in printed(end)
    assert str(RunStopped(end)) == "stopped by critical checks: articles.key"


def test_json_is_one_object_that_balances():
    fact = json.loads(summary_json(outcome(), 0))
    files = fact["files"]
    assert files.pop("found") == sum(files.values())
    assert fact["rejects"] == [
        {"reason_code": "empty_file", "count": 1, "first_path": "c\x1b[2J", "first_reason": "!"}
    ]


def test_examples_are_of_different_speakers_and_read_well():
    tables = sample_run()
    (row,) = pick_examples(tables).to_dicts()
    assert (row["speaker"], row["role"], row["cue"]) == ("Ada Quill", "spokeswoman", "said")
    assert row["published_on"] == date(2024, 5, 3)


def test_unnamed_sources_are_not_examples():
    tables = changed(sample_run(), "profiles", 0, kind="unnamed")
    assert pick_examples(tables).is_empty()


def test_no_statement_no_example():
    tables = sample_run()
    assert pick_examples(tables | {"statements": tables["statements"].clear()}).is_empty()


def test_plain_text_keeps_letters_and_drops_direction_marks():
    assert plain("Zoë\u202e\n— 😀") == "Zoë  — 😀"


def test_empty_frames_have_the_declared_columns():
    end = Outcome("r", "nothing_new", Path("w"), Path("x"))
    assert end.count_files("loaded") == end.sum_articles("found") == 0
    assert end.checks.filter(pl.col("success")).is_empty()
