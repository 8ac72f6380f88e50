"""Draw the cost of 100 more articles against the size of the warehouse: `python -m bench.picture`.

`bench.increments` calls it. It reads `results/increments.json` and writes `results/increments.svg`, with logarithmic
axes and the goal (1.2 times the cost on the smallest warehouse) as a dashed line.
"""

from __future__ import annotations

import json
from itertools import cycle
from math import log10
from pathlib import Path
from xml.sax.saxutils import escape

RESULTS = Path(__file__).with_name("results")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 60, 150, 20, 50
GOAL = 1.2  # this many times the cost on the smallest warehouse
COLORS = ("#8a8f98", "#1f5fbf", "#2e7d32", "#8e5bb5")
Series = dict[str, dict[str, float]]


def main() -> None:
    series: Series = json.loads((RESULTS / "increments.json").read_text(encoding="utf-8"))["cpu_seconds"]
    (RESULTS / "increments.svg").write_text(draw(series) + "\n", encoding="utf-8")


def draw(series: Series) -> str:
    """Draw CPU seconds as an SVG; `series` has the seconds by name and number of articles."""
    points = {
        name: sorted((int(size), cpu) for size, cpu in figures.items()) for name, figures in series.items()
    }
    sizes = [size for line in points.values() for size, _ in line]
    costs = [cost for line in points.values() for _, cost in line]
    first, last = log10(min(sizes)), log10(max(sizes))
    low, high = log10(min(costs)) - 0.2, log10(max(costs)) + 0.1

    def place(size: float, cost: float) -> tuple[float, float]:
        x = LEFT + (log10(size) - first) / ((last - first) or 1) * (WIDTH - LEFT - RIGHT)
        return x, TOP + (high - log10(cost)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    goal = GOAL * min(cost for line in points.values() for size, cost in line if size == min(sizes))
    parts = [_line([place(min(sizes), goal), place(max(sizes), goal)], "#b3261e", "5 4")]
    parts += _label(*place(max(sizes), goal), "goal: 1.2 times", "#b3261e")
    for color, (name, line) in zip(cycle(COLORS), points.items(), strict=False):
        places = [place(*point) for point in line]
        parts += [
            _line(places, color),
            *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>' for x, y in places),
        ]
        parts += _label(*places[-1], name, color)
    parts += [
        _text(place(size, 10**low)[0], HEIGHT - 28, f"{size:,}", "middle") for size in sorted(set(sizes))
    ]
    ticks = [cost for cost in (5, 10, 20, 50, 100) if low <= log10(cost) <= high]
    parts += [_text(LEFT - 8, place(min(sizes), cost)[1] + 4, str(cost), "end") for cost in ticks]
    parts += [_text(LEFT, HEIGHT - 8, "articles in the warehouse; CPU seconds of a run of 100 more", "start")]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _line(places: list[tuple[float, float]], color: str, dashes: str = "none") -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dashes}"/>'


def _label(x: float, y: float, text: str, color: str) -> list[str]:
    return [_text(x + 8, y + 4, text, "start", color)]


def _text(x: float, y: float, text: str, anchor: str, color: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'


if __name__ == "__main__":
    main()
