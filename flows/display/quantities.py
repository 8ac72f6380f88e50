"""Format quantities for people: `1 row`, `2 rows`, `0.4 s`, `12 min 5 s`, `1.2 MB`."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """Format a number with its noun: `1 row`, `2,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Format a duration: `0.4 s`, `31 s`, `12 min 5 s`, `3 h 20 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(number: int) -> str:
    """Format a number of bytes: `640 kB`, `1.2 MB`, `35 GB`."""
    amount, unit = float(number), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.5 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:,.1f} {unit}" if amount < 9.95 and unit != "B" else f"{amount:,.0f} {unit}"
