"""Templates in `report/templates` -> text, everything in it escaped; and text -> files, each replaced whole."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.charts import sparkline

TEMPLATES = Path(__file__).with_name("templates")


def replace_text(path: Path, text: str) -> Path:
    """Write a file whole: a reader sees the old one or the new one."""
    draft = path.with_name(path.name + ".next")
    try:
        draft.write_text(text, encoding="utf-8")
        return draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


@cache
def environment() -> Environment:
    """The one environment of the report, which keeps the templates it has compiled."""
    return make_environment(TEMPLATES)


def make_environment(folder: Path) -> Environment:
    """Templates of a folder. Everything is escaped: article text comes from anywhere. Unknown names are errors."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = lambda value: f"{value:,}"
    made.filters["figure"] = lambda value: f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    made.filters["minute"] = lambda value: value.strftime("%Y-%m-%d %H:%M UTC") if value else "?"
    made.filters["share"] = lambda part, whole: round(100 * part / whole, 1) if whole else 0
    made.filters["sparkline"] = sparkline
    return made
