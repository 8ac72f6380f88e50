"""Read from a published warehouse all values that the report page and `report.json` show.

Each query is in `report/queries` and returns a bounded number of rows, whatever the size of the warehouse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schema.derive import literal, sql_type
from schema.table import Table
from schema.tables import TABLES
from warehouse.files.connect import connect_readonly
from warehouse.query.changes import count_changes
from warehouse.query.figures import show_figures

QUERIES = Path(__file__).with_name("queries")
OF_THE_RUN = ("files", "statements", "checks", "severities", "rejects", "metrics", "seconds", "new_statements",
              "new_subjects", "earlier_warnings")  # fmt: skip
OF_ALL_RUNS = ("totals", "kinds", "speakers", "subjects", "naming", "outlets", "outlets_by_day", "days", "dated",
               "unresolved", "merges", "extractors", "history", "latest", "corrections", "killed")  # fmt: skip
SHOWN = {"new_statements": 8, "new_subjects": 15}  # rows shown; the queries return more, for the explorer
SINGLE = ("files", "statements", "totals", "dated")
EMPTY = {"examples": "[]", "parameters": "{}"}
MAX_ITEMS = 100  # most items in any list
MAX_TEXT = 3000  # characters of any text; the longest text that the report shows in full is a query

Facts = dict[str, Any]


def read_facts(warehouse: Path) -> Facts:
    """Return the rows of each query by its name, and the values derived from them.

    Raises what `warehouse.files.connect.query` raises when the warehouse is missing or damaged.
    """
    with connect_readonly(warehouse) as connection:
        show_figures(connection)
        run = _rows(connection, "run")[0]
        facts: Facts = {name: _rows(connection, name, run["run_id"]) for name in OF_THE_RUN}
        facts |= {name: _rows(connection, name) for name in OF_ALL_RUNS}
    for name in SINGLE:
        facts[name] = facts[name][0]
    for check in facts["checks"]:
        check["sql"] = on_published(check["sql"] or "")
    since, parameters = run["previous_no"] or 0, run["parameters"]
    return facts | {
        "run": run
        | {
            "paths": parameters.get("paths", []),
            "seeds": parameters.get("seeds"),
            "model": parameters.get("model"),
        },
        "verdict": judge_checks(facts["severities"]),
        "banner": [row for row in facts["checks"] if not row["success"] and row["severity"] != "info"],
        "changes": count_changes(warehouse, since).to_dicts() if run["version_no"] else [],
        "balance": balance(facts["files"]),
        "dictionary": list(describe_tables()),
        "warehouse": warehouse.name,
        "rendered_at": datetime.now(UTC),
    }


def judge_checks(severities: list[dict[str, Any]]) -> str:
    """Return the text of the badge on the page, from the rows of `severities.sql`."""
    failed = {row["severity"] for row in severities if row["failed"]}
    if "critical" in failed:
        return "stopped"
    return "passed with warnings" if "warning" in failed else "passed"


def balance(files: dict[str, int]) -> dict[str, int]:
    """Return how many files and how many articles no outcome accounts for; both are 0 unless there is a bug."""
    parts = ("loaded", "duplicate", "rejected")
    return {
        "files": files["found"] - sum(files[part] for part in (*parts, "unchanged")),
        "articles": files["articles_found"] - sum(files[f"articles_{part}"] for part in parts),
    }


def on_published(sql: str) -> str:
    """Rewrite a check's query to read published tables, because publishing removes the staged tables."""
    for table in sorted(TABLES, key=lambda table: -len(table.name)):
        sql = sql.replace(f"staging.{table.name}", table.qualified).replace(
            f'staging."{table.name}"', table.qualified
        )
    return sql


def describe_tables() -> Iterator[dict[str, Any]]:
    """Yield the data dictionary: each table with its grain, key and columns."""
    for table in TABLES:
        yield {"name": _shown(table), "grain": table.grain, "key": list(table.key), "columns": [
            {"name": column.name, "type": sql_type(column.dtype), "doc": column.doc} for column in table.columns
        ]}  # fmt: skip


def _shown(table: Table) -> str:
    return table.name if table.schema == "main" else table.qualified


def facts_json(facts: Facts) -> str:
    """Return the facts as one JSON object with times in ISO 8601, without the data dictionary (see docs/tables.md)."""
    shown = {name: value for name, value in facts.items() if name != "dictionary"}
    return json.dumps(shown, ensure_ascii=False, default=_iso, indent=1)


def _iso(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _rows(connection: Any, name: str, run_id: str | None = None) -> list[dict[str, Any]]:
    sql = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    if name in SHOWN:
        sql = f"FROM ({sql}) LIMIT {SHOWN[name]}"
    if run_id:  # DuckDB runs a query with parameters to its end before it returns, and keeps all rows
        sql = sql.replace("$run_id", literal(run_id))
    rows = connection.sql(sql).pl().to_dicts()
    return [{key: _bounded(_opened(key, value)) for key, value in row.items()} for row in rows]


def _opened(key: str, value: Any) -> Any:
    """Parse a value that the ledger keeps as JSON, because `_bounded` could truncate the JSON and make it invalid."""
    return json.loads(value or EMPTY[key]) if key in EMPTY else value


def _bounded(value: Any) -> Any:
    """Shorten long texts and lists, to limit the size of the page."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[: MAX_TEXT - 1] + "…"
    if isinstance(value, dict):
        return {key: _bounded(item) for key, item in value.items()}
    return [_bounded(item) for item in value[:MAX_ITEMS]] if isinstance(value, list) else value
