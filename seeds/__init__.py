"""Reference data that the transforms read: one CSV a subject, each row checkable by any newspaper reader.

In: the CSV files of this folder. Out: one Polars frame a file, all columns strings, empty cells null.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

import polars as pl


@cache
def read_seed(name: str) -> pl.DataFrame:
    """The rows of `seeds/<name>.csv` as strings; raises FileNotFoundError when there is no such file."""
    content = files("seeds").joinpath(f"{name}.csv").read_bytes()
    return pl.read_csv(content, infer_schema=False)


def split_cell(cell: str | None) -> list[str]:
    """The values of a cell that holds several, written `a|b|c`; an empty list for an empty cell."""
    return [part for part in (cell or "").split("|") if part]


def hash_seeds() -> str:
    """The beginning of a hash over all CSV files: another one means that a seed has changed."""
    found = sha256()
    tables = [file for file in files("seeds").iterdir() if file.name.endswith(".csv")]
    for file in sorted(tables, key=lambda file: file.name):
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]
