"""`onrecord lake`: copies the warehouse, queries its past versions, and reveals no secret."""

import os

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.outcome import LakeFailed
from flows.run.tasks import update_lake
from flows.settings import Settings
from tests.warehouse.samples import sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

SETTINGS = {
    "ONRECORD_WAREHOUSE": "news.duckdb",
    "ONRECORD_LAKE": "ducklake:lake.ducklake",
    "ONRECORD_LAKE_DATA": "lake",
}
SECRET = "ducklake:postgres:host=127.0.0.1 port=9 user=me password=hunter2 dbname=news"


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """A folder with a warehouse of one version, which is in the lake."""
    folder = tmp_path_factory.mktemp("brought")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        publish_version(1)
        assert (
            CliRunner().invoke(app, ["lake", "update"], env=SETTINGS).stdout.startswith("copied version 1 (")
        )
    return folder


@pytest.fixture
def onrecord(brought, monkeypatch):
    """The command, in that folder."""
    monkeypatch.chdir(brought)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(app, ["lake", *arguments])


def publish_version(number):
    run_id = f"2024050{number}T080000-aaaa"
    with open_next("news.duckdb", run_id) as version:
        version.stage(sample_run(1, 1, run_id=run_id, first=number))
        publish(version)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("sql", "DELETE FROM lake.main.articles"), 2, "read-only"),
        (("sql", "SELECT 1", "--snapshot", "1", "--as-of", "2024-05-03"), 2, "not both"),
        (("sql", "SELECT 1", "--snapshot", "99"), 4, "cannot be opened"),
        (("sql", "SELECT 1", "--as-of", "May"), 2, "not a day or time"),
    ],
    ids=["write", "two times", "no such snapshot", "no day"],
)
def test_faults_are_reported(onrecord, arguments, code, message):
    done = onrecord(*arguments)
    assert (done.exit_code, message in done.stderr) == (code, True), done.stderr


def test_without_a_setting_there_is_no_lake(onrecord, monkeypatch):
    monkeypatch.delenv("ONRECORD_LAKE")
    done = onrecord("snapshots")
    assert done.exit_code == 2 and "ONRECORD_LAKE" in done.stderr


def test_a_run_without_access_to_its_lake_says_that_it_is_published(onrecord, monkeypatch):
    assert update_lake.fn(Settings()) == []
    monkeypatch.setenv("ONRECORD_LAKE", SECRET)
    with pytest.raises(
        LakeFailed, match=r"^published, but not copied to the lake: .*password=\*\*\*"
    ) as failed:
        update_lake.fn(Settings())
    assert failed.value.may_pass


def test_neither_errors_nor_settings_reveal_the_password(onrecord, monkeypatch):
    monkeypatch.setenv("ONRECORD_LAKE", SECRET)
    for command in (["update"], ["snapshots"], ["sql", "SELECT 1"]):
        done = onrecord(*command)
        assert done.exit_code == 4 and "password=***" in done.stderr
        assert "hunter2" not in done.output
    stored = Settings().model_dump_json()
    assert "hunter2" not in stored and Settings.model_validate_json(stored) == Settings()
    assert "hunter2" in os.environ["ONRECORD_LAKE"]


def test_the_lake_is_updated_and_queried_as_of_a_version(onrecord):
    """The last test: it copies another version, then removes everything."""
    assert onrecord("update").stdout == "the lake is up to date\n"
    publish_version(2)
    assert onrecord("update").stdout.startswith("copied version 2 (")
    count = "SELECT count(*) AS n FROM who_said_what"
    assert onrecord("sql", count, "--format", "csv").stdout == "n\n2\n"
    assert onrecord("sql", count, "--name", "news", "--snapshot", "1", "--format", "csv").stdout == "n\n1\n"
    assert onrecord("sql", count, "--as-of", "2999-12-31", "--format", "csv").stdout == "n\n2\n"
    assert "news version 2" in onrecord("snapshots", "--format", "csv").stdout
    assert onrecord("tidy").stdout == "0 snapshots dropped\n"
    assert onrecord("remove", "news").stdout.endswith(" rows of news removed\n")
    assert onrecord("sql", count, "--format", "csv").stdout == "n\n0\n"
