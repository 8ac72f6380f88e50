"""Maintain counts of statements by day, outlet, speaker and so on, so that the report does not count all rows.

Publishing updates them in its transaction: for the articles that a version changes, it subtracts their old counts and
adds the new ones. If the counts belong to another version (after a restore, or in a file of an older On Record), all
rows are counted again. What the modules `kept_replies`, `kept_stances`, `kept_prints` and `leaders` store is updated at
the same time.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from schema.derive import HISTORY, literal, name_in
from schema.table import Table
from schema.tables import ARTICLES, STATEMENT_ACTORS, STATEMENTS, VERSIONS
from warehouse.files.catalog import has_current_rows, note_current_rows
from warehouse.query.kept_prints import find_all_prints, update_prints
from warehouse.query.kept_replies import find_all_replies, update_replies
from warehouse.query.kept_stances import find_all_stances, update_stances
from warehouse.query.leaders import find_all_leaders, has_leaders, show_leaders, update_leaders

SCHEMA = Path(__file__).with_suffix(".sql")
COUNTS = "kept_counts"  # the view for readers, see `show_figures`
# For each table, the columns that the counts depend on.
COUNTED = {
    ARTICLES: "article_id, copy_of, is_killed IS TRUE AS is_killed, outlet, agency",  # older releases wrote null
    STATEMENTS: (
        "article_id, statement_id, actor_id, kind, speaker_resolution, source_type, published_on, correction, source, "
        "role"
    ),
    STATEMENT_ACTORS: "statement_id, actor_id, relation",
}
# The report shows the subjects that most statements are about, and counts the speakers of each. These subjects are the
# leaders. Speakers are counted for leaders only, because there are about as many pairs of a subject and a speaker as
# there are statements.
LEADERS = """
    SELECT a.actor_id
    FROM {subject_counts} AS c
    JOIN main.actors AS a ON a.actor_id = c.one
    WHERE a.kind NOT IN ('unnamed', 'nobody')
    ORDER BY c.statements DESC, a.name, a.actor_id
    LIMIT 15"""
LEADERS_NOW = LEADERS.format(subject_counts="(FROM figures.counts WHERE figure = 'subject')")
COUNTED_LEADERS = "SELECT DISTINCT one AS actor_id FROM figures.counts WHERE figure = 'subject_speaker'"
# The counts of the rows of three relations, in the order of the columns of `figures.counts`. `kept` says whether the
# rows are kept in memory, as is best for few rows, or read again for each count. `leaders` selects the ids of the
# leaders.
ROWS = """
    WITH counted AS {kept} (
        SELECT
            s.statement_id, s.actor_id, s.kind, s.speaker_resolution, s.source_type, s.source, s.published_on AS day,
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
    ),
    subject_counts AS (SELECT actor_id AS one, count(*) AS statements FROM subjects GROUP BY ALL)"""
SPEAKERS_OF_LEADERS = """
    SELECT
        'subject_speaker' AS figure, r.actor_id AS one, s.actor_id AS other, NULL::DATE AS day, count(*) AS statements
    FROM (FROM subjects SEMI JOIN ({leaders}) USING (actor_id)) AS r
    JOIN counted AS s USING (statement_id)
    GROUP BY ALL"""
GROUPS = f"""{ROWS}
    SELECT 'naming' AS figure, speaker_resolution AS one, kind AS other, NULL::DATE AS day, count(*) AS statements
    FROM counted GROUP BY ALL
    UNION ALL SELECT 'day', kind, NULL, day, count(*) FROM counted GROUP BY ALL
    UNION ALL SELECT 'source', outlet, source_type, NULL, count(*) FROM counted GROUP BY ALL
    UNION ALL SELECT 'outlet_day', outlet, NULL, day, count(*) FROM counted GROUP BY ALL
    UNION ALL SELECT 'speaker', actor_id, NULL, NULL, count(*) FROM counted
    WHERE actor_id IS NOT NULL AND speaker_resolution NOT IN ('role', 'unnamed') GROUP BY ALL
    UNION ALL SELECT 'unresolved', source, speaker_resolution, NULL, count(*) FROM counted
    WHERE actor_id IS NULL AND source IS NOT NULL GROUP BY ALL
    UNION ALL SELECT 'subject', one, NULL, NULL, statements FROM subject_counts
    UNION ALL {SPEAKERS_OF_LEADERS}"""
# $v: the version. A row that changed only in columns on which no count depends, such as the story of an article, does
# not touch its article. Statements whose actors changed count as changed too.
TOUCHED = f"""
    CREATE OR REPLACE TEMP TABLE touched_articles AS
    WITH touched AS MATERIALIZED (
        SELECT statement_id FROM main.statement_actors WHERE since_version = $v
        UNION SELECT statement_id FROM {HISTORY}.statement_actors WHERE until_version = $v
    ),
    new_statements AS NOT MATERIALIZED (
        SELECT statement_id, article_id FROM main.statements WHERE since_version = $v
    ),
    changed_articles AS ({{articles}}),
    changed_statements AS ({{statements}})
    SELECT article_id FROM changed_articles
    UNION SELECT article_id FROM changed_statements
    UNION SELECT article_id FROM new_statements SEMI JOIN touched USING (statement_id)
    UNION SELECT article_id FROM main.statements
    SEMI JOIN (FROM touched ANTI JOIN new_statements USING (statement_id)) USING (statement_id)"""
# Touched articles that are not new in $v. Usually there are none; then no rows of earlier versions are read.
OLDER = f"""
    CREATE OR REPLACE TEMP TABLE older_articles AS
    FROM temp.touched_articles
    ANTI JOIN (
        FROM (SELECT article_id FROM main.articles WHERE since_version = $v)
        ANTI JOIN (SELECT article_id FROM {HISTORY}.articles WHERE until_version = $v) USING (article_id)
    ) USING (article_id);
    CREATE OR REPLACE TEMP TABLE older_statements AS
    SELECT statement_id FROM main.statements SEMI JOIN temp.older_articles USING (article_id)
    UNION SELECT statement_id FROM {HISTORY}.statements SEMI JOIN temp.older_articles USING (article_id)
    WHERE until_version = $v"""
# The rows that a version added, changed or removed, before and after, unless both are the same in the counted columns.
CHANGED_ROWS = """
    SELECT {columns}
    FROM (
        SELECT {columns}, 1 AS change FROM {now} WHERE since_version = $v
        UNION ALL SELECT {columns}, -1 FROM {before} WHERE until_version = $v
    )
    GROUP BY ALL HAVING sum(change) <> 0"""
# Two tables of articles, with the join that finds the rows of their statements in `statement_actors`. The rows of
# touched articles are only read if the version added or removed them, and then all of them are needed.
TOUCHED_ARTICLES = ("touched_articles", "")
OLDER_ARTICLES = ("older_articles", "SEMI JOIN temp.older_statements USING (statement_id)")
TEMPORARY = ("touched_articles", "older_articles", "older_statements", "changed_counts")
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
    before = _version_before(connection, version_no)
    may_keep = may_keep and has_leaders(connection, before)
    is_found = may_keep and has_current_rows(connection)
    connection.execute(SCHEMA.read_text(encoding="utf-8"))
    may_keep = may_keep and _kept_version(connection) == before
    if may_keep and is_found:
        update_replies(connection, version_no)
        update_stances(connection, version_no)
        update_prints(connection, version_no)
    else:
        find_all_replies(connection)
        find_all_stances(connection)
        find_all_prints(connection)
        note_current_rows(connection)
    if may_keep:
        connection.execute(_find_touched(), {"v": version_no})
        connection.execute(OLDER.replace("$v", str(version_no)))
        connection.execute(CHANGE.format(now=_groups_now(version_no), before=_groups_before(version_no)))
        connection.execute(APPLY)
        connection.execute(
            f"DELETE FROM figures.counts WHERE figure = 'subject_speaker' AND one NOT IN ({LEADERS_NOW})"
        )
        if new := _uncounted_leaders(connection):
            connection.execute(f"INSERT INTO figures.counts {_speakers_of(new)}")
        update_leaders(connection, version_no)
        connection.execute("; ".join(f"DROP TABLE temp.{name}" for name in TEMPORARY))
    else:
        connection.execute(f"DELETE FROM figures.counts; INSERT INTO figures.counts {all_counts()}")
        find_all_leaders(connection, version_no)
    connection.execute(f"DELETE FROM figures.state; INSERT INTO figures.state VALUES ({version_no})")


def show_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `kept_counts` and `kept_leaders` on a reading connection.

    They are made from the stored counts and leaders or, if these are outdated, from all rows.
    """
    latest = connection.execute(f"SELECT max(version_no) FROM {VERSIONS.qualified}").fetchall()[0][0]
    if has_counts(connection, latest) and has_leaders(connection, latest):
        show_leaders(connection, COUNTS, is_stored=True)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {COUNTS} AS FROM figures.counts")
        if missing := _uncounted_leaders(connection):  # an older On Record did not count their speakers
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE speakers_of_leaders AS {_speakers_of(missing)}; CREATE OR REPLACE "
                f"TEMP VIEW {COUNTS} AS FROM figures.counts UNION ALL FROM speakers_of_leaders"
            )
        return
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {COUNTS} AS {all_counts()}")
    show_leaders(connection, COUNTS, is_stored=False)


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
    leaders = LEADERS.format(subject_counts="subject_counts")
    return GROUPS.format(
        kept="NOT MATERIALIZED", leaders=leaders, **{table.name: table.qualified for table in COUNTED}
    )


def _uncounted_leaders(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The ids of leaders whose speakers are not counted, such as subjects that became leaders in this version."""
    sql = f"FROM ({LEADERS_NOW}) ANTI JOIN ({COUNTED_LEADERS}) USING (actor_id)"
    return [actor_id for (actor_id,) in connection.execute(sql).fetchall()]


def _speakers_of(leaders: list[str]) -> str:
    """Return the SQL that counts all statements about some leaders by speaker."""
    listed = f"SELECT unnest([{', '.join(map(literal, leaders))}]) AS actor_id"
    rows = {table.name: table.qualified for table in COUNTED}
    rows[STATEMENT_ACTORS.name] = f"(FROM {STATEMENT_ACTORS.qualified} SEMI JOIN ({listed}) USING (actor_id))"
    return (ROWS + SPEAKERS_OF_LEADERS).format(kept="NOT MATERIALIZED", leaders=listed, **rows)


def _find_touched() -> str:
    """Return the SQL that finds the articles whose counts may change in version $v."""
    changed = {
        table.name: CHANGED_ROWS.format(
            columns=COUNTED[table], now=table.qualified, before=name_in(table, HISTORY)
        )
        for table in (ARTICLES, STATEMENTS)
    }
    return TOUCHED.format(**changed)


def _groups_now(version_no: int) -> str:
    """Return the SQL that counts the rows of the changed articles as they are after the version."""
    return GROUPS.format(
        kept="MATERIALIZED",
        leaders=COUNTED_LEADERS,
        **{
            table.name: f"""({_rows_of(TOUCHED_ARTICLES, table, table.qualified)} WHERE since_version = {version_no}
                UNION ALL {_rows_of(OLDER_ARTICLES, table, table.qualified)} WHERE since_version < {version_no})"""
            for table in COUNTED
        },
    )


def _groups_before(version_no: int) -> str:
    """Return the SQL that counts the rows of the changed articles as they were before `version_no`."""
    return GROUPS.format(
        kept="MATERIALIZED",
        leaders=COUNTED_LEADERS,
        **{
            table.name: f"""({_rows_of(OLDER_ARTICLES, table, table.qualified)} WHERE since_version < {version_no}
                UNION ALL {_rows_of(TOUCHED_ARTICLES, table, name_in(table, HISTORY))}
                WHERE until_version = {version_no} AND since_version < {version_no})"""
            for table in COUNTED
        },
    )


def _rows_of(some: tuple[str, str], table: Table, stored: str) -> str:
    """Return the SQL, up to FROM, for the rows of some articles in `stored`, the table or its history."""
    is_of_article = any(column.name == "article_id" for column in table.columns)
    articles, statements = some
    rows = f"SEMI JOIN temp.{articles} USING (article_id)" if is_of_article else statements
    return f"SELECT {COUNTED[table]} FROM {stored} {rows}"
