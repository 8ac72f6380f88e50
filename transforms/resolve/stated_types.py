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
# Before "agency", these state that it is an agency of a state: 'intelligence agency'.
OF_STATES = frozenset("intelligence security spy space tax".split())
APPOSED = ([","], ["--"], ["–"], ["—"])  # marks between a name and an apposition
BEHIND_NOUN = AFTER_ROLE | frozenset("that which behind based".split())


def stated_type(text: Text, first: int, last: int) -> str | None:
    """Return the type that a noun next to the name [first, last) states beyond doubt; None if there is no such noun."""
    nouns = lexicon.organization_nouns()
    after = text.words[last] if last < text.size else ""
    if after in AFTER:
        return nouns[after]
    before = noun_before(text, first)
    modifier = text.lower[first - 2] if first > 1 else ""
    is_news = (before == "agency" and modifier == "news") or text.lower[last : last + 2] == ["news", "agency"]
    if is_news:
        return "media"
    if (before == "bank" and modifier == "central") or (before == "agency" and modifier in OF_STATES):
        return "agency"
    if before in nouns and before not in VAGUE:
        return nouns[before]
    noun = noun_after(text, last)
    return nouns[noun] if noun and noun not in VAGUE else None


def noun_before(text: Text, first: int) -> str:
    """Return the word before a name if it is in small letters, else nothing."""
    return text.words[first - 1] if first and text.words[first - 1].islower() else ""


def noun_after(text: Text, i: int) -> str:
    """Return the noun of the apposition at word i: 'company' in ', the company that leads the work'."""
    if text.words[i : i + 1] not in APPOSED or text.lower[i + 1 : i + 2] not in (["the"], ["a"], ["an"]):
        return ""
    for k in range(i + 2, min(i + 6, text.size - 1)):
        if text.words[k] in lexicon.organization_nouns():
            return text.words[k] if text.lower[k + 1] in BEHIND_NOUN else ""
    return ""
