"""All tables of schema `main` but `articles`, from the articles and what was found in them.

In: `articles`, FOUND_STATEMENTS, FOUND_NAMES (see `transforms/frames.py`). Out: one frame a table, each in
exactly its declared schema, consistent with one another.
"""

from __future__ import annotations

import polars as pl

from transforms.actors import build_actor_aliases, build_actors, identify
from transforms.corrections import apply_corrections, read_corrections
from transforms.cues import describe_cues
from transforms.frames import conform
from transforms.mentions import build_mentions, build_profile_names, build_profiles, resolve_mentions
from transforms.organizations import build_affiliations, build_organizations
from transforms.statements import build_statement_actors, build_statements
from warehouse.tables import PROFILES


def build_tables(
    articles: pl.DataFrame,
    found_statements: pl.DataFrame,
    found_names: pl.DataFrame,
    *,
    extractor_version: str,
    run_id: str,
) -> dict[str, pl.DataFrame]:
    """Frames by table name, as if these articles were all there are; `build_actor_tables` knows the others, too."""
    resolved = resolve_mentions(articles, found_statements, found_names)
    made = build_actor_tables(build_profiles(resolved), build_profile_names(resolved))
    actors = made["profiles"].select("profile_id", "actor_id")
    cues = describe_cues(found_statements, articles)
    statements = build_statements(
        articles, found_statements, cues, resolved, actors, extractor_version=extractor_version, run_id=run_id
    )
    return {
        **made,
        "profile_names": build_profile_names(resolved),
        "mentions": build_mentions(resolved, actors),
        "statements": statements,
        "statement_actors": build_statement_actors(found_statements, resolved, actors),
    }


def build_actor_tables(
    profiles: pl.DataFrame,
    names: pl.DataFrame,
    bodies: pl.DataFrame | None = None,
    corrections: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """Actors, aliases, organizations, affiliations and corrections from the profiles of whole blocks.

    `bodies` (`profile_id`, `actor_id`, `kind`) are organizations of other blocks that roles refer to; `corrections`
    those of `seeds/actor_corrections.csv` unless others are given.
    """
    identities = identify(profiles)
    settled = profiles.drop("actor_id", "rule").join(identities, on="profile_id")
    lines = read_corrections() if corrections is None else corrections
    settled, applied = apply_corrections(settled, lines)
    known = settled.select("profile_id", "actor_id", "kind")
    if bodies is not None:
        known = known.vstack(bodies.join(known, on="profile_id", how="anti").select(known.columns))
    return {
        "profiles": conform(profiles.drop("actor_id", "rule").join(
            settled.select("profile_id", "actor_id", "rule"), on="profile_id"), PROFILES),
        "actors": build_actors(settled),
        "actor_aliases": build_actor_aliases(settled, names),
        "organizations": build_organizations(settled),
        "affiliations": build_affiliations(settled, known),
        "actor_corrections": applied,
    }  # fmt: skip
