"""Serve the explorer of a warehouse until Ctrl-C.

It writes only corrections, saved searches and annotations. By default it answers only requests from this machine, and
only from its own pages, see `flows/prefect/hostguard.py`.
"""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from flows.prefect.hostguard import HostGuard, own_hosts
from schema.errors import UsageError
from warehouse.query.ask import Bounds
from warehouse.query.live import SECONDS, Live


class AddressError(UsageError):
    """The explorer cannot listen on its address."""


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that listens on an address (port 0: any free port); AddressError if that is impossible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=64)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AddressError(
            f"{host} port {port} cannot be used: {reason}; choose another with --port"
        ) from error
    with listener:
        yield listener


def serve_explorer(
    warehouse: Path,
    listener: socket.socket,
    version_no: int | None,
    memory: str,
    write: Callable[[list[str]], Path],
    announce: Callable[[str], None],
    *,
    watchlist: Path,
    annotations: Path,
    opens_browser: bool,
    article_ids: Sequence[str] = (),
) -> None:
    """Serve on the socket until the process is stopped; `article_ids` are the articles to annotate.

    `write` adds a correction and returns the corrections file; `announce` gets the address of each page to open.
    """
    import uvicorn

    from flows.prefect.impatience import ImpatientProtocol
    from report.annotations import Annotations
    from report.explore.app import Explorer, build_app
    from report.explore.queries import KEPT
    from report.watchlist import Watchlist

    host, port = listener.getsockname()[:2]
    live = Live(warehouse, version_no, Bounds(memory, SECONDS), kept=KEPT)
    with live.reading():
        pass  # raises here, before the server starts, if the warehouse cannot be read
    may_write = is_loopback(host) and version_no is None
    explorer = Explorer(
        live, write if may_write else None, Watchlist(watchlist), Annotations(annotations), tuple(article_ids)
    )
    guarded = HostGuard(build_app(explorer), known_hosts(host, port))
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    config = uvicorn.Config(
        guarded, http=ImpatientProtocol, log_level="error", lifespan="off", server_header=False,
        timeout_graceful_shutdown=3,
        limit_concurrency=64, timeout_keep_alive=10,
    )  # fmt: skip
    Thread(target=explorer.warm, daemon=True).start()
    for page in [f"{address}annotate/{article_id}" for article_id in article_ids] or [address]:
        announce(page)
    if opens_browser:
        webbrowser.open(f"{address}{_find_first_page(article_ids)}")
    uvicorn.Server(config).run(sockets=[listener])


def _find_first_page(article_ids: Sequence[str]) -> str:
    """The page to open: the article to annotate, the list of articles if there are several, else the first page."""
    if not article_ids:
        return ""
    return f"annotate/{article_ids[0]}" if len(article_ids) == 1 else "annotate"


def known_hosts(host: str, port: int) -> list[str]:
    """The `Host` headers to accept: the local names, and this machine's public names if other machines may connect."""
    if is_loopback(host):
        return own_hosts(port)
    names = (
        [host] if host not in ("0.0.0.0", "::") else [socket.gethostname(), socket.getfqdn(), *_addresses()]
    )
    return [*own_hosts(port), *(f"{f'[{name}]' if ':' in name else name}:{port}".lower() for name in names)]


def _addresses() -> list[str]:
    """The IP addresses of this machine's own name."""
    try:
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None)})
    except OSError:
        return []


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
