"""Write a published warehouse as a folder of static files, which can be opened with or without a web server.

The pages are those of the explorer. Links between written pages stay; links to anything else are removed. The search
page searches in the browser, in a list of the statements of all written articles. The number of files is limited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from report.explore import pages
from report.explore.app import PAGES, Explorer
from report.explore.queries import KEPT, run_query
from report.explore.templating import HERE, script, style
from report.page import render_report
from report.templating import replace_text
from schema.errors import UsageError
from warehouse.query.live import Live, Reading

MANIFEST = "site.json"
HREF = re.compile(r' (href|src|action)="(/[^"]*)"')
FIXED = {"/": "index.html", "/actors": "actors.html", "/outlets": "outlets.html", "/stories": "stories.html",
         "/search": "search.html", "/runs": "report/index.html"}  # fmt: skip
ARTICLES = """
    SELECT article_id
    FROM main.articles
    WHERE copy_of IS NULL AND is_killed IS NOT TRUE
    ORDER BY published_on DESC NULLS LAST, article_id"""
STATEMENTS = """
    SELECT s.statement_id, s.article_id, s.seq_no, s.published_on, coalesce(p.name, s.source, '') AS speaker, s.role,
        coalesce(a.outlet, a.agency) AS outlet, left(s.content, 400) AS statement
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
    WHERE s.article_id IN (SELECT unnest($ids)) AND s.correction IS DISTINCT FROM 'deleted'
    ORDER BY s.published_on DESC NULLS LAST, s.article_id, s.seq_no"""


class SiteError(UsageError):
    """The site cannot be written to this folder; the message says why."""


@dataclass(frozen=True)
class Bounds:
    """Largest number of pages of each kind: newest articles, most frequent actors, other pages (outlets, stories)."""

    articles: int = 1000
    actors: int = 500
    others: int = 200


@dataclass
class Site:
    """The site being written: `files` maps addresses of the explorer to files; `written` has the files so far."""

    out: Path
    files: dict[str, str] = field(default_factory=lambda: dict(FIXED))
    written: set[str] = field(default_factory=set)

    def write(self, file: str, text: str) -> None:
        """Write one file of the site."""
        path = self.out / file
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, text)
        self.written.add(file)

    def link(self, html: str, file: str) -> str:
        """Rewrite the links of a page as paths relative to `file`; remove links to pages that are not written."""
        up = "../" * file.count("/")

        def rewrite(found: re.Match[str]) -> str:
            name, address = found[1], unescape(found[2])
            if address.startswith("/static/"):
                return f' {name}="{up}{address[1:]}"'
            target = self._find(address)
            return f' {name}="{up}{target}"' if target else ""

        return HREF.sub(rewrite, html)

    def _find(self, address: str) -> str | None:
        parts = urlsplit(address)
        key = unquote(parts.path)
        if key == "/outlet":
            key = outlet_key(parse_qs(parts.query).get("name", [""])[0])
        elif parts.query:
            return None  # a search with words and filters needs a server
        file = self.files.get(key)
        return f"{file}#{parts.fragment}" if file and parts.fragment else file


def outlet_key(name: str) -> str:
    return f"/outlet/{sha256(name.encode()).hexdigest()[:16]}"


def write_site(warehouse: Path, out: Path, watchlist: Path | None = None, bounds: Bounds = Bounds()) -> int:
    """Write the site and return its number of files; raise `SiteError` if the folder holds something else.

    Replaces a site that was written there before. Raises `WarehouseError` when the warehouse is missing.
    """
    former = _read_manifest(out)
    out.mkdir(parents=True, exist_ok=True)
    site, live = Site(out), Live(warehouse, kept=KEPT)
    try:
        with live.reading() as reading:
            statements = _plan(reading, site, bounds)
        replace_text(out / MANIFEST, json.dumps({"files": sorted({*former, MANIFEST})}))
        for address, route, given in _pages(site):
            _write_page(Explorer(live), site, address, route, given)
        _write_search(Explorer(live), site, statements)
    finally:
        live.close()
    site.write("static/explore.css", style())
    site.write("static/explore.js", script())
    site.write("static/search.js", (HERE / "static" / "search.js").read_text(encoding="utf-8"))
    render_report(warehouse, out / "report" / "index.html", watchlist)
    for file in former - site.written - {MANIFEST}:
        (out / file).unlink(missing_ok=True)
    site.write(MANIFEST, json.dumps({"files": sorted({*site.written, MANIFEST})}, indent=1))
    return len(site.written)


def _read_manifest(out: Path) -> set[str]:
    """Return the files of the site in the folder; raise `SiteError` if the folder holds something else."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return set()
    try:
        names = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SiteError(f"{out} holds something other than a site; choose an empty or new folder") from error
    inside = out.resolve()
    return {name for name in names if isinstance(name, str) and (out / name).resolve().is_relative_to(inside)}


def _plan(reading: Reading, site: Site, bounds: Bounds) -> list[dict[str, Any]]:
    """Choose the pages and name their files; return the statements of the chosen articles."""
    ids = [row["article_id"] for row in reading.rows(ARTICLES, limit=bounds.articles)]
    site.files |= {f"/article/{id_}": f"article/{id_}.html" for id_ in ids}
    for name in ("speakers", "subjects"):
        for row in run_query(reading, name, {}, bounds.actors // 2):
            file = f"actor/{re.sub('[^0-9A-Za-z-]', '-', row['actor_id'])}.html"
            site.files |= {unquote(pages.actor_path(row["actor_id"], row["kind"])): file}
            site.files |= {f"/actor/{row['actor_id']}": file}
    for row in run_query(reading, "outlets", {}, bounds.others):
        key = outlet_key(row["outlet"])
        site.files |= {key: f"{key[1:]}.html", f"{key}\0": row["outlet"]}
    site.files |= {
        f"/story/{row['story_id']}": f"story/{row['story_id']}.html"
        for row in run_query(reading, "stories", {}, bounds.others)
    }
    statements = reading.rows(STATEMENTS, {"ids": ids}, limit=100 * bounds.articles)
    site.files |= {
        f"/s/{row['statement_id']}": f"article/{row['article_id']}.html#s{row['seq_no']}"
        for row in statements
    }
    return statements


def _pages(site: Site) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the address, route and parameters of each page; a page with two addresses is yielded once."""
    yield from ((address, address, {}) for address in ("/", "/actors", "/outlets", "/stories"))
    done: set[str] = set()
    for address, file in list(site.files.items()):
        kind, _, key = address[1:].partition("/")
        if address in FIXED or kind == "s" or "\0" in address or file in done:
            continue
        done.add(file)
        if kind == "outlet":
            yield address, "/outlet", {"name": site.files[f"{address}\0"]}
        elif kind == "country":
            yield address, "/actor/{id}", {"id": f"country:{key}"}
        else:
            yield address, f"/{kind}/{{id}}", {"id": key}


def _write_page(explorer: Explorer, site: Site, address: str, route: str, given: Mapping[str, str]) -> None:
    template, read = PAGES[route]
    with explorer.live.reading() as reading:
        values = read(reading, given) | {"edition": reading.edition, "is_static": True}
        if address == "/actors":
            everyone = run_query(reading, "actors", {"name": "", "kind": None}, 10_000)
            rows = [row for row in everyone if f"/actor/{row['actor_id']}" in site.files]
            values["actors"] = replace(values["actors"], rows=rows, is_cut=False)
    file = site.files[address]
    html = explorer.render(template, route if route in FIXED else "", values).decode()
    site.write(file, site.link(html, file))


def _write_search(explorer: Explorer, site: Site, statements: list[dict[str, Any]]) -> None:
    """Write the search page and the list of statements that it searches."""
    rows = [
        [
            f"article/{row['article_id']}.html#s{row['seq_no']}", str(row["published_on"] or ""), row["speaker"],
            row["role"] or "", row["outlet"] or "", row["statement"],
        ]
        for row in statements
    ]  # fmt: skip
    site.write("static/statements.js", f"const STATEMENTS = {json.dumps(rows)};\n")
    html = explorer.render("site_search.html", "/search", {"is_static": True, "statements": len(rows)})
    site.write("search.html", site.link(html.decode(), "search.html"))
