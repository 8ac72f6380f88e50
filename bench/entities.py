"""Measure actors on annotated texts: names and resolution as the pipeline runs them, without statements.

    python bench/entities.py GOLD SCORER [--names CACHE]

GOLD is a JSON Lines file of annotated texts ("article", "text"), SCORER the script that compares it with
predictions; --names keeps the name finder's spans in a file between runs. Prints the scorer's table and the cost.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from transforms.extract.names import find_names
from transforms.resolve.article import resolve_article


def read_gold(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def find_spans(documents: list[dict], cache: Path | None) -> list[list[tuple[int, int, str]]]:
    """The name finder's spans of each document, from the cache if there is one."""
    if cache and cache.exists():
        return [[tuple(span) for span in spans] for spans in json.loads(cache.read_text())]
    articles = pl.DataFrame([{"article_id": d["article"], "body": d["text"]} for d in documents])
    started = process_time()
    names = find_names(articles)
    print(f"names: {process_time() - started:.2f} s CPU, loading the model included")
    by_article: dict[str, list[tuple[int, int, str]]] = {d["article"]: [] for d in documents}
    for article_id, *span in names.sort("start").select("article_id", "start", "end", "label").iter_rows():
        by_article[article_id].append(tuple(span))
    found = list(by_article.values())
    if cache:
        cache.write_text(json.dumps(found))
    return found


def predict(document: dict, spans: list[tuple[int, int, str]]) -> dict:
    resolved = resolve_article(document["article"], document["text"], spans)
    actors = [
        {"id": a.actor_id, "kind": a.kind, "name": a.name, "mentions": [[m.start, m.end] for m in a.mentions]}
        for a in resolved.actors
    ]
    return {"article": document["article"], "actors": actors}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--names", type=Path)
    arguments, more = parser.parse_known_args()
    documents = read_gold(arguments.gold)
    spans = find_spans(documents, arguments.names)
    started = process_time()
    predictions = [predict(document, found) for document, found in zip(documents, spans, strict=True)]
    words = sum(len(document["text"].split()) for document in documents)
    print(f"resolution: {process_time() - started:.2f} s CPU for {words} words")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(prediction) + "\n" for prediction in predictions)
        file.flush()
        command = [sys.executable, arguments.scorer, "--gold", arguments.gold, "--pred", file.name, *more]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
