"""Train the small network of stances, which reads features of a pair (`stance_features.py`), on a CPU.

Articles are divided into five folds. Six students train side by side: one for each fold, which learns from the labels
of the other folds and from the teacher that has not seen this fold, and the last, which learns from everything and
ships. The first five show what the last is worth, and fit its temperature and its preferences for the rarer stances.
Several such groups, which differ in their random numbers alone, form an ensemble: a wider network.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor
from torch.nn import functional

from transforms.statements.stance_features import (
    BUCKETS,
    MOST,
    Places,
    Texts,
    code_of,
    find_runs,
    pool,
    rate_of,
    weigh,
)

FOLDS, STANCES = 5, ("for", "against", "neither")
POOL, TRAIN, TEST = 0, 1, 2
NO_PIECE = 65535
TEXTS_AT_ONCE, BATCH = 4_000, 512


@dataclass(frozen=True)
class Recipe:
    """Sizes of a student, and how it is trained."""

    width: int = 96  # of the vectors of words
    hidden: int = 64
    members: int = 3  # of the ensemble
    epochs: int = 5
    rate: float = 2e-3
    run_rate: float = 3e-3  # of the weights of runs of words
    decay: float = 0.3
    input_dropout: float = 0.3
    dropout: float = 0.4
    run_dropout: float = 0.1
    smoothing: float = 0.1  # of the labels
    gold: float = 1.0  # weight of a label, compared with the teachers' probabilities of a pair


@dataclass(frozen=True)
class Words:
    """The vectors of the pieces in eight bits, with a scale for each column, and their weights."""

    pieces: np.ndarray
    scale: np.ndarray
    rates: np.ndarray


def measure(scores: np.ndarray, labels: np.ndarray) -> tuple[float, str]:
    """Return the macro F1 of the highest scores, in percent, and a line with the figures of each stance."""
    chosen = scores.argmax(1)
    line, total = [], 0.0
    for i, stance in enumerate(STANCES):
        hits, found, wanted = ((chosen == i) & (labels == i)).sum(), (chosen == i).sum(), (labels == i).sum()
        f1 = 200 * hits / max(found + wanted, 1)
        total += f1 / len(STANCES)
        line.append(
            f"{stance} P {100 * hits / max(found, 1):.1f} R {100 * hits / max(wanted, 1):.1f} F {f1:.1f}"
        )
    right = 100 * (chosen == labels).mean()
    return float(total), f"macro F1 {total:.1f}, right {right:.1f} %; " + "; ".join(line)


def find_preference(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return what to add to the logits so that the macro F1 is highest; the middle of the best values of a grid."""
    grid = np.linspace(-1.5, 1.5, 31)
    figures = np.array([[measure(logits + np.array([a, b, 0]), labels)[0] for b in grid] for a in grid])
    around = sliding_window_view(figures, (5, 5)).mean((2, 3))
    a, b = divmod(int(around.argmax()), around.shape[1])
    return np.array([grid[a + 2], grid[b + 2], 0.0])


def prefer_by_fold(logits: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Add to each fold's logits the preference that the other folds give."""
    out = logits.copy()
    for fold in range(FOLDS):
        out[folds == fold] += find_preference(logits[folds != fold], labels[folds != fold])
    return out


def find_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the number by which to divide the logits so that the labels are most probable."""
    rates = np.linspace(0.5, 3, 101)

    def loss(rate: float) -> float:
        scaled = logits / rate
        return float((np.logaddexp.reduce(scaled, 1) - scaled[np.arange(len(labels)), labels]).mean())

    return float(min(rates, key=loss))


def print_figures(logits: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> float:
    """Print the figures of out-of-fold logits, and return the macro F1 with preferences from the other folds."""
    print("  out of fold:", measure(logits, labels)[1])
    figure, line = measure(prefer_by_fold(logits, labels, folds), labels)
    print("  with preferences:", line, flush=True)
    return figure


def shrink_pieces(tagger_pieces: np.ndarray, arrays: dict[str, np.ndarray], width: int) -> Words:
    """Return the first `width` principal components of the vectors of the tagger's pieces, [pieces, width].

    Pieces that are frequent words of the pack count more. `rates` has the weight of the words that are one piece.
    """
    first, count = arrays["word_pieces"][:, 0].astype(np.int64), _count_pieces(arrays)
    single = (count == 1)[arrays["words"]]
    times = np.bincount(first[arrays["words"]][single], minlength=len(tagger_pieces))
    weights = np.sqrt(times + 1.0)
    centred = tagger_pieces - np.average(tagger_pieces, axis=0, weights=weights)
    _, directions = np.linalg.eigh((centred * weights[:, None]).T @ centred)
    vectors = centred @ directions[:, ::-1][:, :width]
    vectors /= np.sqrt(np.average((vectors**2).mean(1), weights=weights))
    scale = (np.abs(vectors).max(0) / 127).astype(np.float32)
    return Words(np.round(vectors / scale).astype(np.int8), scale, rate_of(times).astype(np.float16))


def _count_pieces(arrays: dict[str, np.ndarray]) -> np.ndarray:
    count: np.ndarray = (arrays["word_pieces"] != NO_PIECE).sum(1)
    return count


class Runs:
    """The runs of words of all pairs (see `stance_features.Runs`), sorted by pair."""

    def __init__(self, parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
        counts, buckets, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        self._counts, self._starts = counts, np.cumsum(counts) - counts
        self._buckets, self._weights = torch.from_numpy(buckets), torch.from_numpy(weights)

    def sums(self, table: Tensor, pairs: np.ndarray, dropout: float = 0.0) -> Tensor:
        """Return the weighted sums of the rows of `table` [BUCKETS, columns], [pairs, columns]."""
        counts = self._counts[pairs]
        firsts = np.cumsum(counts) - counts
        at = torch.from_numpy(np.repeat(self._starts[pairs] - firsts, counts) + np.arange(counts.sum()))
        weights = self._weights[at]
        if dropout:
            weights = weights * (torch.rand_like(weights) > dropout)
        return functional.embedding_bag(
            self._buckets[at], table, torch.from_numpy(firsts), mode="sum", per_sample_weights=weights
        )


def read_features(arrays: dict[str, np.ndarray], words: Words) -> tuple[np.ndarray, Runs]:
    """Return the features of each pair of the pack, [pairs, features], as the pipeline computes them, and its runs."""
    pieces, count = arrays["word_pieces"].astype(np.int64), _count_pieces(arrays)
    known = words.pieces.astype(np.float32)[np.minimum(pieces, len(words.pieces) - 1)]
    vectors = (known * (pieces != NO_PIECE)[..., None]).sum(1) / np.maximum(count, 1)[:, None]
    vectors = (vectors * words.scale).astype(np.float32)
    rates = np.where(count == 1, words.rates[np.minimum(pieces[:, 0], len(words.rates) - 1)], count > 0)
    table = weigh(vectors, rates.astype(np.float32))
    lengths = arrays["lengths"].astype(np.int64)
    ends = np.cumsum(lengths)
    codes = code_of(pieces, NO_PIECE)
    parts, runs = [], []
    for first in range(0, len(lengths), TEXTS_AT_ONCE):
        some = lengths[first : first + TEXTS_AT_ONCE]
        part = slice(ends[first] - lengths[first], ends[first + len(some) - 1])
        own = arrays["words"][part]
        texts = Texts(arrays["marks"][part], arrays["word_kinds"][own], some)
        places = Places(texts)
        parts.append(pool(places, own, table).astype(np.float32))
        found = find_runs(places, codes[own])
        order = np.argsort(found.owners, kind="stable")
        count = np.bincount(found.owners, minlength=len(some))
        runs.append((count, found.buckets[order].astype(np.int32), found.weights[order].astype(np.float32)))
    return np.concatenate(parts), Runs(runs)


def find_targets(
    arrays: dict[str, np.ndarray], taught: dict[str, np.ndarray] | None, recipe: Recipe
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each student should give for each pair, [students, pairs, STANCES], and the weights of the pairs.

    A weight is zero where the student may not know the pair. `taught` is what `training.stance teach` writes: in
    `pool`, the probabilities by the teacher of each fold of the pairs with the numbers `pairs`.
    """
    parts, labels, folds = arrays["parts"], arrays["labels"].astype(np.int64), arrays["folds"]
    targets = np.zeros((FOLDS + 1, len(parts), len(STANCES)), np.float32)
    weights = np.zeros((FOLDS + 1, len(parts)), np.float32)
    if taught:
        soft = taught["pool"].astype(np.float32)
        both = np.concatenate([soft, soft.sum(0, keepdims=True)])
        number = both.sum(2)
        targets[:, taught["pairs"]] = both / np.maximum(np.round(number), 1)[..., None]
        weights[:, taught["pairs"]] = number > 0.5
    gold = np.flatnonzero(parts == TRAIN)
    for student in range(FOLDS + 1):
        own = gold[folds[gold] != student]
        wanted = np.eye(len(STANCES))[labels[own]]
        targets[student, own] = wanted * (1 - recipe.smoothing) + recipe.smoothing / len(STANCES)
        weights[student, own] = recipe.gold
    return targets, weights


class Students:
    """Several networks with one hidden layer each, trained side by side: [students, ...].

    Besides, each run of words adds its own weights to the logits.
    """

    def __init__(self, count: int, features: int, hidden: int) -> None:
        parts = (
            torch.randn(count, features, hidden) / features**0.5,
            torch.zeros(count, 1, hidden),
            torch.randn(count, hidden, len(STANCES)) * 0.3 / hidden**0.5,
            torch.zeros(count, 1, len(STANCES)),
        )
        self.weights = [part.requires_grad_() for part in parts]
        self.runs = torch.zeros(BUCKETS, count * len(STANCES), requires_grad=True)

    def __call__(self, x: Tensor, of_runs: Tensor, dropout: float = 0.0) -> Tensor:
        """Return the logits, [students, texts, STANCES], of the features of texts and of the sums of their runs."""
        weights, bias, out, out_bias = self.weights
        hidden = functional.dropout(torch.relu(x[None] @ weights + bias), dropout)
        return hidden @ out + out_bias + of_runs.view(len(x), -1, len(STANCES)).transpose(0, 1)


def train(
    features: Tensor, runs: Runs, targets: np.ndarray, weights: np.ndarray, recipe: Recipe, seed: int
) -> Students:
    """Train a student for each row of `targets` and `weights`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    wanted, shares = torch.from_numpy(targets), torch.from_numpy(weights)
    rows = np.flatnonzero(weights.any(0))
    students = Students(len(targets), features.shape[1], recipe.hidden)
    groups = [{"params": students.weights}, {"params": [students.runs]}]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.decay)
    step, steps = 0, recipe.epochs * -(-len(rows) // BATCH)
    for _ in range(recipe.epochs):
        order = rng.permutation(rows)
        for start in range(0, len(order), BATCH):
            for group, rate in zip(optimizer.param_groups, (recipe.rate, recipe.run_rate), strict=True):
                group["lr"] = rate * (1 - step / steps)
            some = torch.from_numpy(order[start : start + BATCH])
            of_runs = runs.sums(students.runs, some.numpy(), recipe.run_dropout)
            x = functional.dropout(features[some], recipe.input_dropout)
            logits = students(x, of_runs, recipe.dropout)
            losses = -(wanted[:, some] * logits.log_softmax(-1)).sum(-1) * shares[:, some]
            loss = (losses.sum(1) / shares[:, some].sum(1).clamp(min=1)).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return students


def learn(
    arrays: dict[str, np.ndarray],
    tagger_pieces: np.ndarray,
    taught: dict[str, np.ndarray] | None,
    recipe: Recipe,
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return the weights that ship, the logits of the train pairs out of their folds, and those of the test pairs."""
    torch.set_num_threads(1)  # the sums of several threads differ in their last bits
    began = time.process_time()
    words = shrink_pieces(tagger_pieces, arrays, recipe.width)
    features, runs = read_features(arrays, words)
    centre, spread = features.mean(0), 1 / (features.std(0) + 1e-3)
    standard = torch.from_numpy(np.clip((features - centre) * spread, -MOST, MOST))
    targets, weights = find_targets(arrays, taught, recipe)
    own, test = (np.flatnonzero(arrays["parts"] == part) for part in (TRAIN, TEST))
    folds, labels = arrays["folds"][own], arrays["labels"][own].astype(np.int64)
    out_of_fold, tested = np.zeros((len(own), len(STANCES))), np.zeros((len(test), len(STANCES)))
    of_runs = np.zeros((BUCKETS, len(STANCES)))
    members: list[list[np.ndarray]] = []
    for seed in range(recipe.members):
        students = train(standard, runs, targets, weights, recipe, seed)
        with torch.no_grad():
            given = [students(standard[rows], runs.sums(students.runs, rows)).numpy() for rows in (own, test)]
        out_of_fold += given[0][folds, np.arange(len(own))] / recipe.members
        tested += given[1][FOLDS] / recipe.members
        of_runs += students.runs.detach().numpy()[:, -len(STANCES) :] / recipe.members
        members.append([part[FOLDS].detach().numpy() for part in students.weights])
        print(f"member {seed}: {time.process_time() - began:.0f} s of processor time")
        print_figures(out_of_fold * recipe.members / (seed + 1), labels, folds)
    scale = np.abs(of_runs).max() / 127
    hidden, bias, out, out_bias = zip(*members, strict=True)
    shipped: dict[str, Any] = {
        "pieces": words.pieces,
        "pieces_scale": words.scale,
        "rates": words.rates,
        "centre": centre.astype(np.float32),
        "spread": spread.astype(np.float32),
        "hidden": np.concatenate(hidden, 1).astype(np.float16),
        "hidden_bias": np.concatenate(bias, 1)[0].astype(np.float16),
        "out": np.concatenate(out, 0).astype(np.float32) / recipe.members,
        "out_bias": np.mean(out_bias, axis=0)[0].astype(np.float32),
        "runs": np.round(of_runs / scale).astype(np.int8),
        "runs_scale": np.array(scale, np.float32),
        "temperature": np.array(find_temperature(out_of_fold, labels), np.float32),
        "preference": find_preference(out_of_fold, labels).astype(np.float32),
    }
    return shipped, out_of_fold, tested
