"""Profiles of all articles -> organizations, and people's roles at them.

In: profiles with their actors. Out: `organizations` and `affiliations`.
"""

from __future__ import annotations

import polars as pl

from schema.tables import AFFILIATIONS, ORGANIZATIONS
from transforms.frames import conform
from transforms.identify.actors import BY_OWN_NAME, most_told
from transforms.keys import content_key
from transforms.resolve import lexicon
from transforms.resolve.clusters import organization_words

_AFFILIATION = ["actor_id", "organization_id", "country_code", "role"]
_PARENTS = pl.Schema({"name": pl.String, "parent": pl.String, "parent_id": pl.String})


def build_organizations(profiles: pl.DataFrame) -> pl.DataFrame:
    """One row an organization; type and country where its name, the text or the seeds tell them."""
    typed = profiles.filter(pl.col("kind") == "organization").with_columns(
        org_type=pl.when(pl.col("org_type") != "other").then("org_type")
    )
    merged = typed.group_by(pl.col("actor_id").alias("organization_id"), "actor_id").agg(
        most_told("name", BY_OWN_NAME),
        most_told("org_type").fill_null("other"),
        most_told("country_code"),
    )
    return conform(merged.join(_read_parents(), on="name", how="left"), ORGANIZATIONS)


def _read_parents() -> pl.DataFrame:
    """Name of a well-known body to the body it belongs to."""
    rows = [
        (name, parent, content_key("organization", *organization_words(parent)))
        for name, parent in lexicon.parents().items()
    ]
    return pl.DataFrame(rows, _PARENTS, orient="row")


def build_affiliations(profiles: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    """One row a person, role and organization or country, with the days between which articles say so.

    `bodies` has `profile_id`, `actor_id` and `kind` of all that the roles refer to.
    """
    organizations = bodies.filter(pl.col("kind") == "organization").select(
        body_profile="profile_id", organization_id="actor_id"
    )
    told = (
        profiles.filter(pl.col("kind") == "person")
        .drop("country_code")
        .explode("roles", empty_as_null=False)
        .unnest("roles")
        .join(organizations, on="body_profile", how="left")
        .rename({"text": "role"})
    )
    merged = told.unique(["profile_id", *_AFFILIATION]).group_by(_AFFILIATION).agg(
        pl.col("first_seen_on").min(),
        pl.col("last_seen_on").max(),
        pl.col("article_count").sum(),
        pl.col("evidence_article_id").min(),
    )  # fmt: skip
    keys = [
        content_key("affiliation", *(part or "" for part in row))
        for row in merged.select(_AFFILIATION).rows()
    ]
    return conform(merged.with_columns(pl.Series("affiliation_id", keys, pl.String)), AFFILIATIONS)
