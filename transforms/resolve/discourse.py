"""Keep track of who is mentioned where in an article, and who has spoken so far.

A `Discourse` finds the candidates for a reference, and the mentions of an actor before and after the reference. It
follows the `Clusters` of the article, which get more mentions while references are resolved.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from operator import attrgetter
from typing import NamedTuple

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.fitting import is_subject
from transforms.resolve.model import Actor, Mention
from transforms.resolve.phrases import head_of, is_body, is_person, is_plural, singular

RECENT, AHEAD, FREQUENT = 10, 3, 3  # most candidates mentioned last before, first after, most often
LISTING = (["and"], [","], [",", "and"], ["&"], ["and", "the"])
LONGEST_LIST = 4  # names to look at on either side of a mention
STEPS = 80  # mentions to search for the candidates before a word; a quarter as many after it
UNLIKELY = -4.0  # below every log-probability of the tagger
FAR_FROM_NOUN = 5  # words between a document and the person who wrote it
# Before a document that is mentioned for the first time, or that somebody owns: 'said in a report', "Roe's memo".
BRINGING_IN = frozenset("a an his her their 's ’s".split())
_first = attrgetter("first")

# Start of a reference -> start of a name -> the tagger's log-probability that the reference means the name.
Pointers = Mapping[int, Mapping[int, float]]


@dataclass(slots=True)
class Record:
    """The mentions of one actor by position, how many statements the actor made, and where the last statement is."""

    places: list[int] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    spoke: int = 0
    spoke_at: int = -1

    def add(self, mention: Mention) -> None:
        at = bisect_left(self.places, mention.first)
        self.places.insert(at, mention.first)
        self.mentions.insert(at, mention)


class Traits(NamedTuple):
    """What a mention is like, wherever it is seen from."""

    is_subject: bool
    is_source: bool
    is_pronoun: bool
    is_description: bool
    is_quoted: bool


class Discourse:
    """The mentions of an article by position, kept equal to those in its `Clusters`, and the speakers so far."""

    def __init__(
        self,
        text: Text,
        clusters: Clusters,
        phrases: dict[int, int],
        sources: set[int],
        pointers: Pointers | None = None,
    ) -> None:
        self.text, self.clusters, self.phrases, self.sources = text, clusters, phrases, sources
        self.pointers = pointers or {}
        self.records: dict[Actor, Record] = {}
        self.said: list[tuple[int, Actor | None]] = []
        self._timeline: list[Mention] = []
        self._looks: dict[Actor, tuple[bool, bool, bool]] = {}
        self._traits: dict[Mention, Traits] = {}
        self._prominence: dict[Mention, float] = {}
        self._named_at: dict[int, set[Actor]] = {}  # start of a word -> actors whose names contain it
        self._described: dict[str, list[Mention]] = {}  # head noun -> mentions by a description
        self._seen = 0
        self._catch_up()
        named = sorted(self.records, key=lambda actor: -len(self.records[actor].places))
        self._frequent = [actor for actor in named if actor.kind in ("person", "organization")][:FREQUENT]

    def _catch_up(self) -> None:
        """Add the mentions made since the last call."""
        for mention in self.clusters.mentions[self._seen :]:
            record = self.records.get(mention.actor)
            if record is None:
                record = self.records[mention.actor] = Record()
            record.add(mention)
            if mention.kind == "nominal":
                noun = singular(self.text.lower[head_of(self.text, mention.first, mention.last)])
                insort(self._described.setdefault(noun, []), mention, key=_first)
            for k in range(mention.first, mention.last):
                self._named_at.setdefault(self.text.starts[k], set()).add(mention.actor)
            if self._timeline and self._timeline[-1].first > mention.first:
                insort(self._timeline, mention, key=_first)
            else:
                self._timeline.append(mention)
        self._seen = len(self.clusters.mentions)

    def note_speaker(self, place: int, actor: Actor | None) -> None:
        """Record the speaker of the statement whose source is at word `place`; None for an unknown speaker."""
        self.said.append((place, actor))
        if actor is not None:
            self._catch_up()
            record = self.records.setdefault(actor, Record())
            record.spoke, record.spoke_at = record.spoke + 1, place

    def candidates(self, place: int, kinds: frozenset[str]) -> list[Actor]:
        """Return the candidates for a reference: actors mentioned last before it, first after it, or most often."""
        self._catch_up()
        at = bisect_left(self._timeline, place, key=_first)
        before = self._distinct(reversed(self._timeline[max(0, at - STEPS) : at]), kinds, RECENT)
        after = self._distinct(self._timeline[at : at + STEPS // 4], kinds, AHEAD)
        frequent = [actor for actor in self._frequent if actor.kind in kinds]
        return list(dict.fromkeys([*before, *after, *frequent]))

    @staticmethod
    def _distinct(mentions: Iterable[Mention], kinds: frozenset[str], most: int) -> list[Actor]:
        found: dict[Actor, None] = {}
        for mention in mentions:
            if mention.actor.kind in kinds:
                found[mention.actor] = None
                if len(found) == most:
                    break
        return list(found)

    def around(self, actor: Actor, place: int) -> tuple[Mention | None, Mention | None]:
        """Return the actor's last mention before word `place`, and the first mention from that word on."""
        record = self.records[actor]
        at = bisect_left(record.places, place)
        before = record.mentions[at - 1] if at else None
        return before, record.mentions[at] if at < len(record.mentions) else None

    def looks(self, actor: Actor) -> tuple[bool, bool, bool]:
        """Return whether an actor's first mention means a nameless person, a nameless organization, several actors."""
        if actor not in self._looks:
            first = self.records[actor].mentions[0]
            noun = self.text.lower[head_of(self.text, first.first, first.last)]
            several = actor.kind == "group" or is_plural(noun)
            nameless = actor.kind in ("unnamed", "group")
            self._looks[actor] = (
                nameless and is_person(singular(noun)),
                nameless and is_body(singular(noun)),
                several,
            )
        return self._looks[actor]

    def traits(self, mention: Mention) -> Traits:
        """Return the traits of a mention, which are computed once."""
        found = self._traits.get(mention)
        if found is None:
            found = self._traits[mention] = Traits(
                is_subject(self.text, self.phrases, mention),
                mention.first in self.sources,
                mention.kind == "pronoun",
                mention.kind == "nominal",
                self.text.quoted[mention.first],
            )
        return found

    def saliences(self, mentions: Iterable[Mention], i: int) -> list[float]:
        """Return how prominent each mention is at word i (its salience).

        A mention is more prominent if it is near, is a subject, or is the source of a statement.
        """
        sentences, paragraphs, quoted = self.text.sentences, self.text.paragraphs, self.text.quoted
        sentence, paragraph, is_quoted = sentences[i], paragraphs[i], quoted[i]
        found = []
        for mention in mentions:
            first, prominence = mention.first, self._prominence.get(mention)
            if prominence is None:
                traits = self.traits(mention)
                prominence = 0.9 * traits.is_subject + 0.8 * traits.is_source + 0.3 * traits.is_pronoun
                self._prominence[mention] = prominence
            score = -1.0 * (sentence - sentences[first]) - 0.002 * (i - first)
            score -= 0.4 * (paragraph - paragraphs[first])
            found.append(score + prominence - 0.5 * (quoted[first] != is_quoted))
        return found

    def listed_with(self, mention: Mention) -> list[Mention]:
        """Return the other mentions in the same list: for Roe in 'Roe, Berg and Lind', those of Berg and of Lind."""
        line, at = self._timeline, bisect_left(self._timeline, mention.first, key=_first)
        first = last = at
        while first > 0 and at - first < LONGEST_LIST and self._are_listed(line[first - 1], line[first]):
            first -= 1
        while (
            last + 1 < len(line) and last - at < LONGEST_LIST and self._are_listed(line[last], line[last + 1])
        ):
            last += 1
        joined = any(self.text.lower[k] in ("and", "&") for k in range(line[first].last, line[last].first))
        return [m for m in line[first : last + 1] if m is not mention] if joined else []

    def _are_listed(self, one: Mention, other: Mention) -> bool:
        start = self.phrases.get(other.first, other.first)
        between = self.text.lower[one.last : start] if start - one.last <= 2 else []
        return one.actor.kind == other.actor.kind and between in LISTING and one.actor is not other.actor

    def has_issued(self, actor: Actor, noun: str, before: int) -> bool:
        """Whether a sentence that names the actor brings in the document: 'Roe said in a report', 'a report by Roe'."""
        mentions = self.records[actor].mentions if actor in self.records else []
        for k in self.text.find({noun, f"{noun}s"}):
            if k >= before:
                break
            for mention in mentions:
                first, last = mention.first, mention.last
                if self.text.sentences[k] != self.text.sentences[first]:
                    continue
                brings_in = self.text.lower[max(last, k - FAR_FROM_NOUN) : k]
                if last <= k and not BRINGING_IN.isdisjoint(brings_in):
                    return True
                if k < first <= k + FAR_FROM_NOUN and "by" in self.text.lower[k + 1 : first]:
                    return True
        return False

    def is_within(self, actor: Actor, first: int, last: int) -> bool:
        """Whether the words [first, last) contain the actor's name and so describe another actor: 'an aide to Roe'."""
        places = self.records[actor].places if actor in self.records else []
        at = bisect_left(places, first)
        return at < len(places) and places[at] < last

    def described_before(self, noun: str, place: int) -> Actor | None:
        """Return the actor of the last description before word `place` that has the head noun `noun`."""
        described = self._described.get(noun, [])
        at = bisect_left(described, place, key=_first)
        return described[at - 1].actor if at else None

    def is_next(self, mention: Mention, place: int) -> bool:
        """Whether no other actor of the same kind is mentioned between word `place` and a later mention."""
        at = bisect_left(self._timeline, place, key=_first)
        following = (m for m in self._timeline[at : at + 12] if m.actor.kind == mention.actor.kind)
        return next(following, mention) is mention

    def last_mentions(self, actor: Actor, place: int, most: int = 4) -> list[Mention]:
        """Return at most `most` of the actor's last mentions before word `place`."""
        record = self.records[actor]
        at = bisect_left(record.places, place)
        return record.mentions[max(0, at - most) : at]

    def nearness(self, word: str, place: int, actor: Actor) -> tuple[bool, bool]:
        """Return two values: whether a word also occurs near a mention of the actor, and whether in its sentence.

        Near means in the same sentence, at most four words away. Occurrences within two words of word `place` do not
        count, because they are part of the reference.
        """
        return self.nearness_of(self.other_places(word, place), actor)

    def other_places(self, word: str, place: int) -> list[int]:
        """Return the first 20 places of a word, without those within two words of word `place`."""
        return [at for at in self.text.places.get(word, ())[:20] if abs(at - place) >= 3]

    def nearness_of(self, found: Sequence[int], actor: Actor) -> tuple[bool, bool]:
        """Return what `nearness` returns for a word that occurs at the places `found`."""
        sentences, places = self.text.sentences, self.records[actor].places
        together = False
        for at in found:
            near = bisect_left(places, at)
            for other in places[max(0, near - 1) : near + 1]:
                if sentences[other] == sentences[at]:
                    together = True
                    if abs(other - at) <= 4:
                        return True, True
        return False, together

    def pointed(self, place: int, options: Sequence[Actor]) -> list[float]:
        """Return the tagger's log-probabilities that the word at `place` means each option and, last, none of them.

        The tagger knows names only, so an actor without a name gets the same value as "none". All values are 0 if the
        tagger did not judge the word; no value is below UNLIKELY.
        """
        starts = self.text.starts
        answers = self.pointers.get(starts[place])
        if answers is None:
            return [0.0] * (len(options) + 1)
        chances: dict[Actor, float] = {}
        for start, score in answers.items():
            if start != starts[place]:
                chance = exp(score)
                for actor in self._named_at.get(start, ()):
                    chances[actor] = chances.get(actor, 0.0) + chance
        nobody = exp(answers.get(starts[place], UNLIKELY))
        scores = [nobody if actor.is_nameless else chances.get(actor, 0.0) for actor in options]
        scores.append(nobody)
        return [max(UNLIKELY, log(score)) if score else UNLIKELY for score in scores]
