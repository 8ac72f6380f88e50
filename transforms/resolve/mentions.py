"""Resolve articles: find their actors, and the names, descriptions and pronouns that mention each actor.

Takes `articles`, FOUND_STATEMENTS and FOUND_NAMES; returns `ResolvedFrames`. Each article is resolved on its own, so
neither the order of the articles nor the batches matter. `transforms/identify/actors.py` uses the profiles for entity
resolution across articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

import polars as pl

from schema.derive import polars_schema
from schema.tables import MENTIONS, PROFILE_NAMES, PROFILES
from transforms.extract.unwrap import unwrap
from transforms.frames import FOUND_NAMES, conform, frame_of, list_column, read_spans, without
from transforms.keys import content_key
from transforms.resolve.article import Resolved, resolve_article
from transforms.resolve.model import Actor, Attribution, Mention, Speaker, is_office
from transforms.resolve.name_spans import Span
from transforms.resolve.profiles import Profile, country_profile_id
from transforms.resolve.role_times import is_former
from transforms.resolve.sources import source_type

_MENTIONS = pl.Schema([*without(MENTIONS, "actor_id").items(), ("published_on", pl.Date)])
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


@dataclass(frozen=True)
class ResolvedFrames:
    """The result of resolving a batch of articles, as frames.

    `profiles` has one row per profile, even if several articles have it. Entity resolution reads these rows next, so
    they are dicts, ordered by kind and block. `mentions` has one row per mention; `speakers` has one row per statement;
    `relations` has one row per statement, profile and relation.
    """

    profiles: list[dict[str, Any]]
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
    pointers, statements = pointers_by_article(found_pointers), statements_by_article(found_statements)
    spans, scores = names_by_article(found_names)
    rows = _Rows()
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
        rows.add(article, numbers, resolved)
    return rows.to_frames()


def build_profiles(resolved: ResolvedFrames, identities: Iterable[tuple[str, str, str]]) -> pl.DataFrame:
    """Build one row per profile. `identities` has the actor of each profile, and the rule that linked the two."""
    found = {profile: {"actor_id": actor, "rule": rule} for profile, actor, rule in identities}
    rows = sorted(resolved.profiles, key=itemgetter("profile_id"))
    rows = [row | found[row["profile_id"]] for row in rows]
    columns: dict[str, Any] = {}
    for name, dtype in polars_schema(PROFILES).items():
        values = [row[name] for row in rows]
        columns[name] = list_column(values, dtype) if isinstance(dtype, pl.List) else values
    return pl.DataFrame(columns, polars_schema(PROFILES))


def build_profile_names(resolved: ResolvedFrames) -> pl.DataFrame:
    """Build one row per name of a profile, without pronouns and descriptions."""
    named = resolved.mentions.lazy().filter(pl.col("mention_kind") == "name")
    counted = named.group_by("profile_id", pl.col("text").str.replace_all(r"\s+", " ").alias("alias")).agg(
        pl.col("rule").min(),
        pl.col("published_on").min().alias("first_seen_on"),
        pl.col("published_on").max().alias("last_seen_on"),
        pl.len().cast(pl.Int64).alias("mention_count"),
    )
    return conform(counted, PROFILE_NAMES)


def build_mentions(resolved: ResolvedFrames, actors: pl.DataFrame) -> pl.DataFrame:
    """Build one row per mention, with the slice [start, end) of the body. `actors` has `profile_id` and `actor_id`."""
    return conform(resolved.mentions.lazy().join(actors.lazy(), on="profile_id", how="left"), MENTIONS)


def mention_key(article_id: str, start: int, end: int) -> str:
    return content_key("mention", article_id, start, end)


# ---- converting frames to and from the resolver's objects ---------------------------------------------------


def names_by_article(
    found_names: pl.DataFrame,
) -> tuple[dict[str, list[Span]], dict[str, dict[int, tuple[float, float, float]]]]:
    """Map each article to its names as spans, in the order of the text, and to the names' scores.

    The scores of an article have the start of the name as key; names without scores are left out.
    """
    spans: dict[str, list[Span]] = defaultdict(list)
    scores: dict[str, dict[int, tuple[float, float, float]]] = defaultdict(dict)
    for article_id, start, end, label, *logs in found_names.select(FOUND_NAMES.names()).iter_rows():
        spans[article_id].append((start, end, label))
        if None not in logs:
            scores[article_id][start] = tuple(logs)
    for own in spans.values():
        own.sort()
    return spans, scores


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
    rows = found_statements.sort("article_id", "seq_no")
    contents = read_spans(rows["content_spans"])
    ends = ("cue_start", "cue_end", "source_start", "source_end")
    columns = rows.select("article_id", "seq_no", "parent_no", *ends).iter_rows()
    for (key, number, parent_no, *offsets), spans in zip(columns, contents, strict=True):
        own = statements[key]
        parent = places.get((key, parent_no))
        places[key, number] = len(own)
        cue, source = _offsets(*offsets[:2]), _offsets(*offsets[2:])
        own.append((number, Attribution(tuple(spans), cue, source, parent)))
    return statements


def _offsets(start: int | None, end: int | None) -> tuple[int, int] | None:
    return None if start is None or end is None else (start, end)


class _Rows:
    """The rows of the frames of a batch."""

    def __init__(self) -> None:
        self.profiles: dict[str, dict[str, Any]] = {}
        self.mentions: list[tuple[Any, ...]] = []
        self.speakers: list[tuple[Any, ...]] = []
        self.relations: list[tuple[Any, ...]] = []

    def add(self, article: dict[str, Any], numbers: Sequence[int], resolved: Resolved) -> None:
        """Add the rows of one article, whose statements have the given numbers."""
        key, day = article["article_id"], article["published_on"]
        shown = _first_by_place(resolved.actors)
        instead = _find_instead(resolved.actors, shown)
        ids = {place: mention_key(key, *place) for place in shown}
        for (start, end), mention in shown.items():
            words = article["body"][start:end]
            profile = mention.actor.profile_id
            self.mentions.append(
                (ids[start, end], key, start, end, words, mention.kind, mention.rule, profile, day)
            )
        kept = {one.profile_id: one for one in resolved.profiles if one.profile_id not in instead}
        for one in kept.values():
            self._see(one, key, day)
        countries = {actor.profile_id for actor in resolved.actors if actor.kind == "country"}
        for number, speaker in zip(numbers, resolved.speakers, strict=True):
            self.speakers.append((key, number, *_speaker_row(speaker, countries, instead)))
            for relation, actor, shows in _relations(speaker):
                profile = instead.get(actor.profile_id, actor.profile_id)
                shown_id = ids[shows.start, shows.end] if shows else None
                self.relations.append((key, number, profile, relation, shown_id))

    def _see(self, profile: Profile, article_id: str, day: date | None) -> None:
        """Note that an article of this day has a profile."""
        row = self.profiles.get(profile.profile_id)
        if row is None:
            row = self.profiles[profile.profile_id] = _profile_row(profile)
            row |= dict.fromkeys(("first_seen_on", "last_seen_on"), day)
            row |= {"article_count": 1, "evidence_article_id": article_id}
            return
        row["article_count"] += 1
        row["evidence_article_id"] = min(row["evidence_article_id"], article_id)
        if day is not None:
            row["first_seen_on"] = min(row["first_seen_on"] or day, day)
            row["last_seen_on"] = max(row["last_seen_on"] or day, day)

    def to_frames(self) -> ResolvedFrames:
        return ResolvedFrames(
            sorted(self.profiles.values(), key=itemgetter("kind", "block", "profile_id")),
            frame_of(self.mentions, _MENTIONS),
            frame_of(self.speakers, _SPEAKERS),
            frame_of(self.relations, _RELATIONS),
        )


def _profile_row(profile: Profile) -> dict[str, Any]:
    roles = [role._asdict() for role in profile.roles]
    return profile._asdict() | {"roles": roles, "role_facts": [fact._asdict() for fact in profile.role_facts]}


def _first_by_place(actors: Iterable[Actor]) -> dict[tuple[int, int], Mention]:
    """Map each slice [start, end) of the body that mentions an actor to its first mention.

    The same words can mention only one actor: "Americans" mentions the country, even where it means an addressee.
    """
    shown: dict[tuple[int, int], Mention] = {}
    for actor in actors:
        for mention in actor.mentions:
            shown.setdefault((mention.start, mention.end), mention)
    return shown


def _find_instead(actors: Iterable[Actor], shown: Mapping[tuple[int, int], Mention]) -> dict[str, str]:
    """Map each profile without a mention in `shown` to the profile whose mention has the same words.

    Otherwise a profile without any mention would stay when its article is withdrawn.
    """
    profiles = {mention.actor.profile_id for mention in shown.values()}
    return {
        actor.profile_id: shown[first.start, first.end].actor.profile_id
        for actor in actors
        if actor.profile_id not in profiles
        for first in actor.mentions[:1]
    }


def _speaker_row(speaker: Speaker, countries: Set[str], instead: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the columns of _SPEAKERS after `seq_no`; each profile that is a key of `instead` becomes its value."""
    actor, body, role = speaker.actor, _spoken_for(speaker, countries), speaker.role
    return (
        instead.get(actor.profile_id, actor.profile_id) if actor else None,
        speaker.resolution,
        speaker.form,
        role.text if role else None,
        instead.get(body, body) if body else None,
        source_type(actor),
        speaker.likelihood,
    )


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


def _relations(speaker: Speaker) -> Iterator[tuple[str, Actor, Mention | None]]:
    """Yield the relations of a statement to actors, each with the mention that shows it."""
    related = [("speaker", speaker.mention), ("addressee", speaker.addressee)]
    related += [("co_speaker", mention) for mention in speaker.co_speakers]
    related += [("mentioned", mention) for mention in speaker.mentioned]
    for relation, mention in related:
        if mention:
            yield relation, mention.actor, mention
    if speaker.on_behalf_of:
        yield "on_behalf_of", speaker.on_behalf_of, speaker.behalf_mention
