"""Resolve articles: find their actors, and the names, descriptions and pronouns that mention each actor.

Takes `articles`, FOUND_STATEMENTS and FOUND_NAMES; returns `ResolvedFrames`. Each article is resolved on its own, so
neither the order of the articles nor the batches matter. `transforms/identify/actors.py` uses the profiles for entity
resolution across articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from schema.tables import MENTIONS, PROFILE_NAMES, PROFILES
from transforms.extract.unwrap import unwrap
from transforms.frames import conform, without
from transforms.keys import content_key
from transforms.resolve.article import Resolved, resolve_article
from transforms.resolve.model import Actor
from transforms.resolve.name_spans import Span
from transforms.resolve.profiles import Fact, Profile, RoleEvidence, country_profile_id
from transforms.resolve.role_times import is_former
from transforms.resolve.sources import source_type
from transforms.resolve.speakers import Attribution, Speaker, is_office

_MENTIONS = pl.Schema([*without(MENTIONS, "actor_id").items(), ("published_on", pl.Date)])
_COUNTED = ("first_seen_on", "last_seen_on", "article_count", "evidence_article_id")
_SIGHTINGS = pl.Schema(
    [
        *without(PROFILES, "actor_id", "rule", *_COUNTED).items(),
        ("seen_in", pl.String),
        ("published_on", pl.Date),
    ]
)
_SPEAKERS = pl.Schema(
    {
        "article_id": pl.String,
        "seq_no": pl.Int32,
        "profile_id": pl.String,
        "speaker_resolution": pl.String,
        "source_form": pl.String,  # see `Speaker.form`
        "role": pl.String,
        "organization_profile_id": pl.String,
        "source_type": pl.String,
        "likelihood": pl.Float32,  # see `Speaker.likelihood`
    }
)
_RELATIONS = pl.Schema(
    {
        "article_id": pl.String,
        "seq_no": pl.Int32,
        "profile_id": pl.String,
        "relation": pl.String,
        "mention_id": pl.String,
    }
)
_PROFILE, _ROLE, _FACT = (
    tuple(field.name for field in fields(kind)) for kind in (Profile, RoleEvidence, Fact)
)


@dataclass(frozen=True)
class ResolvedFrames:
    """The result of resolving a batch of articles, as frames.

    `sightings` has one row per profile and article; `mentions` has one row per mention; `speakers` has one row per
    statement; `relations` has one row per statement, profile and relation.
    """

    sightings: pl.DataFrame
    mentions: pl.DataFrame
    speakers: pl.DataFrame
    relations: pl.DataFrame


def resolve_mentions(
    articles: pl.DataFrame,
    found_statements: pl.DataFrame,
    found_names: pl.DataFrame,
    found_pointers: pl.DataFrame | None = None,
) -> ResolvedFrames:
    """Resolve each article. `articles` has `article_id`, `body`, `published_on` and, optionally, `dateline_place`."""
    pointers, scores = pointers_by_article(found_pointers), scores_by_article(found_names)
    spans, statements = spans_by_article(found_names), statements_by_article(found_statements)
    rows: dict[str, list[dict[str, Any]]] = {"sightings": [], "mentions": [], "speakers": [], "relations": []}
    columns = pl.col("^(article_id|body|published_on|dateline_place)$")
    for article in articles.select(columns).iter_rows(named=True):
        key = article["article_id"]
        numbers = [number for number, _ in statements[key]]
        resolved = resolve_article(
            key,
            unwrap(article["body"]),
            spans[key],
            [found for _, found in statements[key]],
            article.get("dateline_place"),
            pointers=pointers.get(key),
            scores=scores.get(key),
        )
        _add_rows(rows, article, numbers, resolved)
    return ResolvedFrames(
        pl.DataFrame(rows["sightings"], _SIGHTINGS),
        pl.DataFrame(rows["mentions"], _MENTIONS),
        pl.DataFrame(rows["speakers"], _SPEAKERS),
        pl.DataFrame(rows["relations"], _RELATIONS),
    )


def build_profiles(resolved: ResolvedFrames) -> pl.DataFrame:
    """Build one row per profile, even if several articles have it. Entity resolution adds the actor later."""
    counted = resolved.sightings.group_by("profile_id").agg(
        pl.exclude("seen_in", "published_on").first(),
        pl.col("published_on").min().alias("first_seen_on"),
        pl.col("published_on").max().alias("last_seen_on"),
        pl.col("seen_in").n_unique().cast(pl.Int64).alias("article_count"),
        pl.col("seen_in").min().alias("evidence_article_id"),
    )
    unknown = pl.lit(None, pl.String)
    return conform(counted.with_columns(actor_id=unknown, rule=unknown), PROFILES)


def build_profile_names(resolved: ResolvedFrames) -> pl.DataFrame:
    """Build one row per name of a profile, without pronouns and descriptions."""
    named = resolved.mentions.filter(pl.col("mention_kind") == "name")
    counted = named.group_by("profile_id", pl.col("text").str.replace_all(r"\s+", " ").alias("alias")).agg(
        pl.col("rule").min(),
        pl.col("published_on").min().alias("first_seen_on"),
        pl.col("published_on").max().alias("last_seen_on"),
        pl.len().cast(pl.Int64).alias("mention_count"),
    )
    return conform(counted, PROFILE_NAMES)


def build_mentions(resolved: ResolvedFrames, actors: pl.DataFrame) -> pl.DataFrame:
    """Build one row per mention, with the slice [start, end) of the body. `actors` has `profile_id` and `actor_id`."""
    return conform(resolved.mentions.join(actors, on="profile_id", how="left"), MENTIONS)


def mention_key(article_id: str, start: int, end: int) -> str:
    return content_key("mention", article_id, start, end)


# ---- converting frames to and from the resolver's objects ---------------------------------------------------


def spans_by_article(found_names: pl.DataFrame) -> dict[str, list[Span]]:
    """Map each article to its names as spans, in the order of the text."""
    spans: dict[str, list[Span]] = defaultdict(list)
    ordered = found_names.sort("article_id", "start", "end", "label")
    for article_id, start, end, label in ordered.select("article_id", "start", "end", "label").iter_rows():
        spans[article_id].append((start, end, label))
    return spans


def scores_by_article(found_names: pl.DataFrame) -> dict[str, dict[int, tuple[float, float, float]]]:
    """Map each article to the scores of its names by where they start; names without scores are left out."""
    scores: dict[str, dict[int, tuple[float, float, float]]] = defaultdict(dict)
    columns = ("article_id", "start", "person", "organization", "nothing")
    for article_id, start, *logs in found_names.select(columns).drop_nulls().iter_rows():
        scores[article_id][start] = tuple(logs)
    return scores


def pointers_by_article(found_pointers: pl.DataFrame | None) -> dict[str, dict[int, dict[int, float]]]:
    """Map article -> start of a word -> start of a name (the word's own start for "no name") -> log-probability."""
    pointers: dict[str, dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    if found_pointers is not None:
        for article_id, at, name, score in found_pointers.iter_rows():
            pointers[article_id][at][name] = score
    return pointers


def statements_by_article(found_statements: pl.DataFrame) -> dict[str, list[tuple[int, Attribution]]]:
    """Map each article to pairs of `seq_no` and statement, in order."""
    statements: dict[str, list[tuple[int, Attribution]]] = defaultdict(list)
    places: dict[tuple[str, int], int] = {}
    for row in found_statements.sort("article_id", "seq_no").iter_rows(named=True):
        own = statements[row["article_id"]]
        contents = tuple((span["start"], span["end"]) for span in row["content_spans"])
        parent = places.get((row["article_id"], row["parent_no"]))
        places[row["article_id"], row["seq_no"]] = len(own)
        own.append(
            (row["seq_no"], Attribution(contents, _offsets(row, "cue"), _offsets(row, "source"), parent))
        )
    return statements


def _offsets(row: dict[str, Any], part: str) -> tuple[int, int] | None:
    start, end = row[f"{part}_start"], row[f"{part}_end"]
    return None if start is None or end is None else (start, end)


def _add_rows(
    rows: dict[str, list[dict[str, Any]]], article: dict[str, Any], numbers: list[int], resolved: Resolved
) -> None:
    seen = {"seen_in": article["article_id"], "published_on": article["published_on"]}
    mentions: dict[str, dict[str, Any]] = {}
    for actor in resolved.actors:
        for row in _mention_rows(article, actor):
            mentions.setdefault(row["mention_id"], row)
    rows["mentions"].extend(mentions.values())
    instead = _find_instead(article, resolved, mentions)
    kept = [profile for profile in resolved.profiles if profile.profile_id not in instead]
    rows["sightings"].extend(_profile_row(profile) | seen for profile in kept)
    countries = {actor.profile_id for actor in resolved.actors if actor.kind == "country"}
    for number, speaker in zip(numbers, resolved.speakers, strict=True):
        place = {"article_id": article["article_id"], "seq_no": number}
        rows["speakers"].append(place | _replaced(_speaker_row(speaker, countries), instead))
        rows["relations"].extend(place | _replaced(row, instead) for row in _relation_rows(article, speaker))


def _profile_row(profile: Profile) -> dict[str, Any]:
    row = {name: getattr(profile, name) for name in _PROFILE}
    row["roles"] = [{name: getattr(role, name) for name in _ROLE} for role in profile.roles]
    row["role_facts"] = [{name: getattr(fact, name) for name in _FACT} for fact in profile.role_facts]
    return row


def _replaced(row: dict[str, Any], instead: dict[str, str]) -> dict[str, Any]:
    """Return the row after replacing each profile that is a key of `instead` by its value."""
    profiles = {name: row[name] for name in ("profile_id", "organization_profile_id") if name in row}
    return row | {name: instead.get(profile, profile) for name, profile in profiles.items()}


def _find_instead(
    article: dict[str, Any], resolved: Resolved, mentions: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Map each profile without a mention to the profile whose mention has the same words.

    The same words can mention only one actor: "Americans" mentions the country, even where it means an addressee.
    Otherwise a profile without any mention would stay when its article is withdrawn.
    """
    shown = {row["profile_id"] for row in mentions.values()}
    return {
        actor.profile_id: mentions[mention_key(article["article_id"], first.start, first.end)]["profile_id"]
        for actor in resolved.actors
        if actor.profile_id not in shown
        for first in actor.mentions[:1]
    }


def _mention_rows(article: dict[str, Any], actor: Actor) -> Iterator[dict[str, Any]]:
    for mention in actor.mentions:
        yield {
            "mention_id": mention_key(article["article_id"], mention.start, mention.end),
            "article_id": article["article_id"],
            "profile_id": actor.profile_id,
            "start": mention.start,
            "end": mention.end,
            "text": article["body"][mention.start : mention.end],
            "mention_kind": mention.kind,
            "rule": mention.rule,
            "published_on": article["published_on"],
        }


def _speaker_row(speaker: Speaker, countries: Set[str]) -> dict[str, Any]:
    return {
        "profile_id": speaker.actor.profile_id if speaker.actor else None,
        "speaker_resolution": speaker.resolution,
        "source_form": speaker.form,
        "role": speaker.role.text if speaker.role else None,
        "organization_profile_id": _spoken_for(speaker, countries),
        "source_type": source_type(speaker.actor),
        "likelihood": speaker.likelihood,
    }


def _spoken_for(speaker: Speaker, countries: Set[str]) -> str | None:
    """Return the profile of the organization or country that the speaker speaks for or has a role at.

    If only the context gives the country, it counts only if the article names it. `countries` has the profiles of the
    countries that the article names.
    """
    if speaker.on_behalf_of and speaker.on_behalf_of.kind in ("organization", "country"):
        return speaker.on_behalf_of.profile_id
    for role in speaker.roles:
        if is_former(role.text):
            continue
        if body := role.organization or role.context_organization:
            return body.profile_id
        country = role.country_code or (role.context_country if role.place is None else None)
        if country and is_office(role):
            profile = country_profile_id(country)
            if role.country_code or profile in countries:
                return profile
    return None


def _relation_rows(article: dict[str, Any], speaker: Speaker) -> Iterator[dict[str, Any]]:
    related = [("speaker", speaker.mention), ("addressee", speaker.addressee)]
    related += [("co_speaker", mention) for mention in speaker.co_speakers]
    related += [("mentioned", mention) for mention in speaker.mentioned]
    for relation, mention in related:
        if mention:
            key = mention_key(article["article_id"], mention.start, mention.end)
            yield {"profile_id": mention.actor.profile_id, "relation": relation, "mention_id": key}
    if speaker.on_behalf_of:
        shown = speaker.behalf_mention
        shown_key = mention_key(article["article_id"], shown.start, shown.end) if shown else None
        yield {
            "profile_id": speaker.on_behalf_of.profile_id,
            "relation": "on_behalf_of",
            "mention_id": shown_key,
        }
