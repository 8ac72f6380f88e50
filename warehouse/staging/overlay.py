"""Apply corrections of statements and roles to staged and published statements.

The corrections come from `transforms/identify/corrected.py`. `staging.overlaid` has a row for each statement that a
correction changes, or changed before: its speaker, organization, role and content. These are computed from what was
extracted (`profile_id`, `organization_profile_id`, and the columns `found_...`), from entity resolution, and from the
current corrections. If a correction was removed, the row is therefore what it was before the correction.

A statement whose speaker is corrected gets the role and organization that the new speaker has in most other statements
of the article; in a tie, those of the earliest. A statement extracted without a speaker has no speaker in
`statement_actors`. If a correction gives it a speaker, that speaker is in `staging.given_speakers`.
"""

from __future__ import annotations

import polars as pl

from schema.column_values import CORRECTED
from schema.merge import remember_rows_sql
from schema.tables import BY_NAME, SINCE_VERSION
from warehouse.staging.next_version import STAGING, NextVersion

FOUND = {"content": "found_content", "content_spans": "found_spans", "kind": "found_kind"}
SET = ("actor_id", "organization_id", "role", "correction", "found_role", *FOUND, *FOUND.values())
_READ = ", ".join(("statement_id", "profile_id", "organization_profile_id", *SET))
# Staged and published statements that a correction changes, or changed before.
OVERLAID = f"""
    DELETE FROM {STAGING}.overlaid;
    INSERT INTO {STAGING}.overlaid
    WITH concerned AS (
        SELECT {_READ} FROM {STAGING}.statements WHERE {{is_concerned}}
        UNION ALL
        SELECT {_READ} FROM main.statements ANTI JOIN {STAGING}.statements USING (statement_id) WHERE {{is_concerned}}
    ),
    found AS (
        SELECT * REPLACE (
            if(correction IS NULL, role, found_role) AS found_role,
            coalesce(found_content, content) AS found_content,
            coalesce(found_spans, content_spans) AS found_spans,
            coalesce(found_kind, kind) AS found_kind
        )
        FROM concerned
    ),
    lines AS (
        SELECT *, actor_id IS NOT NULL OR is_unspoken AS is_respoken FROM statement_lines
    ),
    settled AS (
        SELECT
            f.statement_id,
            f.profile_id,
            CASE
                WHEN n.is_unspoken THEN NULL WHEN n.actor_id IS NOT NULL THEN n.actor_id
                WHEN f.profile_id IS NOT NULL THEN coalesce(i.actor_id, f.actor_id)
            END AS actor_id,
            CASE
                WHEN f.organization_profile_id IS NOT NULL AND NOT coalesce(n.is_respoken, false)
                THEN coalesce(b.actor_id, f.organization_id)
            END AS organization_id,
            if(n.is_respoken, NULL, if(r.role IS NULL, f.found_role, r.corrected)) AS role,
            CASE
                WHEN n.is_deleted THEN 'deleted' WHEN n.is_respoken THEN 'speaker'
                WHEN r.role IS NOT NULL THEN 'role' WHEN n.content IS NOT NULL THEN 'content'
            END AS correction,
            f.found_role,
            coalesce(n.content, f.found_content) AS content,
            coalesce(n.content_spans, f.found_spans) AS content_spans,
            coalesce(n.kind, f.found_kind) AS kind,
            if(n.content IS NULL, NULL, f.found_content) AS found_content,
            if(n.content IS NULL, NULL, f.found_spans) AS found_spans,
            if(n.content IS NULL, NULL, f.found_kind) AS found_kind
        FROM found AS f
        LEFT JOIN lines AS n USING (statement_id)
        LEFT JOIN role_lines AS r ON r.profile_id = f.profile_id AND r.role = f.found_role
        LEFT JOIN {STAGING}.identities AS i ON i.profile_id = f.profile_id
        LEFT JOIN {STAGING}.identities AS b ON b.profile_id = f.organization_profile_id
    )
    SELECT * REPLACE (if(correction IS NULL, NULL, found_role) AS found_role) FROM settled;

    DELETE FROM {STAGING}.given_speakers;
    INSERT INTO {STAGING}.given_speakers
    SELECT o.statement_id, o.actor_id, 'speaker', NULL, min(i.profile_id)
    FROM {STAGING}.overlaid AS o JOIN {STAGING}.identities AS i USING (actor_id)
    WHERE o.profile_id IS NULL
    GROUP BY ALL"""
# Gives statements with a corrected speaker his or her role and organization in most other statements of the article.
SET_ROLES = f"""
    UPDATE {STAGING}.overlaid AS t SET role = r.role, organization_id = r.organization_id
    FROM (
        WITH all_statements AS (
            FROM {STAGING}.statements
            UNION ALL BY NAME FROM main.statements ANTI JOIN {STAGING}.statements USING (statement_id)
        ),
        respoken AS (
            SELECT o.statement_id, o.actor_id, s.article_id
            FROM {STAGING}.overlaid AS o JOIN all_statements AS s USING (statement_id)
            WHERE o.correction = 'speaker' AND o.actor_id IS NOT NULL
        ),
        others AS (
            SELECT
                s.article_id,
                s.content_spans[1].start AS start,
                if(o.statement_id IS NULL, coalesce(i.actor_id, s.actor_id), o.actor_id) AS actor_id,
                if(o.statement_id IS NULL, coalesce(b.actor_id, s.organization_id), o.organization_id)
                    AS organization_id,
                if(o.statement_id IS NULL, s.role, o.role) AS role
            FROM all_statements AS s
            SEMI JOIN respoken USING (article_id)
            LEFT JOIN {STAGING}.overlaid AS o ON o.statement_id = s.statement_id
            LEFT JOIN {STAGING}.identities AS i ON i.profile_id = s.profile_id
            LEFT JOIN {STAGING}.identities AS b ON b.profile_id = s.organization_profile_id
            WHERE o.correction IS NULL OR o.correction NOT IN ('speaker', 'deleted')
        )
        SELECT r.statement_id, s.role, s.organization_id
        FROM respoken AS r JOIN others AS s USING (article_id, actor_id)
        GROUP BY r.statement_id, s.role, s.organization_id
        QUALIFY row_number() OVER (PARTITION BY r.statement_id ORDER BY count(*) DESC, min(s.start)) = 1
    ) AS r
    WHERE t.statement_id = r.statement_id"""
# A row with any other value of `correction` is left alone, so that the checks report it. To treat such a value as a
# removed correction would empty the role of the row.
WAS_CHANGED = f"correction IN {CORRECTED}"
IS_NAMED = f"""{WAS_CHANGED} OR statement_id IN (SELECT statement_id FROM statement_lines)
            OR profile_id IN (SELECT profile_id FROM role_lines)"""
# Speakers that a correction gave to statements extracted without a speaker.
WAS_GIVEN = """
    WHERE t.relation = 'speaker' AND t.statement_id IN (
        SELECT o.statement_id FROM {staging}.overlaid AS o WHERE o.profile_id IS NULL
    )"""
# Rows whose speaker depends on corrections, not only on the profile.
OVERLAID_ROWS = {
    "statements": f"t.statement_id IN (SELECT statement_id FROM {STAGING}.overlaid)",
    "statement_actors": f"t.relation = 'speaker' AND t.statement_id IN (SELECT statement_id FROM {STAGING}.overlaid)",
}


def overlay(version: NextVersion, statements: pl.DataFrame, roles: pl.DataFrame) -> None:
    """Compute the corrected values of statements and apply them to the staged ones; needs `staging.identities`.

    `statements` and `roles` have the schemas STATEMENT_CORRECTIONS and ROLE_CORRECTIONS.
    """
    with version.registered("statement_lines", statements), version.registered("role_lines", roles):
        named = not (statements.is_empty() and roles.is_empty())
        version.connection.execute(OVERLAID.format(is_concerned=IS_NAMED if named else WAS_CHANGED))
        if not statements.is_empty():
            version.connection.execute(SET_ROLES)
    if is_overlaid(version):
        given = WAS_GIVEN.format(staging=STAGING)
        version.connection.execute(f"DELETE FROM {STAGING}.statement_actors AS t {given}")
        for name, values in _values().items():
            version.connection.execute(f"UPDATE {STAGING}.{name} AS t SET {values} {_differs(name)}")


def publish_overlaid(version: NextVersion, version_no: int) -> None:
    """Apply the corrected values to published statements, in the transaction that publishes, before the merge."""
    if not is_overlaid(version):
        return
    execute = version.connection.execute
    relations = BY_NAME["statement_actors"]
    same = "s.statement_id = t.statement_id AND s.profile_id = t.profile_id AND s.actor_id = t.actor_id"
    gone = WAS_GIVEN.format(staging=STAGING)
    gone += f" AND NOT EXISTS (SELECT 1 FROM {STAGING}.given_speakers AS s WHERE {same})"
    execute(remember_rows_sql(relations, gone, version_no))
    execute(f"DELETE FROM main.statement_actors AS t {gone}")
    for name, values in _values().items():
        execute(remember_rows_sql(BY_NAME[name], _differs(name, join=True), version_no))
        execute(f"UPDATE main.{name} AS t SET {values}, {SINCE_VERSION.name} = {version_no} {_differs(name)}")
    columns = "statement_id, actor_id, relation, mention_id, profile_id"
    execute(
        f"INSERT INTO main.statement_actors ({columns}, {SINCE_VERSION.name}) SELECT {columns}, {version_no} "
        f"FROM {STAGING}.given_speakers AS s WHERE NOT EXISTS (SELECT 1 FROM main.statement_actors AS t WHERE {same})"
    )


def is_overlaid(version: NextVersion) -> bool:
    """Whether a correction changes any statement, or changed any statement before."""
    return bool(version.connection.execute(f"SELECT EXISTS (FROM {STAGING}.overlaid)").fetchall()[0][0])


def _values() -> dict[str, str]:
    return {
        "statements": ", ".join(f"{name} = o.{name}" for name in SET),
        "statement_actors": "actor_id = o.actor_id",
    }


def _differs(name: str, *, join: bool = False) -> str:
    """SQL, beginning with FROM or JOIN, for the rows `t` whose values differ from `staging.overlaid` (as `o`)."""
    columns = SET if name == "statements" else ("actor_id",)
    differs = " OR ".join(f"t.{column} IS DISTINCT FROM o.{column}" for column in columns)
    its = "" if name == "statements" else " AND t.relation = 'speaker' AND o.profile_id IS NOT NULL"
    source = f"JOIN {STAGING}.overlaid AS o ON o.statement_id = t.statement_id WHERE" if join else (
        f"FROM {STAGING}.overlaid AS o WHERE o.statement_id = t.statement_id AND"
    )  # fmt: skip
    return f"{source} ({differs}){its}"
