"""Run the named queries of the pages: files in `queries`, with parameters that come from the address of a page.

Values from an address are always bound as parameters. A query may use the relations in the folder `relations`. In the
SQL that a page shows, they are CTEs; when the query runs, they are tables in memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from warehouse.files.catalog import VIEWS
from warehouse.query.figures import COUNTS
from warehouse.query.guard import QueryError
from warehouse.query.live import PARAMETER, Reading, Row, fill

OF_THE_WHOLE = frozenset(
    "figures speakers subjects outlets stories accusations unresolved runs sourcing_of_all new_statements new_subjects "
    "body_pairs spoken_for checks checks_failed rejects changes".split()
)
FOLDER = Path(__file__).with_name("queries")
RELATIONS = FOLDER.with_name("relations")
# The rows of statement_actors, with the columns that an older warehouse may lack.
WITH_STANCES = """
    FROM main.statement_actors UNION ALL BY NAME
    SELECT NULL::VARCHAR AS stance, NULL::FLOAT AS stance_confidence WHERE false"""
COUNTED = FOLDER / "counted"  # the same queries, answered from the counts that publishing stores


def _read_kept() -> str:
    """Return the SQL that builds the tables in memory.

    It has the current views as CTEs, because an older warehouse may lack them.
    """
    kept = (RELATIONS / "kept.sql").read_text(encoding="utf-8")
    replies, threads, positions, changes = (
        (VIEWS / f"{name}.sql").read_text(encoding="utf-8")
        for name in ("replies", "reply_threads", "positions", "stance_changes")
    )
    threads = threads.replace("FROM main.replies", f"FROM (\n{replies})")
    positions = positions.replace("FROM main.statement_actors", f"FROM ({WITH_STANCES})")
    changes = changes.replace("FROM main.positions", "FROM judged")
    for name, sql in (("reply_threads", threads), ("positions", positions), ("stance_changes", changes)):
        kept = kept.replace(f"FROM main.{name}", f"FROM (\n{sql})")
    return kept


KEPT = _read_kept()
# A filter on an id would scan the ids of all statements, so we look up their row numbers instead.
BY_PLACE = {
    "s.statement_id = $id": "s.rowid IN (SELECT place FROM memory.kept.places WHERE id_hash = hash($id))",
    "s.article_id = $id": "s.rowid BETWEEN $first_place AND $last_place",
}
NAMED = re.compile(r"\b(FROM|JOIN) (outlets|people|said|stances|statement_subjects|threads|turns)\b")
SHARED = FOLDER.parents[1] / "queries"  # of the report, for queries that both pages run
BRIEF = 6.0  # seconds for a part of a page that the page can do without
COUNTED_IN_THE_REPORT = frozenset({"new_statements"})  # the report's query is the variant for stored counts
OF_THE_REPORT = frozenset({"new_subjects"})


@dataclass(frozen=True)
class Block:
    """The rows of a query that a page shows; `is_cut` means that the query has more rows.

    All rows can be downloaded from `address`, with the extension of a file format (`.csv`) added to its path.
    """

    name: str
    rows: list[Row]
    sql: str
    address: str
    is_cut: bool = False
    is_late: bool = False  # the query took too long

    def __bool__(self) -> bool:
        return bool(self.rows)


@cache
def query_names() -> frozenset[str]:
    """Return the names of the queries whose rows can be requested by URL."""
    return frozenset(path.stem for path in FOLDER.glob("*.sql")) | OF_THE_REPORT


@cache
def read_query(name: str, *, is_counted: bool = False) -> str:
    """Return the SQL in the file of the named query; with `is_counted`, its variant for stored counts, if any."""
    counted = COUNTED / f"{name}.sql"
    if is_counted and name in COUNTED_IN_THE_REPORT:
        return (SHARED / f"{name}.sql").read_text(encoding="utf-8").strip().replace(COUNTS, "figures.counts")
    folder = COUNTED if is_counted and counted.exists() else SHARED if name in OF_THE_REPORT else FOLDER
    sql = (folder / f"{name}.sql").read_text(encoding="utf-8").strip()
    if "FROM main.accusations" in sql:  # the current view, because an older warehouse may lack it
        view = (VIEWS / "accusations.sql").read_text(encoding="utf-8").strip()
        sql = sql.replace("FROM main.accusations", f"FROM (\n{view}\n)")
    return sql


def _query_for(reading: Reading, name: str) -> str:
    """Return the SQL of a query, which reads stored counts if the warehouse is too large for tables in memory."""
    edition = reading.edition
    return read_query(name, is_counted=edition.has_counts and not edition.has_kept)


def with_relations(sql: str) -> str:
    """Return the query with its relations as CTEs after its first comment, so that any DuckDB client can run it."""
    names = sorted({found[2] for found in NAMED.finditer(sql)})
    if not names:
        return sql
    lines = sql.splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    front = ",\n\n".join(f"{name} AS (\n    {_read_relation(name)}\n)" for name in names)
    rest = "".join(lines[start:])
    is_with = rest.startswith("WITH ")
    joint = ",\n\n" if is_with else "\n\n"
    return "".join(lines[:start]) + f"WITH {front}{joint}{rest.removeprefix('WITH ')}"


@cache
def _read_relation(name: str) -> str:
    return (RELATIONS / f"{name}.sql").read_text(encoding="utf-8").strip().replace("\n", "\n    ")


def on_kept(sql: str) -> str:
    """Return the query with its relations replaced by the tables in memory."""
    for condition, place in BY_PLACE.items():
        sql = sql.replace(condition, f"{place} AND {condition}")
    return NAMED.sub(r"\1 memory.kept.\2", sql)


def _places_of_article(reading: Reading, article_id: str) -> Mapping[str, int]:
    """Return `first_place` and `last_place`: the row numbers of an article's first and last statement in `kept`."""
    sql = "SELECT first_place, last_place FROM memory.kept.spans WHERE id_hash = hash($id)"
    found = reading.rows(sql, {"id": article_id})
    return found[0] if found else {"first_place": -1, "last_place": -1}


def to_run(reading: Reading, sql: str) -> str:
    """Return the query in the form that is fastest on this version of the warehouse."""
    return on_kept(sql) if reading.edition.has_kept else with_relations(sql)


def named_params(name: str, given: Mapping[str, str]) -> dict[str, str | None]:
    """Return the parameters of a query from an address; missing parameters are None."""
    return {param: given.get(param) or None for param in set(PARAMETER.findall(read_query(name)))}


def read_block(reading: Reading, name: str, limit: int, /, **params: Any) -> Block:
    """Return at most `limit` rows of a named query; a query over the whole warehouse runs once per version."""
    key = (name, limit, tuple(sorted(params.items())))
    if name not in OF_THE_WHOLE:
        return _read(reading, name, limit, params)
    block: Block | None = reading.memory.get(key)
    if block is None:
        block = reading.memory[key] = _read(reading, name, limit, params)
    return block


def read_in_time(reading: Reading, name: str, limit: int, /, **params: Any) -> Block:
    """Return at most `limit` rows of a named query or, if that takes too long, a block without rows that says so."""
    try:
        with reading.within(BRIEF):
            return read_block(reading, name, limit, **params)
    except QueryError:
        reading.is_partial = True
        return Block(name, [], _query_for(reading, name), "", is_late=True)


def _read(reading: Reading, name: str, limit: int, params: Mapping[str, Any]) -> Block:
    sql, rows = _query_for(reading, name), run_query(reading, name, params, limit + 1)
    filled = {key: value for key, value in sorted(params.items()) if value is not None}
    return Block(
        name,
        rows[:limit],
        fill(with_relations(sql), params),
        f"/rows/{name}?{urlencode(filled)}",
        is_cut=len(rows) > limit,
    )


def run_query(reading: Reading, name: str, params: Mapping[str, Any], limit: int) -> list[Row]:
    """Return at most `limit` rows of a named query, from the tables in memory if the version has them."""
    sql = to_run(reading, _query_for(reading, name))
    places = _places_of_article(reading, params["id"] or "") if "$first_place" in sql else {}
    return reading.rows(sql, {**params, **places}, limit)
