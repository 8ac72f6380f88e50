"""Read the reference data of the transforms: one CSV file per subject, with rows that any newspaper reader can check.

Each file is read as a frame in which all columns are strings and empty cells are null.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

import polars as pl


@cache
def read_seed(name: str) -> pl.DataFrame:
    """The rows of `seeds/<name>.csv`; all columns are strings. Raises FileNotFoundError if there is no such file."""
    content = files("seeds").joinpath(f"{name}.csv").read_bytes()
    return pl.read_csv(content, infer_schema=False)


def split_cell(cell: str | None) -> list[str]:
    """The values in a cell, which are separated by bars (`a|b|c`); an empty list for an empty cell."""
    return [part for part in (cell or "").split("|") if part]


def hash_seeds() -> str:
    """The first 16 hex digits of a hash of all CSV files, which changes when any file changes."""
    digest = sha256()
    tables = [file for file in files("seeds").iterdir() if file.name.endswith(".csv")]
    for file in sorted(tables, key=lambda file: file.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
