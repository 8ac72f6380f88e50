"""The named queries of the explorer's pages: a file in `queries` and its parameters in, rows and their SQL out.

Values from an address are bound as parameters, never written into a query that is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from warehouse.query.live import PARAMETER, Reading, Row, fill

OF_THE_WHOLE = frozenset(
    "figures speakers subjects outlets stories edges unresolved runs sourcing_of_all new_statements new_subjects "
    "body_pairs spoken_for checks checks_failed rejects".split()
)
FOLDER = Path(__file__).with_name("queries")
SHARED = FOLDER.parents[1] / "queries"  # the report's: what is new is the same here and there
OF_THE_REPORT = frozenset({"new_statements", "new_subjects"})


@dataclass(frozen=True)
class Block:
    """The rows of one query as a page shows them; `is_cut`: there are more, which `address` (less the form) gives."""

    name: str
    rows: list[Row]
    sql: str
    address: str
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows)


@cache
def query_names() -> frozenset[str]:
    """The names that an address may ask for."""
    return frozenset(path.stem for path in FOLDER.glob("*.sql")) | OF_THE_REPORT


@cache
def read_query(name: str) -> str:
    """The text of one query."""
    folder = SHARED if name in OF_THE_REPORT else FOLDER
    return (folder / f"{name}.sql").read_text(encoding="utf-8").strip()


def named_params(name: str, given: Mapping[str, str]) -> dict[str, str | None]:
    """The parameters of a query from an address; what is left out is null."""
    return {param: given.get(param) or None for param in set(PARAMETER.findall(read_query(name)))}


def read_block(reading: Reading, name: str, limit: int, /, **params: Any) -> Block:
    """At most `limit` rows of a named query; of the whole warehouse they are asked for once a version."""
    key = (name, limit, tuple(sorted(params.items())))
    if name not in OF_THE_WHOLE:
        return _read(reading, name, limit, params)
    block: Block | None = reading.memory.get(key)
    if block is None:
        block = reading.memory[key] = _read(reading, name, limit, params)
    return block


def _read(reading: Reading, name: str, limit: int, params: Mapping[str, Any]) -> Block:
    sql = read_query(name)
    rows = reading.rows(sql, params, limit + 1)
    told = {key: value for key, value in sorted(params.items()) if value is not None}
    return Block(
        name, rows[:limit], fill(sql, params), f"/rows/{name}?{urlencode(told)}", is_cut=len(rows) > limit
    )
