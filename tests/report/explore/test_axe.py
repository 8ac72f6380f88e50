"""axe-core finds nothing wrong with any page of the explorer, nor with the report."""

from importlib.resources import files

import pytest

from report.page import render_report
from tests.report.explore.test_pages import addresses
from tests.report.test_browser import CHROMIUM

RUN = """async () => {
  document.querySelectorAll('details').forEach(folded => folded.open = true);
  const { violations } = await axe.run(document);
  const places = one => one.nodes.slice(0, 3).map(node => node.html.slice(0, 150)).join(' | ');
  return violations.map(one => `${one.id}: ${one.help}: ${places(one)}`);
}"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; Debian: apt install chromium"),
]


def test_no_page_breaks_a_rule(site, tmp_path):
    from playwright.sync_api import sync_playwright

    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    report = render_report(site.warehouse, tmp_path / "index.html")
    pages = {name: site.address + path for name, path in addresses(site.warehouse).items()}
    pages |= {"watchlist": f"{site.address}/watchlist?save=q%3Dtalks", "report": report.as_uri()}
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120_000)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        for name, address in pages.items():
            page.goto(address)
            page.evaluate(axe)
            if violations := page.evaluate(RUN):
                found[name] = violations
        browser.close()
    assert found == {}
