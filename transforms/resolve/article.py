"""Resolve one article: its actors with all their mentions, and the speaker of each statement.

Takes the body, the spans of names and the statements found (`Attribution`); returns a `Resolved`. The result does not
depend on other articles.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.coreference import References
from transforms.resolve.described_bodies import describe_bodies
from transforms.resolve.described_people import add_described_roles
from transforms.resolve.discourse import Discourse, Pointers
from transforms.resolve.doubtful_names import NameScores
from transforms.resolve.guessed_countries import guess_countries
from transforms.resolve.guesses import guess_types
from transforms.resolve.model import Actor, Attribution, Mention, Speaker
from transforms.resolve.name_spans import Span
from transforms.resolve.names import find_names
from transforms.resolve.offices import place_offices
from transforms.resolve.profiles import Profile, build_profiles
from transforms.resolve.ranker import Ranker, load_ranker
from transforms.resolve.role_places import guess_places
from transforms.resolve.roles import find_roles, find_states
from transforms.resolve.speakers import find_speakers
from transforms.resolve.workplaces import place_roles


@dataclass(slots=True)
class Resolved:
    """What one article says about its actors, and who made each of its statements.

    `profiles` has one profile per actor, in the order of `actors`. `speakers` has one speaker per `Attribution`, in the
    order of the attributions.
    """

    actors: list[Actor]
    profiles: list[Profile]
    speakers: list[Speaker]


def resolve_article(
    article_id: str,
    body: str,
    spans: Iterable[Span],
    attributions: Sequence[Attribution] = (),
    dateline: str | None = None,
    *,
    pointers: Pointers | None = None,
    scores: NameScores | None = None,
    ranker: Ranker | None = None,
) -> Resolved:
    """Resolve one article, without linking its actors to the actors of other articles.

    `pointers` are the tagger's links from pronouns and descriptions to names, `scores` are its scores of names; both
    are None if the tagger did not run.
    """
    text, clusters, phrases = build_cast(body, spans, scores)
    guess_types(text, clusters)
    view = guess_countries(text, clusters, dateline)
    place_offices(clusters)
    place_roles(text, clusters, view)
    guess_places(text, clusters, view)
    sources = {i for a in attributions if a.source for i in range(*text.word_range(*a.source))}
    discourse = Discourse(text, clusters, phrases, sources, pointers)
    references = References(discourse, ranker or load_ranker())
    speakers = find_speakers(references, attributions)
    if add_described_roles(text, clusters):
        place_offices(clusters)
        place_roles(text, clusters, view)
        guess_places(text, clusters, view)
    _find_mentioned(clusters, attributions, speakers)
    actors = [actor for actor in clusters.actors if actor.mentions]
    return Resolved(actors, build_profiles(article_id, actors), speakers)


def build_cast(
    body: str, spans: Iterable[Span], scores: NameScores | None = None
) -> tuple[Text, Clusters, dict[int, int]]:
    """Return the `Text` of a body, the `Clusters` of the actors that it names, and where titles before names begin.

    The last value maps the first word of each person's name to the first word of the titles before the name, or to
    itself if there are no titles."""
    text = Text(body)
    clusters = Clusters(text, find_names(text, spans, scores))
    phrases = find_roles(text, clusters)
    describe_bodies(text, clusters)
    find_states(clusters)
    return text, clusters, phrases


def _find_mentioned(
    clusters: Clusters, attributions: Sequence[Attribution], speakers: Sequence[Speaker]
) -> None:
    """Set, for each statement, the first mention of each actor in its content, except mentions of the speaker."""
    mentions = sorted(clusters.mentions, key=lambda mention: mention.start)
    starts = [mention.start for mention in mentions]
    for attribution, speaker in zip(attributions, speakers, strict=True):
        found: dict[Actor, Mention] = {}
        for start, end in attribution.contents:
            for mention in mentions[bisect_left(starts, start) : bisect_left(starts, end)]:
                if mention.actor is not speaker.actor and mention.end <= end:
                    found.setdefault(mention.actor, mention)
        speaker.mentioned = list(found.values())
