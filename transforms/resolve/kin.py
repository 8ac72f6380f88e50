"""Keep people apart whose names differ only in the given name, such as brothers.

Takes the words of names (`clusters.person_words`) and the `Actor`s that have such names.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.model import Actor

MOST_SEARCHED = 400  # mentions of kin that are searched for the last one


def are_kin(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names of three or more words differ only in the given name: 'Ann Roe Berg' and 'Jan Roe Berg'."""
    given, alike = lexicon.given_names(), full_given_name(one[0]) == full_given_name(other[0])
    if alike or one[-2:] != other[-2:] or len(one) < 3 or len(other) < 3:
        return False
    shared = less_a_letter(one[0]) & less_a_letter(other[0])
    is_misspelt = bool(shared) and min(len(one[0]), len(other[0])) > 5
    if is_misspelt or one[1:] == other or other[1:] == one:
        return False
    return (one[0] in given and other[0] in given) or one[-2] not in given


def latest_first(people: Sequence[Actor], first: int) -> Sequence[Actor]:
    """Return people in the order in which they are named last before word `first`, then the others."""
    if len(people) < 2 or sum(len(actor.mentions) for actor in people) > MOST_SEARCHED:
        return people
    return sorted(
        people,
        key=lambda actor: max((m.first for m in actor.mentions if m.first < first), default=-1),
        reverse=True,
    )


def less_a_letter(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(min(len(word), 20)))}


def full_given_name(word: str) -> str:
    """Expand a short given name: 'bob' -> 'robert'; other names do not change."""
    return lexicon.nicknames().get(word, word)
