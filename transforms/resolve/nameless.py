"""Make actors of sources and addressees without a name: 'a senior official', 'the health ministry', 'reporters'.

Takes the `References` of an article and the words of a description; adds actors and mentions to the article.
"""

from __future__ import annotations

from transforms.resolve import lexicon
from transforms.resolve.clusters import country_and_words
from transforms.resolve.coreference import References
from transforms.resolve.listeners import OBJECTS
from transforms.resolve.model import Actor, Mention
from transforms.resolve.phrases import is_plural, names_in
from transforms.resolve.word_lists import DETERMINERS, DOCUMENTS, HE, SHE

OWN = HE | SHE | {"its", "their", "our", "my"}
PRIVATE = frozenset("company media ngo sports".split())  # types of organizations of which a place has many


class Nameless:
    """The actors without a name of one article.

    `actors` has them by their description in lower case, and `described` has the mentions by their words."""

    def __init__(self, references: References) -> None:
        self.references, self.text, self.clusters = references, references.text, references.clusters
        self.actors: dict[str, Actor] = {}
        self.described: dict[tuple[int, int], Mention] = {}

    def describe(self, first: int, last: int, actor: Actor) -> Mention:
        """Add a mention of an actor by a description; names and pronouns inside the description keep their mentions."""
        if (first, last) not in self.described:
            covered = {i: self.clusters.at[i] for i in range(first, last) if i in self.clusters.at}
            self.described[first, last] = self.references.add(first, last, "nominal", actor)
            self.clusters.at.update(covered)
        return self.described[first, last]

    def listeners(self, first: int, last: int) -> Mention | None:
        """Return addressees without a name, such as 'reporters' or 'the court', as actors of this article."""
        if first + 1 == last and self.text.lower[first] in OBJECTS:
            return None
        name = " ".join(self.text.slice(first, last).split())
        actor = self.actors.get(name.lower().removeprefix("the "))
        if actor is None:
            actor = self.lower_case_body(first, last)
            if actor is None:
                kind = "group" if is_plural(self.text.lower[last - 1]) else "unnamed"
                actor = Actor(kind, name, is_full=False)
            self.actors[name.lower().removeprefix("the ")] = self.clusters.new_actor(actor)
        return self.describe(first, last, actor)

    def lower_case_body(self, first: int, end: int) -> Actor | None:
        """Return the organization in a lower-case description: 'the health ministry', 'the German foreign ministry'.

        "The ministry" and "the court" are organizations too, but "the company" does not say which one it means, and
        "his office" is no name.
        """
        head, text = self.text.lower[end - 1], self.text
        kind = lexicon.organization_nouns().get(head) or lexicon.organization_words().get(head)
        if kind is None or is_plural(head) or head in DOCUMENTS or not text.words[end - 1].islower():
            return None
        start = first + (text.lower[first] in DETERMINERS)
        if start + 1 >= end and (kind in PRIVATE or text.lower[first] in OWN):
            return None
        name = " ".join(text.slice(start, end).split())
        country, words = country_and_words(name)
        return Actor(
            "organization", name, words, self.country(first, end) or country, org_type=kind, is_full=False
        )

    def country(self, first: int, last: int) -> str | None:
        countries = [
            m.actor.country_code for m in names_in(self.clusters, first, last) if m.actor.kind == "country"
        ]
        return countries[0] if countries else None
