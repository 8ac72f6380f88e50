"""The files of a report: its next version replaces them, and no run reads them as articles."""

from __future__ import annotations

import re
from pathlib import Path

ARTICLE_PAGE = re.compile(r"[0-9a-f]{32}\.html")  # named after the article's id


def article_pages(folder: Path) -> list[Path]:
    """The pages of articles that reports wrote into `folder`; any other file there is somebody else's."""
    return sorted(path for path in folder.glob("*.html") if ARTICLE_PAGE.fullmatch(path.name))


def report_files(page: Path) -> list[Path]:
    """The report at `page` with all files written next to it."""
    return [page, page.with_name("report.json"), *article_pages(page.parent / "articles")]
