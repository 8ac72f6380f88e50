"""Build organizations from the profiles of all articles.

Takes profiles with their actors; returns the table `organizations`.
"""

from __future__ import annotations

import polars as pl

from schema.tables import ORGANIZATIONS
from transforms.frames import conform
from transforms.identify.actors import BY_OWN_NAME, aggregate_country, derive_country, most_frequent
from transforms.keys import content_key
from transforms.resolve import lexicon
from transforms.resolve.clusters import organization_words

_PARENTS = pl.Schema({"name": pl.String, "parent": pl.String, "parent_id": pl.String})


def build_organizations(profiles: pl.DataFrame) -> pl.DataFrame:
    """Build one row per organization, with the type and country that its name, the text or the seeds give, if any."""
    typed = profiles.filter(pl.col("kind") == "organization").with_columns(
        org_type=pl.when(pl.col("org_type") != "other").then("org_type")
    )
    merged = typed.group_by(pl.col("actor_id").alias("organization_id"), "actor_id").agg(
        most_frequent("name", BY_OWN_NAME),
        most_frequent("org_type").fill_null("other"),
        *aggregate_country(),
    )
    merged = merged.with_columns(*derive_country())
    return conform(merged.join(_read_parents(), on="name", how="left"), ORGANIZATIONS)


def _read_parents() -> pl.DataFrame:
    """Return the parents of well-known organizations, one row per organization name."""
    rows = [
        (name, parent, content_key("organization", *organization_words(parent)))
        for name, parent in lexicon.parents().items()
    ]
    return pl.DataFrame(rows, _PARENTS, orient="row")
