"""Which parameters a run started through Prefect may have."""

import json

import pytest

from flows.run import admit
from flows.run.admit import NotAdmitted, admitted, is_of_source, require_admitted
from flows.settings import OUTSIDE, Settings

ASIDE = {
    "notify_command": "touch /tmp/owned",
    "notify": ["slack-webhook/mine"],
    "executor": "dask://evil.example:8786",
    "lake": "ducklake:/tmp/x",
    "lake_data": "/tmp",
    "lake_name": "x",
    "backup": "/tmp/backups",
    "checks": "/tmp/checks",
    "warehouse": "/tmp/elsewhere.duckdb",
    "sources": ["/"],
    "follow_links": True,
    "web_hosts": ["10.0.0.1"],
    "web_bytes": 10**12,
    "max_file_bytes": 10**12,
    "memory": "900GB",
    "processes": 10_000,
    "keep_versions": 0,
    "keep_days": 1,
    "publish": "in_place",
    "thresholds": {"usual.min_runs": 9},
}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """The folder in which a worker runs, with an inbox; its settings come from the environment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    monkeypatch.setenv("ONRECORD_NOTIFY_COMMAND", "mail-me")
    monkeypatch.setenv("ONRECORD_WAREHOUSE", str(tmp_path / "w.duckdb"))
    return tmp_path


@pytest.mark.parametrize("name", ASIDE)
def test_protected_settings_come_from_the_machine(machine, name):
    with pytest.raises(NotAdmitted, match=f"ONRECORD_{name.upper()} on the machine"):
        require_admitted(["inbox"], Settings(**{name: ASIDE[name]}), Settings())


def test_a_run_may_set_what_is_harmless_and_repeat_what_the_machine_says(machine):
    given = Settings(
        warehouse="w.duckdb", notify_command="mail-me", again=True, limit=3, languages="en", wait=1
    )
    require_admitted(["inbox"], given, Settings())


def test_every_setting_is_either_for_outsiders_or_compared(machine):
    assert set(Settings.model_fields) >= OUTSIDE
    secret = {
        "command",
        "executor",
        "lake",
        "backup",
        "checks",
        "notify",
        "sources",
        "web",
        "links",
        "memory",
    }
    assert not [name for name in OUTSIDE if secret & set(name.split("_"))]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("inbox", True),
        ("inbox/a.txt", True),
        ("./inbox/2024-*/**/*.txt", True),
        ("/etc/passwd", False),
        ("..", False),
        ("inbox/../..", False),
        ("inbox/../../*", False),
        ("inbox/*/../../../etc/passwd", False),
        ("/e*c/passwd", False),
        ("file:///etc/passwd", False),
        ("leads_out", False),
        ("leads_out/passwd", False),
        ("leads_out/*", False),
        ("https://news.example/a", False),
        ("block://mine/a", False),
        ("local:///etc/passwd", False),
        ("zip://a::file:///etc/a.zip", False),
        ("", False),
        ("a\0b", False),
    ],
)
def test_without_sources_a_run_reads_the_working_folder(machine, path, is_one):
    (machine / "leads_out").symlink_to("/etc")
    assert is_of_source(path, ()) == is_one


def test_with_sources_a_run_reads_them_and_what_is_in_them(machine):
    sources = ("inbox", "https://news.example/a", "other/*.txt")
    assert all(is_of_source(path, sources) for path in (*sources, "inbox/x", str(machine / "inbox/y")))
    others = (".", "w.duckdb", "other", "https://news.example/b", "https://news.example/a/../b", "inbox2/x")
    assert not any(is_of_source(path, sources) for path in others)


def test_sources_are_one_or_a_list(monkeypatch):
    monkeypatch.setenv("ONRECORD_SOURCES", "in box")
    assert Settings().sources == ("in box",)
    monkeypatch.setenv("ONRECORD_SOURCES", '["a", "https://news.example/?a=1,2"]')
    assert Settings().sources == ("a", "https://news.example/?a=1,2")


def test_only_runs_of_deployments_are_checked(machine, monkeypatch):
    run = admitted(lambda paths, settings=None: paths)
    settings = Settings(notify_command="touch x")
    monkeypatch.delenv("PREFECT__FLOW_RUN_ID", raising=False)
    assert run(["/etc"], settings) == ["/etc"]
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "6a2f")
    with pytest.raises(NotAdmitted, match="notify_command"):
        run(["inbox"], settings)
    with pytest.raises(NotAdmitted, match="/etc is not in a source"):
        run(["/etc"])
    assert run(["inbox"]) == ["inbox"]


def test_all_flows_check_the_parameters_of_runs_from_outside(monkeypatch):
    from flows.audit import audit
    from flows.ingest import ingest
    from flows.maintain import maintain
    from flows.rebuild import rebuild

    monkeypatch.setattr(admit, "is_from_outside", lambda: True)
    settings = Settings(notify_command="touch x")
    for flow in (audit, maintain, rebuild):
        with pytest.raises(NotAdmitted):
            flow.fn(settings=settings)
    with pytest.raises(NotAdmitted):
        ingest.fn(["."], settings)


def test_prefects_form_offers_what_may_be_set():
    offered = Settings.model_json_schema()["properties"]
    assert set(offered) == OUTSIDE | {"warehouse"}
    assert "command" not in json.dumps(offered)
