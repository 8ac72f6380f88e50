"""Define rules that find published rows without an actor after a run has rebuilt actors.

A run rebuilds all actors of the blocks it touches, and removes those that no longer exist. A row at fault refers to a
removed actor, or was damaged earlier. A rule reads all rows of its table only if an actor is removed, or if the rows
were not checked when they were published: in a checked warehouse, each row refers to a published actor.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rule import Rule
from schema.tables import BY_NAME
from warehouse.staging.entities import RESOLVED_COLUMNS, TABLES_OF_ACTORS

TRIPS = (
    "A correction that is removed without rebuilding the actors it merged; a damaged warehouse. "
    "`onrecord rebuild` rebuilds all actors."
)
# A touched actor disappears unless it is staged again; `staging.actors` has all actors of the touched blocks.
STANDING = """
            WITH touched AS (
                SELECT actor_id FROM main.profiles SEMI JOIN staging.identities USING (profile_id)
                UNION SELECT actor_id FROM staging.affected WHERE actor_id IS NOT NULL
            ),
            standing AS (
                SELECT actor_id AS id FROM staging.actors
                UNION ALL SELECT actor_id FROM main.actors ANTI JOIN touched USING (actor_id)
            ),
            removed AS (
                SELECT actor_id AS id FROM touched ANTI JOIN staging.actors USING (actor_id)
            )"""
ORGANIZATIONS = """,
            listed AS (
                SELECT organization_id AS id FROM staging.organizations
                UNION ALL SELECT organization_id FROM main.organizations
                WHERE organization_id NOT IN (FROM touched)
            )"""


def published_rules() -> Iterator[Rule]:
    """Yield a rule for each column that refers to an actor, and for each table whose rows belong to an actor."""
    for name, columns in RESOLVED_COLUMNS.items():
        for column, profile in columns.items():
            if column != "rule":
                yield _actor_rule(name, column, profile)
    for name, owner in TABLES_OF_ACTORS.items():
        if name != "actors":
            yield _owned_rule(name, owner)
    yield _rule("affiliations", "organization_id", "a row of organizations", STANDING + ORGANIZATIONS + """
            SELECT t.affiliation_id, t.organization_id FROM main.affiliations AS t
            WHERE t.organization_id IS NOT NULL AND t.actor_id NOT IN (FROM touched)
                AND NOT EXISTS (SELECT 1 FROM listed AS o WHERE o.id = t.organization_id)""")  # fmt: skip


def _actor_rule(name: str, column: str, profile: str) -> Rule:
    """Return the rule that a row whose actor disappears gets the new actor of its profile."""
    keys = ", ".join(dict.fromkeys([*BY_NAME[name].key, column]))
    settled = """
            UNION ALL SELECT t.profile_id, t.actor_id FROM staging.identities AS t
            WHERE NOT EXISTS (SELECT 1 FROM standing AS a WHERE a.id = t.actor_id)"""
    return _rule(name, column, "a row of actors", STANDING + f""",
            lost AS MATERIALIZED (  -- few rows; one combined query takes three times as long
                SELECT {keys}, {profile} FROM main.{name} AS t SEMI JOIN removed AS a ON a.id = t.{column}
                WHERE t.{column} IS NOT NULL{_but_corrected(name)}
                UNION
                SELECT {keys}, {profile} FROM (FROM main.{name} WHERE EXISTS (FROM staging.unchecked)) AS t
                ANTI JOIN standing AS a ON a.id = t.{column}
                WHERE t.{column} IS NOT NULL{_but_corrected(name)}
            )
            SELECT {keys} FROM lost ANTI JOIN staging.identities AS i ON i.profile_id = lost.{profile}"""
            + (settled if name == "profiles" else "") + _corrected_sql(name, column))  # fmt: skip


def _but_corrected(name: str) -> str:
    """Return SQL that leaves out corrected statements, which the rule checks separately."""
    is_of_statement = name in ("statements", "statement_actors")
    return " AND t.statement_id NOT IN (SELECT statement_id FROM staging.overlaid)" if is_of_statement else ""


def _corrected_sql(name: str, column: str) -> str:
    if name != "statements":
        return ""
    return f"""
            UNION ALL SELECT o.statement_id, o.{column} FROM staging.overlaid AS o
            WHERE o.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM standing AS a WHERE a.id = o.{column})"""


def _owned_rule(name: str, owner: str) -> Rule:
    keys = ", ".join(f"t.{key}" for key in dict.fromkeys([*BY_NAME[name].key, owner]))
    return _rule(name, owner, "a row of actors", STANDING + f"""
            SELECT {keys} FROM main.{name} AS t
            WHERE t.{owner} NOT IN (FROM touched)
                AND NOT EXISTS (SELECT 1 FROM standing AS a WHERE a.id = t.{owner})""")  # fmt: skip


def _rule(name: str, column: str, target: str, sql: str) -> Rule:
    return Rule(
        f"{column}_stays_known", name, "critical",
        f"Each {column} in {name}, staged or published, leads to {target}. Otherwise a row would lose its actor.",
        sql, trips=TRIPS, is_resolved=True,
    )  # fmt: skip
