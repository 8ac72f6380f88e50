"""Build the roles that people hold at organizations, for countries and in places, from the profiles of all articles.

Takes profiles with their actors; returns the table `affiliations`. A row that says less than another row of the same
person is merged into that row: "minister" into "foreign minister of Norway", "chief" into "chief of Acme".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from schema.column_values import ROLE_FACT
from schema.tables import AFFILIATIONS
from transforms.frames import conform
from transforms.keys import content_key
from transforms.resolve.fitting import role_words
from transforms.resolve.role_times import ACTING, FORMER, is_acting, is_former

_PERSON = ["profile_id", "actor_id", "first_seen_on", "last_seen_on", "article_count", "evidence_article_id"]
_ROW = ["actor_id", "organization_id", "country_code", "role", "place"]
_ROLES = pl.List(ROLE_FACT)
# How the country of a role is known; the most reliable way is first.
_SOURCES = {"text": 0, "place": 1, "context": 2}


class Row(NamedTuple):
    """What one role of a person says: organization, country, words of the role, place, and how the country is known."""

    organization_id: str | None
    country_code: str | None
    role: str | None
    place: str | None
    country_from: str | None


def build_affiliations(profiles: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    """Build one row per person, role and organization, country or place, with the first and last day of its articles.

    `bodies` has `profile_id`, `actor_id` and `kind` of all organizations, countries and places that roles refer to.
    """
    roles = merge_contained(_read_roles(profiles, bodies))
    merged = roles.unique(["profile_id", *_ROW]).group_by(_ROW).agg(
        pl.col("country_from").sort_by(pl.col("country_from").replace_strict(_SOURCES, default=3)).first(),
        pl.when(pl.col("organization_id").is_not_null()).then("organization_from").drop_nulls().max(),
        pl.col("first_seen_on").min(),
        pl.col("last_seen_on").max(),
        pl.col("article_count").sum(),
        pl.col("evidence_article_id").min(),
        profile_ids=pl.col("profile_id").unique().sort(),
    )  # fmt: skip
    keys, former, acting = [], [], []
    for actor_id, *parts, role, place in merged.select(_ROW).iter_rows():
        key = (actor_id, *parts, role, *([place] if place else []))
        keys.append(content_key("affiliation", *(part or "" for part in key)))
        former.append(is_former(role))
        acting.append(is_acting(role))
    columns = [
        pl.Series("affiliation_id", keys, pl.String),
        pl.Series("former", former, pl.Boolean),
        pl.Series("acting", acting, pl.Boolean),
    ]
    return conform(merged.with_columns(columns), AFFILIATIONS)


def _read_roles(profiles: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    """Return one row per role of a profile, with the columns of `_PERSON` and the fields of `Row`."""
    organizations = bodies.filter(pl.col("kind") == "organization").select(
        body_profile="profile_id", organization_id="actor_id"
    )
    people = profiles.filter((pl.col("kind") == "person") & (pl.col("roles").list.len() > 0))
    unknown = pl.lit(None, ROLE_FACT).repeat_by(pl.col("roles").list.len())
    facts = pl.coalesce(pl.col("role_facts").cast(_ROLES), unknown.cast(_ROLES))
    roles = people.with_columns(role_facts=facts).select(*_PERSON, "roles", "role_facts")
    roles = roles.explode("roles", "role_facts")
    written = pl.col("roles").struct.field("country_code")
    fact = pl.col("role_facts").struct
    body = pl.col("roles").struct.field("body_profile")
    return roles.select(
        *_PERSON,
        role=pl.col("roles").struct.field("text"),
        country_code=pl.coalesce(written, fact.field("country_code")),
        place=fact.field("place"),
        country_from=pl.when(written.is_not_null())
        .then(pl.lit("text"))
        .otherwise(fact.field("country_from")),
        body_profile=pl.coalesce(body, fact.field("body_profile")),
        organization_from=pl.when(body.is_not_null()).then(pl.lit("text")).otherwise(pl.lit("context")),
    ).join(organizations, on="body_profile", how="left")


def merge_contained(roles: pl.DataFrame) -> pl.DataFrame:
    """Replace each row by the fullest row of the same person that contains it."""
    rows: dict[str, Counter[Row]] = defaultdict(Counter)
    ordered = ["actor_id", "article_count", *Row._fields]
    for actor_id, count, *fields in roles.select(ordered).iter_rows():
        rows[actor_id][Row(*fields)] += count
    fullest = {
        (actor, row): full for actor, counts in rows.items() for row, full in find_fullest(counts).items()
    }
    found = [fullest[actor_id, Row(*fields)] for actor_id, _, *fields in roles.select(ordered).iter_rows()]
    columns = zip(*found, strict=True) if found else [[] for _ in Row._fields]
    return roles.with_columns(
        pl.Series(name, list(values), pl.String) for name, values in zip(Row._fields, columns, strict=True)
    )


def find_fullest(counts: Counter[Row]) -> dict[Row, Row]:
    """Map each row of one person to the fullest row that contains it; of equally full rows, to the most frequent."""
    ordered = sorted(counts, key=lambda row: (*(-part for part in _fullness(row)), -counts[row], _plain(row)))
    kept: list[Row] = []
    fullest: dict[Row, Row] = {}
    for row in ordered:
        around = [other for other in kept if contains(other, row)]
        if around:
            fullest[row] = min(around, key=lambda other: (-counts[other], _plain(other)))
        else:
            kept.append(row)
            fullest[row] = row
    return fullest


def _fullness(row: Row) -> tuple[int, int, bool, bool, bool]:
    """Return a sort key; a row that contains another row never has a lower key."""
    is_stated = row.country_code is not None and row.country_from != "context"
    held = (row.organization_id is not None) + (row.place is not None)
    return held, len(_words(row.role)), row.role is not None, is_stated, row.country_code is not None


def contains(full: Row, part: Row) -> bool:
    """Whether `full` says everything that `part` says."""
    same_time = _times(full.role) == _times(part.role) or part.role is None
    held = part.organization_id in (None, full.organization_id) and part.place in (None, full.place)
    guessed = part.country_from in (None, "context")
    country = part.country_code in (None, full.country_code) or (guessed and full.country_code is not None)
    return same_time and held and country and _words(part.role) <= _words(full.role)


def _times(role: str | None) -> tuple[bool, bool]:
    return is_former(role), is_acting(role)


def _plain(row: Row) -> tuple[str, ...]:
    return tuple(part or "" for part in row)


@lru_cache(10_000)
def _words(role: str | None) -> frozenset[str]:
    return frozenset(role_words(role or "")) - FORMER - ACTING
