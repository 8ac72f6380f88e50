"""The articles of all corpora, each in several dresses, and which of them an epoch shows."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np

from training.augment import vary
from training.corpus import Example, build_example, read_labelled

PLAIN = 0.4  # share of the articles of an epoch that come as they are


class Mixture:
    """Articles with how often an epoch shows each; words get numbers in `numbers` as they are met."""

    def __init__(self, variants: int, seed: int) -> None:
        self.numbers: dict[str, int] = {}
        self._variants, self._rng = variants, random.Random(seed)
        self._articles: list[tuple[list[Example], float]] = []

    def add(self, path: Path, times: float) -> None:
        """Takes in a file of annotated articles, and makes other dresses of each."""
        with path.open(encoding="utf-8") as lines:
            for article in map(json.loads, lines):
                others = [vary(article, self._rng) for _ in range(self._variants)]
                dresses = [build_example(dress, self.numbers) for dress in (article, *others)]
                self._articles.append((dresses, times))

    def add_labelled(self, texts: Path, labels: Path, times: float) -> None:
        """Takes in free text with the labels that `label.py` wrote for it."""
        with np.load(labels, allow_pickle=False) as stored:
            found = read_labelled(texts, {name: stored[name] for name in stored.files}, self.numbers)
            self._articles += [([example], times) for example in found]

    @property
    def originals(self) -> list[Example]:
        """Each annotated or labelled article as it is."""
        return [dresses[0] for dresses, _ in self._articles]

    def draw(self, rng: random.Random) -> list[Example]:
        """The articles of one epoch; PLAIN of them as they are, the others in one of their dresses."""
        drawn = []
        for dresses, times in self._articles:
            for _ in range(int(times) + (rng.random() < times % 1)):
                plain = len(dresses) == 1 or rng.random() < PLAIN
                drawn.append(dresses[0] if plain else rng.choice(dresses[1:]))
        return drawn


def parse_corpus(text: str) -> tuple[Path, float]:
    """'train.jsonl:2' -> the file and how often an epoch shows its articles."""
    path, _, times = text.rpartition(":")
    return (Path(path), float(times)) if path else (Path(text), 1.0)
