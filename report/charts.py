"""Draw charts as inline SVG with Vega-Lite (vl-convert), without a browser or the network.

Colours are CSS variables of the page (`var(--...)`), so that charts follow its light or dark theme. vl-convert is
imported only where it is used, because a page without charts does not need it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from report.explore.charts import Chart, draw_columns, span_of

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
    """Draw statements by day (or month), stacked by kind; each row has `day`, `kind` and `statements`.

    The time axis is continuous: it also shows days without statements.
    """
    if not rows:
        return Markup("")
    values = [row | {"day": row["day"].isoformat()} for row in rows]
    is_monthly = all(row["day"].day == 1 for row in rows) and len({row["day"] for row in rows}) > 1
    spec = {
        "data": {"values": values}, "width": 960, "height": 200, "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "day", "type": "temporal", "title": None,
                  "timeUnit": "utcyearmonth" if is_monthly else "utcyearmonthdate",
                  "axis": {"labelAngle": 0, "labelOverlap": True, "grid": False}},
            "y": {"field": "statements", "type": "quantitative", "title": "statements"},
            "color": {"field": "kind", "scale": {"domain": KINDS, "range": COLOURS}},
            "order": {"field": "kind"},
        },
    }  # fmt: skip
    return _svg(spec, "Statements by day and kind")


def draw_multiples(rows: Sequence[dict[str, Any]]) -> list[tuple[str, int, Markup]]:
    """Draw a small chart for each outlet, on equal axes; return (outlet, number of statements, chart) for each."""
    by_outlet: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_outlet.setdefault(row["outlet"], []).append(row)
    charts = {name: draw_columns(found, span_of(rows)) for name, found in by_outlet.items()}
    highest = max((chart.highest for chart in charts.values() if chart), default=0)
    drawn = [(name, chart.total, _columns(chart, highest)) for name, chart in charts.items() if chart]
    return sorted(drawn, key=lambda one: (-one[1], one[0]))


def _columns(chart: Chart, highest: int) -> Markup:
    width = 240 / len(chart.columns)
    bars = "".join(
        f'<rect x="{at * width:.1f}" y="{60 - 60 * column.count / highest:.1f}" width="{width * 0.8:.1f}" '
        f'height="{60 * column.count / highest:.1f}"><title>{column.label}: {column.count:,}</title></rect>'
        for at, column in enumerate(chart.columns)
        if column.count
    )
    label = f"by {chart.unit} from {chart.columns[0].label} to {chart.columns[-1].label}, at most {chart.highest:,}"
    return Markup(
        f'<svg class="multiple" viewBox="0 0 240 60" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f"{bars}</svg>"
    )


def _svg(spec: dict[str, Any], title: str) -> Markup:
    """Return the chart as an `svg` element that scales with its container; Vega escapes the texts in it."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg({**spec, "config": STYLE}, allowed_base_urls=[])
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1))


def sparkline(values: Sequence[float], width: int = 90, height: int = 20) -> Markup:
    """Draw a line through the values, with a dot at the last value; return nothing for fewer than two values."""
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
