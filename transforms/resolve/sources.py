"""Classify the source of a statement.

Takes the actor that made the statement; returns one of SOURCE_TYPES. Anonymous sources are people whom the article
never names: "a senior official", "two residents". Only people can be anonymous: "the port authority" is an
organization, "the report" is a document, "the family" and "Palestinians" are collectives. `none` means that there is no
source, or only an unresolved pronoun.
"""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.resolve import lexicon
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.word_lists import BELONGS, DETERMINERS

KINDS = {"person": "person", "organization": "organization", "country": "organization", "group": "collective"}
DOCUMENTS = frozenset(
    "ad advertisement affidavit agreement amendment announcement article audit bill blog book brief bulletin "
    "calculation caption chart charter circular clip column communique complaint constitution contract data "
    "decision declaration decree diary dictionary directive disclosure document dossier draft e-mail editorial "
    "email encyclopaedia encyclopedia entry essay estimate evidence excerpt experiment figure file filing finding "
    "footage forecast graph guidance guide guideline headline image index indictment information interview "
    "investigation invitation joke label law lawsuit leaflet legislation letter list log lyric magazine manifesto "
    "manual map material memo memoir memorandum message minute motto newsletter newspaper note notice notification "
    "obituary observation opinion order page pamphlet paper paperwork passage petition photo photograph picture "
    "placard plaque policy poll polling post poster prediction projection prospectus protocol proverb questionnaire "
    "quote reading readout recommendation record recording release report research resolution result review rule "
    "ruling screenshot script sign slide slogan statement statistic statistics story study submission subpoena "
    "subtitle suit summary survey test testimony text theory timeline transcript treaty tweet update verdict video "
    "warrant website wording".split()
)
COLLECTIVES = frozenset(
    "audience class clan community congregation couple crew crowd duo electorate family generation household jury "
    "majority minority mob nation neighborhood neighbourhood opposition pair panel population public quartet "
    "society squad team trio tribe village world chorus band delegation coalition leadership parents relatives "
    "media press".split()
)
# Shares of a population, as in surveys: '20 percent of voters', 'half of them'.
SHARES = frozenset("% percent percentage pct cent half quarter majority proportion share".split())
FRACTION = re.compile(r"\w+-(?:in-\w+|halfs?|thirds?|quarters?|fourths?|fifths?)")
# Nouns that mean organizations in a source, but not elsewhere.
BODIES = frozenset(
    "airport camp consultancy country industry market ngo outlet pac precinct program programme state superpac"
    " tank".split()
)
BREAKS = BELONGS | frozenset(
    ", who which that by close familiar involved briefed said ( and this last filed outside inside".split()
)
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
    if "%" in written or FRACTION.fullmatch(head):
        return "collective"
    if is_role(head) or names_roles(head):
        return "anonymous person"
    for noun in (head, head.removesuffix("s"), head.removesuffix("es"), head.removesuffix("ies") + "y"):
        if noun in DOCUMENTS:
            return "document"
        if noun in COLLECTIVES or noun in SHARES:
            return "collective"
        if noun in BODIES or noun in lexicon.organization_nouns() or noun in lexicon.organization_words():
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
            is_done = words[i - 1].endswith("ed") or words[i - 1] in ("seen", "read")
            is_after_noun = i > 1 and is_done and words[i - 2] not in DETERMINERS
            return words[i - 2] if is_after_noun else words[i - 1]  # "a report issued by the ministry"
    return words[-1] if words else ""
