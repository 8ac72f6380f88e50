"""Profiles of all articles -> actors and their aliases.

In: profiles and their names, of whole blocks (see `transforms/identify/`). Out: the actor of each profile, and the
tables `actors` and `actor_aliases`. The same profiles give the same rows, in whatever order articles brought them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from schema.tables import ACTOR_ALIASES, ACTORS
from transforms.frames import conform
from transforms.identify.bodies import identify_bodies, read_body
from transforms.identify.evidence import read_person
from transforms.identify.people import identify_people
from transforms.keys import content_key

IDENTITIES = pl.Schema({"profile_id": pl.String, "actor_id": pl.String, "rule": pl.String})
BY_OWN_NAME = pl.col("rule").is_in(["name", "seed", "nickname", "short"])


def identify(profiles: pl.DataFrame) -> pl.DataFrame:
    """IDENTITIES of the profiles, before corrections; `profiles` must hold whole blocks."""
    rows: list[tuple[str, str, str]] = []
    ordered = profiles.sort("kind", "block", maintain_order=True).iter_rows(named=True)
    for (kind, _), block in groupby(ordered, itemgetter("kind", "block")):
        rows.extend(_IDENTIFIERS[kind](block))
    return pl.DataFrame(rows, IDENTITIES, orient="row")


def _identify_people(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    return identify_people(read_person(row) for row in rows)


def _identify_organizations(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    rows = list(rows)
    yield from identify_bodies(read_body(row) for row in rows if row["article_id"] is None)
    yield from _identify_by_name(row for row in rows if row["article_id"])


def _identify_countries(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    return ((row["profile_id"], f"country:{row['country_code']}", "seed") for row in rows)


def _identify_by_name(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """One actor per name, or per name and article."""
    for row in rows:
        owner = [row["article_id"]] if row["article_id"] else []
        yield row["profile_id"], content_key(row["kind"], *row["words"], *owner), "name"


_IDENTIFIERS = {
    "person": _identify_people,
    "organization": _identify_organizations,
    "country": _identify_countries,
    "group": _identify_by_name,
    "unnamed": _identify_by_name,
}


def build_actors(profiles: pl.DataFrame) -> pl.DataFrame:
    """One row per actor: the name and country that most articles give, and the days it was first and last seen."""
    merged = profiles.group_by("actor_id").agg(
        pl.col("kind").min(),
        most_told("name", BY_OWN_NAME),
        *told_country(),
        pl.col("first_seen_on").min(),
        pl.col("last_seen_on").max(),
    )
    return conform(merged.with_columns(*settled_country()), ACTORS)


def told_country() -> list[pl.Expr]:
    """Columns of a group of profiles from which `settled_country` reads the country of the actor."""
    return [
        most_told("country_code"),
        most_told("context_country"),
        (pl.col("is_known") & pl.col("country_code").is_not_null()).any().alias("from_seed"),
    ]


def settled_country() -> list[pl.Expr]:
    """`country_code` and `country_from`: what articles say, else what most of them make clear."""
    told, guessed = pl.col("country_code"), pl.col("context_country")
    return [
        pl.coalesce(told, guessed).alias("country_code"),
        pl.when(told.is_not_null())
        .then(pl.when("from_seed").then(pl.lit("seed")).otherwise(pl.lit("text")))
        .when(guessed.is_not_null())
        .then(pl.lit("context"))
        .alias("country_from"),
    ]


def build_actor_aliases(profiles: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """One row per name of an actor; the rule says whether its article or the evidence of others gave it."""
    across = pl.col("given_by").is_in(["nickname", "short", "role", "acronym", "correction"]) & (
        pl.col("rule") == "name"
    )
    counted = (
        names.join(profiles.select("profile_id", "actor_id", given_by="rule"), on="profile_id")
        .with_columns(rule=pl.when(across).then("given_by").otherwise("rule"))
        .group_by("actor_id", "alias")
        .agg(
            pl.col("rule").min(),
            pl.col("first_seen_on").min(),
            pl.col("last_seen_on").max(),
            pl.col("mention_count").sum(),
        )
    )
    return conform(counted, ACTOR_ALIASES)


def most_told(column: str, among: pl.Expr | None = None) -> pl.Expr:
    """The value that most articles of a group's profiles give; on a tie the longest, then the last by code point.

    Counts the profiles that are `among`, or all of them if none is.
    """
    value = pl.col(column)
    told = value.is_not_null() if among is None else value.is_not_null() & (among | ~among.any())
    count = pl.col("article_count").sum().over("actor_id", column)
    return (
        value.filter(told)
        .sort_by(count.filter(told), value.filter(told).str.len_chars(), value.filter(told))
        .last()
    )
