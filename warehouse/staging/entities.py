"""Entity resolution over the whole warehouse, once a run has staged the facts of its articles.

In: the profiles that are staged. Out of the warehouse: all profiles of their blocks, published ones too (`Evidence`).
Back into it: actors, aliases, organizations and affiliations made of these (`settle`), which take the place of the
published rows of the same actors when the version is published (`publish_settled`). A run reads and changes the blocks
it touches and no others, so its cost is that of its articles, however many actors are known.
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

MADE = ("actors", "actor_aliases", "organizations", "affiliations", "actor_corrections")
# Table -> columns that say who is meant, each with the profile from which it follows.
MEANT = {
    "mentions": {"actor_id": "profile_id"},
    "statement_actors": {"actor_id": "profile_id"},
    "statements": {"actor_id": "profile_id", "organization_id": "organization_profile_id"},
    "profiles": {"actor_id": "profile_id", "rule": "profile_id"},
}
# Table whose rows belong to an actor -> the column that says to which.
OWNED = {
    "actors": "actor_id",
    "actor_aliases": "actor_id",
    "organizations": "organization_id",
    "affiliations": "actor_id",
}

# Evidence gives an actor profiles of one block only; a correction may give it profiles of several ("Dorne Foods" merged
# into "Acme"). All of these are read together: the actor changes with each of them, and falls apart without the line.
TOUCHED_BLOCKS = f"""
    CREATE OR REPLACE TABLE {STAGING}.touched_blocks AS
    WITH asked AS (SELECT actor FROM corrected UNION SELECT actor_id FROM ops.actor_corrections),
    joined AS (SELECT actor_id FROM published.main.profiles WHERE rule = 'correction'),
    told AS (  -- what was found in statements that a line changes, or has changed
        SELECT unnest([profile_id, organization_profile_id]) AS profile_id FROM main.statements
        WHERE correction IS NOT NULL{{or_named}}
    )
    SELECT block FROM {STAGING}.profiles
    UNION SELECT block FROM {STAGING}.affected
    UNION SELECT block FROM main.profiles WHERE rule = 'correction' OR actor_id IN (FROM joined)
    UNION SELECT block FROM main.profiles WHERE profile_id IN (FROM told)
    UNION SELECT block FROM main.profiles WHERE actor_id IN (FROM asked) OR name IN (FROM asked)"""
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

TOUCHED_ACTORS = f"""
    CREATE OR REPLACE TEMP TABLE touched_actors AS
    SELECT actor_id FROM main.profiles SEMI JOIN {STAGING}.identities USING (profile_id)
    UNION SELECT actor_id FROM {STAGING}.affected"""
# Places of the rows that mean another actor now: to ask for whole rows would read every column of all of them.
MOVED = "CREATE OR REPLACE TEMP TABLE moved AS SELECT t.rowid AS place FROM main.{name} AS t {moved}"
IS_MOVED = "WHERE t.rowid IN (SELECT place FROM moved)"
GONE_CORRECTIONS = f"""
    DELETE FROM ops.actor_corrections
    WHERE correction_no NOT IN (SELECT correction_no FROM {STAGING}.actor_corrections)"""


@dataclass(frozen=True)
class Evidence:
    """All profiles of the touched blocks, their names, and the organizations elsewhere that roles refer to.

    `profiles` and `names` have the schemas of their tables; `bodies` has `profile_id`, `actor_id`, `kind`.
    """

    profiles: pl.DataFrame
    names: pl.DataFrame
    bodies: pl.DataFrame


def read_evidence(
    version: NextVersion, corrected: Sequence[str] = (), blocks: pl.DataFrame | None = None
) -> Evidence:
    """What there is to know about everybody that the staged articles may mean, and the actors `corrected` names.

    With that of `blocks` (a column `block`).
    """
    with version.registered("corrected", pl.DataFrame({"actor": corrected}, {"actor": pl.String})):
        or_named = " OR statement_id IN (SELECT actor FROM corrected)" if corrected else ""
        version.connection.execute(TOUCHED_BLOCKS.replace("{or_named}", or_named))
    if blocks is not None:
        with version.registered("more_blocks", blocks):
            version.connection.execute(MORE_BLOCKS)
    return _read_touched(version)


def read_more_evidence(version: NextVersion, tables: Mapping[str, pl.DataFrame]) -> Evidence | None:
    """With the people at organizations that `tables` give to other actors or kinds; None when there are none."""
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
    """The published and the staged rows of a table, brought together by the columns' merge rules."""
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
    """Stage `tables` (MADE and `profiles`, of the touched blocks in full) and give all staged rows their actors.

    `statements` and `roles` are what corrections say of single statements and of roles, see
    `warehouse/staging/overlay.py`.
    """
    for name in MADE:
        require_schema(name, tables[name])
        version.connection.execute(f"DELETE FROM {STAGING}.{name}")
        with version.registered("made", tables[name]):
            version.connection.execute(insert_sql(BY_NAME[name], f"{STAGING}.{name}", "made"))
    _note_identities(version, tables)
    overlay(version, statements, roles)
    for name, columns in MEANT.items():
        moved = f"WHERE ({_is_another(columns)}){_but_overlaid(version, name)}"
        version.connection.execute(f"UPDATE {STAGING}.{name} AS t SET {_meant(name)} {moved}")


def _note_identities(version: NextVersion, tables: Mapping[str, pl.DataFrame]) -> None:
    kinds = tables["actors"].select("actor_id", "kind")
    settled = (
        tables["profiles"].select("profile_id", "actor_id", "rule").join(kinds, on="actor_id", how="left")
    )
    with version.registered("settled", settled):
        version.connection.execute(f"CREATE OR REPLACE TABLE {STAGING}.identities AS FROM settled")


def _meant(name: str) -> str:
    """The assignments that give a row the actors of its profiles."""
    return ", ".join(f"{column} = {_settled(column, profile)}" for column, profile in MEANT[name].items())


def _settled(column: str, profile: str) -> str:
    """What the identities say of a row; what is there when they say nothing of its profile."""
    value = "rule" if column == "rule" else "actor_id"
    found = f"SELECT i.{value} FROM {STAGING}.identities AS i WHERE i.profile_id = t.{profile}"
    return f"coalesce(({found}), t.{column})"


def _but_overlaid(version: NextVersion, name: str) -> str:
    """A condition that leaves out the rows of which corrections say who is meant."""
    return f" AND NOT ({OVERLAID_ROWS[name]})" if name in OVERLAID_ROWS and is_overlaid(version) else ""


def _is_another(columns: Mapping[str, str]) -> str:
    return " OR ".join(
        f"t.{column} IS DISTINCT FROM {_settled(column, profile)}" for column, profile in columns.items()
    )


def publish_settled(version: NextVersion, version_no: int) -> None:
    """Give the published rows of the touched blocks their actors, and remove those whose actors no longer exist.

    To be called within the transaction that publishes, before staging is merged. Nothing happens without `settle`.
    """
    if not _is_settled(version):
        return
    execute = version.connection.execute
    execute(TOUCHED_ACTORS)
    for name, owner in OWNED.items():
        execute(remember_rows_sql(BY_NAME[name], _is_gone(name, owner), version_no))
        execute(f"DELETE FROM main.{name} AS t {_is_gone(name, owner)}")
    execute(GONE_CORRECTIONS)
    publish_overlaid(version, version_no)
    for name, columns in MEANT.items():
        moved = f"WHERE ({_is_another(columns)}){_but_overlaid(version, name)}"
        if name == "profiles":  # those that are staged as well are merged
            moved += f" AND profile_id NOT IN (SELECT profile_id FROM {STAGING}.profiles)"
        if execute(MOVED.format(name=name, moved=moved)).fetchall() != [(0,)]:
            execute(remember_rows_sql(BY_NAME[name], IS_MOVED, version_no))
            meant = f"{_meant(name)}, {SINCE_VERSION.name} = {version_no}"
            execute(f"UPDATE main.{name} AS t SET {meant} {IS_MOVED}")


def _is_gone(name: str, owner: str) -> str:
    same = " AND ".join(f"s.{quoted(key)} = t.{quoted(key)}" for key in BY_NAME[name].key)
    return f"WHERE {owner} IN (FROM touched_actors) AND NOT EXISTS (SELECT 1 FROM {STAGING}.{name} AS s WHERE {same})"


def _is_settled(version: NextVersion) -> bool:
    sql = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = $1 AND table_name = 'touched_blocks'"
    return bool(version.connection.execute(sql, [STAGING]).fetchall()[0][0])
