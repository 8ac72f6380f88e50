"""Find out which profiles of people with one family name are the same person.

Takes all profiles of a block; yields (profile, actor, rule) for each. Profiles with one full name are one person unless
they contradict each other (`transforms/identify/namesakes.py`). Two given names belong to one person if one name is
short for the other and both occur with the same office or organization. A family name alone belongs to the only person
with that name and the same office or organization; otherwise it stays separate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from transforms.identify.evidence import Facts, Person, agree_on_office, contradict, offices_in
from transforms.identify.namesakes import Cluster, split_namesakes
from transforms.keys import content_key
from transforms.resolve import lexicon
from transforms.resolve.clusters import person_words

Identity = tuple[str, str, str]  # profile, actor, rule
Key = tuple[str | None, ...]
# A short form stays separate if more people than this have the same office and a given name that begins like it.
MANY = 8


def identify_people(people: Iterable[Person]) -> Iterator[Identity]:
    """Yield (profile, actor, rule) for each profile of one block."""
    ordered = sorted(people, key=lambda person: person.place)
    by_name: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in ordered:
        if len(person.words) > 1:
            by_name[person.words[0], person.words[-1]].append(person)
    clusters = [cluster for named in by_name.values() for cluster in split_namesakes(named)]
    clusters = sorted(_join_short_forms(clusters), key=lambda cluster: cluster.place)
    actors = _name_clusters(clusters)
    for cluster in clusters:
        for person in cluster.people:
            yield person.profile_id, actors[cluster], _rule(person, cluster)
    yield from _identify_family_names([p for p in ordered if len(p.words) == 1], actors)


def _rule(person: Person, cluster: Cluster) -> str:
    if person.words[0] != cluster.first.words[0]:
        return "short"
    return "name" if person_words(person.name)[0] == person.words[0] else "nickname"


def _name_clusters(clusters: Sequence[Cluster]) -> dict[Cluster, str]:
    """Return the ids of the clusters: from the name for the first namesake, from name and profile for the others."""
    actors: dict[Cluster, str] = {}
    taken = set()
    for cluster in clusters:
        name = ("person", cluster.first.words[0], cluster.first.words[-1])
        plain = content_key(*name)
        actors[cluster] = plain if plain not in taken else content_key(*name, cluster.first.profile_id)
        taken.add(plain)
    return actors


# ---- short forms of given names ----------------------------------------------------------------------------


def _join_short_forms(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Join 'Stef Roe' to the only 'Stephanus Roe' with the same office or organization."""
    near: dict[Key, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        for key in _keys(cluster.facts):
            near[(_plain(cluster.first.words[0])[:3], *key)].append(cluster)
    longer: dict[Cluster, set[Cluster]] = defaultdict(set)
    for group in near.values():
        for one in group if len(group) <= MANY else ():
            longer[one] |= {other for other in group if _is_short_for(one, other)}
    joined = set()
    for cluster in sorted(clusters, key=lambda cluster: (-len(cluster.first.words[0]), cluster.place)):
        if len(longer[cluster]) == 1:
            (other,) = longer[cluster]
            if other not in joined:
                other.join(cluster)
                joined.add(cluster)
    return [cluster for cluster in clusters if cluster not in joined]


def _is_short_for(one: Cluster, other: Cluster) -> bool:
    given, full = one.first.words[0], other.first.words[0]
    short, long = _plain(given), _plain(full)
    genders = {lexicon.given_names().get(given), lexicon.given_names().get(full)}
    alike = len(short) > 2 and len(short) < len(long) and long.startswith(short) and not {"m", "f"} <= genders
    shared = bool(one.facts.bodies & other.facts.bodies) or agree_on_office(one.facts, other.facts)
    return alike and shared and not contradict(one.facts, other.facts)


def _plain(given: str) -> str:
    """Return a given name in the spelling of its short form: 'stephanus' -> 'stefanus', because of 'stef'."""
    return given.replace("ph", "f").replace("th", "t").replace("ck", "k")


# ---- family names alone ------------------------------------------------------------------------------------


def _identify_family_names(people: Sequence[Person], actors: Mapping[Cluster, str]) -> Iterator[Identity]:
    """Yield the actor of 'Minister Roe': the only Roe with that office, else a separate actor."""
    index: dict[Key, list[Cluster]] = defaultdict(list)
    for cluster in actors:
        for key in _keys(cluster.facts):
            index[key].append(cluster)
    for person in people:
        fitting = {
            c for key in _keys(person.facts, person.around) for c in index[key] if _holds(c.facts, person)
        }
        if len(fitting) == 1:
            yield person.profile_id, actors[fitting.pop()], "role"
        else:
            yield person.profile_id, _own_id(person), "name"


def _keys(facts: Facts, countries: frozenset[str] = frozenset()) -> set[Key]:
    """Return keys for the facts: two people who have an office or an organization in common share a key."""
    keys: set[Key] = {("body", body) for body in facts.bodies}
    for words, country in facts.offices:
        states = {country} if country else facts.countries or countries
        keys |= {("office", office, state) for office in offices_in(words) for state in states}
    return keys


def _holds(facts: Facts, person: Person) -> bool:
    if contradict(facts, person.facts):
        return False
    return bool(facts.bodies & person.facts.bodies) or agree_on_office(person.facts, facts, person.around)


def _own_id(person: Person) -> str:
    if person.article_id:
        return content_key("person", *person.words, person.article_id)
    offices = sorted(" ".join([*sorted(words), country or ""]) for words, country in person.facts.offices)
    return content_key(
        "person", *person.words, *offices, *sorted(person.facts.bodies | person.facts.countries)
    )
