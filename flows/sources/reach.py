"""Limit what reading sources may follow: links out of a folder, and web servers that are slow or internal.

Somebody who can put a file into a folder, or who runs a web server, must not decide what else is read.
"""

# ruff: noqa: PTH120 - as in flows/sources/local.py

from __future__ import annotations

import glob
import ipaddress
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from flows.sources.redact import reveal

_SCHEME = re.compile(r"(?!file://)(?:[a-z][a-z0-9+.-]+::)*[a-z][a-z0-9+.-]+://")
FOUND = "//./"  # in a source that `mark_found` makes: between a folder and the path that was found in it
USUAL_PORTS = {80, 443}  # a server often redirects from one to the other
SLOW_FOR = 600  # seconds during which a host that timed out gets no request


@dataclass(frozen=True)
class Reach:
    """What a run may follow; the settings of the same names explain the fields.

    `web_hosts` are names or IP addresses in the local network that web addresses and redirections may lead to.
    """

    follow_links: bool = False
    source_retries: int = 2
    web_seconds: float = 60
    web_bytes: int = 100_000_000
    web_redirects: int = 5
    web_hosts: tuple[str, ...] = ()


ORDINARY = Reach()


def is_within(path: str, root: str) -> bool:
    """Whether `path` is `root` or below it; both must have their links resolved."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def is_address(source: str) -> bool:
    """Whether a source is an address with a scheme (`s3://`, `zip://a.txt::https://...`), not a local path."""
    return bool(_SCHEME.match(source))


def base_of(source: str) -> str | None:
    """The folder in which a glob starts, such as `in` for `in/2024-*/**/*.txt`; None if the source is not a glob."""
    path = reveal(source).removeprefix("file://")
    if is_address(path) or os.path.lexists(path) or not glob.has_magic(path):
        return None
    plain = re.split(r"[*?\[]", path, maxsplit=1)[0]
    return os.path.dirname(plain) or ("/" if path.startswith("/") else ".")


def folder_of(place: str) -> str:
    """The folder that a local source may read: the path itself, or the folder in which a glob starts."""
    return base_of(place) or place


def is_inner(address: str) -> bool:
    """Whether an IP address belongs to this machine or the local network; also true for a malformed address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return not found.is_global or found.is_multicast or (mapped is not None and not mapped.is_global)


def is_metadata(address: str) -> bool:
    """Whether the address is link-local, where clouds serve a machine's secrets; true for a malformed address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return (getattr(found, "ipv4_mapped", None) or found).is_link_local


@dataclass(frozen=True)
class Door:
    """Decides which hosts a source may lead to: public hosts, its own host, and hosts that the settings allow."""

    named: tuple[str, int]
    allowed: Sequence[str] = ()

    def admits(self, host: str, port: int, address: str) -> bool:
        """Whether requests may go to `host` at `port`, which resolves to the IP `address`."""
        host = host.lower().strip("[]")
        if not is_inner(address) or host in self.allowed or address in self.allowed:
            return True
        name, named_port = self.named
        is_named = host == name and (port == named_port or {port, named_port} == USUAL_PORTS)
        return is_named and (not is_metadata(address) or host == address)


@dataclass
class SlowHosts:
    """Hosts that timed out recently, which get no requests for a while, so that they do not delay others."""

    _until: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def is_slow(self, host: str) -> bool:
        """Whether requests to the host are suspended for now."""
        with self._lock:
            return time.monotonic() < self._until.get(host, 0)

    @contextmanager
    def watching(self, host: str) -> Iterator[None]:
        """Record the host if the block ends with a TimeoutError."""
        try:
            yield
        except TimeoutError:
            with self._lock:
                self._until[host] = time.monotonic() + SLOW_FOR
            raise
