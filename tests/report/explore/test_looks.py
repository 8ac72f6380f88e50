"""The explorer in a real browser: a walk through it, on a phone, in the dark, by keyboard, printed, under attack.

Skipped when no Chromium is installed (Debian: `apt install chromium`). Screenshots are left in `data/screenshots`.
"""

import re

import pytest

from tests.report.explore.test_pages import addresses
from tests.report.test_browser import CHROMIUM, CONTRAST, SCREENSHOTS
from warehouse.files.connect import query

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
    """Opens pages and hears what the browser complains about and asks for; nothing must be heard in the end."""
    pages, heard = [], []

    def opened(size="light"):
        width, height, scheme = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(120_000)
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(f"a script ran: {dialog.message}"))
        page.on(
            "request",
            lambda asked: (
                heard.append(asked.url)
                if "127.0.0.1" not in asked.url[:20] and not asked.url.startswith("data:")
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


def test_a_correction_is_reached_from_the_page_of_an_actor(site, open_page):
    actor_id = query(site.warehouse, "SELECT actor_id FROM actors WHERE name = 'Helena Marsk'").item()
    page = open_page("phone")
    page.goto(f"{site.address}/actor/{actor_id}")
    form = page.locator("form[action='/correct']:has(input[value=kind])")
    form.locator("select").select_option("group")
    form.locator("input[name=note]").fill("=a <test>")
    with page.expect_navigation():
        form.locator("button").click()
    assert f"kind,{actor_id},group,=a <test>" in page.locator("pre").all_inner_texts()
    assert page.locator("form[method=post] button").inner_text() == "Write the line"


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
    page.goto(site.address + addresses(site.warehouse)["article"])
    pdf = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    page.emulate_media(media="print")
    assert not page.locator(".find").is_visible() and page.locator(".body mark").first.is_visible()
