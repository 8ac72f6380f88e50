"""The explorer's pages over HTTP, mostly from a server in a separate process."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from report.attempt import Attempt, note_attempt
from report.explore.pages import judge_run
from report.facts import read_facts
from tests.report.explore.conftest import SiteHere, explored
from tests.report.hostile import EXECUTED, HOSTILE
from tests.warehouse.samples import publish_sample, sample_run
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

MARKSK = "SELECT actor_id FROM actors WHERE name = 'Helena Marsk'"


def one(warehouse, sql):
    return query(warehouse, sql).item()


def addresses(warehouse):
    """Return an address for each kind of page, with ids from the warehouse."""
    rows = query(
        warehouse,
        """SELECT s.statement_id, s.article_id, a.story_id, s.actor_id, s.organization_id, a.outlet
        FROM statements AS s JOIN articles AS a USING (article_id)
        WHERE s.actor_id IS NOT NULL ORDER BY a.outlet IS NULL, s.organization_id IS NULL, s.statement_id""",
    ).row(0, named=True)
    return {
        "home": "/",
        "search": "/search?q=pond+truce",
        "everything": "/search?by=speaker",
        "compare": "/compare?a=pond&b=truce",
        "subject": "/subject?q=truce",
        "actors": "/actors?name=a",
        "actor": f"/actor/{rows['actor_id']}",
        "organization": f"/organization/{rows['organization_id']}",
        "outlets": "/outlets",
        "outlet": f"/outlet?name={quote(rows['outlet'])}",
        "stories": "/stories",
        "story": f"/story/{rows['story_id']}",
        "article": f"/article/{rows['article_id']}",
        "statement": f"/s/{rows['statement_id']}",
        "utterance": f"/utterance/{rows['statement_id']}",
        "runs": "/runs",
        "questions": "/questions",
        "correct": f"/correct?action=rename&actor={rows['actor_id']}&value=Ada",
    }


NAMES = ("home search everything compare subject actors actor organization outlets outlet stories story article "
         "statement utterance runs questions correct").split()  # fmt: skip


class Page(HTMLParser):
    """The elements and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links, self.ids = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes += values
        self.links += [values[name] for name in ("href", "src", "action") if values.get(name)]
        self.ids += [values["id"]] if "id" in values else []


@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_and_leads_nowhere_else(site, name):
    answer = site.get(addresses(site.warehouse)[name])
    assert answer.status == 200
    page = Page(answer.text)
    outside = [link for link in page.links if not link.startswith(("/", "#", "data:,"))]
    assert all(link.startswith(("https://", "http://")) for link in outside)
    assert not [tag for tag in page.tags if tag in ("iframe", "object", "embed", "img", "style")]
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("name", NAMES)
def test_the_links_of_each_page_lead_somewhere(site, name):
    page = Page(site.get(addresses(site.warehouse)[name]).text)
    inside = sorted({link.partition("#")[0] for link in page.links if link.startswith("/")} - {"/correct"})
    assert {link: site.get(link).status for link in inside[:25]} == dict.fromkeys(inside[:25], 200)


@pytest.mark.parametrize("name", NAMES)
def test_article_text_is_text_on_every_page(hostile_site, name):
    answer = hostile_site.get(addresses(hostile_site.warehouse)[name])
    assert answer.status == 200
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    assert Page(answer.text).tags.count("script") == 1
    assert EXECUTED not in answer.text


def test_the_attack_is_on_the_pages(hostile_site):
    """The test above would pass without an attack on the pages, so this test requires one."""
    for name in ("home", "everything", "actor", "outlet", "article", "statement", "utterance", "runs"):
        text = unescape(hostile_site.get(addresses(hostile_site.warehouse)[name]).text)
        assert HOSTILE[:25] in re.sub("<bdi>|</bdi>", "", text), name


@pytest.mark.parametrize(
    "value",
    [
        "'",
        '"',
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\u202e",
        "%00",
        "$q",
        "{{7*7}}",
        "a" * 5000,
        "[",
        "\\",
        "%",
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/search?q={}", "/search?speaker={}&about={}&body={}&outlet={}&role={}&country={}",
     "/search?since={}&page={}&sort={}",
     "/actors?name={}&kind={}", "/outlet?name={}", "/compare?a={}&b={}", "/subject?q={}&title={}", "/runs?run={}",
     "/actor/{}", "/s/{}", "/country/{}", "/rows/actor.csv?id={}", "/correct?action=rename&actor={}&value={}"],
)  # fmt: skip
def test_no_value_of_an_address_does_harm(site, path, value):
    answer = site.get(path.replace("{}", quote(value)))
    assert answer.status in (200, 400, 404, 414)
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/explore.js", "/rows/speakers.csv", "/actor/none"])
def test_every_answer_forbids_scripts_of_others_and_frames(site, path):
    headers = site.get(path).headers
    policy = " ".join(headers.get_all("content-security-policy"))
    assert (
        "default-src 'none'" in policy
        and "script-src 'self'" in policy
        and "frame-ancestors 'none'" in policy
    )
    assert "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "evil.example:4280"}, {"Origin": "http://evil.example"}, {"Origin": "null"},
     {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}],
)  # fmt: skip
def test_pages_of_others_learn_nothing(site, headers):
    assert site.get("/", **headers).status == 403


def test_the_figures_of_a_search_are_those_of_sql(site):
    text = site.get("/search?q=tunnel").text
    found = one(
        site.warehouse,
        "SELECT count(*) FROM search_statements('tunnel', best := 1000) JOIN who_said_what USING (statement_id)",
    )
    assert f"<h1>{found} statements" in text
    assert text.count('<article class="hit"') == found
    assert text.count("<mark>tunnel</mark>") >= found


def test_a_search_says_how_many_hits_have_no_day(site):
    undated = one(site.warehouse, "SELECT count(*) FROM who_said_what WHERE published_on IS NULL")
    assert undated
    assert f"{undated} without a day</a>" in site.get("/search").text
    assert f"<h1>{undated} statements" in site.get("/search?undated=1").text


def test_an_actor_page_agrees_with_the_tables(site):
    actor_id = one(site.warehouse, MARKSK)
    text = site.get(f"/actor/{actor_id}").text
    said = one(site.warehouse, f"SELECT count(*) FROM who_said_what WHERE actor_id = '{actor_id}'")
    assert f'speaker={actor_id}">{said}</a>' in text
    for name in query(site.warehouse, f"SELECT alias FROM actor_aliases WHERE actor_id = '{actor_id}'")[
        "alias"
    ]:
        assert f"<bdi>{name}</bdi>" in text
    assert "Transport Minister" in text and "2024-03-05 to 2024-05-02" in text


def test_an_actor_is_found_by_name(site):
    actor_id = one(site.warehouse, MARKSK)
    assert "/correct" in site.get("/actor/helena%20marsk").text
    assert actor_id in site.get("/actor/Helena%20Marsk").text
    assert site.get("/actor/Nobody%20At%20All").status == 404
    assert "<h1>People and organizations</h1>" in site.get("/actor/reporters").text


def test_an_article_shows_each_statement_next_to_its_paragraph(site):
    article_id = one(
        site.warehouse, "SELECT article_id FROM statements GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    text = site.get(f"/article/{article_id}").text
    rows = query(
        site.warehouse, f"SELECT * FROM statements WHERE article_id = '{article_id}' ORDER BY seq_no"
    )
    body = one(site.warehouse, f"SELECT body FROM articles WHERE article_id = '{article_id}'")
    for row in rows.to_dicts():
        assert f'id="s{row["seq_no"]}"' in text and f"<sup>{row['seq_no']}</sup>" in text
    shown = re.sub(
        r"<sup>\d+</sup>|<ol class=\"cards\".*?</ol>|<[^>]+>",
        "",
        text[text.index('class="marked"') :],
        flags=re.DOTALL,
    )
    assert "".join(body.split()) in "".join(unescape(shown).split())


def test_no_title_is_a_hash(site):
    for article_id in query(site.warehouse, "SELECT article_id FROM articles")["article_id"]:
        title = re.search(
            r"<title>(.*?) · On Record</title>", site.get(f"/article/{article_id}").text, re.DOTALL
        )[1]
        assert not re.fullmatch("[0-9a-f]{16,}", title)


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_the_rows_of_a_block_come_as_files(site, form):
    actor_id = one(site.warehouse, MARKSK)
    answer = site.get(f"/rows/search.{form}?speaker={actor_id}&sort=old")
    assert answer.status == 200 and f'filename="search.{form}"' in answer.headers["content-disposition"]
    read = {
        "csv": lambda body: [row["statement_id"] for row in csv.DictReader(io.StringIO(body.decode()))],
        "json": lambda body: [row["statement_id"] for row in json.loads(body)],
        "xlsx": lambda body: [row[-1].value for row in list(load_workbook(io.BytesIO(body)).active)[1:]],
    }[form]
    said = f"SELECT statement_id FROM who_said_what WHERE actor_id = '{actor_id}' ORDER BY published_on, statement_id"
    assert read(answer.body) == query(site.warehouse, said)["statement_id"].to_list()


def test_no_cell_of_a_file_is_run(tmp_path):
    frames = sample_run()
    frames["statements"] = frames["statements"].with_columns(
        content=frames["statements"]["content"].replace_strict({}, default="=1+1")
    )
    with open_next(tmp_path / "w.duckdb", "20240503T080000-aaaa") as version:
        version.stage(frames)
        publish(version)
    site = SiteHere(tmp_path / "w.duckdb")
    rows = list(csv.DictReader(io.StringIO(site.get("/rows/search.csv").text)))
    assert {row["statement"] for row in rows} == {"'=1+1"}
    sheet = load_workbook(io.BytesIO(site.get("/rows/search.xlsx").body)).active
    assert {cell.data_type for row in sheet for cell in row if cell.value == "=1+1"} <= {"s"}


def test_the_sql_that_is_shown_gives_the_rows_that_are_shown(site):
    text = site.get("/search?q=talks&outlet=Meridian+News&copies=once").text
    sql = unescape(re.findall(r'<pre class="sql" tabindex="0">(.*?)</pre>', text, re.DOTALL)[-1])
    ids = re.findall(r'id="h-([0-9a-f]+)"', text)
    assert ids and query(site.warehouse, sql)["statement_id"].to_list() == ids


def test_nobody_asks_for_other_queries(site):
    for path in (
        "/rows/../../secrets.csv",
        "/rows/%2e%2e%2fsearch.csv",
        "/rows/run.csv",
        "/rows/speakers.exe",
        "/docs",
        "/openapi.json",
    ):
        assert site.get(path).status == 404


def test_a_new_version_is_shown_without_a_restart(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    for number, first in ((1, 1), (2, 3)):
        run_id = f"20240503T08000{number}-aaaa"
        with open_next(warehouse, run_id) as version:
            version.stage(sample_run(run_id=run_id, first=first))
            publish(version)
        if number == 1:
            site = SiteHere(warehouse)
            assert "4 statements in 2 articles" in site.get("/").text
    assert "8 statements in 4 articles" in site.get("/").text
    assert "Version 2 of" in site.get("/search").text


def test_an_older_version_is_shown_as_it_was(sample):
    with explored(sample, "--version", "1") as site:
        until = "SELECT count(*) FROM statements WHERE since_version <= 1"
        assert "This is version 1" in site.get("/").text
        assert f"{one(sample, until)} statements in" in site.get("/").text
        assert "Helena Marsk" in site.get("/search?q=rock+harbour").text
        assert site.get("/search?since=2024-04").text.count('class="hit"') == 0


def test_a_failed_run_is_shown_on_every_page_until_a_run_succeeds(tmp_path):
    warehouse = publish_sample(tmp_path / "w.duckdb")
    site = SiteHere(warehouse)
    assert 'role="alert"' not in site.get("/").text
    attempt = Attempt(warehouse.name, "stopped", "2024-05-04T08:00:00+00:00", ["<b>why</b>"], [])
    note_attempt(warehouse, tmp_path / "none.html", attempt)
    for path in ("/", "/runs"):
        assert "The last run was stopped by a critical check" in site.get(path).text
    assert "<h1>The last run was stopped</h1>" in site.get("/runs").text
    assert "&lt;b&gt;why" in site.get("/").text
    note_attempt(warehouse, tmp_path / "none.html", None)
    assert 'role="alert"' not in site.get("/").text
    warehouse.unlink()
    assert site.get("/search").status == 503
    assert "there is no warehouse" in site.get("/search").text


def test_a_correction_is_shown_and_written_only_with_the_token(tmp_path):
    warehouse = publish_sample(tmp_path / "w.duckdb")
    actor_id = one(warehouse, "SELECT actor_id FROM actors WHERE name = 'Ada Quill'")
    office = one(warehouse, "SELECT actor_id FROM actors WHERE name = 'Pond Office'")
    form = f"action=merge&actor={actor_id}&value={office}&note=" + quote('same, says "the page"\n')
    with explored(warehouse) as site:
        plan = site.get(f"/correct?{form}")
        line = f'merge,{actor_id},{office},"same, says ""the page"""'
        assert line in unescape(plan.text)
        assert f"onrecord correct --note 'same, says \"the page\"' merge {actor_id} {office}" in unescape(
            plan.text
        )
        file = tmp_path / "corrections.csv"
        assert site.post("/correct", form).status == 403 and not file.exists()
        assert site.post("/correct", f"{form}&token=wrong").status == 403 and not file.exists()
        token = re.search(r'name="token" value="([^"]+)"', plan.text)[1]
        assert site.post("/correct", f"{form}&token={token}", Origin="http://evil.example").status == 403
        assert site.get(f"/correct?{form}&token={token}").status == 200 and not file.exists()
        assert site.post("/correct", f"{form}&token={token}").status == 200
        assert file.read_text() == f"action,actor,value,note\n{line}\n"
        assert site.post("/correct", f"{form}&token={token}").status == 409
        assert (
            site.post("/correct", f"action=merge&actor={actor_id}&value={actor_id}&token={token}").status
            == 400
        )
        assert site.post("/correct", f"action=kind&actor={actor_id}&value=ship&token={token}").status == 400
        assert len(file.read_text().splitlines()) == 2


def test_a_warehouse_without_articles_is_reported(tmp_path):
    frames = {name: frame.clear() if name != "runs" else frame for name, frame in sample_run().items()}
    with open_next(tmp_path / "w.duckdb", "20240503T080000-aaaa") as version:
        version.stage(frames)
        publish(version)
    site = SiteHere(tmp_path / "w.duckdb")
    for path in "/ /search /search?q=x /outlets /stories /runs /questions /actors /compare".split():
        assert site.get(path).status == 200, path


def test_reading_writes_nothing(site):
    folder = site.warehouse.parent
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    for path in addresses(site.warehouse).values():
        site.get(path)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_anonymous_sources_are_the_same_in_explorer_report_and_views(site):
    """The three used to have different definitions, which gave 72, 80 and 58 unnamed sources in one warehouse."""
    counts = query(
        site.warehouse,
        """SELECT coalesce(a.outlet, a.agency, '-'), sum(s.unnamed)::INTEGER
        FROM sourcing_audit AS s JOIN articles AS a USING (article_id) GROUP BY ALL""",
    )
    by_view = dict(counts.rows())
    in_explorer = {
        row["outlet"]: int(row["unnamed"])
        for row in csv.DictReader(io.StringIO(site.get("/rows/outlets.csv").text))
    }
    in_report = {row["outlet"]: row["unnamed"] for row in read_facts(site.warehouse)["naming"]}
    assert in_report and in_report == {outlet: by_view[outlet] for outlet in in_report}
    del by_view["-"]  # articles of which nobody is named as outlet
    assert in_explorer == by_view
    assert sum(by_view.values()) > 10
    outlet, unnamed = max(by_view.items(), key=lambda item: item[1])
    found = site.get(f"/search?outlet={quote(outlet)}&source=anonymous+person").text
    assert f"<h1>{unnamed} statements" in found


@pytest.mark.parametrize(
    ("changes", "failed", "attempt", "verdict"),
    [
        ({}, [], None, "All is well"),
        ({}, ["info"], None, "All is well"),
        ({}, ["info", "warning"], None, "Published with 1 warning"),
        ({"articles_rejected": 2}, [], None, "Published, with some articles rejected"),
        ({"status": "nothing_new"}, [], None, "Nothing new since the last version"),
        ({"started_at": datetime(2024, 5, 1, 23)}, ["warning"], None, "No run for 3 days"),
        ({"started_at": datetime(2024, 5, 2, 1)}, [], None, "All is well"),
        ({}, ["warning"], "stopped", "The last run was stopped"),
        ({"started_at": datetime(2024, 1, 1)}, [], "failed", "The last run failed"),
    ],
)
def test_the_worst_of_what_is_known_is_the_verdict(changes, failed, attempt, verdict):
    run = {"started_at": datetime(2024, 5, 4), "articles_rejected": 0, "files_rejected": 0, "status": "published",
           "checks": 300}  # fmt: skip
    last = Attempt("w.duckdb", attempt, "2024-05-04T08:00:00+00:00", [], []) if attempt else None
    rows = [{"severity": severity} for severity in failed]
    assert judge_run(run | changes, rows, last, date(2024, 5, 4)) == verdict
    assert judge_run(None, [], None, date(2024, 5, 4)) == "No run yet"


def test_the_first_screen_says_that_no_run_came_for_long(site):
    """The sample's runs are of 2024."""
    days = (datetime.now(UTC).date() - date(2024, 6, 3)).days
    assert f"<h1>No run for {days} days</h1>" in site.get("/runs").text
    assert f"({days} days ago)" in site.get("/").text


def test_counts_are_the_same_on_all_pages(site):
    """Each count in a list on the first page equals the number of hits of the search that its row links to."""
    for name, about in (("speakers", "speaker"), ("subjects", "about"), ("outlets", "outlet")):
        row = next(csv.DictReader(io.StringIO(site.get(f"/rows/{name}.csv").text)))
        key = row["outlet"] if name == "outlets" else row["actor_id"]
        found = int(site.get(f"/search?{about}={quote(key)}").text.partition("<h1>")[2].split()[0])
        assert found == int(row["statements"]), name
    facts = read_facts(site.warehouse)
    assert f"<h1>{facts['totals']['counted_statements']} statements" in site.get("/search").text
    assert f"<h1>{facts['totals']['counted_statements']} statements in" in site.get("/").text
