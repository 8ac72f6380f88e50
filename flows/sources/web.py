"""Build options for fsspec that keep web requests within their limits.

The IP address is checked when the connection is made, so that a name cannot resolve to one host for the check and to
another for the request. Redirections are checked in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flows.sources.reach import Door, Reach, SlowHosts

PORTS = {"http": 80, "https": 443}
_slow = SlowHosts()


class Visit:
    """Fetches one address in one or more attempts, within a time limit, and only from the hosts that are allowed.

    An address that names no web server (`s3://...`) has no options and no time limit.
    """

    def __init__(self, address: str, reach: Reach) -> None:
        links = [link for link in address.split("::") if link.partition("://")[0] in PORTS]
        self.reach = reach
        self.schemes = {link.partition("://")[0] for link in links}
        self.host, self.port = _split(links[-1]) if links else ("", 0)
        self.deadline = time.monotonic() + reach.web_seconds

    @property
    def is_web(self) -> bool:
        """Whether the address leads to a web server."""
        return bool(self.schemes)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Run one attempt in the block; TimeoutError if the time is up or the host timed out recently."""
        if not self.is_web:
            yield
            return
        if _slow.is_slow(self.host):
            raise TimeoutError
        with _slow.watching(self.host):
            yield

    def options(self) -> dict[str, Any]:
        """Options for fsspec, for each web scheme in the address."""
        left = max(0.01, self.deadline - time.monotonic())
        door = Door((self.host, self.port), self.reach.web_hosts)
        arguments = {
            "get_client": _Opener(door, left),
            "max_redirects": self.reach.web_redirects + 1,  # aiohttp counts the address itself
            "skip_instance_cache": True,
        }
        return dict.fromkeys(self.schemes, arguments)


def _split(link: str) -> tuple[str, int]:
    parts = urlsplit(link)
    try:
        return (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    except ValueError:  # the port is not a number; connecting will report it
        return "", 0


class _Opener:
    """Creates the aiohttp session for one `Visit` when fsspec asks for it."""

    def __init__(self, door: Door, seconds: float) -> None:
        self.door, self.seconds = door, seconds

    async def __call__(self, loop: Any = None, **given: Any) -> Any:
        import aiohttp

        door = self.door

        class Connector(aiohttp.TCPConnector):
            """Connects to the hosts that the door admits."""

            async def _resolve_host(self, host: str, port: int, traces: Any = None) -> Any:
                found = await super()._resolve_host(host, port, traces)
                admitted = [place for place in found if door.admits(host, port, place["host"])]
                if not admitted:
                    raise HostRefused(host)
                return admitted

        timeout = aiohttp.ClientTimeout(total=self.seconds)
        return aiohttp.ClientSession(
            loop=loop, **(given | {"connector": Connector(loop=loop), "timeout": timeout})
        )


class HostRefused(Exception):
    """Raised for an internal host that no setting allows.

    It is not an OSError, because aiohttp would report an OSError as a failed connection.
    """

    def __init__(self, host: str) -> None:
        super().__init__(
            f"leads to {host}, which is in the local network; add the host to ONRECORD_WEB_HOSTS to allow it"
        )
