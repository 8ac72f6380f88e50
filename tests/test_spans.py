"""Any text may be an article: no step raises, and each span gives the stored words."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.derive import polars_schema
from schema.tables import BY_NAME
from tests.steps import Way, build_from_bodies, find_broken_slices

NEWS = [
    '"We will not wait," Finance Minister Bruno Castellane said.',
    "“We asked — twice,” said Rosa Delgrano, 44, who led the campaign. “Nobody came.”",
    "According to the Federation of Builders, the plant will close.",
    "He added that it would not.",
    "BATISTA-QUELL: It rained on the tenor.",
    "The minister did not say 'when', officials said",
    "Norvia accused Estmark of opening fire.",
    "Nurse Dana Orlov wrote 😭😭 on Twitter: never again",
]
MANGLED = [
    "“", "”", '"', '"""', "'", "’s", "«", "—", "-", ":", "said", " said:", "\n\n", "\r\n", "\r", "\t",
    "\u00a0", "\u2028", "\u200b", "\ufeff", "\x00", "e\u0301", "ﬁ", "👩\u200d👧", "🇳🇱", "ß", "İ", "१२",
    "الوزير", "大臣は", "...", "U.S.", 'http://example.org/?q="x"', "<b>&quot;", "A" * 300, "x " * 200,
]  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(NEWS) | st.sampled_from(MANGLED) | st.text(max_size=30), min_size=0, max_size=12
).flatmap(lambda pieces: st.sampled_from([" ", "", "\n", "\n\n"]).map(lambda glue: glue.join(pieces)))
bounded = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@bounded
@given(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
def test_any_text_gives_spans_inside_the_text_and_no_overlap(bodies: list[str]):
    _check(build_from_bodies(bodies))


@pytest.mark.parametrize(
    "body", ["", " ", "\n", '"', "“" * 500, "said " * 400, '" said "' * 100, "\x00\ufeff", "NAME:"]
)
def test_degenerate_text_is_not_an_error(body: str):
    _check(build_from_bodies([body]))


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_text_cut_anywhere_is_not_an_error(cut: int):
    _check(build_from_bodies(["\n\n".join(NEWS)[cut : cut + 150]]))


def test_no_articles_give_empty_tables():
    tables = build_from_bodies([]).tables
    assert all(table.is_empty() for table in tables.values())


def _check(way: Way) -> None:
    statements, mentions = way.tables["statements"], way.tables["mentions"]
    for name, table in way.tables.items():
        assert table.schema == polars_schema(BY_NAME[name])
    for rows, text, start, end in [
        (statements, "cue", "cue_start", "cue_end"),
        (statements, "source", "source_start", "source_end"),
        (mentions, "text", "start", "end"),
    ]:
        assert find_broken_slices(rows, way.articles, text, start, end).is_empty()
    assert _broken_pieces(statements, way.articles).is_empty()
    assert _outside(way.found_names, way.articles).is_empty()


def _broken_pieces(statements: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Pieces of content that are empty, outside the body, out of order, or over the piece before."""
    pieces = (
        statements.select("statement_id", "article_id", "content_spans")
        .explode("content_spans")
        .unnest("content_spans")
        .with_columns(previous_end=pl.col("end").shift(1).over("statement_id"))
    )
    return _outside(pieces, articles).vstack(
        _with_length(pieces, articles).filter(pl.col("start") < pl.col("previous_end"))
    )


def _outside(spans: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    inside = (pl.col("start") >= 0) & (pl.col("start") < pl.col("end")) & (pl.col("end") <= pl.col("length"))
    return _with_length(spans, articles).filter(~inside.fill_null(False))


def _with_length(spans: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    lengths = articles.select("article_id", length=pl.col("body").str.len_chars())
    return spans.join(lengths, on="article_id", how="left")
