"""What the articles say of organizations, and of people at them, brought together.

In: the frames of `transforms.actors.resolve_actors`. Out: `organizations` and `affiliations`.
"""

from __future__ import annotations

import polars as pl

from transforms.actors import ResolvedFrames, conform, longest
from transforms.keys import content_key
from warehouse.tables import AFFILIATIONS, ORGANIZATIONS

_AFFILIATION = ["actor_id", "organization_id", "country_code", "role"]


def build_organizations(resolved: ResolvedFrames) -> pl.DataFrame:
    """One row an organization; type and country where its name, the text or the seeds tell them."""
    merged = (
        resolved.actors.filter(pl.col("kind") == "organization")
        .group_by(pl.col("actor_id").alias("organization_id"))
        .agg(
            longest("name"),
            pl.col("org_type").fill_null("other").min(),
            pl.col("country_code").max(),
            pl.lit(None, pl.String).alias("parent_id"),
        )
    )
    return conform(merged, ORGANIZATIONS)


def build_affiliations(resolved: ResolvedFrames) -> pl.DataFrame:
    """One row a person, role and organization or country, with the days between which articles say so."""
    merged = resolved.roles.group_by(_AFFILIATION).agg(
        pl.col("published_on").min().alias("first_seen_on"),
        pl.col("published_on").max().alias("last_seen_on"),
        pl.col("article_id").n_unique().cast(pl.Int64).alias("article_count"),
        pl.col("article_id").min().alias("evidence_article_id"),
    )
    keys = [
        content_key("affiliation", *(part or "" for part in row))
        for row in merged.select(_AFFILIATION).rows()
    ]
    return conform(merged.with_columns(pl.Series("affiliation_id", keys, pl.String)), AFFILIATIONS)
