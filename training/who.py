"""Convert annotated news to the form that `corpus.py` reads: `python -m training.who ANNOTATED --out FOLDER`.

ANNOTATED has one article per line, with statements that name their `speakers` and may be `optional`. Writes
`learn.jsonl` and `held_out.jsonl`; every fifth article, chosen by the hash of its text, is held out.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any
from zlib import crc32

HELD_OUT = 5  # one article in this many is held out
_CONJUNCTION = re.compile(r"\b(?:that|whether|if)\s+$", re.IGNORECASE)


def convert(article: dict[str, Any]) -> dict[str, Any]:
    """Add the conjunction to contents with a cue, and a source to statements that have neither cue nor source.

    The guide for annotators leaves the conjunction out; PolNeAR includes it. A statement without cue and source gets
    the source of the last statement before it that has a source and the same speakers: there the text names them.
    """
    text, found = article["text"], []
    sources: dict[tuple[Any, ...], list[Any]] = {}
    for statement in sorted(article["statements"], key=lambda s: s["content"][0][0]):
        speakers = tuple(statement["speakers"])
        source = statement["source"] or (None if statement["cue"] else sources.get(speakers))
        if statement["source"]:
            sources[speakers] = statement["source"]
        (start, end), *rest = statement["content"]
        conjunction = _CONJUNCTION.search(text, max(0, start - 12), start)
        if conjunction and statement["cue"]:
            start = conjunction.start()
        found.append(
            {"content": [[start, end], *rest], "cue": statement["cue"], "source": source,
             "optional": bool(statement["optional"]), "speakers": statement["speakers"]}
        )  # fmt: skip
    return {"article": article["article"], "text": text, "statements": found}


def is_held_out(article: dict[str, Any]) -> bool:
    """Whether an article is held out for choosing thresholds. The choice is the same in every run."""
    return crc32(article["text"].encode()) % HELD_OUT == 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("annotated", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with options.annotated.open(encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines if line.strip()]
    for name, wanted in (("learn", False), ("held_out", True)):
        rows = [json.dumps(convert(a), ensure_ascii=False) for a in articles if is_held_out(a) is wanted]
        (options.out / f"{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
