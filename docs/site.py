"""Copy the pages of the repository to a folder, from which `make docs-site` builds the site.

    python docs/site.py build/docs

The readme becomes the first page, and a new page lists the decisions. Links to pages of the site are adapted to their
new places; links to anything else, such as code, become plain text.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# Pages that are not in docs/: where they are in the repository, and in the site.
ELSEWHERE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "models/README.md": "model.md",
    "models/references.md": "references.md",
    "training/README.md": "training.md",
    "bench/README.md": "bench.md",
}
LIST = "decisions/index.md"
LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]+)\)")
OUTSIDE = ("http://", "https://", "mailto:", "#")


def build(out: Path) -> None:
    """Empty the folder `out`, then write all pages and their pictures into it."""
    shutil.rmtree(out, ignore_errors=True)
    places = dict(list_pages())
    for source, place in places.items():
        target = out / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            text = fit_links(source.read_text(encoding="utf-8"), source, place, places)
            target.write_text(text, encoding="utf-8")
        else:
            shutil.copy(source, target)
    (out / LIST).write_text(list_decisions(), encoding="utf-8")


def list_pages() -> Iterator[tuple[Path, str]]:
    """Yield each file in the repository that the site needs, and its path in the site."""
    for file in sorted(DOCS.rglob("*")):
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts:
            yield file, file.relative_to(DOCS).as_posix()
    yield from ((ROOT / name, place) for name, place in ELSEWHERE.items() if (ROOT / name).exists())


def fit_links(text: str, source: Path, place: str, places: dict[Path, str]) -> str:
    """The text of a page with its links as they must be in the site."""

    def fit(found: re.Match[str]) -> str:
        mark, words, target = found.groups()
        if target.startswith(OUTSIDE):
            return found[0]
        file, _, anchor = target.partition("#")
        path = Path(os.path.normpath(source.parent / file))
        to = LIST if path == DOCS / "decisions" else places.get(path)
        if to is None:
            return words
        relative = os.path.relpath(to, Path(place).parent).replace(os.sep, "/")
        return f"{mark}[{words}]({relative}{'#' + anchor if anchor else ''})"

    return LINK.sub(fit, text)


def list_decisions() -> str:
    """The page that lists the decisions, each with its date and status."""
    rows = []
    for file in sorted((DOCS / "decisions").glob("*.md")):
        lines = file.read_text(encoding="utf-8").splitlines()
        rows.append(f"| [{lines[0].lstrip('# ')}]({file.name}) | {lines[2].rstrip('.')} |")
    intro = "Each decision says what was decided, why, what it costs, and which alternatives were considered."
    return "\n".join(["# Decisions", "", intro, "", "| decision | date and status |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    build(Path(sys.argv[1]))
