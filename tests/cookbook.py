"""Build a warehouse of two versions from the sample articles, and write its answers into `docs/cookbook.md`.

    python -m tests.cookbook docs/cookbook.md            runs the queries and writes their answers into the page
    python -m tests.cookbook --check docs/cookbook.md    exit code 1 when an answer is out of date

A query is a block of SQL; the table below it is its answer.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from flows.display.answers import write_answer
from flows.run.across_articles import resolve_all
from flows.run.ledger import HANDLED, LEFT_OUT, build_files, run_row
from tests.steps import build_from_files
from transforms.keys import content_key
from warehouse.query.ask import ask
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

ROOT = Path(__file__).parents[1]
SAMPLES = (ROOT / "seeds" / "articles", ROOT / "docs" / "cookbook")
QUERY = re.compile(r"```sql\n(?P<sql>.*?)```\n(?:\n(?:\|[^\n]*\n)+)?", re.DOTALL)


def build_sample(path: Path) -> Path:
    """Publish the sample articles: articles until March 2024 as version 1, all others as version 2."""
    files = {file.name: file.read_bytes() for folder in SAMPLES for file in sorted(folder.glob("*.txt"))}
    early = {name for name in files if name < "2024-04"}
    for run_id, names in (("sample-1", early), ("sample-2", files.keys() - early)):
        _publish_files(path, run_id, {name: files[name] for name in sorted(names)})
    return path


def _publish_files(path: Path, run_id: str, files: dict[str, bytes]) -> None:
    way = build_from_files(files)
    tables = {"articles": way.articles} | way.tables
    tables = {
        name: frame.with_columns(run_id=pl.lit(run_id)) if "run_id" in frame.columns else frame
        for name, frame in tables.items()
    }
    handled = [
        (name, content_key(content), "text", None, len(content), None, False)
        for name, content in files.items()
    ]
    places = way.links.select("path", "article_id", is_loaded=pl.col("is_first"))
    ledger = build_files(pl.DataFrame(handled, HANDLED, orient="row"), places, LEFT_OUT.to_frame(), run_id)
    moment = datetime(2024, 6, 3, tzinfo=UTC)
    with open_next(path, run_id) as version:
        version.stage(tables | {"files": ledger, "runs": run_row(run_id, moment, moment, "sample", {})})
        resolve_all(version)
        publish(version)


def answer_page(page: str, warehouse: Path) -> str:
    """Return the text of the page, with the answer to each query below that query."""
    return QUERY.sub(lambda block: f"```sql\n{block['sql']}```\n\n{_answer(block['sql'], warehouse)}", page)


def _answer(sql: str, warehouse: Path) -> str:
    out = io.BytesIO()
    for answer in ask(warehouse, sql):
        write_answer(answer, "markdown", out)
    return out.getvalue().decode()


def read_queries(page: str) -> dict[str, str]:
    """Map headings of a page to the queries below them; several queries under one heading are numbered."""
    queries: dict[str, str] = {}
    for section in page.split("\n## ")[1:]:
        heading = section.partition("\n")[0]
        for number, block in enumerate(QUERY.finditer(section), 1):
            queries[heading if number == 1 else f"{heading} ({number})"] = block["sql"]
    return queries


def main(arguments: list[str] | None = None) -> int:
    """Write the answers into the page, or compare them with `--check`; return 0 if all are current, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.cookbook", description=__doc__)
    parser.add_argument("page", type=Path, help="docs/cookbook.md")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when an answer is not current"
    )
    options = parser.parse_args(arguments)
    old = options.page.read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        new = answer_page(old, build_sample(Path(folder) / "sample.duckdb"))
    if not options.check:
        options.page.write_text(new, encoding="utf-8")
    elif new != old:
        print(f"{options.page} is not current; write it with: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
