"""The trained models that come with the product, and the fingerprint of the one that finds statements."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def hash_model() -> str:
    """The beginning of the SHA-256 of `tagger.onnx`: another one means that statements are found otherwise."""
    return sha256(files("models").joinpath("tagger.onnx").read_bytes()).hexdigest()[:16]
