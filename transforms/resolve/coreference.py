"""Pronouns and descriptions: whom "he", "his", "who", "the Dutch minister" and "the commission" mean.

In: a `Text`, its `Clusters` with names and roles, the words that are sources of statements. Out: new mentions
in the cast. A reference that fits nobody well stays unresolved: a wrong actor is worse than none.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from math import log

from transforms.language.en.words import BELONGS, CLAUSE, FINITE, HE, LOOSE, OPENERS, SHE, STOPS, TYPED, WHO
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Actor, Mention
from transforms.resolve.roles import is_role

THE = frozenset(("the", "this"))
TRIGGERS = HE | SHE | WHO | THE
REACH_MENTIONS, REACH_SENTENCES = 40, 7


class References:
    """Resolves the references of one article, each once."""

    def __init__(self, text: Text, clusters: Clusters, phrases: dict[int, int], sources: set[int]) -> None:
        self.text, self.clusters, self.phrases, self.sources = text, clusters, phrases, sources
        self.people = [m for m in clusters.mentions if m.actor.kind == "person"]
        self.places = [m.first for m in self.people]
        self.bodies = [m for m in clusters.mentions if m.actor.kind == "organization"]
        self._learn_genders()
        self.triggers = [i for i, word in enumerate(text.lower) if word in TRIGGERS and i not in clusters.at]

    def _learn_genders(self) -> None:
        """Gives people of unknown gender the one of the pronouns that mostly come next after them."""
        places = [i for i, word in enumerate(self.text.lower) if word in HE or word in SHE]
        votes: dict[Actor, list[int]] = {}
        for place, mention in zip(self.places, self.people, strict=True):
            if mention.actor.gender is None:
                at = bisect_left(places, place)
                if at < len(places) and self._comes_next(place, places[at]):
                    votes.setdefault(mention.actor, []).append(1 if self.text.lower[places[at]] in HE else -1)
        for actor, counted in votes.items():
            if abs(sum(counted)) >= 2:
                actor.gender = "m" if sum(counted) > 0 else "f"

    def _comes_next(self, place: int, pronoun: int) -> bool:
        """Whether no other person is named between, and the pronoun is near."""
        following = bisect_left(self.places, place + 1)
        alone = following == len(self.places) or self.places[following] > pronoun
        return alone and self.text.sentences[pronoun] - self.text.sentences[place] <= 1

    def resolve(self, *, quoted: bool, speaker_at: Callable[[int], Actor | None]) -> None:
        """Resolves what stands inside (`quoted`) or outside quotation marks.

        `speaker_at(word)` is who speaks there: nobody calls themselves "he".
        """
        for i in self.triggers:
            if self.text.quoted[i] == quoted and i not in self.clusters.at:
                self._resolve_one(i, speaker_at(i))

    def _resolve_one(self, i: int, speaker: Actor | None) -> None:
        word = self.text.lower[i]
        if word in THE:
            self.describe(i)
        elif word in WHO:
            self._relate(i)
        elif word in ("himself", "herself") and i - 1 in self.clusters.at:
            return  # "Roe himself" is one mention
        else:
            actor = self._antecedent(i, "m" if word in HE else "f", speaker)
            if actor:
                self._add(i, i + 1, "pronoun", actor)

    def _add(self, first: int, last: int, kind: str, actor: Actor, rule: str = "nominal") -> None:
        mention = self.clusters.add(first, last, kind, rule, actor)
        if actor.kind == "person":
            at = bisect_left(self.places, first)
            self.places.insert(at, first)
            self.people.insert(at, mention)
        elif actor.kind == "organization":
            insort(self.bodies, mention, key=lambda m: m.first)

    # ---- pronouns

    def _antecedent(self, i: int, gender: str, speaker: Actor | None) -> Actor | None:
        """The person that "he" or "she" at word i means: near, named as a subject, of that gender."""
        subject = self._subject_ahead(i, gender)
        if subject:
            return subject
        scores: dict[Actor, float] = {}
        for mention in self._before(i):
            actor = mention.actor
            if actor is speaker or actor.gender not in (gender, None) or self._is_bound(i, mention):
                continue
            scores[actor] = max(scores.get(actor, -99.0), self._score(i, mention))
        if not scores:
            return self._ahead(i, gender)
        best = max(scores, key=lambda actor: scores[actor])
        if best.gender is None and best.is_full and len(scores) == 1:
            best.gender = gender
        return best

    def _before(self, i: int) -> list[Mention]:
        end = bisect_left(self.places, i)
        near = self.people[max(0, end - REACH_MENTIONS) : end]
        return [m for m in near if self.text.sentences[i] - self.text.sentences[m.first] <= REACH_SENTENCES]

    def _score(self, i: int, mention: Mention) -> float:
        text, first = self.text, mention.first
        score = -1.0 * (text.sentences[i] - text.sentences[first]) - 0.002 * (i - first)
        score -= 0.4 * (text.paragraphs[i] - text.paragraphs[first])
        score += 0.9 * self._is_subject(mention) + 0.3 * log(1 + len(mention.actor.mentions))
        score += 0.8 * (first in self.sources) + 0.3 * (mention.kind == "pronoun")
        return score - 0.9 * (mention.actor.gender is None) - 0.5 * (text.quoted[first] != text.quoted[i])

    def _is_subject(self, mention: Mention) -> bool:
        """Whether the mention looks like a subject: it opens its sentence or clause, or a verb follows."""
        text, start = self.text, self.phrases.get(mention.first, mention.first)
        following = text.lower[mention.last] if mention.last < len(text) else ""
        if following in ("'s", "’s") or text.lower[mention.first] in ("him", "his", "hers"):
            return False
        if text.opens_sentence(start) or following in FINITE or (following.endswith("ed") and start):
            return True
        return start > 0 and text.lower[start - 1] in ("that", "but", "when", "while", "because", "after")

    def _is_bound(self, i: int, mention: Mention) -> bool:
        """Whether the mention is the subject of the clause in which "him" is the object, or has "his" beside it."""
        text = self.text
        if mention.last == i - 1 and text.words[i - 1] == "," and text.lower[i] in ("his", "her"):
            return True  # "Ann Roe, his wife"
        if mention.last < i and text.lower[mention.last] in ("'s", "’s", "'", "’"):
            return False  # "Roe's wife told him"
        if text.lower[i] != "him" or text.sentences[i] != text.sentences[mention.first]:
            return False
        return not any(text.lower[k] in CLAUSE for k in range(mention.last, i))

    def _subject_ahead(self, i: int, gender: str) -> Actor | None:
        """The subject after the phrase that opens the sentence: 'In her speech for the guests, Roe said'."""
        text, at = self.text, bisect_left(self.places, i)
        if at == len(self.people) or text.lower[i] not in ("his", "her"):
            return None
        first, subject = text.firsts[text.sentences[i]], self.people[at]
        start = self.phrases.get(subject.first, subject.first)
        opens = text.lower[first] in OPENERS or text.lower[first].endswith("ing")
        if not opens or text.words[start - 1] != "," or text.sentences[start] != text.sentences[i]:
            return None
        within = text.words[first : start - 1]
        if "," in within or i - first > 4 or any(p in self.clusters.at for p in range(first, i)):
            return None
        return subject.actor if subject.actor.gender in (gender, None) else None

    def _ahead(self, i: int, gender: str) -> Actor | None:
        """The person named later in the sentence: 'In his first speech, Roe said'."""
        at = bisect_left(self.places, i)
        if at == len(self.people) or self.text.sentences[self.places[at]] != self.text.sentences[i]:
            return None
        actor = self.people[at].actor
        return actor if actor.gender in (gender, None) and not self._before(i) else None

    def _relate(self, i: int) -> None:
        """ "Ann Roe, who", "the minister whose": the mention right before."""
        before = i - 2 if i > 1 and self.text.words[i - 1] == "," else i - 1
        mention = self.clusters.at.get(before)
        if mention is not None and mention.actor.kind == "person":
            self._add(i, i + 1, "pronoun", mention.actor)

    # ---- descriptions

    def describe(self, i: int) -> Mention | None:
        """The mention made of the description that begins with the article at word i, if it fits somebody."""
        head = self._head(i + 1)
        if head is None:
            return None
        actor = self._person_for(i, head) if is_role(self.text.lower[head]) else self._body_for(i, head)
        if actor is None:
            return None
        self._add(i, head + 1, "nominal", actor)
        return self.clusters.at[i]

    def _head(self, first: int) -> int | None:
        """Head noun of the description that goes on at `first`: 'minister' in 'the Dutch minister'."""
        text, nouns, unknown = self.text, lexicon.organization_nouns(), 0
        for i in range(first, min(first + 6, len(text))):
            word = text.lower[i]
            if i in self.clusters.at:
                if self.clusters.at[i].actor.kind in ("person", "group"):
                    return None
            elif is_role(word) or word in nouns:
                following = text.lower[i + 1] if i + 1 < len(text) else ""
                if not (is_role(following) or following in nouns):
                    return None if self._names_another(i + 1) else i
            elif word not in lexicon.title_words():
                unknown += word.islower()
                if not word[0].isalpha() or word in STOPS or unknown > 1:
                    return None
        return None

    def _names_another(self, i: int) -> bool:
        """Whether what follows makes it another one: 'the president of France', 'the minister Ann Roe'."""
        if i >= len(self.text):
            return False
        if self.text.lower[i] in BELONGS and i + 1 < len(self.text):
            return self.text.lower[i] in ("of", "for") or self.text.words[i + 1][0].isupper()
        return i in self.clusters.at or (self.text.words[i][0].isupper() and "\n" not in self._gap(i))

    def _gap(self, i: int) -> str:
        return self.text.body[self.text.ends[i - 1] : self.text.starts[i]]

    def _person_for(self, i: int, head: int) -> Actor | None:
        """The person named before whose role, and whose country, the description tells; else the only one named later.

        "The minister" looks back alone; "the Dutch minister" and "the trade minister" look ahead as well.
        """
        country, body = self._country_in(i + 1, head), self._organization_in(i + 1, head)
        wanted = {
            w for w in self.text.lower[i + 1 : head + 1] if w in lexicon.title_words() and w not in LOOSE
        }
        wanted = role_words(" ".join({*wanted, self.text.lower[head]}))
        before = self.people[: bisect_left(self.places, i)][-REACH_MENTIONS:]
        for mention in reversed(before):
            if _has_role(mention.actor, wanted, country, body):
                return mention.actor
        if country is not None and len(wanted) == 1:
            same = {m.actor for m in before if m.actor.country_code == country and m.actor.roles}
            if len(same) == 1:
                return same.pop()
        if country is None and len(wanted) == 1:
            return None
        later = {m.actor for m in self.people if _has_role(m.actor, wanted, country, body)}
        return later.pop() if len(later) == 1 else None

    def _organization_in(self, first: int, last: int) -> Actor | None:
        actors = (self.clusters.at[k].actor for k in range(first, last) if k in self.clusters.at)
        return next((actor for actor in actors if actor.kind == "organization"), None)

    def _country_in(self, first: int, last: int) -> str | None:
        for k in range(first, last):
            if k in self.clusters.at and self.clusters.at[k].actor.kind == "country":
                return self.clusters.at[k].actor.country_code
        return None

    def _body_for(self, i: int, head: int) -> Actor | None:
        """The organization named before that has the head noun in its name, else one of that type."""
        if self._organization_in(i + 1, head):
            return None
        noun, country = self.text.lower[head], self._country_in(i + 1, head)
        at = bisect_left(self.bodies, i, key=lambda m: m.first)
        before = [m.actor for m in reversed(self.bodies[max(0, at - REACH_MENTIONS) : at])]
        fitting = [a for a in before if country is None or a.country_code in (country, None)]
        named = next((a for a in fitting if noun in a.words), None)
        if named or noun not in TYPED:
            return named
        wanted = lexicon.organization_nouns()[noun]
        return next((a for a in fitting if a.org_type == wanted), None)


def role_words(role: str) -> set[str]:
    """Words of a role, lower case, short forms written out: 'Sen.' -> senator, 'CEO' -> chief, executive."""
    full = lexicon.full_titles()
    plain = role.lower().replace(".", "").replace("-", " ").split()
    return {part for word in plain for part in full.get(word, word).split()}


def _has_role(actor: Actor, wanted: set[str], country: str | None, body: Actor | None) -> bool:
    """Whether one of the actor's roles has all the wanted words, for that country and body if told."""
    for role in actor.roles:
        fits_country = country in (None, role.country_code, actor.country_code)
        if wanted <= role_words(role.text or "") and fits_country and body in (None, role.organization):
            return True
    return False
