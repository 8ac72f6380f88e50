"""`onrecord site` writes pages as files that are linked, searchable and safe; no other command changes them."""

import json
import re
from html import unescape
from urllib.parse import unquote

import pytest

from report.site import Bounds, SiteError, write_site
from tests.report.hostile import HOSTILE, publish_hostile
from tests.report.test_browser import CHROMIUM
from warehouse.files.connect import query

LINK = re.compile(r' (?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory, copy_sample):
    folder = tmp_path_factory.mktemp("site")
    warehouse = copy_sample(folder)
    write_site(warehouse, folder / "out")
    return warehouse, folder / "out"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile_site")
    write_site(publish_hostile(folder), folder / "out")
    return folder / "out"


def test_each_article_actor_and_outlet_has_a_page_and_each_statement_a_place(site):
    warehouse, out = site
    articles = query(
        warehouse, "SELECT article_id FROM articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE"
    )
    assert {path.stem for path in (out / "article").iterdir()} == set(articles["article_id"])
    for folder, sql in (
        ("outlet", "SELECT count(DISTINCT coalesce(outlet, agency)) FROM articles WHERE copy_of IS NULL"),
        ("actor", "SELECT count(DISTINCT actor_id) FROM who_said_what JOIN actors USING (actor_id) "
                  "WHERE actors.kind <> 'unnamed' AND speaker_resolution NOT IN ('role', 'unnamed')"),
    ):  # fmt: skip
        assert len(list((out / folder).iterdir())) >= query(warehouse, sql).item()
    listed = (out / "static" / "statements.js").read_text().removeprefix("const STATEMENTS = ").rstrip(";\n")
    files = [row[0] for row in json.loads(listed)]
    assert len(files) == query(warehouse, "SELECT count(*) FROM who_said_what").item()
    for file in files[::20]:
        page, _, place = file.partition("#")
        assert f'id="{place}"' in (out / page).read_text(encoding="utf-8")


def test_every_link_leads_to_a_file_or_to_the_web(site):
    _, out = site
    files = [path for path in out.rglob("*.html") if "report" not in path.parts]
    assert len(files) > 50
    for file in files:
        for link in map(unescape, LINK.findall(file.read_text(encoding="utf-8"))):
            if not link.startswith(("#", "data:", "http://", "https://")):
                assert not link.startswith("/"), (file, link)
                assert (file.parent / unquote(link.partition("#")[0])).exists(), (file, link)


def test_hostile_text_is_text_in_every_file(hostile):
    for file in hostile.rglob("*.html"):
        page = file.read_text(encoding="utf-8")
        assert "<script>alert" not in page and "<img" not in page and "Content-Security-Policy" in page
    listed = (hostile / "static" / "statements.js").read_text()
    assert json.loads(listed.removeprefix("const STATEMENTS = ").rstrip(";\n"))[0][5] in (
        HOSTILE,
        HOSTILE[:400],
    )


def test_a_site_is_replaced_and_nothing_else_is(site, tmp_path):
    warehouse, out = site[0], tmp_path / "out"
    many = write_site(warehouse, out, bounds=Bounds(5, 4, 2))
    (out / "mine.txt").write_text("kept")
    few = write_site(warehouse, out, bounds=Bounds(2, 4, 2))
    assert few == many - 3 and len(list((out / "article").iterdir())) == 2 and (out / "mine.txt").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    with pytest.raises(SiteError, match="something other than a site"):
        write_site(warehouse, tmp_path / "other")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; Debian: apt install chromium")
def test_it_is_walked_from_the_file_without_a_server(site, hostile):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120_000)
        page, heard = browser.new_page(viewport={"width": 390, "height": 800}), []
        page.on("console", lambda message: heard.append(message.text))
        page.on("dialog", lambda dialog: heard.append(f"a script ran: {dialog.message}"))
        page.goto((site[1] / "index.html").as_uri())
        page.fill(".find input", "rock harbour")
        with page.expect_navigation():
            page.press(".find input", "Enter")
        assert "rock" in page.locator("article.hit blockquote").first.inner_text().lower()
        with page.expect_navigation():
            page.click("article.hit a >> nth=0")
        assert page.locator(":target .who").count() == 1
        with page.expect_navigation():
            page.click(":target .who")
        assert page.inner_text("h1") and page.evaluate(
            "document.documentElement.scrollWidth <= window.innerWidth"
        )
        page.goto((hostile / "search.html").as_uri() + "?q=alert")
        assert HOSTILE[:20] in page.locator("article.hit blockquote").first.inner_text()
        assert page.locator("img").count() == 0 and heard == []
        browser.close()
