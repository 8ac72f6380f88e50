"""Build all tables of schema `main` except `articles`: first the facts of a batch, then the actors of all batches.

`build_facts` takes `articles` and what `transforms.extract` found in them (see `transforms/frames.py`).
`build_actor_tables` takes the profiles of all batches. Each function returns one frame per table, in the declared
schema.
"""

from __future__ import annotations

import polars as pl

from schema.tables import PROFILES
from transforms.frames import conform, frame_of
from transforms.identify.actors import IDENTITIES, build_actor_aliases, build_actors, identify, identify_rows
from transforms.identify.affiliations import build_affiliations
from transforms.identify.corrected import Corrected, Subjects, apply_corrections
from transforms.identify.corrections import read_corrections
from transforms.identify.organizations import build_organizations
from transforms.resolve.mentions import build_mentions, build_profile_names, build_profiles, resolve_mentions
from transforms.statements.annotated import Edits, add_statements, remove_speakers
from transforms.statements.certainty import keep_likely
from transforms.statements.cues import describe_cues
from transforms.statements.positions import add_stances
from transforms.statements.statements import build_statement_actors, build_statements, number_statements


def build_facts(
    articles: pl.DataFrame,
    found_statements: pl.DataFrame,
    found_names: pl.DataFrame,
    found_pointers: pl.DataFrame | None = None,
    *,
    extractor_version: str,
    run_id: str,
    edits: Edits | None = None,
) -> dict[str, pl.DataFrame]:
    """Build the facts of one batch of articles: statements, statement_actors, mentions, profiles, profile_names.

    The `actor_id` in these tables is based on this batch only; resolving actors across all articles may change it.
    `edits` has the statements that annotators added, and the statements whose speaker they removed.
    """
    found_statements, cues = keep_likely(found_statements, describe_cues(found_statements, articles))
    if edits and edits.added:
        found_statements = add_statements(found_statements, edits, articles)
        cues = describe_cues(found_statements, articles)
    resolved = resolve_mentions(articles, found_statements, found_names, found_pointers)
    identities = identify_rows(resolved.profiles)
    actors = frame_of(identities, IDENTITIES).drop("rule")
    numbered = number_statements(found_statements)
    statements = build_statements(
        articles,
        found_statements,
        numbered,
        cues,
        resolved,
        actors,
        extractor_version=extractor_version,
        run_id=run_id,
    )
    facts = {
        "profiles": build_profiles(resolved, identities),
        "profile_names": build_profile_names(resolved),
        "mentions": build_mentions(resolved, actors),
        "statements": statements,
        "statement_actors": build_statement_actors(numbered, resolved, actors),
    }
    if edits and edits.unspoken:
        facts = remove_speakers(facts, edits.unspoken)
    return add_stances(facts, articles)


def build_actor_tables(
    profiles: pl.DataFrame,
    names: pl.DataFrame,
    bodies: pl.DataFrame | None = None,
    corrections: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """Build actors, aliases, organizations, affiliations and corrections from the profiles of whole blocks.

    `bodies` (`profile_id`, `actor_id`, `kind`) has the organizations, countries and places of other blocks to which
    roles refer. `corrections` defaults to the corrections that ship with On Record.
    """
    return build_corrected(profiles, names, bodies, corrections)[0]


def build_corrected(
    profiles: pl.DataFrame,
    names: pl.DataFrame,
    bodies: pl.DataFrame | None = None,
    corrections: pl.DataFrame | None = None,
    subjects: Subjects | None = None,
) -> tuple[dict[str, pl.DataFrame], Corrected]:
    """Build the tables of `build_actor_tables`, and the corrected statements; corrections refer to `subjects`."""
    identities = identify(profiles)
    settled = profiles.drop("actor_id", "rule").join(identities, on="profile_id")
    lines = read_corrections() if corrections is None else corrections
    corrected = apply_corrections(settled, lines, subjects)
    settled = corrected.profiles
    known = settled.select("profile_id", "actor_id", "kind")
    if bodies is not None:
        known = known.vstack(bodies.join(known, on="profile_id", how="anti").select(known.columns))
    tables = {
        "profiles": conform(profiles.drop("actor_id", "rule").join(
            settled.select("profile_id", "actor_id", "rule"), on="profile_id"), PROFILES),
        "actors": build_actors(settled),
        "actor_aliases": build_actor_aliases(settled, names),
        "organizations": build_organizations(settled),
        "affiliations": build_affiliations(settled, known),
        "actor_corrections": corrected.applied,
    }  # fmt: skip
    return tables, corrected
