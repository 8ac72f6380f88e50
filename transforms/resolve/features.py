"""Compute the features of the candidates for a reference.

Takes a `Query`, its candidates and the `Discourse` so far; returns one row per candidate, and a last row for "none".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Set
from math import log1p
from struct import pack

import numpy as np

from transforms.resolve import lexicon
from transforms.resolve.discourse import Discourse, Record
from transforms.resolve.fitting import fits_role, is_bound, may_be_bound, role_words, told_words
from transforms.resolve.model import Actor, Mention
from transforms.resolve.questions import FORMS, GOVERNMENT, PERSON_ENDINGS, Query
from transforms.resolve.word_lists import DETERMINERS

KINDS = ("person", "organization", "country", "group", "unnamed")
OF_QUERY = (
    *(f"form {form}" for form in FORMS),
    "source", "quoted", "plural", "role noun", "body noun", "ending of a person", "the", "a", "possessive",
    "bare", "long", "goes on", "names inside", "capitals", "opens text", "said before",
)  # fmt: skip
OF_CANDIDATE = (
    *(f"kind {kind}" for kind in KINDS),
    "before", "sentences", "same sentence", "sentence before", "paragraphs", "same paragraph", "words", "rank", "last",
    "mentions before", "mentions", "most mentioned", "after", "sentences ahead", "ahead here", "source ahead", "next",
    "in opening",
    "subject", "source there", "pronoun there", "description there", "quoted there", "across marks",
    "gender fits", "gender differs", "gender unknown", "spoke last", "spoke last but one", "spoke", "spoke often",
    "sentences since spoke", "spoke in paragraph", "speaks here", "bound", "guess",
    "role fits", "role word", "country fits", "country differs", "body fits", "has roles", "noun in name", "type fits",
    "noun beside", "noun near", "words near", "share of role", "may have role", "only one", "full name",
    "initials", "inside", "looks a person", "looks a body", "number differs", "listed",
    "same noun", "same noun for another", "salience", "most salient",
)  # fmt: skip
NAMES = (*OF_QUERY, *OF_CANDIDATE, "nobody")
LINKING = frozenset("of for at from in".split())
OPENING = 60  # words at the start of an article that count as its opening
LEAST = -8.0
SALIENT = 4  # last mentions of an actor that count for its salience
NOT_BEFORE, NOT_AFTER, NO_MENTION, NO_DESCRIPTION = (0.0,) * 9, (0.0,) * 5, (0.0,) * 6, (0.0,) * 14
OF_FORM = {form: [float(form == one) for one in FORMS] for form in FORMS}
OF_KIND = {kind: [float(kind == one) for one in KINDS] for kind in KINDS}


def describe_options(discourse: Discourse, query: Query, options: list[Actor]) -> np.ndarray:
    """Return an array with one row per option, and a last row for "none"; NAMES lists the columns."""
    rows = np.zeros((len(options) + 1, len(NAMES)), np.float32)
    rows[:, : len(OF_QUERY)] = _of_query(discourse, query)
    rows[-1, -1] = 1.0
    if options:
        values = _Candidates(discourse, query, options).describe()
        packed = pack(f"{len(values)}f", *values)  # in a quarter of the time of NumPy
        rows[:-1, len(OF_QUERY) : -1] = np.frombuffer(packed, np.float32).reshape(len(options), -1)
    return rows


def _of_query(discourse: Discourse, query: Query) -> list[float]:
    text, first, head = discourse.text, query.first, query.head
    word, end = text.lower[first], min(query.last, first + 12)
    earliest = text.places[head][0] if head in text.places else first
    capitals = bisect_left(text.capitals, end) - bisect_left(text.capitals, first)
    return [
        *OF_FORM[query.form],
        query.statement is not None,
        text.quoted[first],
        query.plural,
        query.is_role,
        query.is_body,
        head.endswith(PERSON_ENDINGS),
        word in ("the", "this", "that"),
        word in ("a", "an", "one", "another", "some"),
        word in DETERMINERS and word not in ("the", "this", "that", "a", "an"),
        word not in DETERMINERS and word not in ("one", "another", "some"),
        log1p(query.last - first),
        not LINKING.isdisjoint(text.lower[first:end]),
        not discourse.clusters.at.keys().isdisjoint(range(first, end)),
        capitals > 1,
        first < OPENING,
        earliest < first,
    ]


# The record of an actor, the number of its mentions before a reference, the last of them, and the next mention.
_Around = tuple[Record, int, Mention | None, Mention | None]


class _Candidates:
    """The candidates for one reference."""

    def __init__(self, discourse: Discourse, query: Query, options: list[Actor]) -> None:
        self._discourse, self._text, self._query, self._options = discourse, discourse.text, query, options
        self._sentence = self._text.sentences[query.first]
        self._paragraph = self._text.paragraphs[query.first]
        self._is_quoted = self._text.quoted[query.first]
        self._before_last, self._last = [None, None, *(actor for _, actor in discourse.said[-2:])][-2:]
        self._binds = query.form == "he" and may_be_bound(self._text, query.first)
        self._around = [self._look_around(actor) for actor in options]
        self._most = max([len(record.places) for record, *_ in self._around])

    def describe(self) -> list[float]:
        """Return the features OF_CANDIDATE of all candidates, in one list because it is converted faster."""
        query = self._query
        description = Description(self._discourse, query, self._options) if query.wanted else None
        same = self._discourse.described_before(query.head, query.first) if query.wanted else None
        present = list(map(self._salience, self._options, self._around))
        highest = max(present)
        values: list[float] = []
        for rank, actor in enumerate(self._options):
            score = present[rank]
            values += self._of_candidate(actor, self._around[rank], rank, description)
            values += (same is actor, same is not None and same is not actor, score, score == highest)
        return values

    def _look_around(self, actor: Actor) -> _Around:
        record = self._discourse.records[actor]
        at, mentions = bisect_left(record.places, self._query.first), record.mentions
        before = mentions[at - 1] if at else None
        return record, at, before, mentions[at] if at < len(mentions) else None

    def _of_candidate(
        self, actor: Actor, around: _Around, rank: int, description: Description | None
    ) -> list[float]:
        query, (record, _, before, after) = self._query, around
        return [
            *OF_KIND[actor.kind],
            *self._where(around, rank),
            *self._last_mention(before),
            *self._gender(actor),
            *self._speech(actor, record),
            query.speaker is actor,
            self._binds and before is not None and is_bound(self._text, query.first, before),
            query.guess is actor,
            *(description.fit(actor) if description else (*NO_DESCRIPTION, actor.is_full, 0.0)),
            after is not None and after.first < query.last and query.form != "silent",
            *self._looks(actor, before or after),
        ]

    def _salience(self, actor: Actor, around: _Around) -> float:
        """Return the actor's salience, at least -8; it is -8 for the speaker and for an actor of another gender."""
        query = self._query
        if query.speaker is actor or (query.gender and actor.gender not in (query.gender, None)):
            return LEAST
        record, counted, _, _ = around
        near = record.mentions[max(0, counted - SALIENT) : counted]
        if self._binds:
            near = [m for m in near if not is_bound(self._text, query.first, m)]
        best = max(self._discourse.saliences(near, query.first), default=LEAST)
        known = 0.3 * log1p(len(actor.mentions)) - 0.9 * (query.gender is not None and actor.gender is None)
        return max(LEAST, best + known)

    def _looks(self, actor: Actor, near: Mention | None) -> tuple[float, ...]:
        query, (person, body, several) = self._query, self._discourse.looks(actor)
        differs = several != query.plural and query.form not in ("we", "who", "silent")
        listed = query.plural and near is not None and bool(self._discourse.listed_with(near))
        return person, body, differs, listed

    def _where(self, around: _Around, rank: int) -> list[float]:
        (record, counted, before, after), text, i = around, self._text, self._query.first
        behind, ahead = NOT_BEFORE, NOT_AFTER
        if before is not None:
            sentences = self._sentence - text.sentences[before.first]
            paragraphs = self._paragraph - text.paragraphs[before.first]
            behind = (
                1.0,
                log1p(sentences),
                sentences == 0,
                sentences == 1,
                log1p(paragraphs),
                paragraphs == 0,
                log1p(i - before.first),
                log1p(rank),
                rank == 0,
            )
        if after is not None:
            sentences = text.sentences[after.first] - self._sentence
            ahead = (
                1.0,
                log1p(sentences),
                sentences == 0,
                after.first in self._discourse.sources,
                before is None and self._discourse.is_next(after, i),
            )
        places = record.places
        return [
            *behind,
            log1p(counted),
            log1p(len(places)),
            len(places) == self._most,
            *ahead,
            places[0] < OPENING,
        ]

    def _last_mention(self, before: Mention | None) -> tuple[float, ...]:
        if before is None:
            return NO_MENTION
        traits = self._discourse.traits(before)
        return (*traits, traits.is_quoted != self._is_quoted)

    def _gender(self, actor: Actor) -> tuple[float, ...]:
        wanted, own = self._query.gender, actor.gender
        if wanted is None or actor.kind != "person":
            return 0.0, 0.0, 0.0
        return own == wanted, own not in (wanted, None), own is None

    def _speech(self, actor: Actor, record: Record) -> tuple[float, ...]:
        text, spoke = self._text, record.spoke
        since, here = 0.0, False
        if spoke:
            since = log1p(max(0, self._sentence - text.sentences[record.spoke_at]))
            here = self._paragraph == text.paragraphs[record.spoke_at]
        return (
            actor is self._last,
            actor is self._before_last,
            spoke > 0,
            log1p(spoke),
            since,
            here,
        )


class Description:
    """A description such as "the minister", to which some of the `options` may fit."""

    def __init__(self, discourse: Discourse, query: Query, options: list[Actor]) -> None:
        self._discourse, self._query = discourse, query
        self._wanted = frozenset(word for one in query.wanted for word in role_words(one))
        self._told = {actor: told_words(actor) for actor in options}
        self._fitting = {actor for actor in options if self._may_fit(actor)}
        self._noun_words = role_words(query.head)
        self._noun_type = lexicon.organization_nouns().get(query.head)
        self._noun_places = discourse.other_places(query.head, query.first)
        words = discourse.text.lower[query.first : min(query.last, query.first + 10)]
        content = {word for word in words if len(word) > 3 and word[0].isalpha()} - {query.head}
        places = [discourse.other_places(word, query.first) for word in content]
        self._words, self._word_places = len(content), [found for found in places if found]

    def _may_fit(self, actor: Actor) -> bool:
        """Whether the actor's roles have all wanted words, and neither the actor nor a role has another country."""
        told, country = self._told[actor], self._query.country
        if not told or not self._wanted <= told:
            return False
        return country is None or _countries(actor) <= {country}

    def fit(self, actor: Actor) -> list[float]:
        """Measure how well the description fits what the article says about the actor."""
        query, wanted, told, roles = self._query, self._wanted, self._told[actor], actor.roles
        countries = _countries(actor) if query.country is not None else frozenset()
        beside, near = self._discourse.nearness_of(self._noun_places, actor)
        may_fit = actor in self._fitting
        return [
            wanted <= told and fits_role(actor, wanted, query.country, query.body),
            not told.isdisjoint(self._noun_words),
            query.country in countries,
            bool(countries) and query.country not in countries,
            query.body is not None and any(role.organization is query.body for role in roles),
            bool(roles),
            query.head in actor.words,
            actor.kind == "country"
            if query.head in GOVERNMENT
            else self._noun_type is not None and self._noun_type == actor.org_type,
            beside,
            near,
            self._words_near(actor),
            len(wanted & told) / len(wanted) if wanted else 0.0,
            may_fit,
            may_fit and query.is_role and len(self._fitting) == 1,
            actor.is_full,
            bool(roles) and _has_initials(query, actor),
        ]

    def _words_near(self, actor: Actor) -> float:
        """Return the share of the content words, without the head, that occur elsewhere near the actor."""
        near = sum([self._discourse.nearness_of(found, actor)[1] for found in self._word_places])
        return near / self._words if self._words else 0.0


def _countries(actor: Actor) -> Set[str | None]:
    """Return the countries of an actor and of its roles."""
    return {actor.country_code, *(role.country_code for role in actor.roles)} - {None}


def _has_initials(query: Query, actor: Actor) -> bool:
    """Whether the head is an acronym of a role: 'the ASP' for the assistant superintendent of police."""
    return len(query.head) > 1 and any(
        query.head == "".join(w[0] for w in (role.text or "").lower().split() if w != "of")
        for role in actor.roles
    )
