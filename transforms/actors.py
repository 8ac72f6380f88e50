"""Names, descriptions and pronouns in articles -> actors, their aliases and their mentions.

In: `articles`, FOUND_STATEMENTS, FOUND_NAMES. Each article is resolved on its own (`transforms/resolve/`),
so that ids and rows depend neither on the order of the articles nor on the batch they come in. What
articles say of one actor is then brought together with the same rules that merge batches in the warehouse
(`merge` in tables.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from transforms.keys import content_key
from transforms.resolve.article import Resolved, resolve_article
from transforms.resolve.model import Actor, Role
from transforms.resolve.spans import Span
from transforms.resolve.speakers import Attribution, Speaker
from transforms.wraps import unwrap
from warehouse.derive import polars_schema
from warehouse.tables import ACTOR_ALIASES, ACTORS, MENTIONS, Table

_MENTIONS = pl.Schema([*polars_schema(MENTIONS).items(), ("rule", pl.String), ("published_on", pl.Date)])
_ACTORS = pl.Schema([*polars_schema(ACTORS).items(), ("article_id", pl.String), ("org_type", pl.String)])
_ROLES = pl.Schema(
    {
        "actor_id": pl.String,
        "organization_id": pl.String,
        "country_code": pl.String,
        "role": pl.String,
        "article_id": pl.String,
        "published_on": pl.Date,
    }
)
_SPEAKERS = pl.Schema(
    {
        "article_id": pl.String,
        "seq_no": pl.Int32,
        "actor_id": pl.String,
        "speaker_resolution": pl.String,
        "role": pl.String,
        "organization_id": pl.String,
    }
)
_RELATIONS = pl.Schema(
    {
        "article_id": pl.String,
        "seq_no": pl.Int32,
        "actor_id": pl.String,
        "relation": pl.String,
        "mention_id": pl.String,
    }
)


@dataclass(frozen=True)
class ResolvedFrames:
    """What the articles say, one row a fact and article.

    `mentions`: one mention; `actors`: one actor in one article; `roles`: one role of one person there;
    `speakers`: one statement; `relations`: one actor in one relation to one statement.
    """

    mentions: pl.DataFrame
    actors: pl.DataFrame
    roles: pl.DataFrame
    speakers: pl.DataFrame
    relations: pl.DataFrame


def resolve_actors(
    articles: pl.DataFrame, found_statements: pl.DataFrame, found_names: pl.DataFrame
) -> ResolvedFrames:
    """Who is meant in each article. `articles` needs `article_id`, `body` and `published_on`."""
    spans, statements = _spans_by_article(found_names), _statements_by_article(found_statements)
    rows: dict[str, list[dict]] = {"mentions": [], "actors": [], "roles": [], "speakers": [], "relations": []}
    for article in articles.select("article_id", "body", "published_on").iter_rows(named=True):
        key = article["article_id"]
        numbers = [number for number, _ in statements[key]]
        resolved = resolve_article(
            key, unwrap(article["body"]), spans[key], [found for _, found in statements[key]]
        )
        _add_rows(rows, article, numbers, resolved)
    return ResolvedFrames(
        pl.DataFrame(rows["mentions"], _MENTIONS).unique("mention_id", keep="first", maintain_order=True),
        pl.DataFrame(rows["actors"], _ACTORS),
        pl.DataFrame(rows["roles"], _ROLES),
        pl.DataFrame(rows["speakers"], _SPEAKERS),
        pl.DataFrame(rows["relations"], _RELATIONS),
    )


def build_actors(resolved: ResolvedFrames) -> pl.DataFrame:
    """One row an actor: its longest name, its country, the days it was seen first and last."""
    merged = resolved.actors.group_by("actor_id").agg(
        pl.col("kind").min(),
        longest("name"),
        pl.col("country_code").max(),
        pl.col("first_seen_on").min(),
        pl.col("last_seen_on").max(),
    )
    return conform(merged, ACTORS)


def build_actor_aliases(resolved: ResolvedFrames) -> pl.DataFrame:
    """One row a name of an actor, pronouns and descriptions left out."""
    named = resolved.mentions.filter(pl.col("mention_kind") == "name")
    counted = named.group_by("actor_id", pl.col("text").str.replace_all(r"\s+", " ").alias("alias")).agg(
        pl.col("rule").min(),
        pl.col("published_on").min().alias("first_seen_on"),
        pl.col("published_on").max().alias("last_seen_on"),
        pl.len().cast(pl.Int64).alias("mention_count"),
    )
    return conform(counted, ACTOR_ALIASES)


def build_mentions(resolved: ResolvedFrames) -> pl.DataFrame:
    """One row a mention; `text` is the slice [start, end) of the body."""
    return conform(resolved.mentions, MENTIONS)


def longest(column: str) -> pl.Expr:
    """The longest value of a group; of equally long ones the last by code point: "Senate" rather than "SENATE"."""
    value = pl.col(column)
    return value.sort_by(value.str.len_chars(), value).last()


def conform(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Exactly the columns of the table, with its types, sorted by its key."""
    schema = polars_schema(table)
    return frame.select(schema.names()).cast(schema).sort(list(table.key))


def mention_key(article_id: str, start: int, end: int) -> str:
    return content_key("mention", article_id, start, end)


# ---- frames to the resolver and back -----------------------------------------------------------------------


def _spans_by_article(found_names: pl.DataFrame) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    ordered = found_names.sort("article_id", "start", "end", "label")
    for article_id, start, end, label in ordered.select("article_id", "start", "end", "label").iter_rows():
        spans[article_id].append((start, end, label))
    return spans


def _statements_by_article(found_statements: pl.DataFrame) -> dict[str, list[tuple[int, Attribution]]]:
    statements: dict[str, list[tuple[int, Attribution]]] = defaultdict(list)
    for row in found_statements.sort("article_id", "seq_no").iter_rows(named=True):
        contents = tuple((span["start"], span["end"]) for span in row["content_spans"])
        found = Attribution(contents, _offsets(row, "cue"), _offsets(row, "source"))
        statements[row["article_id"]].append((row["seq_no"], found))
    return statements


def _offsets(row: dict, part: str) -> tuple[int, int] | None:
    start, end = row[f"{part}_start"], row[f"{part}_end"]
    return None if start is None or end is None else (start, end)


def _add_rows(rows: dict[str, list[dict]], article: dict, numbers: list[int], resolved: Resolved) -> None:
    for actor in resolved.actors:
        rows["actors"].append(_actor_row(article, actor))
        rows["mentions"].extend(_mention_rows(article, actor))
        if actor.kind == "person":
            rows["roles"].extend(_role_row(article, actor, role) for role in actor.roles)
    for number, speaker in zip(numbers, resolved.speakers, strict=True):
        place = {"article_id": article["article_id"], "seq_no": number}
        rows["speakers"].append(place | _speaker_row(speaker))
        rows["relations"].extend(place | relation for relation in _relation_rows(article, speaker))


def _actor_row(article: dict, actor: Actor) -> dict:
    return {
        "actor_id": actor.actor_id,
        "kind": actor.kind,
        "name": actor.name,
        "country_code": actor.country_code,
        "first_seen_on": article["published_on"],
        "last_seen_on": article["published_on"],
        "article_id": article["article_id"],
        "org_type": actor.org_type,
    }


def _mention_rows(article: dict, actor: Actor) -> Iterator[dict]:
    for mention in actor.mentions:
        yield {
            "mention_id": mention_key(article["article_id"], mention.start, mention.end),
            "article_id": article["article_id"],
            "actor_id": actor.actor_id,
            "start": mention.start,
            "end": mention.end,
            "text": article["body"][mention.start : mention.end],
            "mention_kind": mention.kind,
            "rule": mention.rule,
            "published_on": article["published_on"],
        }


def _role_row(article: dict, actor: Actor, role: Role) -> dict:
    return {
        "actor_id": actor.actor_id,
        "organization_id": role.organization.actor_id if role.organization else None,
        "country_code": role.country_code,
        "role": role.text,
        "article_id": article["article_id"],
        "published_on": article["published_on"],
    }


def _speaker_row(speaker: Speaker) -> dict:
    return {
        "actor_id": speaker.actor.actor_id if speaker.actor else None,
        "speaker_resolution": speaker.resolution,
        "role": speaker.role.text if speaker.role else None,
        "organization_id": _spoken_for(speaker),
    }


def _spoken_for(speaker: Speaker) -> str | None:
    """The organization or country that the speaker speaks for or has the role at."""
    if speaker.on_behalf_of and speaker.on_behalf_of.kind in ("organization", "country"):
        return speaker.on_behalf_of.actor_id
    role = speaker.role
    if role is None:
        return None
    if role.organization:
        return role.organization.actor_id
    return f"country:{role.country_code}" if role.country_code else None


def _relation_rows(article: dict, speaker: Speaker) -> Iterator[dict]:
    related = [("speaker", speaker.mention), ("addressee", speaker.addressee)]
    related += [("co_speaker", mention) for mention in speaker.co_speakers]
    related += [("mentioned", mention) for mention in speaker.mentioned]
    for relation, mention in related:
        if mention:
            key = mention_key(article["article_id"], mention.start, mention.end)
            yield {"actor_id": mention.actor.actor_id, "relation": relation, "mention_id": key}
    if speaker.on_behalf_of:
        shown = speaker.behalf_mention
        shown_key = mention_key(article["article_id"], shown.start, shown.end) if shown else None
        yield {"actor_id": speaker.on_behalf_of.actor_id, "relation": "on_behalf_of", "mention_id": shown_key}
