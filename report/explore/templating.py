"""The explorer's templates: everything is escaped, and an unknown name is an error, as in the report's."""

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
    """The one environment of the pages."""
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
    """The report's style and what the explorer adds."""
    report = (HERE.parent / "templates" / "style.css").read_text(encoding="utf-8")
    return report + (HERE / "static" / "explore.css").read_text(encoding="utf-8")


@cache
def script() -> str:
    """The little that pages do by themselves."""
    return (HERE / "static" / "explore.js").read_text(encoding="utf-8")


@cache
def read_static(name: str) -> str:
    """A style or script that one page alone has."""
    return (HERE / "static" / name).read_text(encoding="utf-8")


def path(place: str, **params: Any) -> str:
    """An address with its parameters; those without a value are left out."""
    told = {name: value for name, value in params.items() if value not in (None, "")}
    return f"{place}?{urlencode(told)}" if told else place


def safe_link(url: str | None) -> str | None:
    """An address that leads to the web, and nothing else: `javascript:` does not."""
    return url if url and url.lower().startswith(("https://", "http://")) else None
