"""Statements as found and their resolved speakers -> `statements` and `statement_actors`.

In: `articles`, FOUND_STATEMENTS, what their cues mean (`transforms.statements.cues`), and the resolved frames. Every
text is a slice of the body.
"""

from __future__ import annotations

import polars as pl

from schema.tables import RELATIONS, STATEMENT_ACTORS, STATEMENTS
from transforms.articles.slices import cut_spans
from transforms.frames import conform
from transforms.keys import content_key
from transforms.resolve.mentions import ResolvedFrames

_PLACE = ["article_id", "seq_no"]


def build_statements(
    articles: pl.DataFrame,
    found_statements: pl.DataFrame,
    cues: pl.DataFrame,
    resolved: ResolvedFrames,
    actors: pl.DataFrame,
    *,
    extractor_version: str,
    run_id: str,
) -> pl.DataFrame:
    """One row an attribution. `cues` has one row a statement, of CUE_MEANINGS; `actors` the actor of each profile."""
    rows = (
        found_statements.join(articles.select("article_id", "published_on"), on="article_id")
        .join(cues, on=_PLACE)
        .join(resolved.speakers, on=_PLACE)
        .join(number_statements(found_statements), on=_PLACE)
        .join(actors, on="profile_id", how="left")
        .join(
            actors.select(organization_profile_id="profile_id", organization_id="actor_id"),
            on="organization_profile_id",
            how="left",
        )
        .with_columns(
            pl.lit(extractor_version).alias("extractor_version"),
            pl.lit(run_id).alias("run_id"),
            pl.lit(None, pl.String).alias("correction"),
            pl.lit(None, pl.String).alias("found_role"),
            pl.col("statement_id").alias("utterance_id"),
        )
    )
    return conform(
        rows.with_columns(
            _cut(articles, rows, "cue").fill_null(""),
            _cut(articles, rows, "source"),
            _join_contents(articles, rows),
        ),
        STATEMENTS,
    )


def _cut(articles: pl.DataFrame, rows: pl.DataFrame, part: str) -> pl.Series:
    """The words of a span of the body; null where there is none."""
    spans = rows.select("article_id", f"{part}_start", f"{part}_end")
    return pl.Series(part, cut_spans(articles, spans), pl.String)


def _join_contents(articles: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """The pieces of each content as one text."""
    bodies = dict(articles.select("article_id", "body").iter_rows())
    contents = [
        " ".join(bodies[article_id][span["start"] : span["end"]] for span in spans)
        for article_id, spans in rows.select("article_id", "content_spans").iter_rows()
    ]
    return pl.Series("content", contents, pl.String)


def build_statement_actors(
    found_statements: pl.DataFrame, resolved: ResolvedFrames, actors: pl.DataFrame
) -> pl.DataFrame:
    """One row an actor in one relation to a statement; the first mention that shows it counts."""
    order = {relation: number for number, relation in enumerate(RELATIONS)}
    rows = (
        resolved.relations.join(number_statements(found_statements), on=_PLACE)
        .join(actors, on="profile_id", how="left")
        .sort(pl.col("relation").replace_strict(order, return_dtype=pl.Int8), maintain_order=True)
        .unique(list(STATEMENT_ACTORS.key), keep="first", maintain_order=True)
    )
    return conform(rows, STATEMENT_ACTORS)


def number_statements(found_statements: pl.DataFrame) -> pl.DataFrame:
    """`article_id`, `seq_no` and the `statement_id`; of two equal statements the first one counts."""
    columns = ["article_id", "cue_start", "cue_end", "source_start", "content_spans"]
    keys = [
        content_key("statement", article_id, *rest, *(f"{span['start']}-{span['end']}" for span in spans))
        for article_id, *rest, spans in found_statements.select(columns).iter_rows()
    ]
    numbered = found_statements.select(_PLACE).with_columns(pl.Series("statement_id", keys, pl.String))
    return numbered.sort(_PLACE).unique("statement_id", keep="first", maintain_order=True)
