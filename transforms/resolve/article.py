"""One article resolved: its cast with all mentions, and who made each statement.

In: body, spans of names, statements as found (`Attribution`). Out: a `Resolved`. Nothing depends on other
articles.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.keys import content_key
from transforms.resolve.cast import Cast, full_given_name
from transforms.resolve.model import Actor, Mention
from transforms.resolve.names import find_names
from transforms.resolve.references import References
from transforms.resolve.spans import Span
from transforms.resolve.speakers import Attribution, Speaker, find_speakers, speakers_by_word
from transforms.resolve.text import Text
from transforms.resolve.titles import describe_bodies, find_roles, find_states


@dataclass(slots=True)
class Resolved:
    """Actors that are meant at least once, and one speaker per attribution in the same order."""

    actors: list[Actor]
    speakers: list[Speaker]


def resolve_article(
    article_id: str, body: str, spans: Iterable[Span], attributions: Sequence[Attribution] = ()
) -> Resolved:
    """Who is meant in one article, with the actors' ids set."""
    text = Text(body)
    cast = Cast(text, find_names(text, spans))
    phrases = find_roles(text, cast)
    describe_bodies(text, cast)
    find_states(cast)
    sources = {i for a in attributions if a.source for i in range(*text.word_range(*a.source))}
    references = References(text, cast, phrases, sources)
    references.resolve(quoted=False, speaker_at=lambda _: None)
    speakers = find_speakers(text, cast, references, phrases, attributions)
    references.resolve(quoted=True, speaker_at=speakers_by_word(text, attributions, speakers).get)
    _find_mentioned(cast, attributions, speakers)
    for actor in cast.actors:
        actor.actor_id = actor_key(actor, article_id)
    return Resolved([actor for actor in cast.actors if actor.mentions], speakers)


def _find_mentioned(cast: Cast, attributions: Sequence[Attribution], speakers: Sequence[Speaker]) -> None:
    """Sets the first mention of each actor spoken of inside each content, the speaker left out."""
    mentions = sorted(cast.mentions, key=lambda mention: mention.start)
    starts = [mention.start for mention in mentions]
    for attribution, speaker in zip(attributions, speakers, strict=True):
        found: dict[Actor, Mention] = {}
        for start, end in attribution.contents:
            for mention in mentions[bisect_left(starts, start) : bisect_left(starts, end)]:
                if mention.actor is not speaker.actor and mention.end <= end:
                    found.setdefault(mention.actor, mention)
        speaker.mentioned = list(found.values())


def actor_key(actor: Actor, article_id: str) -> str:
    """The id of an actor: of its name where that is enough to tell it, else of its name in this article."""
    if actor.kind == "country":
        return f"country:{actor.country_code}"
    if actor.kind == "person":
        given = full_given_name(actor.words[0]) if actor.is_full else actor.words[0]
        return content_key("person", given, actor.words[-1], *([] if actor.is_full else [article_id]))
    if actor.kind == "organization":
        return content_key(
            "organization", *actor.words, *([] if actor.is_full else [actor.country_code or article_id])
        )
    if actor.kind == "group" and actor.is_full:
        return content_key("group", actor.name.lower())
    return content_key(actor.kind, actor.name.lower(), article_id)
