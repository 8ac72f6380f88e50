"""Compute the features of the candidates for a reference.

Takes a `Query`, its candidates and the `Discourse` so far; returns one row per candidate, and a last row for "none".
"""

from __future__ import annotations

from bisect import bisect_left
from math import log1p

import numpy as np

from transforms.resolve import lexicon
from transforms.resolve.discourse import Discourse
from transforms.resolve.fitting import fits_role, is_bound, may_fit, role_words
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
NO_DESCRIPTION = (0.0,) * 14
OF_FORM = {form: [float(form == one) for one in FORMS] for form in FORMS}
OF_KIND = {kind: [float(kind == one) for one in KINDS] for kind in KINDS}


def describe_options(discourse: Discourse, query: Query, options: list[Actor]) -> np.ndarray:
    """Return an array with one row per option, and a last row for "none"; NAMES lists the columns."""
    asked = _of_query(discourse, query)
    most = max((len(discourse.records[actor].places) for actor in options), default=0)
    fitting = (
        [actor for actor in options if may_fit(actor, query.wanted, query.country)] if query.is_role else []
    )
    only = fitting[0] if len(fitting) == 1 else None
    description = Description(discourse, query, only) if query.wanted else None
    same = discourse.described_before(query.head, query.first) if query.wanted else None
    present = [_salience(discourse, query, actor) for actor in options]
    highest = max(present, default=0.0)
    rows = np.zeros((len(options) + 1, len(NAMES)))
    rows[:, : len(OF_QUERY)] = asked
    rows[-1, -1] = 1.0
    if options:
        rows[:-1, len(OF_QUERY) : -1] = [
            [
                *_of_candidate(discourse, query, description, actor, rank, most),
                float(same is actor),
                float(same not in (None, actor)),
                score,
                float(score == highest),
            ]
            for rank, (actor, score) in enumerate(zip(options, present, strict=True))
        ]
    return rows


def _of_query(discourse: Discourse, query: Query) -> list[float]:
    text, first = discourse.text, query.first
    word = text.lower[first]
    before = text.places.get(query.head, ()) if query.head else ()
    phrase = range(first, min(query.last, first + 12))
    return [
        *OF_FORM[query.form],
        float(query.statement is not None),
        float(text.quoted[first]),
        float(query.plural),
        float(query.is_role),
        float(query.is_body),
        float(query.head.endswith(PERSON_ENDINGS)),
        float(word in ("the", "this", "that")),
        float(word in ("a", "an", "one", "another", "some")),
        float(word in DETERMINERS and word not in ("the", "this", "that", "a", "an")),
        float(word not in DETERMINERS and word not in ("one", "another", "some")),
        log1p(query.last - first),
        float(not LINKING.isdisjoint(text.lower[first : phrase.stop])),
        float(any(k in discourse.clusters.at for k in phrase)),
        float(sum(word[0].isupper() for word in text.words[first : phrase.stop]) > 1),
        float(first < OPENING),
        float(any(k < first for k in before[:1])),
    ]


def _of_candidate(
    discourse: Discourse,
    query: Query,
    description: Description | None,
    actor: Actor,
    rank: int,
    most: int,
) -> list[float]:
    before, after = discourse.around(actor, query.first)
    return [
        *OF_KIND[actor.kind],
        *_where(discourse, query, actor, before, after, rank, most),
        *_last_mention(discourse, query, before),
        *_gender(query, actor),
        *_speech(discourse, query, actor),
        float(query.speaker is actor),
        float(before is not None and query.form == "he" and is_bound(discourse.text, query.first, before)),
        float(query.guess is actor),
        *(description.fit(actor) if description else (*NO_DESCRIPTION, float(actor.is_full), 0.0)),
        float(after is not None and after.first < query.last and query.form != "silent"),
        *_looks(discourse, query, actor, before or after),
    ]


def _salience(discourse: Discourse, query: Query, actor: Actor) -> float:
    """Return the actor's salience, at least -8; it is -8 for the speaker and for an actor of another gender."""
    if query.speaker is actor or (query.gender and actor.gender not in (query.gender, None)):
        return LEAST
    near = discourse.last_mentions(actor, query.first)
    if query.form == "he":
        near = [m for m in near if not is_bound(discourse.text, query.first, m)]
    best = max([discourse.salience(mention, query.first) for mention in near], default=LEAST)
    known = 0.3 * log1p(len(actor.mentions)) - 0.9 * (query.gender is not None and actor.gender is None)
    return max(LEAST, best + known)


def _looks(discourse: Discourse, query: Query, actor: Actor, near: Mention | None) -> list[float]:
    person, body, several = discourse.looks(actor)
    differs = several != query.plural and query.form not in ("we", "who", "silent")
    listed = query.plural and near is not None and bool(discourse.listed_with(near))
    return [float(person), float(body), float(differs), float(listed)]


def _where(
    discourse: Discourse,
    query: Query,
    actor: Actor,
    before: Mention | None,
    after: Mention | None,
    rank: int,
    most: int,
) -> list[float]:
    text, i = discourse.text, query.first
    record = discourse.records[actor]
    counted = bisect_left(record.places, i)
    opening = float(record.places[0] < OPENING)
    mentions = [log1p(counted), log1p(len(record.places)), float(len(record.places) == most)]
    if before is None:
        behind = [0.0] * 9
    else:
        sentences = text.sentences[i] - text.sentences[before.first]
        paragraphs = text.paragraphs[i] - text.paragraphs[before.first]
        behind = [
            1.0,
            log1p(sentences),
            float(sentences == 0),
            float(sentences == 1),
            log1p(paragraphs),
            float(paragraphs == 0),
            log1p(i - before.first),
            log1p(rank),
            float(rank == 0),
        ]
    if after is None:
        ahead = [0.0] * 5
    else:
        sentences = text.sentences[after.first] - text.sentences[i]
        ahead = [
            1.0,
            log1p(sentences),
            float(sentences == 0),
            float(after.first in discourse.sources),
            float(before is None and discourse.is_next(after, i)),
        ]
    return [*behind, *mentions, *ahead, opening]


def _last_mention(discourse: Discourse, query: Query, before: Mention | None) -> list[float]:
    if before is None:
        return [0.0] * 6
    text, first = discourse.text, before.first
    return [
        float(discourse.is_subject(before)),
        float(first in discourse.sources),
        float(before.kind == "pronoun"),
        float(before.kind == "nominal"),
        float(text.quoted[first]),
        float(text.quoted[first] != text.quoted[query.first]),
    ]


def _gender(query: Query, actor: Actor) -> list[float]:
    if query.gender is None or actor.kind != "person":
        return [0.0, 0.0, 0.0]
    return [
        float(actor.gender == query.gender),
        float(actor.gender not in (query.gender, None)),
        float(actor.gender is None),
    ]


def _speech(discourse: Discourse, query: Query, actor: Actor) -> list[float]:
    said, record, text = discourse.said, discourse.records[actor], discourse.text
    if record.spoke == 0:
        since, here = 0.0, 0.0
    else:
        since = log1p(max(0, text.sentences[query.first] - text.sentences[record.spoke_at]))
        here = float(text.paragraphs[query.first] == text.paragraphs[record.spoke_at])
    return [
        float(bool(said) and said[-1][1] is actor),
        float(len(said) > 1 and said[-2][1] is actor),
        float(record.spoke > 0),
        log1p(record.spoke),
        since,
        here,
    ]


class Description:
    """A description such as "the minister", to which candidates may fit; `only` is the only candidate that fits."""

    def __init__(self, discourse: Discourse, query: Query, only: Actor | None) -> None:
        self._discourse, self._query, self._only = discourse, query, only
        self._wanted = frozenset(word for one in query.wanted for word in role_words(one))
        self._noun_words = role_words(query.head)
        self._noun_type = lexicon.organization_nouns().get(query.head)
        self._noun_places = discourse.other_places(query.head, query.first)
        words = discourse.text.lower[query.first : min(query.last, query.first + 10)]
        content = {word for word in words if len(word) > 3 and word[0].isalpha()} - {query.head}
        places = [discourse.other_places(word, query.first) for word in content]
        self._words, self._word_places = len(content), [found for found in places if found]

    def fit(self, actor: Actor) -> list[float]:
        """Measure how well the description fits what the article says about the actor."""
        query, wanted = self._query, self._wanted
        own_words = frozenset(word for role in actor.roles for word in role_words(role.text or ""))
        countries = {actor.country_code, *[role.country_code for role in actor.roles]} - {None}
        beside, near = self._discourse.nearness_of(self._noun_places, actor)
        return [
            float(fits_role(actor, wanted, query.country, query.body)),
            float(not own_words.isdisjoint(self._noun_words)),
            float(query.country is not None and query.country in countries),
            float(query.country is not None and bool(countries) and query.country not in countries),
            float(query.body is not None and any(role.organization is query.body for role in actor.roles)),
            float(bool(actor.roles)),
            float(query.head in actor.words),
            float(
                actor.kind == "country"
                if query.head in GOVERNMENT
                else self._noun_type is not None and self._noun_type == actor.org_type
            ),
            float(beside),
            float(near),
            self._words_near(actor),
            len(wanted & own_words) / len(wanted) if wanted else 0.0,
            float(may_fit(actor, query.wanted, query.country)),
            float(actor is self._only),
            float(actor.is_full),
            float(_has_initials(query, actor)),
        ]

    def _words_near(self, actor: Actor) -> float:
        """Return the share of the content words, without the head, that occur elsewhere near the actor."""
        near = sum([self._discourse.nearness_of(found, actor)[1] for found in self._word_places])
        return near / self._words if self._words else 0.0


def _has_initials(query: Query, actor: Actor) -> bool:
    """Whether the head is an acronym of a role: 'the ASP' for the assistant superintendent of police."""
    return len(query.head) > 1 and any(
        query.head == "".join(w[0] for w in (role.text or "").lower().split() if w != "of")
        for role in actor.roles
    )
