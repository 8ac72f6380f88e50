"""Render the templates in `report/templates`, with everything escaped, and write files atomically."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.charts import sparkline
from warehouse.query.rejects import without_path

TEMPLATES = Path(__file__).with_name("templates")
ADJACENT = 4  # characters between two pieces of a statement: quotation marks and a space, or a new paragraph


def replace_text(path: Path, text: str) -> Path:
    """Replace a file atomically, so that a reader sees either the old text or the new text."""
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
    """Return the shared environment of the report, which caches compiled templates."""
    return make_environment(TEMPLATES)


def make_environment(folder: Path) -> Environment:
    """Load the templates of a folder. All values are escaped (article text is untrusted); unknown names are errors."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = lambda value: f"{value:,}"
    made.filters["counted"] = lambda number, noun: f"{number:,} {noun if number == 1 else noun + 's'}"
    made.filters["figure"] = lambda value: f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    made.filters["minute"] = lambda value: value.strftime("%Y-%m-%d %H:%M UTC") if value else "?"
    made.filters["share"] = lambda part, whole: round(100 * part / whole, 1) if whole else 0
    made.filters["sparkline"] = sparkline
    made.filters["without_path"] = without_path
    made.globals["join_pieces"] = join_pieces
    return made


def join_pieces(row: dict[str, Any], text: str) -> str:
    """Join the pieces of a statement, with an ellipsis wherever the article has other words between two pieces."""
    spans = row.get("content_spans") or ()
    lengths = [span["end"] - span["start"] for span in spans]
    if len(lengths) < 2 or sum(lengths) + len(lengths) - 1 != len(text):
        return text
    pieces, at = [], 0
    for length in lengths:
        pieces.append(text[at : at + length])
        at += length + 1
    joined = pieces[0]
    for (before, after), piece in zip(pairwise(spans), pieces[1:], strict=True):
        is_cut = after["start"] - before["end"] > ADJACENT
        joined += f" … {piece}" if is_cut else f" {piece}"
    return joined
