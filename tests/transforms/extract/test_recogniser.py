"""Names are those that spaCy's own walk through a text finds, in the same order."""

from __future__ import annotations

import importlib
import random
from pathlib import Path

import pytest

from demo import build_demo
from transforms.extract import recogniser
from transforms.extract.name_finder import NAME_MODEL, load_name_model
from transforms.extract.recogniser import Recogniser

SAMPLES = Path(__file__).parents[3] / "seeds" / "articles"
WORDS = (
    "Bank of England the United Nations John Smith said 12 % on Monday March 's - 東京 é . , ( ) President European"
    " Commission 1,000 euros in London \n \n\n and"
).split(" ")


@pytest.fixture(scope="module")
def pipeline():
    """The pipeline as it is shipped, but for what does not find names."""
    others = ["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
    return importlib.import_module(NAME_MODEL).load(exclude=others)


def expect_the_same(texts, pipeline):
    expected = [
        [(name.start_char, name.end_char, name.label_) for name in doc.ents] for doc in pipeline.pipe(texts)
    ]
    assert sum(map(len, expected)) > len(texts)
    assert load_name_model().find(texts) == expected


def test_in_articles(pipeline):
    samples = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(SAMPLES.glob("*.txt"))]
    assert samples
    generated = [body for tables in build_demo(50, seed=3) for body in tables["articles"]["body"]]
    expect_the_same(samples + generated, pipeline)


def test_in_words_at_random(pipeline):
    """Names at the ends of texts, names in a row, breaks within them."""
    chance = random.Random(1)
    expect_the_same([" ".join(chance.choices(WORDS, k=chance.randint(1, 60))) for _ in range(500)], pipeline)


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\n\n"], ["Obama"], ["New York", ""]])
def test_in_next_to_nothing(texts, pipeline):
    found = [
        [(name.start_char, name.end_char, name.label_) for name in doc.ents] for doc in pipeline.pipe(texts)
    ]
    assert load_name_model().find(texts) == found


def test_words_are_forgotten_when_there_are_many(monkeypatch, pipeline):
    texts = ["Zarquelda Vintaplox of Brimwastle met the Grunfeld Council.", "Zarquelda Vintaplox spoke."]
    names = Recogniser(pipeline)
    kept = names.find(texts)
    assert all(kept)
    monkeypatch.setattr(recogniser, "WORDS_KEPT", 0)
    assert names.find(texts) == kept
    names.find(["Oddlemire Quastenpoort said so."])
    assert "Vintaplox" in pipeline.vocab.strings
    assert "Quastenpoort" not in pipeline.vocab.strings
