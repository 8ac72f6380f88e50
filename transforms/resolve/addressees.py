"""Find the actor whom a statement addresses: the court in 'told the court', Acme in 'in a letter to Acme'.

`listeners` finds the words for the addressee; an `Addressees` resolves them to an actor of the article.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.coreference import References
from transforms.resolve.lexicon import is_role
from transforms.resolve.listeners import ADDING, find_asker, find_audience, find_listener
from transforms.resolve.model import Actor, Mention
from transforms.resolve.nameless import Nameless
from transforms.resolve.phrases import head_after_names, is_plural, names_in
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.word_lists import POSSESSIVES

Words = tuple[int, int]  # first word, and the word after the last


class Addressees:
    """Resolves the addressees of one article."""

    def __init__(self, references: References, nameless: Nameless) -> None:
        self.references, self.nameless = references, nameless
        self.text, self.clusters = references.text, references.clusters

    def find(
        self,
        cue: Words,
        source: Words | None,
        spoken: Sequence[Words],
        speaker: Actor | None,
        last: tuple[Mention, Actor | None] | None,
    ) -> Mention | None:
        """Return the addressee: 'told Reuters', 'urged the minister', 'In a letter to residents, she asked'.

        `spoken` has the words of the content; `last` is the addressee of the previous statement, and its speaker."""
        words = find_listener(self.text, *cue) or find_audience(self.text, *cue, spoken)
        if words and source and words[0] < source[1] and source[0] < words[1]:
            words = None  # "asks Rep. Ann Roe"
        known = self._listener(*words) if words else self._asker(cue[0], spoken)
        if known is None and words is None:
            return self._same_listener(cue[0], speaker, last)
        return known if known is not None and known.actor is not speaker else None

    def _head(self, first: int, last: int) -> int:
        return head_after_names(self.text, self.clusters, first, last)

    def _listener(self, first: int, last: int) -> Mention | None:
        """Return the actor that the words for an addressee mean: 'him', 'the minister', "the BBC's evening show"."""
        self.references.resolve(first)  # "told him", "told the minister"
        head = self._head(first, last)
        known = self.clusters.at.get(head) or self._outlet(first, head)
        if known is None or known.rule == "adjective" or known.first < first:
            people = self.nameless.listeners(first, head + 1)
            if known is not None and people is not None and self._are_people(known):
                known.actor.mentions.remove(known)
                known.actor = people.actor  # "urged Americans" means no country
            return people
        return known

    def _are_people(self, mention: Mention) -> bool:
        """Whether a name of a country means some of its people: 'urged Americans'."""
        word = self.text.words[mention.last - 1]
        named = lexicon.known_names().get(word)
        is_demonym = named is not None and named.form == "adjective" and is_plural(word)
        return is_demonym and mention.actor.kind == "country" and mention.kind == "name"

    def _outlet(self, first: int, head: int) -> Mention | None:
        """Return the outlet of a programme: BBC in "the BBC's evening show"."""
        media = (m for m in names_in(self.clusters, first, head) if m.actor.org_type == "media")
        return next((m for m in media if self.text.lower[m.last] in POSSESSIVES), None)

    def _asker(self, cue: int, spoken: Sequence[Words]) -> Mention | None:
        """Return the person or organization whose question a statement answers: 'Asked by Ann Roe, Berg said'."""
        words = find_asker(self.text, cue, spoken)
        if words is None:
            return None
        head = self._head(*words)
        known = self.clusters.at.get(head)
        if known is None and (is_role(self.text.lower[head]) or names_roles(self.text.lower[head])):
            return self._listener(*words)
        is_party = (
            known is not None and known.kind == "name" and known.actor.kind in ("person", "organization")
        )
        return known if is_party else None

    def _same_listener(
        self, cue: int, speaker: Actor | None, last: tuple[Mention, Actor | None] | None
    ) -> Mention | None:
        """Return the addressee of an earlier cue in the same sentence: 'She told jurors that ..., adding that'."""
        if last is None or last[1] is not speaker:
            return None
        same = self.text.sentences[last[0].first] == self.text.sentences[cue]
        joined = self.text.lower[cue] in ADDING or "and" in self.text.lower[max(0, cue - 2) : cue]
        return last[0] if same and joined else None
