"""Find the role in an apposition before a name: "the company's chief, Ann Roe, said".

Takes a `Text`, its `Clusters` and a mention of a person; returns the roles in the noun phrase before the name.
"""

from __future__ import annotations

from transforms.resolve import offices
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import honorifics
from transforms.resolve.model import Mention, Role
from transforms.resolve.role_phrases import NAMED, NO_MODIFIERS, Phrase, read_phrase, skip_note
from transforms.resolve.role_times import is_former
from transforms.resolve.word_lists import AFTER_ROLE, BELONGS, DETERMINERS, LOOSE, POSSESSIVES, SPEAKS

LONGEST = 9  # words from the opening to the closing bracket
MODIFIERS = 3  # words such as "former" before the name of a country or organization
QUOTES = frozenset("\" “ ” ' ‘ ’".split())
FARTHEST_OFFICIAL = 60  # words between an official and "his counterpart"
FARTHEST = 18  # words to look back from a name between commas


def roles_in_front(text: Text, clusters: Clusters, mention: Mention, start: int) -> list[Role]:
    """Return the roles in "the company's chief, Roe, ...", 'a spokesman for Acme, Dr Roe', 'an accountant named Roe'.

    `start` is the index of the first word of the name, or of the titles before it.
    """
    last = mention.last
    first = _skip_honorifics(text, start)
    if first > 2 and text.words[first - 1] == ")":
        return _in_brackets(text, clusters, first - 1)
    if first < 3 or (text.words[first - 1] != "," and text.lower[first - 1] not in NAMED):
        return []
    named = text.words[first - 1] != ","
    if not named and last < text.size and text.lower[last] not in AFTER_ROLE and not _is_verb(text, last):
        return []
    for i in range(first - 2, max(first - FARTHEST, -1), -1):
        if text.paragraphs[i] != text.paragraphs[first] or text.words[i] in (".", ";", ":"):
            break
        phrase = read_phrase(text, clusters, i) if _opens_phrase(text, clusters, i) else None
        end = skip_note(text, phrase.end) if phrase else 0  # "the head of Acme (AW), Roe"
        if phrase and (end == first - 1 or _belongs(text, clusters, end, first - 1)):
            if not named and _follows_person(text, clusters, i):
                return []
            return (_from_article(text, clusters, i, phrase) or phrase).roles
    return []


def _follows_person(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether the phrase at word i describes the person before it: 'Ann Roe, mayor of Dorne, Jan Berg, a farmer'."""
    before = clusters.at.get(i - 2)
    return (
        text.words[i - 1] == ","
        and before is not None
        and before.actor.kind == "person"
        and text.sentences[i - 2] == text.sentences[i]
    )


def _from_article(text: Text, clusters: Clusters, i: int, phrase: Phrase) -> Phrase | None:
    """Return the phrase at word i with the words such as 'former' before it: 'former Dutch minister'.

    None if there are no such words, or if the longer phrase ends elsewhere.
    """
    first = i
    while first and i - first < MODIFIERS and text.lower[first - 1] in LOOSE:
        first -= 1
    longer = read_phrase(text, clusters, first) if first < i else None
    return longer if longer and longer.end == phrase.end else None


def _in_brackets(text: Text, clusters: Clusters, close: int) -> list[Role]:
    """Return the roles in brackets right before a name: '(Dutch prime minister) Ann Roe'."""
    opens = next((k for k in range(close - 1, max(close - LONGEST, -1), -1) if text.words[k] == "("), None)
    phrase = read_phrase(text, clusters, opens + 1) if opens is not None else None
    return phrase.roles if phrase and phrase.end == close else []


def office_of_counterpart(text: Text, clusters: Clusters, mention: Mention, start: int) -> list[Role]:
    """Return the office of "his French counterpart Ann Roe": the office of the last official named before her."""
    if start < 3 or text.lower[start - 1] != "counterpart":
        return []
    owner = clusters.at.get(start - 2)
    if owner is None or owner.actor.kind != "country":
        return []
    for i in range(owner.first - 1, max(owner.first - FARTHEST_OFFICIAL, -1), -1):
        if text.sentences[start] - text.sentences[i] > 1:
            break
        before = clusters.at.get(i)
        if before and before.actor.kind == "person" and before.actor is not mention.actor:
            held = next((role for role in before.actor.roles if _is_current_office(role)), None)
            return [Role(held.text, None, owner.actor.country_code)] if held else []
    return []


def _is_current_office(role: Role) -> bool:
    return offices.is_state_office((role.text or "").lower().split()) and not is_former(role.text)


def _skip_honorifics(text: Text, start: int) -> int:
    """Return the index of the first title, such as 'Dr' or 'Sir', directly before word `start`; else `start`."""
    while start and (text.lower[start - 1] in honorifics() or (text.words[start - 1] == "." and start > 1
                     and text.lower[start - 2] in honorifics())):  # fmt: skip
        start -= 1
    return start


def _opens_phrase(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether a noun phrase may begin at word i.

    It may begin with an article or a name, at the start of a sentence, after a comma, and with a capital after a verb
    of saying or a quotation mark.
    """
    word = text.lower[i]
    if word in DETERMINERS or word in ("an", "another", "one") or text.words[i - 1] == ",":
        return True
    if text.words[i][0].isupper() and (text.lower[i - 1] in SPEAKS or text.words[i - 1] in QUOTES):
        return True  # "said National Secretary of Energy, Ann Roe"
    return text.opens_sentence(i) or _begins_name(text, clusters, i)


def _begins_name(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether a name that may own a role begins at word i: an organization, a country, or a person with "'s"."""
    mention = clusters.at.get(i)
    if mention is None or mention.first != i:
        return False
    owns = mention.last < text.size and text.lower[mention.last] in POSSESSIVES
    return mention.actor.kind in ("organization", "country") or (mention.actor.kind == "person" and owns)


def _belongs(text: Text, clusters: Clusters, first: int, last: int) -> bool:
    """Whether the words continue the description of an organization: 'branch in Dorne' after 'head of the Acme'."""
    rest = range(first, last)
    if not 0 < len(rest) < 8 or (text.lower[first] in BELONGS and text.lower[first] not in ("of", "for")):
        return False
    if any(i in clusters.at and clusters.at[i].actor.kind == "person" for i in rest):
        return False  # "Acme chief Ann Roe, Jan Berg"
    return all(
        text.lower[i] in BELONGS
        or text.lower[i] in ("the", "and", *POSSESSIVES)
        or (text.words[i][0].isalnum() and text.lower[i] not in NO_MODIFIERS and text.lower[i] not in SPEAKS)
        for i in rest
    ) and not any(text.words[i].islower() and text.words[i].endswith("ed") for i in rest)


def _is_verb(text: Text, i: int) -> bool:
    return text.lower[i] in ("said", "says", "told", "has", "was", "is")
