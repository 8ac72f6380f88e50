"""Messages through Prefect's own notification blocks, to servers in this process."""

import json
import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.display.notify import notify
from flows.settings import Settings
from tests.flows.display.test_notify import ended

RUNS = [ended("stopped", a="critical"), ended("stopped", a="critical"), ended(a="warning"), ended(a="warning"),
        ended(), ended()]  # fmt: skip
TITLES = [
    "On Record stopped: nothing was published",
    "On Record published with warnings",
    "On Record has recovered",
]


@contextmanager
def serving(server):
    """Run the server in a thread until the block ends."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def web():
    """A web server that keeps the JSON it receives, as (path, value)."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.heard.append((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.heard = []
    with serving(server):
        yield server


@pytest.fixture
def mail():
    """A mail server that keeps the messages it receives."""

    class Smtp(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 test\r\n")
            for line in self.rfile:
                if line[:4].upper() == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    self.server.heard.append(message_from_bytes(b"".join(lines)))
                self.wfile.write(b"221 bye\r\n" if line[:4].upper() == b"QUIT" else b"250 ok\r\n")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)
    server.heard = []
    with serving(server):
        yield server


@pytest.fixture
def blocks(served, web, mail, monkeypatch):
    """The names of a Slack, a mail and a webhook block; Slack's address leads to the web server."""
    from apprise.plugins.slack import NotifySlack
    from prefect.blocks.notifications import CustomWebhookNotificationBlock, SlackWebhook
    from prefect.settings import PREFECT_API_URL, temporary_settings

    address = f"127.0.0.1:{web.server_port}"
    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://{address}/slack")
    monkeypatch.setattr(NotifySlack, "request_rate_per_sec", 0)
    slack = SlackWebhook(url="https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    letters = SlackWebhook(
        url=f"mailto://127.0.0.1:{mail.server_address[1]}/?from=run@reed.example&to=desk@reed.example&mode=insecure"
    )
    hook = CustomWebhookNotificationBlock(
        name="hook", url=f"http://{address}/hook", json_data={"title": "{{subject}}", "text": "{{body}}"}
    )
    with temporary_settings({PREFECT_API_URL: served["PREFECT_API_URL"]}):
        for name, block in {"slack": slack, "letters": letters, "hook": hook}.items():
            block.save(f"{name}-of-test", overwrite=True)
        yield [f"slack-webhook/{name}-of-test" for name in ("slack", "letters")] + [
            f"{hook.get_block_type_slug()}/hook-of-test"
        ]


@pytest.mark.slow
def test_slack_mail_and_webhook_get_each_message_once(blocks, web, mail, tmp_path):
    settings = Settings(warehouse=tmp_path / "w.duckdb", notify=[*blocks, "slack-webhook/there-is-none"])
    for outcome in RUNS:
        notify(outcome, settings)
    hooked = [heard for path, heard in web.heard if path == "/hook"]
    slacked = [heard for path, heard in web.heard if path.startswith("/slack")]
    assert [heard["title"] for heard in hooked] == TITLES
    assert "- articles.a" in hooked[0]["text"] and "report/index.html" in hooked[0]["text"]
    assert [title in json.dumps(heard) for title, heard in zip(TITLES, slacked, strict=True)] == [True] * 3
    assert [message["Subject"] for message in mail.heard] == TITLES
