"""Apply annotators' corrections to the statements of an article while the article is analysed.

Two corrections change which statements or speakers exist, so they cannot be applied to published rows: an added
statement (`add`), and a statement by nobody who can be named (`speaker`, `none`). When such a line appears in the
corrections, or disappears from them, the next run analyses the article again.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from schema.annotation import Addition, read_addition
from schema.column_values import NO_SPEAKER
from transforms.frames import FOUND_STATEMENTS
from transforms.identify.rewording import kind_of_pieces
from transforms.statements.statements import key_statement

LINE = ("action", "actor", "value")
OF_SPEAKERS = ("speaker", "co_speaker", "on_behalf_of")
_UNSPOKEN = ("actor_id", "profile_id", "organization_id", "organization_profile_id", "role")


class Edits(NamedTuple):
    """Statements to add, with the id of their article, and the ids of statements by nobody who can be named."""

    added: list[tuple[str, Addition]]
    unspoken: frozenset[str]


def select_edits(corrections: pl.DataFrame) -> pl.DataFrame:
    """Select the correction lines (columns LINE) that take effect while articles are analysed, each only once."""
    if corrections.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(LINE, pl.String))
    is_edit = (pl.col("action") == "add") | (
        (pl.col("action") == "speaker") & (pl.col("value") == NO_SPEAKER)
    )
    return corrections.filter(is_edit).select(LINE).unique(maintain_order=True)


def read_edits(lines: pl.DataFrame, article_ids: pl.Series) -> Edits:
    """Parse the `lines` that may be about the articles in `article_ids`."""
    own = lines.filter(pl.col("action") == "add", pl.col("actor").is_in(article_ids.implode()))
    added = [(*line, read_addition(line[1])) for line in own.select("actor", "value").rows()]
    unspoken = {added_id(key, value) for key, value, one in added if one.speaker == NO_SPEAKER}
    unspoken.update(lines.filter(pl.col("action") == "speaker")["actor"])
    return Edits([(key, one) for key, _, one in added], frozenset(unspoken))


def added_id(article_id: str, value: str) -> str:
    """Return the `statement_id` of the statement that a line adds: the id that it would have if the tagger found it."""
    one = read_addition(value)
    source_start = one.source[0] if one.source else None
    return key_statement(article_id, one.cue or (None, None), source_start, one.content)


def add_statements(found: pl.DataFrame, edits: Edits, articles: pl.DataFrame) -> pl.DataFrame:
    """Add statements to FOUND_STATEMENTS, in the order of the text; a statement outside its text is left out."""
    bodies = dict(articles.select("article_id", "body").iter_rows())
    rows = [
        _row(article_id, one, bodies[article_id])
        for article_id, one in edits.added
        if max(end for _, end in [*one.content, *filter(None, (one.cue, one.source))])
        <= len(bodies[article_id])
    ]
    if not rows:
        return found
    place = ["content_spans", "cue_start", "source_start"]
    extra = pl.DataFrame(rows, FOUND_STATEMENTS, orient="row").unique(
        ["article_id", *place], maintain_order=True
    )
    extra = extra.join(found, on=["article_id", *place], how="anti", nulls_equal=True)
    return _renumber(pl.concat([found, extra]))


def _row(article_id: str, one: Addition, body: str) -> tuple[object, ...]:
    spans = [{"start": start, "end": end} for start, end in one.content]
    cue, source = one.cue or (None, None), one.source or (None, None)
    return article_id, None, kind_of_pieces(body, one.content), spans, *cue, *source, 1.0, None


def _renumber(rows: pl.DataFrame) -> pl.DataFrame:
    """Number the statements of each article in the order of the text, including statements without a number."""
    first = pl.col("content_spans").list.first().struct.field("start")
    starts = pl.min_horizontal(first, pl.coalesce("cue_start", "source_start"))
    ordered = rows.sort("article_id", starts, pl.col("parent_no").is_not_null(), "seq_no", nulls_last=True)
    numbered = ordered.with_columns(number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("article_id"))
    parents = numbered.select("article_id", parent_no="seq_no", parent="number")
    linked = numbered.join(parents, on=["article_id", "parent_no"], how="left", maintain_order="left")
    return linked.with_columns(seq_no="number", parent_no="parent").select(FOUND_STATEMENTS.names())


def remove_speakers(facts: dict[str, pl.DataFrame], statement_ids: frozenset[str]) -> dict[str, pl.DataFrame]:
    """Remove the speakers of these statements from the tables of `build_facts`; the statements themselves stay."""
    is_unspoken = pl.col("statement_id").is_in(list(statement_ids))
    no_source = pl.when(pl.col("source").is_null()).then(pl.lit("none")).otherwise(pl.lit("unnamed"))
    resolution = pl.when(is_unspoken).then(no_source).otherwise("speaker_resolution")
    empty = [pl.when(~is_unspoken).then(name).alias(name) for name in _UNSPOKEN]
    return facts | {
        "statements": facts["statements"].with_columns(*empty, speaker_resolution=resolution),
        "statement_actors": facts["statement_actors"].filter(
            ~(is_unspoken & pl.col("relation").is_in(OF_SPEAKERS))
        ),
    }
