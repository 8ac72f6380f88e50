"""The artifacts of a run in Prefect: correct sums, escaped text, and no failure of the run because of them."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.display.artifacts import code, code_block, count_all, describe, show_outcome, shown, table_assets
from flows.outcome import Outcome, RunStopped
from schema.derive import polars_schema
from schema.tables import CHECKS

HOSTILE = (
    "`` </code><script>alert(1)</script>\n```\n[click](javascript:alert(1)) ![x](http://h.example/x.png)"
)


def checked(**changes):
    """Return the results of one check."""
    row = dict.fromkeys(polars_schema(CHECKS)) | {
        "run_id": "r", "table_name": "statements", "check_name": "cue_is_listed", "severity": "critical",
        "success": False, "observed": "2 rows", "expected": "no such row", "reason": "Cues are words.",
        "failing_count": 2,
    }  # fmt: skip
    return pl.DataFrame([row | changes], polars_schema(CHECKS))


def ended(status="stopped", checks=None):
    outcome = Outcome("run-1", status, Path("data/w.duckdb"), Path("data/report/index.html"))
    outcome.checks = checked() if checks is None else checks
    outcome.verdict = "stopped"
    return outcome


def kinds_in(markdown):
    """Return the kinds of elements that a Markdown parser finds, with HTML enabled."""
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    return {part.type for token in tokens for part in (token, *(token.children or []))}


@given(st.text(alphabet=st.sampled_from("`ab \n\r\\[]()<>!*_|#\x1b\u202e"), max_size=40))
def test_any_text_stays_within_its_code(text):
    assert kinds_in(f"It says {code(text)}") <= {
        "paragraph_open", "inline", "text", "code_inline", "paragraph_close",
    }  # fmt: skip
    assert kinds_in(code_block(text)) == {"fence"}


def test_text_of_articles_cannot_bring_links_or_markup_onto_the_page():
    row = checked(
        observed=HOSTILE, examples=json.dumps([{"cue": HOSTILE}]), reason=HOSTILE, sql=f"-- {HOSTILE}"
    )
    markdown = describe(ended(checks=row))
    assert not kinds_in(markdown) & {"html_block", "html_inline", "link_open", "image"}


def test_the_verdict_names_the_failed_checks_the_worst_first_and_the_report():
    checks = pl.concat(
        [checked(check_name="a", severity="info"), checked(check_name="b", severity="warning"), checked()]
    )
    markdown = describe(ended(checks=checks))
    assert [line for line in markdown.splitlines() if line.startswith("## ")] == [
        "## critical: ` statements.cue_is_listed `", "## warning: ` statements.b `", "## info: ` statements.a `",
    ]  # fmt: skip
    assert markdown.startswith("# Stopped") and "data/report/index.html" in markdown


def test_a_run_without_news_has_a_verdict_too():
    assert describe(ended("nothing_new", checks=checked().clear())).startswith("# Nothing new")


def test_counts_are_one_row_a_figure():
    counts = {row["what"]: row["count"] for row in count_all(ended())}
    assert counts["files found"] == counts["articles loaded"] == counts["statements"] == 0


def test_keys_of_assets_are_addresses_whatever_the_name_of_the_warehouse():
    assert "duckdb://the-news-2024/statements" in table_assets("The news (2024)")


def test_a_stopped_run_ends_as_stopped_and_a_broken_one_as_failed(prefect_here):
    from prefect import flow

    @flow(name="small")
    @shown
    def small(error: Exception) -> Outcome:
        raise error

    stopped = small(RunStopped(ended()), return_state=True)
    broken = small(ValueError("no"), return_state=True)
    assert (stopped.type, stopped.name) == ("FAILED", "Stopped")
    assert (broken.type, broken.name) == ("FAILED", "Failed")
    with pytest.raises(RunStopped, match="cue_is_listed"):
        small(RunStopped(ended()))


def test_a_server_that_refuses_artifacts_fails_no_run(prefect_here, monkeypatch):
    from prefect import flow

    from flows.display import artifacts

    def refuse(*_, **__):
        raise ConnectionError("refused")

    @flow(name="refused")
    def refused() -> str:
        show_outcome(ended())
        return "done"

    for name in ("create_markdown_artifact", "create_table_artifact", "emit_event"):
        monkeypatch.setattr(artifacts, name, refuse)
    assert refused() == "done"
