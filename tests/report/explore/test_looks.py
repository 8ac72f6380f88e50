"""The explorer in a real browser: a walk through it, on a phone, in the dark, by keyboard, printed, under attack.

Skipped when no Chromium is installed (Debian: `apt install chromium`). Screenshots are left in `data/screenshots`.
"""

import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pypdfium2
import pytest

from flows.run.across_articles import resolve_all
from flows.run.corrections import open_corrections
from flows.run.ledger import run_row
from flows.settings import Settings
from report.annotations import Annotations
from report.page import render_report
from tests.report.explore.conftest import explored
from tests.report.explore.test_axe import RUN
from tests.report.explore.test_pages import addresses
from tests.report.test_browser import CHROMIUM, CONTRAST, SCREENSHOTS
from warehouse.files.connect import query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; Debian: apt install chromium"),
]
SIZES = {"light": (1280, 900, "light"), "dark": (1280, 900, "dark"), "phone": (360, 780, "light"),
         "phone-dark": (360, 780, "dark")}  # fmt: skip
SPLIT = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const holder = node.parentElement;
    if (holder.closest('pre, code, .path, script') || !holder.offsetParent) continue;
    for (const word of node.textContent.matchAll(/[A-Za-z]{2,16}/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].filter(r => r.width > 1).map(r => Math.round(r.top / 6)));
      if (tops.size > 1) found.push(word[0]);
    }
  }
  return found;
}"""
SELECT = """words => {
  const walk = document.createTreeWalker(document.getElementById('text'), NodeFilter.SHOW_TEXT);
  const ends = [];
  let text = '';
  while (walk.nextNode()) ends.push([walk.currentNode, text.length]) && (text += walk.currentNode.data);
  const at = units => [...ends].reverse().find(([, start]) => start <= units);
  const [from, to] = [text.indexOf(words), text.indexOf(words) + words.length];
  const [[first, begin], [last, end]] = [at(from), at(to - 1)];
  document.getSelection().setBaseAndExtent(first, from - begin, last, to - end);
}"""
UNNAMED = """() =>
  [...document.querySelectorAll('a, button, input:not([type=hidden]), select, svg[role=img]')].filter(node =>
    !(node.getAttribute('aria-label') || node.textContent.trim() || node.querySelector('title')
      || node.closest('label')?.textContent.trim())).map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
            timeout=120_000,
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Opens pages and records the browser's complaints and foreign requests; there must be none."""
    pages, heard = [], []

    def opened(size="light", is_local=False):
        width, height, scheme = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(120_000)
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(f"a script ran: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                heard.append(request.url)
                if "127.0.0.1" not in request.url[:20]
                and not request.url.startswith(("data:", "file:") if is_local else "data:")
                else None
            ),
        )
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert heard == []


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_can_be_read_and_breaks_no_word(site, open_page, size):
    page = open_page(size)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, path in addresses(site.warehouse).items():
        page.goto(site.address + path)
        page.screenshot(path=SCREENSHOTS / f"explore-{name}-{size}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert page.evaluate(CONTRAST) == [], name
        assert page.evaluate(SPLIT) == [], name
        assert page.evaluate(UNNAMED) == [], name
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1, name


@pytest.mark.parametrize("size", ["light", "phone"])
def test_no_script_of_an_article_runs(hostile_site, open_page, size):
    page = open_page(size)
    for name, path in addresses(hostile_site.warehouse).items():
        page.goto(hostile_site.address + path)
        assert page.locator("img, iframe, object").count() == 0, name
        assert page.locator("script").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def follow(page, link):
    with page.expect_navigation():
        page.click(link)


def test_a_walk_from_a_search_to_the_story(site, open_page):
    page = open_page()
    page.goto(site.address)
    page.fill(".find input", "rock harbour")
    with page.expect_navigation():
        page.press(".find input", "Enter")
    assert page.locator("article.hit mark").all_inner_texts()[:2] == ["rock", "harbour"]
    follow(page, "article.hit a.who >> nth=0")
    assert page.inner_text("h1") == "Helena Marsk"
    page.fill("input[name=on]", "tunnel")
    with page.expect_navigation():
        page.press("input[name=on]", "Enter")
    days = page.locator("article.hit time").all_inner_texts()
    assert len(days) == 3 and days == sorted(days)
    follow(page, "article.hit a[href^='/s/'] >> nth=0")
    assert "Helena Marsk" in page.inner_text("h1") and page.locator(".body mark.cue").count()
    follow(page, "dl.facts a[href^='/article/']")
    assert "Helena Marsk" in page.locator(":target").inner_text()
    page.click(".body a.to >> nth=0")
    page.wait_for_url("**#s*")
    page.goto(f"{site.address}/stories")
    assert page.locator("h1").count() == 1


def test_it_is_walked_by_keyboard(site, open_page):
    page = open_page()
    page.goto(f"{site.address}/search?q=talks")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "hit"
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type("truce/j")
    assert page.input_value(".find input") == "truce/j"


def test_a_correction_is_written_and_the_next_run_applies_it(sample, tmp_path, open_page):
    """The form used to be refused: without a referrer, its origin was null."""
    warehouse = Path(shutil.copy(sample, tmp_path / "sample.duckdb"))
    marsk, drost = (
        query(warehouse, f"SELECT actor_id FROM actors WHERE name = '{name}'").item()
        for name in ("Helena Marsk", "Emil Drost")
    )
    page = open_page("phone")
    with explored(warehouse) as site:
        page.goto(f"{site.address}/actor/{marsk}")
        form = page.locator("form[action='/correct']:has(input[value=rename])")
        form.locator("input[name=value]").fill("Helena <i>Marsk</i>")
        form.locator("input[name=note]").fill("=a, <test>")
        with page.expect_navigation():
            form.locator("button").click()
        line = f'rename,{marsk},Helena <i>Marsk</i>,"=a, <test>"'
        assert line in page.locator("pre").all_inner_texts()
        assert not (tmp_path / "corrections.csv").exists()
        follow(page, "form[method=post] button")
        assert page.locator("[role=status]").inner_text().startswith("The correction was written to ")
        page.goto(f"{site.address}/actor/{marsk}")
        form = page.locator("form[action='/correct']:has(input[value=merge])")
        form.locator("input[name=value]:not([type=radio])").fill("emil drost")
        with page.expect_navigation():
            form.locator("button").click()
        follow(page, "form[method=post] button")
        assert (tmp_path / "corrections.csv").read_text().splitlines()[1:] == [
            line,
            f"merge,{marsk},{drost},",
        ]
        with open_next(warehouse, "sample-3") as version:
            moment = datetime(2024, 6, 4, tzinfo=UTC)
            version.stage({"runs": run_row("sample-3", moment, moment, "sample", {})})
            resolve_all(version, open_corrections(Settings(warehouse=warehouse)))
            publish(version)
        page.goto(f"{site.address}/actor/{drost}")
        assert "Helena Marsk" in page.locator("#names").inner_text()
        assert page.locator("main i").count() == 0
        outcomes = query(warehouse, "SELECT outcome FROM ops.actor_corrections ORDER BY correction_no")
        assert set(outcomes["outcome"]) == {"applied"}


def test_an_article_is_annotated_by_mouse_and_by_keyboard(sample, tmp_path, open_page):
    """The saved words are the selected words, even after astral letters; the form shows them when opened again."""
    warehouse = Path(shutil.copy(sample, tmp_path / "sample.duckdb"))
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page = open_page()
    with explored(warehouse) as site:
        page.goto(site.address + addresses(warehouse)["article"])
        follow(page, "a[href^='/annotate/']")
        body = page.evaluate("document.getElementById('text').textContent")
        words = body.split("\n")[0].strip()[-24:].strip()
        page.evaluate(SELECT, words)
        page.click("#add-statement")
        added = page.locator("fieldset.one:not(.actor)").last
        assert added.locator("[name$='.content']").input_value() == words
        page.keyboard.type("somebody there")
        added.locator("summary").press("Enter")
        added.locator("[name$='.resolution']").select_option("unnamed")
        first = page.locator("#s1 [name='s1.content']")
        first.fill(" ".join(first.input_value().split()[:-1]))
        assert page.locator("#s1 [value=right]").is_checked()
        page.locator("#s2 [value=wrong]").focus()
        page.keyboard.press("Space")
        page.click("#confirm")
        page.check("[name=is_finished]")
        follow(page, ".saving button >> nth=0")
        status = page.locator("[role=status]").first.inner_text()
        assert "The next run applies 3 corrections: delete, content" in status and "add content" in status
        [saved] = Annotations(tmp_path / "annotations.jsonl").read()
        spans = [row["content"] for row in saved["statements"] if row["statement_id"] is None]
        assert [saved["text"][start:end] for [[start, end]] in spans] == [words]
        page.goto(f"{site.address}/annotate/{saved['article']}")
        assert page.locator("[value=wrong]:checked").count() == 1 and page.is_checked("[name=is_finished]")
        page.evaluate(axe)
        assert page.evaluate(RUN) == []
        assert page.evaluate(CONTRAST) == []
        page.set_viewport_size({"width": 360, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        follow(page, ".saving button >> nth=1")
        assert Annotations(tmp_path / "annotations.jsonl").read() == []


def test_a_search_is_saved_and_removed(site, open_page):
    page = open_page("phone")
    page.goto(f"{site.address}/search?q=talks&kind=direct")
    follow(page, "text=Save this search")
    page.fill("input[name=name]", "Talks <b>direct</b>")
    follow(page, "#save button")
    assert page.locator("[role=status]").inner_text() == "Saved: Talks <b>direct</b>."
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    follow(page, "tbody th a")
    assert page.url.endswith("/search?q=talks&kind=direct")
    page.goto(f"{site.address}/watchlist")
    follow(page, "tbody button")
    assert "No search is saved yet" in page.inner_text("main")


def test_it_is_printed_without_its_tools(site, open_page):
    page = open_page()
    for name, most in (("article", 4), ("search", 5), ("actor", 5), ("outlet", 3), ("runs", 4)):
        page.goto(site.address + addresses(site.warehouse)[name])
        assert len(filled_pages(page)) <= most, name
        page.emulate_media(media="print")
        assert not page.locator(".find").is_visible()
        page.emulate_media(media="screen")


def test_the_report_is_printed_on_five_full_pages(sample, tmp_path, open_page):
    report = render_report(sample, tmp_path / "index.html")
    page = open_page(is_local=True)
    page.goto(report.as_uri())
    filled = filled_pages(page)
    assert len(filled) <= 5
    assert min(filled[:-1]) > 0.7, filled


def filled_pages(page):
    """How far down each printed page has text, from 0 to 1."""
    with pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True)) as document:
        return [1 - _lowest(sheet) / sheet.get_height() for sheet in document]


def _lowest(sheet):
    texts = sheet.get_textpage()
    bottoms = [texts.get_rect(number)[1] for number in range(texts.count_rects())]
    return min(bottoms, default=sheet.get_height())
