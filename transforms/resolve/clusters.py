"""Group the names of an article into actors.

Takes a `Text` and its `Name`s; returns a `Clusters`: the actors, their mentions, and the mention that covers each word.
Within an article, a family name refers to the last full name that contains it. An acronym refers to the name that
defines it or has its initials. A short name refers to the longer name that begins with it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from transforms.resolve import lexicon
from transforms.resolve.accents import without_accents
from transforms.resolve.article_text import Text
from transforms.resolve.kin import are_kin, full_given_name, latest_first, less_a_letter
from transforms.resolve.lexicon import Known
from transforms.resolve.model import Actor, Mention, Name
from transforms.resolve.word_lists import CONNECTORS, PARTICLES, SUFFIXES

LEGAL_FORMS = frozenset(
    "inc corp corporation ltd limited llc llp plc co company ag gmbh sa nv se spa & .".split()
)
# Last words of names of police: 'Dorne Police Department', "Dorne Sheriff's Office".
OF_POLICE = frozenset(("police", "sheriff"))
UNITS_OF_POLICE = frozenset("department service force station office headquarters command".split())
# A last word of these types tells the type, whatever the first word is: "Bank of Dorne Football Club" is a team.
LAST_TELLS = ("education", "sports")
QUOTES = str.maketrans(dict.fromkeys('“”"', " "))
COMMON_FIRST = frozenset(("new", "american", "united", "world", "north", "south"))
MOST_KIN = 4  # people of one article whose names may differ in the given name only
DEPARTMENTS = ("department", "ministry")
STATE = frozenset(("government", "court", "military"))  # names that organizations of every state have


# Maps the words of another name of a person to the words of the person's name.
Others = dict[tuple[str, ...], tuple[str, ...]]


class Clusters:
    """The actors of one article with their mentions; `at` maps each word to the mention that covers it."""

    def __init__(self, text: Text, names: Sequence[Name]) -> None:
        self.text = text
        self.actors: list[Actor] = []
        self.mentions: list[Mention] = []
        self.at: dict[int, Mention] = {}
        self.latent: dict[
            int, Name
        ] = {}  # capital cities, which mean a government only when they act or speak
        self.places: dict[int, Name] = {}  # each word of a place name -> the name; includes these capitals
        self._countries: dict[str, Actor] = {}
        self._groups: dict[str, Actor] = {}
        self._metonyms: dict[str, Actor] = {}  # governments that became actors, by the name of the government
        self._add_people([name for name in names if name.kind == "person"])
        self._add_organizations([name for name in names if name.kind == "organization"])
        for name in names:
            if name.kind == "country" and name.known:
                self.add(name.first, name.last, "name", name.form, self.country(name.known))
            elif name.kind == "group":
                self.add(name.first, name.last, "name", "name", self._group(name.text))
            elif name.kind == "place":
                self.places.update(dict.fromkeys(range(name.first, name.last), name))
                if name.known:
                    self.latent[name.first] = name
        self.mentions.sort(key=lambda mention: mention.first)
        self.bodies = [m for m in self.mentions if m.actor.kind == "organization"]

    # ---- adding

    def add(self, first: int, last: int, kind: str, rule: str, actor: Actor) -> Mention:
        """Add a mention of `actor` in the words [first, last)."""
        start, end = self.text.starts[first], self.text.ends[last - 1]
        if kind == "pronoun":  # only "he" of "he'll"
            end = start + len(self.text.lower[first])
        mention = Mention(first, last, start, end, kind, rule, actor)
        self.mentions.append(mention)
        actor.mentions.append(mention)
        for i in range(first, last):
            self.at[i] = mention
        return mention

    def new_actor(self, actor: Actor) -> Actor:
        self.actors.append(actor)
        return actor

    def country(self, known: Known) -> Actor:
        """Return the country that a known name refers to, as an actor; all names of a country share one actor."""
        code = known.country_code or ""
        if code not in self._countries:
            name = lexicon.country_name(code)
            self._countries[code] = self.new_actor(Actor("country", name, country_code=code))
        return self._countries[code]

    def add_metonym(self, name: Name) -> Mention | None:
        """Add a mention of the government that a capital city means when it acts or speaks: 'Washington said'."""
        if name.known is None or name.first in self.at:
            return self.at.get(name.first)
        if name.known.kind == "country":
            actor = self.country(name.known)
        else:
            if name.known.name not in self._metonyms:
                same = (a for a in self.actors if a.kind == "organization" and a.name == name.known.name)
                self._metonyms[name.known.name] = next(same, None) or self.new_actor(
                    _known_organization(name.known)
                )
            actor = self._metonyms[name.known.name]
        return self.add(name.first, name.last, "name", "metonym", actor)

    def _group(self, written: str) -> Actor:
        key = written.lower()
        if key not in self._groups:
            self._groups[key] = self.new_actor(Actor("group", written))
        return self._groups[key]

    # ---- people

    def _add_people(self, names: Sequence[Name]) -> None:
        by_form: dict[tuple[str, ...], list[Actor]] = {}
        spellings = _Spellings()
        others = _other_names(names)
        alone = [name for name in names if len(words := person_words(name.text)) <= 1 or words in others]
        for name in sorted(names, key=lambda name: (-len(person_words(name.text)), name.first)):
            words = person_words(name.text)
            if len(words) > 1 and words not in others:
                self._add_full_name(name, words, by_form, spellings)
        for actor in self.actors:
            _name_by_usual_form(actor, self.text.body)
        places = _Places()
        for mention in sorted(self.mentions, key=lambda mention: mention.first):
            places.note(mention.first, mention.actor, mention.actor.words)
        self._add_other_names([name for name in names if person_words(name.text) in others], others, places)
        self._add_single_names([name for name in alone if name.first not in self.at], places, spellings)

    def _add_other_names(self, names: Sequence[Name], others: Others, places: _Places) -> None:
        """Add the other names of people whose full names the article has, such as 'Kay' in 'Ann Roe, alias Kay'."""
        people = {actor.words: actor for actor in self.actors}
        for name in names:
            words = person_words(name.text)
            actor = people.get(others[words])
            if actor:
                self._learn_gender(self.add(name.first, name.last, "name", "nickname", actor))
                places.note(name.first, actor, words)

    def _add_full_name(
        self,
        name: Name,
        words: tuple[str, ...],
        by_form: dict[tuple[str, ...], list[Actor]],
        spellings: _Spellings,
    ) -> None:
        forms = person_forms((full_given_name(words[0]), *words[1:]))
        alike = (other for form in forms for other in latest_first(by_form.get(form, ()), name.first))
        actor, rule = next((other for other in alike if not are_kin(words, other.words)), None), "name"
        if actor and words[0] not in actor.words and words[0] in lexicon.nicknames():
            rule = "nickname"
        if actor is None:
            actor, rule = spellings.find_full(words), "spelling"
        if actor is None:
            gender = lexicon.given_names().get(name.text.split()[0].lower())
            gender = None if gender == "u" else gender
            actor, rule = self.new_actor(Actor("person", name.text, words, gender=gender)), "name"
            spellings.note(words, actor)
        for form in forms:
            named = by_form.setdefault(form, [])
            if not named or (actor not in named and len(named) < MOST_KIN):
                named.append(actor)
        self._learn_gender(self.add(name.first, name.last, "name", rule, actor))

    def _add_single_names(self, names: Sequence[Name], places: _Places, spellings: _Spellings) -> None:
        alone: dict[str, Actor] = {}
        labelled: dict[str, Actor] = {}  # the label of the turns in a transcript -> who it means
        count = Counter(name.text for name in names)
        for name in names:
            word = (person_words(name.text) or (name.text.lower(),))[-1]
            actor, rule = self._stood_for(name), name.form
            if actor:
                alone[word] = actor
            else:
                actor, rule = places.nearest(word, name.first, self.title_gender(name.first)), "surname"
            if actor is None and word not in alone and count[name.text] == 1:
                actor, rule = spellings.find_family(word), "spelling"
            if actor is None:
                actor, rule = alone.get(word), "name"
            if actor is None:
                actor = alone[word] = self.new_actor(Actor("person", name.text, (word,), is_full=False))
            actor = labelled.setdefault(name.text, actor) if name.is_certain else actor
            self._learn_gender(self.add(name.first, name.last, "name", rule, actor))

    def _stood_for(self, name: Name) -> Actor | None:
        """Return the person for whom a name stands: for AJRB after 'Ann Jane Roe Berg (AJRB)'."""
        if name.stands_for is None:
            return None
        words = person_words(name.stands_for)
        return next((actor for actor in self.actors if actor.words == words), None)

    def _learn_gender(self, mention: Mention) -> None:
        gender = self.title_gender(mention.first)
        if gender:
            mention.actor.gender = gender

    def title_gender(self, first: int) -> str | None:
        """Return the gender that the previous word implies: 'Mrs. Roe', 'Queen Ann', 'spokeswoman Ann Roe'."""
        i = first - 2 if first > 1 and self.text.words[first - 1] == "." else first - 1
        return lexicon.title_genders().get(self.text.lower[i]) if i >= 0 else None

    # ---- organizations

    def _add_organizations(self, names: Sequence[Name]) -> None:
        by_key: dict[tuple[str | None, ...], Actor] = {}
        by_part: dict[tuple[str, ...], Actor] = {}
        for name in sorted(names, key=lambda name: (_is_short(name), -len(name.text.split()), name.first)):
            country, key = _country_and_words(name)
            actor = by_key.get((country, *key)) or _by_part(by_part, name, key)
            if actor and country and not name.known and is_generic(key) and not _is_of(actor, country):
                actor = None  # "Indian Navy" is not "People's Army Navy"
            if actor is None:
                actor = self.new_actor(_organization(name, country, key))
                for part in _parts(actor.name, key):
                    by_part.setdefault(part, actor)
            if name.stands_for:
                by_part[("initials", name.text.replace(".", ""))] = actor
                by_key.setdefault((None, *organization_words(name.text)), actor)
            by_key.setdefault((country, *key), actor)
            if not name.known:
                by_key.setdefault((None, *key), actor)
            is_acronym = name.form == "name" and _is_short(name) and name.text != actor.name
            rule = "acronym" if is_acronym else name.form
            if rule == "acronym":
                actor.acronyms.add(name.text)
            self.add(name.first, name.last, "name", rule, actor)


def _other_names(names: Sequence[Name]) -> Others:
    """Return the other names of people that the article gives: 'Kay' in 'Ann Roe, alias Kay'."""
    others = [name for name in names if name.form == "nickname" and name.stands_for]
    return {person_words(name.text): person_words(name.stands_for or "") for name in others}


def _name_by_usual_form(actor: Actor, body: str) -> None:
    """Give a person the most frequent form of the name: 'Ann Roe', even if a headline has 'Poor Ann Roe'."""
    written = [" ".join(body[m.start : m.end].split()) for m in actor.mentions]
    if not actor.name.isupper():  # the turns of a transcript: "ANN ROE: No."
        written = [name for name in written if not name.isupper()]
    if not written or any("," in name for name in written):  # "Roe, Ann"
        return
    actor.name = written[0]
    if len(written) > 1:
        counts = Counter(written)
        actor.name = min(counts, key=lambda name: (-counts[name], -len(name), name))
    actor.words = person_words(actor.name)


class _Places:
    """The positions of each word of people's full names, to find the person whom a family name means."""

    def __init__(self) -> None:
        self._by_word: dict[str, tuple[list[int], list[Actor]]] = {}

    def note(self, first: int, actor: Actor, words: tuple[str, ...]) -> None:
        for word in set(words):
            places, actors = self._by_word.setdefault(word, ([], []))
            insort(places, first)
            actors.insert(bisect_left(places, first), actor)

    def nearest(self, word: str, first: int, gender: str | None, reach: int = 8) -> Actor | None:
        """Return the person with the family name `word` who is named last before word `first`, else the next one.

        If there is no such person, `word` may also be another part of the name.
        """
        places, actors = self._by_word.get(word, ([], []))
        i = bisect_left(places, first)
        near = [*reversed(actors[max(0, i - reach) : i]), *actors[i : i + reach]]
        fitting = [a for a in near if not (gender and a.gender and a.gender != gender)]
        return next((a for a in fitting if a.words[-1] == word), fitting[0] if fitting else None)


class _Spellings:
    """Finds people whose names differ in one letter, because one of them is misspelt: 'Kristen Roe', 'Kristin Roe'.

    Each person is stored under the name as written, and under the name without each of its letters in turn. Two names
    that share such a spelling are similar.
    """

    def __init__(self) -> None:
        self._full: dict[tuple[str, str], Actor] = {}
        self._family: dict[str, set[Actor]] = {}  # at most two people per spelling

    def note(self, words: tuple[str, ...], actor: Actor) -> None:
        for shorter in less_a_letter(words[0]):
            self._full.setdefault((shorter, words[-1]), actor)
        for shorter in less_a_letter(words[-1]):
            alike = self._family.setdefault(shorter, set())
            if len(alike) < 2:
                alike.add(actor)

    def find_full(self, words: tuple[str, ...]) -> Actor | None:
        """Return the person with the same family name, a similar given name, and the same gender.

        The given name must have six letters or more.
        """
        actor = next((a for w in less_a_letter(words[0]) if (a := self._full.get((w, words[-1])))), None)
        genders = lexicon.given_names()
        alike = actor is not None and genders.get(words[0]) == genders.get(actor.words[0]) != "u"
        return actor if alike and len(words[0]) > 5 else None

    def find_family(self, word: str) -> Actor | None:
        """Return the only person with a similar family name of five or more letters."""
        if len(word) < 5 or word in lexicon.given_names():
            return None
        found = {actor for shorter in less_a_letter(word) for actor in self._family.get(shorter, ())}
        return found.pop() if len(found) == 1 else None


def person_forms(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the shorter forms of a name: its last words (two or more), and its first word with its last word."""
    return [*(words[i:] for i in range(len(words) - 1)), (words[0], words[-1])]


@lru_cache(20_000)
def person_words(name: str) -> tuple[str, ...]:
    """Return the words that identify a person, without accents, initials, 'al-' and 'Jr'.

    'Zoë B. Roe' -> ('zoe', 'roe'), 'Ali al-Marski' -> ('ali', 'marski')."""
    plain = without_accents(name).lower().replace("’", "'").replace(".", " ").replace(",", " ")
    words = [_without_article(word) for word in plain.translate(QUOTES).split()]
    kept = tuple(word for word in words if len(word) > 1 and word not in SUFFIXES)
    return kept or tuple(words)


def _without_article(word: str) -> str:
    return word[3:] if word[:3] in ("al-", "el-") and len(word) > 5 else word


@lru_cache(20_000)
def organization_words(name: str) -> tuple[str, ...]:
    """Return the words that identify an organization: lower case, without 'the', legal form and leading country."""
    skipped = ("the", "'s", "’s", ".", ",")
    words = [word for word in lexicon.split_words(name) if word.lower() not in skipped]
    while (
        len(words) > 2
        and words[0] in lexicon.known_names()
        and lexicon.known_names()[words[0]].kind == "country"
    ):
        words = words[1:]
    lowered = [without_accents(word).lower() for word in words]
    while len(lowered) > 1 and lowered[-1] in LEGAL_FORMS:
        lowered.pop()
    return tuple(lowered)


def organization_type(name: str) -> str:
    """Return the type that a word in the name of an organization suggests; "other" if no word suggests a type.

    The last such word decides, as in 'Trade Ministry'. In 'Ministry of Trade' the first word decides, because of 'of'.
    A police department is police.
    """
    words = [word.lower().rstrip(".") for word in lexicon.split_words(name)]
    known = lexicon.organization_words()
    if words and words[-1] in UNITS_OF_POLICE and not OF_POLICE.isdisjoint(words):
        return "police"
    if words and words[0] in known and "of" in words and known.get(words[-1]) not in LAST_TELLS:
        return known[words[0]]
    return next((known[word] for word in reversed(words) if word in known), "other")


def is_generic(key: Iterable[str]) -> bool:
    """Whether many countries have an organization with this name: 'Foreign Ministry', 'Supreme Court'."""
    bodies, titles = lexicon.organization_words(), lexicon.title_words()
    return all(word in bodies or word in titles or word in CONNECTORS for word in key)


def _country_and_words(name: Name) -> tuple[str | None, tuple[str, ...]]:
    if name.known:
        return name.known.country_code, organization_words(name.known.name)
    return country_and_words(name.stands_for or name.text)


def country_and_words(written: str) -> tuple[str | None, tuple[str, ...]]:
    """Split a name into country and key words: 'Dutch Trade Ministry' -> NL, ('trade', 'ministry')."""
    words = lexicon.split_words(written)
    known = lexicon.known_names()
    leading, trailing = known.get(words[0]), known.get(words[-1])
    if len(words) > 2 and trailing and trailing.kind == "country" and _is_government(words[:-1]):
        rest = list(words[:-1])
        while rest[-1].lower() in ("of", "the", "republic", "kingdom"):
            rest.pop()
        return trailing.country_code, organization_words(" ".join(rest))
    if leading is None or leading.kind != "country":
        team = lexicon.parts_of_states().get(written)  # "England", if it is a team
        return team, organization_words(written)
    if len(words) == 2 and _is_government(words[1:]):
        return leading.country_code, (words[1].lower(),)
    return leading.country_code, organization_words(written)


def _is_government(words: Sequence[str]) -> bool:
    """Whether a name next to a country means its government: 'Government of', 'Trade Ministry of the'."""
    lowered = [word.lower() for word in words]
    joined = lowered[-1] in ("of", "the") or len(lowered) == 1
    return joined and any(lexicon.organization_words().get(word) in STATE for word in lowered[:2])


def _organization(name: Name, country: str | None, key: tuple[str, ...]) -> Actor:
    if name.known:
        return _known_organization(name.known)
    written = name.stands_for or name.text
    kind = organization_type(written)
    full = not is_generic(key)
    return Actor("organization", written, key, country_code=country, org_type=kind, is_full=full)


def _known_organization(known: Known) -> Actor:
    """Make the actor of a well-known organization.

    A party or parliament without a country, such as the Labour Party, is not identified by its name alone.
    """
    key, country = organization_words(known.name), known.country_code
    full = country is not None or known.org_type not in STATE | {"party"}
    actor = Actor(
        "organization", known.name, key, country_code=country, org_type=known.org_type, is_full=full
    )
    actor.is_known = full
    return actor


def _is_of(actor: Actor, country: str) -> bool:
    """Whether an organization is known to be of a country, or has the country in its name."""
    known = (lexicon.known_names().get(word) for word in lexicon.split_words(actor.name))
    return actor.country_code == country or any(one and one.country_code == country for one in known)


def _is_short(name: Name) -> bool:
    """Whether the name looks like an acronym: one word of two to eight capitals."""
    letters = name.text.replace(".", "").replace("&", "")
    return letters.isupper() and letters.isalnum() and letters[0].isalpha() and 2 <= len(letters) <= 8


def _by_part(by_part: dict[tuple[str, ...], Actor], name: Name, key: tuple[str, ...]) -> Actor | None:
    """Return the organization that a short name refers to; `by_part` has the organizations by their short forms.

    Initials of three letters or more take precedence over the seeds: after "Australian Federal Police", "AFP" is not
    the agency.
    """
    if name.known:
        initials = name.text.replace(".", "")
        return by_part.get(("initials", initials)) if _is_short(name) and len(initials) > 2 else None
    if _is_short(name):
        return by_part.get(("initials", name.text.replace(".", ""))) or by_part.get(("head", *key))
    if ("turned", *key) in by_part:
        return by_part["turned", *key]
    if is_generic(key):
        return by_part.get(("tail", *key)) or by_part.get(("head", *key))
    return by_part.get(("head", *key)) or (by_part.get(("of", *key)) if len(key) == 1 else None)


def _parts(name: str, key: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the short forms that may refer to an organization: its initials, its first words, its last words."""
    words = lexicon.split_words(name)
    while len(words) > 2 and words[-1].lower() in LEGAL_FORMS:
        words = words[:-1]
    initials = "".join(word[0] for word in words if word[0].isupper())
    every = "".join(word[0] for word in words if word[0].isalpha()).upper()  # "DOT" of "Department of Trade"
    shortest = 2 if lexicon.is_unit(words) else 1
    heads = [("head", *key[:n]) for n in range(shortest, min(len(key), 6)) if _is_head(key, n)]
    # "House" is not short for "White House".
    tails = [("tail", *key[n:]) for n in range(max(1, len(key) - 6), len(key)) if key[n:] != ("house",)]
    partners = "".join(word[0] for word in words if word == "&" or word[0].isupper())  # "M&S"
    pieces = (piece for word in words for piece in word.split("-"))
    hyphened = "".join(
        piece[0] for piece in pieces if piece[:1].isupper()
    )  # "PTI" of "Pakistan Tehreek-e-Insaf"
    shorts = {short for short in (initials, every, partners, hyphened) if len(short) > 2 or len(words) == 2}
    parts = [*heads, *tails, *(("initials", short) for short in shorts)]
    if len(key) == 2 and key[1] in DEPARTMENTS:
        parts.append(("head", key[0]))  # "Commerce" of "Commerce Department"
    if len(key) > 2 and key[1] in ("of", "for") and key[0] in lexicon.organization_words():
        rest = key[2 + (key[2] == "the") :]
        parts.append(("turned", *rest, key[0]))  # "Trade Ministry" of "Ministry of Trade"
    return [*parts, ("of", key[2])] if len(key) == 3 and key[1] == "of" else parts  # "Church of Widgetry"


def _is_head(key: tuple[str, ...], n: int) -> bool:
    """Whether the first n words may replace the whole name: 'Acme' for 'Acme Corp', but not 'Bank of'."""
    return _is_distinct(key[:n]) or ((n > 1 or key[0] == "house") and key[n] == "of" and is_generic(key[:n]))


def _is_distinct(key: tuple[str, ...]) -> bool:
    """Whether the beginning of a name identifies it: 'Acme' does, 'National' and 'Bank of' do not."""
    word = key[0]
    common = word in COMMON_FIRST or word in CONNECTORS or word in PARTICLES or word in lexicon.title_words()
    return (
        not common
        and word not in lexicon.organization_words()
        and key[-1] not in CONNECTORS
        and word.title() not in lexicon.known_names()
    )
