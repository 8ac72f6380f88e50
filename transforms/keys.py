"""Compute stable ids from content, never from counters, clocks or random numbers."""

from __future__ import annotations

import re
from hashlib import blake2b
from unicodedata import normalize


def content_key(*parts: object) -> str:
    """Hash the parts, in their order, to 32 hex digits.

    Parts are joined with the ASCII unit separator, which occurs in no name or number, so that `("ab", "c")` and
    `("a", "bc")` differ.
    """
    text = "\x1f".join(map(str, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def text_key(text: str) -> int:
    """Hash a text to 64 bits, ignoring white space, line breaks, and the kinds of quotation marks and dashes.

    `“No,” he said.` and `"No,"  he\\r\\nsaid.` have the same key.
    """
    plain = "".join(normalize("NFKC", text).split())
    for mark, kinds in _KINDS.items():
        for kind in kinds:
            plain = plain.replace(kind, mark)
    return hash_text(_RUNS.sub(r"\1", plain))


def hash_text(text: str) -> int:
    """Hash a text to a signed 64-bit number, the type that DuckDB and Polars store best."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


# A character -> its variants. NFKC has already replaced no-break spaces and "…".
_KINDS = {
    '"': "'`´‘’‚‛“”„‟«»‹›′″",
    "-": "‐‑‒–—―−⸺⸻",
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff",  # invisible
}
_RUNS = re.compile('(["-])\\1+')  # ``No,'' he said. PARIS (AP) -- The
