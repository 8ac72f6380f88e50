"""Find sports teams that have the name of a country or a town, and organizations that the name finder took for people.

Takes a `Text` and its `Name`s; changes the kind of the names.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.model import Name
from transforms.resolve.topics import topic_level
from transforms.resolve.word_lists import SPEAKS

# In a report on a match, words that show that the name before them (BEATS) or after them (AGAINST) means a team.
BEATS = frozenset("beat beats beating thrashed thrash edged outplayed v vs versus".split())
AGAINST = frozenset("over against v vs versus beat beats beating thrashed host hosted face faced".split())
OF_TEAMS = frozenset("squad side team xi dressing-room".split())


def find_teams(text: Text, names: Sequence[Name]) -> None:
    """Change the kind of names to organization if the name finder took them for people or places.

    'Kay Jan' is an organization in 'Kay Jan founder Ann Roe'. 'Dorne' is a team in 'Dorne captain Jan Berg', in 'Dorne
    said' and, if the article is about sport, in 'Dorne beat Ellerby'.
    """
    people = {name.first for name in names if name.kind == "person"}
    bodies, teams = set(), set()
    for name in names:
        if name.known or name.kind not in ("person", "place"):
            continue
        end = name.last
        if name.kind == "place" and end < text.size and text.lower[end] in SPEAKS:
            teams.add(name.text)
        role = _role_after(text, end)
        if role is None:
            continue
        if name.kind == "person" and role + 1 in people:
            bodies.add(name.text)
        elif name.kind == "place" and _plays(text.lower[role]):
            teams.add(name.text)
    if topic_level(text, "sport") == 2:
        teams |= _find_opponents(text, names)
        _find_national_teams(text, names)
    for name in names:
        if name.text in bodies or (name.text in teams and not is_where(text, name)):
            name.kind = "organization"


def _role_after(text: Text, i: int) -> int | None:
    """Return the index of the role in the title that begins at word i; None if there is no role."""
    end = i
    while end < text.size and end - i < 4 and text.lower[end] in lexicon.title_words():
        end += 1
    return end - 1 if end > i and lexicon.is_role(text.lower[end - 1]) else None


def _plays(role: str) -> bool:
    """Whether a role belongs to a sports team; a town before it then means the team: 'Dorne captain'."""
    return (
        role in ("boss", "manager", "captain", "player", "skipper")
        or lexicon.role_fields().get(role) == "sport"
    )


def is_where(text: Text, name: Name) -> bool:
    return name.first > 0 and text.lower[name.first - 1] in ("in", "near", "from", "at", "outside", "of")


# ---- reports on matches


def _find_opponents(text: Text, names: Sequence[Name]) -> set[str]:
    """Return the towns whose teams play: 'Dorne beat Ellerby', 'the win over Dorne'."""
    places = [name for name in names if name.kind == "place" and not name.known]
    return {name.text for name in places if _has_opponent(text, name)}


def _find_national_teams(text: Text, names: Sequence[Name]) -> None:
    """Change countries to organizations if the article shows that the name means the country's team."""
    countries = [
        n for n in names if n.kind == "country" and n.known and n.form == "name" and n.text == n.known.name
    ]
    speaking = {n.text for n in countries if n.last < text.size and text.lower[n.last] in SPEAKS}
    teams = {n.text for n in countries if _has_opponent(text, n) or _has_players(text, n)} - speaking
    for name in countries:
        if name.text in teams and not is_where(text, name):
            name.kind, name.known = "organization", None


def _has_opponent(text: Text, name: Name) -> bool:
    before = text.lower[name.first - 1] if name.first else ""
    after = text.lower[name.last] if name.last < text.size else ""
    return after in BEATS or (before in AGAINST and after not in ("'s", "’s"))


def _has_players(text: Text, name: Name) -> bool:
    """Whether a role in sports follows: 'Norland captain Ann Roe', 'the Norland squad'."""
    role = _role_after(text, name.last)
    after = text.lower[name.last] if name.last < text.size else ""
    return after in OF_TEAMS or (role is not None and _plays(text.lower[role]))
