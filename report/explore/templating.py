"""Load the explorer's templates. As in the report, all values are escaped and unknown names are errors."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment

from report.explore.labels import in_words, name_country
from report.explore.marks import mark_words
from report.explore.pages import actor_path, judge_run
from report.templating import make_environment

HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the shared environment of the pages."""
    made = make_environment(HERE / "templates")
    made.globals |= {"actor_path": actor_path, "path": path, "mark_words": mark_words, "judge_run": judge_run}
    made.filters |= {
        "safe_link": safe_link,
        "shell": shlex.quote,
        "country": name_country,
        "in_words": in_words,
    }
    return made


@cache
def style() -> str:
    """Return the report's style sheet with the explorer's rules appended."""
    report = (HERE.parent / "templates" / "style.css").read_text(encoding="utf-8")
    return report + (HERE / "static" / "explore.css").read_text(encoding="utf-8")


@cache
def script() -> str:
    """Return the script that all pages load."""
    return (HERE / "static" / "explore.js").read_text(encoding="utf-8")


@cache
def read_static(name: str) -> str:
    """Return a style sheet or script of a single page."""
    return (HERE / "static" / name).read_text(encoding="utf-8")


def path(place: str, **params: Any) -> str:
    """Return an address with its parameters; leave out parameters that have no value."""
    given = {name: value for name, value in params.items() if value not in (None, "")}
    return f"{place}?{urlencode(given)}" if given else place


def safe_link(url: str | None) -> str | None:
    """Return the address if it is http or https, else None: a `javascript:` link would run code."""
    return url if url and url.lower().startswith(("https://", "http://")) else None
