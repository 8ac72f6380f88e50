"""`onrecord serve` on a machine: what foreign pages, and programs with and without the key, can do.

The pages are opened in a real browser; those tests are skipped when no Chromium is installed.
"""

import functools
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.report.test_browser import CHROMIUM

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "seeds" / "articles").glob("*.txt"))[:2]
PATIENCE = 240
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def wait_for(look, what):
    until = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.3)
    return seen


class Patient(httpx.HTTPTransport):
    """Repeat requests that Prefect's server answers with 503 because its database is locked on a busy machine."""

    def handle_request(self, request):
        for _ in range(10):
            response = super().handle_request(request)
            if response.status_code != 503:
                break
            response.close()
            time.sleep(1)
        return response


class Served:
    """A folder with an inbox, `onrecord serve` running in it, and the server's API for holders of the key."""

    def __init__(self, folder):
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.pages = f"http://127.0.0.1:{self.port}"
        (folder / "inbox").mkdir()
        for sample in SAMPLES:
            shutil.copy(sample, folder / "inbox")
        clean = {name: v for name, v in os.environ.items() if not name.startswith(("PREFECT", "ONRECORD"))}
        command = [sys.executable, "-m", "flows.cli", "serve", "inbox", "--port", str(self.port)]
        self.out = folder / "serve.log"
        with self.out.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=clean | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
            )
        wait_for(lambda: "serving" in self.out.read_text() or self.process.poll(), "serve to be ready")
        assert self.process.poll() is None, self.out.read_text()
        self.key_file = folder / "data" / "state" / "prefect-key"
        self.key = self.key_file.read_text().strip()
        auth = tuple(self.key.split(":", 1))
        self.api = httpx.Client(base_url=f"{self.pages}/api", auth=auth, timeout=60, transport=Patient())
        self.ingest = next(made["id"] for made in self.read("deployments") if made["name"] == "ingest")

    def read(self, what):
        return self.api.post(f"/{what}/filter", json={}).raise_for_status().json()

    def started(self):
        """Return the ids of the runs that were requested; the server's schedule may add others at any time."""
        return {run["id"] for run in self.read("flow_runs") if not run["auto_scheduled"]}

    def start(self, parameters, **more):
        """Request a run with these parameters, again while the server's database is busy; return the response."""
        url, body = f"/deployments/{self.ingest}/create_flow_run", {"parameters": parameters} | more

        def ask():
            answer = self.api.post(url, json=body)
            return None if answer.status_code == 503 else answer

        return wait_for(ask, "an answer of the server")

    def state_of(self, answer):
        """Return the final state of the run that was started."""
        assert answer.is_success, answer.text
        run = answer.json()

        def ended():
            state = self.api.get(f"/flow_runs/{run['id']}").json()["state"]
            return state if state["type"] in ENDED else None

        return wait_for(ended, "the end of a run")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Served(tmp_path_factory.mktemp("served"))
    yield site
    site.end()


# --- programs -----------------------------------------------------------------------------------------------


def test_the_key_is_readable_by_its_user_alone_and_its_place_is_shown(site):
    assert site.key_file.stat().st_mode & 0o777 == 0o600
    assert f"their key is in {site.key_file}" in site.out.read_text()
    assert site.key not in site.out.read_text()


def test_it_listens_to_this_machine_alone(site):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        address = probe.getsockname()[0]
    if not address.startswith("127."):
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://{address}:{site.port}/api/health")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/flow_runs/filter"),
        ("POST", "/deployments/filter"),
        ("POST", "/deployments/{ingest}/create_flow_run"),
        ("PATCH", "/deployments/{ingest}"),
        ("POST", "/deployments/"),
        ("POST", "/block_documents/filter"),
        ("POST", "/variables/filter"),
        ("POST", "/logs/filter"),
        ("GET", "/admin/settings"),
        ("POST", "/admin/database/clear"),
        ("GET", "/docs"),
    ],
)
@pytest.mark.parametrize("key", [None, ("onrecord", "wrong"), ("", "")])
def test_without_the_key_nothing_is_answered(site, method, path, key):
    url = site.pages + "/api" + path.format(ingest=site.ingest)
    assert httpx.request(method, url, json={} if method != "GET" else None, auth=key).status_code == 401


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_foreign_name_or_page_is_refused_even_with_the_key(site, headers):
    assert site.api.post("/flow_runs/filter", json={}, headers=headers).status_code == 403


def test_a_run_by_hand_publishes(site):
    state = site.state_of(site.start({"paths": ["inbox"]}))
    assert state["type"] == "COMPLETED"
    assert (site.folder / "data" / "onrecord.duckdb").exists()


def attempts(folder):
    """Return parameters that even a holder of the key may not set."""
    command = f"touch {folder / 'owned'}"
    return [
        {"settings": {"notify_command": command}},
        {"settings": {"warehouse": str(folder / "elsewhere.duckdb")}},
        {"paths": ["/etc/hostname"]},
        {"paths": ["inbox/../.."]},
    ]


def test_the_holder_of_the_key_can_start_no_command_and_read_and_write_nothing_else(site):
    before = sorted(path.name for path in site.folder.iterdir())
    change = {"enforce_parameter_schema": False, "entrypoint": "os.system"}
    change["pull_steps"] = [
        {"prefect.deployments.steps.run_shell_script": {"script": f"touch {site.folder / 'owned'}"}}
    ]
    change["job_variables"] = {"command": "false", "env": {"ONRECORD_NOTIFY_COMMAND": "touch owned"}}
    assert site.api.patch(f"/deployments/{site.ingest}", json=change).status_code == 204
    runs = [site.start({"paths": ["inbox"]} | attempt) for attempt in attempts(site.folder)]
    for attempt, run in zip(attempts(site.folder), runs, strict=True):
        state = site.state_of(run)
        assert state["type"] == "FAILED" and "NotAdmitted" in state["message"], (attempt, state)
    harmless = site.start({"paths": ["inbox"]}, job_variables=change["job_variables"])
    assert site.state_of(harmless)["type"] == "COMPLETED"
    assert sorted(path.name for path in site.folder.iterdir()) == before
    assert site.api.patch(f"/deployments/{site.ingest}", json={"enforce_parameter_schema": True}).is_success
    assert site.start({"paths": ["inbox"], "settings": {"notify_command": "true"}}).status_code == 409


# --- pages --------------------------------------------------------------------------------------------------

# Each way in which a page can ask: what came back of it, as text; "refused" when the browser shows the page nothing.
ASK = """async ([api, ingest]) => {
  const run = JSON.stringify({parameters: {paths: ["/etc/hostname"], settings: {notify_command: "touch owned"}}});
  const create = `${api}/deployments/${ingest}/create_flow_run`;
  const ask = async (url, options) => {
    try { const answer = await fetch(url, options); return `${answer.type} ${answer.status} ${await answer.text()}`; }
    catch (error) { return "refused"; }
  };
  const json = {"Content-Type": "application/json"};
  const socket = url => new Promise(resolve => {
    const opened = new WebSocket(url, ["prefect"]);
    opened.onopen = () => resolve("opened");
    opened.onerror = opened.onclose = () => resolve("refused");
  });
  const form = () => new Promise(resolve => {
    const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), {name: "sink"}));
    const made = Object.assign(document.createElement("form"), {
      method: "POST", action: create, target: "sink", enctype: "text/plain"});
    const field = Object.assign(document.createElement("input"), {name: run.slice(0, -1) + ',"x":"', value: '"}'});
    made.append(field); document.body.append(made);
    frame.onload = () => resolve("sent"); made.submit(); setTimeout(() => resolve("sent"), 3000);
  });
  return {
    start: await ask(create, {method: "POST", headers: json, body: run}),
    start_without_a_question: await ask(create, {method: "POST", mode: "no-cors", body: run}),
    start_by_a_form: await form(),
    change: await ask(`${api}/deployments/${ingest}`, {method: "PATCH", headers: json, body: run}),
    read: await ask(`${api}/flow_runs/filter`, {method: "POST", headers: json, body: "{}"}),
    read_with_credentials: await ask(`${api}/admin/settings`, {credentials: "include"}),
    health: await ask(`${api}/health`),
    listen: await socket(api.replace("http", "ws") + "/events/out"),
    logs: await socket(api.replace("http", "ws") + "/logs/out"),
  };
}"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The attacker's host name, which points to this machine as after DNS rebinding.
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture
def foreign(tmp_path):
    """The address on this machine of a page that is not ours."""
    (tmp_path / "page.html").write_text("<!doctype html><title>news</title><body>hello")
    serve = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@needs_browser
@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1"])
def test_a_foreign_page_starts_changes_and_reads_nothing(site, browser, foreign, host):
    runs, deployments = site.started(), site.read("deployments")
    page = browser.new_page()
    page.goto(f"http://{host}:{foreign}/page.html")
    answers = page.evaluate(ASK, [f"{site.pages}/api", site.ingest])
    assert answers.pop("start_by_a_form") == "sent"
    assert answers.pop("start_without_a_question") in ("refused", "opaque 0 ")
    assert set(answers.values()) == {"refused"}, answers
    assert site.started() == runs
    assert [made["updated"] for made in site.read("deployments")] == [made["updated"] for made in deployments]
    page.close()


@needs_browser
def test_a_rebound_host_name_is_refused(site, browser):
    page = browser.new_page()
    answer = page.goto(f"http://rebound.example:{site.port}/")
    assert answer.status == 403
    answers = page.evaluate(ASK, [f"http://rebound.example:{site.port}/api", site.ingest])
    assert "200" not in json.dumps(answers) and "opened" not in answers.values()
    assert {answers["start"], answers["read"]} == {
        "basic 403 Refused: this server answers only its own pages.\n"
    }
    page.close()


@needs_browser
def test_the_pages_cannot_be_shown_in_a_frame(site, browser, foreign):
    page = browser.new_page()
    page.goto(f"http://evil.example:{foreign}/page.html")
    page.evaluate(
        "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))", site.pages
    )
    page.wait_for_timeout(2000)
    assert not any(
        frame.url.startswith(site.pages) and frame.locator("div").count() for frame in page.frames[1:]
    )
    page.close()


@needs_browser
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_prefects_pages_work_once_they_have_the_key(site, browser, host):
    page = browser.new_context().new_page()
    page.set_default_timeout(60_000)
    page.goto(f"http://{host}:{site.port}/")
    page.wait_for_url("**/login**")
    page.locator("input").first.fill(site.key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard**")
    page.get_by_text("Deployments", exact=True).first.click()
    page.get_by_text("ingest", exact=True).first.wait_for()
    page.context.close()


# --- the end ------------------------------------------------------------------------------------------------


def test_a_cancelled_run_ends(site):
    many = site.folder / "inbox" / "many"
    many.mkdir()
    text = SAMPLES[0].read_text(encoding="utf-8")
    for number in range(40):
        (many / f"{number}.txt").write_text(text.replace(" the ", f" the {number} "), encoding="utf-8")
    started = site.start({"paths": ["inbox"]})
    run = started.json()
    wait_for(lambda: site.api.get(f"/flow_runs/{run['id']}").json()["state"]["type"] == "RUNNING", "the run")
    time.sleep(2)
    site.api.post(
        f"/flow_runs/{run['id']}/set_state", json={"state": {"type": "CANCELLING"}}
    ).raise_for_status()
    assert site.state_of(started)["type"] == "CANCELLED"
    again = site.start({"paths": ["inbox"]})
    assert site.state_of(again)["type"] == "COMPLETED"


def test_sigterm_ends_it_with_its_server(site):
    site.end()
    assert site.process.returncode == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{site.pages}/api/health")
