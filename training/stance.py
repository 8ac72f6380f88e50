"""Train the model of stances (`models/stance.npz`): teachers that label pairs, and a student that learns from them.

    python -m training.stance teach PACK --encoder encoder.pt --device cuda --out labels.npz
    python -m training.stance learn PACK --soft labels.npz

PACK is a file that `stance_pairs.py` writes. `learn` without `--soft` uses the labelled pairs alone.

Articles are divided into five folds. For each fold, a teacher is trained on the other four; it labels the fold's own
pairs and all unlabelled pairs. `stance_student.py` trains the student.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.encoder import grow
from training.stance_networks import Teacher
from training.stance_student import (
    FOLDS,
    POOL,
    STANCES,
    TEST,
    TRAIN,
    Recipe,
    learn,
    measure,
    print_figures,
)

HIDDEN = 128
TEACHER_RATE, TEACHER_EPOCHS, TEACHER_BATCH, LAYER_DECAY, SMOOTHING = 4e-5, 4, 32, 0.92, 0.05
PIECES_AT_ONCE = 40_000
HIDE_SHARE = 0.5  # of the examples of a teacher, whose subject's name is hidden


class Pack:
    """A pack of `stance_pairs.py`: texts as a teacher reads them, on a device."""

    def __init__(self, path: Path, device: str) -> None:
        self.arrays = a = read_arrays(path)
        self.device = device
        self.parts, self.labels, self.folds = a["parts"], a["labels"].astype(np.int64), a["folds"]
        self.sizes = a["piece_lengths"].astype(np.int64)
        self._starts = np.cumsum(self.sizes) - self.sizes
        self._pieces, self._piece_marks = (
            torch.from_numpy(a[name].astype(np.int32)).to(device) for name in ("pieces", "piece_marks")
        )

    def of(self, part: int) -> np.ndarray:
        return np.flatnonzero(self.parts == part)

    def _places(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        sizes = torch.from_numpy(self.sizes[rows]).to(self.device)
        starts = torch.from_numpy(self._starts[rows]).to(self.device)
        step = torch.arange(int(self.sizes[rows].max()), device=self.device)
        return starts[:, None] + step.clamp(max=10**6) * (step < sizes[:, None]), step < sizes[:, None]

    def for_teacher(self, rows: np.ndarray, hides: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return pieces, marks and mask; `hides` says for each text whether the subject's name is hidden."""
        places, there = self._places(rows)
        pieces, marks = self._pieces[places].long(), self._piece_marks[places] * there
        pieces = torch.where(there, pieces, 1)
        is_name = (marks & HIDDEN > 0) & hides[:, None]
        return torch.where(is_name, int(self.arrays["hidden_piece"]), pieces), marks & 31, there.float()


# ---- teachers ----------------------------------------------------------------------------------------------


def train_teacher(
    pack: Pack, rows: np.ndarray, encoder: dict[str, Any], *, seed: int, epochs: int, seconds: float
) -> Teacher:
    """Fine-tune a teacher on the labelled pairs `rows`; the rate falls to zero after `epochs` or `seconds`."""
    began = time.monotonic()
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    teacher = Teacher(encoder["sizes"])
    teacher.encoder.load_state_dict(grow(encoder["weights"]))
    teacher.to(pack.device).train()
    teacher.encoder.words.weight.requires_grad = teacher.encoder.places.weight.requires_grad = False
    depth = len(teacher.encoder.layers)
    groups: list[dict[str, Any]] = [
        {"params": list(layer.parameters()), "lr": TEACHER_RATE * LAYER_DECAY ** (depth - 1 - i)}
        for i, layer in enumerate(teacher.encoder.layers)
    ]
    groups.append({"params": [*teacher.head.parameters(), teacher.marked], "lr": 5 * TEACHER_RATE})
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=pack.device == "cuda")
    rates = [group["lr"] for group in groups]
    step, steps = 0, epochs * -(-len(rows) // TEACHER_BATCH)
    shares = np.bincount(pack.labels[rows], minlength=len(STANCES)) / len(rows)
    weights = torch.tensor((1 / (3 * shares)) ** 0.5, dtype=torch.float32, device=pack.device)
    for _ in range(epochs):
        for batch in _batches_of_like_length(rng.permutation(rows), pack.sizes, TEACHER_BATCH, rng):
            spent = max(step / steps, (time.monotonic() - began) / seconds)
            if spent >= 1:
                teacher.eval()
                return teacher
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(10 * spent + 0.01, 1 - spent)
            hides = torch.from_numpy(rng.random(len(batch)) < HIDE_SHARE).to(pack.device)
            with torch.autocast(pack.device, torch.bfloat16, enabled=pack.device == "cuda"):
                logits = teacher(*pack.for_teacher(batch, hides))
            wanted = torch.from_numpy(pack.labels[batch]).to(pack.device)
            loss = functional.cross_entropy(logits.float(), wanted, weights, label_smoothing=SMOOTHING)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            step += 1
    teacher.eval()
    return teacher


def _batches_of_like_length(
    rows: np.ndarray, sizes: np.ndarray, size: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield batches in random order, each of texts of like length from one stretch of `rows`."""
    batches = []
    for start in range(0, len(rows), 16 * size):
        some = rows[start : start + 16 * size]
        some = some[np.argsort(sizes[some], kind="stable")]
        batches += [some[i : i + size] for i in range(0, len(some), size)]
    for i in rng.permutation(len(batches)):
        yield batches[i]


@torch.no_grad()
def ask_teacher(
    teacher: Teacher, pack: Pack, rows: np.ndarray, *, hides: bool, seconds: float = float("inf")
) -> np.ndarray:
    """Return the probabilities of the stances, [rows, STANCES]; zeros for the rows that come after `seconds`."""
    began = time.monotonic()
    out = np.zeros((len(rows), len(STANCES)), np.float32)
    sizes = pack.sizes[rows]
    for first in range(0, len(rows), 4000):
        if time.monotonic() - began > seconds:
            break
        order = first + np.argsort(sizes[first : first + 4000], kind="stable")
        while len(order):
            size = max(1, PIECES_AT_ONCE // int(sizes[order[min(256, len(order) - 1)]]))
            some, order = order[:size], order[size:]
            hidden = torch.full((len(some),), hides, device=pack.device)
            with torch.autocast(pack.device, torch.bfloat16, enabled=pack.device == "cuda"):
                logits = teacher(*pack.for_teacher(rows[some], hidden))
            out[some] = logits.float().softmax(-1).cpu().numpy()
    return out


def teach(
    pack: Pack, encoder: dict[str, Any], out: Path, *, seeds: int, epochs: int, seconds: float
) -> dict[str, np.ndarray]:
    """Train a teacher for each seed and fold while there is time, and write the mean probabilities that they give.

    `pairs` has the numbers of the unlabelled pairs. `pool` [FOLDS, pairs, STANCES] has their probabilities by teachers
    that have not seen a fold; zeros where the time did not suffice. `train` has those of the labelled pairs by teachers
    that have not seen them, `test` those of the test pairs by all teachers; in these, the subject's name is hidden.
    `train_named` and `test_named` have the probabilities with the name.
    """
    began = time.monotonic()
    train, test, pool = (pack.of(part) for part in (TRAIN, TEST, POOL))
    pool_order = np.random.default_rng(0).permutation(len(pool))
    given = {name: np.zeros((len(rows), 3)) for rows, name in ((train, "train"), (test, "test"))}
    given |= {f"{name}_named": np.zeros_like(value) for name, value in given.items()}
    given["pool"] = np.zeros((FOLDS, len(pool), 3))
    for number in range(seeds * FOLDS):
        seed, fold = divmod(number, FOLDS)
        left = seconds - (time.monotonic() - began)
        share = min(left, seconds / FOLDS) if seed else left / (FOLDS - fold)
        if seed and share < 0.6 * seconds / FOLDS:
            break
        start = time.monotonic()
        held = pack.folds[train] == fold
        teacher = train_teacher(pack, train[~held], encoder, seed=number, epochs=epochs, seconds=0.6 * share)
        trained = time.monotonic() - start
        for suffix, hides in (("", True), ("_named", False)):
            given[f"train{suffix}"][held] += ask_teacher(teacher, pack, train[held], hides=hides)
            given[f"test{suffix}"] += ask_teacher(teacher, pack, test, hides=hides)
        left = share - (time.monotonic() - start)
        own = ask_teacher(teacher, pack, pool[pool_order], hides=True, seconds=left)
        given["pool"][fold][pool_order] += own
        figures = [measure(given[f"train{s}"][held], pack.labels[train[held]])[0] for s in ("", "_named")]
        print(
            f"teacher {number}: trained in {trained:.0f} s, labelled {int(own.any(1).sum())} pairs, "
            f"{time.monotonic() - start:.0f} s; macro F1 on its fold {figures[0]:.1f}, with the name {figures[1]:.1f}",
            flush=True,
        )
        del teacher
        stored: dict[str, Any] = {name: _shares(value).astype(np.float16) for name, value in given.items()}
        np.savez(out, pairs=pool, **stored)
    for name in ("train", "train_named"):
        logits = np.log(_shares(given[name]) + 1e-4)
        print(f"teachers, {name}:")
        print_figures(logits, pack.labels[train], pack.folds[train])
    return {name: _shares(value) for name, value in given.items()}


def _shares(sums: np.ndarray) -> np.ndarray:
    """Divide sums of probabilities by their number."""
    shares: np.ndarray = sums / np.maximum(np.round(sums.sum(-1, keepdims=True)), 1)
    return shares


def read_tagger(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the vectors of the tagger's pieces, with a mean square of about one, and its vocabulary as bytes."""
    with np.load(path, allow_pickle=False) as stored:
        pieces: np.ndarray = stored["pieces"].astype(np.float32) * stored["pieces_scale"]
        vocabulary = "\n".join(stored["vocabulary"].tolist())
    return pieces / np.sqrt((pieces**2).mean()), np.frombuffer(vocabulary.encode(), np.uint8)


# ---- commands ----------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    teaches = commands.add_parser("teach", help="train teachers, and label pairs with them")
    teaches.add_argument("--encoder", type=Path, required=True, help="file that `training.encoder` writes")
    teaches.add_argument("--seeds", type=int, default=3)
    teaches.add_argument("--out", type=Path, required=True)
    learns = commands.add_parser("learn", help="train the student")
    learns.add_argument("--soft", type=Path, help="file that `teach` writes")
    learns.add_argument("--out", type=Path, default=Path("models/stance.npz"))
    learns.add_argument("--test", action="store_true", help="also measure on the test pairs")
    learns.add_argument(
        "--tagger", type=Path, default=Path("models/tagger.npz"), help="has the vectors of pieces"
    )
    for part in (teaches, learns):
        part.add_argument("pack", type=Path)
    teaches.add_argument("--device", default="cpu")
    teaches.add_argument("--seconds", type=float, default=float("inf"))
    teaches.add_argument("--epochs", type=int, default=TEACHER_EPOCHS)
    options = parser.parse_args()
    if options.command == "teach":
        pack = Pack(options.pack, options.device)
        encoder = torch.load(options.encoder, weights_only=True)
        teach(pack, encoder, options.out, seeds=options.seeds, epochs=options.epochs, seconds=options.seconds)
        return
    arrays, taught = read_arrays(options.pack), read_arrays(options.soft) if options.soft else None
    pieces, vocabulary = read_tagger(options.tagger)
    weights, _, tested = learn(arrays, pieces, taught, Recipe())
    if options.test:
        labels = arrays["labels"][arrays["parts"] == TEST].astype(np.int64)
        print("test:", measure(tested + weights["preference"], labels)[1])
    stored: dict[str, Any] = {"vocabulary": vocabulary, **weights}
    np.savez_compressed(options.out, **stored)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file of numpy."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


if __name__ == "__main__":
    main()
