"""Saved searches: the file, what a run adds to them, the page, the command, the message and the report."""

import json
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from flows.display.notify import notify_news
from flows.outcome import Outcome
from flows.settings import Settings
from report.page import render_report
from report.watchlist import MOST, Watchlist, WatchlistError, find_news, make_saved
from tests.report.hostile import HOSTILE, RUN, publish_hostile
from warehouse.files.connect import query

LAST = "SELECT max(run_id) FROM statements"
TALKS = (
    "SELECT count(*) FROM search_statements('talks') JOIN statements USING (statement_id) WHERE run_id = $1"
)


@pytest.fixture
def watchlist(tmp_path):
    return Watchlist(tmp_path / "watchlist.csv")


def test_added_searches_are_read_until_they_are_removed(watchlist):
    assert watchlist.read() == []
    first = watchlist.add(
        "Harbour", "http://127.0.0.1:4280/search?q=harbour&speaker=Marsk&page=3&run=x&by=outlet"
    )
    assert first.query == "q=harbour&speaker=Marsk"
    watchlist.add("the talks, all", "peace talks")
    assert [(saved.name, saved.query) for saved in Watchlist(watchlist.path).read()] == [
        ("Harbour", "q=harbour&speaker=Marsk"),
        ("the talks, all", "q=peace+talks"),
    ]
    watchlist.remove("HARBOUR")
    assert [saved.name for saved in watchlist.read()] == ["the talks, all"]


@pytest.mark.parametrize(
    ("name", "search", "why"),
    [
        ("", "talks", "needs a name"),
        ("a\u202eb", "talks", "needs a name"),
        ("x" * 81, "talks", "needs a name"),
        ("all", "sort=new", "neither words nor filters"),
        ("bad", "since=never", "neither words nor filters"),
    ],
)
def test_an_invalid_search_is_refused_and_nothing_is_written(watchlist, name, search, why):
    with pytest.raises(WatchlistError, match=why):
        watchlist.add(name, search)
    assert not watchlist.path.exists()


def test_a_name_is_taken_once_and_the_list_has_an_end(watchlist):
    watchlist.add("talks", "talks")
    with pytest.raises(WatchlistError, match="remove it first"):
        watchlist.add("Talks", "truce")
    lines = "".join(f"n{number},q=a\n" for number in range(MOST))
    watchlist.path.write_text(f"name,search\n{lines}")
    with pytest.raises(WatchlistError, match="which is the limit"):
        watchlist.add("one more", "truce")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("harbour,q=harbour\n", "first line must be name,search"),
        ("name,search\na,q=x,more\n", "search 1: 3 cells"),
        ("name,search\na,q=x\nb,kind=loud\n", "search 2: .*neither words nor filters"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_line(watchlist, text, why):
    watchlist.path.write_text(text)
    with pytest.raises(WatchlistError, match=f"watchlist.csv.*{why}"):
        watchlist.read()


@given(st.text(max_size=90), st.text(max_size=90))
def test_whatever_is_saved_is_the_same_when_it_is_read(name, search):
    try:
        saved = make_saved(name, search)
    except WatchlistError:
        return
    assert make_saved(saved.name, saved.query) == saved


def test_a_run_adds_to_a_saved_search_what_sql_finds(sample):
    run_id = query(sample, LAST).item()
    news = find_news(sample, [make_saved("talks", "talks"), make_saved("nothing", "zzzz")], run_id)
    assert [(one.name, one.statements) for one in news] == [("talks", query(sample, TALKS, [run_id]).item())]
    assert news[0].examples and f"run={run_id}" in news[0].address
    assert find_news(sample, [make_saved("talks", "talks")], "another run") == []


def test_notifications_have_names_and_counts_but_no_article_text(tmp_path):
    warehouse, heard = publish_hostile(tmp_path), tmp_path / "heard.json"
    script = tmp_path / "hear.py"
    script.write_text(f"import sys; open({str(heard)!r}, 'w').write(sys.stdin.read())")
    settings = Settings(warehouse=warehouse, notify_command=f"{sys.executable} {script}")
    outcome = Outcome(RUN, "published", warehouse, settings.report)
    assert notify_news(outcome, settings) is None
    Watchlist(settings.watchlist_file).add("direct ones", "kind=direct")
    assert notify_news(Outcome(RUN, "stopped", warehouse, settings.report), settings) is None
    notify_news(outcome, settings)
    message = json.loads(heard.read_text())
    expected = query(warehouse, "SELECT count(*) FROM who_said_what WHERE kind = 'direct'").item()
    assert message["event"] == "watchlist" and message["searches"] == {"direct ones": expected}
    assert f"direct ones: {expected} new" in message["text"] and "alert(1)" not in heard.read_text()


def test_the_report_says_what_is_new_or_what_is_wrong(tmp_path):
    warehouse, out = publish_hostile(tmp_path), tmp_path / "report" / "index.html"
    watchlist = Watchlist(tmp_path / "watchlist.csv")
    watchlist.add("<b>direct</b>", "kind=direct")
    page = render_report(warehouse, out, watchlist.path).read_text(encoding="utf-8")
    part = page.partition('id="watched"')[2].partition("</section>")[0]
    assert "&lt;b&gt;direct&lt;/b&gt;" in part and "articles/" in part and HOSTILE not in part
    watchlist.path.write_text("nonsense")
    assert "first line must be" in render_report(warehouse, out, watchlist.path).read_text(encoding="utf-8")


def test_the_page_saves_and_removes_a_search_only_with_its_token(site):
    watchlist = Watchlist(site.warehouse.parent / "watchlist.csv")
    page = site.get("/watchlist?save=q%3Dtalks%26kind%3Ddirect").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    refused = site.post("/watchlist", "token=x&name=Talks&search=q%3Dtalks", Origin=site.address)
    assert refused.status == 403 and watchlist.read() == []
    form = f"token={token}&name=Talks&search=q%3Dtalks%26kind%3Ddirect"
    assert "Saved: <bdi>" not in page and site.post("/watchlist", form, Origin=site.address).status == 200
    assert [(saved.name, saved.query) for saved in watchlist.read()] == [("Talks", "q=talks&kind=direct")]
    assert site.post("/watchlist", form, Origin=site.address).status == 409
    gone = site.post("/watchlist", f"token={token}&action=remove&name=Talks", Origin=site.address)
    assert "Removed: Talks" in gone.text and watchlist.read() == []


def test_the_command_lists_adds_runs_and_removes(sample, tmp_path):
    def watchlist(*words):
        given = ["watchlist", *words, "--warehouse", str(sample)]
        return CliRunner().invoke(app, given, env={"ONRECORD_WATCHLIST": str(tmp_path / "w.csv")})

    assert "no search is saved" in watchlist("list").output
    assert "saved in" in watchlist("add", "Talks", "q=talks").output
    assert json.loads(watchlist("list", "--json").output)["searches"] == {"Talks": "q=talks"}
    run_id = query(sample, LAST).item()
    found = json.loads(watchlist("run", "--json").output)
    assert found["run_id"] == run_id
    assert found["searches"]["Talks"]["new"] == query(sample, TALKS, [run_id]).item()
    assert "1 search has new statements" in watchlist("run").output
    assert watchlist("add", "talks", "x").exit_code != 0
    assert "removed from" in watchlist("remove", "talks").output
