"""Stable ids: hashes of content, never counters, clocks or random numbers."""

from __future__ import annotations

import re
from hashlib import blake2b
from unicodedata import normalize


def content_key(*parts: object) -> str:
    """32 hex digits that depend on the parts and their order only.

    Parts are joined with the ASCII unit separator, which is in no name and in no number, so that
    `("ab", "c")` and `("a", "bc")` differ.
    """
    text = "\x1f".join(map(str, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def text_key(text: str) -> int:
    """64 bits that are the same for texts that differ only in line ends, blanks, wraps, and kinds of quotation marks
    and dashes: `“No,” he said.` and `"No,"  he\\r\\nsaid.`.
    """
    plain = "".join(normalize("NFKC", text).split())
    for mark, kinds in _KINDS.items():
        for kind in kinds:
            plain = plain.replace(kind, mark)
    return hash_text(_RUNS.sub(r"\1", plain))


def hash_text(text: str) -> int:
    """64 bits of a text, as a signed number: what DuckDB and Polars keep best."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


# What is set in this or that way -> the ways. NFKC has made no-break blanks plain ones, and "…" three dots.
_KINDS = {
    '"': "'`´‘’‚‛“”„‟«»‹›′″",
    "-": "‐‑‒–—―−⸺⸻",
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff",  # seen by nobody
}
_RUNS = re.compile('(["-])\\1+')  # ``No,'' he said. PARIS (AP) -- The
