"""Find where a role is held, if only the context tells.

Takes a `Text` and its `Clusters` with roles; finds the organization in "the group's chief" and "committee chair", the
legislature of 'Senator Roe', and the country of an office of a state.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.model import Actor, Mention, Role
from transforms.resolve.word_lists import DETERMINERS, POSSESSIVES, TYPED

REACH = 40  # mentions of organizations to look back at
# Nouns for an organization of any type.
ANY_BODY = frozenset("group organisation organization body institution".split())
# Types of organizations that no article calls a group.
NO_GROUPS = ("media", "government", "agency", "court", "police", "military")
# Offices that every state has; articles about their own country leave out the name of the country.
OFFICES = frozenset(
    "president premier minister chancellor king queen emperor empress sultan emir taoiseach pm monarch secretary "
    "undersecretary senator congressman congresswoman ambassador sen rep sens reps representative justice "
    "vice-president vice-minister general lady parliamentarian prince princess consul adviser advisor leader".split()
)
# Words that are a state's office only after one of these words: 'foreign secretary'.
OF_STATE = {
    "secretary": frozenset(
        "foreign home defence defense health education state interior treasury labor labour commerce energy "
        "agriculture transportation transport justice trade environment culture housing business finance cabinet "
        "homeland veterans welsh scottish communities pensions media climate".split()
    ),
    "undersecretary": frozenset("under of state defense defence".split()),
    "general": frozenset("attorney solicitor surgeon prosecutor auditor".split()),
    "justice": frozenset(("chief",)),
    "lady": frozenset(("first",)),
    "prince": frozenset(("crown",)),
    "princess": frozenset(("crown",)),
    "adviser": frozenset(("security",)),
    "advisor": frozenset(("security",)),
    "leader": frozenset(("opposition",)),
}
STATES = frozenset("president prime chief vice deputy former acting then current incumbent interim".split())
PARTISANS = frozenset("republican democrat".split())
SEATED = frozenset(("senate", "house"))  # values of MEMBERS for titles of people who represent a place
# Titles -> a word in the name of the organization whose members have the title.
MEMBERS = {
    "councillor": "council", "councilor": "council", "councilman": "council", "councilwoman": "council",
    "senator": "senate", "sen": "senate", "rep": "house", "congressman": "house", "congresswoman": "house",
    "judge": "court", "justice": "court", "magistrate": "court",
    "speaker": "lower", **dict.fromkeys(("majority leader", "minority leader", "majority whip"), "chamber"),
}  # fmt: skip


# Words in the names of chambers of parliament. LOWER has those of chambers that are led by a speaker.
LOWER = frozenset("house commons parliament assembly knesset duma sejm".split())
CHAMBERS = {"lower": LOWER, "chamber": LOWER | {"senate", "lords", "congress"}}


def body_of_noun(clusters: Clusters, noun: str, first: int, bodies: list[Mention]) -> Actor | None:
    """Return the last organization before word `first` that the noun can refer to: by its name, else by its type."""
    end = bisect_left(bodies, first, key=lambda m: m.first)
    before = [m.actor for m in reversed(bodies[max(0, end - REACH) : end])]
    named = next((actor for actor in before if noun in actor.words), None)
    if named:
        return named
    if noun in ANY_BODY:
        unlike = NO_GROUPS if noun == "group" else ("media",)
        return next((actor for actor in before if actor.org_type not in unlike), None)
    wanted = lexicon.organization_nouns().get(noun)
    if noun in TYPED or noun in ("team", "club", "side"):
        typed = [actor for actor in before if actor.org_type == wanted]
        typed = typed or [actor for actor in before if actor.org_type in (None, "other")]
        return next((actor for actor in typed if not actor.is_guessed), typed[0] if typed else None)
    return None


def body_of_possessor(text: Text, clusters: Clusters, start: int) -> Actor | None:
    """Return the organization that a noun with a possessive before word `start` means: "the company's" spokesman."""
    if start < 2 or text.lower[start - 1] not in POSSESSIVES or not is_body_noun(text.lower[start - 2]):
        return None
    return body_of_noun(clusters, text.lower[start - 2], start, clusters.bodies)


def body_before(text: Text, clusters: Clusters, word: int) -> Actor | None:
    """Return the organization that 'its' at a word means: the last one in the same or the previous sentence."""
    at = bisect_left(clusters.bodies, word, key=lambda m: m.first)
    last = clusters.bodies[at - 1] if at else None
    return last.actor if last and text.sentences[word] - text.sentences[last.first] <= 1 else None


def is_body_noun(word: str) -> bool:
    """Whether a lower-case word may mean an organization named elsewhere: 'company', 'committee'."""
    return word in lexicon.organization_nouns() or word in lexicon.organization_words() or word in ANY_BODY


def place_offices(clusters: Clusters) -> None:
    """Give roles the organization that their title implies, and offices of a state the country of their holder."""
    members: dict[str, list[Mention]] = {}
    for actor in clusters.actors:
        if len(actor.roles) > 1:
            _drop_party(actor)
        for role in actor.roles:
            if role.organization is None:
                _place(clusters, actor, role, members)


def _drop_party(actor: Actor) -> None:
    """Leave out a role that is only a party label; its state is that of a seat: 'Rep. Roe, a New York Republican'."""
    labels = [role for role in actor.roles if (role.text or "").lower() in PARTISANS]
    others = [role for role in actor.roles if role not in labels]
    if not labels or not any(role.text for role in others):
        return
    actor.roles = others
    place = next((role for role in labels if role.place), None)
    seats = [role for role in others if MEMBERS.get(_title_of(role)) in SEATED]
    if place and len(seats) == 1 and not (seats[0].place or seats[0].organization):
        seats[0].place, seats[0].context_country = place.place, place.context_country
        seats[0].country_from = place.country_from


def is_seat(title: str) -> bool:
    """Whether a title is that of somebody who represents a place in a parliament: 'senator', 'rep'."""
    return MEMBERS.get(title) in SEATED


def _title_of(role: Role) -> str:
    return (role.text or "").lower().replace(".", "").split(" ")[-1]


def _place(clusters: Clusters, actor: Actor, role: Role, members: dict[str, list[Mention]]) -> None:
    words = (role.text or "").lower().replace(".", "").split()
    if not words:
        return
    title = " ".join(words[-2:]) if words[-1] in ("leader", "whip") else words[-1]
    body = _body_of_members(clusters, actor, title, members)
    if body:
        role.context_organization = body
    elif role.country_code is None and role.place is None and is_state_office(words):
        role.context_country = actor.country_code or actor.context_country
        role.country_from = "context" if role.context_country else None


def _body_of_members(
    clusters: Clusters, actor: Actor, title: str, members: dict[str, list[Mention]]
) -> Actor | None:
    """Return the council of 'Councillor Roe' or the court of 'Judge Roe'.

    It is the only council or court in the article, else the last one named before the person. `members` caches the
    mentions of councils, courts etc.
    """
    word = MEMBERS.get(title)
    if word is None:
        return None
    if word not in members:
        named = [m for m in clusters.bodies if _is_called(m.actor, word)]
        is_one = len({m.actor for m in named}) == 1
        members[word] = named[:1] if is_one else named
    named = members[word]
    if len(named) == 1:
        return named[0].actor
    first = min((m.first for m in actor.mentions), default=0)
    at = bisect_left(named, first, key=lambda m: m.first)
    return named[at - 1].actor if at else None


def _is_called(body: Actor, word: str) -> bool:
    """Whether a word names an organization: it is a word of the organization's name, or the type.

    For 'house' and for the kinds of CHAMBERS, the name must be that of a chamber: the White House is no house.
    """
    if word == "house":
        return body.words == ("house",) or "representatives" in body.words
    if word in CHAMBERS:
        is_chamber = body.org_type == "government" and not CHAMBERS[word].isdisjoint(body.words)
        return is_chamber and "white" not in body.words
    return word in body.words or body.org_type == word


def is_chamber_office(role: str | None) -> bool:
    """Whether a role belongs to a chamber of parliament ('Speaker'), not to the state that the holder represents."""
    words = (role or "").lower().split()
    return bool(words) and not CHAMBERS.keys().isdisjoint(
        (MEMBERS.get(words[-1], ""), MEMBERS.get(" ".join(words[-2:]), ""))
    )


def may_have_office(body: Actor, words: Iterable[str]) -> bool:
    """Whether an organization may have an office of a state, given in lower-case words: one is a word of its name."""
    return not set(body.words).isdisjoint(words)


def is_ministry(body: Actor) -> bool:
    return "ministry" in body.name.lower()


def country_before(clusters: Clusters, body: Actor) -> str | None:
    """Return the only country that the sentence names before an organization: 'In Oslo, the foreign ministry said'."""
    if not body.mentions:
        return None
    first, text = body.mentions[0].first, clusters.text
    found: set[str | None] = set()
    for i in range(text.firsts[text.sentences[first]], first):
        mention, place = clusters.at.get(i), clusters.places.get(i)
        if mention is not None and mention.actor.kind == "country":
            found.add(mention.actor.country_code)
        elif place is not None:
            found.add(place.known.country_code if place.known else country_of_place(place.text))
    return found.pop() if len(found) == 1 else None


def is_state_office(words: list[str]) -> bool:
    """Whether lower-case words name an office that every state has: 'finance minister', 'Attorney General'."""
    words = [word.removesuffix("-elect") for word in words if word not in DETERMINERS]
    office = next((word for word in reversed(words) if word in OFFICES), None)
    if (
        office is None
        or (words[0] == "state" and words[1] not in ("secretary", "minister"))  # "state senator"
        or {"first", "chief"} & set(words[:-1]) & {words[words.index(office) - 1]}
    ):
        return False
    before = OF_STATE.get(office)
    if before is not None:
        return not before.isdisjoint(words)
    if office in ("president", "vice-president"):
        return all(word in STATES or word.startswith("ex-") or word == office for word in words)
    return True
