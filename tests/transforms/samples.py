"""Small articles of invented people, with the names and statements that the models would find in them."""

from __future__ import annotations

import datetime as dt

import polars as pl

from transforms.frames import FOUND_NAMES, FOUND_STATEMENTS
from transforms.keys import content_key

PERSON, ORG, GPE, NORP = "PERSON", "ORG", "GPE", "NORP"
ARTICLES = pl.Schema({"article_id": pl.String, "body": pl.String, "published_on": pl.Date})
DAY = dt.date(2021, 5, 4)


def places(body: str, words: str) -> list[int]:
    return [i for i in range(len(body)) if body.startswith(words, i)]


def frames(
    body: str,
    names: dict[str, str],
    said: list[tuple[str | None, str, str]],
    article_id: str | None = None,
    day: dt.date | None = DAY,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return frames of an article, its statements (source, cue, content; the source next to the cue) and its names."""
    key = article_id or content_key(body)
    rows = []
    for number, (source, cue, content) in enumerate(said, 1):
        cue_start, start = body.index(cue), body.index(content)
        source_start = min(places(body, source), key=lambda i: abs(i - cue_start)) if source else None
        rows.append(
            {
                "article_id": key, "seq_no": number, "kind": "indirect", "confidence": 0.9,
                "content_spans": [{"start": start, "end": start + len(content)}],
                "cue_start": cue_start, "cue_end": cue_start + len(cue),
                "source_start": source_start, "source_end": source_start + len(source) if source else None,
            }
        )  # fmt: skip
    found = [(i, i + len(name), label) for name, label in names.items() for i in places(body, name)]
    spans = [  # the name finder gives no name within another
        {"article_id": key, "start": start, "end": end, "label": label}
        for start, end, label in found
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in found)
    ]
    return (
        pl.DataFrame([{"article_id": key, "body": body, "published_on": day}], ARTICLES),
        pl.DataFrame(rows, FOUND_STATEMENTS),
        pl.DataFrame(spans, FOUND_NAMES),
    )
