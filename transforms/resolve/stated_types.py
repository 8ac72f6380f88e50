"""Read the type of an organization from a noun next to its name: 'the newspaper Acme', 'Acme, a company that ...'."""

from __future__ import annotations

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.word_lists import AFTER_ROLE

# Nouns for organizations of several types: "the group Acme" may be a company, a charity or a band.
VAGUE = frozenset(
    "agency alliance association authority bloc board body bureau business campaign carrier center centre channel "
    "commission committee council federation foundation fund group institute movement network office organisation "
    "organization panel service society station supplier team trust union vendor website".split()
)
# Directly after a name, these state the type of the organization of this name: 'Acme newspaper'.
AFTER = frozenset("newspaper magazine party broadcaster airline".split())
# These pairs of words state a type, though the second word alone does not: 'intelligence service', 'rights group'.
_OF_STATES = dict.fromkeys("intelligence security secret spy space tax border customs".split(), "agency")
PAIRS = {
    "agency": _OF_STATES | {"news": "media"},
    "service": _OF_STATES,
    "bank": {"central": "agency"},
    "union": dict.fromkeys("trade labour labor".split(), "ngo"),
    "group": dict.fromkeys("rights advocacy aid campaign lobby".split(), "ngo"),
    "tank": {"think": "ngo"},
    "station": dict.fromkeys("television tv radio".split(), "media"),
    "channel": dict.fromkeys("television tv news".split(), "media"),
    "network": dict.fromkeys("television tv radio".split(), "media"),
    "team": dict.fromkeys("football soccer rugby basketball hockey".split(), "sports"),
}
APPOSED = ([","], ["--"], ["–"], ["—"])  # marks between a name and an apposition
BEHIND_NOUN = AFTER_ROLE | frozenset("that which behind based".split())


def stated_type(text: Text, first: int, last: int) -> str | None:
    """Return the type that a noun next to the name [first, last) states beyond doubt; None if there is no such noun."""
    nouns = lexicon.organization_nouns()
    after = text.words[last] if last < text.size else ""
    if after in AFTER:
        return nouns[after]
    if text.lower[last : last + 2] == ["news", "agency"]:
        return "media"
    before = noun_before(text, first)
    if paired := _type_of_pair(text, first - 1):
        return paired
    if before in nouns and before not in VAGUE:
        return nouns[before]
    at = _apposed_noun(text, last)
    if at is None:
        return None
    noun = text.words[at]
    return _type_of_pair(text, at) or (nouns[noun] if noun not in VAGUE else None)


def _type_of_pair(text: Text, i: int) -> str | None:
    """Return the type that word i and the word before it state: 'agency' for 'intelligence service'."""
    return PAIRS.get(text.words[i], {}).get(text.lower[i - 1]) if i > 0 else None


def noun_before(text: Text, first: int) -> str:
    """Return the word before a name if it is in small letters, else nothing."""
    return text.words[first - 1] if first and text.words[first - 1].islower() else ""


def noun_after(text: Text, i: int) -> str:
    """Return the noun of the apposition at word i, else nothing: 'company' in ', the company that leads the work'."""
    at = _apposed_noun(text, i)
    return text.words[at] if at is not None else ""


def _apposed_noun(text: Text, i: int) -> int | None:
    """Return the index of the noun of an organization in the apposition at word i."""
    if text.words[i : i + 1] not in APPOSED or text.lower[i + 1 : i + 2] not in (["the"], ["a"], ["an"]):
        return None
    for k in range(i + 2, min(i + 6, text.size - 1)):
        if text.words[k] in lexicon.organization_nouns() or _type_of_pair(text, k):
            return k if text.lower[k + 1] in BEHIND_NOUN else None
    return None
