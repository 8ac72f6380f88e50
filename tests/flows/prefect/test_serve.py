"""`onrecord serve` runs the same deployments as `prefect.yaml`, with the same settings."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from flows.cli import app
from flows.prefect.serve import build_deployments

ROOT = Path(__file__).parents[3]


def built(cron="5 * * * *", timezone="Europe/Amsterdam"):
    return {
        made.name: made
        for made in build_deployments(["inbox"], {"warehouse": "w.duckdb"}, cron=cron, timezone=timezone)
    }


def test_the_same_flows_are_served_as_are_deployed():
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    served = built()
    assert {made["name"]: made["entrypoint"] for made in declared} == {
        name: made.entrypoint for name, made in served.items()
    }
    for made in declared:
        options = served[made["name"]].concurrency_options
        assert options.collision_strategy == made["concurrency_limit"]["collision_strategy"]
        assert [schedule["cron"] for schedule in made.get("schedules", [])][1:] == []


def test_the_main_job_goes_by_the_cron_and_zone_that_are_given():
    [schedule] = built()["ingest"].schedules
    assert (schedule.schedule.cron, schedule.schedule.timezone) == ("5 * * * *", "Europe/Amsterdam")
    assert built()["ingest"].parameters == {"settings": {"warehouse": "w.duckdb"}, "paths": ["inbox"]}
    assert built()["rebuild"].schedules == []


@pytest.mark.parametrize("wrong", [{"cron": "every day"}, {"timezone": "Mars/Olympus"}])
def test_an_impossible_schedule_is_refused(wrong):
    with pytest.raises(ValidationError):
        built(**wrong)


def test_a_password_in_an_address_is_not_put_where_prefect_shows_it(tmp_path):
    result = CliRunner().invoke(
        app, ["serve", "https://me:hunter2@news.example/a", "--warehouse", str(tmp_path / "w.duckdb")]
    )
    assert result.exit_code == 2
    assert "block://" in result.stderr and "hunter2" not in result.stderr
