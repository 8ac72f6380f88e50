"""Trains the tagger: `python -m training.train CORPUS[:TIMES]... --out FOLDER [--start NETWORK]`.

Each CORPUS is a file as `corpus.py` describes. An epoch sees each of its articles TIMES times (1 when not given; a
fraction is a chance), now as it is and now in another dress (`augment.py`). `--labelled` adds free text with the labels
a teacher gave it (`label.py`). PIECES is the folder of a BERT-like encoder
whose word pieces give words their first vectors (`pieces.py`). `--start` goes on from a trained network.
Writes `network.pt` after each epoch, which `export_model.py` turns into the files the product runs. Needs the optional
extra `training`.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.corpus import Example, batches, cut_examples
from training.mixture import Mixture, parse_corpus
from training.network import Network, Shape, WordEncoder
from training.pieces import default_folder, piece_vectors, read_vocabulary
from training.window_batches import Batch, loss_of
from transforms.extract.word_features import affixes_of, pieces_of, seen_as, shape_of

WINDOW, BATCH = 400, 6
WARM_UP = 200  # steps
KNOWN_FROM = 4  # a word seen as often gets a vector of its own
FORGET_KNOWN = (
    0.25  # share of known words taken for unknown in a batch, so that the model learns to do without
)


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
            batch = Batch(cuts)
            with torch.autocast("cpu", torch.bfloat16):
                vectors = words.encode(batch.words, encoder, FORGET_KNOWN)
                tags, links = network(vectors, batch.quoted, batch.mask)
            loss = loss_of(batch, tags, links, network)
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


def parse_reaches(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def main() -> None:
    options = read_options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    mixture = Mixture(options.variants, options.seed)
    for path, times in options.corpus:
        mixture.add(path, times)
    for texts, labels in options.labelled:
        mixture.add_labelled(Path(texts), *parse_corpus(labels))
    start = torch.load(options.start, weights_only=True) if options.start else None
    known = start["known"] if start else []
    known += sorted(set(known_words(mixture.originals)) - set(known))
    width = start["shape"]["width"] if start else options.width
    shape = Shape(width=width, reaches=options.reaches, dropout=options.dropout)
    index = {word: i for i, word in enumerate(known, start=1)}
    words = Words(list(mixture.numbers), read_vocabulary(options.pieces), index)
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
    parser.add_argument(
        "--labelled", nargs=2, action="append", default=[], metavar=("TEXTS", "LABELS[:TIMES]")
    )
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
