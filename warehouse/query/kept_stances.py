"""Store the stances in statements, so that the view `positions` need not join all statements with their actors.

Publishing updates them in its transaction: it reads the rows that the version adds. Rows of earlier versions are looked
up by the ids of statements that the version changes. All stances are found again if another version of the code found
the stored ones. Where `figures.stances` is missing, as in a lake or an older version, the view finds the stances.
"""

from __future__ import annotations

import duckdb

from schema.derive import HISTORY
from warehouse.files.catalog import FOUND_STANCES

# $v: the version. Statements of earlier versions that changed, or whose actors changed.
CHANGED = f"""
    CREATE OR REPLACE TEMP TABLE changed_statements AS
    SELECT statement_id FROM {HISTORY}.statements WHERE until_version = $v
    UNION
    FROM (
        SELECT statement_id FROM main.statement_actors WHERE since_version = $v
        UNION SELECT statement_id FROM {HISTORY}.statement_actors WHERE until_version = $v
    )
    ANTI JOIN (SELECT statement_id FROM main.statements WHERE since_version = $v) USING (statement_id)"""
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
    connection.execute(CHANGED, {"v": version_no})
    connection.execute("DELETE FROM figures.stances WHERE statement_id IN (FROM temp.changed_statements)")
    sql = FOUND_STANCES
    for table, columns in READ.items():
        rows = ADDED.format(table=table, columns=columns, version_no=version_no)
        sql = sql.replace(f"{table} AS", f"{rows} AS")
    connection.execute(f"INSERT INTO figures.stances {sql}")
    connection.execute("DROP TABLE temp.changed_statements")


def find_all_stances(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the stances in all statements, and store them instead of those that are stored."""
    connection.execute(f"DELETE FROM figures.stances; INSERT INTO figures.stances {FOUND_STANCES}")
