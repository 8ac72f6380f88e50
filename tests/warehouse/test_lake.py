"""Each version of a warehouse is one snapshot of the lake, despite concurrent writers and interruptions.

The first tests keep the lake's catalog in a file; the last ones start a PostgreSQL server.
"""

import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.postgres import run_postgres
from tests.warehouse.samples import changed, sample_run
from warehouse.files.connect import RequestError, query
from warehouse.lake import Lake, LakeError, connect_lake, open_lake, read_snapshots, remove, replicate, tidy
from warehouse.query.ask import QueryError, ask_on
from warehouse.query.versions import connect_version
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.withdraw import withdraw_superseded

pytestmark = pytest.mark.slow

ARTICLES = 12  # a version brings more rows than a catalog keeps in itself, so that there are Parquet files
STATEMENTS = "SELECT * EXCLUDE (content_spans) FROM statements ORDER BY statement_id"
RUNS = "SELECT run_id FROM ops.runs ORDER BY run_id"
ACTORS = "SELECT actor_id, name, since_version FROM actors ORDER BY actor_id"


def publish_version(path, number, *, run="aaaa", name="Ada Quill"):
    run_id = f"2024050{number}T080000-{run}"
    frames = sample_run(ARTICLES, 1, run_id=run_id, first=1 + ARTICLES * number)
    with open_next(path, run_id) as version:
        version.stage(changed(frames, "actors", 0, name=name))
        publish(version, keep=9)
    return path


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """A warehouse after its first, second and third version; an actor has a different name in each."""
    path, kept = tmp_path_factory.mktemp("versions") / "news.duckdb", {}
    for number, name in enumerate(("Ada Quill", "Ada B. Quill", "A. Quill"), 1):
        kept[number] = shutil.copy(publish_version(path, number, name=name), path.with_suffix(f".{number}"))
    return kept


@pytest.fixture
def lake(tmp_path):
    return Lake(f"ducklake:{tmp_path / 'lake.ducklake'}", str(tmp_path / "files"))


def replicate_version(versions, number, lake, folder, name="news"):
    """Replicate the warehouse as it was after a version was published."""
    return replicate(shutil.copy(versions[number], folder / "news.duckdb"), lake, name)


def rows(lake, sql, **which):
    with connect_lake(lake, **which) as connection:
        return connection.execute(sql).fetchall()


def test_each_version_is_one_snapshot_and_is_the_version(versions, lake, tmp_path):
    assert replicate_version(versions, 1, lake, tmp_path).versions == [1]
    assert replicate_version(versions, 3, lake, tmp_path).versions == [2, 3]
    snapshots = read_snapshots(lake)
    assert snapshots["brought"].to_list() == [f"news version {number}" for number in (1, 2, 3)]
    for number, snapshot in enumerate(snapshots["snapshot_id"], 1):
        with connect_lake(lake, "news", snapshot) as there, connect_version(versions[3], number) as here:
            for sql in (
                STATEMENTS,
                ACTORS,
                "SELECT count(*) FROM who_said_what",
                "SELECT count(*) FROM ops.files",
            ):
                assert there.execute(sql).fetchall() == here.execute(sql).fetchall(), (number, sql)


def test_a_second_replication_writes_nothing(versions, lake, tmp_path):
    replicate_version(versions, 2, lake, tmp_path)
    before = read_snapshots(lake)
    assert replicate_version(versions, 2, lake, tmp_path).versions == []
    assert read_snapshots(lake).equals(before)


def test_a_warehouse_new_to_the_lake_is_copied_as_it_is(versions, lake, tmp_path):
    assert replicate_version(versions, 3, lake, tmp_path).versions == [3]
    assert rows(lake, STATEMENTS) == query(versions[3], STATEMENTS).rows()


def test_an_interrupted_write_leaves_no_half_version(versions, lake, tmp_path):
    replicate_version(versions, 1, lake, tmp_path)
    with open_lake(lake) as connection:
        connection.execute(
            "DELETE FROM lake.main.mentions WHERE start = (SELECT min(start) FROM lake.main.mentions)"
        )
    with pytest.raises(LakeError, match="after copying news version 2, the lake would have"):
        replicate_version(versions, 3, lake, tmp_path)
    assert rows(lake, "SELECT max(version_no) FROM ops.versions") == [(1,)]
    assert rows(lake, STATEMENTS) == query(versions[1], STATEMENTS).rows()


def test_after_a_roll_back_the_lake_has_what_is_published(versions, lake, tmp_path):
    replicate_version(versions, 2, lake, tmp_path)
    path = shutil.copy(versions[1], tmp_path / "news.duckdb")  # what `onrecord rollback` does
    publish_version(path, 3, run="bbbb")
    assert replicate(path, lake, "news").versions == [2]
    assert rows(lake, STATEMENTS) == query(path, STATEMENTS).rows()
    assert rows(lake, RUNS) == query(path, RUNS).rows()


def test_withdrawn_articles_leave_the_lake_and_earlier_snapshots_have_them(versions, lake, tmp_path):
    replicate_version(versions, 1, lake, tmp_path)
    gone = "SELECT article_id FROM articles ORDER BY article_id LIMIT 5"
    with open_next(tmp_path / "news.duckdb", "20240509T080000-aaaa") as version:
        version.connection.execute(f"INSERT INTO staging.withdrawn {gone}")
        version.stage({"runs": sample_run(1, 1, run_id="20240509T080000-aaaa")["runs"]})
        withdraw_superseded(version)
        publish(version)
    assert replicate(tmp_path / "news.duckdb", lake, "news").versions == [2]
    assert rows(lake, "SELECT count(*) FROM articles") == [(ARTICLES - 5,)]
    assert rows(lake, STATEMENTS) == query(tmp_path / "news.duckdb", STATEMENTS).rows()
    assert rows(lake, "SELECT count(*) FROM articles", at=1) == [(ARTICLES,)]


def test_two_warehouses_do_not_mix_unless_one_asks_for_both(versions, lake, tmp_path):
    other = publish_version(tmp_path / "other.duckdb", 2, run="cccc", name="Ada Quill")
    replicate_version(versions, 2, lake, tmp_path)
    replicate(other, lake, "other")
    count = "SELECT count(*) FROM articles"
    assert rows(lake, count, name="news") == [(2 * ARTICLES,)]
    assert rows(lake, count, name="other") == [(ARTICLES,)]
    assert rows(lake, count) == [(2 * ARTICLES,)]  # the articles of the other one are among them
    assert rows(lake, "SELECT count(*), count(DISTINCT statement_id) FROM who_said_what") == [
        (2 * ARTICLES,) * 2
    ]


def test_another_warehouse_of_the_same_name_is_refused_until_the_first_is_removed(versions, lake, tmp_path):
    other = publish_version(tmp_path / "other.duckdb", 1, run="cccc")
    replicate_version(versions, 1, lake, tmp_path)
    with pytest.raises(RequestError, match="another warehouse called news"):
        replicate(other, lake, "news")
    assert remove(lake, "news") > 0
    assert replicate(other, lake, "news").versions == [1]
    assert rows(lake, "SELECT run_id FROM ops.versions") == [("20240501T080000-cccc",)]


def test_two_warehouses_that_took_a_name_at_the_same_moment_are_both_refused(versions, lake, tmp_path):
    replicate_version(versions, 2, lake, tmp_path)
    with open_lake(lake) as connection:  # what the other one has committed meanwhile
        connection.execute(
            "INSERT INTO lake.ops.versions (warehouse, version_no, run_id) VALUES ('news', 1, '20240501T080000-zzzz')"
        )
    with pytest.raises(RequestError, match="whose version 1 is from run 20240501T080000-zzzz"):
        replicate_version(versions, 2, lake, tmp_path)
    assert rows(lake, STATEMENTS) == query(versions[2], STATEMENTS).rows()


def test_files_that_are_not_orphans_for_sure_are_kept(versions, lake, tmp_path):
    replicate_version(versions, 2, lake, tmp_path)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert tidy(lake, datetime.now(UTC) - timedelta(days=1), orphans=tomorrow).orphans == 0
    mine = tmp_path / "files" / "mine.parquet"
    mine.write_text("not of the lake")
    with pytest.raises(RequestError, match=r"mine\.parquet may be needed"):
        tidy(lake, datetime.now(UTC) - timedelta(days=1), orphans=tomorrow)
    mine.unlink()
    spelt = Lake(lake.address, f"{tmp_path}//files")  # by this path, DuckLake knows none of its own files
    with pytest.raises(RequestError, match="may be needed"):
        tidy(spelt, datetime.now(UTC) - timedelta(days=1), orphans=tomorrow)
    assert rows(lake, STATEMENTS) == query(versions[2], STATEMENTS).rows()


def test_a_column_that_a_later_product_adds_comes_into_the_lake(versions, lake, tmp_path):
    replicate_version(versions, 1, lake, tmp_path)
    with open_lake(lake) as connection:
        connection.execute("ALTER TABLE lake.main.articles DROP COLUMN guid")
    replicate_version(versions, 2, lake, tmp_path)
    assert rows(lake, "SELECT count(*), count(guid) FROM articles") == [(2 * ARTICLES, 0)]


def test_tidying_drops_old_snapshots_and_no_row_of_the_last_one(versions, lake, tmp_path):
    replicate_version(versions, 1, lake, tmp_path)
    replicate_version(versions, 3, lake, tmp_path)
    assert tidy(lake, datetime.now(UTC) - timedelta(days=1)).snapshots == 0
    assert tidy(lake, datetime.now(UTC) + timedelta(days=1)).snapshots >= 3
    assert rows(lake, STATEMENTS) == query(versions[3], STATEMENTS).rows()
    with pytest.raises(LakeError, match="cannot be opened"):
        rows(lake, STATEMENTS, at=1)
    assert replicate_version(versions, 3, lake, tmp_path).versions == []


def test_a_name_is_not_run_as_sql(versions, lake, tmp_path):
    name = "it's; DROP TABLE lake.main.articles; --"
    replicate_version(versions, 1, lake, tmp_path, name)
    assert rows(lake, "SELECT count(*) FROM articles", name=name) == [(ARTICLES,)]


# --- with a PostgreSQL server -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with run_postgres() as address:
        yield Lake(f"ducklake:postgres:{address}", str(tmp_path_factory.mktemp("files")))


WRITER = """
import sys
import time
from pathlib import Path
from warehouse.lake import Lake, replicate
_, address, data, name, *warehouses = sys.argv
for warehouse in warehouses:
    print(replicate(Path(warehouse), Lake(address, data), name).versions)
"""


KILLED = """
import os
import signal
from warehouse import lake
lake._require_equal = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # all is written, but not committed
"""


def start_writer(lake, name, *warehouses, first=""):
    command = [sys.executable, "-c", first + WRITER, lake.address, lake.data, name, *map(str, warehouses)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_write_while_a_third_reads(postgres, versions, tmp_path):
    files = {name: [shutil.copy(versions[number], tmp_path / f"{name}{number}.duckdb") for number in (1, 3)]
             for name in ("north", "south")}  # fmt: skip
    writers = {name: start_writer(postgres, name, *paths) for name, paths in files.items()}
    seen, looks = [], 0
    try:
        while any(writer.poll() is None for writer in writers.values()):
            seen += look(postgres)
            looks += 1
            time.sleep(0.5)
        for writer in writers.values():
            out, err = writer.communicate()
            assert (writer.returncode, out) == (0, "[1]\n[2, 3]\n"), err
    finally:
        for writer in writers.values():
            writer.kill()
    assert looks and all(articles == ARTICLES * version for _, version, articles in seen), seen
    assert look(postgres) == [("north", 3, 3 * ARTICLES), ("south", 3, 3 * ARTICLES)]
    for name in files:
        assert rows(postgres, STATEMENTS, name=name) == query(versions[3], STATEMENTS).rows()


def test_a_killed_copy_is_invisible_and_its_files_can_be_deleted(postgres, versions, tmp_path):
    replicate_version(versions, 1, postgres, tmp_path, "killed")
    before, files = read_snapshots(postgres), set(Path(postgres.data).rglob("*.parquet"))
    killed = start_writer(postgres, "killed", versions[2], first=KILLED)
    assert killed.wait(60) == -signal.SIGKILL
    killed.communicate()
    left = set(Path(postgres.data).rglob("*.parquet")) - files
    assert left and read_snapshots(postgres).equals(before)
    assert rows(postgres, STATEMENTS, name="killed") == query(versions[1], STATEMENTS).rows()
    assert replicate_version(versions, 2, postgres, tmp_path, "killed").versions == [2]
    now = datetime.now(UTC)
    assert tidy(postgres, now - timedelta(days=9), orphans=now + timedelta(days=1)).orphans >= len(left)
    assert not any(path.exists() for path in left)
    assert rows(postgres, STATEMENTS, name="killed") == query(versions[2], STATEMENTS).rows()


def test_all_queries_of_a_reader_see_one_snapshot(postgres, versions, tmp_path):
    replicate_version(versions, 1, postgres, tmp_path, "steady")
    count = "SELECT count(*) FROM articles"
    with connect_lake(postgres, "steady") as connection:
        seen = connection.execute(count).fetchall()
        replicate_version(versions, 2, postgres, tmp_path, "steady")
        assert connection.execute(count).fetchall() == seen == [(ARTICLES,)]
    assert rows(postgres, count, name="steady") == [(2 * ARTICLES,)]


def look(lake):
    """Return the version and the number of articles that a reader sees of each warehouse; empty before the first."""
    try:
        with open_lake(lake, read_only=True) as connection:
            return connection.execute("""
                SELECT v.warehouse, v.version_no, count(*) FROM lake.main.articles AS a
                JOIN (SELECT warehouse, max(version_no) AS version_no FROM lake.ops.versions GROUP BY ALL) AS v
                    USING (warehouse)
                GROUP BY ALL ORDER BY ALL""").fetchall()
    except (LakeError, duckdb.CatalogException):
        return []


def test_yesterday_is_read_as_it_was(postgres, versions, tmp_path):
    replicate_version(versions, 1, postgres, tmp_path, "week")
    put_back_a_day(postgres)
    replicate_version(versions, 2, postgres, tmp_path, "week")
    yesterday = datetime.now(UTC) - timedelta(hours=12)
    assert rows(postgres, STATEMENTS, name="week", at=yesterday) == query(versions[1], STATEMENTS).rows()
    assert rows(postgres, STATEMENTS, name="week") == query(versions[2], STATEMENTS).rows()


def put_back_a_day(lake):
    """Date everything written so far back to yesterday."""
    with open_lake(lake) as connection:
        address = lake.address.removeprefix("ducklake:postgres:")
        connection.execute(f"ATTACH '{address}' AS catalog (TYPE postgres)")
        connection.execute(
            "UPDATE catalog.public.ducklake_snapshot SET snapshot_time = snapshot_time - INTERVAL 1 DAY"
        )


def test_a_missing_server_is_reported(tmp_path):
    with (
        pytest.raises(LakeError, match="cannot be opened"),
        open_lake(Lake("ducklake:postgres:host=127.0.0.1 port=9 user=me dbname=news", str(tmp_path))),
    ):
        pass


@pytest.mark.parametrize(
    "attempt",
    [
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{data}/out.csv'",
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "ATTACH '{folder}/new.duckdb'",
        "DETACH lake",
        "SET enable_external_access = true",
        "CALL ducklake_expire_snapshots('lake', older_than => now())",
        "FROM ducklake_expire_snapshots('lake', older_than => now())",
        "FROM lake.expire_snapshots(older_than => now())",
        "FROM ducklake_cleanup_old_files('lake', cleanup_all => true)",
        "FROM ducklake_set_option('lake', 'parquet_compression', 'zstd')",
        "FROM lake.set_option('parquet_compression', 'zstd')",
        "FROM postgres_scan('host=127.0.0.1 port=9', 'public', 'secrets')",
        "FROM postgres_query('__ducklake_metadata_lake', 'SELECT 1')",
        "DELETE FROM lake.main.articles",
        "UPDATE __ducklake_metadata_lake.ducklake_metadata SET value = '/'",
    ],
)
def test_questions_to_the_lake_read_it_and_nothing_else(lake, versions, tmp_path, attempt):
    replicate_version(versions, 1, lake, tmp_path, "week")
    (tmp_path / "secret.txt").write_text("hush")
    with connect_lake(lake, "week") as connection, pytest.raises(QueryError):
        for answer in ask_on(connection, attempt.format(folder=tmp_path, data=lake.data)):
            answer.read()
