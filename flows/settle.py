"""Who is who in all articles, published and new: evidence out of the warehouse, actors back into it."""

from __future__ import annotations

import polars as pl

from transforms.build import build_actor_tables
from transforms.corrections import read_corrections
from warehouse.settle import Evidence, read_evidence, read_more_evidence, settle
from warehouse.stage import NextVersion


def settle_actors(next_version: NextVersion, corrections: pl.DataFrame | None = None) -> None:
    """Make the actors of everything staged, with all that was known of them; called again, it gives the same.

    `corrections` are those of `seeds/actor_corrections.csv` unless others are given.
    """
    corrections = read_corrections() if corrections is None else corrections
    evidence: Evidence | None = read_evidence(next_version, [*corrections["actor"], *corrections["value"]])
    while evidence:
        made = build_actor_tables(evidence.profiles, evidence.names, evidence.bodies, corrections)
        evidence = read_more_evidence(next_version, made["profiles"])
    run = pl.lit(next_version.run_id).alias("run_id")
    settle(next_version, made | {"actor_corrections": made["actor_corrections"].with_columns(run)})
