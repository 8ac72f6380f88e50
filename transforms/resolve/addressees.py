"""Find the actor whom a statement addresses: the court in 'told the court', Acme in 'in a letter to Acme'.

`listeners` finds the words for the addressee; an `Addressees` resolves them to an actor of the article.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from transforms.resolve import lexicon
from transforms.resolve.coreference import References
from transforms.resolve.lexicon import is_role
from transforms.resolve.listeners import ADDING, ASKED, LONGEST, find_asker, find_audience, find_listener
from transforms.resolve.model import Actor, Mention
from transforms.resolve.nameless import Nameless
from transforms.resolve.phrases import head_after_names, is_plural, names_in
from transforms.resolve.questions import ask_pronoun
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.word_lists import DETERMINERS, POSSESSIVES

PRONOUNS = frozenset(("he", "she"))
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
        if words:  # "told the BBC | energy prices"
            end = min([words[1], *(begin for begin, _ in spoken if begin > words[0])])
            is_cut = end < words[1] and self.text.lower[end - 1] in DETERMINERS
            words = None if is_cut else (words[0], end)
        known = self._listener(*words, speaker) if words else self._asker(cue[0], spoken)
        if known is None and words is None:
            known = self._answerer(cue, spoken) or self._interviewer(cue, spoken)
            return known or self._same_listener(cue[0], speaker, last)
        return known if known is not None and known.actor is not speaker else None

    def _head(self, first: int, last: int) -> int:
        return head_after_names(self.text, self.clusters, first, last)

    def _listener(self, first: int, last: int, speaker: Actor | None = None) -> Mention | None:
        """Return the actor that the words for an addressee mean: 'him', 'the minister', "the BBC's evening show"."""
        if self.text.lower[first] == "them" and first not in self.clusters.at:
            return self._them(first)
        self.references.resolve(first, speaker)  # "told him", "told the minister"
        head = self._head(first, last)
        known = self.clusters.at.get(head) or self._outlet(first, head)
        if known is None or known.rule == "adjective" or known.first < first:
            people = self.nameless.listeners(first, head + 1)
            if known is not None and people is not None and self._are_people(known):
                known.actor.mentions.remove(known)
                known.actor = people.actor  # "urged Americans" means no country
            return people
        return known

    def _them(self, i: int) -> Mention | None:
        """Return the actor that "them" at word i means."""
        query = ask_pronoun(self.text, i)
        actor = self.references.ask(query) if query else None
        is_several = actor is not None and actor.kind != "person"
        return self.references.add(i, i + 1, "pronoun", actor) if actor and is_several else None

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

    def _answerer(self, cue: Words, spoken: Sequence[Words]) -> Mention | None:
        """Return who is asked with a cue that opens a sentence: Berg in 'Asked if she would go, Berg said no.'"""
        text, end = self.text, max((last for _, last in spoken), default=cue[1])
        if text.lower[cue[0]] not in ASKED or not (
            text.opens_sentence(cue[0]) or text.lower[cue[0] - 1] == "when"
        ):
            return None
        if end + 1 >= text.size or text.words[end] != "," or text.sentences[end] != text.sentences[cue[0]]:
            return None
        if text.lower[end + 1] in PRONOUNS:
            self.references.resolve(end + 1)
            return self.clusters.at.get(end + 1)
        starts = self.references.phrases
        near = (self.clusters.at.get(i) for i in range(end + 1, min(end + LONGEST, text.size)))
        found = next((m for m in near if m is not None and m.kind == "name"), None)
        opens = found is not None and starts.get(found.first, found.first) == end + 1
        return found if opens and found is not None and found.actor.kind == "person" else None

    def _interviewer(self, cue: Words, spoken: Sequence[Words]) -> Mention | None:
        """Return the outlet whose interview is named beside a cue: 'Berg said in a BBC interview'."""
        text = self.text
        begin = text.firsts[text.sentences[cue[0]]]
        at = bisect_left(self._interviews, begin)
        for i in self._interviews[at : at + 2]:
            if text.sentences[i] != text.sentences[cue[0]] or any(a <= i < z for a, z in spoken):
                continue
            named = self.clusters.at.get(i - 1)
            if named is not None and named.last == i and named.actor.org_type == "media":
                return named
        return None

    @cached_property
    def _interviews(self) -> list[int]:
        return self.text.find({"interview"})

    def _same_listener(
        self, cue: int, speaker: Actor | None, last: tuple[Mention, Actor | None] | None
    ) -> Mention | None:
        """Return the addressee of an earlier cue in the same sentence: 'She told jurors that ..., adding that'."""
        if last is None or last[1] is not speaker:
            return None
        same = self.text.sentences[last[0].first] == self.text.sentences[cue]
        before = self.text.lower[max(0, cue - 2) : cue]
        word = self.text.lower[cue]
        is_participle = word.endswith("ing") and word not in ("according", "citing") and before[-1:] == [","]
        joined = is_participle or word in ADDING or "and" in before or "but" in before
        return last[0] if same and joined else None
