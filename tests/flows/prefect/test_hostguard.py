"""Which requests our Prefect server accepts."""

import asyncio

import pytest

from flows.prefect.hostguard import HostGuard, own_hosts


def send(path="/api/flow_runs/filter", *, kind="http", **headers):
    """Send a request with these headers; return the first message of the response."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        sent.append(message)

    given = {"host": "127.0.0.1:4200", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {"type": kind, "path": path, "headers": [(k.encode(), v.encode()) for k, v in given.items() if v]}
    asyncio.run(HostGuard(app, own_hosts(4200))(scope, None, send))
    return sent[0]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:4200"},
        {"origin": "http://127.0.0.1:4200", "sec_fetch_site": "same-origin"},
        {"host": "LOCALHOST:4200", "origin": "http://localhost:4200"},
        {"sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"},
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate"},
    ],
)
def test_programs_and_own_pages_are_answered(headers):
    assert send(**headers)["status"] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": ""},
        {"host": "evil.example"},
        {"host": "evil.example:4200"},
        {"host": "127.0.0.1"},
        {"host": "127.0.0.1:8000"},
        {"host": "127.0.0.1.evil.example:4200"},
        {"origin": "http://evil.example"},
        {"origin": "http://evil.example:4200"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "https://127.0.0.1:4200"},
        {"origin": "null"},
        {"host": "evil.example:4200", "origin": "http://evil.example:4200"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
    ],
)
def test_foreign_pages_and_names_are_refused(headers):
    assert send(**headers)["status"] == 403
    assert send(kind="websocket", **headers) == {"type": "websocket.close", "code": 1008}


def test_a_link_from_elsewhere_to_the_pages_may_be_followed():
    assert send("/runs", sec_fetch_site="cross-site", sec_fetch_mode="navigate")["status"] == 200


def test_no_page_can_be_shown_in_a_frame():
    assert (b"content-security-policy", b"frame-ancestors 'none'") in send("/")["headers"]
