"""Find roles stated after a person's name: "Ann Roe, the head of Acme", "Ann Roe (Acme)", "Ann Roe, who heads Acme"."""

from __future__ import annotations

from dataclasses import replace

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Role
from transforms.resolve.owners import Held, held_after, make_role
from transforms.resolve.role_phrases import Phrase, names_roles, read_phrase
from transforms.resolve.word_lists import SUFFIXES

# Verbs such as in ", who heads Acme,", with the role they imply.
LEADS = {
    "heads": "head", "leads": "leader", "chairs": "chair", "directs": "director", "founded": "founder",
    "runs": "head", "headed": "former head", "led": "former leader", "chaired": "former chair",
    "manages": "manager", "owns": "owner", "edits": "editor", "coaches": "coach", "captains": "captain",
    "represents": "representative", "run": "head",
}  # fmt: skip
# Of these, the verbs that also imply a role without "who": "Roe headed Acme", but not "Roe led Acme to victory".
HOLDS = frozenset("heads headed chairs chaired directs edits owns captains".split())
# Verbs that imply a role if nothing follows: "Roe leads Acme.", not "Roe leads Acme to victory"
LEADS_NOW = frozenset("leads runs manages".split())
# "Roe was appointed as the head of Acme", "Roe served as mayor", "Roe stepped down as head of Acme".
TAKES = frozenset(
    "appointed named elected chosen picked hired serves served serving works worked acts acted acting resigned stepped "
    "stood retired sworn reappointed installed promoted nominated confirmed".split()
)
LEAVES = frozenset("resigned retired down".split())  # "Roe stepped down as head of Acme"
MEETING_PLACES = ("intergovernmental", "government")  # "Roe met Berg at the United Nations"
FARTHEST_OFFICE = 10  # words between a name and "as"
# Right after a name, these say that the person is a member of a parliament: 'Ann Roe MP'.
SEATS = frozenset("MP MEP MSP MK MHK MLA MNA MPP MLC MEC TD".split())


def roles_after(text: Text, clusters: Clusters, last: int, *, is_agent: bool = False) -> list[Role]:
    """Return the roles after a name: ', the chief of Acme,', ', who heads Acme', ' of Acme', ' is the head of Acme'.

    `is_agent`: whether another person got a role from the named one, as in 'appointed by Ann Roe as chief'.
    """
    if is_agent and last < text.size and text.lower[last] == "as":
        return []
    if last < text.size and text.words[last] in SEATS:
        return [make_role(text.words[last], [])]
    return _next_to(text, clusters, last) or _office_taken(text, clusters, last)


def _next_to(text: Text, clusters: Clusters, last: int) -> list[Role]:
    """Return the roles in the words directly after a name."""
    i = skip_age(text, skip_brackets(text, last))
    if i + 1 >= text.size or text.paragraphs[i] != text.paragraphs[last - 1]:
        return []
    word = text.lower[i]
    if word in ("of", "from", "at", "with") and i == last:
        held = held_after(text, clusters, i + 1)
        is_organization = held and held.actor and held.actor.kind == "organization"
        if word == "at" and held and held.actor and held.actor.org_type in MEETING_PLACES:
            return []
        if held and not is_organization and held.end + 1 < text.size and text.words[held.end] == ",":
            return _complete(text, clusters, held.end + 1)  # "Roe of Ohio, the chairman of Acme"
        return [make_role(None, [held])] if is_organization and held else []
    if word in LEADS and i == last:
        held = held_after(text, clusters, i + 1)
        is_organization = held and held.actor and held.actor.kind == "organization"
        leads = is_organization and (word in HOLDS or (word in LEADS_NOW and _ends_clause(text, held)))
        return [make_role(LEADS[word], [held])] if leads and held else []
    if word == "who" or (word == "," and text.lower[i + 1] == "who"):
        return _relative_clause(text, clusters, i + 1 + (word == ","))
    if word in ("is", "was", "as", "became"):
        return _roles_after_be(text, clusters, i + 1)
    if word not in (",", "(", "–", "—", "--"):
        return []
    if text.lower[i + 1] in ("of", "from", "with"):
        held = held_after(text, clusters, i + 2)
        is_organization = held and held.actor and held.actor.kind == "organization"
        return [make_role(None, [held])] if is_organization and held else []
    return _complete(text, clusters, i + 1)


def _ends_clause(text: Text, held: Held | None) -> bool:
    return held is not None and (held.end >= text.size or text.words[held.end] in (".", ",", ";"))


def _complete(text: Text, clusters: Clusters, first: int, *, goes_on: bool = True) -> list[Role]:
    """Return the roles of the complete phrase at word `first`; no roles if the phrase belongs to the next name.

    If `goes_on` is true, the roles in a clause after the phrase count as well: 'a lawyer who heads Acme'."""
    phrase = read_phrase(text, clusters, first)
    if phrase is None or is_title_of_another(clusters, phrase) or _accuses_several(phrase):
        return []
    if goes_on and phrase.end < text.size and text.lower[phrase.end] == "who":
        return [*phrase.roles, *_relative_clause(text, clusters, phrase.end + 1)]
    return phrase.roles


def _accuses_several(phrase: Phrase) -> bool:
    """Whether a phrase is a verb with several people as its object: 'accused ministers' in ', Roe, accused ministers'.

    A role of one person would be in the singular."""
    words = (phrase.roles[0].text or "").lower().split() if phrase.roles else []
    return len(words) > 1 and words[0].endswith("ed") and names_roles(words[1])


def _office_taken(text: Text, clusters: Clusters, last: int) -> list[Role]:
    """Return the roles after 'as' in 'Roe was appointed as the head of Acme' and 'Roe served as mayor of Dorne'."""
    for i in range(last, min(last + FARTHEST_OFFICE, text.size - 1)):
        if text.sentences[i] != text.sentences[last - 1] or _names_person(clusters, i):
            return []
        if text.lower[i] == "as" and (i == last or not TAKES.isdisjoint(text.lower[last:i])):
            roles = _complete(text, clusters, i + 1)
            if not LEAVES.isdisjoint(text.lower[last:i]):
                return [replace(role, text=f"former {role.text}") for role in roles]
            return roles
    return []


def _names_person(clusters: Clusters, i: int) -> bool:
    mention = clusters.at.get(i)
    return mention is not None and mention.actor.kind == "person"


def is_title_of_another(clusters: Clusters, phrase: Phrase) -> bool:
    """Whether a phrase is the title of the name after it: 'Acme chief' in ', Acme chief Ann Roe', 'Ohio Sen.'."""
    words, i = clusters.text.words, phrase.end
    is_short = i < len(words) and words[i] == "." and is_role(words[i - 1].lower())
    mention = clusters.at.get(i + is_short)
    return mention is not None and mention.actor.kind == "person" and mention.kind == "name"


def _roles_after_be(text: Text, clusters: Clusters, i: int) -> list[Role]:
    """Return the roles after 'is' or 'was also': 'is the head of Acme', 'was also chair of Acme'."""
    return _complete(text, clusters, i, goes_on=False)


def skip_brackets(text: Text, i: int) -> int:
    """Return the word after the brackets at word i if they give no role, else `i`: '(D-Ohio)', '(left)'."""
    if i < text.size and text.words[i] == "(":
        close = next((k for k in range(i + 1, min(i + 9, text.size)) if text.words[k] == ")"), None)
        if close is not None and not any(is_role(text.lower[k]) for k in range(i, close)):
            return close + 1
    return i


def skip_age(text: Text, i: int) -> int:
    """Return the comma after an age or 'Jr.' at word i, else `i`: 'Ann Roe, 54, a farmer', 'Jan Roe, Jr., a farmer'."""
    if i + 3 < text.size and text.words[i] == "," and text.lower[i + 1].rstrip(".") in SUFFIXES:
        end = i + 2 + (text.words[i + 2] == ".")
        return end if text.words[end] == "," else i
    if (
        i + 2 < text.size
        and text.words[i] == ","
        and text.words[i + 1].isdigit()
        and text.words[i + 2] == ","
    ):
        return i + 2
    return i


def _relative_clause(text: Text, clusters: Clusters, i: int) -> list[Role]:
    """Return the roles in 'who is the head of Acme', 'who heads Acme', 'who serves as head of Acme'."""
    begin = i
    while i < text.size and (
        text.lower[i] in ("also", "now", "currently", "once", "has", "had", "been", "later")
    ):
        i += 1
    if i + 1 >= text.size:
        return []
    word = text.lower[i]
    if "been" in text.lower[begin:i]:
        return _roles_after_be(text, clusters, i)
    if word in ("is", "was", "became"):
        return _roles_after_be(text, clusters, i + 1)
    if word in ("serves", "served", "works", "worked", "acts", "acted") and text.lower[i + 1] == "as":
        return _roles_after_be(text, clusters, i + 2)
    held = held_after(text, clusters, i + 1)
    if word in LEADS and held and not (held.actor and held.actor.kind == "person"):
        goes_on = "has" in text.lower[begin:i]  # "has led Acme since 2010"
        return [make_role(LEADS[word].removeprefix("former ") if goes_on else LEADS[word], [held])]
    return []
