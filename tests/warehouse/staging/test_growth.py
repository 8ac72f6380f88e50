"""A file that is published repeatedly grows only as much as its content."""

import duckdb
import pytest

from schema.derive import literal
from tests.warehouse.samples import sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

pytestmark = pytest.mark.slow

RUNS = 25
# Times the size of a file into which the same is written at once. What a run frees is there for the next one: the
# file is some twice as large from the second run on, and stays so.
ALLOWED = 2.5


@pytest.mark.parametrize("in_place", [False, True], ids=["copied", "in place"])
def test_a_file_does_not_bloat_over_many_runs(tmp_path, in_place):
    warehouse = tmp_path / "w.duckdb"
    for number in range(RUNS):
        with open_next(warehouse, f"run-{number:03}") as version:
            version.stage(sample_run(run_id=f"run-{number:03}", articles=2, first=1 + 2 * number))
            publish(version, in_place=in_place)
    fresh = tmp_path / "fresh.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(warehouse))} AS old (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM old.articles").fetchall() == [(2 * RUNS,)]
        connection.execute(
            f"ATTACH {literal(str(fresh))} AS new; COPY FROM DATABASE old TO new; CHECKPOINT new"
        )
    assert warehouse.stat().st_size <= ALLOWED * fresh.stat().st_size
