"""The trained models that come with the product, and the fingerprint of all of them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

MODEL_FILES = (".onnx", ".npz")


@cache
def hash_models() -> str:
    """The beginning of a hash over the names and bytes of all model files; it changes when any file changes."""
    found = sha256()
    trained = [file for file in files("models").iterdir() if file.name.endswith(MODEL_FILES)]
    for file in sorted(trained, key=lambda file: file.name):
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]
