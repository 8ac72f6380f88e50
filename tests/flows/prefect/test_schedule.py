"""`onrecord doctor` says whether the main job's schedule is active, and whether its runs start."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prefect import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.states import Scheduled

from flows.prefect.schedule import find_server


@pytest.fixture
def client(prefect_here):
    with get_client(sync_client=True) as client:
        yield client


def find_schedule():
    return {finding.what: finding for finding in find_server()}["schedule"]


def deploy(client, *schedules):
    flow = client.create_flow_from_name("ingest")
    return client.create_deployment(flow_id=flow, name="ingest", schedules=list(schedules))


def test_a_schedule_that_is_missing_paused_or_has_not_run_is_found(client):
    assert find_schedule().found == "the flow ingest is not deployed"
    daily = CronSchedule(cron="0 6 * * *", timezone="Europe/Vienna")
    number: UUID = deploy(client, DeploymentScheduleCreate(schedule=daily, active=False))
    try:
        assert find_schedule().found == "paused"
        number = deploy(client, DeploymentScheduleCreate(schedule=daily, active=True))
        assert find_schedule().found == "0 6 * * * (Europe/Vienna)"
        due = datetime.now(UTC) - timedelta(hours=3)
        client.create_flow_run_from_deployment(number, state=Scheduled(scheduled_time=due))
        late = find_schedule()
        assert late.found == f"0 6 * * * (Europe/Vienna); 1 waiting since {due:%Y-%m-%d %H:%M} UTC"
        assert "worker" in late.advice
    finally:
        client.delete_deployment(number)
