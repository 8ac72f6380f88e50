"""Generate the tables of a warehouse of any size about invented people and organizations, for trials and benchmarks.

Spans, counts and texts agree as if the articles had been read and analysed. The same random seed gives the same frames.

The texts are composed from `words.csv`. `demo.plan` says which archive the articles imitate: stories of one to hundreds
of versions, a few late articles, people who speak often and many who speak rarely. `demo.sketches` adds the sketches
with which later runs compare their own articles and statements.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from demo.plan import plan_articles
from demo.rows import build_tables
from demo.texts import write_articles
from demo.totals import RunningTotals
from demo.world import build_world

BATCH = 25_000


def build_demo(articles: int, seed: int, of: int | None = None) -> Iterator[dict[str, pl.DataFrame]]:
    """Yield the tables of each run in turn, including `runs` and `files`; a run has at most BATCH articles.

    They are the first `articles` of an archive of `of` articles, which decides how many a day has. Without `of`, they
    are all of the archive.
    """
    world, totals = build_world(seed), RunningTotals()
    for number, first in enumerate(range(0, articles, BATCH), 1):
        plan = plan_articles(seed, first, min(BATCH, articles - first), of=of or articles)
        chance, run_id = np.random.default_rng([seed, number]), f"demo-{number:04}"
        yield build_tables(world, write_articles(world, seed, plan), chance, totals, run_id)


def build_more(held: int, articles: int, seed: int, of: int | None = None) -> pl.DataFrame:
    """Write the next articles of an archive that has `held` articles.

    Returns `headline`, `body`, `published_on` and `outlet` of each article. Most are of the archive's last day or the
    day after, some are later versions of stories that the archive has, and a few are of earlier days. `of` is as in
    `build_demo`.
    """
    texts = write_articles(build_world(seed), seed, plan_articles(seed, held, articles, of=of or held))
    return texts.articles.select("headline", "body", "published_on", "outlet")
