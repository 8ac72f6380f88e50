"""Write random articles about the actors of a world, and their statements with the spans of all parts.

The texts imitate what the pipeline compares: two stories share hardly a sequence of four words. The versions of one
story share most of their text. As with wire copy, a later version is cut from its end and may have a new lead; each
outlet writes a headline of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.chance import Chance, Numbers, poisson
from demo.world import ORGANIZATIONS, PEOPLE, World, make_ids, read_words

CAST = 4  # speakers in a story
LENGTHS = poisson(7, 30)  # probabilities of the number of statements in a story, beyond FEWEST
FEWEST = 4
LEADS = (0.5, 0.35, 0.15)  # probabilities that a later version has 0, 1, 2 statements of its own
LEAST_KEPT = 0.6  # least share of a story's statements that a later version keeps
BREAK = "\n\n"
KINDS = pl.Series(["direct", "indirect", "indirect", "mixed"])
RESOLUTIONS = pl.Series(["named", "named", "named", "pronoun", "nominal", "unnamed"])
ARTICLE = r"\b([Aa]) ([aeiou])"  # "a" before a vowel, which becomes "an"
KEY = ("story_no", "wrote_no", "no")  # of a statement: its story, the version that wrote it, its number there


@dataclass(frozen=True)
class Texts:
    """Random articles: `articles` has a row per article, `statements` a row per statement, with offsets in the body.

    In `statements`, `speaker` (null if unnamed) and `subject` (whom the statement is about, or null) are row numbers
    in the table of actors. `story_no`, `wrote_no` and `no` are the same in all articles that print a statement.
    """

    articles: pl.DataFrame
    statements: pl.DataFrame


def write_articles(world: World, seed: int, plan: pl.DataFrame) -> Texts:
    """Write the articles of a plan (`demo.plan`)."""
    chance, ids = Chance(seed), np.random.default_rng([seed, 1, *plan["article_no"].head(1)])
    rows = (plan["story_no"].to_numpy(), plan["member_no"].to_numpy())
    outlets = read_words("outlet")
    articles = plan.with_columns(
        article_id=make_ids(ids, plan.height),
        outlet=outlets[_few(chance, "outlet", len(outlets), *rows)],
        headline=_capital_of(_fill(world, chance, "headline", *rows)),
    )
    printed = _print_statements(chance, plan)
    written = _write_statements(world, chance, printed.select(KEY).unique(maintain_order=True))
    statements = _place(articles, printed.join(written, on=KEY, maintain_order="left"))
    paragraphs = statements.group_by("article_no").agg(pl.col("paragraph").str.join(BREAK))
    body = pl.concat_str("headline", pl.lit(BREAK), "paragraph")
    articles = articles.join(paragraphs, on="article_no", maintain_order="left").with_columns(body=body)
    return Texts(articles.drop("paragraph"), statements.drop("paragraph", "headline"))


def _print_statements(chance: Chance, plan: pl.DataFrame) -> pl.DataFrame:
    """Choose the statements that each article prints: first its own, then those of the first version, from the top.

    Returns a row per article and statement: `article_no`, the KEY and `seq_no`.
    """
    rows = (plan["story_no"].to_numpy(), plan["member_no"].to_numpy())
    is_later = rows[1] > 0
    lengths = FEWEST + chance.draw("length", LENGTHS, rows[0])
    kept = np.ceil(lengths * (LEAST_KEPT + (1 - LEAST_KEPT) * chance.share("kept", *rows)))
    counts = {
        "own": np.where(is_later, chance.draw("lead", LEADS, *rows), 0),
        "first": np.where(is_later, kept, lengths).astype(np.int64),
    }
    parts = [
        plan.select(
            "article_no",
            "story_no",
            wrote_no=pl.col("member_no") if who == "own" else pl.lit(0, pl.Int64),
            no=pl.int_ranges(pl.Series(count)),
        ).explode("no", empty_as_null=False)
        for who, count in counts.items()
    ]
    seq_no = pl.int_range(1, pl.len() + 1).over("article_no")
    return pl.concat(parts).sort("article_no", maintain_order=True).with_columns(seq_no=seq_no)


def _write_statements(world: World, chance: Chance, keys: pl.DataFrame) -> pl.DataFrame:
    """Write statements: one row per key, with its words and the places of its parts."""
    rows = tuple(keys[name].to_numpy() for name in KEY)
    member = (chance.share("member", *rows) * CAST).astype(np.int64)
    statements = keys.with_columns(
        speaker=pl.Series(_speakers(chance, rows[0], member)),
        subject=_subjects(chance, *rows),
        kind=_choose(chance, "kind", KINDS, *rows),
        speaker_resolution=_choose(chance, "resolution", RESOLUTIONS, *rows),
        confidence=pl.Series(0.5 + chance.share("confidence", *rows) / 2),
        unnamed=chance.words("unnamed", "unnamed", *rows),
        verb=chance.words("verb", "verb", *rows),
        thing=chance.words("thing", "thing", *rows),
        **{kind: _fill(world, chance, kind, *rows) for kind in ("object", "tail", "filler")},
    )
    cue = chance.words("cue", "cue", *rows).str.split_exact("|", 2)
    statements = statements.hstack(
        cue.struct.rename_fields(["cue", "cue_lemma", "cue_class"]).struct.unnest()
    )
    return _write_paragraphs(statements.hstack(_name_actors(world, statements)))


def _fill(world: World, chance: Chance, kind: str, *rows: Numbers) -> pl.Series:
    """A text per row, from a random template of one kind whose gaps are filled with random words."""
    names = _choose(chance, f"{kind} rare", world.rare_names, *rows)
    gaps = {
        gap: chance.words(f"{kind} {gap}", gap, *rows) for gap in ("adjective", "noun", "month", "weekday")
    } | {
        "other": chance.words(f"{kind} other", "noun", *rows),
        "number": pl.Series((2 + 998 * chance.share(f"{kind} number", *rows) ** 3).astype(np.int64)).cast(
            pl.String
        ),
        "rare": names,
    }
    text = pl.col("text")
    for gap in gaps:
        text = text.str.replace(f"{{{gap}}}", pl.col(gap), literal=True)
    texts = pl.DataFrame({"text": chance.words(kind, kind, *rows), **gaps})
    return texts.select(text.str.replace_all(ARTICLE, "${1}n $2")).to_series()


def _choose(chance: Chance, purpose: str, among: pl.Series, *rows: Numbers) -> pl.Series:
    return among[(chance.share(purpose, *rows) * len(among)).astype(np.int64)]


def _few(chance: Chance, purpose: str, among: int, *rows: Numbers) -> Numbers:
    """A random number below `among` per row; small numbers are frequent and large numbers are rare."""
    return (among * chance.share(purpose, *rows) ** 3).astype(np.int64)


def _speakers(chance: Chance, story: Numbers, member: Numbers) -> Numbers:
    """The `actor_no` of a member of each story's cast; one in seven is an organization or a country."""
    others = PEOPLE + _few(chance, "body", ORGANIZATIONS + len(read_words("country")), story, member)
    is_person = chance.share("is body", story, member) >= 1 / 7
    return np.where(is_person, _few(chance, "person", PEOPLE, story, member), others)


def _subjects(chance: Chance, *rows: Numbers) -> pl.Series:
    """The `actor_no` of the organization or country that each statement is about; null for 45 % of the statements."""
    count = ORGANIZATIONS + len(read_words("country"))
    numbers = pl.Series(PEOPLE + (chance.share("subject", *rows) * count).astype(np.int64))
    return numbers.set(pl.Series(chance.share("has subject", *rows) >= 0.55), None)


def _capital_of(texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(_capital(pl.col("text"))).to_series()


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
        .with_columns(source=pl.when(is_direct).then("source").otherwise(_capital(pl.col("source"))))
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
            *KEY, "speaker", "subject", "subject_name", "kind", "speaker_resolution", "confidence",
            "cue", "cue_lemma", "cue_class", "source", "content", "paragraph", "source_start", "source_end",
            "cue_start", "cue_end", "content_start",
        )
    )  # fmt: skip


def _source() -> pl.Expr:
    is_short = (pl.col("no") > 2) & (pl.col("kind") != "mixed")
    return (
        pl.when(pl.col("speaker_resolution") == "unnamed").then("unnamed")
        .when(pl.col("speaker_resolution") == "pronoun").then("pronoun")
        .when(pl.col("speaker_resolution") == "nominal").then("nominal")
        .when(is_short).then("short")
        .otherwise("name")
    )  # fmt: skip


def _content() -> pl.Expr:
    subject = pl.coalesce("subject_name", "thing")
    clause = pl.format("{} {} {} {}", subject, "verb", "object", "tail")
    return (
        pl.when(pl.col("kind") == "direct").then(pl.format("“{},”", _capital(clause)))
        .when(pl.col("kind") == "mixed").then(pl.format("{} {} “{} {}”", subject, "verb", "object", "tail"))
        .otherwise(clause)
    )  # fmt: skip


def _capital(text: pl.Expr) -> pl.Expr:
    return text.str.slice(0, 1).str.to_uppercase() + text.str.slice(1)


def _place(articles: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of each statement's article, and locate the parts of the statement in its body."""
    size = pl.col("paragraph").str.len_chars() + len(BREAK)
    before = size.cum_sum().over("article_no") - size
    first = pl.col("headline").str.len_chars() + len(BREAK)
    places = ["source_start", "source_end", "cue_start", "cue_end", "content_start"]
    return (
        articles.select("article_no", "article_id", "headline", "published_on")
        .join(statements, on="article_no")
        .sort("article_no", "seq_no")
        .with_columns(pl.col(places).cast(pl.Int64) + before + first)
        .with_columns(content_end=pl.col("content_start") + pl.col("content").str.len_chars())
    )
