"""Resolve stories, actors and utterances across all articles, published and new, and stage the result."""

from __future__ import annotations

import polars as pl

from flows.display.progress import show_progress
from flows.run.corrections import read_subjects
from transforms.articles.articles import pick_better, reuse_text_columns
from transforms.articles.stories import (
    BANDS,
    DAYS,
    FEWEST_SHARED,
    KILL_DAYS,
    LEAST_COMMON,
    MEMBERS,
    PAIRS,
    build_sketches,
    connect,
    join_pairs,
    join_stories,
    pick_versions,
)
from transforms.articles.withdrawals import read_withdrawal
from transforms.build import build_corrected
from transforms.identify.corrections import read_corrections
from transforms.statements.positions import KEY, judge
from transforms.statements.utterances import DAYS as DAYS_OF_SAYING
from transforms.statements.utterances import NEAR_DAYS, join_prints, pick_prints
from transforms.statements.wordings import build_statement_sketches
from warehouse.staging.compared_chunks import keep_compared, list_digests, read_compared
from warehouse.staging.copies import read_copies, read_current, take_copies
from warehouse.staging.entities import Evidence, read_evidence, read_more_evidence, settle
from warehouse.staging.next_version import NextVersion
from warehouse.staging.prints import read_prints, set_utterances
from warehouse.staging.reworded import read_reworded, set_stances
from warehouse.staging.story_pairs import find_named, find_pairs, read_members
from warehouse.staging.utterance_pairs import (
    find_statement_pairs,
    note_unsettled,
    read_contents,
    read_unsketched,
)
from warehouse.staging.withdraw import withdraw_superseded


def resolve_all(version: NextVersion, corrections: pl.DataFrame | None = None) -> None:
    """Withdraw superseded articles, and resolve stories, actors and utterances across all articles.

    `corrections` defaults to the shipped corrections.
    """
    settle_copies(version)
    withdraw_superseded(version)
    settle_stories(version)
    settle_actors(version, corrections)
    settle_stances(version)
    settle_utterances(version)


def settle_copies(version: NextVersion) -> None:
    """Fill the fields of each article from the most complete copy of its text; idempotent."""
    copies = read_copies(version)
    if copies.is_empty():
        return
    current = read_current(version, copies["article_id"])
    better = reuse_text_columns(pick_better(copies, current), current).with_columns(read_withdrawal())
    take_copies(version, better, build_sketches(better), current)


def settle_stories(version: NextVersion) -> None:
    """Assign staged articles to stories, and update published articles whose story changes; idempotent."""
    found = [
        join_pairs(pick_versions(pairs.cast(PAIRS)))
        for pairs in find_pairs(
            version, fewest_bands=FEWEST_SHARED, bands=BANDS, least_common=LEAST_COMMON, days=DAYS
        )
    ]
    named = find_named(version, days=KILL_DAYS)
    versions = pl.concat([PAIRS.to_frame().select("article_id", "other_id"), *found, named])
    members = read_members(version, pl.concat([versions["article_id"], versions["other_id"]]).unique())
    version.amend("articles", join_stories(members.cast(MEMBERS), versions))


def settle_actors(
    next_version: NextVersion, corrections: pl.DataFrame | None = None, blocks: pl.DataFrame | None = None
) -> None:
    """Resolve the actors of all staged articles from the staged and published evidence; idempotent.

    `corrections` defaults to the shipped corrections. `blocks` (column `block`) names further blocks, groups of
    profiles that may be one actor, to resolve.
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


def settle_stances(version: NextVersion) -> None:
    """Estimate again the stances in statements that a correction rewords; idempotent. Call `settle_actors` first."""
    frames = read_reworded(version)
    if frames is None:
        return
    mentioned = frames["statement_actors"].filter(relation="mentioned").select(KEY)
    set_stances(version, mentioned.join(judge(**frames), on=KEY, how="left"))


def settle_utterances(version: NextVersion) -> None:
    """Assign staged statements to utterances, and update published statements whose utterance changes; idempotent.

    Call `settle_actors` first, because the speakers decide which statements can be one utterance.
    """
    chunks = note_unsettled(version)
    for batch in read_unsketched(version):
        version.stage({"statement_sketches": build_statement_sketches(batch, version.run_id)})
    paired: set[str] = set()
    joined: list[tuple[str, str]] = []
    digests = list_digests(version) if chunks > 1 else []
    for chunk in range(chunks):
        if digests:
            show_progress("Comparing statements", chunk, chunks)
        kept = read_compared(version, digests[chunk]) if digests else None
        same = _find_prints(version, chunk) if kept is None else kept
        if digests and kept is None:
            keep_compared(version, digests[chunk], same)
        paired.update(statement_id for pair in same for statement_id in pair)
        joined += connect(same).items()
    prints = read_prints(version, pl.Series(sorted(paired), dtype=pl.String), days=DAYS_OF_SAYING)
    set_utterances(version, join_prints(prints, joined), prints["published_on"])


def _find_prints(version: NextVersion, chunk: int) -> list[tuple[str, str]]:
    """Return the pairs of statements that report one utterance and have an unsettled statement of the chunk."""
    pairs = find_statement_pairs(version, chunk, days=DAYS_OF_SAYING, near_days=NEAR_DAYS)
    return pick_prints(pairs, read_contents(version, pairs, chunk, days=DAYS_OF_SAYING))
