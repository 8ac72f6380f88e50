"""The HTML page and its facts."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256

import duckdb
import polars as pl
import pytest

from demo import build_demo
from report.attempt import Attempt, attempt_path, note_attempt, read_attempt
from report.charts import draw_multiples
from report.facts import judge_checks, on_published, read_facts
from report.page import render_report
from tests.report.hostile import CHECK, TEMPLATE, publish_hostile, publish_run
from tests.warehouse.samples import ADA, as_frame, changed, sample_run
from warehouse.files.connect import WarehouseError
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


def published(folder, frames):
    return publish_run(folder, frames)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the report on a warehouse in which every text is an attack."""
    folder = tmp_path_factory.mktemp("page")
    return render_report(publish_hostile(folder), folder / "deep" / "index.html").parent


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


def test_article_text_cannot_become_markup(page):
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<img", page) and page.count("<script") == 1
    assert TEMPLATE in page


def test_the_page_needs_no_network(page):
    without_links = re.sub(
        r'href="(#[\w-]+|articles/[0-9a-f]+\.html|data:,)"', "", page.replace("&lt;img src=x", "")
    )
    without_links = re.sub(r'xmlns(:xlink)?="http://www.w3.org/[^"]+"', "", without_links)
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?:""", without_links)


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
    """The card used to count a group without a name ("polls") as named, and the table counted it as unnamed."""
    frames = sample_run(articles=3)
    frames = changed(frames, "statements", 0, speaker_resolution="unnamed", source_type="anonymous person")
    facts = read_facts(published(tmp_path, frames))
    card, kinds = (
        facts["statements"],
        {row["speaker_resolution"]: row["statements"] for row in facts["kinds"]},
    )
    assert card["unnamed"] == kinds["unnamed"] == 1
    assert card["with_name"] + card["unnamed"] + card["without_speaker"] == card["statements"]
    assert sum(row["statements"] for row in facts["speakers"]) == card["with_name"]


def test_killed_stories_are_counted_and_named(tmp_path):
    frames = changed(sample_run(articles=3), "articles", 1, is_killed=True, withdrawal="canceled")
    warehouse = published(tmp_path, frames)
    facts = read_facts(warehouse)
    assert [(row["headline"], row["versions"], row["statements"]) for row in facts["killed"]] == [
        ("Pond report 2 😀", 1, 2)
    ]
    assert sum(row["statements"] for row in facts["kinds"]) == 4
    page = render_report(warehouse, tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Stories that were killed or withheld: 1" in page
    assert "status or editor&#39;s note" in page or "status or editor's note" in page


def test_a_run_without_rejects_and_checks_says_so(tmp_path):
    page = render_report(published(tmp_path, sample_run()), tmp_path / "index.html").read_text(
        encoding="utf-8"
    )
    assert "Nothing was rejected in this run." in page
    assert "No check was recorded for this run." in page


def test_the_page_says_what_made_the_rows_and_how_long_it_took(tmp_path):
    run_id = "20240503T080000-aaaa"
    seconds = [{"run_id": run_id, "metric": "seconds_of_step", "scope": step, "value": value, "row_count": 1}
               for step, value in [("read", 1.5), ("find statements", 12.25)]]  # fmt: skip
    correction = {"correction_no": 1, "action": "rename", "actor": "Ada", "value": "Ada Quill", "note": "Her name.",
                  "outcome": "applied", "actor_id": ADA, "profile_count": 1, "run_id": run_id}  # fmt: skip
    frames = sample_run() | {
        "metrics": as_frame("metrics", seconds), "actor_corrections": as_frame("actor_corrections", [correction])
    }  # fmt: skip
    frames = changed(frames, "runs", 0, parameters='{"model": "0123abcd", "seeds": "4567cdef"}')
    out = render_report(published(tmp_path, frames), tmp_path / "index.html")
    page, facts = out.read_text(encoding="utf-8"), read_facts(tmp_path / "w.duckdb")
    assert [row["step"] for row in facts["seconds"]] == ["find statements", "read"]
    assert not facts["metrics"]
    assert facts["corrections"][0]["statements"] == 4
    assert all(words in page for words in ("12.25", "0123abcd", "4567cdef", "Her name."))


def test_rejects_come_with_the_command_that_takes_their_files_again(page):
    assert "onrecord rejects retry --reason " in page


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


def test_the_same_facts_are_there_as_json(folder, page):
    facts = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert facts["verdict"] == "passed with warnings"
    assert facts["balance"] == {"files": 0, "articles": 0}
    assert {row["table_name"]: row["added"] for row in facts["changes"]}["statements"] == 12
    assert f"{facts['totals']['statements']} statements in {facts['totals']['articles']} articles" in page


def test_an_example_points_at_the_page_of_its_article(folder, page):
    linked = set(re.findall(r'href="articles/([0-9a-f]+)\.html"', page))
    assert linked == {path.stem for path in (folder / "articles").iterdir()}
    assert linked


@pytest.mark.parametrize("size", [300_000])
def test_a_page_does_not_grow_with_the_texts(tmp_path, size):
    frames = changed(
        sample_run(), "articles", 0, outlet="x" * size, headline="y" * size, dateline_place="z" * size
    )
    check = {"run_id": "20240503T080000-aaaa", "table_name": "articles", "severity": "info", "success": False,
             "failing_count": 1}  # fmt: skip
    frames["checks"] = as_frame("checks", [check | {"check_name": f"check_{n}", "observed": "o" * size,
                                                    "sql": "q" * 3000} for n in range(200)])  # fmt: skip
    page = render_report(published(tmp_path, frames), tmp_path / "index.html")
    assert page.stat().st_size < 3_000_000


def test_long_examples_and_many_paths_are_read_whole_before_they_are_cut(tmp_path):
    """JSON used to be cut at 3,000 characters before it was parsed; parsing failed, and no report was written."""
    row = {"article_id": "a" * 16} | {f"column_{n}": "x" * 200 for n in range(30)}
    check = {"run_id": "20240503T080000-aaaa", "table_name": "articles", "check_name": "wide", "severity": "info",
             "success": False, "failing_count": 1, "examples": json.dumps([row])}  # fmt: skip
    frames = sample_run() | {"checks": as_frame("checks", [check])}
    paths = [f"folder/of/articles/{n}.txt" for n in range(1000)]
    facts = read_facts(
        published(tmp_path, changed(frames, "runs", 0, parameters=json.dumps({"paths": paths})))
    )
    assert facts["checks"][0]["examples"] == [row]
    assert facts["run"]["paths"] == paths[:100]


def test_a_page_does_not_grow_with_the_warehouse(tmp_path):
    """Two thousand articles of about a hundred outlets, each with a name longer than a page."""
    [frames] = build_demo(2000, seed=1)
    long = pl.format("{} {}", "outlet", pl.lit("<b>outlet</b> " * 500))
    frames["articles"] = frames["articles"].with_columns(outlet=long, headline=long)
    with open_next(tmp_path / "w.duckdb", frames["runs"]["run_id"].item()) as version:
        version.stage(frames)
        publish(version)
    page = render_report(tmp_path / "w.duckdb", tmp_path / "report" / "index.html")
    assert f"in {2000:,} articles" in page.read_text(encoding="utf-8")
    assert page.stat().st_size < 1_000_000
    assert page.with_name("report.json").stat().st_size < 3_000_000


ATTEMPT = Attempt(
    "w.duckdb",
    "stopped",
    "2024-05-04T08:00:00+00:00",
    ["articles.key_is_unique: <b>2 rows</b>"],
    ["Look: onrecord sql"],
)


def without_time(page):
    """The page without the minute at which it was written."""
    return re.sub(r"<dt>Page written</dt><dd>[^;]*;", "", page)


def test_warnings_about_rows_of_earlier_versions_are_not_forgotten(tmp_path):
    frames = sample_run() | {
        "checks": as_frame(
            "checks", [CHECK | {"check_name": "key_is_unique", "success": True, "failing_count": 0}]
        )
    }
    path = published(tmp_path, frames)
    assert not read_facts(path)["earlier_warnings"]
    with duckdb.connect(str(path)) as connection:
        earlier = "'20000101T000000-aaaa' AS run_id"
        connection.execute(f"""
            INSERT INTO ops.versions BY NAME SELECT * REPLACE ({earlier}, 0 AS version_no) FROM ops.versions;
            INSERT INTO ops.checks BY NAME
            SELECT * REPLACE ({earlier}, false AS success, 3 AS failing_count, 'merges_are_small' AS check_name)
            FROM ops.checks;
            INSERT INTO ops.checks BY NAME
            SELECT * REPLACE ('share_is_usual' AS check_name, '[]' AS examples) FROM ops.checks WHERE NOT success;
            UPDATE ops.checks SET examples = '[{{"article_id": "a"}}]' WHERE check_name = 'merges_are_small'""")
    [warning] = read_facts(path)["earlier_warnings"]
    assert (warning["check_name"], warning["failing_count"]) == ("merges_are_small", 3)
    page = render_report(path, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "all checks passed; warnings about earlier versions</h1>" in page and "onrecord audit" in page


def test_a_stopped_run_is_shown_on_the_first_screen_until_a_run_succeeds(tmp_path):
    """The report used to stay green, because it showed only published runs."""
    warehouse = published(tmp_path, sample_run())
    page = render_report(warehouse, tmp_path / "report" / "index.html")
    green = page.read_text(encoding="utf-8")
    note_attempt(warehouse, page, ATTEMPT)
    red = page.read_text(encoding="utf-8")
    first_screen = red[red.index("<body") : red.index("<h1")]
    assert "The last run was stopped by a critical check" in first_screen
    assert "2024-05-04 08:00 UTC" in first_screen and "version 1, published" in first_screen
    assert "&lt;b&gt;2 rows&lt;/b&gt;" in first_screen and "onrecord sql" in first_screen
    assert "<title>On Record: last run stopped; " in red
    assert (
        json.loads(page.with_name("report.json").read_text(encoding="utf-8"))["last_attempt"]["status"]
        == "stopped"
    )
    again = render_report(warehouse, page).read_text(encoding="utf-8")
    assert again[: again.index("<h1")] == red[: red.index("<h1")]
    note_attempt(warehouse, page, None)
    assert without_time(page.read_text(encoding="utf-8")) == without_time(green)
    assert json.loads(page.with_name("report.json").read_text(encoding="utf-8"))["last_attempt"] is None


def test_a_failed_run_is_shown_even_if_the_warehouse_is_damaged(tmp_path):
    warehouse = published(tmp_path, sample_run())
    page = render_report(warehouse, tmp_path / "report" / "index.html")
    warehouse.write_bytes(b"garbage")
    note_attempt(warehouse, page, replace(ATTEMPT, status="failed"))
    assert "The last run failed" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("noted", ["", "[]", "{}", '{"status": "stopped"}', None], ids=str)
def test_a_note_about_something_else_is_not_a_kill_note(tmp_path, noted):
    note_attempt(tmp_path / "w.duckdb", tmp_path / "index.html", ATTEMPT)
    assert read_attempt(tmp_path / "w.duckdb") == ATTEMPT
    assert read_attempt(tmp_path / "other.duckdb") is None
    if noted is not None:
        attempt_path(tmp_path / "w.duckdb").write_text(noted)
        assert read_attempt(tmp_path / "w.duckdb") is None


def test_queries_of_checks_are_shown_in_a_form_that_runs_on_published_tables():
    sql = 'SELECT * FROM staging.statement_actors JOIN staging."articles" JOIN staging.files'
    assert on_published(sql) == "SELECT * FROM main.statement_actors JOIN main.articles JOIN ops.files"


def test_the_first_screen_says_what_failed_and_then_what_is_new(tmp_path):
    frames = sample_run()
    failed = {"run_id": "20240503T080000-aaaa", "table_name": "articles", "check_name": "outlet_is_known",
              "severity": "warning", "success": False, "failing_count": 2, "observed": "2 rows"}  # fmt: skip
    page = render_report(
        published(tmp_path, frames | {"checks": as_frame("checks", [failed])}), tmp_path / "r.html"
    )
    text = page.read_text(encoding="utf-8")
    order = ["<h1>Version 1: published with 1 warning</h1>", "Newest article", "0 days before the run", "What failed",
             "outlet_is_known", "What is new", "Ada Quill", "What changed: this is the first version"]  # fmt: skip
    places = [text.index(title, text.index("<h1>") if title != order[0] else 0) for title in order]
    assert places == sorted(places)
    assert '<details class="fold" id="changed">' in text


def test_counts_of_one_are_singular(tmp_path):
    text = render_report(published(tmp_path, sample_run(1, 1)), tmp_path / "r.html").read_text(
        encoding="utf-8"
    )
    assert "Who said what: 1 statement in 1 article</p>" in text
    assert re.search(r"\b1 (articles|statements|files)\b", text) is None


def test_the_reason_of_a_reject_does_not_repeat_its_path(tmp_path):
    reject = {"run_id": "20240503T080000-aaaa", "reject_no": 1, "stage": "read", "path": "in/a.zip",
              "reason_code": "no_body", "reason": "in/a.zip > b.txt: has no text"}  # fmt: skip
    frames = sample_run() | {"rejects": as_frame("rejects", [reject])}
    text = render_report(published(tmp_path, frames), tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<bdi>b.txt: has no text</bdi>" in text
    assert "in/a.zip &gt; b.txt" not in text


def test_a_run_without_checks_is_not_called_good(tmp_path):
    text = render_report(published(tmp_path, sample_run()), tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<h1>Version 1: no check was recorded</h1>" in text
    assert "Checks passed" not in text and "Not checked" in text


def test_the_only_script_is_the_one_that_the_policy_names(page):
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    named = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{named}'\"" in page


def test_the_figures_of_the_charts_add_up(tmp_path):
    frames = changed(sample_run(6), "statements", 0, published_on=None)
    frames = changed(frames, "articles", 0, outlet="Other")
    warehouse = published(tmp_path, frames)
    facts = read_facts(warehouse)
    assert facts["dated"] == {"statements": 12, "without_day": 1}
    assert sum(row["statements"] for row in facts["days"]) == 11
    text = render_report(warehouse, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "12 statements by day and kind: 11 on the chart, 1 without a day" in text
    drawn = draw_multiples(facts["outlets_by_day"])
    assert len(drawn) == text.count('class="multiple"') == 2
    assert sum(count for _, count, _ in drawn) == 11


def test_a_day_without_statements_has_its_place_on_the_axis():
    first, last = date(2024, 1, 1), date(2024, 1, 10)
    rows = [{"outlet": "A", "day": day, "statements": 2} for day in (first, last)]
    rows.append({"outlet": "B", "day": first, "statements": 1})
    (name, count, chart), (_, _, other) = draw_multiples(rows)
    assert (name, count) == ("A", 4) and 'x="216.0"' in chart
    assert 'y="30.0"' in other and "from 2024-01-01 to 2024-01-10" in other
