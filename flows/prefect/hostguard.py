"""Restrict a local server to its own pages and to programs on this machine.

Any web page can make the reader's browser send requests to `http://127.0.0.1:4200`, even under a domain name that
resolves to this address (DNS rebinding). HostGuard refuses such requests before they reach the server. It checks the
`Host` and `Origin` headers, and the browser's `Sec-Fetch` headers if there is no `Origin`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

FOREIGN = ("cross-site", "same-site")  # browsers call another port of this machine the same site
NO_FRAMES = [(b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'")]


def own_hosts(port: int) -> list[str]:
    """The `Host` headers that browsers and programs on this machine send: `127.0.0.1:4200`, `localhost:4200`..."""
    return [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]


class HostGuard:
    """An ASGI application that refuses requests from other sites (403) and forbids other sites to frame its pages."""

    def __init__(self, app: App, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.origins = frozenset(f"http://{host}" for host in self.hosts)

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Pass admitted requests on to the server; refuse the others."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif self.admits(scope):
            await self.app(scope, receive, _without_frames(send))
        else:
            await _refuse(scope, send)

    def admits(self, scope: Message) -> bool:
        """Whether a request or web socket has this server's `Host` and comes from its own pages or from a program."""
        headers = [(name.lower(), value.decode("latin-1").lower()) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        origins = [value for name, value in headers if name == b"origin"]
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return False
        if origins:
            return set(origins) <= self.origins
        fields = dict(headers)
        is_visit = fields.get(b"sec-fetch-mode") == "navigate" and not scope["path"].startswith("/api")
        return is_visit or fields.get(b"sec-fetch-site") not in FOREIGN


def _without_frames(send: Send) -> Send:
    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *NO_FRAMES]
        await send(message)

    return send_more


async def _refuse(scope: Message, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Refused: this server answers only its own pages.\n"})
