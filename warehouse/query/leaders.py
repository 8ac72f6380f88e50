"""Keep what the report says about the most frequent speakers and unresolved sources, so that it does not read all rows.

`figures.leaders` has one row per leader: in how many articles it is, and the last role of a speaker or the newest
example of a source. Publishing updates the rows from the statements that a version adds. All statements of a leader
are read only if the version changes or removes one of them, or if the leader is new. So that this is rare, there are
rows of more leaders than the report lists.
"""

from __future__ import annotations

import duckdb

from schema.derive import HISTORY
from schema.tables import ARTICLES, STATEMENTS

LEADERS = "kept_leaders"  # the view for readers
LISTED = 15  # leaders of each kind that the report lists, and that always have a row
FOUND_AT_ONCE = 30  # leaders that get a row if one of the listed ones has none
MOST = 60  # those below this place lose their row
# The leaders and their places. $counts: the relation that has the counts.
NOW = f"""
    SELECT
        figure, one, other,
        row_number() OVER (PARTITION BY figure ORDER BY statements DESC, name, one, other) AS place
    FROM (
        SELECT c.figure, c.one, c.other, c.statements, a.name
        FROM $counts AS c JOIN main.actors AS a ON a.actor_id = c.one
        WHERE c.figure = 'speaker' AND a.kind NOT IN ('unnamed', 'nobody')
        UNION ALL SELECT figure, one, other, statements, NULL FROM $counts WHERE figure = 'unresolved'
    )
    QUALIFY place <= {MOST}"""
# Statements as rows (`figure`, `one`, `other`) that are a leader's if they are equal to its row.
KEYS = """
        SELECT 'speaker' AS figure, s.actor_id AS one, NULL::VARCHAR AS other, s.*
        FROM $statements AS s
        WHERE s.actor_id IS NOT NULL AND s.speaker_resolution NOT IN ('role', 'unnamed')
        UNION ALL
        SELECT 'unresolved', s.source, s.speaker_resolution, s.*
        FROM $statements AS s
        WHERE s.actor_id IS NULL AND s.source IS NOT NULL"""
SAME = "l.figure = s.figure AND l.one = s.one AND l.other IS NOT DISTINCT FROM s.other"
COLUMNS = "actor_id, source, speaker_resolution, statement_id, article_id, published_on, role, correction"
COUNTED = f"""
        SELECT {COLUMNS} FROM $rows
        ANTI JOIN (FROM {ARTICLES.qualified} WHERE copy_of IS NOT NULL OR is_killed) USING (article_id)
        WHERE correction IS DISTINCT FROM 'deleted'"""
# The last role or example is the one with the greatest value of `last`; days that are unknown come first.
LAST = """{
                'day': coalesce(s.published_on, DATE '0001-01-01'),
                'role': if(s.figure = 'speaker', s.role, NULL),
                'statement_id': if(s.figure = 'speaker', NULL, s.statement_id),
                'article_id': if(s.figure = 'speaker', NULL, s.article_id)
            }"""
# The rows of `figures.leaders` for the leaders $leaders in the statements $rows.
FOUND = f"""
    SELECT
        l.figure, l.one, l.other, count(DISTINCT s.article_id) AS articles,
        max({LAST}) FILTER (s.figure <> 'speaker' OR s.role IS NOT NULL) AS last
    FROM ({KEYS.replace("$statements", f"({COUNTED})")}) AS s
    JOIN ($leaders) AS l ON {SAME}
    GROUP BY ALL"""
# The statements of changed articles as they were before the version $v.
STALE = f"""
    DELETE FROM figures.leaders AS l
    USING ({KEYS.replace("$statements", "temp.earlier_statements")}) AS s
    WHERE {SAME}"""
EARLIER = f"""
    CREATE OR REPLACE TEMP TABLE earlier_statements AS
    SELECT {COLUMNS} FROM {STATEMENTS.qualified} SEMI JOIN temp.older_articles USING (article_id)
    WHERE since_version < $v
    UNION ALL
    SELECT {COLUMNS} FROM {HISTORY}.statements SEMI JOIN temp.older_articles USING (article_id)
    WHERE until_version = $v"""


def update_leaders(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Update the leaders from the counts of `version_no`.

    `temp.touched_articles` has the articles whose counts may change, and `temp.older_articles` those of them that the
    version does not add.
    """
    now = NOW.replace("$counts", "figures.counts")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE leaders_now AS {now}")
    connection.execute(
        f"DELETE FROM figures.leaders AS l WHERE NOT EXISTS (FROM temp.leaders_now AS s WHERE {SAME})"
    )
    if connection.execute("SELECT count(*) FROM temp.older_articles").fetchall() != [(0,)]:
        connection.execute(EARLIER, {"v": version_no})
        connection.execute(f"{STALE}; DROP TABLE temp.earlier_statements")
    touched = "SEMI JOIN temp.touched_articles USING (article_id)"
    rows = f"(FROM {STATEMENTS.qualified} {touched} WHERE since_version = {version_no})"
    fresh = FOUND.replace("$rows", rows).replace("$leaders", "FROM figures.leaders")
    connection.execute(
        f"""
        UPDATE figures.leaders AS l
        SET articles = l.articles + s.articles, last = greatest(l.last, s.last)
        FROM ({fresh}) AS s WHERE {SAME}"""
    )
    added = f"FROM temp.leaders_now AS s WHERE place <= $most AND NOT EXISTS (FROM figures.leaders AS l WHERE {SAME})"
    if connection.execute(f"SELECT count(*) {added.replace('$most', str(LISTED))}").fetchall() != [(0,)]:
        found = _find_in_all(added.replace("$most", str(FOUND_AT_ONCE)), version_no)
        connection.execute(f"INSERT INTO figures.leaders {found}")
    connection.execute(f"UPDATE figures.leaders SET version_no = {version_no}")
    connection.execute("DROP TABLE temp.leaders_now")


def find_all_leaders(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Find the leaders among all statements, and store them instead of those that are stored."""
    found = find_leaders_sql("figures.counts", version_no)
    connection.execute(f"DELETE FROM figures.leaders; INSERT INTO figures.leaders {found}")


def show_leaders(connection: duckdb.DuckDBPyConnection, counts: str, *, is_stored: bool) -> None:
    """Create `kept_leaders` on a reading connection, from the stored leaders or from all statements."""
    if is_stored:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {LEADERS} AS FROM figures.leaders")
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {LEADERS} AS {find_leaders_sql(counts)}")


def has_leaders(connection: duckdb.DuckDBPyConnection, version_no: int | None) -> bool:
    """Whether the warehouse has stored leaders and they belong to the version."""
    is_kept = """
        SELECT count(*) FROM duckdb_tables()
        WHERE database_name = current_database() AND schema_name = 'figures' AND table_name = 'leaders'"""
    if connection.execute(is_kept).fetchall() != [(1,)]:
        return False
    return connection.execute("SELECT min(version_no) FROM figures.leaders").fetchall() == [(version_no,)]


def find_leaders_sql(counts: str, version_no: int = 0) -> str:
    """Return the SQL that finds the leaders of the relation `counts` in all statements of the warehouse."""
    return _find_in_all(f"FROM ({NOW.replace('$counts', counts)}) WHERE place <= {FOUND_AT_ONCE}", version_no)


def _find_in_all(leaders: str, version_no: int) -> str:
    found = FOUND.replace("$rows", STATEMENTS.qualified).replace("$leaders", leaders)
    return f"SELECT *, {version_no} AS version_no FROM ({found})"
