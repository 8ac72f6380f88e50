"""Build actors and their aliases from the profiles of all articles.

Takes the profiles of whole blocks, and their names (see `transforms/identify/`); returns the actor of each profile, and
the tables `actors` and `actor_aliases`. The order of the articles does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from schema.tables import ACTOR_ALIASES, ACTORS
from transforms.frames import conform, frame_of
from transforms.identify.bodies import Identity, identify_bodies, read_body
from transforms.identify.evidence import read_person
from transforms.identify.people import identify_people
from transforms.keys import content_key

IDENTITIES = pl.Schema({"profile_id": pl.String, "actor_id": pl.String, "rule": pl.String})
BY_OWN_NAME = pl.col("rule").is_in(["name", "seed", "nickname", "short"])


def identify(profiles: pl.DataFrame) -> pl.DataFrame:
    """Return the actor of each profile (IDENTITIES), before corrections; `profiles` must hold whole blocks."""
    told = profiles.select(pl.exclude("role_facts"))  # reading nested values costs the most
    ordered = told.sort("kind", "block", maintain_order=True).iter_rows(named=True)
    return frame_of(identify_rows(ordered), IDENTITIES)


def identify_rows(ordered: Iterable[dict[str, Any]]) -> list[Identity]:
    """Return profile, actor and rule for each profile; the rows must be ordered by kind and block."""
    found: list[Identity] = []
    for (kind, _), block in groupby(ordered, itemgetter("kind", "block")):
        found.extend(_IDENTIFIERS[kind](block))
    return found


def _identify_people(rows: Iterable[dict[str, Any]]) -> Iterator[Identity]:
    return identify_people(read_person(row) for row in rows)


def _identify_organizations(rows: Iterable[dict[str, Any]]) -> Iterator[Identity]:
    rows = list(rows)
    yield from identify_bodies(read_body(row) for row in rows if row["article_id"] is None)
    yield from _identify_by_name(row for row in rows if row["article_id"])


def _identify_countries(rows: Iterable[dict[str, Any]]) -> Iterator[Identity]:
    return ((row["profile_id"], f"country:{row['country_code']}", "seed") for row in rows)


def _identify_by_name(rows: Iterable[dict[str, Any]]) -> Iterator[Identity]:
    """Yield the actor of each profile: one actor per name, or per name and article if a profile has an article."""
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
    """Build one row per actor, with its most frequent name and country and its first and last day."""
    merged = profiles.group_by("actor_id").agg(
        pl.col("kind").min(),
        most_frequent("name", BY_OWN_NAME),
        *aggregate_country(),
        pl.col("first_seen_on").min(),
        pl.col("last_seen_on").max(),
    )
    return conform(merged.with_columns(*derive_country()), ACTORS)


def aggregate_country() -> list[pl.Expr]:
    """Return aggregations over the profiles of an actor, from which `derive_country` derives the actor's country."""
    return [
        most_frequent("country_code"),
        most_frequent("context_country"),
        (pl.col("is_known") & pl.col("country_code").is_not_null()).any().alias("from_seed"),
    ]


def derive_country() -> list[pl.Expr]:
    """Return expressions for `country_code` and `country_from`, from the columns of `aggregate_country`.

    The country is the stated one, which comes from the seeds or the text, else the one that the context implies.
    """
    stated, guessed = pl.col("country_code"), pl.col("context_country")
    return [
        pl.coalesce(stated, guessed).alias("country_code"),
        pl.when(stated.is_not_null())
        .then(pl.when("from_seed").then(pl.lit("seed")).otherwise(pl.lit("text")))
        .when(guessed.is_not_null())
        .then(pl.lit("context"))
        .alias("country_from"),
    ]


def build_actor_aliases(profiles: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Build one row per name of an actor; `rule` says how the name was linked to the actor, such as by an acronym."""
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


def most_frequent(column: str, among: pl.Expr | None = None) -> pl.Expr:
    """Return each actor's value of `column` that most articles have; of equally frequent values, the longest.

    If some profiles of the actor match `among`, only these count. Of equally long values, the last by code point wins.
    """
    value = pl.col(column)
    counts = value.is_not_null() if among is None else value.is_not_null() & (among | ~among.any())
    count = pl.col("article_count").sum().over("actor_id", column)
    return (
        value.filter(counts)
        .sort_by(count.filter(counts), value.filter(counts).str.len_chars(), value.filter(counts))
        .last()
    )
