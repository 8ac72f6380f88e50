"""Decide from the words of a role whether somebody held it in the past, or holds it for a limited time."""

from __future__ import annotations

FORMER = frozenset("former ex onetime one-time erstwhile then late past retired".split())
ACTING = frozenset("acting interim caretaker".split())


def is_former(role: str | None) -> bool:
    """Whether a role is in the past: 'former minister', 'ex-chief', 'then-mayor'."""
    return not FORMER.isdisjoint(_words(role))


def is_acting(role: str | None) -> bool:
    """Whether a role is temporary: 'acting director', 'interim leader'."""
    return not ACTING.isdisjoint(_words(role))


def _words(role: str | None) -> list[str]:
    return (role or "").lower().replace("ex-", "ex ").replace("then-", "then ").split()
