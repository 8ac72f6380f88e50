"""What rests on all articles together, published and new: evidence is read from the warehouse, resolved and staged."""

from __future__ import annotations

import polars as pl

from flows.run.corrections import read_subjects
from transforms.articles.articles import pick_better, retell
from transforms.articles.stories import (
    DAYS,
    FEWEST_SHARED,
    KILL_DAYS,
    MEMBERS,
    PAIRS,
    build_sketches,
    join_pairs,
    join_stories,
    pick_versions,
)
from transforms.articles.withdrawals import read_withdrawal
from transforms.build import build_corrected
from transforms.identify.corrections import read_corrections
from warehouse.staging.copies import read_copies, read_current, take_copies
from warehouse.staging.entities import Evidence, read_evidence, read_more_evidence, settle
from warehouse.staging.next_version import NextVersion
from warehouse.staging.story_pairs import find_named, find_pairs, read_members
from warehouse.staging.withdraw import withdraw_superseded


def resolve_all(version: NextVersion, corrections: pl.DataFrame | None = None) -> None:
    """Which published articles no longer stand, which are versions of one story, and who is who in all of them.

    `corrections` are those that are shipped unless others are given.
    """
    settle_copies(version)
    withdraw_superseded(version)
    settle_stories(version)
    settle_actors(version, corrections)


def settle_copies(version: NextVersion) -> None:
    """Give each article the fields of the copy of its text that has the most of them; idempotent."""
    copies = read_copies(version)
    if copies.is_empty():
        return
    current = read_current(version, copies["article_id"])
    better = retell(pick_better(copies, current), current).with_columns(read_withdrawal())
    take_copies(version, better, build_sketches(better), current)


def settle_stories(version: NextVersion) -> None:
    """Give all staged articles their stories, and the published ones that they join; idempotent."""
    found = [
        join_pairs(pick_versions(pairs.cast(PAIRS)))
        for pairs in find_pairs(version, fewest_bands=FEWEST_SHARED, days=DAYS)
    ]
    named = find_named(version, days=KILL_DAYS)
    versions = pl.concat([PAIRS.to_frame().select("article_id", "other_id"), *found, named])
    members = read_members(version, pl.concat([versions["article_id"], versions["other_id"]]).unique())
    version.amend("articles", join_stories(members.cast(MEMBERS), versions))


def settle_actors(
    next_version: NextVersion, corrections: pl.DataFrame | None = None, blocks: pl.DataFrame | None = None
) -> None:
    """Resolve the actors of everything staged, with all earlier evidence on them; idempotent.

    `corrections` are those that are shipped unless others are given; `blocks` (a column `block`) are made as well.
    """
    corrections = read_corrections() if corrections is None else corrections
    subjects = read_subjects(next_version, corrections)
    evidence: Evidence | None = read_evidence(
        next_version, [*corrections["actor"], *corrections["value"]], blocks
    )
    while evidence:
        made, corrected = build_corrected(
            evidence.profiles, evidence.names, evidence.bodies, corrections, subjects
        )
        evidence = read_more_evidence(next_version, made)
    run = pl.lit(next_version.run_id).alias("run_id")
    made["actor_corrections"] = made["actor_corrections"].with_columns(run)
    settle(next_version, made, corrected.statements, corrected.roles)
