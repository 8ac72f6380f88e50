"""Classify the source of a statement.

Takes the actor that made the statement; returns one of SOURCE_TYPES. Anonymous sources are people whom the article
never names: "a senior official", "two residents". Only people can be anonymous: "the port authority" is an
organization, "the report" is a document, "the family" and "Palestinians" are collectives. `none` means that there is no
source, or only an unresolved pronoun.
"""

from __future__ import annotations

from functools import lru_cache

from transforms.resolve import lexicon
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.word_lists import BELONGS

KINDS = {"person": "person", "organization": "organization", "country": "organization", "group": "collective"}
DOCUMENTS = frozenset(
    "affidavit announcement article audit bill blog book brief bulletin caption charter chart circular column "
    "communique complaint contract data decree diary directive document dossier draft editorial email e-mail entry "
    "essay estimate evidence excerpt figure file filing finding footage forecast guidance guideline headline index "
    "indictment invitation joke label law lawsuit leaflet letter list log manifesto manual material memo memoir "
    "memorandum message minute motto note notice notification obituary opinion order page pamphlet paper paperwork "
    "passage petition placard plaque policy poll post poster prospectus protocol proverb questionnaire quote reading "
    "readout record release report research resolution review ruling script sign slogan statement statistic "
    "statistics study submission subpoena summary survey text transcript treaty tweet verdict video warrant "
    "website wording release testimony letter magazine newspaper story subtitle suit timeline update projection "
    "ad advertisement constitution polling".split()
)
COLLECTIVES = frozenset(
    "audience class clan community congregation couple crew crowd duo electorate family generation household jury "
    "majority minority mob nation neighborhood neighbourhood opposition pair panel population public quartet "
    "society squad team trio tribe village world chorus band delegation coalition leadership parents relatives "
    "media press".split()
)
BREAKS = BELONGS | frozenset(
    ", who which that by close familiar involved briefed said ( and this last filed".split()
)
# The head noun is before these: "a report issued by the ministry".
PARTICIPLES = frozenset("conducted issued obtained published released".split())
PARTITIVES = frozenset("one some many most several two".split())  # "one of the documents"


def source_type(actor: Actor | None) -> str:
    """Return the source type of an actor; None has the type `none`."""
    if actor is None:
        return "none"
    if actor.kind != "unnamed" and (actor.is_full or actor.kind != "group"):
        return KINDS[actor.kind]
    return type_of_words(actor.name)


@lru_cache(10_000)
def type_of_words(written: str) -> str:
    """Return the type of a source without a name, from its head noun: 'the port authority' -> organization."""
    head = _head(written)
    if is_role(head) or names_roles(head):
        return "anonymous person"
    for noun in (head, head.removesuffix("s"), head.removesuffix("es"), head.removesuffix("ies") + "y"):
        if noun in DOCUMENTS:
            return "document"
        if noun in COLLECTIVES:
            return "collective"
        if noun in lexicon.organization_nouns() or noun in lexicon.organization_words():
            return "organization"
    return "anonymous person"


def _head(written: str) -> str:
    """Return the head noun in lower case: 'source' in 'a source close to the ministry'."""
    cased = lexicon.split_words(written)
    if len(cased) > 2 and cased[0].lower() in PARTITIVES and cased[1] == "of":
        cased = cased[2:]
    words = [word.lower() for word in cased]
    for i, word in enumerate(words):
        if i and word in BREAKS:
            if cased[i - 1].istitle() and (is_role(words[-1]) or names_roles(words[-1])):
                break  # "a Department for Trade spokesman"
            return words[i - 2] if i > 1 and words[i - 1] in PARTICIPLES else words[i - 1]
    return words[-1] if words else ""
