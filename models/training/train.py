"""Trains the tagger: `python -m models.training.train CORPUS --out FOLDER`.

CORPUS is a file as `corpus.py` describes; PIECES is the folder of a BERT-like encoder whose word pieces give words
their first vectors (`pieces.py`). Writes `network.pt`, which `export.py` turns into the files the product runs.
With `--context` the whole encoder reads along: that is the teacher, good and slow, whose labels (`label.py`) the small
network learns from with `--labels`. Needs the optional extra `training`.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.training.context import Context
from models.training.corpus import (
    NOTHING,
    Cut,
    Example,
    batches,
    cut_examples,
    read_corpus,
    with_labels,
)
from models.training.network import TEACHER, Network, Shape, WordEncoder
from models.training.pieces import default_folder, piece_vectors, read_vocabulary
from transforms.extract.words import affixes_of, pieces_of, seen_as, shape_of

WINDOW, CONTEXT_WINDOW, BATCH, LINKED_TOKENS = 400, 300, 6, 40
KNOWN_FROM = 4  # a word seen as often gets a vector of its own
FORGET_KNOWN = (
    0.25  # share of known words taken for unknown in a batch, so that the model learns to do without
)
CONTENT_LINK_WEIGHT, SOURCE_LINK_WEIGHT = 0.15, 0.1
TUNED_RATE = 0.075  # learning rate of a pretrained encoder against that of the rest


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

    def pieces_in(self, cuts: list[Cut]) -> list[list[list[int]]]:
        """The pieces of each word of each window."""
        return [[self.pieces[i] for i in cut.example.words[cut.start : cut.end].tolist()] for cut in cuts]


class Batch:
    """Windows side by side, padded: `mask` is 1 where there is a token."""

    def __init__(self, cuts: list[Cut]) -> None:
        self.cuts = cuts
        self.width = max(cut.end - cut.start for cut in cuts)
        self.words = self._pad(cuts, lambda e: e.words, 0)
        self.quoted = self._pad(cuts, lambda e: np.array(e.tokens.quoted), 0)
        self.lines = self._pad(cuts, lambda e: e.lines, 0)
        self.mask = self._pad(cuts, lambda e: np.ones(len(e.words), np.int64), 0).float()
        self.tags = self._pad(cuts, lambda e: e.tags, 0)
        self.cue_of_content = self._within(self._pad(cuts, lambda e: e.cue_of_content, NOTHING), cuts)
        self.cues, self.first, self.last = self._sources(cuts)

    def _pad(self, cuts: list[Cut], column, fill: int) -> Tensor:
        rows = [torch.from_numpy(column(cut.example)[cut.start : cut.end]) for cut in cuts]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=fill)

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


def read_batch(
    batch: Batch, words: Words, modules: torch.nn.ModuleList, forget: float
) -> tuple[Tensor, Tensor]:
    """Tags [windows, tokens, 9] and link vectors; `modules` are encoder, network and, of a teacher, context."""
    encoder, network, *context = modules
    with torch.autocast("cpu", torch.bfloat16):
        vectors = words.encode(batch.words, encoder, forget)
        for read in context:
            vectors = vectors + read(words.pieces_in(batch.cuts))
        tags, links = network(vectors, batch.quoted, batch.mask)
    return tags.float(), links.float()


def tag_loss(tags: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy a token and layer; padding, where no tag is likely, adds nothing."""
    found = functional.log_softmax(tags.unflatten(-1, (3, 3)), -1)
    return -(batch.tags * found).sum() / (3 * batch.mask.sum())


def loss_of(batch: Batch, words: Words, modules: torch.nn.ModuleList) -> Tensor:
    """Loss of the tags and of the links: content to cue, cue to the first and last word of its source."""
    tags, links = read_batch(batch, words, modules, FORGET_KNOWN)
    network = modules[1]
    loss = 3 * tag_loss(tags, batch)
    content, cue, asks_first, first, asks_last, last = links.chunk(6, -1)
    owned = torch.rand(batch.mask.shape) + (batch.cue_of_content >= 0)
    rows = owned.topk(min(LINKED_TOKENS, batch.width), 1).indices

    def link_loss(ask: Tensor, answer: Tensor, kind: int, rows: Tensor, gold: Tensor) -> Tensor:
        scores = network.link_scores(ask, answer, kind, rows, batch.mask, batch.lines)
        total = functional.cross_entropy(
            scores.flatten(0, 1), gold.flatten(), ignore_index=NOTHING, reduction="sum"
        )
        return total / (gold >= 0).sum().clamp(min=1)

    to_cue = link_loss(content, cue, 0, rows, torch.gather(batch.cue_of_content, 1, rows))
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


def train(
    examples: list[Example],
    words: Words,
    modules: torch.nn.ModuleList,
    *,
    epochs: int,
    rate: float,
    window: int,
    seed: int,
) -> Average:
    """Trains `modules` (encoder, network, and context of a teacher) in place; returns the average of their weights."""
    rng = random.Random(seed)
    optimizer = torch.optim.AdamW(rates_of(modules, rate), weight_decay=0.02, betas=(0.9, 0.98))
    steps = epochs * len(batches(list(cut_examples(examples, window, rng)), BATCH, rng))
    warm_up = 200
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda i: min(1, (i + 1) / warm_up) * max(0.02, 0.5 + 0.5 * math.cos(math.pi * min(1, i / steps))),
    )
    average = Average(modules)
    modules.train()
    for epoch in range(epochs):
        total, plans = 0.0, batches(list(cut_examples(examples, window, rng)), BATCH, rng)
        for cuts in plans:
            loss = loss_of(Batch(cuts), words, modules)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
            optimizer.step()
            plan.step()
            average.update(modules)
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(plans):.4f}", flush=True)
    return average


def rates_of(modules: torch.nn.ModuleList, rate: float) -> list[dict]:
    """The weights that are trained, with their learning rates."""
    named = [(name, weights) for name, weights in modules.named_parameters() if weights.requires_grad]
    tuned = [weights for name, weights in named if name.startswith("2.encoder.")]
    fresh = [weights for name, weights in named if not name.startswith("2.encoder.")]
    return [{"params": fresh, "lr": rate}, {"params": tuned, "lr": rate * TUNED_RATE}]


def known_words(examples: list[Example]) -> dict[str, int]:
    """Words seen at least KNOWN_FROM times, in lower case, numbered from 1."""
    counts = Counter(word.lower() for example in examples for word in example.tokens.words)
    return {w: i for i, w in enumerate(sorted(w for w, c in counts.items() if c >= KNOWN_FROM), start=1)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pieces", type=Path, default=default_folder())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dropout", type=float, default=Shape.dropout)
    parser.add_argument("--context", action="store_true", help="train a teacher")
    parser.add_argument("--labels", type=Path, help="what a teacher said of CORPUS")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    numbers: dict[str, int] = {}
    examples = read_corpus(options.corpus, numbers)
    if options.labels:
        examples = with_labels(examples, options.labels)
    known = known_words(examples)
    shape = replace(TEACHER if options.context else Shape(), dropout=options.dropout)
    words = Words(list(numbers), read_vocabulary(options.pieces), known)
    modules = torch.nn.ModuleList(
        [WordEncoder(piece_vectors(options.pieces), len(known), shape.width), Network(shape)]
    )
    if options.context:
        modules.append(Context(options.pieces, shape.width))
    average = train(
        examples, words, modules, epochs=options.epochs, rate=options.rate,
        window=CONTEXT_WINDOW if options.context else WINDOW, seed=options.seed,
    )  # fmt: skip
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(
        {"weights": average.weights, "shape": asdict(shape), "known": list(known)}, options.out / "network.pt"
    )


if __name__ == "__main__":
    main()
