"""Generate the tables of a warehouse of any size about invented people and organizations, for trials and benchmarks.

Spans, counts and texts agree as if the articles had been read and analysed. The same random seed gives the same frames.

The texts are composed from `words.csv`. As in real archives, a fifth of the articles repeat an article of another
outlet; a few people speak often, and many people speak rarely. `demo.sketches` adds the sketches with which later runs
compare their own articles and statements.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from demo.rows import build_tables
from demo.texts import write_articles
from demo.totals import RunningTotals
from demo.world import build_world

BATCH = 25_000


def build_demo(articles: int, seed: int) -> Iterator[dict[str, pl.DataFrame]]:
    """Yield the tables of each run in turn, including `runs` and `files`; a run has at most BATCH articles."""
    world, totals = build_world(seed), RunningTotals()
    for number, first in enumerate(range(0, articles, BATCH), 1):
        chance = np.random.default_rng([seed, number])
        texts = write_articles(world, chance, first, min(BATCH, articles - first), of=articles)
        yield build_tables(world, texts, chance, totals, run_id=f"demo-{number:04}")
