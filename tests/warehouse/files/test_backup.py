"""Two files with the same fingerprint hold the same warehouse; the names of backups sort by time."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.warehouse.samples import sample_run
from warehouse.files.backup import differing, fingerprint, name_backup, require_warehouse, sort_backups
from warehouse.files.connect import WarehouseError, connect
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

NEWS = Path("data/news.duckdb")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "news.duckdb"
    with open_next(path, "20240503T080000-aaaa") as version:
        version.stage(sample_run(1, 2))
        publish(version)
    return path


def copy_changed(warehouse, folder, *statements):
    path = folder / "copy.duckdb"
    path.write_bytes(warehouse.read_bytes())
    with connect(path) as connection:
        for sql in statements:
            connection.execute(sql)
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE mentions SET start = start + 1 WHERE start = (SELECT max(start) FROM mentions)",
        "DELETE FROM mentions WHERE start = (SELECT max(start) FROM mentions)",
        "INSERT INTO mentions FROM mentions ORDER BY start LIMIT 1",
        "INSERT INTO mentions FROM mentions CROSS JOIN range(2) SELECT mentions.* ORDER BY start LIMIT 2",
    ],
    ids=["changed", "gone", "repeated", "repeated twice"],
)
def test_one_row_that_differs_is_seen(warehouse, tmp_path, sql):
    copy = copy_changed(warehouse, tmp_path, sql)
    assert differing(fingerprint(warehouse), fingerprint(copy)) == ['main."mentions"']


def test_a_missing_table_is_found(warehouse, tmp_path):
    copy = copy_changed(warehouse, tmp_path, "DROP TABLE ops.metrics")
    assert differing(fingerprint(warehouse), fingerprint(copy)) == ['ops."metrics"']


def test_files_that_are_not_warehouses_are_distinguished(warehouse, tmp_path):
    assert require_warehouse(warehouse) == 1
    copy = copy_changed(warehouse, tmp_path, "DROP SCHEMA ops CASCADE")
    with pytest.raises(WarehouseError, match="not a warehouse"):
        require_warehouse(copy)


def test_the_order_of_rows_is_not_a_difference(warehouse, tmp_path):
    copy = copy_changed(
        warehouse,
        tmp_path,
        "CREATE TEMP TABLE turned AS FROM mentions ORDER BY start DESC; DELETE FROM mentions; "
        "INSERT INTO mentions FROM turned",
    )
    assert differing(fingerprint(warehouse), fingerprint(copy)) == []


def test_backups_sort_by_time_and_those_of_other_warehouses_are_left_alone():
    march, may = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    older, newer = (
        name_backup(NEWS, 12, march),
        name_backup(NEWS, 7, may),
    )  # version 7 was restored in between
    assert newer == "news-v000007-20240501T123000Z.duckdb"
    others = [name_backup(Path("more-news.duckdb"), 3, may), f"{newer}.part", "notes.txt"]
    assert sort_backups([older, *others, newer], NEWS) == [newer, older]
