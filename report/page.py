"""The data-quality report: a published warehouse in, one HTML page that needs no network out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.connect import query

HERE = Path(__file__).parent
OF_THE_RUN = ("files", "statements", "checks", "failed_checks", "rejects")
OF_ALL_RUNS = ("totals", "kinds", "speakers", "latest")


def render_report(warehouse: Path, out: Path) -> Path:
    """Write the report on `warehouse` to `out` (folders are made, an older page is replaced whole).

    Raises what `warehouse.connect.query` raises when the warehouse is missing or damaged.
    """
    html = _environment().get_template("index.html").render(read_facts(warehouse))
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(out.name + ".next")
    draft.write_text(html, encoding="utf-8")
    return draft.replace(out)


def read_facts(warehouse: Path) -> dict[str, Any]:
    """Everything the page shows: for each query in `report/queries` its rows as dicts, and the verdict."""
    run = _read(warehouse, "run")[0]
    facts: dict[str, Any] = {name: _read(warehouse, name, run["run_id"]) for name in OF_THE_RUN}
    facts |= {name: _read(warehouse, name) for name in OF_ALL_RUNS}
    for single_row in ("files", "statements", "totals"):
        facts[single_row] = facts[single_row][0]
    return facts | {
        "run": run,
        "verdict": judge_checks(facts["checks"]),
        "warehouse": warehouse.name,
        "rendered_at": datetime.now(UTC),
    }


def judge_checks(checks: list[dict[str, Any]]) -> str:
    """One word for the page's badge from the rows of `checks.sql`."""
    failed = {row["severity"] for row in checks if row["failed"]}
    if "critical" in failed:
        return "stopped"
    return "passed with warnings" if "warning" in failed else "passed"


def _read(warehouse: Path, name: str, run_id: str | None = None) -> list[dict[str, Any]]:
    sql = (HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    return query(warehouse, sql, {"run_id": run_id} if run_id else None).to_dicts()


def _environment() -> Environment:
    """Everything is escaped: article text comes from anywhere. Unknown names are errors, not blanks."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["minute"] = lambda value: value.strftime("%Y-%m-%d %H:%M UTC") if value else "?"
    environment.filters["share"] = lambda part, whole: round(100 * part / whole, 1) if whole else 0
    return environment
