"""Store the stances in statements, so that the view `positions` need not join all statements with their actors.

Publishing updates them in its transaction: it reads the rows that the version adds. Where a statement only got another
utterance, its stored rows get it, too. The rows of other changed statements are looked up by the ids of the statements.
All stances are found again if other queries found the stored ones. Where `figures.stances` is missing, as in a lake or
an older version, the view finds the stances.
"""

from __future__ import annotations

import duckdb

from schema.derive import HISTORY
from warehouse.files.catalog import FOUND_STANCES
from warehouse.query.span import Span

_BUT_UTTERANCE = (
    "statement_id, article_id, actor_id, published_on, cue, content, is_negated, modality, correction"
)
# $v: the version. Published statements of which nothing but the utterance changed, which are most of those that change,
# and the other statements of earlier versions that changed, or whose actors changed.
CHANGED = f"""
    CREATE OR REPLACE TEMP TABLE spoken_of AS
    SELECT statement_id FROM main.statement_actors WHERE since_version = $v
    UNION SELECT statement_id FROM {HISTORY}.statement_actors WHERE until_version = $v;
    CREATE OR REPLACE TEMP TABLE joined_statements AS
    SELECT statement_id, coalesce(utterance_id, statement_id) AS utterance_id, published_on FROM main.statements
    SEMI JOIN (
        SELECT {_BUT_UTTERANCE} FROM main.statements WHERE since_version = $v
        INTERSECT SELECT {_BUT_UTTERANCE} FROM {HISTORY}.statements WHERE until_version = $v
    ) USING (statement_id)
    ANTI JOIN temp.spoken_of USING (statement_id)
    WHERE since_version = $v;
    CREATE OR REPLACE TEMP TABLE changed_statements AS
    SELECT statement_id FROM {HISTORY}.statements ANTI JOIN temp.joined_statements USING (statement_id)
    WHERE until_version = $v
    UNION
    FROM temp.spoken_of
    ANTI JOIN (SELECT statement_id FROM main.statements WHERE since_version = $v) USING (statement_id)"""
# The numbers of positions are those of the view. $days: a condition on the days of these statements.
JOIN = """
    UPDATE figures.stances AS t
    SET utterance_id = s.utterance_id,
        position_no = md5_number_lower(concat(t.speaker_id, ' ', t.subject_id, ' ', s.utterance_id))
    FROM temp.joined_statements AS s
    WHERE t.statement_id = s.statement_id AND $days"""
TEMPORARY = ("spoken_of", "joined_statements", "changed_statements")
# The rows that the version adds, and the other rows of changed statements. Of the other rows, only ids are read first.
READ = {
    "main.statements": (
        "statement_id, article_id, actor_id, utterance_id, published_on, cue, content, is_negated, modality, correction"
    ),
    "main.statement_actors": "statement_id, actor_id, stance, stance_confidence",
}
ADDED = """(
        SELECT {columns} FROM {table} WHERE since_version = {version_no}
        UNION ALL SELECT {columns} FROM {table} WHERE rowid IN (
            SELECT rowid FROM {table} SEMI JOIN temp.changed_statements USING (statement_id)
            WHERE since_version <> {version_no}
        )
    )"""


def update_stances(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Apply the changes of `version_no` to the stored stances, which must be those of the version before it."""
    connection.execute(CHANGED.replace("$v", str(version_no)))
    days = connection.sql("SELECT published_on FROM temp.joined_statements").pl()["published_on"]
    connection.execute(
        JOIN.replace("$days", Span.of(days).condition.replace("published_on", "t.published_on"))
    )
    connection.execute("DELETE FROM figures.stances WHERE statement_id IN (FROM temp.changed_statements)")
    sql = FOUND_STANCES
    for table, columns in READ.items():
        rows = ADDED.format(table=table, columns=columns, version_no=version_no)
        sql = sql.replace(f"{table} AS", f"{rows} AS")
    connection.execute(f"INSERT INTO figures.stances {sql}")
    connection.execute("; ".join(f"DROP TABLE temp.{name}" for name in TEMPORARY))


def find_all_stances(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the stances in all statements, and store them instead of those that are stored."""
    connection.execute(f"DELETE FROM figures.stances; INSERT INTO figures.stances {FOUND_STANCES}")
