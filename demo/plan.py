"""Plan the articles of an archive: their stories, their days, and the order in which they are loaded.

The plan imitates an archive that a daily run fills with what many outlets print:

- Sizes of stories follow a power law. Three quarters of all stories have one article, 96 % have at most five, one in
  2,000 has a hundred or more, when hundreds of outlets print the same wire copy.
- The versions of a story appear within hours if they are few, and over days and weeks if they are many.
- Of a hundred articles, three are loaded some days after the others of their day, as if their file came late.
- An archive gets 100 articles a day; one of over 100,000 articles gets more, so that it covers 1,000 days.

The order is that of a stream without end: the articles of a smaller archive are the first ones of a larger archive,
and those that follow are what a later run would load.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from demo.chance import Chance, power_law

FIRST_DAY, MOST_DAYS = date(2022, 1, 1), 1000
PER_DAY = 100  # articles, if an archive does not get more because of MOST_DAYS
SIZES = power_law(2.5, 300)  # probabilities of stories of 1, 2, 3... articles
MEAN_SIZE = float(np.dot(np.arange(1, len(SIZES) + 1), SIZES))
LATE_SHARE, LATE_DAYS = 0.03, 7  # share of late articles, and the mean of their delay
LONGEST = 29  # most days between two versions of a story, and most days that an article is late


def plan_articles(seed: int, first: int, count: int, of: int) -> pl.DataFrame:
    """Return `count` articles after the first `first` of an archive whose pace is that of an archive of `of` articles.

    One row per article: `article_no`, `story_no`, `member_no` (0 for the first version) and `published_on`.
    """
    days = 2.0 + (first + count) / _articles_a_day(of)
    while (articles := _plan_days(Chance(seed), days, _articles_a_day(of))).height < first + count:
        days *= 1.2
    return articles.slice(first, count)


def _articles_a_day(of: int) -> float:
    return max(PER_DAY, of // MOST_DAYS)


def _plan_days(chance: Chance, days: float, articles_a_day: float) -> pl.DataFrame:
    """Plan all articles that are loaded on the first `days` days; stories that began earlier go on."""
    pace, before = articles_a_day / MEAN_SIZE, 2 * LONGEST
    story = np.arange(int((days + before) * pace))
    starts = (story + chance.share("start", story)) / pace - before
    sizes = 1 + chance.draw("size", SIZES, story)
    place = np.repeat(np.arange(len(story)), sizes)  # of each article's story
    member = np.arange(len(place)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = (story[place], member)
    usual = 0.25 + 0.75 * np.log(sizes[place])  # mean days after the first version
    lag = np.where(member > 0, _delay(chance, "lag", usual, rows), 0)
    is_late = chance.share("late", *rows) < LATE_SHARE
    late = np.where(is_late, 1 + _delay(chance, "days late", LATE_DAYS, rows), 0)
    printed = starts[place] + lag
    loaded = printed + np.minimum(late, LONGEST)
    plan = pl.DataFrame(
        {
            "story_no": rows[0],
            "member_no": member,
            "day": np.floor(printed).astype(np.int64),
            "loaded": loaded,
        }
    )
    first_day = pl.lit(FIRST_DAY) + pl.duration(days="day")
    return (
        plan.filter(pl.col("loaded").is_between(0, days, closed="left"))
        .sort("loaded", "story_no", "member_no")
        .with_row_index("article_no")
        .select(
            pl.col("article_no").cast(pl.Int64), "story_no", "member_no", published_on=first_day.cast(pl.Date)
        )
    )


def _delay(
    chance: Chance, purpose: str, mean: np.ndarray | float, rows: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    return np.asarray(np.minimum(-np.log(1 - chance.share(purpose, *rows)) * mean, LONGEST))
