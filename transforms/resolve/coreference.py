"""Resolve pronouns and descriptions: "he", "his", "who", "the Dutch minister", "the commission".

Takes a `Text`, its `Clusters` with names and roles, and the sources of statements; adds mentions to the clusters. A
reference that fits no actor well stays unresolved, because a wrong actor is worse than none.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from functools import cached_property
from itertools import islice

from transforms.resolve import lexicon
from transforms.resolve.discourse import Discourse
from transforms.resolve.fitting import RELATIONS, fits_role, holds_other_office, role_words
from transforms.resolve.last_subjects import find_last_subject
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor, Mention
from transforms.resolve.phrases import head_of, is_body, is_shown, names_in
from transforms.resolve.questions import Query, ask_pronoun
from transforms.resolve.ranker import Ranker
from transforms.resolve.role_words import may_be_person
from transforms.resolve.sources import type_of_words
from transforms.resolve.turns import labels_turn
from transforms.resolve.word_lists import BELONGS, DETERMINERS, HE, LOOSE, OPENERS, SHE, STOPS, TYPED, WHO

# Documents of which no person is the author unless the article says so, unlike a letter.
IMPERSONAL = frozenset(
    "report complaint lawsuit filing memo memorandum affidavit indictment document review summary brief".split()
)
THE = frozenset(("the", "this"))
TRIGGERS = HE | SHE | WHO | THE
# Nouns for organizations of several types: "the group" may be a company or a charity, so its type is unknown.
VAGUE = frozenset(
    "group panel committee website body organisation organization authority board office service council commission "
    "centre center department movement campaign channel network station producer business".split()
)
# Offices of which an article rarely means two: "the president" is whom it calls so.
SOLE = frozenset("president minister premier chancellor king queen pope governor mayor".split())
LESSER = frozenset("shadow deputy vice assistant".split())
FORMER = frozenset(("former", "ex", "late"))
OF_STATES = frozenset("ministry parliament embassy army military".split())
REACH_MENTIONS = 40
MOST_OF_ROLE = 6
NEARBY = 2  # sentences between two people in one sentence and "they" for them
MOST_ALIKE = (
    200  # people to consider for each word of a role, and mentions of organizations for "the company"
)


def _is_named(actor: Actor) -> bool:
    return actor.kind != "unnamed" and any(mention.kind == "name" for mention in actor.mentions)


class References:
    """Resolves the references (pronouns and descriptions) of one article to its actors."""

    def __init__(self, discourse: Discourse, ranker: Ranker) -> None:
        self.discourse, self.ranker = discourse, ranker
        self.likelihoods: dict[int, float] = {}  # index of the statement -> probability of its speaker
        self.demonyms: dict[
            Actor, str
        ] = {}  # the country in a noun such as "the Dutchman" that meant a person
        self.text, self.clusters, self.phrases = discourse.text, discourse.clusters, discourse.phrases
        text, clusters = self.text, self.clusters
        self.people = [m for m in clusters.mentions if m.actor.kind == "person"]
        self.places = [m.first for m in self.people]
        self.bodies = [m for m in clusters.mentions if m.actor.kind == "organization"]
        self._learn_genders()
        self.triggers = [i for i in text.find(TRIGGERS) if i not in clusters.at]

    def _learn_genders(self) -> None:
        """Give people of unknown gender the gender of the pronouns that most often follow their names."""
        places = self.text.find(HE | SHE)
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
        """Whether the pronoun is near and no other person is named in between."""
        following = bisect_left(self.places, place + 1)
        alone = following == len(self.places) or self.places[following] > pronoun
        return alone and self.text.sentences[pronoun] - self.text.sentences[place] <= 1

    def resolve(self, i: int, speaker: Actor | None = None) -> None:
        """Resolve the reference at word i, never to `speaker`, since people do not call themselves "he"."""
        word = self.text.lower[i]
        if i in self.clusters.at or word not in TRIGGERS:
            return
        if word in THE:
            self.describe(i)
        elif word in WHO:
            self._relate(i)
        elif word in ("himself", "herself") and i - 1 in self.clusters.at:
            return  # "Roe himself" is one mention
        else:
            actor = self._antecedent(i, "m" if word in HE else "f", speaker)
            if actor:
                self.add(i, i + 1, "pronoun", actor)

    def add(self, first: int, last: int, kind: str, actor: Actor, rule: str = "nominal") -> Mention:
        """Add a mention of an actor in the words [first, last) to the clusters and the discourse."""
        mention = self.clusters.add(first, last, kind, rule, actor)
        if actor.kind == "person":
            at = bisect_left(self.places, first)
            self.places.insert(at, first)
            self.people.insert(at, mention)
        elif actor.kind == "organization":
            insort(self.bodies, mention, key=lambda m: m.first)
        return mention

    # ---- pronouns

    def _antecedent(self, i: int, gender: str, speaker: Actor | None) -> Actor | None:
        """Return the person to whom "he" or "she" at word i refers."""
        query = ask_pronoun(self.text, i, speaker=speaker)
        return self._subject_ahead(i, gender) or (self.ask(query) if query else None)

    def ask(self, query: Query) -> Actor | None:
        """Return the actor that the model chooses for a reference; None if it chooses none of the candidates."""
        kinds = query.kinds
        options = self.discourse.candidates(query.first, kinds)
        if query.form == "he":  # people do not call themselves "he"
            options = [a for a in options if a is not query.speaker and not _is_thing(a)]
            same = [actor for actor in options if actor.gender in (query.gender, None)]
            options = same if query.gender else options
        if query.guess is not None and query.guess.kind in kinds and query.guess not in options:
            options.append(query.guess)
        if query.wanted:
            options = list(dict.fromkeys([*options, *self._of_role(query)]))
            options = [a for a in options if not self._is_inside(a, query) and self._may_be_again(a, query)]
            options = [a for a in options if not holds_other_office(a, query.head, query.wanted)]
            options = [a for a in options if not self._is_elsewhere(a, query)]
            options = self._of_time(options, query)
            options = [one] if (one := self._of_age(query)) else options
        if query.statement is not None and labels_turn(self.text, query.first, query.last):
            options = [actor for actor in options if not self._has_own_label(actor)]
        if query.form == "document" and query.head in IMPERSONAL:
            options = [
                a
                for a in options
                if a.kind != "person" or self.discourse.has_issued(a, query.head, query.first)
            ]
        if query.plural:
            options = [actor for actor in options if not self._is_single(actor, query)]
        if query.form == "person" and not query.plural:
            options = [actor for actor in options if not self._is_another_one(actor, query)]
        if query.form in ("body", "it"):
            options = [actor for actor in options if not self._is_other_than_body(actor, query)]
        actor, likelihood = self.ranker.choose(self.discourse, query, options) if options else (None, 1.0)
        subject = find_last_subject(self.discourse, self.people, self.places, query)
        if query.gender and subject in options:
            actor, likelihood = subject, 1.0
        if (actor is None or not _is_named(actor)) and (only := self._only_of_type(query)):
            actor, likelihood = only, 1 - likelihood
        if query.statement is not None:
            self.likelihoods[query.statement] = likelihood
        if actor is not None and actor.kind == "person" and query.country and self._names_people(query):
            self.demonyms.setdefault(actor, query.country)
        if actor is not None and query.gender and actor.gender is None and actor.is_full:
            others = (a for a in options if a is not actor and a.kind == "person")
            if all(other.gender not in (query.gender, None) for other in others):
                actor.gender = query.gender
        return actor

    def _has_own_label(self, actor: Actor) -> bool:
        """Whether a name of the actor labels turns of a transcript, so that 'HOST: ' labels those of somebody else."""
        mentions = self.discourse.records[actor].mentions if actor in self.discourse.records else ()
        return any(m.kind == "name" and labels_turn(self.text, m.first, m.last) for m in mentions)

    def _is_another_one(self, actor: Actor, query: Query) -> bool:
        """Whether an actor without a name is described otherwise: "Roe's mother" is not "Roe's spokesman"."""
        if not actor.is_nameless or not (relation := RELATIONS.get(query.head)):
            return False
        first = self.discourse.records[actor].mentions[0]
        other = RELATIONS.get(self.text.lower[head_of(self.text, first.first, first.last)])
        return other is not None and other != relation

    def _is_elsewhere(self, actor: Actor, query: Query) -> bool:
        """Whether a person's role is at another organization or in another country than described.

        "The Acme director" is not the director of Beta, and whom the text called "the Dutchman" is not "the Irishman".
        """
        if actor.kind != "person":
            return False
        if (
            query.country
            and self._names_people(query)
            and self.demonyms.get(actor, query.country) != query.country
        ):
            return True
        same = [role for role in actor.roles if query.head in role_words(role.text or "")]
        if not same:
            return False
        # A person may have a party and a seat, or a nationality and a job abroad, but no two parties or governments.
        if query.body is not None and query.body.org_type is not None:
            bodies = {role.organization for role in same}
            alike = all(body is not None and body.org_type == query.body.org_type for body in bodies)
            return alike and query.body not in bodies
        countries = {role.country_code or actor.country_code for role in same}
        return (
            query.country is not None and query.head in SOLE and countries.isdisjoint((query.country, None))
        )

    def _names_people(self, query: Query) -> bool:
        """Whether the head noun of a description is a name for somebody from a country: 'the Dutchman'."""
        known = self.clusters.at.get(query.last - 1)
        return known is not None and known.actor.kind == "country" and not query.plural

    def _of_time(self, options: list[Actor], query: Query) -> list[Actor]:
        """Leave out people with a former role if another holds it, and the other way round if it is former.

        'The president' is not the former president, if the article names the president, too. It is nobody without the
        role either, if the article states who has it."""
        held: dict[Actor, set[bool]] = {}
        wanted = {part for word in query.wanted for part in role_words(word)}
        for actor in options if query.is_role and not query.plural else ():
            for role in actor.roles:
                words = role_words(role.text or "")
                if wanted <= words and words.isdisjoint(LESSER - wanted):
                    held.setdefault(actor, set()).add(not FORMER.isdisjoint(words))
        is_former = not FORMER.isdisjoint(self.text.lower[query.first : query.last])
        if not any(is_former in times for times in held.values()):
            return options
        is_sole = self.text.lower[query.first] in THE and (query.head in SOLE or len(wanted) > 1)
        kept = [actor for actor in options if actor in held or actor.kind != "person" or not is_sole]
        return [actor for actor in kept if is_former in held.get(actor, (is_former,))]

    def _of_age(self, query: Query) -> Actor | None:
        """Return the only person whose age is that in a description: 'Ann Roe, 34,' for "the 34-year-old"."""
        age, _, rest = query.head.partition("-")
        if rest != "year-old":
            return None
        ages = self.discourse.other_places(age, query.first)
        near = [i - 2 for i in ages if self.text.words[i - 1] in (",", "(")]
        near += [i - 3 for i in ages if self.text.lower[i - 1] == "aged"]
        again = self.discourse.other_places(query.head, query.first)
        near += [next((k for k in range(i + 1, i + 4) if k in self.clusters.at), -1) for i in again]
        found = {self.clusters.at[i].actor for i in near if i in self.clusters.at}
        people = {actor for actor in found if actor.kind == "person"}
        return people.pop() if len(people) == 1 else None

    def _only_of_type(self, query: Query) -> Actor | None:
        """Return the only organization named before "the company" that is a company; None if there are several."""
        is_bare = query.last - query.first == 2 and self.text.lower[query.first] in THE and not query.plural
        wanted = lexicon.organization_nouns().get(query.head)
        if query.form != "body" or not is_bare or wanted is None or query.head in VAGUE:
            return None
        end = bisect_left(self.bodies, query.first, key=lambda m: m.first)
        before = self.bodies[max(0, end - MOST_ALIKE) : end]
        typed = {m.actor for m in before if m.actor.org_type == wanted and _is_named(m.actor)}
        return typed.pop() if len(typed) == 1 else None

    def _is_other_than_body(self, actor: Actor, query: Query) -> bool:
        """Whether an actor without a name cannot be "it" or "the company": 'a ministry spokeswoman', 'dealers'."""
        if not actor.is_nameless:
            return False
        return _is_official(actor) or (query.form == "body" and not self.discourse.looks(actor)[1])

    def _is_single(self, actor: Actor, query: Query) -> bool:
        """Whether "they" or "the senators" cannot mean a person, because no sentence nearby also names another one."""
        if actor.kind != "person":
            return False
        near = self.discourse.last_mentions(actor, query.first)
        if query.form == "they":
            begin = self.text.sentences[query.first] - NEARBY
            near = [m for m in near if self.text.sentences[m.first] >= begin or self.discourse.listed_with(m)]
        elif ahead := self.discourse.around(actor, query.first)[1]:
            near = [*near, ahead]
        return not any(self._is_beside_another(mention) for mention in near)

    def _is_beside_another(self, mention: Mention) -> bool:
        """Whether the person named before or after a person's mention, if any, is another one in the same sentence."""
        at, sentences = bisect_left(self.places, mention.first), self.text.sentences
        beside = [*self.people[max(0, at - 1) : at], *self.people[at + 1 : at + 2]]
        return any(
            other.actor is not mention.actor and sentences[other.first] == sentences[mention.first]
            for other in beside
        )

    def _is_inside(self, actor: Actor, query: Query) -> bool:
        """Whether the description contains the actor's name and so means another actor: 'a critic who met Ann Roe'.

        An organization in the description of a person is another actor too: 'the Acme boss'; so is whoever has seen a
        document: 'emails seen by Acme'.
        """
        is_person = query.form == "person" or (query.form == "thing" and may_be_person(query.head))
        outside = query.form == "silent" or (actor.kind not in ("person", "country") and not is_person)
        if outside and not is_shown(self.text, query.first, query.last):
            return False
        return self.discourse.is_within(actor, query.first, query.last)

    def _may_be_again(self, actor: Actor, query: Query) -> bool:
        """Whether the words of a description allow it to refer to the actor again.

        After "the Civil Defence Agency", "the service" may refer to the agency, but "the weather service" may not. An
        organization without a name fits only if its words include the head noun of the description.
        """
        if actor.kind != "organization" or query.form != "body":
            return True
        if query.head in actor.words:
            return not self._has_other_owner(actor, query)
        if query.head == "government" and actor.org_type != "government":
            return False
        if not any(mention.kind == "name" for mention in actor.mentions):
            return False
        if query.country and query.head in OF_STATES:  # "the Dutch ministry" is not the Trade Office
            return False
        words = self.text.lower[query.first : query.last]
        more = [w for w in words if len(w) > 3 and w[0].isalpha() and w != query.head]
        if not more or not actor.words or not is_body(actor.words[-1]):
            return True
        near = self.discourse.nearness
        return any(w in actor.words or near(w, query.first, actor)[1] for w in [query.head, *more])

    def _has_other_owner(self, actor: Actor, query: Query) -> bool:
        """Whether a description names a person whom the name of the actor lacks: "Roe's office" is not Berg's."""
        names = names_in(self.clusters, query.first, query.last)
        owners = {word for m in names if m.actor.kind == "person" for word in m.actor.words}
        return bool(owners) and owners.isdisjoint(actor.words)

    def _of_role(self, query: Query) -> list[Actor]:
        """Return the first few people whom the article gives the role in the description."""
        if not query.is_role:
            return []
        words = sorted(role_words(query.head))
        having = (actor for word in words for actor in self._by_role_word.get(word, ()))
        return list(islice(having, MOST_OF_ROLE))

    @cached_property
    def _by_role_word(self) -> dict[str, list[Actor]]:
        """Map each word of a role to the people who have such a role."""
        found: dict[str, list[Actor]] = {}
        for actor in self.clusters.actors:
            words = (
                {word for role in actor.roles for word in role_words(role.text or "")}
                if actor.mentions
                else ()
            )
            for word in words:
                found.setdefault(word, []).append(actor)
        return found

    def only_body_near(self, i: int) -> Actor | None:
        """Return the only organization mentioned before word i in the same or the previous sentence.

        If there are several, return the only organization that opens a sentence."""
        end = bisect_left(self.bodies, i, key=lambda m: m.first)
        near = [m for m in self.bodies[max(0, end - 8) : end] if self._is_near(m, i)]
        actors = {m.actor for m in near}
        if len(actors) > 1:
            actors = {m.actor for m in near if self._opens_sentence(m)}
        return actors.pop() if len(actors) == 1 else None

    def _is_near(self, mention: Mention, i: int) -> bool:
        sentences = self.text.sentences
        return sentences[i] - sentences[mention.first] <= 1 and not self.text.quoted[mention.first]

    def _opens_sentence(self, mention: Mention) -> bool:
        first = mention.first
        article = first > 0 and self.text.lower[first - 1] in DETERMINERS
        return self.text.opens_sentence(first - 1 if article else first)

    def _subject_ahead(self, i: int, gender: str) -> Actor | None:
        """Return the subject that "his" or "her" in an opening phrase refers to: 'In her speech, Roe said'."""
        text, at = self.text, bisect_left(self.places, i)
        if at == len(self.people) or text.lower[i] not in ("his", "her"):
            return None
        first, subject = text.firsts[text.sentences[i]], self.people[at]
        start = self.phrases.get(subject.first, subject.first)
        opens = text.lower[first] in OPENERS or text.lower[first].endswith("ing")
        if not opens or text.words[start - 1] != "," or text.sentences[start] != text.sentences[i]:
            return None
        if i - first > 4:
            return None
        within = text.words[first : start - 1]
        if "," in within or any(p in self.clusters.at for p in range(first, i)):
            return None
        return subject.actor if subject.actor.gender in (gender, None) else None

    def _relate(self, i: int) -> None:
        """Resolve "who" in "Ann Roe, who" and "whose" in "the minister whose" to the mention directly before it."""
        before = i - 2 if i > 1 and self.text.words[i - 1] == "," else i - 1
        mention = self.clusters.at.get(before)
        if mention is not None and mention.actor.kind == "person":
            self.add(i, i + 1, "pronoun", mention.actor)

    # ---- descriptions

    def describe(self, i: int) -> None:
        """Add a mention for the description that begins at word i with "the" or "a", if it fits an actor."""
        head, actor = self.guess(i)
        if head is not None and actor is not None:
            self.add(i, head + 1, "nominal", actor)

    def guess(self, i: int) -> tuple[int | None, Actor | None]:
        """Return the head noun of the description that begins at word i, and the actor that the rules choose for it."""
        head = self._head(i + 1)
        if head is None:
            return None, None
        is_person = is_role(self.text.lower[head])
        return head, self._person_for(i, head) if is_person else self._body_for(i, head)

    def _head(self, first: int) -> int | None:
        """Return the head noun of the description that continues at `first`: 'minister' in 'the Dutch minister'."""
        text, at, nouns, unknown = self.text, self.clusters.at, lexicon.organization_nouns(), 0
        for i in range(first, min(first + 6, text.size)):
            word = text.lower[i]
            if i in at:
                if at[i].actor.kind in ("person", "group"):
                    return None
            elif is_role(word) or word in nouns:
                following = text.lower[i + 1] if i + 1 < text.size else ""
                if not (is_role(following) or following in nouns):
                    return None if self._names_another(i + 1) else i
            elif word not in lexicon.title_words():
                unknown += word.islower()
                possessive = word in ("'s", "’s") and i - 1 in at
                if not (word[0].isalpha() or possessive) or word in STOPS or unknown > 1:
                    return None
        return None

    def _names_another(self, i: int) -> bool:
        """Whether the words from word i on name the person described: 'of France' after 'the president', 'Ann Roe'."""
        if i >= self.text.size:
            return False
        if self.text.lower[i] in BELONGS and i + 1 < self.text.size:
            return self.text.lower[i] in ("of", "for") or self.text.words[i + 1][0].isupper()
        return i in self.clusters.at or (self.text.words[i][0].isupper() and "\n" not in self._gap(i))

    def _gap(self, i: int) -> str:
        return self.text.body[self.text.ends[i - 1] : self.text.starts[i]]

    def _person_for(self, i: int, head: int) -> Actor | None:
        """Return the last person before word i who fits the description by role and country, else the only one after.

        "The minister" refers only to people mentioned before; "the Dutch minister" and "the trade minister" may also
        refer to people mentioned later.
        """
        country, body = self._country_in(i + 1, head), self._organization_in(i + 1, head)
        titles = [
            w for w in self.text.lower[i + 1 : head + 1] if w in lexicon.title_words() and w not in LOOSE
        ]
        wanted = role_words(" ".join([*titles, self.text.lower[head]]))
        at = bisect_left(self.places, i)
        before = self.people[max(0, at - REACH_MENTIONS) : at]
        for mention in reversed(before):
            if fits_role(mention.actor, wanted, country, body):
                return mention.actor
        if country is not None and len(wanted) == 1:
            same = {m.actor for m in before if m.actor.country_code == country and m.actor.roles}
            if len(same) == 1:
                return same.pop()
        if country is None and len(wanted) == 1:
            return None
        having = min((self._by_role_word.get(word, []) for word in sorted(wanted)), key=len)
        later = {actor for actor in having[:MOST_ALIKE] if fits_role(actor, wanted, country, body)}
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
        """Return the last organization before word i that the head noun can mean: by its name, else by its type."""
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
        typed = [a for a in fitting if a.org_type == wanted]
        return next((a for a in typed if not a.is_guessed), typed[0] if typed else None)


def _is_thing(actor: Actor) -> bool:
    """Whether an actor without a name is no person: 'one charity', 'the law'."""
    return actor.is_nameless and type_of_words(actor.name) in ("organization", "document")


def _is_official(actor: Actor) -> bool:
    """Whether an actor is an unnamed person whose description ends with a role: 'a ministry spokeswoman'."""
    return actor.kind == "unnamed" and is_role(actor.name.lower().split(" ")[-1])
