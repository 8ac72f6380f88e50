"""Build `statements` and `statement_actors` from extracted statements and their resolved speakers.

Takes `articles`, FOUND_STATEMENTS, the meanings of their cues (`transforms.statements.cues`) and the resolved frames.
Each cue, source and piece of content is a slice of the body.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schema.column_values import RELATIONS
from schema.tables import STATEMENT_ACTORS, STATEMENTS
from transforms.articles.slices import cut_spans
from transforms.frames import compute, conform, read_spans, without
from transforms.keys import content_key
from transforms.resolve.mentions import ResolvedFrames
from transforms.statements.certainty import weigh

_PLACE = ["article_id", "seq_no"]
STANCE = ["stance", "stance_confidence"]
SET_BY_CORRECTIONS = ("correction", "found_role", "found_content", "found_spans", "found_kind")


def build_statements(
    articles: pl.DataFrame,
    found_statements: pl.DataFrame,
    numbered: pl.DataFrame,
    cues: pl.DataFrame,
    resolved: ResolvedFrames,
    actors: pl.DataFrame,
    *,
    extractor_version: str,
    run_id: str,
) -> pl.DataFrame:
    """Build one row per statement.

    `numbered` is what `number_statements` returns, `cues` has the CUE_MEANINGS of each found statement, in
    the same order, and `actors` maps profiles to actors.
    """
    rows = compute(
        found_statements.hstack(cues.drop(_PLACE))
        .lazy()
        .join(articles.lazy().select("article_id", "published_on"), on="article_id")
        .join(resolved.speakers.lazy(), on=_PLACE)
        .join(numbered.lazy(), on=_PLACE)
        .join(_parents(found_statements.lazy(), numbered.lazy()), on=_PLACE, how="left")
        .join(actors.lazy(), on="profile_id", how="left")
        .join(
            actors.lazy().select(organization_profile_id="profile_id", organization_id="actor_id"),
            on="organization_profile_id",
            how="left",
        )
        .with_columns(
            pl.lit(extractor_version).alias("extractor_version"),
            pl.lit(run_id).alias("run_id"),
            *(
                pl.lit(None, column.dtype).alias(column.name)
                for column in STATEMENTS.columns
                if column.name in SET_BY_CORRECTIONS
            ),
            pl.col("statement_id").alias("utterance_id"),
        )
    )
    return conform(
        weigh(rows).with_columns(
            _in_headline(articles, rows),
            _cut(articles, rows, "cue").fill_null(""),
            _cut(articles, rows, "source"),
            _join_contents(articles, rows),
        ),
        STATEMENTS,
    )


def _in_headline(articles: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Return whether each statement begins in the headline; false if the body of its article has no headline."""
    if "header_spans" not in articles.columns:
        return pl.repeat(False, len(rows), eager=True).alias("is_headline")
    headlines = {
        article_id: [(s["start"] - at, s["end"] - at) for s in spans or () if s["field"] == "headline"]
        for article_id, at, spans in articles.select("article_id", "body_start", "header_spans").iter_rows()
    }
    firsts = rows.select("article_id", pl.col("content_spans").list.first().struct.field("start"))
    within = [any(start <= at < end for start, end in headlines[key]) for key, at in firsts.iter_rows()]
    return pl.Series("is_headline", within, pl.Boolean)


def _cut(articles: pl.DataFrame, rows: pl.DataFrame, part: str) -> pl.Series:
    """Return the text of the cue or source of each row; null if the row has none."""
    spans = rows.select("article_id", f"{part}_start", f"{part}_end")
    return pl.Series(part, cut_spans(articles, spans), pl.String)


def _join_contents(articles: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Join the pieces of each content into one text."""
    bodies = dict(articles.select("article_id", "body").iter_rows())
    contents = [
        " ".join(bodies[article_id][start:end] for start, end in spans)
        for article_id, spans in zip(rows["article_id"], read_spans(rows["content_spans"]), strict=True)
    ]
    return pl.Series("content", contents, pl.String)


def build_statement_actors(
    numbered: pl.DataFrame, resolved: ResolvedFrames, actors: pl.DataFrame
) -> pl.DataFrame:
    """Build one row per statement, actor and relation, with the first mention that shows the relation.

    `numbered` is what `number_statements` returns. The columns of stances are missing; `add_stances` adds them.
    """
    order = {relation: number for number, relation in enumerate(RELATIONS)}
    rows = (
        resolved.relations.lazy()
        .join(numbered.lazy(), on=_PLACE, maintain_order="left")
        .join(actors.lazy(), on="profile_id", how="left", maintain_order="left")
        .sort(pl.col("relation").replace_strict(order, return_dtype=pl.Int8), maintain_order=True)
        .unique(list(STATEMENT_ACTORS.key), keep="first", maintain_order=True)
        .select(without(STATEMENT_ACTORS, *STANCE).names())
    )
    return compute(rows)


def _parents(found_statements: pl.LazyFrame, numbered: pl.LazyFrame) -> pl.LazyFrame:
    """Return the `parent_statement_id` of each nested statement: the id of the statement that contains it."""
    parents = numbered.rename({"seq_no": "parent_no", "statement_id": "parent_statement_id"})
    nested = found_statements.select(*_PLACE, "parent_no").filter(pl.col("parent_no").is_not_null())
    return nested.join(parents, on=["article_id", "parent_no"]).drop("parent_no")


def number_statements(found_statements: pl.DataFrame) -> pl.DataFrame:
    """Return `article_id`, `seq_no` and `statement_id`, for equal statements only once."""
    rows = found_statements.select("article_id", "cue_start", "cue_end", "source_start").iter_rows()
    contents = read_spans(found_statements["content_spans"])
    keys = [
        key_statement(article_id, (start, end), source, spans)
        for (article_id, start, end, source), spans in zip(rows, contents, strict=True)
    ]
    numbered = found_statements.lazy().select(*_PLACE, pl.Series("statement_id", keys, pl.String))
    return compute(numbered.sort(_PLACE).filter(pl.col("statement_id").is_first_distinct()))


def key_statement(
    article_id: str,
    cue: tuple[int | None, int | None],
    source_start: int | None,
    content: Iterable[tuple[int, int]],
) -> str:
    """Return the `statement_id`: a hash of the article and the places of cue, source and pieces of content."""
    pieces = (f"{start}-{end}" for start, end in content)
    return content_key("statement", article_id, *cue, source_start, *pieces)
