"""Maintain counts of statements by day, outlet, speaker and so on, so that the report does not count all rows.

Publishing updates them in its transaction: for the articles that a version changes, it subtracts their old counts and
adds the new ones. If the counts belong to another version (after a restore, or in a file of an older On Record), all
rows are counted again.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from schema.derive import HISTORY, name_in
from schema.table import Table
from schema.tables import ARTICLES, STATEMENT_ACTORS, STATEMENTS, VERSIONS

SCHEMA = Path(__file__).with_suffix(".sql")
COUNTS = "kept_counts"  # the view for readers, see `show_figures`
# For each table, the columns that the counts depend on.
COUNTED = {
    ARTICLES: "article_id, copy_of, is_killed, outlet, agency",
    STATEMENTS: (
        "article_id, statement_id, actor_id, kind, speaker_resolution, source_type, published_on, correction"
    ),
    STATEMENT_ACTORS: "statement_id, actor_id, relation",
}
# The counts of the rows of three relations, in the order of the columns of `figures.counts`. `kept` says whether the
# rows are kept in memory, as is best for few rows, or read again for each count.
GROUPS = """
    WITH counted AS {kept} (
        SELECT
            s.statement_id, s.actor_id, s.kind, s.speaker_resolution, s.source_type, s.published_on AS day,
            coalesce(a.outlet, a.agency) AS outlet
        FROM {statements} AS s
        JOIN {articles} AS a USING (article_id)
        WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
    ),
    subjects AS (
        SELECT DISTINCT r.actor_id, r.statement_id
        FROM {statement_actors} AS r
        SEMI JOIN counted USING (statement_id)
        WHERE r.relation IN ('mentioned', 'addressee')
    )
    SELECT 'naming' AS figure, speaker_resolution AS one, kind AS other, NULL::DATE AS day, count(*) AS statements
    FROM counted GROUP BY ALL
    UNION ALL SELECT 'day', kind, NULL, day, count(*) FROM counted GROUP BY ALL
    UNION ALL SELECT 'source', outlet, source_type, NULL, count(*) FROM counted GROUP BY ALL
    UNION ALL SELECT 'outlet_day', outlet, NULL, day, count(*) FROM counted GROUP BY ALL
    UNION ALL SELECT 'speaker', actor_id, NULL, NULL, count(*) FROM counted
    WHERE actor_id IS NOT NULL AND speaker_resolution NOT IN ('role', 'unnamed') GROUP BY ALL
    UNION ALL SELECT 'subject', actor_id, NULL, NULL, count(*) FROM subjects GROUP BY ALL"""
# $v: the version. Statements whose actors changed count as changed too.
TOUCHED = f"""
    CREATE OR REPLACE TEMP TABLE touched_articles AS
    WITH touched AS (
        SELECT statement_id FROM main.statement_actors WHERE since_version = $v
        UNION SELECT statement_id FROM {HISTORY}.statement_actors WHERE until_version = $v
    )
    SELECT article_id FROM main.articles WHERE since_version = $v
    UNION SELECT article_id FROM {HISTORY}.articles WHERE until_version = $v
    UNION SELECT article_id FROM main.statements WHERE since_version = $v
    UNION SELECT article_id FROM {HISTORY}.statements WHERE until_version = $v
    UNION SELECT article_id FROM main.statements SEMI JOIN touched USING (statement_id)"""
CHANGE = """
    CREATE OR REPLACE TEMP TABLE changed_counts AS
    SELECT * EXCLUDE (statements), sum(statements)::BIGINT AS statements
    FROM (FROM ({now}) UNION ALL SELECT * REPLACE (-statements AS statements) FROM ({before}))
    GROUP BY ALL
    HAVING sum(statements) <> 0"""
APPLY = """
    MERGE INTO figures.counts AS t
    USING temp.changed_counts AS s
    ON t.figure = s.figure AND t.one IS NOT DISTINCT FROM s.one AND t.other IS NOT DISTINCT FROM s.other
        AND t.day IS NOT DISTINCT FROM s.day
    WHEN MATCHED AND t.statements + s.statements = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET statements = t.statements + s.statements
    WHEN NOT MATCHED THEN INSERT"""


def update_figures(connection: duckdb.DuckDBPyConnection, version_no: int, *, may_keep: bool = True) -> None:
    """Apply the changes of `version_no` to the counts of the version before it; without such counts, count all rows.

    `may_keep` is false if another program may have written to the warehouse; then all rows are counted, too.
    """
    connection.execute(SCHEMA.read_text(encoding="utf-8"))
    if may_keep and _kept_version(connection) == _version_before(connection, version_no):
        connection.execute(TOUCHED, {"v": version_no})
        connection.execute(CHANGE.format(now=_groups_now(), before=_groups_before(version_no)))
        connection.execute(APPLY)
        connection.execute("DROP TABLE temp.touched_articles; DROP TABLE temp.changed_counts")
    else:
        connection.execute(f"DELETE FROM figures.counts; INSERT INTO figures.counts {all_counts()}")
    connection.execute(f"DELETE FROM figures.state; INSERT INTO figures.state VALUES ({version_no})")


def show_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `kept_counts` on a reading connection, from the stored counts or, if they are outdated, from all rows."""
    latest = connection.execute(f"SELECT max(version_no) FROM {VERSIONS.qualified}").fetchall()[0][0]
    if has_counts(connection, latest):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {COUNTS} AS FROM figures.counts")
        return
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {COUNTS} AS {all_counts()}")


def has_counts(connection: duckdb.DuckDBPyConnection, version_no: int | None) -> bool:
    """Whether the warehouse has stored counts and they belong to the version."""
    is_kept = """
        SELECT count(*) FROM duckdb_tables()
        WHERE database_name = current_database() AND schema_name = 'figures' AND table_name = 'state'"""
    return connection.execute(is_kept).fetchall() == [(1,)] and _kept_version(connection) == version_no


def _kept_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    [(kept,)] = connection.execute("SELECT max(version_no) FROM figures.state").fetchall()
    return None if kept is None else int(kept)


def _version_before(connection: duckdb.DuckDBPyConnection, version_no: int) -> int | None:
    sql = f"SELECT max(version_no) FROM {VERSIONS.qualified} WHERE version_no < {version_no}"
    [(before,)] = connection.execute(sql).fetchall()
    return None if before is None else int(before)


def all_counts() -> str:
    """Return the SQL that computes the counts from all statements of the warehouse."""
    return GROUPS.format(kept="NOT MATERIALIZED", **{table.name: table.qualified for table in COUNTED})


def _groups_now() -> str:
    """Return the SQL that counts the rows of the changed articles as they are after the version."""
    return GROUPS.format(
        kept="MATERIALIZED", **{table.name: f"({_rows_of_touched(table)})" for table in COUNTED}
    )


def _groups_before(version_no: int) -> str:
    """Return the SQL that counts the rows of the changed articles as they were before `version_no`."""
    return GROUPS.format(
        kept="MATERIALIZED",
        **{
            table.name: f"""({_rows_of_touched(table)} WHERE since_version < {version_no}
                UNION ALL SELECT {columns} FROM {name_in(table, HISTORY)}
                WHERE until_version = {version_no} AND since_version < {version_no})"""
            for table, columns in COUNTED.items()
        },
    )


def _rows_of_touched(table: Table) -> str:
    is_of_article = any(column.name == "article_id" for column in table.columns)
    touched = "SEMI JOIN temp.touched_articles USING (article_id)" if is_of_article else ""
    return f"SELECT {COUNTED[table]} FROM {table.qualified} {touched}"
