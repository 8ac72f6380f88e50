"""Withdraw published articles that their file no longer contains or that a rebuild analyses again.

`staging.withdrawn` lists them. `withdraw_superseded` hides them and all rows that depend on them alone, so that the run
resolves and checks what will be published; `publish_withdrawn` removes them. Rows that several articles share
(`profiles`, `profile_names`) are counted again from the remaining mentions. `history` keeps every removed row.

A feed that is repeatedly saved to the same file shows only the outlet's latest articles. An article that is no longer
in it stays in the warehouse, because `ops.contents` still lists it as an article of the file. Such articles are
withdrawn when the file itself is gone.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from schema.derive import quoted
from schema.merge import remember_rows_sql
from schema.table import Table
from schema.tables import BY_NAME, SINCE_VERSION
from warehouse.staging.next_version import NextVersion, show_published

# Table -> SQL condition for the published rows (`t`) that are removed with a withdrawn article.
OF_ARTICLE = "t.article_id IN (FROM staging.withdrawn)"
RESTS_ON_ARTICLE = {
    "statement_actors": f"t.statement_id IN (SELECT t.statement_id FROM {{statements}} AS t WHERE {OF_ARTICLE})",
    "statements": OF_ARTICLE,
    "mentions": OF_ARTICLE,
    "articles": OF_ARTICLE,
    "sketches": OF_ARTICLE,
    "statement_sketches": OF_ARTICLE,
    "contents": f"{OF_ARTICLE} AND t.article_id NOT IN (SELECT article_id FROM staging.articles)",
}

# Feeds that were read again with other bytes: the hashes of their previous and present bytes.
FEEDS = """
    SELECT o.path, o.file_sha256 AS former, s.file_sha256, s.run_id
    FROM ops.sources AS o JOIN staging.sources AS s USING (path)
    WHERE o.file_sha256 <> s.file_sha256 AND path IN (
        SELECT path FROM staging.files WHERE format = 'feed' UNION SELECT path FROM ops.files WHERE format = 'feed'
    )"""
KEEP_FEED_CONTENTS = f"""
    INSERT INTO staging.contents (file_sha256, article_id, run_id)
    SELECT DISTINCT w.file_sha256, c.article_id, w.run_id
    FROM ({FEEDS}) AS w JOIN ops.contents AS c ON c.file_sha256 = w.former
    WHERE EXISTS (FROM main.articles AS a WHERE a.article_id = c.article_id)
        AND NOT EXISTS (
            FROM (FROM staging.contents UNION ALL BY NAME FROM ops.contents) AS k
            WHERE k.file_sha256 = w.file_sha256 AND k.article_id = c.article_id
        )"""
# Removes the contents of bytes that no file has any more; KEEP_FEED_CONTENTS has copied the contents of feeds.
FORMER = """
    DELETE FROM ops.contents
    WHERE file_sha256 IN (
        SELECT o.file_sha256 FROM ops.sources AS o LEFT JOIN staging.sources AS s USING (path)
        WHERE o.file_sha256 <> s.file_sha256 OR path IN (FROM staging.forgotten)
    )
        AND file_sha256 NOT IN (SELECT file_sha256 FROM staging.sources)
        AND file_sha256 NOT IN (
            SELECT file_sha256 FROM ops.sources
            WHERE path NOT IN (SELECT path FROM staging.sources) AND path NOT IN (FROM staging.forgotten)
        )"""
# The row numbers of the rows that belong to a withdrawn article, and of those among them that are not staged again with
# the same values. In two steps, because to compare all columns of all rows would take very long.
GONE = """
    CREATE OR REPLACE TEMP TABLE withdrawn_rows AS SELECT t.rowid AS place FROM {table} AS t WHERE {which};
    CREATE OR REPLACE TEMP TABLE gone_rows AS
    WITH withdrawn AS MATERIALIZED (
        SELECT rowid AS gone_row, * FROM {table} WHERE rowid IN (FROM temp.withdrawn_rows)
    )
    SELECT gone_row FROM withdrawn AS t WHERE NOT {is_made_again}"""
# A rejected file keeps the source row of its last good reading.
REJECTED = (
    "DELETE FROM staging.sources WHERE path IN (SELECT path FROM staging.files WHERE outcome = 'rejected')"
)
# Files that were read again with other bytes, or that are gone.
OTHER_FILES = """
    SELECT o.path, o.file_sha256 FROM ops.sources AS o JOIN staging.sources AS s USING (path)
    WHERE o.file_sha256 <> s.file_sha256
    UNION ALL
    SELECT path, file_sha256 FROM ops.sources WHERE path IN (FROM staging.forgotten)"""
# Takes back what an earlier call withdrew.
NOT_SUPERSEDED = """
    DELETE FROM staging.withdrawn WHERE article_id IN (FROM staging.superseded);
    DELETE FROM staging.superseded"""
# Withdraws the articles of these files, unless another file has them.
SUPERSEDED = f"""
    INSERT INTO staging.superseded
    WITH superseded AS ({OTHER_FILES}),
    current AS (
        SELECT file_sha256 FROM ops.sources WHERE path NOT IN (SELECT path FROM superseded)
        UNION SELECT file_sha256 FROM staging.sources
    ),
    at_stake AS (
        SELECT DISTINCT article_id FROM ops.contents SEMI JOIN superseded USING (file_sha256)
    ),
    kept AS (
        SELECT article_id FROM ops.contents SEMI JOIN current USING (file_sha256)
        UNION SELECT article_id FROM staging.contents
    )
    SELECT article_id FROM at_stake SEMI JOIN main.articles USING (article_id) ANTI JOIN kept USING (article_id)
    WHERE article_id NOT IN (FROM staging.withdrawn);
    INSERT INTO staging.withdrawn FROM staging.superseded"""

# Recounts the profiles of withdrawn articles, and lists the other articles of their stories.
RECOUNT = """
    CREATE OR REPLACE TABLE staging.affected AS
        SELECT profile_id, block, actor_id FROM published.main.profiles
        WHERE profile_id IN (
            SELECT profile_id FROM published.main.mentions WHERE article_id IN (FROM staging.withdrawn)
        )
            -- Earlier versions of On Record wrote some profiles without a mention.
            OR article_id IN (FROM staging.withdrawn)
            OR article_id NOT IN (SELECT article_id FROM published.main.articles);
    CREATE OR REPLACE TABLE staging.recounted AS
        WITH counted AS (
            SELECT
                profile_id,
                min(a.published_on) AS first_on,
                max(a.published_on) AS last_on,
                count(DISTINCT article_id) AS articles,
                min(article_id) AS evidence
            FROM published.main.mentions JOIN published.main.articles AS a USING (article_id)
            WHERE profile_id IN (SELECT profile_id FROM staging.affected)
                AND article_id NOT IN (FROM staging.withdrawn)
            GROUP BY profile_id
        )
        SELECT p.* REPLACE (
            first_on AS first_seen_on,
            last_on AS last_seen_on,
            articles AS article_count,
            evidence AS evidence_article_id
        )
        FROM published.main.profiles AS p JOIN counted USING (profile_id);
    CREATE OR REPLACE TABLE staging.recounted_names AS
        WITH counted AS (
            SELECT
                profile_id,
                regexp_replace(m.text, '\\s+', ' ', 'g') AS alias,
                min(m.rule) AS first_rule,
                min(a.published_on) AS first_on,
                max(a.published_on) AS last_on,
                count(*) AS mentions
            FROM published.main.mentions AS m JOIN published.main.articles AS a USING (article_id)
            WHERE m.mention_kind = 'name' AND profile_id IN (SELECT profile_id FROM staging.affected)
                AND article_id NOT IN (FROM staging.withdrawn)
            GROUP BY ALL
        )
        SELECT n.* REPLACE (
            first_rule AS rule, first_on AS first_seen_on, last_on AS last_seen_on, mentions AS mention_count
        )
        FROM published.main.profile_names AS n JOIN counted USING (profile_id, alias);
    CREATE OR REPLACE TABLE staging.reopened AS
        SELECT article_id FROM published.main.articles
        WHERE article_id NOT IN (FROM staging.withdrawn) AND story_id IN (
            SELECT story_id FROM published.main.articles WHERE article_id IN (FROM staging.withdrawn)
        )"""
RECOUNTED = {"profiles": "staging.recounted", "profile_names": "staging.recounted_names"}


def withdraw_superseded(version: NextVersion) -> int:
    """Withdraw the published articles that no file contains any more; returns how many are withdrawn in all.

    Afterwards the connection of `version` shows the published tables without them. Call it again after articles were
    unstaged.
    """
    version.connection.execute(REJECTED)
    version.connection.execute(KEEP_FEED_CONTENTS)
    version.connection.execute(NOT_SUPERSEDED)
    if version.connection.execute(f"FROM ({OTHER_FILES}) LIMIT 1").fetchall():
        version.connection.execute(SUPERSEDED)
    withdrawn = version.connection.execute("SELECT count(*) FROM staging.withdrawn").fetchall()[0][0]
    if withdrawn or _is_recounted(version):
        version.connection.execute(RECOUNT)
        show_published(version.connection, _rows_that_remain())
    return int(withdrawn)


def _is_recounted(version: NextVersion) -> bool:
    """Whether an earlier call hid articles that may have to be visible again."""
    sql = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'staging' AND table_name = 'recounted'"
    return bool(version.connection.execute(sql).fetchall()[0][0])


def _rows_that_remain() -> dict[str, str]:
    """Map each table to SQL, beginning with FROM, for its rows that do not belong to withdrawn articles."""
    shown = {
        name: f"FROM published.{BY_NAME[name].qualified} AS t "
        f"WHERE NOT ({which.format(statements='published.main.statements')})"
        for name, which in RESTS_ON_ARTICLE.items()
    }
    for name, recounted in RECOUNTED.items():
        shown[name] = (
            f"FROM (FROM published.main.{name} WHERE profile_id NOT IN (SELECT profile_id FROM run.staging.affected) "
            f"UNION ALL BY NAME FROM run.{recounted})"
        )
    return {name: rows.replace("FROM staging.", "FROM run.staging.") for name, rows in shown.items()}


def publish_withdrawn(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Remove withdrawn articles and all rows that depend on them alone; call it in the transaction that publishes.

    A published row that is staged again with the same values stays.
    """
    if connection.execute(f"FROM ({OTHER_FILES}) LIMIT 1").fetchall():
        connection.execute(FORMER)
    connection.execute("DELETE FROM ops.sources WHERE path IN (FROM staging.forgotten)")
    if not connection.execute("SELECT count(*) FROM staging.withdrawn").fetchall()[0][0]:
        return
    for name, which in RESTS_ON_ARTICLE.items():
        table = BY_NAME[name]
        connection.execute(
            GONE.format(
                table=table.qualified,
                which=which.format(statements="main.statements"),
                is_made_again=_is_made_again(table),
            )
        )
        if table.schema == "main":
            connection.execute(remember_rows_sql(table, "WHERE t.rowid IN (FROM temp.gone_rows)", version_no))
        connection.execute(f"DELETE FROM {table.qualified} WHERE rowid IN (FROM temp.gone_rows)")
    connection.execute("DROP TABLE temp.gone_rows; DROP TABLE temp.withdrawn_rows")
    for name, recounted in RECOUNTED.items():
        _recount(connection, BY_NAME[name], recounted, version_no)


def _is_made_again(table: Table) -> str:
    """An SQL condition that holds if the row `t` of the table is staged with the same values, except `run_id`."""
    same = " AND ".join(
        f"s.{quoted(column.name)} IS NOT DISTINCT FROM t.{quoted(column.name)}"
        for column in table.columns
        if column.name != "run_id"
    )
    return f"EXISTS (SELECT 1 FROM staging.{table.name} AS s WHERE {same})"


def _recount(connection: duckdb.DuckDBPyConnection, table: Table, recounted: str, version_no: int) -> None:
    keys = " AND ".join(f"r.{quoted(key)} = t.{quoted(key)}" for key in table.key)
    counted = [column.name for column in table.columns if column.merge in ("min", "max", "sum")]
    differs = " OR ".join(f"r.{name} IS DISTINCT FROM t.{name}" for name in counted)
    affected = "t.profile_id IN (SELECT profile_id FROM staging.affected)"
    gone = f"WHERE {affected} AND NOT EXISTS (SELECT 1 FROM {recounted} AS r WHERE {keys})"
    changed = f"WHERE {affected} AND EXISTS (SELECT 1 FROM {recounted} AS r WHERE {keys} AND ({differs}))"
    for which in (gone, changed):
        connection.execute(remember_rows_sql(table, which, version_no))
    connection.execute(f"DELETE FROM {table.qualified} AS t {gone}")
    values = ", ".join(f"{name} = r.{name}" for name in counted)
    connection.execute(
        f"UPDATE {table.qualified} AS t SET {values}, {SINCE_VERSION.name} = {version_no} "
        f"FROM {recounted} AS r WHERE {keys} AND ({differs})"
    )


LOADED = """
    SELECT a.article_id, a.path, a.run_id
    FROM published.main.articles AS a LEFT JOIN published.ops.runs AS r USING (run_id)
    WHERE ($run IS NULL OR a.run_id = $run) AND ($since IS NULL OR r.started_at >= $since)
    ORDER BY a.path, a.article_id"""


def read_loaded(version: NextVersion, run: str | None, since: date | None) -> pl.DataFrame:
    """Read `article_id`, `path`, `run_id` of the published articles that a run, or runs since a day (UTC), loaded."""
    return version.connection.sql(LOADED, params={"run": run, "since": since}).pl()


def withdraw_articles(version: NextVersion, article_ids: pl.Series) -> None:
    """Withdraw published articles, even if files still contain them."""
    with version.registered("unwanted", article_ids.to_frame("article_id")):
        version.connection.execute("INSERT INTO staging.withdrawn SELECT article_id FROM unwanted")
