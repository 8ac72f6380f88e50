"""Trains the tagger: `python -m models.training.train CORPUS[:TIMES]... --out FOLDER [--start NETWORK]`.

Each CORPUS is a file as `corpus.py` describes. An epoch sees each of its articles TIMES times (1 when not given; a
fraction is a chance), now as it is and now in another dress (`augment.py`). PIECES is the folder of a BERT-like encoder
whose word pieces give words their first vectors (`pieces.py`). `--start` goes on from a trained network.
Writes `network.pt` after each epoch, which `export.py` turns into the files the product runs. Needs the optional
extra `training`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.training.augment import vary
from models.training.corpus import NOTHING, Cut, Example, batches, build_example, cut_examples
from models.training.network import Network, Shape, WordEncoder
from models.training.pieces import default_folder, piece_vectors, read_vocabulary
from transforms.extract.words import affixes_of, pieces_of, seen_as, shape_of

WINDOW, BATCH, LINKED_TOKENS = 400, 6, 40
WARM_UP = 200  # steps
PLAIN = 0.4  # share of the articles of an epoch that come as they are
KNOWN_FROM = 4  # a word seen as often gets a vector of its own
FORGET_KNOWN = (
    0.25  # share of known words taken for unknown in a batch, so that the model learns to do without
)
CONTENT_LINK_WEIGHT, SOURCE_LINK_WEIGHT = 0.15, 0.1


class Words:
    """Features of all words of the corpus by number."""

    def __init__(self, words: list[str], vocabulary: dict[str, int], known: dict[str, int]) -> None:
        words = list(map(seen_as, words))
        self.pieces = [pieces_of(word, vocabulary) for word in words]
        features = [(*affixes_of(w), shape_of(w), known.get(w.lower(), 0)) for w in words]
        self.features = torch.tensor(features)

    def encode(self, numbers: Tensor, encoder: WordEncoder, forget: float) -> Tensor:
        """[batch, tokens] numbers -> [batch, tokens, width] vectors; each distinct word is encoded once."""
        distinct, place = torch.unique(numbers, return_inverse=True)
        pieces = [self.pieces[i] for i in distinct.tolist()]
        offsets = torch.tensor(np.cumsum([0, *map(len, pieces)]))
        features = self.features[distinct].clone()
        features[torch.rand(len(distinct)) < forget, -1] = 0
        flat = torch.tensor([piece for word in pieces for piece in word], dtype=torch.long)
        return encoder(flat, offsets, features)[place]


class Batch:
    """Windows side by side, padded: `mask` is 1 where there is a token."""

    def __init__(self, cuts: list[Cut]) -> None:
        self.width = max(cut.end - cut.start for cut in cuts)
        self.words = self._pad(cuts, lambda e: e.words, 0)
        self.quoted = self._pad(cuts, lambda e: np.array(e.tokens.quoted), 0)
        self.lines = self._pad(cuts, lambda e: e.lines, 0)
        self.mask = self._pad(cuts, lambda e: np.ones(len(e.words), np.int64), 0).float()
        self.tags = torch.stack([self._pad(cuts, lambda e, k=k: e.tags[:, k], NOTHING) for k in range(3)], -1)
        self.head_of_content = self._within(self._pad(cuts, lambda e: e.head_of_content, NOTHING), cuts)
        self.cues, self.first, self.last = self._sources(cuts)

    def _pad(self, cuts: list[Cut], column, fill: int) -> Tensor:
        padded = torch.full((len(cuts), self.width), fill, dtype=torch.long)
        for i, cut in enumerate(cuts):
            padded[i, : cut.end - cut.start] = torch.from_numpy(column(cut.example)[cut.start : cut.end])
        return padded

    def _within(self, places: Tensor, cuts: list[Cut]) -> Tensor:
        start = torch.tensor([cut.start for cut in cuts])[:, None]
        end = torch.tensor([cut.end for cut in cuts])[:, None]
        return torch.where((places >= start) & (places < end), places - start, NOTHING)

    def _sources(self, cuts: list[Cut]) -> tuple[Tensor, Tensor, Tensor]:
        inside = [
            [row - cut.start for row in cut.example.sources if row.min() >= cut.start and row.max() < cut.end]
            for cut in cuts
        ]
        padded = torch.full((len(cuts), max(1, *map(len, inside)), 3), NOTHING)
        for i, rows in enumerate(inside):
            for k, row in enumerate(rows):
                padded[i, k] = torch.from_numpy(row)
        return padded[..., 0].clamp(min=0), padded[..., 1], padded[..., 2]


def loss_of(batch: Batch, words: Words, encoder: WordEncoder, network: Network) -> Tensor:
    """Cross-entropy of the tags and of the links: content to cue, cue to the first and last word of its source."""
    with torch.autocast("cpu", torch.bfloat16):
        vectors = words.encode(batch.words, encoder, FORGET_KNOWN)
        tags, links = network(vectors, batch.quoted, batch.mask)
    loss = (
        functional.cross_entropy(tags.float().reshape(-1, 3), batch.tags.reshape(-1), ignore_index=NOTHING)
        * 3
    )
    content, cue, asks_first, first, asks_last, last = links.float().chunk(6, -1)
    owned = torch.rand(batch.mask.shape) + (batch.head_of_content >= 0)
    rows = owned.topk(min(LINKED_TOKENS, batch.width), 1).indices

    def link_loss(ask: Tensor, answer: Tensor, kind: int, rows: Tensor, gold: Tensor) -> Tensor:
        scores = network.link_scores(ask, answer, kind, rows, batch.mask, batch.lines)
        total = functional.cross_entropy(
            scores.flatten(0, 1), gold.flatten(), ignore_index=NOTHING, reduction="sum"
        )
        return total / (gold >= 0).sum().clamp(min=1)

    to_cue = link_loss(content, cue, 0, rows, torch.gather(batch.head_of_content, 1, rows))
    to_source = link_loss(asks_first, first, 1, batch.cues, batch.first)
    to_source = to_source + link_loss(asks_last, last, 2, batch.cues, batch.last)
    return loss + CONTENT_LINK_WEIGHT * to_cue + SOURCE_LINK_WEIGHT * to_source


class Average:
    """Running mean of the weights, which is what gets exported."""

    def __init__(self, modules: torch.nn.ModuleList) -> None:
        self.weights = {k: v.detach().clone() for k, v in modules.named_parameters() if v.requires_grad}
        self.steps = 0

    @torch.no_grad()
    def update(self, modules: torch.nn.ModuleList) -> None:
        self.steps += 1
        keep = min(0.998, self.steps / (self.steps + 20))
        for name, value in modules.named_parameters():
            if name in self.weights:
                self.weights[name].mul_(keep).add_(value, alpha=1 - keep)


class Mixture:
    """The articles of all corpora with how often an epoch shows each, and the other dresses of each article."""

    def __init__(self, numbers: dict[str, int], variants: int, seed: int) -> None:
        self._numbers, self._variants, self._rng = numbers, variants, random.Random(seed)
        self._dresses: list[tuple[list[Example], float]] = []

    def add(self, path: Path, times: float) -> None:
        with path.open(encoding="utf-8") as lines:
            for article in map(json.loads, lines):
                others = [vary(article, self._rng) for _ in range(self._variants)]
                self._dresses.append(
                    ([build_example(dress, self._numbers) for dress in (article, *others)], times)
                )

    @property
    def originals(self) -> list[Example]:
        return [dresses[0] for dresses, _ in self._dresses]

    def draw(self, rng: random.Random) -> list[Example]:
        """The articles of one epoch; the first dress is the original and comes as often as all others."""
        drawn = []
        for dresses, times in self._dresses:
            for _ in range(int(times) + (rng.random() < times % 1)):
                plain = len(dresses) == 1 or rng.random() < PLAIN
                drawn.append(dresses[0] if plain else rng.choice(dresses[1:]))
        return drawn


def train(
    mixture: Mixture,
    words: Words,
    modules: torch.nn.ModuleList,
    epochs: int,
    rate: float,
    rng: random.Random,
    save: Callable[[Average], None],
) -> None:
    """Trains `modules` (encoder, network) in place; `save` gets the average of their weights after each epoch."""
    encoder, network = modules
    optimizer = torch.optim.AdamW(
        [p for p in modules.parameters() if p.requires_grad], rate, weight_decay=0.02, betas=(0.9, 0.98)
    )
    steps = epochs * len(batches(list(cut_examples(mixture.draw(rng), WINDOW, rng)), BATCH, rng))
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda i: min(1, (i + 1) / WARM_UP) * max(0.02, 0.5 + 0.5 * math.cos(math.pi * min(1, i / steps))),
    )
    average = Average(modules)
    modules.train()
    for epoch in range(epochs):
        total, cuts_of = 0.0, batches(list(cut_examples(mixture.draw(rng), WINDOW, rng)), BATCH, rng)
        for cuts in cuts_of:
            loss = loss_of(Batch(cuts), words, encoder, network)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
            optimizer.step()
            plan.step()
            average.update(modules)
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(cuts_of):.4f}", flush=True)
        save(average)


def known_words(examples: list[Example]) -> list[str]:
    """Words seen at least KNOWN_FROM times, in lower case."""
    counts = Counter(word.lower() for example in examples for word in example.tokens.words)
    return sorted(word for word, count in counts.items() if count >= KNOWN_FROM)


def load_start(modules: torch.nn.ModuleList, weights: dict[str, Tensor]) -> None:
    """Takes over the weights of a trained network; blocks and words that it did not have change nothing at first."""
    for name, value in modules.named_parameters():
        if name in weights:
            value.data[: len(weights[name])] = weights[name]
        elif name.endswith(("out.weight", "out.bias")):
            value.data.zero_()
    modules[0].parts[-1].weight.data[len(weights["0.parts.4.weight"]) :] = 0


def parse_corpus(text: str) -> tuple[Path, float]:
    """'train.jsonl:2' -> the file and how often an epoch shows its articles."""
    path, _, times = text.rpartition(":")
    return (Path(path), float(times)) if path else (Path(text), 1.0)


def parse_reaches(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def main() -> None:
    options = read_options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    numbers: dict[str, int] = {}
    mixture = Mixture(numbers, options.variants, options.seed)
    for path, times in options.corpus:
        mixture.add(path, times)
    start = torch.load(options.start, weights_only=True) if options.start else None
    known = start["known"] if start else []
    known += sorted(set(known_words(mixture.originals)) - set(known))
    width = start["shape"]["width"] if start else options.width
    shape = Shape(width=width, reaches=options.reaches, dropout=options.dropout)
    index = {word: i for i, word in enumerate(known, start=1)}
    words = Words(list(numbers), read_vocabulary(options.pieces), index)
    modules = torch.nn.ModuleList(
        [WordEncoder(piece_vectors(options.pieces), len(known), shape.width), Network(shape)]
    )
    if start:
        load_start(modules, start["weights"])
    options.out.mkdir(parents=True, exist_ok=True)

    def save(average: Average) -> None:
        stored = {"weights": average.weights, "shape": asdict(shape), "known": known}
        torch.save(stored, options.out / "network.pt")

    train(mixture, words, modules, options.epochs, options.rate, random.Random(options.seed), save)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=parse_corpus, nargs="+")
    parser.add_argument("--pieces", type=Path, default=default_folder())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="network.pt to go on from")
    parser.add_argument("--variants", type=int, default=3, help="other dresses of each article")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--width", type=int, default=Shape.width)
    parser.add_argument("--reaches", type=parse_reaches, default=Shape.reaches, help="'1,2,4': one a block")
    parser.add_argument("--dropout", type=float, default=Shape.dropout)
    return parser.parse_args()


if __name__ == "__main__":
    main()
