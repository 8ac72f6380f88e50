"""The flow `audit` ends as failed when what is published breaks a critical check."""

import pytest

from flows.audit import AuditFailed, audit
from flows.settings import Settings
from tests.warehouse.samples import sample_run
from warehouse.publish import publish
from warehouse.stage import open_next


@pytest.fixture
def settings(tmp_path):
    with open_next(tmp_path / "w.duckdb", "20240503T080000-aaaa") as version:
        version.stage(sample_run())
        publish(version)
    return Settings(warehouse=tmp_path / "w.duckdb")


def test_a_sound_warehouse_passes_and_one_critical_check_fails_the_flow(prefect_here, settings):
    checks = audit(settings)
    assert checks.height > 100
    assert checks.filter(~checks["success"])["severity"].to_list().count("critical") == 0
    settings.checks_folder.mkdir()
    rule = "-- critical on statements: Nothing is good enough.\nSELECT statement_id FROM staging.statements"
    (settings.checks_folder / "never.sql").write_text(rule, encoding="utf-8")
    with pytest.raises(AuditFailed, match=r"statements\.never"):
        audit(settings)
