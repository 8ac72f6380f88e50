"""List the files of a report. The next report replaces them, and runs do not read them as articles."""

from __future__ import annotations

import re
from pathlib import Path

ARTICLE_PAGE = re.compile(r"[0-9a-f]{32}\.html")  # named after the article's id


def article_pages(folder: Path) -> list[Path]:
    """List the pages of articles that reports wrote into `folder`; ignore other files in it."""
    return sorted(path for path in folder.glob("*.html") if ARTICLE_PAGE.fullmatch(path.name))


def report_files(page: Path) -> list[Path]:
    """The report at `page` and all files that it writes next to it."""
    return [page, page.with_name("report.json"), *article_pages(page.parent / "articles")]
