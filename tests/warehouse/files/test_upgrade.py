"""Open warehouses that other versions of the product wrote."""

import duckdb
import pytest

from tests.warehouse.samples import publish_sample
from warehouse.files.connect import WarehouseError, query
from warehouse.files.replace import previous_versions
from warehouse.files.upgrade import shape_now
from warehouse.staging.next_version import open_next

RUN = "20240503T080000-aaaa"


@pytest.fixture
def warehouse(tmp_path):
    return publish_sample(tmp_path / "onrecord.duckdb", run_id=RUN)


def test_an_older_warehouse_is_migrated_and_the_old_file_kept(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("DROP TABLE ops.sources; DROP TABLE ops.contents")
        connection.execute("ALTER TABLE ops.versions DROP COLUMN shape_no")
        files = connection.execute("SELECT path, file_sha256 FROM ops.files ORDER BY path").fetchall()
    with open_next(warehouse, "20240504T080000-bbbb") as version:
        sources = version.connection.execute("SELECT path, file_sha256 FROM ops.sources ORDER BY path")
        assert sources.fetchall() == files
        assert version.connection.execute("SELECT count(*) FROM ops.contents").fetchall() == [(2,)]
    assert query(warehouse, "SELECT shape_no FROM ops.versions").item() == shape_now()
    [former] = previous_versions(warehouse).values()
    assert "shape_no" not in query(former, "FROM ops.versions").columns


def test_a_warehouse_of_a_newer_version_is_refused_and_unchanged(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("UPDATE ops.versions SET shape_no = 99")
    before = warehouse.read_bytes()
    with (
        pytest.raises(WarehouseError, match="written by a newer version of On Record"),
        open_next(warehouse, RUN),
    ):
        pass
    assert warehouse.read_bytes() == before


def test_today_s_warehouse_is_left_alone(warehouse):
    before = warehouse.read_bytes()
    with open_next(warehouse, "20240504T080000-bbbb"):
        pass
    assert warehouse.read_bytes() == before
    assert not previous_versions(warehouse)


def test_statements_of_an_older_warehouse_get_their_source_type(warehouse):
    """A row whose source is not an actor gets no source type; new columns of other tables exist and are empty."""
    with duckdb.connect(str(warehouse)) as connection:
        speakers = "SELECT s.statement_id, a.kind FROM main.statements AS s LEFT JOIN main.actors AS a USING (actor_id)"
        kinds = dict(connection.execute(speakers).fetchall())
        connection.execute("ALTER TABLE main.statements DROP COLUMN source_type")
        connection.execute("ALTER TABLE main.affiliations DROP COLUMN former")
        connection.execute("UPDATE ops.versions SET shape_no = 2")
    with open_next(warehouse, "20240504T080000-bbbb"):
        pass
    found = query(warehouse, "SELECT statement_id, source_type FROM statements")
    named = {"person": "person", "organization": "organization", "country": "organization", None: "none"}
    assert dict(found.iter_rows()) == {key: named[kind] for key, kind in kinds.items()}
    assert query(warehouse, "SELECT former FROM affiliations")["former"].null_count() > 0
