"""Build the frames of one demo run from a world and its texts, as the pipeline would stage them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl

from demo.texts import KEY, Texts
from demo.totals import RunningTotals
from demo.world import World, make_ids
from schema.derive import polars_schema
from schema.tables import BY_NAME, PROFILES

ON_DAY = {"first_seen_on": pl.col("published_on").min(), "last_seen_on": pl.col("published_on").max()}


def build_tables(
    world: World, texts: Texts, chance: np.random.Generator, totals: RunningTotals, run_id: str
) -> dict[str, pl.DataFrame]:
    """Build all tables of a run except `checks`; optional columns that a demo does not fill are null.

    `totals` has the totals of earlier runs and is updated.
    """
    statements = _add_ids(world, texts.statements, chance)
    mentions = pl.concat([_speaker_mentions(statements), _subject_mentions(statements)])
    seen = _seen(world, mentions, statements)
    names = _names(world, mentions)
    frames = {
        "articles": _articles(texts.articles, run_id),
        "statements": _statements(world, statements, run_id),
        "statement_actors": _add_profiles(world, _statement_actors(statements)),
        "actors": totals.add("actors", seen, "actor_id"),
        "actor_aliases": totals.add("actor_aliases", names, "actor_id", "alias"),
        "organizations": seen.filter(kind="organization").with_columns(organization_id="actor_id"),
        "affiliations": totals.add("affiliations", _affiliations(world, statements), "affiliation_id"),
        "mentions": _add_profiles(world, mentions),
        "profiles": _profiles(seen),
        "profile_names": _add_profiles(world, names),
        "runs": _run(run_id),
        "files": _files(texts.articles, run_id),
        "sources": _sources(texts.articles, run_id),
        "contents": texts.articles.select("article_id", file_sha256="article_id", run_id=pl.lit(run_id)),
    }
    return {name: _conform(name, frame) for name, frame in frames.items()}


def _conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema, table = polars_schema(BY_NAME[name]), BY_NAME[name]
    missing = [
        pl.lit(None).alias(c.name) for c in table.columns if not c.required and c.name not in frame.columns
    ]
    return frame.with_columns(missing).select(schema.names()).cast(schema)


def _add_ids(world: World, statements: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    """Add ids and actors; if a source is a name or a description, also add the speaker's role and organization."""
    actors = world.actors.select(
        speaker=pl.col("actor_no").cast(pl.Int64), actor_id="actor_id", role="role", body_no="body_no"
    )
    bodies = world.actors.select(body_no=pl.col("actor_no").cast(pl.Int64), organization_id="actor_id")
    subjects = world.actors.select(subject=pl.col("actor_no").cast(pl.Int64), subject_id="actor_id")
    states_role = pl.col("speaker_resolution").is_in(["named", "nominal"])
    return (
        statements.join(actors, on="speaker", how="left", maintain_order="left")
        .join(bodies, on="body_no", how="left", maintain_order="left")
        .join(subjects, on="subject", how="left", maintain_order="left")
        .with_columns(
            *(pl.when(states_role).then(name).alias(name) for name in ("role", "organization_id")),
            make_ids(chance, statements.height).alias("statement_id"),
            make_ids(chance, statements.height).alias("speaker_mention_id"),
            make_ids(chance, statements.height).alias("subject_mention_id"),
        )
    )


def _articles(articles: pl.DataFrame, run_id: str) -> pl.DataFrame:
    header = (
        pl.struct(field=pl.lit("headline"), start=pl.lit(0), end=pl.col("headline").str.len_chars())
        .reshape((-1, 1))
        .arr.to_list()
    )
    versions = pl.col("article_id").sort_by("published_on", "article_id")
    return articles.with_columns(
        story_id=versions.first().over("story_no"),
        is_latest=pl.col("article_id") == versions.last().over("story_no"),
        language=pl.lit("en"),
        body_start=pl.lit(0),
        header_spans=header,
        word_count=pl.col("body").str.count_matches(r"\S+"),
        path=_path(),
        record_no=pl.lit(1),
        run_id=pl.lit(run_id),
    )


def _path() -> pl.Expr:
    return pl.format("demo/{}.txt", pl.col("article_no").cast(pl.String).str.zfill(7))


def _statements(world: World, statements: pl.DataFrame, run_id: str) -> pl.DataFrame:
    bodies = world.actors.select(organization_id="actor_id", organization_profile_id="profile_id")
    joined = _add_profiles(world, statements).join(
        bodies, on="organization_id", how="left", maintain_order="left"
    )
    return joined.with_columns(
        content_spans=pl.concat_list(pl.struct(start="content_start", end="content_end")),
        is_negated=pl.lit(False),
        modality=pl.lit("asserted"),
        source_type=pl.when(pl.col("speaker_resolution") == "unnamed")
        .then(pl.lit("anonymous person"))
        .otherwise(pl.lit("person")),
        extractor_version=pl.lit("demo"),
        run_id=pl.lit(run_id),
        utterance_id=pl.col("statement_id").sort_by("published_on", "article_id", "seq_no").first().over(KEY),
    )


def _speaker_mentions(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.drop_nulls("actor_id").select(
        mention_id="speaker_mention_id", article_id="article_id", actor_id="actor_id", published_on="published_on",
        start="source_start", end="source_end", text="source",
        mention_kind=pl.col("speaker_resolution").replace("named", "name"),
        rule=pl.col("speaker_resolution").replace({"named": "name", "pronoun": "nominal"}),
    )  # fmt: skip


def _subject_mentions(statements: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("content_start") + (pl.col("kind") == "direct")  # after the quotation mark
    return statements.drop_nulls("subject_id").select(
        mention_id="subject_mention_id", article_id="article_id", actor_id="subject_id", published_on="published_on",
        start=start, end=start + pl.col("subject_name").str.len_chars(), text="subject_name",
        mention_kind=pl.lit("name"), rule=pl.lit("name"),
    )  # fmt: skip


def _statement_actors(statements: pl.DataFrame) -> pl.DataFrame:
    places = [
        ("speaker", "actor_id", pl.col("speaker_mention_id"), {}),
        ("on_behalf_of", "organization_id", pl.lit(None, pl.String), {}),
        ("mentioned", "subject_id", pl.col("subject_mention_id"), _stances()),
    ]
    return pl.concat(
        (
            statements.filter(pl.col(actor).is_not_null()).select(
                "statement_id", actor_id=actor, relation=pl.lit(relation), mention_id=mention, **more
            )
            for relation, actor, mention, more in places
        ),
        how="diagonal",
    )


def _stances() -> dict[str, pl.Expr]:
    """Return random stances that depend only on ids: most are neutral, and few speakers contradict themselves."""
    number = _read_hex("statement_id")
    is_for = ((_read_hex("actor_id") + _read_hex("subject_id")) % 2 == 0) ^ (number % 20 == 0)
    clear = pl.when(is_for).then(pl.lit("for")).otherwise(pl.lit("against"))
    return {
        "stance": pl.when(number % 10 < 4).then(clear).otherwise(pl.lit("neither")),
        "stance_confidence": 0.5 + (number % 500) / 1000,
    }


def _read_hex(name: str) -> pl.Expr:
    """Read the last digits of an id as a number; 0 if it does not end in hexadecimal digits, or is null."""
    return pl.col(name).str.slice(-4).str.to_integer(base=16, strict=False).fill_null(0)


def _add_profiles(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the profile of each row's actor; in a demo, each actor has one."""
    profiles = world.actors.select("actor_id", "profile_id")
    return rows.join(profiles, on="actor_id", how="left", maintain_order="left")


def _seen(world: World, mentions: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """One row per actor who is mentioned or spoken for, with the first day, the last day and the number of articles."""
    named = mentions.select("actor_id", "article_id", "published_on")
    spoken_for = statements.select("article_id", "published_on", actor_id="organization_id").drop_nulls(
        "actor_id"
    )
    counted = (
        pl.concat([named, spoken_for], how="diagonal")
        .group_by("actor_id")
        .agg(
            article_count=pl.col("article_id").n_unique(),
            evidence_article_id=pl.col("article_id").min(),
            **ON_DAY,
        )
    )
    return world.actors.drop("actor_no").join(counted, on="actor_id", maintain_order="left")


def _profiles(seen: pl.DataFrame) -> pl.DataFrame:
    nothing = {name: pl.lit([], polars_schema(PROFILES)[name]) for name in ("acronyms", "roles", "around")}
    return seen.with_columns(
        **nothing,
        rule=pl.lit("name"),
        block=pl.col("name").str.to_lowercase(),
        words=pl.col("name").str.to_lowercase().str.split(" "),
        is_full=pl.lit(True),
        is_known=pl.lit(False),
    )


def _names(world: World, mentions: pl.DataFrame) -> pl.DataFrame:
    names = mentions.filter(mention_kind="name").group_by("actor_id", alias="text")
    rule = pl.when(pl.col("alias") == pl.col("name")).then(pl.lit("name")).otherwise(pl.lit("surname"))
    counted = names.agg(mention_count=pl.len(), **ON_DAY).sort("actor_id", "alias")
    return counted.join(world.actors.select("actor_id", "name"), on="actor_id").with_columns(rule=rule)


def _affiliations(world: World, statements: pl.DataFrame) -> pl.DataFrame:
    totals = (
        statements.drop_nulls("organization_id")
        .group_by("actor_id", "organization_id", "role")
        .agg(
            article_count=pl.col("article_id").n_unique(),
            evidence_article_id=pl.col("article_id").min(),
            **ON_DAY,
        )
    )
    countries = world.actors.select(organization_id="actor_id", country_code="country_code")
    people = world.actors.select("actor_id", profile_ids=pl.concat_list("profile_id"))
    affiliation_id = pl.col("actor_id").str.reverse()  # unique, because each person has one role
    return (
        totals.join(countries, on="organization_id")
        .join(people, on="actor_id")
        .with_columns(affiliation_id=affiliation_id)
        .sort("actor_id")
    )


def _run(run_id: str) -> pl.DataFrame:
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    return pl.DataFrame(
        {"run_id": [run_id], "started_at": moment, "ended_at": moment, "status": "published", "code_version": "demo",
         "parameters": "{}"}
    )  # fmt: skip


def _files(articles: pl.DataFrame, run_id: str) -> pl.DataFrame:
    return articles.select(
        run_id=pl.lit(run_id), path=_path(), file_sha256="article_id", format=pl.lit("text"), outcome=pl.lit("loaded"),
        articles_found=pl.lit(1), articles_loaded=pl.lit(1), articles_duplicate=pl.lit(0), articles_rejected=pl.lit(0),
    )  # fmt: skip


def _sources(articles: pl.DataFrame, run_id: str) -> pl.DataFrame:
    return articles.select(path=_path(), file_sha256="article_id", run_id=pl.lit(run_id))
