"""The HTML page."""

import re

import pytest

from report.page import judge_checks, read_facts, render_report
from tests.warehouse.samples import as_frame, changed, sample_run
from warehouse.connect import WarehouseError
from warehouse.publish import publish
from warehouse.stage import open_next

RUN = "20240503T080000-aaaa"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}"
CHECK = {
    "run_id": RUN,
    "table_name": "articles",
    "check_name": HOSTILE,
    "failing_count": 4,
    "observed": HOSTILE,
}


def published(folder, frames):
    with open_next(folder / "w.duckdb", RUN) as version:
        version.stage(frames)
        publish(version)
    return folder / "w.duckdb"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page on a warehouse in which every text is an attack."""
    folder = tmp_path_factory.mktemp("page")
    frames = sample_run()
    for column in ("headline", "outlet", "body"):
        frames = changed(frames, "articles", 0, **{column: HOSTILE})
    for row in range(4):
        frames = changed(frames, "statements", row, content=HOSTILE, cue=HOSTILE, role=HOSTILE)
    frames = changed(frames, "actors", 0, name=HOSTILE)
    frames["checks"] = as_frame("checks", [CHECK | {"severity": "warning", "success": False}])
    reject = {
        "run_id": RUN,
        "reject_no": 1,
        "stage": "read",
        "path": HOSTILE,
        "reason_code": HOSTILE,
        "reason": HOSTILE,
    }
    frames["rejects"] = as_frame("rejects", [reject])
    return render_report(published(folder, frames), folder / "deep" / "index.html").read_text(
        encoding="utf-8"
    )


def test_article_text_cannot_become_markup(page):
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|img)", page)
    assert "{{ 7 * 7 }}" in page


def test_the_page_needs_no_network(page):
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?:""", page.replace("&lt;img src=x", ""))


def test_warnings_are_in_the_badge(page):
    assert "Checks passed with warnings" in page


def test_the_parts_of_each_sum_add_up(tmp_path):
    facts = read_facts(published(tmp_path, sample_run(articles=3)))
    files = facts["files"]
    assert (
        files["found"] == sum(files[part] for part in ("loaded", "unchanged", "duplicate", "rejected")) == 3
    )
    assert files["articles_found"] == files["articles_loaded"] == facts["totals"]["articles"]
    assert facts["statements"]["statements"] == sum(row["statements"] for row in facts["kinds"]) == 6


def test_the_card_of_statements_agrees_with_how_speakers_are_named(tmp_path):
    """A group without a name ("polls") was a named speaker in the card and an unnamed source in the table."""
    frames = sample_run(articles=3)
    frames = changed(frames, "statements", 0, speaker_resolution="unnamed")
    facts = read_facts(published(tmp_path, frames))
    card, kinds = (
        facts["statements"],
        {row["speaker_resolution"]: row["statements"] for row in facts["kinds"]},
    )
    assert card["unnamed"] == kinds["unnamed"] == 1
    assert card["with_name"] + card["unnamed"] + card["without_speaker"] == card["statements"]
    assert sum(row["statements"] for row in facts["speakers"]) == card["with_name"]


def test_a_run_without_rejects_and_checks_says_so(tmp_path):
    page = render_report(published(tmp_path, sample_run()), tmp_path / "index.html").read_text(
        encoding="utf-8"
    )
    assert "Nothing was rejected in this run." in page
    assert "No check was recorded for this run." in page


def test_an_empty_warehouse_has_a_page(tmp_path):
    frames = {name: frame if name == "runs" else frame.clear() for name, frame in sample_run().items()}
    page = render_report(published(tmp_path, frames), tmp_path / "index.html").read_text(encoding="utf-8")
    assert "0 statements in 0 articles" in page


@pytest.mark.parametrize(
    ("failed", "verdict"),
    [
        ([], "passed"),
        (["info"], "passed"),
        (["warning"], "passed with warnings"),
        (["warning", "critical"], "stopped"),
    ],
)
def test_the_gravest_failure_is_the_verdict(failed, verdict):
    assert judge_checks([{"severity": severity, "failed": 1} for severity in failed]) == verdict


def test_a_missing_warehouse_is_an_error_and_writes_nothing(tmp_path):
    with pytest.raises(WarehouseError):
        render_report(tmp_path / "none.duckdb", tmp_path / "index.html")
    assert not (tmp_path / "index.html").exists()
