"""Test mentions by grammar and role: whether they are subjects, may be antecedents, or fit a description."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.model import Actor, Mention
from transforms.resolve.word_lists import CLAUSE, FINITE

LETTERS = 5  # letters by which words of offices are compared: defence and defense
SECOND = frozenset(("vice", "deput"))  # the beginnings of words that make another office
SHADOW = frozenset(("shado",))  # the shadow minister is in the opposition
FIRST = frozenset("president chairman chairwoman chair governor mayor premier chancellor".split())
EXCLUSIVE = frozenset(
    "clerk spokesman spokeswoman spokesperson archbishop bishop pope duke duchess sheriff".split()
)

# Nouns for people, each with a word for what they are to others; one person is rarely two of these.
RELATIONS = {
    noun: nouns[0]
    for nouns in (
        line.split()
        for line in (
            "spokesman spokeswoman spokesperson",
            "lawyer attorney solicitor barrister",
            "mother mum mom",
            "father dad",
            *"son daughter brother sister husband wife uncle aunt grandmother grandfather widow widower".split(),
        )
    )
    for noun in nouns
}


def is_subject(text: Text, phrases: dict[int, int], mention: Mention) -> bool:
    """Whether the mention looks like a subject: it opens its sentence or clause, or a verb follows it."""
    start = phrases.get(mention.first, mention.first)
    following = text.lower[mention.last] if mention.last < text.size else ""
    if following in ("'s", "’s") or text.lower[mention.first] in ("him", "his", "hers"):
        return False
    if text.opens_sentence(start) or following in FINITE or (following.endswith("ed") and start):
        return True
    return start > 0 and text.lower[start - 1] in ("that", "but", "when", "while", "because", "after")


def may_be_bound(text: Text, i: int) -> bool:
    """Whether `is_bound` can be true of word i: it is "him", or "his" or "her" after a comma."""
    word = text.lower[i]
    return word == "him" or (word in ("his", "her") and text.words[i - 1] == ",")


def is_bound(text: Text, i: int, mention: Mention) -> bool:
    """Whether "him" or "his" at word i cannot mean the actor of the mention: 'Roe told him', 'Ann Roe, his wife'."""
    if mention.last == i - 1 and text.words[i - 1] == "," and text.lower[i] in ("his", "her"):
        return True  # "Ann Roe, his wife"
    if mention.last < i and text.lower[mention.last] in ("'s", "’s", "'", "’"):
        return False  # "Roe's wife told him"
    if text.lower[i] != "him" or text.sentences[i] != text.sentences[mention.first]:
        return False
    return not any(text.lower[k] in CLAUSE for k in range(mention.last, i))


@lru_cache(10_000)
def role_words(role: str) -> frozenset[str]:
    """Return the words of a role in lower case, with short forms expanded: 'Sen.' -> senator."""
    full = lexicon.full_titles()
    plain = role.lower().replace(".", "").replace("-", " ").split()
    return frozenset(part for word in plain for part in full.get(word, word).split())


def told_words(actor: Actor) -> frozenset[str]:
    """Return the words of all roles that the article gives an actor."""
    return frozenset().union(*[role_words(role.text or "") for role in actor.roles])


def holds_other_office(actor: Actor, noun: str, wanted: frozenset[str]) -> bool:
    """Whether a description with the head `noun` and the title words `wanted` names another office than the actor's.

    "The health minister" is not the finance minister, the president is not the vice president, and the prime minister,
    the clerk or the spokesman is nobody who is known to have another office.
    """
    field = {word[:LETTERS] for one in wanted for word in role_words(one)} - {noun[:LETTERS]}
    held = [{word[:LETTERS] for word in role_words(role.text or "")} for role in actor.roles]
    same = [words for words in held if noun[:LETTERS] in words]
    other = SECOND | SHADOW if noun in FIRST else SHADOW
    if same and all(words & other - field for words in same):
        return True
    if not same and (noun in EXCLUSIVE or "prime" in field):
        return any(_is_office(role.text) for role in actor.roles)
    if not same or not field or "prime" in field:  # a prime minister may be the finance minister, too
        return False
    second = field & SECOND
    return all(second - words or (len(words) > 1 and field.isdisjoint(words)) for words in same)


def _is_office(role: str | None) -> bool:
    kinds = lexicon.titles()
    return any(kinds.get(word) == "role" for word in role_words(role or ""))


def fits_role(actor: Actor, wanted: Set[str], country: str | None, body: Actor | None) -> bool:
    """Whether one of the actor's roles contains all wanted words and has the given `country` and organization `body`.

    If one of these two is None, any value fits. The country of the actor counts like the country of the role.
    """
    for role in actor.roles:
        fits_country = country in (None, role.country_code, actor.country_code)
        if wanted <= role_words(role.text or "") and fits_country and body in (None, role.organization):
            return True
    return False
