"""Attacks through SQL, all refused; `{folder}` is a folder with a file `secret.txt`."""

import duckdb
import pytest

from tests.warehouse.samples import sample_run
from warehouse.query.ask import Bounds, QueryError, ask
from warehouse.query.guard import called_functions
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

WRITES = """
    COPY articles TO '{folder}/out.csv'
    COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)
    COPY (SELECT 1) TO '{warehouse}'
    COPY (SELECT 1) TO '{warehouse}.wal'
    COPY articles FROM '{folder}/secret.txt'
    COPY FROM DATABASE w TO memory
    EXPLAIN ANALYZE COPY (SELECT 1) TO '{warehouse}.wal'
    EXPLAIN (FORMAT json) COPY (SELECT 1) TO '{warehouse}.wal'
    /* x */ EXPLAIN /* y */ ANALYZE COPY (SELECT 1) TO '{warehouse}.wal'
    PREPARE p AS COPY (SELECT 1) TO '{warehouse}.wal'; EXECUTE p
    EXPORT DATABASE '{folder}/all'
    IMPORT DATABASE '{folder}'
    ATTACH '{folder}/new.duckdb' AS new
    ATTACH '{warehouse}' AS w2 (READ_WRITE)
    ATTACH '{warehouse}' AS w2
    DETACH published; ATTACH '{warehouse}' AS w2 (READ_WRITE); DELETE FROM w2.articles
    ATTACH ':memory:' AS new
    CREATE TABLE main.t (a INTEGER); CHECKPOINT
    DELETE FROM main.articles
    DROP VIEW main.who_said_what; VACUUM
    CREATE PERSISTENT SECRET s (TYPE s3)
    CALL enable_logging(storage = 'file', storage_path = '{folder}/logs')
    SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/logs')
    SELECT * FROM system.main."Enable_Logging" /* ( */ (storage = 'file', storage_path = '{folder}/logs')
    FROM query('FROM enable_' || 'logging(storage = ''file'', storage_path = ''{folder}/logs'')')
    CREATE TEMP MACRO run(x) AS TABLE FROM query(x); FROM run('FROM enable_logging()')
    CALL json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
    PRAGMA enable_profiling = 'json'
    CALL enable_profiling(save_location = '{folder}/profile.txt')
    PRAGMA enable_verification
    INSTALL httpfs
    LOAD httpfs
    LOAD '{folder}/x.duckdb_extension'
    UPDATE EXTENSIONS
    FORCE INSTALL httpfs FROM community
    COPY (SELECT 1) TO '{folder}' (FORMAT csv, PARTITION_BY (a))
    COPY (SELECT 1) TO '/dev/stdout'
    BEGIN; COPY (SELECT 1) TO '{folder}/out.csv'; COMMIT
    EXPLAIN EXPORT DATABASE '{folder}/all'
    EXPLAIN ATTACH '{folder}/new.duckdb' AS new
    ATTACH OR REPLACE '{folder}/new.duckdb' AS published
    ATTACH 'host=db.example' AS pg (TYPE postgres)
    ATTACH 'https://news.example/w.duckdb' AS remote
    COPY FROM DATABASE published TO memory
    INSERT INTO main.articles SELECT * FROM main.articles
    UPDATE main.articles SET body = ''
    MERGE INTO main.articles AS a USING main.articles AS b ON a.article_id = b.article_id WHEN MATCHED THEN DELETE
    TRUNCATE main.articles
    ALTER TABLE main.articles ADD COLUMN a INTEGER
    ALTER TABLE main.articles RENAME TO b
    DROP TABLE main.articles
    CREATE INDEX i ON main.articles (article_id)
    CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
    DROP SECRET s
    CALL force_checkpoint()
    SELECT * FROM checkpoint()
    PRAGMA import_database('{folder}')
    PRAGMA enable_checkpoint_on_shutdown
    FROM postgres_execute('pg', 'DROP TABLE a')
    FROM sqlite_attach('{folder}/a.sqlite')
    FROM mysql_query('my', 'SELECT 1')
    FROM ducklake_expire_snapshots('lake')
"""
READS = """
    SELECT * FROM read_text('{folder}/secret.txt')
    SELECT * FROM read_blob('{folder}/secret.txt')
    SELECT * FROM read_csv('{folder}/secret.txt')
    SELECT * FROM '{folder}/secret.txt'
    SELECT * FROM '{folder}/secret.csv'
    SELECT * FROM sniff_csv('{folder}/secret.csv')
    SELECT * FROM query_table('{folder}/secret.csv')
    SELECT * FROM glob('{folder}/*')
    SELECT * FROM parquet_metadata('{folder}/secret.txt')
    SELECT * FROM read_duckdb('{warehouse}')
    SELECT * FROM query('SELECT * FROM read_text(''{folder}/secret.txt'')')
    SET VARIABLE x = (SELECT content FROM read_text('{folder}/secret.txt'))
    SELECT (SELECT content FROM read_text('{folder}/secret.txt'))
    SELECT * FROM 'https://news.example/a.csv'
    SELECT * FROM read_text('s3://bucket/key')
    FROM read_json('{folder}/secret.txt')
    FROM read_ndjson_objects('{folder}/secret.txt')
    FROM read_parquet('{folder}/secret.txt')
    FROM parquet_schema('{folder}/secret.txt')
    FROM read_csv_auto(['{folder}/secret.csv', '{folder}/secret.txt'])
    FROM read_text('/proc/self/environ')
    FROM 'file://{folder}/secret.csv'
    FROM (VALUES ('{folder}/secret.txt')) AS v(p), read_text(p)
    SELECT count(*) FROM articles AS a, LATERAL (FROM read_text(a.path))
    SET VARIABLE x = '{folder}/secret.txt'; FROM read_text(getvariable('x'))
    WITH s AS MATERIALIZED (FROM read_text('{folder}/secret.txt')) FROM s
    EXPLAIN FROM read_text('{folder}/secret.txt')
    DESCRIBE FROM read_csv('{folder}/secret.csv')
    SUMMARIZE '{folder}/secret.csv'
    PIVOT '{folder}/secret.csv' ON who
    CREATE TEMP VIEW v AS FROM read_text('{folder}/secret.txt'); FROM v
    CREATE TEMP MACRO r(x) AS TABLE FROM read_text(x); FROM r('{folder}/secret.txt')
    CREATE TEMP TABLE t AS FROM read_csv('{folder}/secret.csv'); FROM t
    SELECT 1; FROM read_text('{folder}/secret.txt')
    FROM sqlite_scan('{folder}/secret.txt', 'a')
    FROM postgres_scan('host=db.example', 'public', 'a')
    FROM arrow_scan(1, 1, 1)
    FROM pandas_scan(1)
    FROM python_map_function(1)
    FROM seq_scan('articles')
    FROM read_xlsx('{folder}/secret.txt')
    FROM delta_scan('{folder}')
    FROM 'hf://datasets/a/b.parquet'
    FROM read_csv('http://127.0.0.1:1/a.csv')
    SELECT getenv('HOME')
    SELECT '\ud800'
    SELECT 1 \0 ; COPY (SELECT 1) TO '{folder}/out.csv'
    FROM hidden_variable
"""
SETTINGS = """
    SET enable_external_access = true
    RESET enable_external_access
    SET lock_configuration = false
    SET memory_limit = '100GB'
    SET threads = 64
    SET temp_directory = '{folder}'
    SET allowed_directories = ['{folder}']
    SET GLOBAL TimeZone = 'Europe/Amsterdam'
    PRAGMA memory_limit = '100GB'
    SET SESSION memory_limit = '100GB'
    RESET memory_limit
    RESET lock_configuration
    SET max_temp_directory_size = '1TB'
    SET autoinstall_known_extensions = true
    SET allow_unsigned_extensions = true
    SET custom_extension_repository = 'http://127.0.0.1:1'
    SET extension_directory = '{folder}'
    SET secret_directory = '{folder}'
    SET home_directory = '{folder}'
    SET log_query_path = '{folder}/log'
    SET http_proxy = '127.0.0.1:1'
    SET disabled_filesystems = ''
    SET profiling_output = '{folder}/profile.txt'
    PRAGMA threads = 64
    SET VARIABLE a = 1; SET python_enable_replacements = true
"""
# Questions to a former version pass the same guard of statements, but another connection.
OF_FORMER = """
    COPY articles TO '{folder}/out.csv'
    ATTACH '{warehouse}' AS w2 (READ_WRITE)
    DELETE FROM main.articles
    SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/logs')
    SELECT * FROM read_text('{folder}/secret.txt')
    SELECT * FROM '{folder}/secret.csv'
    SELECT * FROM read_duckdb('{warehouse}')
    SELECT * FROM query('SELECT * FROM read_text(''{folder}/secret.txt'')')
    SELECT * FROM 'https://news.example/a.csv'
    SELECT getenv('HOME')
    SET enable_external_access = true
    SET lock_configuration = false
"""
ATTEMPTS = [
    (line.strip(), version_no)
    for group, version_no in ((WRITES, None), (READS, None), (SETTINGS, None), (OF_FORMER, 1))
    for line in group.strip().splitlines()
]
hidden_variable = [1]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guard")
    warehouse = folder / "w.duckdb"
    for number in (1, 2):
        with open_next(warehouse, f"2024050{number}T080000-aaaa") as version:
            version.stage(sample_run(number, run_id=f"2024050{number}T080000-aaaa"))
            publish(version)
    for name in ("secret.txt", "secret.csv"):
        (folder / name).write_text("who,what\nnobody,hush\n")
    return {"folder": folder, "warehouse": warehouse}


def read_files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("attempt", "version_no"), ATTEMPTS)
def test_what_is_not_reading_the_warehouse_is_refused(place, attempt, version_no):
    before = read_files(place["folder"])
    with pytest.raises(QueryError):
        for answer in ask(place["warehouse"], attempt.format(**place), version_no):
            answer.read()
    assert read_files(place["folder"]) == before


@pytest.mark.parametrize(
    "query",
    [
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT count(*) FROM articles",
        "explain (format json) select 'é', query from (select 1 as query)",
        "SHOW TABLES",
        "DESCRIBE articles",
        "SUMMARIZE articles",
        "PIVOT (FROM articles SELECT outlet, language) ON language USING count(*)",
        "CREATE TEMP TABLE t AS FROM articles; SELECT count(*) FROM t",
        "SET VARIABLE speaker = 'Ada'; SELECT getvariable('speaker')",
        "SELECT 'copy to query(x)' AS copy -- query(",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) FROM n",
    ],
)
def test_ordinary_questions_are_answered(place, query):
    assert [answer.read() for answer in ask(place["warehouse"], query)][-1].height


def test_a_refusal_says_what_to_do_instead(place):
    with pytest.raises(QueryError, match=r"COPY is not allowed here.*--out FILE"):
        list(ask(place["warehouse"], "COPY articles TO 'x.csv'"))


def test_nothing_runs_when_a_later_statement_is_refused(place):
    with pytest.raises(QueryError, match="ATTACH"):
        next(ask(place["warehouse"], "SELECT 1; ATTACH 'x.duckdb'"))


def test_a_query_ends_when_its_time_is_up(place):
    endless = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = -1"
    with pytest.raises(QueryError, match=r"longer than 0\.3 s"):
        list(ask(place["warehouse"], endless, bounds=Bounds(seconds=0.3)))


def test_rows_are_waited_for_no_longer_than_the_time_that_is_left(place):
    slow = (
        "SELECT a.range FROM range(1000000000) a, range(100000) b WHERE a.range * b.range = -1 OR a.range < 3"
    )
    with pytest.raises(QueryError, match=r"longer than 0\.3 s"):
        for answer in ask(place["warehouse"], slow, bounds=Bounds(seconds=0.3)):
            answer.read()


def test_a_query_may_take_only_the_memory_that_it_is_given(place):
    large = "SELECT list(repeat('x', 1000) || range) FROM range(1000000)"
    with pytest.raises(QueryError, match="Out of Memory"):
        for answer in ask(place["warehouse"], large, bounds=Bounds(memory="50MB")):
            answer.read()


def test_connections_of_one_process_share_the_lock(place):
    from warehouse.files.connect import connect_readonly

    with connect_readonly(place["warehouse"]), connect_readonly(place["warehouse"]) as second:
        assert second.sql("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
        with pytest.raises(duckdb.PermissionException):
            second.execute("FROM read_text('/etc/hostname')")
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            second.execute("SET enable_external_access = true")


def test_called_functions_are_found_behind_comments_and_quotes():
    sql = """SELECT 'é(', é(1), "Que""ry" /* ( */ (2) FROM a.b.READ_TEXT -- x
        ('y'), query WHERE x IN (1) AND $$ hidden( $$ = ''"""
    assert {"é", 'que"ry', "read_text"} <= set(called_functions(sql))
    assert not {"query", "hidden"} & set(called_functions(sql))
