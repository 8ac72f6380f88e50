"""Read the evidence for entity resolution, and stage and publish its result.

`read_evidence` reads all profiles, staged and published, in the blocks of the staged profiles. `settle` stages the
actors, aliases, organizations and affiliations that entity resolution built from them. `publish_settled` replaces the
published rows of the same actors. A run reads and changes only the blocks it touches, so its cost does not depend on
the number of actors in the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from schema.derive import polars_schema, quoted
from schema.merge import insert_sql, remember_rows_sql
from schema.table import Column, Table
from schema.tables import BY_NAME, PROFILE_NAMES, PROFILES, SINCE_VERSION
from warehouse.staging.next_version import STAGING, NextVersion, require_schema
from warehouse.staging.overlay import OVERLAID_ROWS, is_overlaid, overlay, publish_overlaid

RESOLVED_TABLES = ("actors", "actor_aliases", "organizations", "affiliations", "actor_corrections")
# Table -> its columns with the result of entity resolution, each with the column of the profile it depends on.
RESOLVED_COLUMNS = {
    "mentions": {"actor_id": "profile_id"},
    "statement_actors": {"actor_id": "profile_id"},
    "statements": {"actor_id": "profile_id", "organization_id": "organization_profile_id"},
    "profiles": {"actor_id": "profile_id", "rule": "profile_id"},
}
# Table whose rows belong to an actor -> the column with that actor's id.
TABLES_OF_ACTORS = {
    "actors": "actor_id",
    "actor_aliases": "actor_id",
    "organizations": "organization_id",
    "affiliations": "actor_id",
}

# Without corrections, all profiles of an actor are in one block. A correction may merge profiles of several blocks
# ("Dorne Foods" into "Acme"). These blocks are read together: a change in any of them changes the actor, and the actor
# splits when the correction is removed.
TOUCHED_BLOCKS = f"""
    CREATE OR REPLACE TABLE {STAGING}.touched_blocks AS
    WITH named AS (SELECT actor FROM corrected UNION SELECT actor_id FROM ops.actor_corrections),
    joined AS (SELECT actor_id FROM published.main.profiles WHERE rule = 'correction'),
    of_statements AS (  -- the profiles found in statements that a correction changes, or has changed
        SELECT unnest([profile_id, organization_profile_id]) AS profile_id FROM main.statements
        WHERE correction IS NOT NULL{{or_named}}
    )
    SELECT block FROM {STAGING}.profiles
    UNION SELECT block FROM {STAGING}.affected
    UNION SELECT block FROM main.profiles WHERE rule = 'correction' OR actor_id IN (FROM joined)
    UNION SELECT block FROM main.profiles WHERE profile_id IN (FROM of_statements)
    UNION SELECT block FROM main.profiles WHERE actor_id IN (FROM named) OR name IN (FROM named)"""
MORE_BLOCKS = f"""
    INSERT INTO {STAGING}.touched_blocks FROM more_blocks ANTI JOIN {STAGING}.touched_blocks USING (block)"""
# Published organizations that become another actor, or an actor of another kind.
MOVED_BODIES = f"""
    SELECT p.profile_id
    FROM main.profiles AS p
    JOIN {STAGING}.identities AS i USING (profile_id)
    LEFT JOIN main.actors AS a ON a.actor_id = p.actor_id
    WHERE p.kind = 'organization' AND (p.actor_id <> i.actor_id OR a.kind IS DISTINCT FROM i.kind)"""
PEOPLE_AT_MOVED_BODIES = f"""
    INSERT INTO {STAGING}.touched_blocks
    SELECT DISTINCT block FROM (SELECT block, unnest(roles) AS role FROM main.profiles WHERE kind = 'person')
    WHERE role.body_profile IN ({MOVED_BODIES}) AND block NOT IN (FROM {STAGING}.touched_blocks)"""
BODIES = """
    SELECT p.profile_id, p.actor_id, a.kind
    FROM main.profiles AS p JOIN main.actors AS a USING (actor_id)
    WHERE p.profile_id IN (SELECT body_profile FROM wanted)"""

# The identities that may change published rows. In a checked warehouse, published rows have the actors of their
# profiles, so that only profiles whose actor or rule changes matter.
MOVED_IDENTITIES = f"""
    CREATE OR REPLACE TABLE {STAGING}.moved_identities AS
    SELECT i.* FROM {STAGING}.identities AS i JOIN main.profiles AS p USING (profile_id)
    WHERE i.actor_id IS DISTINCT FROM p.actor_id OR i.rule IS DISTINCT FROM p.rule
    UNION SELECT i.* FROM {STAGING}.identities AS i WHERE EXISTS (FROM {STAGING}.unchecked)"""

TOUCHED_ACTORS = f"""
    CREATE OR REPLACE TEMP TABLE touched_actors AS
    SELECT actor_id FROM main.profiles SEMI JOIN {STAGING}.identities USING (profile_id)
    UNION SELECT actor_id FROM {STAGING}.affected"""
# Rowids of the rows whose actor has changed. Selecting whole rows would read all their columns.
MOVED = "CREATE OR REPLACE TEMP TABLE moved AS {moved}"
IS_MOVED = "WHERE t.rowid IN (SELECT place FROM moved)"
GONE_CORRECTIONS = f"""
    DELETE FROM ops.actor_corrections
    WHERE correction_no NOT IN (SELECT correction_no FROM {STAGING}.actor_corrections)"""


@dataclass(frozen=True)
class Evidence:
    """All profiles of the touched blocks, their names, and the organizations that their roles name in other blocks.

    `profiles` and `names` have the schemas of their tables; `bodies` has `profile_id`, `actor_id`, `kind`.
    """

    profiles: pl.DataFrame
    names: pl.DataFrame
    bodies: pl.DataFrame


def read_evidence(
    version: NextVersion, corrected: Sequence[str] = (), blocks: pl.DataFrame | None = None
) -> Evidence:
    """Read the evidence of the blocks of staged profiles, of the actors in `corrected`, and of `blocks`.

    `corrected` are ids or names of actors, or ids of statements; `blocks` has a column `block`.
    """
    with version.registered("corrected", pl.DataFrame({"actor": corrected}, {"actor": pl.String})):
        or_named = " OR statement_id IN (SELECT actor FROM corrected)" if corrected else ""
        version.connection.execute(TOUCHED_BLOCKS.replace("{or_named}", or_named))
    if blocks is not None:
        with version.registered("more_blocks", blocks):
            version.connection.execute(MORE_BLOCKS)
    return _read_touched(version)


def read_more_evidence(version: NextVersion, tables: Mapping[str, pl.DataFrame]) -> Evidence | None:
    """Read the evidence again, now also of people with roles at organizations whose actor or kind `tables` changes.

    None if there are no such people.
    """
    _note_identities(version, tables)
    before = _count(version, "touched_blocks")
    version.connection.execute(PEOPLE_AT_MOVED_BODIES)
    return _read_touched(version) if _count(version, "touched_blocks") > before else None


def _count(version: NextVersion, table: str) -> int:
    return int(version.connection.execute(f"SELECT count(*) FROM {STAGING}.{table}").fetchall()[0][0])


def _read_touched(version: NextVersion) -> Evidence:
    profiles = version.connection.sql(
        _combined(PROFILES, f"SEMI JOIN {STAGING}.touched_blocks USING (block)")
    ).pl()
    profiles = profiles.cast(polars_schema(PROFILES))
    with version.registered("wanted_profiles", profiles.select("profile_id")):
        names = version.connection.sql(
            _combined(PROFILE_NAMES, "SEMI JOIN wanted_profiles USING (profile_id)")
        ).pl()
    bodies = (
        profiles.select(pl.col("roles").explode(empty_as_null=False).struct.field("body_profile"))
        .drop_nulls()
        .unique()
    )
    with version.registered("wanted", bodies):
        return Evidence(
            profiles, names.cast(polars_schema(PROFILE_NAMES)), version.connection.sql(BODIES).pl()
        )


def _combined(table: Table, which: str) -> str:
    """SQL that merges the published and staged rows of a table by the columns' merge rules."""
    keys = ", ".join(quoted(name) for name in table.key)
    columns = ", ".join(f"{_aggregate(column)} AS {quoted(column.name)}" for column in table.columns)
    names = ", ".join(quoted(column.name) for column in table.columns)
    rows = f"SELECT {names} FROM main.{table.name} UNION ALL SELECT {names} FROM {STAGING}.{table.name}"
    return f"SELECT {columns} FROM ({rows}) {which} GROUP BY {keys}"


def _aggregate(column: Column) -> str:
    return f"{column.merge if column.merge in ('min', 'max', 'sum') else 'first'}({quoted(column.name)})"


def settle(
    version: NextVersion, tables: Mapping[str, pl.DataFrame], statements: pl.DataFrame, roles: pl.DataFrame
) -> None:
    """Stage `tables` and set the actors of all staged rows.

    `tables` has RESOLVED_TABLES and `profiles`, complete for the touched blocks. `statements` and `roles` are the
    corrections of single statements and of roles, see `warehouse/staging/overlay.py`.
    """
    for name in RESOLVED_TABLES:
        require_schema(name, tables[name])
        version.connection.execute(f"DELETE FROM {STAGING}.{name}")
        with version.registered("made", tables[name]):
            version.connection.execute(insert_sql(BY_NAME[name], f"{STAGING}.{name}", "made"))
    _note_identities(version, tables)
    overlay(version, statements, roles)
    for name, columns in RESOLVED_COLUMNS.items():
        moved = f"WHERE ({_is_another(columns)}){_but_overlaid(version, name)}"
        version.connection.execute(f"UPDATE {STAGING}.{name} AS t SET {_assignments(name)} {moved}")


def _note_identities(version: NextVersion, tables: Mapping[str, pl.DataFrame]) -> None:
    kinds = tables["actors"].select("actor_id", "kind")
    settled = (
        tables["profiles"].select("profile_id", "actor_id", "rule").join(kinds, on="actor_id", how="left")
    )
    with version.registered("settled", settled):
        version.connection.execute(f"CREATE OR REPLACE TABLE {STAGING}.identities AS FROM settled")
    version.connection.execute(MOVED_IDENTITIES)


def _assignments(name: str) -> str:
    """SQL assignments that set the actors of a row from its profiles."""
    return ", ".join(
        f"{column} = {_settled(column, profile)}" for column, profile in RESOLVED_COLUMNS[name].items()
    )


def _settled(column: str, profile: str) -> str:
    """SQL for the value in `staging.identities`, or for the present value if that table lacks the profile."""
    value = "rule" if column == "rule" else "actor_id"
    found = f"SELECT i.{value} FROM {STAGING}.identities AS i WHERE i.profile_id = t.{profile}"
    return f"coalesce(({found}), t.{column})"


def _but_overlaid(version: NextVersion, name: str) -> str:
    """An SQL condition that excludes the rows whose actors are set by corrections."""
    return f" AND NOT ({OVERLAID_ROWS[name]})" if name in OVERLAID_ROWS and is_overlaid(version) else ""


def _is_another(columns: Mapping[str, str]) -> str:
    return " OR ".join(
        f"t.{column} IS DISTINCT FROM {_settled(column, profile)}" for column, profile in columns.items()
    )


def publish_settled(version: NextVersion, version_no: int) -> None:
    """Set the actors of published rows in the touched blocks, and remove rows whose actors no longer exist.

    Call it within the transaction that publishes, before staging is merged. It does nothing if `settle` did not run.
    """
    if not _is_settled(version):
        return
    execute = version.connection.execute
    execute(TOUCHED_ACTORS)
    for name, owner in TABLES_OF_ACTORS.items():
        execute(remember_rows_sql(BY_NAME[name], _is_gone(name, owner), version_no))
        execute(f"DELETE FROM main.{name} AS t {_is_gone(name, owner)}")
    execute(GONE_CORRECTIONS)
    publish_overlaid(version, version_no)
    for name, columns in RESOLVED_COLUMNS.items():
        but = _but_overlaid(version, name)
        if name == "profiles":  # profiles that are also staged are merged later
            but += f" AND t.profile_id NOT IN (SELECT profile_id FROM {STAGING}.profiles)"
        moved = " UNION ".join(_select_moved(name, *pair, but) for pair in columns.items())
        if execute(MOVED.format(moved=moved)).fetchall() != [(0,)]:
            execute(remember_rows_sql(BY_NAME[name], IS_MOVED, version_no))
            assignments = f"{_assignments(name)}, {SINCE_VERSION.name} = {version_no}"
            execute(f"UPDATE main.{name} AS t SET {assignments} {IS_MOVED}")


def _select_moved(name: str, column: str, profile: str, but: str) -> str:
    """A query for the rows in which `staging.moved_identities` changes `column`; `but` excludes rows."""
    value = "rule" if column == "rule" else "actor_id"
    return (
        f"SELECT t.rowid AS place FROM main.{name} AS t "
        f"JOIN {STAGING}.moved_identities AS i ON i.profile_id = t.{profile} "
        f"WHERE i.{value} IS NOT NULL AND i.{value} IS DISTINCT FROM t.{column}{but}"
    )


def _is_gone(name: str, owner: str) -> str:
    same = " AND ".join(f"s.{quoted(key)} = t.{quoted(key)}" for key in BY_NAME[name].key)
    return f"WHERE {owner} IN (FROM touched_actors) AND NOT EXISTS (SELECT 1 FROM {STAGING}.{name} AS s WHERE {same})"


def _is_settled(version: NextVersion) -> bool:
    sql = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = $1 AND table_name = 'touched_blocks'"
    return bool(version.connection.execute(sql, [STAGING]).fetchall()[0][0])
