"""Compute the tables of a batch of articles within limits on time and memory.

An article that exceeds a limit by itself yields no statements; a row in `unanalysed` states the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from flows.compute.bounds import Bounds
from flows.compute.interrupt import Exceeded, limited
from flows.compute.memory import give_back
from schema.derive import polars_schema
from schema.merge import merge_frames
from schema.tables import ARTICLES, BY_NAME
from transforms.articles.languages import add_languages, load_detector, split_by_language
from transforms.articles.stories import build_sketches
from transforms.articles.withdrawals import is_news, read_withdrawal

Tables = dict[str, pl.DataFrame]

LONG = 300_000  # bytes of text after which free memory is returned to the system
OUT_OF_MEMORY = "too_much_memory"
UNANALYSED = pl.Schema({"article_id": pl.String, "reason_code": pl.String, "reason": pl.String})


def find_tables(
    articles: pl.DataFrame, *, run_id: str, languages: Sequence[str], edits: pl.DataFrame | None = None
) -> Tables:
    """The tables of a batch of articles, such as statements, mentions and profiles.

    `edits` has the correction lines that take effect during analysis; see `transforms/statements/annotated.py`.

    Kill notes, and articles in languages not in `languages`, yield only rows of `articles` and `sketches`.
    """
    from transforms.build import build_facts
    from transforms.extract import EXTRACTOR_VERSION, read_articles
    from transforms.statements.annotated import read_edits

    articles = add_languages(articles, languages)
    has_model = pl.col("language").is_in(languages)
    articles = articles.with_columns(
        read_withdrawal(), extractor_version=pl.when(has_model).then(pl.lit(EXTRACTOR_VERSION))
    )
    to_analyse, _ = split_by_language(articles.filter(is_news()), languages)
    found = read_articles(to_analyse)
    if is_long := to_analyse["body"].str.len_bytes().sum() > LONG:
        give_back()
    own = read_edits(edits, to_analyse["article_id"]) if edits is not None else None
    facts = build_facts(to_analyse, *found, extractor_version=EXTRACTOR_VERSION, run_id=run_id, edits=own)
    if is_long:
        give_back()
    return {"articles": articles, "sketches": build_sketches(articles)} | facts


def find_within(
    articles: pl.DataFrame,
    *,
    run_id: str,
    languages: Sequence[str],
    bounds: Bounds,
    edits: pl.DataFrame | None = None,
) -> Tables:
    """Call `find_tables` within `bounds`; if the batch exceeds them, analyse each article separately.

    The same bounds then apply to each article alone.
    """
    if articles.is_empty():
        return {}
    load_models()  # outside the limits, because the articles do not cause the cost of loading
    try:
        with limited(bounds, int(articles["body"].str.len_bytes().sum())):
            return find_tables(articles, run_id=run_id, languages=languages, edits=edits)
    except MemoryError:
        excess = Exceeded(OUT_OF_MEMORY, "takes more memory to analyse than the system has")
    except Exceeded as error:
        excess = error
    if articles.height == 1:
        return leave_out(articles, languages, excess.code, excess.reason)
    return join_tables(
        find_within(one, run_id=run_id, languages=languages, bounds=bounds, edits=edits)
        for one in articles.iter_slices(1)
    )


def load_models() -> None:
    """Load the modules and models that `find_tables` needs; only the first call takes time."""
    import transforms.build  # noqa: F401
    from transforms.extract.tagger import load_tagger

    load_detector()
    load_tagger()


def leave_out(articles: pl.DataFrame, languages: Sequence[str], code: str, reason: str) -> Tables:
    """Build the tables of articles that cannot be analysed and are rejected with `code` and `reason`."""
    assumed = articles.with_columns(
        language=pl.coalesce("language", pl.lit(languages[0])),
        language_from=pl.coalesce("language_from", pl.lit("assumed")),
    )
    unanalysed = articles.select("article_id", reason_code=pl.lit(code), reason=pl.lit(reason))
    return {
        "articles": assumed.select(
            pl.col(name).cast(dtype) for name, dtype in polars_schema(ARTICLES).items()
        ),
        "unanalysed": unanalysed.cast(UNANALYSED),
    }


def join_tables(parts: Iterable[Tables]) -> Tables:
    """Combine the tables of several batches into the tables of one batch."""
    frames: dict[str, list[pl.DataFrame]] = {}
    for tables in parts:
        for name, frame in tables.items():
            frames.setdefault(name, []).append(frame)
    return {
        name: merge_frames(BY_NAME[name], found) if name in BY_NAME else pl.concat(found)
        for name, found in frames.items()
    }
