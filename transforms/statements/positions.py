"""Add the stance of the speaker towards each actor whom a statement mentions.

A pair of a statement and an actor gets a stance if the content is long enough to express one and has a mention of the
actor. Actors without a name get none, nor do nested statements and statements in headlines. An adjective alone does not
make a country a subject: "American families" and "Americans" are not the United States.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from schema.column_values import SPANS
from schema.tables import STATEMENT_ACTORS
from transforms.frames import compute, conform, list_column, read_spans
from transforms.statements.stances import find_stances

SUBJECT_KINDS = ("person", "organization", "country", "group")
FEWEST_LETTERS = 25  # shorter contents, such as "the charge", seldom express a stance
NEARBY = 200  # code points around a statement in which mentions of the subject are noted
KEY = ["statement_id", "profile_id"]

# One pair of a statement and a subject; the statement's spans are those of `statements`.
STANCE_PAIRS = pl.Schema(
    [
        ("statement_id", pl.String),
        ("profile_id", pl.String),  # the subject
        ("article_id", pl.String),
        ("content_spans", SPANS),
        ("cue_start", pl.Int32),
        ("cue_end", pl.Int32),
        ("source_start", pl.Int32),
        ("source_end", pl.Int32),
        ("subject_spans", SPANS),  # mentions of the subject in the statement and near it
    ]
)

_SPANS = ["content_spans", "cue_start", "cue_end", "source_start", "source_end"]


class _Mentions(NamedTuple):
    """The mentions of one profile in one article, in order."""

    starts: list[int]
    ends: list[int]
    is_name: list[bool]  # whether the mention is more than an adjective


def add_stances(facts: dict[str, pl.DataFrame], articles: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Add the stances to `statement_actors`, one of the tables of `transforms.build.build_facts`."""
    stances = judge(
        facts["statements"], facts["statement_actors"], facts["mentions"], facts["profiles"], articles
    )
    rows = facts["statement_actors"].lazy()
    mentioned = stances.lazy().with_columns(relation=pl.lit("mentioned"))
    joined = rows.join(mentioned, on=list(STATEMENT_ACTORS.key), how="left")
    return facts | {"statement_actors": conform(joined, STATEMENT_ACTORS)}


def judge(
    statements: pl.DataFrame,
    statement_actors: pl.DataFrame,
    mentions: pl.DataFrame,
    profiles: pl.DataFrame,
    articles: pl.DataFrame,
) -> pl.DataFrame:
    """Return `statement_id`, `profile_id`, `stance` and `stance_confidence` of each pair that has a stance."""
    return find_stances(pair_subjects(statements, statement_actors, mentions, profiles), articles)


def pair_subjects(
    statements: pl.DataFrame, statement_actors: pl.DataFrame, mentions: pl.DataFrame, profiles: pl.DataFrame
) -> pl.DataFrame:
    """Return the STANCE_PAIRS of these rows of the tables."""
    letters = pl.col("content_spans").list.eval(
        pl.element().struct.field("end") - pl.element().struct.field("start")
    )
    is_judged = pl.col("parent_statement_id").is_null() & ~pl.col("is_headline").fill_null(False)
    judged = statements.lazy().filter(is_judged, letters.list.sum() >= FEWEST_LETTERS)
    subjects = profiles.lazy().filter(pl.col("kind").is_in(SUBJECT_KINDS)).select("profile_id").unique()
    pairs = compute(
        statement_actors.lazy()
        .filter(relation="mentioned")
        .select(KEY)
        .join(subjects, on="profile_id", how="semi")
        .join(judged.select("statement_id", "article_id", *_SPANS), on="statement_id")
        .sort("article_id", *KEY)
    )
    spans = list(_find_mentions(pairs, mentions))
    is_named = pl.Series([own is not None for own in spans], dtype=pl.Boolean)
    subjects_at = list_column([own for own in spans if own is not None], SPANS)
    named = pairs.filter(is_named).with_columns(subjects_at.alias("subject_spans"))
    return named.select(STANCE_PAIRS.names()).cast(STANCE_PAIRS)


def _find_mentions(pairs: pl.DataFrame, mentions: pl.DataFrame) -> Iterator[list[dict[str, int]] | None]:
    """Yield the mentions of the subject in and near the statement of each pair; None if the content names it nowhere.

    Only nearby mentions are listed, so that the cost does not grow with the square of the length of an article.
    """
    places = _read_mentions(pairs, mentions)
    rows = pairs.select("article_id", "profile_id", *_SPANS[1:]).iter_rows()
    for (article, profile, *ends), pieces in zip(rows, read_spans(pairs["content_spans"]), strict=True):
        offsets = [
            *(offset for piece in pieces for offset in piece),
            *(end for end in ends if end is not None),
        ]
        found = places.get((article, profile), _Mentions([], [], []))
        first = bisect_left(found.starts, min(offsets) - NEARBY)
        last = bisect_left(found.starts, max(offsets) + NEARBY)
        near = list(zip(found.starts[first:last], found.ends[first:last], strict=True))
        named = (span for span, is_name in zip(near, found.is_name[first:last], strict=True) if is_name)
        is_inside = any(a <= start and end <= b for start, end in named for a, b in pieces)
        yield [{"start": start, "end": end} for start, end in near] if is_inside else None


def _read_mentions(pairs: pl.DataFrame, mentions: pl.DataFrame) -> dict[tuple[str, str], _Mentions]:
    """Map article and profile of the pairs to the mentions."""
    key = ["article_id", "profile_id"]
    is_name = pl.col("rule").ne_missing("adjective").alias("is_name")
    places = mentions.lazy().select(*key, "start", "end", is_name)
    wanted = compute(places.join(pairs.lazy().select(key), on=key, how="semi").sort("start", "end"))
    found: dict[tuple[str, str], _Mentions] = {}
    for article, profile, start, end, named in wanted.iter_rows():
        starts, ends, is_named = found.setdefault((article, profile), _Mentions([], [], []))
        starts.append(start)
        ends.append(end)
        is_named.append(named)
    return found
