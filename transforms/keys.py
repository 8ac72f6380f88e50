"""Stable ids: hashes of content, never counters, clocks or random numbers."""

from __future__ import annotations

from hashlib import blake2b


def content_key(*parts: object) -> str:
    """32 hex digits that depend on the parts and their order only.

    Parts are joined with the ASCII unit separator, which stands in no name and in no number, so that
    `("ab", "c")` and `("a", "bc")` differ.
    """
    text = "\x1f".join(str(part) for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
