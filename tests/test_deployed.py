"""The product as it is deployed: a real Prefect server, the unchanged deployments of `prefect.yaml`, a real worker.

Everything is in a temporary folder and ends with the tests.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.run.turn import name_limit
from tests.report.test_browser import CHROMIUM
from warehouse.files.connect import query
from warehouse.files.lock import find_holder, write_lock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "seeds" / "articles").glob("*.txt"))
KEY = "onrecord:a-key-of-tests-that-nobody-can-guess"
SECRET = "a-password-that-only-runs-may-see"
PATIENCE = 240  # seconds; on an idle machine nothing takes more than some 25
COPIES = 60  # of an article: enough to be at it for a while
STAGED = 10  # percent; the first batch of five articles is staged once more are analysed


def wait_for(look, what, patience=PATIENCE):
    """Call `look` repeatedly; return its first result that is not empty."""
    until = time.monotonic() + patience
    while not (seen := look()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.3)
    return seen


class Site:
    """A server, a worker and the folder in which it works."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.pages = f"http://127.0.0.1:{self.port}"
        self.api = f"{self.pages}/api"
        clean = {
            key: value for key, value in os.environ.items() if not key.startswith(("PREFECT", "ONRECORD"))
        }
        self.env = clean | {
            "PREFECT_HOME": str(folder / "prefect"), "PREFECT_API_URL": self.api, "ONRECORD_HOME": str(folder),
            "PYTHONPATH": str(ROOT), "PREFECT_WORKER_QUERY_SECONDS": "1", "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "ONRECORD_ARTICLES_PER_BATCH": "5",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "ONRECORD_STAGE_SECONDS": "0", "ONRECORD_CHECKS": str(folder / "strict"),
            "PREFECT_SERVER_API_AUTH_STRING": KEY, "PREFECT_API_AUTH_STRING": KEY,
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{self.port}",
        }  # fmt: skip

    def start(self, *arguments):
        """Start `prefect ...` in its own process group."""
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        command = [sys.executable, "-m", "prefect", *arguments]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.env, stdout=log, stderr=log, start_new_session=True
        )
        self.processes.append(process)

    def start_worker(self):
        self.start("worker", "start", "--pool", "onrecord", "--type", "process", "--limit", "1")

    def onrecord(self, *arguments):
        """Our own command, on this server."""
        command = [sys.executable, "-m", "flows.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=PATIENCE
        )

    def deploy_all(self):
        """Deploy everything by the command that users type, in the folder of `prefect.yaml`."""
        command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=PATIENCE
        )

    def end(self):
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @property
    def warehouse(self):
        return self.folder / "data" / "onrecord.duckdb"

    def rows(self, sql):
        return query(self.warehouse, sql).rows()

    def state_of(self, run):
        """Return the final state of a flow run."""

        def ended():
            state = self.client.read_flow_run(run.id).state
            return state if state.is_final() else None

        return wait_for(ended, f"the end of {run.name}")

    def run(self, **parameters):
        """Have the worker run the deployment `ingest`, by the API."""
        deployment = self.client.read_deployment_by_name("ingest/ingest")
        given = deployment.parameters | parameters
        return self.client.create_flow_run_from_deployment(deployment.id, parameters=given)


def make_pool(client):
    """Make the pool of the worker, whose runs get a secret from a block in an environment variable."""
    from prefect.blocks.system import Secret
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.workers.process import ProcessWorker

    Secret(value=SECRET).save("pg-password")
    template = ProcessWorker.get_default_base_job_template()
    variables = {"PGPASSWORD": "{{ prefect.blocks.secret.pg-password }}"}
    template["variables"]["properties"]["env"]["default"] = variables
    client.create_work_pool(WorkPoolCreate(name="onrecord", type="process", base_job_template=template))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    from prefect import get_client
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    site = Site(tmp_path_factory.mktemp("site"))
    articles = site.folder / "seeds" / "articles"
    articles.mkdir(parents=True)
    for sample in SAMPLES[:2]:
        shutil.copy(sample, articles)
    try:
        site.start("server", "start", "--port", str(site.port))
        ours = {PREFECT_API_URL: site.api, PREFECT_API_AUTH_STRING: KEY}
        with temporary_settings(ours), get_client(sync_client=True) as client:
            site.client = client
            wait_for(lambda: client.api_healthcheck() is None, "the server")
            make_pool(client)
            site.start_worker()
            site.deployed = site.deploy_all()
            yield site
    finally:
        site.end()


def artifacts_of(site, run):
    """Map the type of each artifact of a flow run (for links, the end of the key: `report`, `explorer`) to its data."""
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
    read = site.client.read_artifacts(artifact_filter=wanted)
    links = ("report", "explorer")
    ends = {made.id: (made.key or "").rpartition("-")[2] for made in read}
    return {ends[made.id] if ends[made.id] in links else made.type: made.data for made in read}


def log_of(site, run):
    """Return the log of a flow run, including the lines of its tasks."""
    from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId

    return [
        line.message
        for line in site.client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id])))
    ]


def events_of(site):
    """Return the names of the events that the server received."""
    from prefect.events.filters import EventFilter, EventOccurredFilter

    day = EventOccurredFilter(since=datetime.now(UTC) - timedelta(days=1))
    wanted = EventFilter(occurred=day).model_dump(mode="json")
    answer = site.client.request("POST", "/events/filter", json={"filter": wanted, "limit": 50})
    return [event["event"] for event in answer.json()["events"]]


def processes_of(run):
    """Return the processes of a flow run and all their children."""
    mark = f"PREFECT__FLOW_RUN_ID={run.id}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes():
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


def test_all_flows_are_deployed_with_their_schedules_and_no_path_of_this_machine(site):
    assert site.deployed.returncode == 0, site.deployed.stdout + site.deployed.stderr
    made = {deployment.name: deployment for deployment in site.client.read_deployments()}
    assert set(made) == {"ingest", "rebuild", "withdraw", "audit", "maintain"}
    assert {made[name].schedules[0].schedule.timezone for name in ("ingest", "audit", "maintain")} == {
        "Europe/Amsterdam"
    }
    assert all(deployment.concurrency_limit is None or deployment.tags for deployment in made.values())
    for deployment in made.values():
        assert not [text for text in (str(ROOT), SECRET) if text in deployment.model_dump_json()]


def test_a_run_by_the_api_publishes_and_says_so_in_artifacts_and_events(site):
    run = site.run()
    [first, *_] = wait_for(lambda: processes_of(run), "the process of the run")
    assert SECRET.encode() in Path("/proc", first, "environ").read_bytes()
    assert site.state_of(run).name == "Completed"
    name = site.client.read_flow_run(run.id).name
    assert name.startswith("seeds/articles ") and ": 2 files, 2 articles, " in name
    wait_for(lambda: any("Published" in line for line in log_of(site, run)), "the log")
    said = log_of(site, run)
    for step in (
        r"read 2 files of 2: 2 new articles, 0 rejects in [\d.]+ s",
        r"found statements in 2 articles in [\d.]+ s",
        r"staged 2 articles, \d+ statements in [\d.]+ s",
        r"resolved stories and actors in [\d.]+ s",
        r"checked all staged rows in [\d.]+ s",
        r"published \d+ statements in [\d.]+ s",
        r"wrote the report .*index.html in [\d.]+ s",
    ):
        assert any(re.fullmatch(step, line) for line in said), f"{step} is not in {said}"
    assert site.rows("select count(*) from articles") == [(2,)]
    artifacts = artifacts_of(site, run)
    assert {row["what"]: row["count"] for row in json.loads(artifacts["table"])}["articles loaded"] == 2
    assert artifacts["markdown"].startswith("# Published")
    assert artifacts["progress"] == 100
    assert (site.folder / "data" / "report" / "index.html").as_uri() in artifacts["report"]
    assert "http://127.0.0.1:4280/" in artifacts["explorer"]
    events = wait_for(lambda: {"onrecord.published"} & set(events_of(site)), "the event")
    assert events


# --- Prefect's pages ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(site):
    """A page of Prefect in a real browser that has the key."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed; Debian: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120_000)
        page = browser.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(site.pages)
        page.wait_for_url("**/login**")
        page.locator("input").first.fill(KEY)
        page.keyboard.press("Enter")
        page.wait_for_url("**/dashboard**")
        yield page
        browser.close()


def test_the_page_of_a_run_has_its_graph_its_steps_and_its_artifacts(site, page):
    [run] = [run for run in site.client.read_flow_runs() if run.state.name == "Completed"][-1:]
    page.goto(f"{site.pages}/runs/flow-run/{run.id}")
    page.get_by_text("2 files, 2 articles").first.wait_for()
    page.locator("canvas").wait_for()
    page.get_by_text("read 2 files of 2: 2 new articles").wait_for()
    page.get_by_text("checks: passed").first.wait_for()
    page.get_by_text("Artifacts", exact=True).last.click()
    for key in ("onrecord-counts", "onrecord-verdict", "onrecord-report"):
        page.get_by_text(key).wait_for()
    page.get_by_text("onrecord-verdict").click()
    page.get_by_role("heading", name="Published", exact=True).wait_for()


def test_the_form_of_a_run_has_the_few_first_each_with_what_it_means(site, page):
    deployment = site.client.read_deployment_by_name("ingest/ingest")
    page.goto(f"{site.pages}/deployments/deployment/{deployment.id}/run")
    page.get_by_text("More settings").wait_for()
    form = page.locator("form").inner_text()
    places = [form.index(f"\n{name}") for name in ("paths\n", "limit (", "dry_run (", "settings (")]
    assert places == sorted(places)
    assert "Stop opening files after this number of articles." in form and "notify_command" not in form


def test_the_server_lists_the_limit_of_the_warehouse(site, page):
    page.goto(f"{site.pages}/concurrency-limits")
    page.get_by_text(name_limit(site.warehouse)).wait_for()


# --- runs that wait, come by themselves, or end early ---------------------------------------------------------


def test_a_run_waits_for_another_on_the_same_warehouse_and_says_for_whom(site):
    """This test takes the place of the other run: it holds the lock of the warehouse, and its slot on the server."""
    slot = {"names": [name_limit(site.warehouse)], "slots": 1, "mode": "concurrency"}
    deployment = site.client.read_deployment_by_name("withdraw/withdraw")
    with write_lock(site.warehouse, "of-tests"):
        assert site.client.request("POST", "/v2/concurrency_limits/increment", json=slot).json()
        run = site.client.create_flow_run_from_deployment(deployment.id, parameters={"path": "nowhere/*"})

        def waiting():
            state = site.client.read_flow_run(run.id).state
            return state if state.name == "Waiting" else None

        said = wait_for(waiting, "the run to wait")
        assert "waiting for run of-tests (process" in said.message and "600 s at most" in said.message
        site.client.request("POST", "/v2/concurrency_limits/decrement", json=slot)
    assert site.state_of(run).name == "Completed"
    assert site.rows("select count(*) from articles") == [(2,)]


def test_a_run_by_the_schedule_takes_what_is_new(site):
    from prefect.client.schemas.schedules import IntervalSchedule

    shutil.copy(SAMPLES[2], site.folder / "seeds" / "articles")
    deployment = site.client.read_deployment_by_name("ingest/ingest")
    often = IntervalSchedule(interval=timedelta(seconds=15), anchor_date=datetime.now(UTC))
    [made] = site.client.create_deployment_schedules(deployment.id, [(often, True)])

    def under_way():
        runs = [run for run in site.client.read_flow_runs() if run.deployment_id == deployment.id]
        return next((run for run in runs if run.auto_scheduled and not run.state.is_scheduled()), None)

    run = wait_for(under_way, "a scheduled run")
    site.client.delete_deployment_schedule(deployment.id, made.id)
    assert site.state_of(run).name == "Completed"
    assert site.rows("select count(*) from articles") == [(3,)]


def test_files_that_arrive_start_a_run_by_an_event(site):
    """In a separate process, because Prefect's event client stays with the first server that a process talks to."""
    folder = site.folder / "seeds" / "articles"
    shutil.copy(SAMPLES[3], folder)
    command = [sys.executable, "-c", "from flows.cli import main; main()", "watch", str(folder), "--emit"]
    watch = subprocess.Popen(command, cwd=ROOT, env=site.env, start_new_session=True)
    try:
        wait_for(
            lambda: site.rows("select count(*) from articles") == [(4,)], "the run that the event starts"
        )
    finally:
        os.killpg(watch.pid, signal.SIGTERM)
        watch.wait(30)


def test_a_run_by_the_api_gets_neither_commands_nor_places_of_its_own(site):
    from prefect.exceptions import PrefectHTTPStatusError

    command = {"notify_command": f"touch {site.folder / 'owned'}"}
    with pytest.raises(PrefectHTTPStatusError, match="notify_command"):
        site.run(settings=command)
    for parameters in (
        {"paths": ["/etc/hostname"]},
        {"settings": {"warehouse": str(site.folder / "w.duckdb")}},
    ):
        state = site.state_of(site.run(**parameters))
        assert state.type == "FAILED" and "NotAdmitted" in state.message
    assert not (site.folder / "owned").exists() and not (site.folder / "w.duckdb").exists()


def test_a_cancelled_run_leaves_no_process_and_no_lock_and_the_next_one_resumes_it(site):
    from prefect.states import Cancelling

    many = site.folder / "many"
    many.mkdir()
    text = SAMPLES[4].read_text(encoding="utf-8")
    for number in range(COPIES):
        (many / f"{number}.txt").write_text(text.replace(" the ", f" the {number} "), encoding="utf-8")
    run = site.run(paths=["many"])
    wait_for(lambda: artifacts_of(site, run).get("progress", 0) > STAGED, "the first batch to be staged")
    site.client.set_flow_run_state(run.id, Cancelling())
    assert site.state_of(run).name == "Cancelled"
    wait_for(lambda: not processes_of(run), "the run's processes to end", 30)
    assert find_holder(site.warehouse) is None
    assert site.rows("select count(*) from articles") == [(4,)]

    again = site.run(paths=["many"])
    assert site.state_of(again).name == "Completed"
    assert site.rows("select count(*) from articles") == [(4 + COPIES,)]
    assert "It resumed an interrupted run" in artifacts_of(site, again)["markdown"]


def kill_all(site, run):
    """Kill the worker, the run and everything that it started at once, as if the machine had died."""
    worker = site.processes.pop()
    os.killpg(worker.pid, signal.SIGKILL)
    for process in processes_of(run):
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
    worker.wait()


def test_a_killed_worker_leaves_a_crashed_run_and_the_next_one_resumes_it(site):
    from prefect.states import Scheduled

    switched_on = site.onrecord("automations", "--silence", "75")
    assert switched_on.returncode == 0 and "mark lost runs as crashed" in switched_on.stdout, (
        switched_on.stderr
    )
    many = site.folder / "more"
    many.mkdir()
    text = SAMPLES[4].read_text(encoding="utf-8")
    for number in range(COPIES):
        (many / f"{number}.txt").write_text(text.replace(" a ", f" a {number} "), encoding="utf-8")
    before = site.rows("select count(*) from articles")[0][0]
    run = site.run(paths=["more"])
    wait_for(lambda: artifacts_of(site, run).get("progress", 0) > STAGED, "the first batch to be staged")
    kill_all(site, run)
    assert site.client.read_flow_run(run.id).state.name == "Running"

    late = site.client.create_flow_run_from_deployment(
        run.deployment_id, state=Scheduled(scheduled_time=datetime.now(UTC) - timedelta(minutes=20))
    )
    findings = site.onrecord("doctor", "--json").stdout
    schedule = next(
        found for line in findings.splitlines() if (found := json.loads(line))["what"] == "schedule"
    )
    assert "1 waiting since" in schedule["found"] and not schedule["is_well"]
    site.client.delete_flow_run(late.id)

    lost = site.state_of(run)
    assert (lost.type, lost.name) == (
        "CRASHED",
        "Crashed",
    ) and "no heartbeat for 75 s" in lost.message
    assert find_holder(site.warehouse) is None
    site.start_worker()
    again = site.run(paths=["more"])
    assert site.state_of(again).name == "Completed"
    assert site.rows("select count(*) from articles") == [(before + COPIES,)]
    assert "interrupted" in artifacts_of(site, again)["markdown"]
    removed = site.onrecord("automations", "--off")
    assert removed.returncode == 0 and "mark lost runs as crashed" in removed.stdout


def test_a_run_that_the_gate_stops_ends_as_stopped(site):
    checks = site.folder / "strict"
    checks.mkdir()
    rule = "-- critical on articles: Nothing is good enough.\nSELECT article_id, path FROM staging.articles"
    (checks / "never.sql").write_text(rule, encoding="utf-8")
    shutil.copy(SAMPLES[5], site.folder / "seeds" / "articles")
    quiet = (site.folder / "worker.log").stat().st_size
    run = site.run()
    stopped = site.state_of(run)
    assert (stopped.type, stopped.name) == ("FAILED", "Stopped")
    assert "never" in stopped.message
    wait_for(lambda: not processes_of(run), "the run's process to end", 60)
    said = (site.folder / "worker.log").read_text()[quiet:] + "\n".join(log_of(site, run))
    assert "Traceback" not in said and "unexpected exception" not in said, said
