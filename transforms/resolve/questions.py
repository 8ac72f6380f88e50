"""Turn a reference into a query: the words of the reference, and what they say about the actor.

Takes a `Text`, its `Clusters` and the words of a pronoun or description; returns a `Query`.
"""

from __future__ import annotations

from typing import NamedTuple

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor
from transforms.resolve.phrases import is_body, is_person, is_plural, singular
from transforms.resolve.word_lists import DETERMINERS, DOCUMENTS, HE, LOOSE, SHE, SURVEYS, WHO

# The forms of references. Pronouns: he (or she), it, they, we (or I, you), who (or which). Descriptions: person,
# organization ("body"), document, something unclear ("thing"). Without words: silent, a statement without a source.
FORMS = ("he", "it", "they", "we", "who", "person", "body", "document", "thing", "silent")
PEOPLE = frozenset(("person", "unnamed", "group"))
BODIES = frozenset(("organization", "country", "unnamed", "group"))
ALL = PEOPLE | BODIES
SPEAKING = frozenset(("person", "organization", "unnamed"))
PERSON_ENDINGS = ("er", "or", "ist", "ian", "man", "woman", "person", "ee", "star", "year-old", "old")
DEFINITE = DETERMINERS | frozenset(("these", "those", "both", "all"))
LAWS = frozenset(
    "constitution treaty agreement accord contract settlement law act amendment bill statute charter".split()
)  # nobody speaks in them
# Nouns for many people together, who are neither one person nor an organization: "her family".
CROWDS = frozenset("audience blogosphere crowd electorate family left public right".split())
# Other nouns that mean no person.
LIFELESS = frozenset("airport band community kingdom outlet sector".split())
GOVERNMENT = frozenset("government governments administration regime leadership".split())


class Query(NamedTuple):
    """A reference at the words [first, last). `statement`: the index of the statement, if the reference is its source.

    `wanted`: words that a fitting role has; `speaker`: the speaker of the words around, to whom "he" cannot refer.
    """

    first: int
    last: int
    form: str
    head: str = ""
    gender: str | None = None
    plural: bool = False
    wanted: frozenset[str] = frozenset()
    country: str | None = None
    body: Actor | None = None
    statement: int | None = None
    speaker: Actor | None = None
    guess: Actor | None = None  # the actor that the rules choose
    is_role: bool = False
    is_body: bool = False
    is_of_body: bool = False  # a document of an organization, such as "the charity's website"
    is_generic: bool = False  # refers to nobody in particular: "opposition parties"

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of actors to which the reference may refer."""
        if self.form == "he":
            return PEOPLE - {"group"}
        if self.form == "silent":
            return SPEAKING
        if self.is_generic or self.head in CROWDS:
            return frozenset(("unnamed", "group"))
        if self.head in SURVEYS or self.is_of_body or self.head in LIFELESS:
            return ALL - {"person"}
        if self.head in LAWS:
            return frozenset(("unnamed",))
        return BODIES if self.form == "it" or (self.form == "body" and not self.is_role) else ALL


def pronoun_form(word: str) -> str | None:
    """Return the form of the query for a pronoun, one of FORMS; None for other words."""
    if word in HE or word in SHE:
        return "he"
    if word in WHO or word == "which":
        return "who"
    return {
        "it": "it",
        "its": "it",
        "they": "they",
        "their": "they",
        "them": "they",
        "i": "we",
        "we": "we",
        "you": "we",
        "us": "we",
        "me": "we",
    }.get(word)


def ask_pronoun(
    text: Text,
    first: int,
    statement: int | None = None,
    *,
    speaker: Actor | None = None,
    guess: Actor | None = None,
) -> Query | None:
    """Return the query for the pronoun at word `first`; None if the word is not a pronoun."""
    word = text.lower[first]
    form = pronoun_form(word)
    if form is None:
        return None
    gender = "m" if word in HE else "f" if word in SHE else None
    return Query(
        first,
        first + 1,
        form,
        word,
        gender,
        word in ("they", "them", "their", "we", "us"),
        statement=statement,
        speaker=speaker,
        guess=guess,
    )


def ask_description(
    text: Text,
    clusters: Clusters,
    first: int,
    last: int,
    head: int,
    statement: int | None,
    guess: Actor | None,
) -> Query:
    """Return the query for the noun phrase [first, last) whose head noun is at `head`."""
    word = text.lower[head]
    plural = is_plural(word)
    noun = singular(word)
    body = is_body(noun)
    role = is_role(noun) or (is_person(noun) and not body)  # "team" is also a title: "team leader"
    inside = [
        clusters.at[k].actor for k in range(first, head + 1) if k in clusters.at
    ]  # also in 'the Russian'
    country = next((actor.country_code for actor in inside if actor.kind == "country"), None)
    organization = next((actor for actor in inside if actor.kind == "organization"), None)
    words = {w for w in text.lower[first:head] if w in lexicon.title_words() and w not in LOOSE} | {noun}
    return Query(
        first,
        last,
        form_of(noun),
        noun,
        lexicon.title_genders().get(noun),
        plural,
        frozenset(words),
        country,
        organization,
        statement,
        guess=guess,
        is_role=role,
        is_body=body,
        is_generic=body and word != noun and not inside and text.lower[first] not in DEFINITE,
    )


def form_of(noun: str) -> str:
    """Return the form of a singular head noun: person, body (an organization), document or thing (none of these)."""
    if noun in DOCUMENTS:
        return "document"
    return "body" if is_body(noun) else "person" if is_person(noun) else "thing"


def ask_missing_source(first: int, last: int, statement: int) -> Query:
    """Return the query for a statement without a source; [first, last) are the words of its content."""
    return Query(first, last, "silent", statement=statement)
