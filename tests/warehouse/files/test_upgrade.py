"""Open warehouses that other versions of the product wrote."""

import duckdb
import pytest

from tests.warehouse.samples import publish_sample, sample_run
from warehouse.files.connect import WarehouseError, query
from warehouse.files.replace import previous_versions
from warehouse.files.restore import restore, roll_back
from warehouse.files.upgrade import shape_now
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

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


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE MACRO main.hash(x) AS (SELECT length(content) FROM read_text('{secret}'))",
        "CREATE MACRO main.now() AS (SELECT content FROM read_text('{secret}'))",
        "CREATE MACRO main.duckdb_tables() AS TABLE FROM read_text('{secret}')",
        "DROP TABLE ops.sources; CREATE VIEW ops.sources AS FROM read_text('{secret}')",
        "DROP TABLE ops.versions CASCADE; CREATE VIEW ops.versions AS FROM read_text('{secret}')",
        "DROP TABLE ops.versions CASCADE; CREATE TABLE ops.versions AS SELECT 'x' AS version_no, 'y' AS shape_no",
        "DROP TABLE ops.versions CASCADE",
        'CREATE SCHEMA "a\'; b --"; CREATE TABLE "a\'; b --"."c""d" AS SELECT 1 AS "e""f"',
    ],
)
def test_a_file_made_to_look_like_a_warehouse_is_refused_before_our_sql_runs_on_it(warehouse, tmp_path, sql):
    """A macro in the file would take the place of DuckDB's function in our SQL, and could read any file."""
    (tmp_path / "secret.txt").write_text("hush hush")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(sql.format(secret=tmp_path / "secret.txt"))
    other = tmp_path / "other" / "w.duckdb"
    with pytest.raises(WarehouseError):
        restore(warehouse, other, "test")
    assert not other.exists()
    if "SCHEMA" not in sql:
        with pytest.raises(WarehouseError), open_next(warehouse, "20240504T080000-bbbb"):
            pass


def test_a_previous_version_that_was_made_to_read_files_is_not_published_again(warehouse):
    with open_next(warehouse, "20240504T080000-bbbb") as version:
        version.stage(sample_run(run_id="20240504T080000-bbbb", first=201))
        publish(version)
    [former] = previous_versions(warehouse).values()
    with duckdb.connect(str(former)) as connection:
        connection.execute(
            "CREATE MACRO main.max(x) AS (SELECT length(content) FROM read_text('/etc/hostname'))"
        )
    before = warehouse.read_bytes()
    with pytest.raises(WarehouseError):
        roll_back(warehouse, 1)
    assert warehouse.read_bytes() == before


def test_macros_and_views_of_your_own_do_no_harm(warehouse, tmp_path):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("CREATE MACRO main.twice(x) AS 2 * x; CREATE VIEW main.mine AS FROM main.articles")
    restore(warehouse, tmp_path / "other.duckdb", "test")
    assert query(tmp_path / "other.duckdb", "SELECT twice(1), count(*) > 0 FROM mine").row(0) == (2, True)
