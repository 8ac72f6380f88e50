"""How a run calls its tasks: their order in Prefect's graph, their time limits, and which are retried."""

import shutil
import time
from pathlib import Path

import pytest
from prefect import flow, get_client, task

from flows.ingest import ingest
from flows.outcome import TimedOut
from flows.run.steps import Steps, list_waits
from flows.run.timeouts import in_time
from flows.settings import Settings
from schema.errors import FAILED

SAMPLES = sorted((Path(__file__).parents[3] / "seeds" / "articles").glob("*.txt"))[:3]


@pytest.fixture(scope="module")
def graph(prefect_here, tmp_path_factory):
    """Prefect's graph of a run in batches: the name of each step, with the names of the steps that it follows."""
    folder = tmp_path_factory.mktemp("graph")
    for sample in SAMPLES:
        shutil.copy(sample, folder)
    settings = Settings(
        warehouse=folder / "out" / "w.duckdb", files_per_batch=1, processes=1, stage_seconds=0
    )
    state = ingest([str(folder)], settings, return_state=True)
    assert state.is_completed()
    with get_client(sync_client=True) as client:
        read = client.request("GET", f"/flow_runs/{state.state_details.flow_run_id}/graph-v2").json()
    nodes = dict(read["nodes"])
    parents = {key: {one["id"] for one in node["parents"]} for key, node in nodes.items()}
    return [
        (nodes[key]["label"], sorted({nodes[one]["label"] for one in ids})) for key, ids in parents.items()
    ]


def test_each_step_but_the_first_follows_another(graph):
    assert [name for name, parents in graph if not parents] == ["read files"]


def test_a_batch_passes_from_step_to_step_and_later_steps_follow_all_batches(graph):
    wanted = {
        "read files": ["", "read files", "read files"],
        "build articles": ["read files"] * 3,
        "find statements": ["build articles"] * 3,
        "stage": ["find statements", "find statements, stage", "find statements, stage",
                  "reject what was not analysed"],
        "reject what was not analysed": ["stage"], "reject": ["stage"], "resolve": ["reject"], "check": ["resolve"],
        "publish": ["check"], "write the report": ["publish"], "tell people": ["write the report"],
    }  # fmt: skip
    for step, before in wanted.items():
        found = [parents for name, parents in graph if name == step]
        # More parents are allowed: Prefect links a step to an older one whose result had the same place in memory.
        missing = [
            set(filter(None, names.split(", "))).difference(parents)
            for names, parents in zip(before, found, strict=True)
        ]
        assert not any(missing), (step, missing)


def test_a_step_may_not_exceed_its_time_limit(prefect_here):
    @task(task_run_name="sleep")
    def sleep():
        time.sleep(20)

    began = time.monotonic()
    with pytest.raises(
        TimedOut, match=r"the step 'sleep' took longer than 0.2 s \(ONRECORD_STEP_SECONDS\)"
    ) as stopped:
        flow(lambda: Steps(Settings(step_seconds=0.2)).call(sleep)(), name="sleeper")()
    assert time.monotonic() - began < 15 and stopped.value.exit_code == FAILED


def test_a_run_may_not_take_longer_than_the_settings_say_and_prefect_calls_that_timed_out(prefect_here):
    @flow
    @in_time
    def sleep(settings: Settings | None = None):
        time.sleep(20)

    state = sleep(Settings(run_seconds=0.2), return_state=True)
    assert (state.type, state.name) == ("FAILED", "TimedOut") and "ONRECORD_RUN_SECONDS" in state.message


def test_a_step_that_may_succeed_is_retried_as_often_as_set(prefect_here):
    tried = []

    def is_passing(task, run, state):
        return isinstance(state.result(raise_on_failure=False), OSError)

    @task(retries=9, retry_condition_fn=is_passing)
    def reach(name):
        tried.append(name)
        raise {"OSError": OSError, "KeyError": KeyError}[name]("away")

    settings = Settings(retries=2, retry_seconds=0.01)
    for error in (OSError, KeyError):
        with pytest.raises(error):
            flow(lambda name=error.__name__: Steps(settings).call(reach)(name), name="retries")()
    assert tried == ["OSError"] * 3 + ["KeyError"]


def test_waits_grow():
    assert list_waits(Settings()) == [1, 4, 16]
