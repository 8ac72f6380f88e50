"""Build the explorer as an ASGI application. The caller in `flows` checks who may use it.

It only reads the published file. Corrections, saved searches and annotations are written to separate files, but only
if the caller allows it, and only on a `POST` with the token of this process.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock, Semaphore
from typing import Any
from urllib.parse import parse_qsl, quote

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from report.annotations import Annotations
from report.attempt import attempt_path, read_attempt
from report.explore import annotate, pages
from report.explore.corrections import Correction, UnfitCorrectionError, plan_correction
from report.explore.downloads import MAX_DOWNLOAD, TYPES, write_file
from report.explore.queries import named_params, query_names, run_query
from report.explore.search import Search, read_all
from report.explore.templating import environment, read_static, script, style
from report.watchlist import Watchlist, WatchlistError
from schema.annotation import AnnotationError
from schema.errors import OnRecordError
from warehouse.files.connect import WarehouseError
from warehouse.files.write_whole import FileHeldError
from warehouse.query.guard import QueryError
from warehouse.query.live import Live

MAX_ADDRESS = 8_000
MAX_FORM = 20_000
KEPT_PAGES = 200
AT_ONCE = 4  # requests answered at a time, since they share CPUs and the database's memory
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer", browsers send a null origin with forms of our own pages
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
PAGES: dict[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "/": ("home.html", pages.home),
    "/search": ("search.html", pages.search),
    "/compare": ("compare.html", pages.compare),
    "/subject": ("subject.html", pages.subject),
    "/actors": ("actors.html", pages.actors),
    "/actor/{id}": ("actor.html", pages.actor),
    "/organization/{id}": ("actor.html", pages.actor),
    "/country/{code}": ("actor.html", pages.actor),
    "/outlets": ("outlets.html", pages.outlets),
    "/outlet": ("outlet.html", pages.outlet),
    "/stories": ("stories.html", pages.stories),
    "/story/{id}": ("story.html", pages.story),
    "/article/{id}": ("article.html", pages.article),
    "/s/{id}": ("statement.html", pages.statement),
    "/utterance/{id}": ("utterance.html", pages.utterance),
    "/runs": ("runs.html", pages.runs),
    "/questions": ("questions.html", pages.questions),
}


@dataclass
class Explorer:
    """What all pages share: the warehouse, a cache of pages, and, if readers may enter anything, the files for it."""

    live: Live
    write_correction: Callable[[list[str]], Path] | None = None
    watchlist: Watchlist | None = None
    annotations: Annotations | None = None
    suggested: tuple[str, ...] = ()  # ids of articles that were suggested for annotation
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _kept: OrderedDict[tuple[Any, ...], bytes] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    turns: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))

    def show(self, route: str, given: dict[str, str], address: str) -> Response:
        """Return a page; the cache is used until a version is published, a run fails or the day changes."""
        template, read = PAGES[route]
        key = (*self.live.stamp(), self._attempted(), datetime.now(UTC).date(), address)
        if (kept := self._keep(key)) is None:
            with self.live.reading() as reading:
                values = read(reading, given) | {"edition": reading.edition}
                is_whole = not reading.is_partial
            kept = self.render(template, address, values)
            if is_whole:
                self._keep(key, kept)
        return Response(kept, media_type="text/html; charset=utf-8")

    def warm(self) -> None:
        """Put the pages with counts over the whole warehouse into the cache."""
        with suppress(WarehouseError, QueryError):
            for route in ("/", "/runs", "/questions", "/outlets", "/search"):
                self.show(route, {}, route)

    def render(self, template: str, address: str, values: dict[str, Any]) -> bytes:
        """Render a template with the values that every page needs."""
        shared = {
            "warehouse": self.live.path.name,
            "attempt": read_attempt(self.live.path),
            "address": address,
            "can_write": self.write_correction is not None,
            "has_watchlist": self.watchlist is not None,
            "has_annotations": self.annotations is not None,
            "today": datetime.now(UTC).date(),
            "search": Search(),
            "edition": None,
            "is_static": False,
        }
        return environment().get_template(template).render(shared | values).encode()

    def fail(self, status: int, title: str, why: str, address: str = "") -> Response:
        """Return a page that says what went wrong with the request for `address`, and why."""
        html = self.render("wrong.html", address, {"title": title, "why": why[:500], "status": status})
        return Response(html, status, media_type="text/html; charset=utf-8")

    def download(self, name: str, form: str, given: dict[str, str]) -> Response:
        """Return the rows of a query as a file of at most `MAX_DOWNLOAD` rows."""
        with self.live.reading() as reading:
            if name in ("search", "days", "series"):
                rows = reading.rows(*read_all(reading, Search.of(given), name, MAX_DOWNLOAD), MAX_DOWNLOAD)
            else:
                rows = run_query(reading, name, named_params(name, given), MAX_DOWNLOAD)
        first = f"-first-{MAX_DOWNLOAD}" if len(rows) == MAX_DOWNLOAD else ""
        file = f'attachment; filename="{name}{first}.{form}"'
        return Response(
            write_file(rows, form, name), media_type=TYPES[form], headers={"Content-Disposition": file}
        )

    def plan(self, given: list[tuple[str, str]], address: str) -> Response:
        """Show the line of a correction, and the command that writes it, without writing anything."""
        with self.live.reading() as reading:
            correction = plan_correction(reading, given)
        values = {"correction": correction, "token": self.token, "written": None}
        return Response(
            self.render("correct.html", address, values),
            media_type="text/html; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )

    def correct(self, given: list[tuple[str, str]]) -> Response:
        """Write a correction if the form has the token of this process."""
        if self.write_correction is None or not self._is_ours(dict(given)):
            return self._refuse("a correction is written only from a page of this explorer, on this machine")
        with self.live.reading() as reading:
            correction: Correction = plan_correction(reading, given)
        try:
            file = self.write_correction(correction.cells)
        except (OSError, ValueError, OnRecordError) as error:
            return self.fail(409, "Not written", str(error))
        html = self.render("correct.html", "", {"correction": correction, "token": "", "written": file})
        return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})

    def watch(self, given: dict[str, str], address: str, notice: str = "") -> Response:
        """Show the saved searches and what the last run added to each; the form offers the search `given['save']`."""
        if self.watchlist is None:
            raise pages.NotThere(
                "this explorer has no file of saved searches; start the explorer with `onrecord explore`"
            )
        with self.live.reading() as reading:
            values = pages.watchlist(reading, given, self.watchlist) | {"edition": reading.edition}
        values |= {"token": self.token, "notice": notice, "file": self.watchlist.path}
        return Response(
            self.render("watchlist.html", address, values),
            media_type="text/html; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )

    def change_watchlist(self, given: list[tuple[str, str]]) -> Response:
        """Save or remove a search if the form has the token of this process."""
        form = dict(given)
        if self.watchlist is None or not self._is_ours(form):
            return self._refuse("a search is saved only from a page of this explorer, on this machine")
        try:
            if form.get("action") == "remove":
                notice = f"Removed: {self.watchlist.remove(form.get('name', '')).name}"
            else:
                notice = f"Saved: {self.watchlist.add(form.get('name', ''), form.get('search', '')).name}"
        except (OSError, FileHeldError, WatchlistError) as error:
            return self.fail(409, "Not written", str(error))
        return self.watch({}, "/watchlist", notice)

    def annotate(self, article_id: str, address: str) -> Response:
        """Show the annotation form of an article or, without an id, the list of annotated articles."""
        if self.annotations is None or self.write_correction is None:
            return self._refuse(
                "articles can be annotated only in the newest version, on the machine that runs the explorer"
            )
        with self.live.reading() as reading:
            values = {"edition": reading.edition, "token": self.token, "saved": None, "notice": ""}
            if not article_id:
                values |= annotate.show_list(reading, self.annotations, self.suggested)
                return self._fresh("annotations.html", address, values)
            values |= annotate.show_form(reading, article_id, self.annotations)
        return self._fresh("annotate.html", address, values)

    def save_annotation(self, given: list[tuple[str, str]]) -> Response:
        """Save or delete the annotation of an article if the form has the token of this process."""
        form = dict(given)
        if self.annotations is None or not self._is_ours(form):
            return self._refuse("an annotation is saved only from a page of this explorer, on this machine")
        article_id = form.get("article", "")
        try:
            with self.live.reading() as reading:
                if form.get("action") == "delete":
                    self.annotations.remove(article_id)
                    values, saved = annotate.show_form(reading, article_id, self.annotations), None
                    notice = "Deleted. The next run undoes its corrections."
                else:
                    values, saved = annotate.save_form(reading, self.annotations, given)
                    notice = ""
        except (OSError, FileHeldError, AnnotationError) as error:
            return self.fail(409, "Not written", str(error))
        values |= {"edition": reading.edition, "token": self.token, "saved": saved, "notice": notice}
        status = 400 if values["faults"] else 200
        return self._fresh("annotate.html", f"/annotate/{quote(article_id)}", values, status)

    def _fresh(self, template: str, address: str, values: dict[str, Any], status: int = 200) -> Response:
        """Return a page that must not be cached, because it contains the token."""
        html = self.render(template, address, values)
        headers = {"Cache-Control": "no-store"}
        return Response(html, status, media_type="text/html; charset=utf-8", headers=headers)

    def _is_ours(self, form: dict[str, str]) -> bool:
        given = form.get("token", "")
        return self.write_correction is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def _refuse(self, why: str) -> Response:
        return self.fail(403, "Not written", why)

    def _attempted(self) -> int:
        try:
            return attempt_path(self.live.path).stat().st_mtime_ns
        except OSError:
            return 0

    def _keep(self, key: tuple[Any, ...], page: bytes | None = None) -> bytes | None:
        """Return the cached page for a key; with `page`, cache that page first and drop the least recently used."""
        with self._lock:
            if page is not None:
                self._kept[key] = page
            elif key in self._kept:
                self._kept.move_to_end(key)
            while len(self._kept) > KEPT_PAGES:
                self._kept.popitem(last=False)
            return self._kept.get(key)


def build_app(explorer: Explorer) -> FastAPI:
    """Build the application, without FastAPI's own pages, which load scripts from the web."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for route in PAGES:
        app.add_api_route(route, _page(explorer, route), methods=["GET"], response_model=None)
    app.add_api_route("/rows/{name}", _rows(explorer), methods=["GET"], response_model=None)
    app.add_api_route("/correct", _plan(explorer), methods=["GET"], response_model=None)
    app.add_api_route("/correct", _write(explorer, explorer.correct), methods=["POST"], response_model=None)
    app.add_api_route("/watchlist", _watch(explorer), methods=["GET"], response_model=None)
    app.add_api_route(
        "/watchlist", _write(explorer, explorer.change_watchlist), methods=["POST"], response_model=None
    )
    app.add_api_route("/annotate", _annotate(explorer), methods=["GET"], response_model=None)
    app.add_api_route("/annotate/{id}", _annotate(explorer), methods=["GET"], response_model=None)
    save = _write(explorer, explorer.save_annotation, annotate.MAX_FORM, annotate.MAX_FIELDS)
    app.add_api_route("/annotate", save, methods=["POST"], response_model=None)
    app.add_api_route("/health", _health(explorer), methods=["GET"], response_model=None)
    app.add_api_route("/static/explore.css", _static(style, "text/css"), methods=["GET"], response_model=None)
    app.add_api_route(
        "/static/explore.js", _static(script, "text/javascript"), methods=["GET"], response_model=None
    )
    for name, kind in (("annotate.css", "text/css"), ("annotate.js", "text/javascript")):
        read = partial(read_static, name)
        app.add_api_route(f"/static/{name}", _static(read, kind), methods=["GET"], response_model=None)
    app.add_exception_handler(404, lambda request, error: _missing(explorer, request))
    app.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=1)
    app.middleware("http")(_guard)
    return app


async def _guard(request: Request, call_next: Callable[..., Any]) -> Response:
    """Limit the length of addresses, and add the security headers to every response."""
    if len(str(request.url)) > MAX_ADDRESS:
        response = Response("The address is too long.\n", 414, media_type="text/plain")
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _page(explorer: Explorer, route: str) -> Callable[[Request], Any]:
    def show(request: Request) -> Response:
        given = dict(request.query_params) | dict(request.path_params)
        if "code" in request.path_params:
            given["id"] = f"country:{given['code'].upper()}"
        return _answer(explorer, request, lambda: explorer.show(route, given, _address(request)))

    return show


def _rows(explorer: Explorer) -> Callable[..., Any]:
    def download(request: Request, name: str) -> Response:
        query, _, form = name.rpartition(".")
        if form not in TYPES or (query not in query_names() and query not in ("search", "days", "series")):
            return _missing(explorer, request)
        given = dict(request.query_params)
        return _answer(explorer, request, lambda: explorer.download(query, form, given))

    return download


def _plan(explorer: Explorer) -> Callable[[Request], Any]:
    def plan(request: Request) -> Response:
        given = list(request.query_params.multi_items())
        return _answer(explorer, request, lambda: explorer.plan(given, _address(request)))

    return plan


def _watch(explorer: Explorer) -> Callable[[Request], Any]:
    def watch(request: Request) -> Response:
        given = dict(request.query_params)
        return _answer(explorer, request, lambda: explorer.watch(given, _address(request)))

    return watch


def _annotate(explorer: Explorer) -> Callable[[Request], Any]:
    def annotated(request: Request) -> Response:
        article_id = request.path_params.get("id", "")
        return _answer(explorer, request, lambda: explorer.annotate(article_id, _address(request)))

    return annotated


def _write(
    explorer: Explorer,
    write: Callable[[list[tuple[str, str]]], Response],
    most_bytes: int = MAX_FORM,
    most_fields: int = 1000,
) -> Callable[[Request], Any]:
    """Parse a form of limited size and pass it to `write`."""

    async def written(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > most_bytes:
                return explorer.fail(413, "Not written", "the form is too large")
        try:
            given = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=most_fields)
        except ValueError:
            return explorer.fail(413, "Not written", "the form has too many fields")
        return await run_in_threadpool(_answer, explorer, request, lambda: write(given))

    return written


def _health(explorer: Explorer) -> Callable[[], Any]:
    def health() -> Response:
        try:
            with explorer.live.reading() as reading:
                state = {"version": reading.edition.version_no}
            return Response(json.dumps(state), media_type="application/json")
        except WarehouseError as error:
            return Response(json.dumps({"error": str(error)}), 503, media_type="application/json")

    return health


def _static(read: Callable[[], str], kind: str) -> Callable[[], Any]:
    def static() -> Response:
        return Response(read(), media_type=kind, headers={"Cache-Control": "max-age=300"})

    return static


def _answer(explorer: Explorer, request: Request, show: Callable[[], Response]) -> Response:
    """Return the response of `show`, or a page for the error that it raised."""
    try:
        with explorer.turns:
            return show()
    except pages.Elsewhere as error:
        return Response(status_code=307, headers={"Location": str(error)})
    except pages.NotThere as error:
        return explorer.fail(404, "Not found", str(error), _address(request))
    except UnfitCorrectionError as error:
        return explorer.fail(400, "This correction cannot be made", str(error), _address(request))
    except QueryError as error:
        return explorer.fail(503, "The query took too long or failed", str(error), _address(request))
    except AnnotationError as error:
        return explorer.fail(409, "The annotations cannot be read", str(error), _address(request))
    except WatchlistError as error:
        return explorer.fail(409, "The saved searches cannot be read", str(error), _address(request))
    except WarehouseError as error:
        return explorer.fail(503, "The warehouse cannot be read now", str(error), _address(request))


def _missing(explorer: Explorer, request: Request) -> Response:
    return explorer.fail(404, "Not found", "there is no such page", _address(request))


def _address(request: Request) -> str:
    """Return the requested address without the host; pages show it, and it is the key of the cache."""
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")
