"""Find what this machine exposes to others, and say what to do about it. Changes nothing.

To test the Prefect server, this module sends requests that a stranger would send: without a key, as a page of another
site, and under another host name.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flows.doctor.finding import Finding
from flows.prefect.server import configured_api, key_file
from flows.provenance import DOTENV, find_file
from flows.settings import Settings
from flows.sources.redact import redact

DEFAULT_API = "http://127.0.0.1:4200/api"  # the default of `onrecord serve` and of Prefect
LOCAL = ("127.0.0.1", "localhost", "::1")
SECONDS = 3  # seconds to wait for an answer of a server


def examine_security(settings: Settings) -> Iterator[Finding]:
    """Yield all findings, beginning with the most serious exposure."""
    yield from find_open_server()
    yield find_key(settings)
    yield from find_permissions(settings)
    yield find_umask()
    yield find_commands(settings)
    yield find_reach(settings)
    yield find_sources(settings)
    yield find_query_bounds(settings)


def find_open_server() -> Iterator[Finding]:
    """Report the address of Prefect's server and how it answers a stranger."""
    named = configured_api()
    api = named or DEFAULT_API
    answers = {name: _ask(api, headers) for name, headers in STRANGERS.items()}
    if all(answer is None for answer in answers.values()):
        place = f"{redact(api)} does not answer" if named else f"nothing answers at {DEFAULT_API}"
        yield Finding(
            "server",
            f"{place}; a run that is started by hand starts and ends its own server with its own key",
        )
        return
    host = urlsplit(api).hostname or ""
    is_local = host in LOCAL
    advice = "" if is_local else "put it behind TLS, or let it listen only on this machine"
    yield Finding("server", f"{redact(api)}, {'only on this machine' if is_local else f'at {host}'}", advice)
    yield from (STRANGE[name].judge(status) for name, status in answers.items())


class _Strange:
    """A request that the server must refuse, and what to report if it is answered."""

    def __init__(self, what: str, refused: str, answered: str, advice: str) -> None:
        self.what, self.refused, self.answered, self.advice = what, refused, answered, advice

    def judge(self, status: int | None) -> Finding:
        """The finding for the response status; None means no answer, which is as good as a refusal."""
        is_open = status is not None and status < 400
        return Finding(self.what, self.answered if is_open else self.refused, self.advice if is_open else "")


STRANGERS: dict[str, dict[str, str]] = {
    "key": {},
    "page": {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
    "name": {"Host": "evil.example"},
}
STRANGE = {
    "key": _Strange(
        "key", "the server requires a key", "the server answers without a key",
        "set PREFECT_SERVER_API_AUTH_STRING for the server and PREFECT_API_AUTH_STRING here, or use onrecord serve",
    ),
    "page": _Strange(
        "pages", "the server refuses pages of other sites", "any page in a browser on this machine can use the server",
        "set PREFECT_SERVER_CORS_ALLOWED_ORIGINS to the server's own address, or use onrecord serve",
    ),
    "name": _Strange(
        "names", "the server answers only to its own name", "the server answers to any name (DNS rebinding)",
        "make sure that it requires a key, or use onrecord serve, which also checks names",
    ),
}  # fmt: skip


def _ask(api: str, headers: dict[str, str]) -> int | None:
    """Send the request of a stranger and return the status of the answer; None if there is no answer.

    The request is a page's preflight, a request under another host name, or a query for flows, depending on `headers`.
    """
    import httpx

    try:
        if "Origin" in headers:
            return httpx.options(f"{api}/flows/filter", headers=headers, timeout=SECONDS).status_code
        if "Host" in headers:
            return httpx.get(f"{api}/health", headers=headers, timeout=SECONDS).status_code
        return httpx.post(f"{api}/flows/filter", json={"limit": 1}, timeout=SECONDS).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


def find_key(settings: Settings) -> Finding:
    """Report whether the file with the key of `onrecord serve` is readable only by its owner."""
    file = key_file(settings.state)
    if not file.exists():
        return Finding("key file", f"none yet; onrecord serve creates {file}")
    mode = stat.S_IMODE(file.stat().st_mode)
    return Finding("key file", f"{file} ({mode:04o})", f"chmod 600 {file}" if mode & 0o077 else "")


def find_permissions(settings: Settings) -> Iterator[Finding]:
    """Whether other users may write to or read the files that a run trusts."""
    kept = [place for place in _places(settings) if place.exists()]
    loose = [place for place in kept if _is_writable(place)]
    names = ", ".join(f"{place} ({_mode(place):04o})" for place in loose)
    yield Finding(
        "writing",
        f"other users can write to {names}"
        if loose
        else "other users cannot write to the files and folders that a run trusts",
        f"chmod go-w {' '.join(map(str, loose))}" if loose else "",
    )
    read = [place for place in kept if _mode(place) & 0o004 and place.is_file()]
    shown = ", ".join(f"{place} ({_mode(place):04o})" for place in read) or "nothing"
    yield Finding(
        "reading", f"other users can read {shown}; new files get the umask of the user who runs onrecord"
    )


def find_umask() -> Finding:
    """Report who can read and write the files that commands create from now on."""
    mask = os.umask(0o077)
    os.umask(mask)
    who = (
        "others can write"
        if not mask & 0o002
        else "others can read"
        if not mask & 0o004
        else "others cannot read"
    )
    advice = "run `umask 077` before On Record, or `umask 022` if others may read" if not mask & 0o002 else ""
    return Finding("umask", f"{mask:04o}: {who} new files", advice)


def _places(settings: Settings) -> list[Path]:
    """The files that a run trusts: whoever can write to such a file can change what is published."""
    own = [settings.warehouse, settings.folder, *settings.folder.parents, settings.state, settings.log]
    former = settings.folder / "versions"
    checks = settings.checks_folder
    edited = [
        settings.corrections_file,
        settings.watchlist_file,
        settings.annotations_file,
        settings.withheld_file,
    ]
    read = [*filter(None, edited), DOTENV.absolute(), find_file(settings.warehouse)]
    of_prefect = [Path.cwd() / name for name in ("prefect.toml", "pyproject.toml")]
    return [
        *own,
        key_file(settings.state),
        settings.state / "prefect",
        former,
        checks,
        *sorted(checks.glob("*.sql")),
        *read,
        *of_prefect,
        Path.cwd(),
    ]


def _mode(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


def _is_writable(place: Path) -> bool:
    """Whether all users may write, except in sticky folders like /tmp. Group permissions do not count."""
    mode = _mode(place)
    is_sticky = place.is_dir() and mode & stat.S_ISVTX
    return bool(mode & 0o002) and not is_sticky


def find_commands(settings: Settings) -> Finding:
    """Name the settings that let runs start commands or send data elsewhere; their values may be secret."""
    names = ("notify_command", "notify", "executor", "lake", "backup")
    used = [f"ONRECORD_{name.upper()}" for name in names if getattr(settings, name)]
    return Finding("commands", ", ".join(used) if used else "none; runs send nothing elsewhere")


def find_reach(settings: Settings) -> Finding:
    """Find which links and hosts a run may follow when it reads sources."""
    links = (
        "links out of folders are followed" if settings.follow_links else "links out of folders are rejected"
    )
    hosts = f"allowed hosts in the local network: {', '.join(settings.web_hosts) or 'only those that a source names'}"
    advice = (
        "unset ONRECORD_FOLLOW_LINKS, unless nobody else can write to the folders"
        if settings.follow_links
        else ""
    )
    return Finding("links", f"{links}; {hosts}", advice)


def find_sources(settings: Settings) -> Finding:
    """Find what a run may read if it is started through Prefect."""
    named = ", ".join(map(redact, settings.sources))
    return Finding("sources", f"runs from Prefect can read {named or f'everything below {os.getcwd()}'}")  # noqa: PTH109


def find_query_bounds(settings: Settings) -> Finding:
    """Find the limits of a query. Whatever the settings are, a query can read only the warehouse."""
    seconds = f"{settings.query_seconds:g} s" if settings.query_seconds else "no time limit"
    advice = "" if settings.query_seconds else "set ONRECORD_QUERY_SECONDS"
    return Finding(
        "queries",
        f"can read only the warehouse; limits for each query: {settings.query_memory} of memory, {seconds}",
        advice,
    )
