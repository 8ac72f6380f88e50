"""Statements as found and their resolved speakers -> `statements` and `statement_actors`.

In: `articles`, FOUND_STATEMENTS, what their cues mean (`transforms.cues`), and the resolved frames. Every
text is a slice of the body.
"""

from __future__ import annotations

import polars as pl

from transforms.frames import conform
from transforms.keys import content_key
from transforms.mentions import ResolvedFrames
from warehouse.tables import RELATIONS, STATEMENT_ACTORS, STATEMENTS

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
        found_statements.join(articles.select("article_id", "body", "published_on"), on="article_id")
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
            _slice("cue").fill_null("").alias("cue"),
            _slice("source").alias("source"),
        )
    )
    contents = [
        " ".join(body[span["start"] : span["end"]] for span in spans)
        for body, spans in rows.select("body", "content_spans").iter_rows()
    ]
    return conform(rows.with_columns(pl.Series("content", contents, pl.String)), STATEMENTS)


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


def _slice(part: str) -> pl.Expr:
    """The words of a span of the body; null where there is none."""
    start, end = pl.col(f"{part}_start"), pl.col(f"{part}_end")
    return pl.col("body").str.slice(start, end - start)
