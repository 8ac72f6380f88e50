"""Split the profiles of one full name into people whose facts contradict each other.

Takes all profiles of a name; returns `Cluster`s. Profiles that share an organization, or an office of a country, belong
together. Other profiles are joined, the most frequent first, unless their facts contradict each other. A profile that
fits several people joins one of these people only if articles name that person ten times as often as all others
together; otherwise the profile stays separate, because a false merge is worse than a split.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from transforms.identify.evidence import Facts, Person, contradict, offices_in

DOMINANT = 10  # a dominant namesake has at least this many times as many articles as all others together


@dataclass(slots=True, eq=False)
class Cluster:
    """The profiles of one person, and the union of their facts.

    `first`: the profile that was seen first. `weight`: the number of articles that name the person.
    """

    first: Person
    people: list[Person] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    weight: int = 0

    @classmethod
    def of(cls, people: Iterable[Person]) -> Cluster:
        people = list(people)
        cluster = cls(people[0])
        for person in people:
            cluster._add([person], person.facts, person.weight, person)
        return cluster

    def join(self, other: Cluster) -> None:
        self._add(other.people, other.facts, other.weight, other.first)

    def _add(self, people: Sequence[Person], facts: Facts, weight: int, first: Person) -> None:
        self.people += people
        self.facts.add(facts)
        self.weight += weight
        self.first = min(self.first, first, key=lambda person: person.place)

    @property
    def place(self) -> tuple[date, str]:
        return self.first.place


def split_namesakes(people: Iterable[Person]) -> list[Cluster]:
    """Return the people with one full name; needs at least one profile."""
    whole = Cluster.of(people)
    if not any(len(values) > 1 for values in whole.facts.distinguishing()):
        return [whole]
    parts = sorted(_gather(whole.people), key=lambda part: (-part.weight, part.place))
    clusters, undecided = _join_fitting(parts)
    return clusters + _place_undecided(clusters, undecided)


def _gather(people: Sequence[Person]) -> list[Cluster]:
    """Group profiles that share an organization or an office, or have equal countries, fields and employers."""
    roots: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        while roots.setdefault(node, node) != node:
            roots[node] = roots[roots[node]]
            node = roots[node]
        return node

    for person in people:
        for key in _bonds(person.facts):
            roots[root(key)] = root(person.profile_id)
    parts: dict[Hashable, list[Person]] = {}
    for person in people:
        parts.setdefault(root(person.profile_id), []).append(person)
    return [Cluster.of(part) for part in parts.values()]


def _bonds(facts: Facts) -> set[Hashable]:
    bonds: set[Hashable] = {("body", body) for body in facts.bodies}
    for words, country in facts.offices:
        states = {country} if country else facts.countries
        bonds |= {("office", office, state) for office in offices_in(words) for state in states}
    return {*bonds, facts.distinguishing()}


def _join_fitting(parts: Sequence[Cluster]) -> tuple[list[Cluster], list[Cluster]]:
    """Join each part (a group from `_gather`) to the only cluster that it fits; return clusters and undecided parts.

    A part fits a cluster if their facts do not contradict each other. A part is undecided if it fits several clusters,
    or has no country, field and employer. Two parts with employers always contradict each other, because parts that
    share an employer were grouped before.
    """
    employed: list[Cluster] = []
    free: list[Cluster] = []
    undecided = []
    for part in parts:
        fitting = _find_fitting(part, free if part.facts.employers else chain(free, employed))
        if len(fitting) > 1 or not any(part.facts.distinguishing()):
            undecided.append(part)
        elif not fitting:
            (employed if part.facts.employers else free).append(part)
        else:
            (cluster,) = fitting
            if part.facts.employers:
                free.remove(cluster)
                employed.append(cluster)
            cluster.join(part)
    return employed + free, undecided


def _find_fitting(part: Cluster, clusters: Iterable[Cluster]) -> list[Cluster]:
    """Return the first two clusters that the part does not contradict."""
    fitting = []
    for cluster in clusters:
        if not contradict(part.facts, cluster.facts):
            fitting.append(cluster)
        if len(fitting) > 1:
            break
    return fitting


def _place_undecided(clusters: Sequence[Cluster], undecided: Sequence[Cluster]) -> list[Cluster]:
    """Join undecided groups of profiles to the person whom articles name far more often than all others.

    Return the groups that stay separate: those that contradict the person's facts or, without such a person, all.
    """
    if not clusters:
        return list(undecided)
    main = max(
        clusters, key=lambda cluster: (cluster.weight, -cluster.place[0].toordinal(), cluster.place[1])
    )
    others = sum(cluster.weight for cluster in clusters) - main.weight
    if main.weight < DOMINANT * others:
        return list(undecided)
    apart = [part for part in undecided if contradict(part.facts, main.facts)]
    for part in undecided:
        if part not in apart:
            main.join(part)
    return apart
