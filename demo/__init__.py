"""Generate the tables of a warehouse of any size about invented people and organizations, for trials and benchmarks.

In: a seed and a number of articles. Out: frames with the columns of the tables. Spans, counts and texts agree with
each other as if the articles had been read and analysed. The same seed gives the same frames.

The texts are composed from `words.csv`. A fifth of the articles repeats another one in another outlet; few
people speak often and many seldom, as in real archives. `demo.sketches` adds what later runs need to join their
articles and statements to these.
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
    """The tables of one run after the other, at most 25,000 articles each, `runs` and `files` among them."""
    world, totals = build_world(seed), RunningTotals()
    for number, first in enumerate(range(0, articles, BATCH), 1):
        chance = np.random.default_rng([seed, number])
        texts = write_articles(world, chance, first, min(BATCH, articles - first), of=articles)
        yield build_tables(world, texts, chance, totals, run_id=f"demo-{number:04}")
