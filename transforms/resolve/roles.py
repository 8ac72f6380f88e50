"""Roles: what the text around a name says a person is.

In: a `Text` and its `Clusters`. Out: `Role`s put on the actors, and where the whole phrase of a name begins:
"Dutch Foreign Minister Stephanus Blok" is the phrase, "Foreign Minister" the role, NL the country.
"""

from __future__ import annotations

from itertools import pairwise

from transforms.language.en.words import AFTER_ROLE, BELONGS, DETERMINERS, STOPS
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Actor, Mention, Role

# Verbs of ", who heads Acme," to the role they tell.
LEADS = {
    "heads": "head", "leads": "leader", "chairs": "chair", "directs": "director", "founded": "founder",
    "runs": "head", "headed": "former head", "led": "former leader", "chaired": "former chair",
}  # fmt: skip
MAX_PHRASE = 9


def is_role(word: str) -> bool:
    """Whether a word in lower case names a role: 'minister', 'ex-president'."""
    nouns = lexicon.role_nouns()
    return word in nouns or ("-" in word and word.rsplit("-", 1)[1] in nouns)


def find_roles(text: Text, clusters: Clusters) -> dict[int, int]:
    """Puts the roles that the article tells on its people.

    Returns the first word of a person's name to the first word of the phrase with its titles.
    """
    phrases: dict[int, int] = {}
    for mention in [m for m in clusters.mentions if m.actor.kind == "person"]:
        start, role = role_before(text, clusters, mention.first)
        phrases[mention.first] = start
        for found in (
            role,
            role_after(text, clusters, mention.last),
            _role_in_front(text, clusters, mention),
        ):
            if found:
                _add_role(mention.actor, found)
    return phrases


def describe_bodies(text: Text, clusters: Clusters) -> None:
    """Sets type and country of organizations that the text tells: 'Chinese tech giant X', 'X, the company that'."""
    nouns = lexicon.organization_nouns()
    for mention in [m for m in clusters.mentions if m.actor.kind == "organization"]:
        body, i = mention.actor, mention.first - 1
        described = _noun_after(text, mention.last) or (
            text.lower[i] if i >= 0 and i not in clusters.at else ""
        )
        if described in nouns and body.org_type in (None, "other"):
            body.org_type = nouns[described]
        while i >= 0 and i not in clusters.at and text.words[i].islower() and mention.first - i < 4:
            i -= 1
        adjective = clusters.at.get(i)
        if adjective and adjective.rule == "adjective" and described in nouns and not body.country_code:
            body.country_code = adjective.actor.country_code


def find_states(clusters: Clusters) -> None:
    """Gives bodies such as 'the Senate' the state of the well-known ones named with them, if these are of one state."""
    bodies = [
        actor for actor in clusters.actors if actor.kind == "organization" and actor.org_type == "government"
    ]
    states = {actor.country_code for actor in bodies if actor.is_full and actor.country_code}
    if len(states) == 1:
        for actor in bodies:
            if not actor.is_full and actor.country_code is None:
                actor.country_code = min(states)


def _noun_after(text: Text, i: int) -> str:
    """The noun of the apposition at word i, in ', the company that leads the work'."""
    if i + 2 < len(text) and text.words[i] == "," and text.lower[i + 1] in ("the", "a", "an"):
        nouns = (w for w in text.lower[i + 2 : i + 6] if w in lexicon.organization_nouns())
        return next(nouns, "")
    return ""


def _add_role(actor: Actor, role: Role) -> None:
    same = (r for r in actor.roles if (r.text or "").lower() == (role.text or "").lower())
    known = next(same, None)
    if known is None:
        actor.roles.append(role)
    else:
        known.count += 1
    if known and known.organization is None and known.country_code is None:
        known.organization, known.country_code = role.organization, role.country_code
    gender = lexicon.title_genders().get((role.text or "").lower().split(" ")[-1])
    actor.gender = actor.gender or gender
    if actor.country_code is None:
        actor.country_code = role.country_code


# ---- before the name ---------------------------------------------------------------------------------------


def role_before(text: Text, clusters: Clusters, first: int) -> tuple[int, Role | None]:
    """Start of the titles before word `first` and the role they tell; `(first, None)` without titles."""
    start = _walk_back(text, clusters, first)
    return start, _read_role(text, clusters, start, first)


def _walk_back(text: Text, clusters: Clusters, first: int) -> int:
    """First word of the unbroken run of titles, countries and organizations that ends before `first`."""
    i, seen_role = first - 1, False
    while i >= 0 and first - i <= MAX_PHRASE and text.paragraphs[i] == text.paragraphs[first]:
        mention, word = clusters.at.get(i), text.lower[i]
        if mention is not None:
            if mention.actor.kind == "person" or not seen_role:
                break
            i = mention.first - 1
        elif word in lexicon.title_words() or is_role(word):
            seen_role, i = seen_role or is_role(word), i - 1
        elif _links(text, clusters, i, seen_role, seen_words=i < first - 1):
            i -= 1
        else:
            break
    return _skip_joints(text, clusters, i + 1, first)


def _links(text: Text, clusters: Clusters, i: int, seen_role: bool, *, seen_words: bool) -> bool:
    """Whether word i holds a title together: the stop of 'Gov.', 'of' in 'Secretary of State', a possessive."""
    word, left = text.lower[i], text.lower[i - 1] if i else ""
    if word == ".":
        return left in lexicon.title_words() and len(left) < 6
    if word in ("of", "for"):
        return seen_words and is_role(left) and i - 1 not in clusters.at
    if word in ("'s", "’s"):
        return seen_role and i - 1 in clusters.at and clusters.at[i - 1].actor.kind != "person"
    if word == "and":
        return seen_role and is_role(left)
    return seen_role and text.words[i][0].isupper() and not text.opens_sentence(i) and word not in DETERMINERS


def _skip_joints(text: Text, clusters: Clusters, start: int, first: int) -> int:
    while start < first and text.lower[start] in (".", "of", "for", "and", "'s", "’s"):
        start += 1
    return start


def _read_role(text: Text, clusters: Clusters, start: int, first: int) -> Role | None:
    """The role in the words [start, first): its text without country, organization and honorifics."""
    affiliated = [clusters.at[i].actor for i in range(start, first) if i in clusters.at]
    words = [i for i in range(start, first) if i not in clusters.at and text.lower[i] not in ("'s", "’s")]
    while words and (text.lower[words[0]] not in lexicon.title_words() and not is_role(text.lower[words[0]])):
        words.pop(0)
    while words and (text.lower[words[-1]] == "." or text.lower[words[-1]] in lexicon.honorifics()):
        words.pop()
    if not any(is_role(text.lower[i]) for i in words):
        return None
    last = words[-1] + 1
    if last < first and text.words[last] == ".":  # "Gov."
        words.append(last)
    return _make_role(_join(text, words), affiliated)


def _join(text: Text, words: list[int]) -> str:
    """The words as written, without those left out: 'former Acme chief' -> 'former chief'."""
    written = text.words[words[0]]
    for before, i in pairwise(words):
        touches = before == i - 1 and text.ends[before] == text.starts[i]
        written += text.words[i] if touches else " " + text.words[i]
    return written


def _make_role(written: str | None, affiliated: list[Actor]) -> Role:
    organization = next((actor for actor in affiliated if actor.kind == "organization"), None)
    country = next((actor.country_code for actor in affiliated if actor.kind == "country"), None)
    return Role(" ".join(written.split()) if written else None, organization, country)


def _role_in_front(text: Text, clusters: Clusters, mention: Mention) -> Role | None:
    """The role in 'the company's chief, X, ...' and 'a spokesman for Acme, X, ...'."""
    first, last = mention.first, mention.last
    if first < 3 or text.words[first - 1] != "," or last >= len(text) or text.words[last] != ",":
        return None
    end, organization = first - 1, clusters.at.get(first - 2)
    affiliated = []
    if organization is not None:
        end = organization.first - (2 if text.lower[organization.first - 1] == "the" else 1)
        if end < 1 or text.lower[end] not in BELONGS:
            return None
        affiliated = [organization.actor]
    if not is_role(text.lower[end - 1]):
        return None
    start = _walk_back(text, clusters, end)
    if start == 0 or (text.lower[start - 1] not in DETERMINERS and not text.opens_sentence(start)):
        return None
    role = _read_role(text, clusters, start, end)
    if role and affiliated:
        return _make_role(role.text, affiliated)
    return role


# ---- after the name ----------------------------------------------------------------------------------------


def role_after(text: Text, clusters: Clusters, last: int) -> Role | None:
    """The role in ', the chief of Y,', ', a professor at Y', ', who heads Y', ' of Y', ' is the head of Y'."""
    i = _skip_age(text, last)
    if i + 1 >= len(text):
        return None
    word = text.lower[i]
    if word in ("of", "from", "at") and i == last:
        actor = _actor_at(clusters, text, i + 1)
        return _make_role(None, [actor]) if actor and actor.kind == "organization" else None
    if word in ("is", "was"):
        return _apposition(text, clusters, i + 1) if text.lower[i + 1] in ("the", "a", "an") else None
    if word != ",":
        return None
    if text.lower[i + 1] == "who" and i + 3 < len(text):
        return _relative_clause(text, clusters, i + 2)
    return _apposition(text, clusters, i + 1)


def _skip_age(text: Text, i: int) -> int:
    """The comma after an age: 'Ann Roe, 54, a farmer'."""
    if (
        i + 2 < len(text)
        and text.words[i] == ","
        and text.words[i + 1].isdigit()
        and text.words[i + 2] == ","
    ):
        return i + 2
    return i


def _relative_clause(text: Text, clusters: Clusters, i: int) -> Role | None:
    word = text.lower[i]
    if word in ("is", "was"):
        return _apposition(text, clusters, i + 1)
    actor = _actor_at(clusters, text, i + 1)
    if word in LEADS and actor:
        return _make_role(LEADS[word], [actor])
    return None


def _apposition(text: Text, clusters: Clusters, first: int) -> Role | None:
    """The role in the noun phrase that begins at word `first`, with the organization or country it is at."""
    i, limit = first, min(first + MAX_PHRASE, len(text))
    if text.lower[i] in DETERMINERS:
        i += 1
    affiliated, begin = [], i
    while i < limit and not is_role(text.lower[i]):
        mention = clusters.at.get(i)
        if mention is not None:
            if mention.actor.kind == "person":
                return None
            affiliated.append(mention.actor)
            i = begin = mention.last
        elif text.lower[i] in ("'s", "’s"):
            i = begin = i + 1
        elif not text.words[i][0].isalpha() or text.lower[i] in STOPS:
            return None
        else:
            i += 1
    if i >= limit or i in clusters.at:
        return None
    end = _role_end(text, i + 1)
    if end < len(text) and text.lower[end] not in AFTER_ROLE:
        return None
    if end < len(text) and text.lower[end] in BELONGS:
        actor = _actor_at(clusters, text, end + 1)
        affiliated = [actor, *affiliated] if actor else affiliated
    return _make_role(text.slice(begin, end), affiliated)


def _role_end(text: Text, i: int) -> int:
    """End of a role that goes on: 'chief executive officer', 'secretary of state', 'founder and chair'."""
    while i < len(text):
        if is_role(text.lower[i]):
            i += 1
        elif text.lower[i] in ("of", "and") and i + 1 < len(text) and _continues(text, i):
            i += 2
        else:
            break
    return i


def _continues(text: Text, i: int) -> bool:
    following = text.lower[i + 1]
    if text.lower[i] == "and":
        return is_role(following)
    return following in ("staff", "state", "government", "operations", "research", "communications")


def _actor_at(clusters: Clusters, text: Text, i: int) -> Actor | None:
    """The organization or country named at word i, an article before it skipped."""
    if i < len(text) and text.lower[i] in DETERMINERS:
        i += 1
    mention = clusters.at.get(i)
    return mention.actor if mention and mention.actor.kind in ("organization", "country") else None
