"""Write the expected files of golden cases, for review:

    python -m tests.golden_files            all of them

Each file in `golden_formats/<format>/` gets a new `<file>.expected.json` with what the reader finds in it today, and
`git diff` shows what changed. Each folder in `golden/` with an `article.txt` but no `expected.json` gets this file with
the statements found; an existing `expected.json` was annotated by hand and stays. Whoever commits a file vouches
for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.steps import Way, build_from_files
from transforms.readers import read_records

HERE = Path(__file__).parent
FORMATS, ARTICLES = HERE / "golden_formats", HERE / "golden"
FIELDS = ("headline", "byline", "agency", "outlet", "dateline_place", "published_on", "url")
LEFT_OUT = ("path", "header_spans", "body_start")  # tested with plain text


def golden_files() -> list[Path]:
    """Return the input files of `golden_formats`."""
    return sorted(path for path in FORMATS.glob("*/*") if not path.name.endswith(".expected.json"))


def expected_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.expected.json")


def read_golden(path: Path) -> dict[str, Any]:
    """Return what the reader finds in a file: its format, the fields that are not null, and the reasons of rejects."""
    reading = read_records(path.read_bytes(), path.name)
    records = [
        {
            name: value.isoformat() if name == "published_on" else value
            for name, value in row.items()
            if value is not None and name not in LEFT_OUT
        }
        for row in reading.records.iter_rows(named=True)
    ]
    rejects = [[reject.record_no, reject.reason_code, reject.reason] for reject in reading.rejects]
    return {"format": reading.format, "articles": records, "rejects": rejects}


def draft_case(way: Way, case: str) -> dict[str, Any]:
    """Return the statements found in the article of one case, in the form of `expected.json`."""
    article = way.links.filter(path=case).join(way.articles, on="article_id").row(0, named=True)
    actors = way.tables["actors"].select("actor_id", speaker="name", speaker_kind="kind")
    statements = (
        way.tables["statements"]
        .filter(article_id=article["article_id"])
        .join(actors, on="actor_id", how="left")
    )
    return {
        "article": {name: str(article[name]) for name in FIELDS if article[name] is not None},
        "statements": list(_statements(statements.sort("seq_no").rows(named=True), article["body"])),
    }


def _statements(rows: list[dict[str, Any]], body: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        is_named = row["speaker_kind"] not in (None, "unnamed", "group")
        yield {
            "content": [body[span["start"] : span["end"]] for span in row["content_spans"]],
            "source": row["source"] or "",
            "cue": row["cue"],
            "kind": row["kind"],
            "speaker": row["speaker"] if is_named else None,
            "speaker_kind": row["speaker_kind"],
        } | ({"role": row["role"]} if row["role"] else {})


def _write(path: Path, content: dict[str, Any], indent: int) -> None:
    text = json.dumps(content, indent=indent, ensure_ascii=False) + "\n"
    if not path.exists() or json.loads(path.read_text(encoding="utf-8")) != content:
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(HERE.parent)}")


def main() -> None:
    for path in golden_files():
        _write(expected_file(path), read_golden(path), indent=1)
    new = [
        folder
        for folder in sorted(ARTICLES.iterdir())
        if folder.is_dir() and not (folder / "expected.json").exists()
    ]
    if new:
        way = build_from_files({folder.name: (folder / "article.txt").read_bytes() for folder in new})
        for folder in new:
            _write(folder / "expected.json", draft_case(way, folder.name), indent=1)
    print("Review what was written with `git diff` and `git status`; from now on, the tests expect it.")


if __name__ == "__main__":
    main()
