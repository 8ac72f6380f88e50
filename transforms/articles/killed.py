"""Find the killed versions of a story, which their source withdrew and did not release later."""

from __future__ import annotations

from typing import Any

import polars as pl

from transforms.articles.withdrawals import FOR_NOW

Version = dict[str, Any]


def find_killed(versions: pl.DataFrame) -> pl.Series:
    """Return whether each version is killed; `versions` has `group` (the story) and the columns that this module reads.

    A version that withdraws the story also kills every earlier version from the same source. If the source of the first
    version withdraws the story, the versions of all other sources are killed too.
    """
    killing = versions.filter(pl.col("withdrawal").is_not_null())
    killed: set[str] = set()
    if killing.height:
        touched = versions.join(killing.select("group").unique(), on="group", how="semi")
        for story in touched.partition_by("group"):
            killed.update(_killed_of(story.to_dicts()))
    return versions["article_id"].is_in(killed)


def _killed_of(story: list[Version]) -> set[str]:
    first = min(story, key=_order)
    kills = [version for version in story if version["withdrawal"] and not _is_lifted(version, story)]
    return {
        version["article_id"]
        for version in story
        if any(version is kill or _is_killed(version, kill, first) for kill in kills)
    }


def _is_lifted(kill: Version, story: list[Version]) -> bool:
    """Whether a later version from the same source ends a temporary withdrawal."""
    return kill["withdrawal"] in FOR_NOW and any(
        not later["withdrawal"] and _share_source(later, kill) and _is_later(later, kill) for later in story
    )


def _order(version: Version) -> tuple[Any, ...]:
    moment = version["at"].timestamp() if version["at"] else 0.0
    day = version["published_on"].toordinal() if version["published_on"] else 0
    return day, version["no"], moment, version["article_id"]


def _is_killed(version: Version, kill: Version, first: Version) -> bool:
    """Whether the version `kill`, which withdraws the story, also kills `version`.

    `first` is the first version of the story.
    """
    if _share_source(version, kill):
        return not _is_later(version, kill)
    return _share_source(first, kill)


def _share_source(one: Version, other: Version) -> bool:
    """Whether two versions share an outlet or agency; also true if one of them states neither."""
    sources, others = _sources(one), _sources(other)
    return not sources or not others or bool(sources & others)


def _sources(version: Version) -> set[str]:
    return {version[name].casefold().strip() for name in ("outlet", "agency") if version[name]}


def _is_later(one: Version, other: Version) -> bool:
    """Whether `one` is later than `other`: by version number if they have the same id, else by time, else by day."""
    if one["guid"] and one["guid"] == other["guid"] and one["no"] != other["no"]:
        return bool(one["no"] > other["no"])
    for name in ("at", "published_on"):
        if one[name] and other[name]:
            return bool(one[name] > other[name])
    return False
