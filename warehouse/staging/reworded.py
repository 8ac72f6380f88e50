"""Read the statements whose content a correction changes, to estimate their stances again, and store the result.

The other stances were estimated when the article was analysed, and stay.
"""

from __future__ import annotations

import polars as pl

from schema.column_values import SPANS
from schema.merge import remember_rows_sql
from schema.tables import BY_NAME, SINCE_VERSION
from warehouse.staging.next_version import STAGING, NextVersion

_COLUMNS = (
    "statement_id, article_id, cue_start, cue_end, source_start, source_end, parent_statement_id, is_headline"
)
# Staged statements that a correction changes or has changed, and published ones whose content changes in this run.
REWORDED = f"""
    CREATE OR REPLACE TEMP TABLE reworded AS
    WITH changed AS (
        SELECT {_COLUMNS} FROM {STAGING}.statements SEMI JOIN {STAGING}.overlaid USING (statement_id)
        UNION ALL
        SELECT {_COLUMNS} FROM main.statements AS t
        SEMI JOIN {STAGING}.overlaid AS o
            ON o.statement_id = t.statement_id AND o.content_spans IS DISTINCT FROM t.content_spans
        WHERE statement_id NOT IN (SELECT statement_id FROM {STAGING}.statements)
    )
    SELECT c.*, o.content_spans FROM changed AS c JOIN {STAGING}.overlaid AS o USING (statement_id)"""
_SUBJECTS = f"""
    SELECT profile_id FROM {STAGING}.statement_actors SEMI JOIN reworded USING (statement_id)
    UNION ALL SELECT profile_id FROM main.statement_actors SEMI JOIN reworded USING (statement_id)"""
# Table -> the rows that estimating the stances of these statements takes.
WANTED = {
    "statements": "FROM reworded",
    "statement_actors": f"""
        SELECT statement_id, profile_id, relation
        FROM {STAGING}.statement_actors SEMI JOIN reworded USING (statement_id)
        UNION
        SELECT statement_id, profile_id, relation FROM main.statement_actors SEMI JOIN reworded USING (statement_id)""",
    "mentions": f"""
        SELECT article_id, profile_id, "start", "end", rule
        FROM {STAGING}.mentions SEMI JOIN reworded USING (article_id)
        UNION
        SELECT article_id, profile_id, "start", "end", rule FROM main.mentions SEMI JOIN reworded USING (article_id)""",
    "profiles": f"""
        SELECT profile_id, kind FROM {STAGING}.profiles WHERE profile_id IN ({_SUBJECTS})
        UNION SELECT profile_id, kind FROM main.profiles WHERE profile_id IN ({_SUBJECTS})""",
    "articles": f"""
        SELECT article_id, body FROM {STAGING}.articles SEMI JOIN reworded USING (article_id)
        UNION SELECT article_id, body FROM main.articles SEMI JOIN reworded USING (article_id)""",
}
IS_ANOTHER = f"""{STAGING}.stances AS s
    {{on}} s.statement_id = t.statement_id AND s.profile_id = t.profile_id AND t.relation = 'mentioned'
        AND (t.stance IS DISTINCT FROM s.stance OR t.stance_confidence IS DISTINCT FROM s.stance_confidence)"""
VALUES = "stance = s.stance, stance_confidence = s.stance_confidence"


def read_reworded(version: NextVersion) -> dict[str, pl.DataFrame] | None:
    """The rows about statements that corrections reword, by table, with the columns that stances need; None if none."""
    version.connection.execute(f"DELETE FROM {STAGING}.stances")
    if version.connection.execute(REWORDED).fetchall() == [(0,)]:
        return None
    frames = {name: version.connection.sql(sql).pl() for name, sql in WANTED.items()}
    return frames | {"statements": frames["statements"].cast({"content_spans": SPANS})}


def set_stances(version: NextVersion, stances: pl.DataFrame) -> None:
    """Store stances (`statement_id`, `profile_id`, `stance`, `stance_confidence`) of pairs in staged or published rows.

    Staged rows are updated at once, published rows by `publish_stances`.
    """
    with version.registered("judged", stances):
        version.connection.execute(f"INSERT INTO {STAGING}.stances BY NAME FROM judged")
    version.connection.execute(
        f"UPDATE {STAGING}.statement_actors AS t SET {VALUES} FROM {IS_ANOTHER.format(on='WHERE')}"
    )


def publish_stances(version: NextVersion, version_no: int) -> None:
    """Set the stances in published rows, in the transaction that publishes, before staging is merged."""
    execute = version.connection.execute
    if execute(f"SELECT EXISTS (FROM {STAGING}.stances)").fetchall() == [(False,)]:
        return
    older = f"JOIN {IS_ANOTHER.format(on='ON')} WHERE t.{SINCE_VERSION.name} < {version_no}"
    execute(remember_rows_sql(BY_NAME["statement_actors"], older, version_no))
    execute(
        f"UPDATE main.statement_actors AS t SET {VALUES}, {SINCE_VERSION.name} = {version_no} "
        f"FROM {IS_ANOTHER.format(on='WHERE')}"
    )
