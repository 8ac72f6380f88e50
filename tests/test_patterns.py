"""Every regular expression of the product takes time linear in the length of its text."""

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("transforms", "warehouse", "flows", "report", "expectations", "seeds", "schema")
# Characters. The longer text takes four times as long if the time is linear, sixteen times if it is quadratic, and 64
# times if it is cubic.
SHORT, LONG = 2_500, 10_000
SECONDS = 0.03  # CPU seconds for LONG; a quadratic pattern takes more
QUICK = SECONDS / 64  # CPU seconds for SHORT; a pattern that takes less cannot take SECONDS for LONG
SCANS = ("search", "finditer", "findall", "sub", "subn", "split")
FILLS = " \n\t-–aA9.,<(\"&/=#_é“>:;@{[|'"
UNITS = (
    "ab ", "A. ", "Ab ", "1 ", "&#", "<a ", '("', ". ", "\n ", "--", " -", "a@", ".a", "://", "a:", "=?", "Ab-",
    "1,", "’s ", "&lt;", "\\n", "a=b ", "(a", "a/",
)  # fmt: skip
LITERALS = re.compile(r"(?<![\\\w])[\w<!?&/:@#-]{2,30}")
# These only match from the start (through a loop variable), or search a text that consists of their matches.
MATCHED = {"_JAVASCRIPT", "_UNIX", "_ONE_ATTRIBUTE"}
BOUNDED = {  # pattern -> the constant that bounds the text it is used on
    ("transforms.articles.timestamps", "_TIME"): "_LONGEST",
    ("transforms.articles.timestamps", "_ZONE"): "_LONGEST",
    ("transforms.articles.timestamps", "_SECONDS"): "_LONGEST",
    ("transforms.readers.fields.dates", "_WHOLE_DATES"): "_LONGEST",
    ("transforms.readers.fields.dates", "_OPENING_DATES"): "_LONGEST",
    ("transforms.readers.fields.dates", "_DAY_AND_MONTH"): "_LONGEST",
}


class Used(NamedTuple):
    """A compiled pattern, and whether the product searches with it or only matches from the start."""

    pattern: re.Pattern
    scans: bool


@cache
def all_sources() -> str:
    return "\n".join(
        path.read_text("utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )


@cache
def patterns() -> dict[tuple[str, str], Used]:
    """Return all compiled patterns of the product's modules, each under the first name it has."""
    found: dict[tuple[object, int], tuple[str, str, Used]] = {}
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in _patterns_of(value):
                    used = Used(pattern, scans=_is_scanned(importlib.import_module(module.name), name, value))
                    found.setdefault((pattern.pattern, pattern.flags), (module.name, name, used))
    return {(module, name): used for module, name, used in found.values()}


def _patterns_of(value: object) -> list[re.Pattern]:
    values = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
    )
    return [one for one in values if isinstance(one, re.Pattern)]


def _is_scanned(module: ModuleType, name: str, value: object) -> bool:
    if name in MATCHED:
        return False
    source = inspect.getsource(module) if name.startswith("_") else all_sources()
    methods = (
        set(re.findall(rf"(?<!\w){name}\.([a-z]+)\b", source)) if isinstance(value, re.Pattern) else set()
    )
    return not methods or bool(methods & set(SCANS))


def attacks(pattern: re.Pattern) -> Iterator[tuple[str, str]]:
    """Yield a prefix and a unit to repeat after it, made of single marks, short words and the pattern's literals."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    literals = list(dict.fromkeys(LITERALS.findall(source)))[:8]
    yield from (("", unit) for unit in (*FILLS, *UNITS, *literals))
    yield from ((literal, fill) for literal in literals for fill in " \na-")


def seconds(used: Used, text: str) -> float:
    """Return the CPU seconds of searching a text, or of matching it from its start with `match` and `fullmatch`."""
    data = text if isinstance(used.pattern.pattern, str) else text.encode("utf-8", "replace")
    began = time.process_time()
    if used.scans:
        for _ in used.pattern.finditer(data):
            pass
    else:
        used.pattern.match(data)
        used.pattern.fullmatch(data)
    return time.process_time() - began


def is_slow(used: Used, start: str, unit: str) -> bool:
    """Whether the time grows with the square of the length."""
    before = seconds(used, start + (unit * SHORT)[:SHORT])
    if before < QUICK or before > 10 * SECONDS:
        return before > QUICK
    after = seconds(used, start + (unit * LONG)[:LONG])
    return after > SECONDS and after > 8 * before


def slow_attack(used: Used) -> tuple[str, str] | None:
    """Return the first attack that is slow both times it is measured, or None."""
    return next((a for a in attacks(used.pattern) if is_slow(used, *a) and is_slow(used, *a)), None)


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_no_pattern_takes_the_square_of_the_time(package):
    slow = {
        key: found
        for key, used in patterns().items()
        if key[0].split(".")[0] == package and key not in BOUNDED and (found := slow_attack(used))
    }
    assert not slow


def test_quadratic_patterns_are_recognised():
    assert slow_attack(Used(re.compile(r"<!DOCTYPE[^\[>]*(?:\[[^\]]*\])?\s*>"), scans=False))
    assert slow_attack(Used(re.compile(rb"\s+x"), scans=True))
    assert not slow_attack(Used(re.compile(r"\s{1,9}x"), scans=True))


def test_bounded_patterns_exist():
    assert BOUNDED.keys() <= patterns().keys()
