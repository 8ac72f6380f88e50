"""Read roles from the text around people's names.

Takes a `Text` and its `Clusters`; adds `Role`s to the actors, and returns the start of each name with its titles. In
"Dutch Foreign Minister Stephanus Blok", "Foreign Minister" is the role, and NL is the country.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from transforms.resolve import lexicon, offices
from transforms.resolve.appositions import office_of_counterpart, roles_in_front
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import STATE, Clusters
from transforms.resolve.gazetteer import country_of_place, full_name
from transforms.resolve.lexicon import is_role
from transforms.resolve.likely_roles import Candidate, find_candidates, is_likely
from transforms.resolve.lineups import find_lineups, role_in_lineup
from transforms.resolve.model import Actor, Mention, Name, Role
from transforms.resolve.role_phrases import (
    NO_MODIFIERS,
    POSSESSIVES,
    Held,
    before_name,
    held_at,
    is_plural_by_sense,
    make_role,
    names_roles,
)
from transforms.resolve.role_tags import Tags, nearest_owner, tag_roles
from transforms.resolve.roles_after import held_after, roles_after, skip_brackets
from transforms.resolve.word_lists import ABBREVIATIONS, DETERMINERS

DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday yesterday today".split())
MAX_PHRASE = 9
MOST_ROLES = 100  # largest number of roles of one person in one article
MOST_JOINT = 4  # joint roles: 'chairman, chief executive and president'
PARTY_AND_STATE = re.compile(r"[RDI](?:em|ep|nd)?\.?[-–—]([A-Z][\w.]*)")
# Titles directly before a name; another role may precede them: 'Chairman Rep. Roe'.
TITLES = frozenset("rep. sen. gov. rep sen gov".split())
PARTISANS = frozenset("republican democrat".split())
NO_PART = frozenset("fellow current own appointed elected named".split())  # length of the text of a role
Accept = Callable[[Text, Mention, Candidate], bool]
LEAST_CHANCE = 0.05  # probability below which a phrase is no role of the person next to it
MODIFIERS = 4  # words between an article and the role: 'the party's long-serving deputy leader'


def find_roles(text: Text, clusters: Clusters, accept: Accept = is_likely) -> dict[int, int]:
    """Add the roles that the article gives to people. `accept` decides about phrases that no rule covers.

    Returns a map from the first word of each person's name to the first word of the name with its titles.
    """
    phrases: dict[int, int] = {}
    listed: tuple[int, Role] | None = None
    lineups = find_lineups(text)
    people = sorted((m for m in clusters.mentions if m.actor.kind == "person"), key=lambda m: m.first)
    for mention, tags in zip(people, tag_roles(text, clusters, people), strict=True):
        start, role = role_before(text, clusters, mention.first)
        phrases[mention.first] = start
        listed = _listed(text, clusters, mention, start, role, listed)
        titles = _split_titles(role) if role else [replace(listed[1])] if listed else []
        if titles:
            _place_after(text, clusters, mention.last, titles[-1])
        found = _roles_around(text, clusters, mention, start, titles, accept, tags)
        if len(found) == 1 and found[0].text and not _has_owner(found[0]):
            owner = nearest_owner(clusters, tags, mention.first)
            _copy_owner(make_role(None, [owner] if owner else []), found[0])
        if not found and text.paragraphs[mention.first] in lineups:
            found = [role_in_lineup(text, clusters, mention, lineups[text.paragraphs[mention.first]])]
        for one in (part for role in found for part in _split_joint(role)):
            one.word = mention.first
            add_role(mention.actor, one)
    for actor in clusters.actors:
        _join_workplace(actor)
    return phrases


def _split_joint(role: Role) -> list[Role]:
    """Split 'chairman and chief executive' into two roles with one owner, but keep 'head of sales and marketing' whole.

    Both parts of 'former chairman and chief executive' are former roles."""
    first, *others = parts = _joint_parts(role.text or "")
    last = re.split(" of | for ", parts[-1])[0]  # "minister of trade"
    if not others or len(parts) > MOST_JOINT or not all(map(_ends_in_role, [*parts[:-1], last])):
        return [role]
    before = first[:7] if first.lower().startswith("former ") else ""
    return [replace(role, text=first.rstrip(",")), *(replace(role, text=before + part) for part in others)]


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
    open_roles = [role for role in actor.roles if role.text and not _has_owner(role)]
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
    tags: Tags,
) -> list[Role]:
    """Return the roles from the titles before a name, the phrases next to it, and phrases that `accept` allows.

    Roles that are improbable according to `tags` are left out."""
    behind = roles_after(text, clusters, mention.last)
    if titles and [role.text for role in behind] == [None]:  # "Lt. Roe, of Acme Police"
        if not _has_owner(titles[-1]):
            titles[-1].organization = behind[0].organization
        if titles[-1].organization is behind[0].organization:
            behind = []
    front = roles_in_front(text, clusters, mention, start)
    if not (titles or behind or front):
        front = office_of_counterpart(text, clusters, mention, start)
    candidates = find_candidates(
        text, clusters, mention, start, is_free_before=not (titles or front), is_free_after=not behind
    )
    likely = [role for c in candidates if accept(text, mention, c) for role in c.phrase.roles]
    found = [*titles, *behind, *front, *likely]
    return [role for role in found if not role.text or tags.of_role(text, role.text) >= LEAST_CHANCE]


def _split_titles(role: Role) -> list[Role]:
    """Split 'Committee Chairman Rep.' into two roles; the first keeps the organization. Other roles stay whole."""
    words = (role.text or "").split()
    for k in range(1, len(words)):
        before = words[k - 1].lower().removesuffix("s")
        if words[k].lower() in TITLES and is_role(before) and before not in PARTISANS:
            first = replace(role, text=_singular(" ".join(words[:k])))
            return [first, Role(" ".join(words[k:]), None, role.country_code)]
    return [role]


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
    if _has_owner(role) or i + 1 >= len(text) or offices.is_chamber_office(role.text):
        return
    if text.lower[i] in ("of", "from"):
        held = held_after(text, clusters, i + 1)
        if held and not (held.actor and held.actor.kind == "person"):
            _copy_owner(make_role(None, [held]), role)
    elif text.words[i] in ("(", ",") and (state := PARTY_AND_STATE.fullmatch(_joined(text, i + 1))):
        role.place = full_name(state[1])
        role.context_country = country_of_place(role.place)
        role.country_from = "place" if role.context_country else None


def _joined(text: Text, i: int) -> str:
    """Return word i and the words that follow it without a space, as one text: 'D-N.Y.'."""
    k = i + 1
    while (
        k < min(i + 6, len(text))
        and text.starts[k] == text.ends[k - 1]
        and text.words[k] not in (")", ",", ";")
    ):
        k += 1
    return text.slice(i, k)


def find_states(clusters: Clusters) -> None:
    """Give state organizations such as 'the Senate' the country of the article's other state organizations.

    This happens only if all of those that have a country have the same one.
    """
    bodies = [actor for actor in clusters.actors if actor.kind == "organization" and actor.org_type in STATE]
    states = {actor.country_code for actor in bodies if actor.is_full and actor.country_code}
    if len(states) == 1:
        for actor in bodies:
            if not actor.is_full and actor.country_code is None:
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
        if _has_owner(role) and not _has_owner(known):
            _copy_owner(role, known)
    gender = lexicon.title_genders().get((role.text or "").lower().split(" ")[-1])
    actor.gender = actor.gender or gender
    if actor.country_code is None:
        actor.country_code = role.country_code


def _has_owner(role: Role) -> bool:
    return bool(role.organization or role.country_code or role.place)


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


# ---- before the name ---------------------------------------------------------------------------------------


def role_before(text: Text, clusters: Clusters, first: int) -> tuple[int, Role | None]:
    """Return the start of the titles before word `first`, and their role; `(first, None)` if there are no titles."""
    start = _walk_back(text, clusters, first)
    return start, _read_role(text, clusters, start, first)


def _walk_back(text: Text, clusters: Clusters, first: int) -> int:
    """Return the first word of the unbroken run of titles, countries, places and organizations before `first`."""
    i, seen_role = _skip_field(text, clusters, first), False
    if i == first - 1 and i >= 0 and i not in clusters.at and before_name(text, i):
        i, seen_role = i - 1, True
    while i >= 0 and first - i <= MAX_PHRASE and text.paragraphs[i] == text.paragraphs[first]:
        mention, word, place = clusters.at.get(i), text.lower[i], clusters.places.get(i)
        if mention is not None:
            if mention.actor.kind == "person" or not seen_role:
                break
            i = mention.first - 1
        elif word.removeprefix("then-") in lexicon.title_words() or is_role(word) or names_roles(word):
            seen_role, i = seen_role or is_role(word) or names_roles(word), i - 1
        elif place is not None and seen_role:
            i = place.first - 1
        elif word == ")" and seen_role and (body := _before_brackets(text, clusters, i)):
            i = body.first - 1
        elif _links(text, clusters, i, seen_role, seen_words=i < first - 1):
            i -= 1
        else:
            break
    start = _skip_joints(text, i + 1, first)
    return _up_to_article(text, clusters, start) if seen_role else start


def _is_posted(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether a posting begins at word i: 'to Norland' or 'in Dorne' after 'ambassador'."""
    return text.lower[i] in ("in", "to") and (i + 1 in clusters.at or i + 1 in clusters.places)


def _before_brackets(text: Text, clusters: Clusters, close: int) -> Mention | None:
    """Return the organization in front of its acronym in brackets: 'Norland Football Union (NFU)'."""
    if close < 3 or text.words[close - 2] != "(":
        return None
    mention = clusters.at.get(close - 3)
    return mention if mention and mention.actor.kind == "organization" else None


def _skip_field(text: Text, clusters: Clusters, first: int) -> int:
    """Return the last word of the role before a name: 'head' in 'head of sales Ann Roe', 'head of Acme Ann Roe'.

    If another title directly precedes the name, that title counts: in 'chair of President Ann Roe's council', Roe is
    not the chair.
    """
    i = first - 1
    if i >= 0 and (is_role(text.lower[i]) or text.lower[i] in lexicon.honorifics()):
        return i
    while i > 0 and first - i < MAX_PHRASE and text.paragraphs[i] == text.paragraphs[first]:
        mention, place = clusters.at.get(i), clusters.places.get(i)
        if mention and mention.actor.kind == "person":
            break
        if mention or place:
            i = (mention or place).first - 1  # type: ignore[union-attr]
        elif i < first - 1 and (text.lower[i] in ("of", "for", "at") or _is_posted(text, clusters, i)):
            return i - 1 if is_role(text.lower[i - 1]) else first - 1
        elif text.words[i][0].isupper() or text.lower[i] in ("the", "and", "&") or _may_modify(text, i):
            i -= 1
        else:
            break
    return first - 1


def _up_to_article(text: Text, clusters: Clusters, start: int) -> int:
    """Move the start of a title back over lower-case words before it: 'water board' in 'the water board chief'."""
    word = text.words[start]
    is_plain = word.islower() or (word.isupper() and len(word) < 4)  # "the water board CEO"
    for i in range(start - 1, max(start - 1 - MODIFIERS, -1), -1):
        word = text.lower[i]
        if word in POSSESSIVES:  # "Norway's double Olympic champion"
            owner = clusters.at.get(i - 1) or clusters.places.get(i - 1)
            is_held = isinstance(owner, Name) or (owner is not None and owner.actor.kind != "person")
            return owner.first if owner and is_held else i + 1 if is_plain else start
        if not is_plain:
            if not _may_modify(text, i):
                return start
            continue
        if word in DETERMINERS:
            return i + 1
        if (i in clusters.at and clusters.at[i].actor.kind != "person") or i in clusters.places:
            owner = clusters.at.get(i) or clusters.places[i]
            return owner.first if i + 1 < start else start
        is_joint = i == start - 1 and is_role(text.lower[start])
        if (
            word == "and"
            and i
            and not is_joint
            and _may_modify(text, i - 1)
            and not is_role(text.lower[i - 1])
        ):
            continue  # "the planning and science manager"
        if i in clusters.at or not _may_modify(text, i):
            break
    return start


def _may_modify(text: Text, i: int) -> bool:
    word = text.lower[i]
    return word.replace("-", "").isalpha() and text.words[i].islower() and word not in NO_MODIFIERS


def _links(text: Text, clusters: Clusters, i: int, seen_role: bool, *, seen_words: bool) -> bool:
    """Whether word i connects parts of a title: the full stop of 'Gov.', 'of' in 'Secretary of State', a possessive."""
    word, left = text.lower[i], text.lower[i - 1] if i else ""
    if word == ".":
        left = left.rsplit("-", 1)[-1].rstrip("s")
        short = left in ABBREVIATIONS or text.sentences[i] == text.sentences[i + 1]
        return short and left in lexicon.title_words() and len(left) < 5
    if word in ("of", "for"):
        named = is_role(left) or names_roles(left)
        own = seen_words and text.lower[i + 1] not in lexicon.honorifics()  # not "lawyer for Mr. Roe"
        return own and not seen_role and named and i - 1 not in clusters.at
    if word in POSSESSIVES:
        before = clusters.at.get(i - 1)
        return seen_role and (
            (before is not None and before.actor.kind != "person") or i - 1 in clusters.places
        )
    if word in ("and", "&"):
        return seen_role and is_role(left)
    amid = not text.opens_sentence(i) or offices.is_body_noun(word)
    return seen_role and text.words[i][0].isupper() and amid and word not in DETERMINERS | DAYS


def _skip_joints(text: Text, start: int, first: int) -> int:
    while start < first and text.lower[start] in (".", "of", "for", "and", "&", *POSSESSIVES):
        start += 1
    return start


def _read_role(text: Text, clusters: Clusters, start: int, first: int) -> Role | None:
    """Return the role in the words [start, first); its text leaves out country, organization, place and honorifics."""
    posting = (i for i in range(start + 1, first) if text.lower[i] == "to" and is_role(text.lower[i - 1]))
    end = next(posting, first)  # "Dutch ambassador to Norway"
    owners = _held_in(clusters, start, end)
    named = {i for i in range(start, end) if i in clusters.at or i in clusters.places}
    words = [i for i in range(start, first) if i not in named and text.lower[i] not in POSSESSIVES]
    while (words and text.lower[words[-1]] == ".") or (
        words and text.lower[words[-1]] in lexicon.honorifics()
    ):
        words.pop()
    while words and (
        text.lower[words[0]] in lexicon.honorifics()
        or text.lower[words[0]] in NO_PART
        or not text.words[words[0]][0].isalnum()
    ):
        words.pop(0)
    sensed = bool(words) and words[-1] == first - 1 and before_name(text, first - 1)
    if not sensed and not any(is_role(text.lower[i]) or names_roles(text.lower[i]) for i in words):
        return None
    last = words[-1] + 1
    if last < first and text.words[last] == ".":  # "Gov."
        words.append(last)
    role = make_role(_singular(_join(text, words)), owners)
    if not _has_owner(role):
        role.organization = _body_of_noun(text, clusters, start, words)
    return role


def _singular(written: str) -> str:
    """Return a role in the singular: 'judge' for 'judges' in 'judges Ann Roe and Jan Berg'."""
    *before, last = written.split(" ")
    stop = "." if last.endswith(".") else ""
    noun = last.removesuffix(".")
    return (
        " ".join([*before, noun[:-1] + stop])
        if names_roles(noun.lower()) or is_plural_by_sense(noun)
        else written
    )


def _body_of_noun(text: Text, clusters: Clusters, start: int, words: list[int]) -> Actor | None:
    """Return the organization that a noun in a title means: 'committee chairman Roe', "the group's president Roe"."""
    nouns = [
        i
        for i in words
        if offices.is_body_noun(text.lower[i])
        and not is_role(text.lower[i])
        and " ".join(text.lower[i : i + 2]) not in lexicon.titles()  # "Press Secretary" is of no agency
    ]
    if start > 1 and text.lower[start - 1] in POSSESSIVES and offices.is_body_noun(text.lower[start - 2]):
        nouns.append(start - 2)
    if start and text.words[start - 1].islower() and offices.is_body_noun(text.lower[start - 1]):
        nouns.append(start - 1)  # "with committee chairman Roe"
    for i in nouns:
        body = offices.body_of_noun(clusters, text.lower[i], start, clusters.bodies)
        if body:
            return body
    return None


def _held_in(clusters: Clusters, start: int, first: int) -> list[Held]:
    found, i = [], start
    while i < first:
        held = held_at(clusters, i)
        if held and not (held.actor and held.actor.kind == "person"):
            found.append(held)
        i = max(i + 1, held.end) if held else i + 1
    return found


def _join(text: Text, words: list[int]) -> str:
    """Join the words with the given indices, as written: 'former Acme chief' -> 'former chief'."""
    while len(words) > 1 and text.lower[words[-1]] in ("of", "for", "at", "in", "the", "and"):
        words = words[:-1]
    written = text.words[words[0]]
    for before, i in pairwise(words):
        touches = before == i - 1 and text.ends[before] == text.starts[i]
        written += text.words[i] if touches else " " + text.words[i]
    return written
