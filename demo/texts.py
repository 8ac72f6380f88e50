"""Write random articles about the actors of a world, and their statements with the spans of all parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from demo.world import ORGANIZATIONS, PEOPLE, World, choose, choose_few, make_ids, read_words

CAST = 4  # speakers in an article
COPIED_SHARE, COPIED_WITHIN = 0.2, 200  # share of articles that repeat one of the previous 200
FIRST_DAY, DAYS = date(2022, 1, 1), 1000
BREAK = "\n\n"
KINDS = pl.Series(["direct", "indirect", "indirect", "mixed"])
RESOLUTIONS = pl.Series(["named", "named", "named", "pronoun", "nominal", "unnamed"])


@dataclass(frozen=True)
class Texts:
    """Random articles: `articles` has a row per article, `statements` a row per statement, with offsets in the body.

    In `statements`, `speaker` (null if unnamed) and `subject` (whom the statement is about, or null) are row numbers
    in the table of actors.
    """

    articles: pl.DataFrame
    statements: pl.DataFrame


def write_articles(world: World, chance: np.random.Generator, first: int, count: int, *, of: int) -> Texts:
    """Write `count` of the `of` articles of a demo, numbered from `first`; the days of all `of` cover DAYS evenly."""
    articles = _plan_articles(world, chance, first, count, of)
    stories = articles.filter(pl.col("article_no") == pl.col("story_no"))["story_no"]
    statements = _place(articles, _write_statements(world, chance, stories))
    paragraphs = statements.group_by("article_no").agg(pl.col("paragraph").str.join(BREAK))
    body = pl.concat_str("headline", pl.lit(BREAK), "paragraph")
    articles = articles.join(paragraphs, on="article_no", maintain_order="left").with_columns(body=body)
    return Texts(articles.drop("paragraph"), statements.drop("paragraph", "headline"))


def _plan_articles(
    world: World, chance: np.random.Generator, first: int, count: int, of: int
) -> pl.DataFrame:
    """One row per article: outlet, day, headline, `story_no` (its own number, or that of the article it repeats)."""
    number = np.arange(count)
    earlier = number - chance.integers(1, COPIED_WITHIN, count)
    is_copy = (chance.random(count) < COPIED_SHARE) & (earlier >= 0)
    is_copy &= ~is_copy[np.maximum(earlier, 0)]  # a copy is not copied
    outlets = read_words("outlet")
    plan = pl.DataFrame(
        {
            "article_no": first + number,
            "story_no": first + np.where(is_copy, earlier, number),
            "article_id": make_ids(chance, count),
            "outlet": outlets[choose_few(chance, len(outlets), count)],
            "day": (first + number) * DAYS // of,
            "thing": choose(chance, read_words("thing"), count),
            "rare": choose(chance, world.rare_names, count),
        }
    )
    headline = pl.format("Report {} from {} on {}", pl.col("article_no") + 1, "rare", "thing")
    published_on = pl.lit(FIRST_DAY) + pl.duration(days="day")
    return plan.with_columns(headline=headline, published_on=published_on.cast(pl.Date))


def _write_statements(world: World, chance: np.random.Generator, stories: pl.Series) -> pl.DataFrame:
    """Write the statements of each story: one row per statement, with its words and the places of its parts."""
    counts = 4 + chance.poisson(6, len(stories))
    story = np.repeat(np.arange(len(stories)), counts)
    statements = pl.DataFrame(
        {
            "story_no": stories[story],
            "seq_no": np.concatenate([np.arange(1, count + 1) for count in counts]),
            "speaker": _cast(chance, len(stories))[story, chance.integers(0, CAST, len(story))],
            "subject": _subjects(chance, len(story)),
            "kind": choose(chance, KINDS, len(story)),
            "speaker_resolution": choose(chance, RESOLUTIONS, len(story)),
            "confidence": chance.random(len(story)) * 0.5 + 0.5,
            "rare": choose(chance, world.rare_names, len(story)),
        }
    )
    words = {
        kind: choose(chance, read_words(kind), len(story))
        for kind in ("unnamed", "verb", "object", "tail", "filler", "thing", "cue")
    }
    cue = words.pop("cue").str.split_exact("|", 2).struct.rename_fields(["cue", "cue_lemma", "cue_class"])
    statements = statements.with_columns(**words).hstack(cue.struct.unnest())
    return _write_paragraphs(statements.hstack(_name_actors(world, statements)))


def _cast(chance: np.random.Generator, stories: int) -> np.ndarray:
    """Pick the actors, by `actor_no`, who speak in each story; one in seven is an organization or a country."""
    people = choose_few(chance, PEOPLE, stories * CAST)
    numbers = PEOPLE + choose_few(chance, ORGANIZATIONS + len(read_words("country")), stories * CAST)
    return np.where(chance.random(stories * CAST) < 1 / 7, numbers, people).reshape(stories, CAST)


def _subjects(chance: np.random.Generator, count: int) -> pl.Series:
    """The `actor_no` of the organization or country that each statement is about; null for 45 % of the statements."""
    numbers = PEOPLE + chance.integers(0, ORGANIZATIONS + len(read_words("country")), count)
    return (
        pl.Series(numbers)
        .to_frame("no")
        .select(pl.when(pl.Series(chance.random(count) < 0.55)).then("no"))["no"]
    )


def _name_actors(world: World, statements: pl.DataFrame) -> pl.DataFrame:
    names = world.actors.select("name", "short", "pronoun", "nominal")[statements["speaker"]]
    subjects = statements.select(actor_no=pl.col("subject").cast(pl.UInt32)).join(
        world.actors.select("actor_no", subject_name="name"), on="actor_no", how="left", maintain_order="left"
    )
    return names.hstack(subjects.select("subject_name"))


def _write_paragraphs(statements: pl.DataFrame) -> pl.DataFrame:
    """Write a paragraph for each statement (`“content,” source cue. filler`, if it is direct) and locate the parts."""
    is_direct = pl.col("kind") == "direct"
    return (
        statements.with_columns(source=_source(), content=_content())
        .with_columns(source=pl.when(is_direct).then("source").otherwise(_capital("source")))
        .with_columns(
            paragraph=pl.when(is_direct)
            .then(pl.format("{} {} {}. {}", "content", "source", "cue", "filler"))
            .otherwise(pl.format("{} {} that {}. {}", "source", "cue", "content", "filler")),
            source_start=pl.when(is_direct).then(pl.col("content").str.len_chars() + 1).otherwise(0),
        )
        .with_columns(source_end=pl.col("source_start") + pl.col("source").str.len_chars())
        .with_columns(cue_start=pl.col("source_end") + 1)
        .with_columns(cue_end=pl.col("cue_start") + pl.col("cue").str.len_chars())
        .with_columns(
            content_start=pl.when(is_direct).then(0).otherwise(pl.col("cue_end") + len(" that ")),
            speaker=pl.when(pl.col("speaker_resolution") != "unnamed").then("speaker"),
        )
        .select(
            "story_no", "seq_no", "speaker", "subject", "subject_name", "kind", "speaker_resolution", "confidence",
            "cue", "cue_lemma", "cue_class", "source", "content", "paragraph", "source_start", "source_end",
            "cue_start", "cue_end", "content_start",
        )
    )  # fmt: skip


def _source() -> pl.Expr:
    is_short = (pl.col("seq_no") > 3) & (pl.col("kind") != "mixed")
    return (
        pl.when(pl.col("speaker_resolution") == "unnamed").then("unnamed")
        .when(pl.col("speaker_resolution") == "pronoun").then("pronoun")
        .when(pl.col("speaker_resolution") == "nominal").then("nominal")
        .when(is_short).then("short")
        .otherwise("name")
    )  # fmt: skip


def _content() -> pl.Expr:
    subject = pl.coalesce("subject_name", "thing")
    clause = pl.format("{} {} {} under the {} plan {}", subject, "verb", "object", "rare", "tail")
    mixed = pl.format("{} {} “{} under the {} plan {}”", subject, "verb", "object", "rare", "tail")
    return (
        pl.when(pl.col("kind") == "direct").then(pl.concat_str(pl.lit("“"), clause, pl.lit(",”")))
        .when(pl.col("kind") == "mixed").then(mixed)
        .otherwise(clause)
    )  # fmt: skip


def _capital(name: str) -> pl.Expr:
    return pl.col(name).str.slice(0, 1).str.to_uppercase() + pl.col(name).str.slice(1)


def _place(articles: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Assign statements to each article, including copied articles, and locate their parts in its body."""
    size = pl.col("paragraph").str.len_chars() + len(BREAK)
    before = size.cum_sum().over("article_no") - size
    first = pl.col("headline").str.len_chars() + len(BREAK)
    places = ["source_start", "source_end", "cue_start", "cue_end", "content_start"]
    return (
        articles.select("article_no", "article_id", "story_no", "headline", "published_on")
        .join(statements, on="story_no")
        .sort("article_no", "seq_no")
        .with_columns(pl.col(places).cast(pl.Int64) + before + first)
        .with_columns(content_end=pl.col("content_start") + pl.col("content").str.len_chars())
    )
