"""Names without accents, which some agencies drop."""

from __future__ import annotations

from unicodedata import combining, normalize


def without_accents(name: str) -> str:
    """Remove accents: 'Brännlund' -> 'Brannlund'."""
    if name.isascii():
        return name
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
