"""Batches of articles -> the tables of each, within bounds of time and memory.

An article that breaks a bound by itself is returned without facts, with the reason in `unanalysed`.
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

LONG = 300_000  # bytes of text after which memory is given back
OUT_OF_MEMORY = "too_much_memory"
UNANALYSED = pl.Schema({"article_id": pl.String, "reason_code": pl.String, "reason": pl.String})


def find_tables(articles: pl.DataFrame, *, run_id: str, languages: Sequence[str]) -> Tables:
    """The facts of a batch of articles: who says what in them, in which words.

    Articles in languages not in `languages`, and kill notes, give only rows of `articles` and `sketches`.
    """
    from transforms.build import build_facts
    from transforms.extract import EXTRACTOR_VERSION, read_articles

    articles = add_languages(articles, languages)
    is_spoken = pl.col("language").is_in(languages)
    articles = articles.with_columns(
        read_withdrawal(), extractor_version=pl.when(is_spoken).then(pl.lit(EXTRACTOR_VERSION))
    )
    spoken, _ = split_by_language(articles.filter(is_news()), languages)
    found = read_articles(spoken)
    if is_long := spoken["body"].str.len_bytes().sum() > LONG:
        give_back()
    facts = build_facts(spoken, *found, extractor_version=EXTRACTOR_VERSION, run_id=run_id)
    if is_long:
        give_back()
    return {"articles": articles, "sketches": build_sketches(articles)} | facts


def find_within(articles: pl.DataFrame, *, run_id: str, languages: Sequence[str], bounds: Bounds) -> Tables:
    """The tables of `find_tables`; when the batch breaks `bounds`, each article is analysed separately.

    The bounds apply first to the batch, then to each article.
    """
    if articles.is_empty():
        return {}
    load_models()  # which is not a fault of the articles
    try:
        with limited(bounds, int(articles["body"].str.len_bytes().sum())):
            return find_tables(articles, run_id=run_id, languages=languages)
    except MemoryError:
        excess = Exceeded(OUT_OF_MEMORY, "takes more memory to analyse than the system gives")
    except Exceeded as error:
        excess = error
    if articles.height == 1:
        return leave_out(articles, languages, excess.code, excess.reason)
    return join_tables(
        find_within(one, run_id=run_id, languages=languages, bounds=bounds) for one in articles.iter_slices(1)
    )


def load_models() -> None:
    """Load what `find_tables` needs, on the first call only."""
    import transforms.build  # noqa: F401
    from transforms.extract.tagger import load_tagger

    load_detector()
    load_tagger()


def leave_out(articles: pl.DataFrame, languages: Sequence[str], code: str, reason: str) -> Tables:
    """The tables of articles that are not analysed, with the code and reason of their reject."""
    untold = articles.with_columns(
        language=pl.coalesce("language", pl.lit(languages[0])),
        language_from=pl.coalesce("language_from", pl.lit("assumed")),
    )
    unanalysed = articles.select("article_id", reason_code=pl.lit(code), reason=pl.lit(reason))
    return {
        "articles": untold.select(
            pl.col(name).cast(dtype) for name, dtype in polars_schema(ARTICLES).items()
        ),
        "unanalysed": unanalysed.cast(UNANALYSED),
    }


def join_tables(parts: Iterable[Tables]) -> Tables:
    """The tables of several batches as those of one."""
    frames: dict[str, list[pl.DataFrame]] = {}
    for tables in parts:
        for name, frame in tables.items():
            frames.setdefault(name, []).append(frame)
    return {
        name: merge_frames(BY_NAME[name], found) if name in BY_NAME else pl.concat(found)
        for name, found in frames.items()
    }
