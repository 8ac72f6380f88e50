"""Take the pictures in README and docs from the sample articles: `make screenshots`. Needs Chromium."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.report.explore.conftest import explored
from tests.report.test_browser import CHROMIUM

SIZE = {"width": 1280, "height": 900}
PAGES = {"explore-search": "/search?q=talks&by=outlet", "explore-actor": "/actor/Helena%20Marsk"}


def take(folder: Path) -> None:
    """Write `report.png` and one picture for each of `PAGES` into the folder."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        warehouse = Path(temporary) / "onrecord.duckdb"
        ingest = [
            sys.executable,
            "-m",
            "flows.cli",
            "ingest",
            "seeds/articles",
            "--warehouse",
            str(warehouse),
        ]
        subprocess.run([*ingest, "--quiet"], check=True)
        report = warehouse.with_name("report") / "index.html"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120_000)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(120_000)
        page.clock.set_fixed_time(report.stat().st_mtime)
        with explored(warehouse) as site:
            pages = {"report": report.as_uri()} | {name: site.address + path for name, path in PAGES.items()}
            for name, address in pages.items():
                page.goto(address)
                page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
