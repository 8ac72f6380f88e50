"""The report in a real browser, without a network: the numbers on it equal those in the warehouse.

Skipped when no Chromium is installed (Debian: `apt install chromium`). Screenshots are left in `data/screenshots`.
"""

import os
import re
import shutil
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from report.page import render_report
from tests.report.hostile import HOSTILE, publish_hostile
from warehouse.files.connect import query

SCREENSHOTS = Path(__file__).parents[2] / "data" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("ONRECORD_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
SIZES = {"light": (1200, 900, "light"), "dark": (1200, 900, "dark"), "phone": (390, 800, "light")}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is installed; Debian: apt install chromium"
)

CONTRAST = """() => {
  const parts = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => parts(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const back = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour).length === 3 || parts(colour)[3] > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const own = node => [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll('body *')].filter(n => own(n) && n.offsetParent).map(node => {
    const [a, b] = [light(getComputedStyle(node).color), light(back(node))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), node.className + ' ' + node.textContent.trim().slice(0, 40)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    warehouse = publish_hostile(folder)
    return warehouse, render_report(warehouse, folder / "report" / "index.html")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=SIZES)
def opened(request, browser, report):
    """The page in one appearance (light or dark), with the errors and requests of the browser while it opened."""
    width, height, scheme = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.set_default_timeout(120_000)
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on(
        "request",
        lambda request: heard.append(request.url) if not request.url.startswith(("file:", "data:")) else 0,
    )
    page.goto(report[1].as_uri())
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"report-{request.param}.png", full_page=True)
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    yield page, heard
    page.close()


def test_it_opens_without_an_error_and_asks_the_network_for_nothing(opened):
    page, heard = opened
    assert heard == []
    assert page.title().startswith("On Record: passed with warnings")


def test_nothing_overflows_the_page(opened):
    page, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_has_enough_contrast(opened):
    page, _ = opened
    assert page.evaluate(CONTRAST) == []


def cells(page, heading):
    """Return the numbers in each row of the first table below a heading, in the order of the page."""
    table = page.locator(
        f"xpath=//*[self::h2 or self::h3][normalize-space()='{heading}']/following::table[1]"
    )
    texts = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td.n')].map(cell => cell.textContent.trim()))"
    )
    return [tuple(float(text.rstrip(" %").replace(",", "")) for text in row) for row in texts]


NUMBERS = {  # heading of a table -> a query for the numbers in its columns
    "Checks": """
        SELECT count(*) FILTER (success), count(*) FILTER (NOT success) FROM ops.checks GROUP BY severity""",
    "Rejected": "SELECT count(*) FROM ops.rejects GROUP BY stage, reason_code",
    "By outlet": """
        SELECT count(DISTINCT article_id), count(statement_id)
        FROM articles LEFT JOIN statements USING (article_id) GROUP BY outlet""",
    "How speakers are named": """
        SELECT count(*) FILTER (kind = 'direct'), count(*) FILTER (kind = 'indirect'), count(*) FILTER (kind = 'mixed'),
            count(*)
        FROM statements GROUP BY speaker_resolution""",
    "Sources by outlet": """
        SELECT round(100 * count(*) FILTER (source_type IN ('person', 'organization')) / count(*), 1),
            round(100 * count(*) FILTER (source_type IN ('document', 'collective')) / count(*), 1),
            round(100 * count(*) FILTER (source_type = 'anonymous person') / count(*), 1),
            round(100 * count(*) FILTER (source_type = 'none') / count(*), 1)
        FROM statements JOIN articles USING (article_id) GROUP BY outlet""",
    "Who speaks most": """
        SELECT count(DISTINCT article_id), count(*)
        FROM statements JOIN actors USING (actor_id)
        WHERE actors.kind <> 'unnamed' AND speaker_resolution NOT IN ('unnamed', 'role') GROUP BY actor_id""",
    "Unresolved speakers": """
        SELECT count(*), count(DISTINCT article_id)
        FROM statements WHERE actor_id IS NULL AND source IS NOT NULL GROUP BY source, speaker_resolution""",
}


@pytest.mark.parametrize("heading", NUMBERS)
def test_the_numbers_of_each_table_are_those_of_sql(opened, report, heading):
    page, _ = opened
    expected = [tuple(map(float, row)) for row in query(report[0], NUMBERS[heading]).rows()]
    assert sorted(cells(page, heading)) == sorted(expected)


def test_the_numbers_at_the_top_are_those_of_sql(opened, report):
    page, _ = opened
    rows = dict(query(report[0], """
        SELECT 'statements', count(*) FROM statements UNION ALL SELECT 'articles', count(*) FROM articles
        UNION ALL SELECT 'actors', count(*) FROM actors UNION ALL SELECT 'mentions', count(*) FROM mentions
    """).rows())  # fmt: skip
    summary = f"Who said what: {rows['statements']} statements in {rows['articles']} articles"
    assert summary in page.inner_text("header")
    changed = {
        row.split()[0]: int(row.split()[1]) for row in page.locator("#changed tbody tr").all_inner_texts()
    }
    assert {name: changed[name] for name in rows} == rows
    [(version, last_day)] = query(
        report[0],
        "SELECT (SELECT max(version_no) FROM ops.versions), max(published_on)::VARCHAR FROM articles",
    ).rows()
    tiles = [tile.split("\n")[1] for tile in page.locator(".tiles div").all_inner_texts()]
    assert tiles[:2] == [str(version), last_day]


def test_the_sums_of_the_funnel_are_those_of_sql(opened, report):
    page, _ = opened
    outcomes = ("loaded", "unchanged", "duplicate", "rejected")
    parts = ", ".join(["count(*)", *(f"count(*) FILTER (outcome = '{name}')" for name in outcomes)])
    sums = "sum(articles_found), sum(articles_loaded), sum(articles_duplicate), sum(articles_rejected)"
    expected = [
        query(
            report[0], f"SELECT {what} FROM ops.files WHERE run_id = (SELECT max(run_id) FROM ops.runs)"
        ).row(0)
        for what in (parts, sums)
    ]
    steps = page.locator("#funnel .step").all_inner_texts()
    shown = [tuple(map(int, re.findall(r"\b\d+\b", step))) for step in steps]
    assert shown[:2] == expected


def test_hostile_text_is_shown_as_text(opened):
    page, _ = opened
    assert page.locator("img, iframe, object").count() == 0 and page.locator("script").count() == 1
    assert HOSTILE in page.locator("#said").text_content()
    assert page.locator("b:has-text('bold')").count() == 0


def test_headings_and_keyboard_lead_through_it(opened):
    page, _ = opened
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"


def test_its_examples_lead_to_the_article_and_it_can_be_printed(opened, report):
    page, _ = opened
    page.locator("a[href^='articles/']").last.click()
    article_id = page.url.rpartition("/")[2].partition(".")[0]
    statements = query(
        report[0], "SELECT count(*) FROM statements WHERE article_id = $1", [article_id]
    ).item()
    assert page.locator(".cards li").count() == statements > 0
    page.screenshot(path=SCREENSHOTS / "article.png", full_page=True)
    page.go_back()
    page.pdf(path=SCREENSHOTS / "report.pdf")


@pytest.mark.parametrize(("days", "is_told"), [(2, False), (3, True), (40, True)])
def test_the_report_says_days_later_that_no_version_was_published(browser, report, days, is_told):
    published_at = query(report[0], "SELECT max(published_at) FROM ops.versions").item()
    page = browser.new_page()
    page.clock.set_fixed_time(published_at + timedelta(days=days, minutes=1))
    page.goto(report[1].as_uri())
    age = page.locator("#age")
    assert age.is_visible() == is_told
    assert not is_told or f"No version has been published for {days} days" in age.inner_text()
    page.close()
