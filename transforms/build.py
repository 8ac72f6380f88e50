"""All tables of schema `main` but `articles`, from the articles and what was found in them.

In: `articles`, FOUND_STATEMENTS, FOUND_NAMES (see `transforms/frames.py`). Out: one frame a table, each in
exactly its declared schema, consistent with one another.
"""

from __future__ import annotations

import polars as pl

from transforms.actors import build_actor_aliases, build_actors, build_mentions, resolve_actors
from transforms.cues import describe_cues
from transforms.organizations import build_affiliations, build_organizations
from transforms.statements import build_statement_actors, build_statements


def build_tables(
    articles: pl.DataFrame,
    found_statements: pl.DataFrame,
    found_names: pl.DataFrame,
    *,
    extractor_version: str,
    run_id: str,
) -> dict[str, pl.DataFrame]:
    """Frames by table name; the same articles give the same ids and rows in any order and any batches."""
    resolved = resolve_actors(articles, found_statements, found_names)
    cues = describe_cues(found_statements, articles)
    statements = build_statements(
        articles, found_statements, cues, resolved, extractor_version=extractor_version, run_id=run_id
    )
    return {
        "actors": build_actors(resolved),
        "actor_aliases": build_actor_aliases(resolved),
        "organizations": build_organizations(resolved),
        "affiliations": build_affiliations(resolved),
        "mentions": build_mentions(resolved),
        "statements": statements,
        "statement_actors": build_statement_actors(found_statements, resolved),
    }
