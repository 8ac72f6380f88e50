"""The links on the pages of the docs work, both in the repository and on the site built from the pages."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
SPEC = importlib.util.spec_from_file_location("onrecord_docs_site", ROOT / "docs" / "site.py")
site = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(site)
PAGES = [source for source, _ in site.list_pages() if source.suffix == ".md"]


def read_anchors(page):
    """Return the anchors of the headings of a page, as GitHub and the site make them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    words = [re.sub(r"[^\w\- ]", "", line.lower()) for line in re.findall(r"^#+ +(.+)$", text, re.MULTILINE)]
    return {line.strip().replace(" ", "-") for line in words}


def find_broken(page):
    """Return the links of a page whose target does not exist."""
    for _, _, target in site.LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        to = (page.parent / file).resolve() if file else page
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in read_anchors(to)):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_to_something(page):
    assert list(find_broken(page)) == []


def test_each_link_of_the_site_leads_to_a_page_of_it(tmp_path):
    site.build(tmp_path / "docs")
    broken = {page.name: list(find_broken(page)) for page in (tmp_path / "docs").rglob("*.md")}
    assert {name: links for name, links in broken.items() if links} == {}
    decisions = (tmp_path / "docs" / "decisions" / "index.md").read_text(encoding="utf-8")
    assert decisions.count(".md)") >= len(list((ROOT / "docs" / "decisions").glob("*.md")))


def list_places(entries):
    for entry in entries:
        [value] = entry.values()
        yield from list_places(value) if isinstance(value, list) else [value]


def test_the_site_has_each_page_in_its_contents():
    pages_listed = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    pages = {place for source, place in site.list_pages() if source.suffix == ".md" and "/" not in place}
    assert set(list_places(pages_listed)) == pages | {site.LIST}
