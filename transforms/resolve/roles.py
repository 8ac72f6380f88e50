"""Read roles from the text around people's names.

Takes a `Text` and its `Clusters`; adds `Role`s to the actors, and returns the start of each name with its titles. In
"Dutch Foreign Minister Stephanus Blok", "Foreign Minister" is the role, and NL is the country.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from transforms.resolve import lexicon, offices
from transforms.resolve.appositions import office_of_counterpart, roles_in_front
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import STATE, Clusters
from transforms.resolve.gazetteer import country_of_place, full_name
from transforms.resolve.lexicon import is_role
from transforms.resolve.likely_roles import Candidate, find_candidates, is_likely
from transforms.resolve.lineups import find_lineups, role_in_lineup
from transforms.resolve.model import Actor, Mention, Role
from transforms.resolve.owners import held_after, make_role
from transforms.resolve.role_phrases import is_plural_by_sense, names_roles
from transforms.resolve.role_tags import Tags, nearest_owner, tag_role
from transforms.resolve.roles_after import roles_after, skip_brackets
from transforms.resolve.titles import has_owner, joined_title, role_before, split_titles
from transforms.resolve.word_lists import DETERMINERS, LOOSE, POSSESSIVES
from transforms.resolve.workplaces import OF_PLACE

MOST_ROLES = 100  # largest number of roles of one person in one article
MOST_JOINT = 4  # joint roles: 'chairman, chief executive and president'
PARTY_AND_STATE = re.compile(r"[RDI](?:em|ep|nd)?\.?[-–—]([A-Z][\w.]*)")
Accept = Callable[[Text, Mention, Candidate], bool]
ANYBODY = frozenset("man woman person boy girl first last only young old other".split())
NUMBERS = frozenset("one two three four five six seven eight nine ten".split())
# First words of a phrase that do not belong to its role.
QUANTITIES = NUMBERS | frozenset(
    "another any each every even many more my other our own several since some such those when while".split()
)
UNREAL = frozenset("if no not becoming".split())  # 'no candidate', 'if elected president'
LEAST_JOINED = 0.25  # probability from which the role before 'and' and a title is a role of the person, too
LEAST_OPENING = 0.35  # probability from which the first word of a sentence belongs to the title after it
LEAST_CHANCE = 0.05  # probability below which a phrase is no role of the person next to it


class _LateTags:
    """The tags around a mention; most mentions need none, so the network reads only those that do."""

    def __init__(self, text: Text, clusters: Clusters, mention: Mention) -> None:
        self._around = text, clusters, mention
        self._tags: Tags | None = None

    def __call__(self) -> Tags:
        if self._tags is None:
            self._tags = tag_role(*self._around)
        return self._tags


def find_roles(text: Text, clusters: Clusters, accept: Accept = is_likely) -> dict[int, int]:
    """Add the roles that the article gives to people. `accept` decides about phrases that no rule covers.

    Returns a map from the first word of each person's name to the first word of the name with its titles.
    """
    phrases: dict[int, int] = {}
    listed: tuple[int, Role] | None = None
    lineups = find_lineups(text)
    people = sorted((m for m in clusters.mentions if m.actor.kind == "person"), key=lambda m: m.first)
    for mention in people:
        tags = _LateTags(text, clusters, mention)
        start, role = role_before(text, clusters, mention.first)
        if role and _opens_with_role(text, clusters, start, tags):
            start, role = start - 1, _with_word_before(text, start, role)
        phrases[mention.first] = start
        listed = _listed(text, clusters, mention, start, role, listed)
        titles = split_titles(role) if role else [replace(listed[1])] if listed else []
        if titles:
            _place_after(text, clusters, mention.last, titles[-1])
        found = _roles_around(text, clusters, mention, start, titles, accept, tags)
        is_bare = (
            start == mention.first and text.lower[start - 1] == "and"
        )  # "the mayor and Ann Roe, a farmer"
        joined = joined_title(text, clusters, start) if found and not is_bare else None
        if joined and tags().of_role(text, joined.text or "") >= LEAST_JOINED:
            found.insert(0, joined)
        if len(found) == 1 and found[0].text and not has_owner(found[0]):
            owner = nearest_owner(text, clusters, tags(), found[0].text)
            _copy_owner(make_role(None, [owner] if owner else []), found[0])
        if not found and text.paragraphs[mention.first] in lineups:
            found = [role_in_lineup(text, clusters, mention, lineups[text.paragraphs[mention.first]])]
        for one in (part for role in found for part in _split_joint(role)):
            one.word = mention.first
            add_role(mention.actor, one)
    for actor in clusters.actors:
        _join_workplace(actor)
    return phrases


def _opens_with_role(text: Text, clusters: Clusters, start: int, tags: Callable[[], Tags]) -> bool:
    """Whether a sentence begins with a title: 'Harbour master Ann Roe', but not 'Meanwhile mayor Ann Roe'.

    `start` is the next word. The capital of the first word says nothing, so the tags decide."""
    i = start - 1
    if i < 0 or not text.opens_sentence(i) or not text.words[i].isalpha():
        return False
    is_name = i in clusters.at or i in clusters.places
    return not is_name and tags().of_word(i) >= LEAST_OPENING


def _with_word_before(text: Text, start: int, role: Role) -> Role:
    return replace(role, text=f"{text.words[start - 1]} {role.text}")


def _without_quantity(role: Role) -> Role | None:
    """Return a role without words that say who else has it: 'another lawyer', 'those critics', 'only three senators'.

    Return None if the words deny the role, or if nothing but 'woman' or 'person' is left: 'no lawyer', 'one woman'."""
    text = role.text or ""
    if ")" in text:  # "the CPI(M) secretary"
        text = text.replace("( )", " ")
        text = text if "(" in text else text.rpartition(")")[2]
    words = text.split()
    if not UNREAL.isdisjoint(words):
        return None
    first = 0
    while first < len(words) and (
        words[first].lower() in QUANTITIES
        or (words[first].lower() == "only" and words[first + 1 :] and words[first + 1].lower() in NUMBERS)
    ):
        first += 1
    if first == 0 and text == (role.text or ""):
        return role
    rest = replace(role, text=" ".join(words[first:]))
    return rest if rest.text and not _is_anybody(rest) else None


def _is_anybody(role: Role) -> bool:
    """Whether a role says nothing but that somebody is a person: 'woman', 'first person', 'former'."""
    return bool(role.text) and set((role.text or "").lower().split()) <= ANYBODY | LOOSE | DETERMINERS


def _split_joint(role: Role) -> list[Role]:
    """Split 'chairman and chief executive' into two roles with one owner, but keep 'head of sales and marketing' whole.

    Both parts of 'former chairman and chief executive' are former roles. In 'minister of trade and chief executive of
    Acme', the minister is not one of Acme."""
    first, *others = parts = _joint_parts(role.text or "")
    heads = [re.split(" of | for ", part)[0] for part in parts]  # "minister" of "minister of trade"
    if not others or len(parts) > MOST_JOINT or not all(map(_ends_in_role, heads)):
        return [role]
    before = first[:7] if first.lower().startswith("former ") else ""
    is_minister = heads[0] != first and heads[0].lower().endswith("minister")
    minister = replace(role, text=first, organization=None)
    opening = minister if is_minister else replace(role, text=first.rstrip(","))
    return [opening, *(replace(role, text=before + part) for part in others)]


def _joint_parts(written: str) -> list[str]:
    """Split the text of a role at each 'and' before a part with a role: not in 'minister of trade and industry'."""
    parts: list[str] = []
    for part in written.split(" and "):
        if parts and not any(is_role(word.lower().rstrip(".,")) for word in part.split(" ")):
            parts[-1] += " and " + part
        else:
            parts.append(part)
    return parts


def _ends_in_role(phrase: str) -> bool:
    return is_role(phrase.lower().rstrip(" ,.").split(" ")[-1])


def _join_workplace(actor: Actor) -> None:
    """Join a person's only role without an owner with the only organization for which the role is unknown.

    'director Ann Roe' and, elsewhere, 'Roe of Acme' give Ann Roe the role of director at Acme."""
    open_roles = [role for role in actor.roles if role.text and not has_owner(role)]
    workplaces = [role for role in actor.roles if not role.text and role.organization]
    if len(open_roles) == len(workplaces) == 1:
        open_roles[0].organization = workplaces[0].organization
        actor.roles.remove(workplaces[0])


def _roles_around(
    text: Text,
    clusters: Clusters,
    mention: Mention,
    start: int,
    titles: list[Role],
    accept: Accept,
    tags: Callable[[], Tags],
) -> list[Role]:
    """Return the roles from the titles before a name, the phrases next to it, and phrases that `accept` allows.

    Roles that are improbable according to `tags` are left out."""
    behind = roles_after(text, clusters, mention.last, is_agent=text.lower[start - 1] in ("by", "under"))
    if titles and [role.text for role in behind] == [None]:  # "Lt. Roe, of Acme Police"
        if not has_owner(titles[-1]):
            titles[-1].organization = behind[0].organization
        if titles[-1].organization is behind[0].organization:
            behind = []
    front = roles_in_front(text, clusters, mention, start)
    if not (titles or behind or front):
        front = office_of_counterpart(text, clusters, mention, start)
    candidates = find_candidates(
        text, clusters, mention, start, is_free_before=not (titles or front), is_free_after=not behind
    )
    likely: list[Role] = []
    for candidate in candidates:
        if accept(text, mention, candidate):
            is_cut = candidate.pattern == "title" and _opens_with_role(text, clusters, candidate.first, tags)
            roles = candidate.phrase.roles
            likely += [_with_word_before(text, candidate.first, role) for role in roles] if is_cut else roles
    stated = [role for role in (*titles, *behind, *front, *likely) if not _is_anybody(role)]
    found = [role for role in map(_without_quantity, stated) if role]
    return [role for role in found if not role.text or tags().of_role(text, role.text) >= LEAST_CHANCE]


def _listed(
    text: Text,
    clusters: Clusters,
    mention: Mention,
    start: int,
    role: Role | None,
    before: tuple[int, Role] | None,
) -> tuple[int, Role] | None:
    """Return the end of a name and its role, if a plural role covers several names: 'judges Ann Roe and Jan Berg'."""
    if role:
        i = start_of_name(text, mention.first)
        plural = names_roles(text.lower[i]) or is_plural_by_sense(text.words[i])
        return (mention.last, replace(role)) if plural else None
    if before is None:
        return None
    i = skip_brackets(text, before[0])
    if i + 1 < start and text.lower[i] in ("of", "from") and i + 1 in clusters.places:
        i = clusters.places[i + 1].last
    between = text.lower[i:start]
    if start == mention.first and between in ([","], ["and"], [",", "and"], ["&"]):
        return mention.last, replace(before[1])
    return None


def start_of_name(text: Text, first: int) -> int:
    """Return the index of the word before a name, skipping the full stop of 'Sens.'."""
    return max(first - (2 if text.words[first - 1] == "." else 1), 0)


def _place_after(text: Text, clusters: Clusters, i: int, role: Role) -> None:
    """Complete the role before a name by the words after the name: 'President Roe of Norland', 'Sen. Roe, D-Ohio'."""
    if (
        i + 1 >= text.size
        or offices.is_chamber_office(role.text)
        or (has_owner(role) and not _is_of_party(role))
    ):
        return
    i += text.lower[i] in POSSESSIVES  # "Sen. Roe's (D-Ohio) plan"
    if text.lower[i] in ("of", "from"):
        held = held_after(text, clusters, i + 1)
        if held and not (held.actor and held.actor.kind == "person"):
            _copy_owner(make_role(None, [held]), role)
    elif text.words[i] in ("(", ",") and (state := PARTY_AND_STATE.fullmatch(_joined(text, i + 1))):
        role.organization, role.place = None, full_name(state[1])
        role.context_country = country_of_place(role.place)
        role.country_from = "place" if role.context_country else None


def _is_of_party(role: Role) -> bool:
    """Whether the owner of a role is a party and the role is a seat or an office of a place: 'GOP Sen. Ann Roe'."""
    body, words = role.organization, (role.text or "").lower().replace(".", "").split()
    is_party = body is not None and body.org_type == "party"
    return is_party and bool(words) and (offices.is_seat(words[-1]) or words[-1] in OF_PLACE)


def _joined(text: Text, i: int) -> str:
    """Return word i and the words that follow it without a space, as one text: 'D-N.Y.'."""
    k = i + 1
    while (
        k < min(i + 6, text.size)
        and text.starts[k] == text.ends[k - 1]
        and text.words[k] not in (")", ",", ";")
    ):
        k += 1
    return text.slice(i, k)


def find_states(clusters: Clusters) -> None:
    """Give state organizations such as 'the Senate' the country of the article's other state organizations.

    This happens only if all of those that have a country have the same one. A ministry before which its sentence names
    another country keeps none: 'In Oslo, the foreign ministry said'.
    """
    bodies = [actor for actor in clusters.actors if actor.kind == "organization" and actor.org_type in STATE]
    states = {actor.country_code for actor in bodies if actor.is_full and actor.country_code}
    if len(states) == 1:
        for actor in bodies:
            beside = offices.country_before(clusters, actor) if offices.is_ministry(actor) else None
            if not actor.is_full and actor.country_code is None and beside in (None, *states):
                actor.country_code = min(states)


def add_role(actor: Actor, role: Role) -> None:
    """Add a role to a person, or raise its count if the person has a role in the same words."""
    same = (r for r in actor.roles if (r.text or "").lower() == (role.text or "").lower() and _agree(r, role))
    known = next(same, None)
    if known is None and len(actor.roles) == MOST_ROLES:
        return
    if known is None:
        actor.roles.append(role)
    else:
        known.count += 1
        if has_owner(role) and not has_owner(known):
            _copy_owner(role, known)
    gender = lexicon.title_genders().get((role.text or "").lower().split(" ")[-1])
    actor.gender = actor.gender or gender
    if actor.country_code is None:
        actor.country_code = role.country_code


def _copy_owner(one: Role, other: Role) -> None:
    """Give a role the organization, country and place of another role."""
    other.organization, other.country_code, other.place = one.organization, one.country_code, one.place
    other.context_country, other.country_from = one.context_country, one.country_from


def _agree(one: Role, other: Role) -> bool:
    """Whether two roles in the same words can be one role, unlike 'chair' of Acme and 'chair' of Widget."""
    if one.organization and other.organization and one.organization is not other.organization:
        return False
    if one.place and other.place and one.place != other.place:
        return False
    return not (one.country_code and other.country_code and one.country_code != other.country_code)
