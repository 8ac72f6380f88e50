"""Remove the accents from names, because some agencies leave them out."""

from __future__ import annotations

from unicodedata import combining, normalize


def without_accents(name: str) -> str:
    """Return a name without accents: 'Brännlund' -> 'Brannlund'."""
    if name.isascii():
        return name
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
