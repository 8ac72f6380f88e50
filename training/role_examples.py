"""Read the mentions of people in articles, and mark the words of the annotated roles near each mention.

The annotation of an article lists the roles of each person, but not where the text states them. `mark_words` finds the
words: a role counts as stated next to a mention if its words are in the sentence of the mention, at most FARTHEST words
away. Words of a role that may or may not be stated there are marked as doubtful; training leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from training.guesses import FOLDS, Unresolved, read_texts, words_of
from transforms.resolve import lexicon
from transforms.resolve.accents import without_accents
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Mention
from transforms.resolve.names import find_names

FARTHEST = 20  # words between a mention and a role
AROUND = 50  # words on each side of a mention that are searched
FARTHEST_OWNER = 30  # words between a role and its owner
LONGEST_GAP = 4  # words between two words of a role, such as the name in 'former Acme chief'
LONGEST_EXTRA = 6  # words between the first and the last word of a role that are not its own
NEAR_NOUN = 6  # words around the noun of a role, if only parts of the role are found
MOST_MENTIONS, MOST_OF_NAME = 16, 3  # mentions of an article without annotation, and those with one last word
SMALL_WORDS = frozenset("from the and for of with at in by that who was his her its".split())


@dataclass
class Example:
    """A mention of a person. `role`, `place` and `doubtful` are indices of words; `fold` is that of the article."""

    text: Text
    clusters: Clusters
    mention: Mention
    fold: int = 0
    role: set[int] = field(default_factory=set)
    place: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)


def read_annotated(articles: list[dict[str, Any]]) -> Iterator[Example]:
    """Yield the mentions of annotated people, with the words of their roles."""
    for text, clusters, article in _read(articles):
        annotated = articles[article.number]
        searched = _Searched(text, annotated["actors"])
        people = [m for m in clusters.mentions if m.actor.kind == "person" and m.kind == "name"]
        owners = [_person_of(annotated["actors"], m) for m in people]
        for mention, person in zip(people, owners, strict=True):
            if person is None:
                continue
            same = [m for m, other in zip(people, owners, strict=True) if other is person]
            example = Example(text, clusters, mention, crc32(annotated["text"].encode()) % FOLDS)
            mark_words(searched, example, person["roles"], same)
            yield example


def read_free(texts: list[dict[str, Any]]) -> Iterator[Example]:
    """Yield mentions of people in articles without annotation: the first ones of each name."""
    for text, clusters, _ in _read(texts):
        seen: dict[str, int] = {}
        kept: list[Mention] = []
        for mention in clusters.mentions:
            if mention.actor.kind == "person" and mention.kind == "name":
                last = text.lower[mention.last - 1]
                seen[last] = seen.get(last, 0) + 1
                if seen[last] <= MOST_OF_NAME and len(kept) < MOST_MENTIONS:
                    kept.append(mention)
        yield from (Example(text, clusters, mention) for mention in kept)


def _read(articles: list[dict[str, Any]]) -> Iterator[tuple[Text, Clusters, Unresolved]]:
    for article in read_texts([a["text"] for a in articles]):
        text = Text(article.body)
        yield text, Clusters(text, find_names(text, article.spans, article.scores)), article


def _person_of(actors: list[dict[str, Any]], mention: Mention) -> dict[str, Any] | None:
    """Return the annotated person with a name, or the only one whose name contains its words."""
    words = words_of("person", mention.actor.name)
    people = [actor for actor in actors if actor["kind"] == "person"]
    same = [p for p in people if words in {words_of("person", name) for name in [p["name"], *p["aliases"]]}]
    same = same or [p for p in people if words and set(words) <= set(words_of("person", p["name"]))]
    return same[0] if len(same) == 1 else None


class _Searched:
    """The plain words of a text, in which roles and the names of their owners are searched."""

    def __init__(self, text: Text, actors: list[dict[str, Any]]) -> None:
        self.text = text
        self.words = [_plain(word) for word in text.words]
        self.names = {name: [a["name"], *a["aliases"]] for a in actors for name in [a["name"], *a["aliases"]]}

    def find(self, wanted: list[str], start: int, end: int, gap: int = LONGEST_GAP) -> list[list[int]]:
        """Return the places in [start, end) with the wanted words in their order, the shortest for each last word."""
        shortest: dict[int, list[int]] = {}
        for first in range(start, end):
            found = self._follow(wanted, first, end, gap)
            if found and found[-1] - first <= len(wanted) + LONGEST_EXTRA:
                shortest[found[-1]] = found  # a later first word is nearer to the last word
        return list(shortest.values())

    def _follow(self, wanted: list[str], first: int, end: int, gap: int) -> list[int]:
        if not wanted or not _is_same(self.words[first], wanted[0]):
            return []
        found = [first]
        for word in wanted[1:]:
            after = range(found[-1] + 1, min(found[-1] + 2 + gap, end))
            following = next((k for k in after if _is_same(self.words[k], word)), None)
            if following is None:
                return []
            found.append(following)
        return found

    def find_parts(self, role: str, start: int, end: int) -> list[list[int]]:
        """Return the places with the noun of a role, each with the other words of the role that are near it."""
        wanted = set(_words(role)) - SMALL_WORDS
        (*_, noun) = _words(re.split(" of | for ", role)[0]) or [""]
        if noun not in wanted:
            return []
        found = []
        for i in (i for i in range(start, end) if _is_same(self.words[i], noun)):
            near = range(max(start, i - NEAR_NOUN), min(end, i + NEAR_NOUN + 1))
            found.append([k for k in near if k == i or any(_is_same(self.words[k], word) for word in wanted)])
        return found

    def find_owner(self, owner: str, start: int, end: int) -> list[list[int]]:
        """Return the places with a name of an owner: an annotated name, or any name of the same country."""
        names = {owner, *self.names.get(owner, ())}
        found = [place for name in sorted(names) for place in self.find(_words(name), start, end, 1)]
        country = lexicon.known_names().get(owner)
        if country is None or country.kind != "country":
            return found
        for i in (i for i in range(start, end) if self.text.words[i][0].isupper()):
            for last in range(min(i + 3, end), i, -1):
                known = lexicon.known_names().get(self.text.slice(i, last))
                if known and known.kind == "country" and known.country_code == country.country_code:
                    found.append([*range(i, last)])
                    break
        return found


def mark_words(
    searched: _Searched, example: Example, roles: Iterable[dict[str, Any]], same: list[Mention]
) -> None:
    """Mark the words of the roles of a person next to one mention. `same` has all mentions of the person."""
    text, mention = searched.text, example.mention
    own = set(range(mention.first, mention.last))
    start, end = max(0, mention.first - AROUND), min(text.size, mention.last + AROUND)
    while text.paragraphs[start] != text.paragraphs[mention.first]:
        start += 1
    while text.paragraphs[end - 1] != text.paragraphs[mention.first]:
        end -= 1
    for role in roles:
        stated = [[mention.first]]  # 'Ann Roe of Acme' has an owner without a role
        if role["role"]:
            places = searched.find(_words(role["role"]), start, end)
            places = places or searched.find_parts(role["role"], start, end)
            stated = [p for p in places if _is_stated(text, mention, p, same) and own.isdisjoint(p)]
            example.role.update(*stated)
            example.doubtful.update(*(p for p in places if p not in stated))
        if role["at"] and stated:
            owners = searched.find_owner(role["at"], start, end)
            owners = [p for p in owners if (example.role | own).isdisjoint(p)]
            nearest = min((_distance_of(p, stated) for p in owners), default=FARTHEST_OWNER + 1)
            is_near = nearest <= FARTHEST_OWNER
            example.place.update(*(p for p in owners if is_near and _distance_of(p, stated) == nearest))
            example.doubtful.update(*owners)
    example.doubtful -= example.role | example.place


def _is_stated(text: Text, mention: Mention, words: list[int], same: list[Mention]) -> bool:
    """Whether the words of a role are in the sentence of a mention and near it, and no other mention is nearer."""
    return (
        text.sentences[words[0]] == text.sentences[mention.first]
        and _distance(words, mention) <= FARTHEST
        and min(same, key=lambda m: _distance(words, m)) is mention
    )


def _distance(words: list[int], mention: Mention) -> int:
    """Return the number of words between some words and a mention."""
    return max(mention.first - words[-1] - 1, words[0] - mention.last, 0)


def _distance_of(words: list[int], places: list[list[int]]) -> int:
    return min(min(abs(words[0] - other[-1]), abs(other[0] - words[-1])) for other in places)


def _words(written: str) -> list[str]:
    return [word for part in re.findall(r"[\w’'.\-&]+", written) if (word := _plain(part))]


def _plain(word: str) -> str:
    return re.sub(r"[’']s$", "", without_accents(word).lower()).replace(".", "")


def _is_same(one: str, other: str) -> bool:
    """Whether two plain words are the same, or one is the plural of the other."""
    return one == other or one == other + "s" or other == one + "s"
