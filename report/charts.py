"""Rows -> charts as inline SVG, drawn by Vega-Lite through vl-convert: no browser, no network.

Colours are the page's own (`var(--...)`), so that a chart follows light and dark. The library is imported where it is
used: a page without charts does not need it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

KINDS = ("direct", "indirect", "mixed")
COLOURS = ("var(--series-1)", "var(--series-2)", "var(--series-3)")
STYLE = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--quiet)", "titleColor": "var(--quiet)", "domainColor": "var(--line)",
        "gridColor": "var(--line)", "tickColor": "var(--line)", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": "var(--ink)", "orient": "top", "title": None, "labelFontSize": 12},
}  # fmt: skip


def draw_days(rows: Sequence[dict[str, Any]]) -> Markup:
    """Statements by day (or month), stacked by kind; `day`, `kind`, `statements` of each row."""
    if not rows:
        return Markup("")
    values = [row | {"day": row["day"].isoformat()} for row in rows]
    days = len({row["day"] for row in rows})
    spec = {
        "data": {"values": values}, "width": 960, "height": 200,
        "mark": {"type": "bar", "width": {"band": 0.8}} if days <= 31 else {"type": "area"},
        "encoding": {
            "x": {"field": "day", "type": "ordinal" if days <= 31 else "temporal", "title": None,
                  "axis": {"labelAngle": 0, "labelOverlap": True, "grid": False}},
            "y": {"field": "statements", "type": "quantitative", "title": "statements"},
            "color": {"field": "kind", "scale": {"domain": KINDS, "range": COLOURS}},
            "order": {"field": "kind"},
        },
    }  # fmt: skip
    return _svg(spec, "Statements by day and kind")


def _svg(spec: dict[str, Any], title: str) -> Markup:
    """The chart as an `svg` element that scales with its place; the texts in it are escaped by the library."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg({**spec, "config": STYLE}, allowed_base_urls=[])
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1))


def sparkline(values: Sequence[float], width: int = 90, height: int = 20) -> Markup:
    """A line of the values, the last one marked; nothing when there are fewer than two."""
    if len(values) < 2:
        return Markup("")
    low, high = min(values), max(values)
    step, scale = (width - 6) / (len(values) - 1), (height - 6) / ((high - low) or 1)
    points = [(3 + n * step, height - 3 - (value - low) * scale) for n, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return Markup(
        f'<svg class="spark" width="{width}" height="{height}" role="img" '
        f'aria-label="last {len(values)} runs: {low:.4g} to {high:.4g}">'
        f'<polyline points="{line}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/></svg>'
    )
