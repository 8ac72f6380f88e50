"""Train the model of stances (`models/stance.npz`): teachers that label pairs, and a student that learns from them.

    python -m training.stance teach PACK --encoder encoder.pt --device cuda --out labels.npz
    python -m training.stance learn PACK --soft labels.npz --device cuda

PACK is a file that `stance_pairs.py` writes. `learn` without `--soft` uses the labelled pairs alone.

Articles are divided into five folds. For each fold, a teacher is trained on the other four; it labels the fold's own
pairs and all unlabelled pairs. Six students train side by side: one for each fold, which learns from the labels of the
other folds and from the teacher that has not seen this fold, and the last, which learns from everything and ships. The
first five show what the last is worth, and fit its temperature and its preferences for the rarer stances.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor
from torch.nn import functional

from training.encoder import grow
from training.stance_networks import Shape, Students, Teacher

FOLDS, STANCES = 5, ("for", "against", "neither")
POOL, TRAIN, TEST = 0, 1, 2
HIDDEN = 128
DISTANCE_LIMITS = (-16, -8, -4, -2, -1, 0, 1, 2, 3, 5, 9, 17)
FAR = 1000
TEACHER_RATE, TEACHER_EPOCHS, TEACHER_BATCH, LAYER_DECAY, SMOOTHING = 4e-5, 4, 32, 0.92, 0.05
PIECES_AT_ONCE = 40_000
HIDE_SHARE = 0.5  # of the examples of a teacher, whose subject's name is hidden
RATE, WORDS_AT_ONCE, GOLD_WEIGHT = 3e-3, 24_000, 3.0


class Pack:
    """A pack of `stance_pairs.py`: texts as padded tensors on a device."""

    def __init__(self, path: Path, device: str) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self.arrays = {name: stored[name] for name in stored.files}
        self.device = device
        a = self.arrays
        self.parts, self.labels, self.folds = a["parts"], a["labels"].astype(np.int64), a["folds"]
        self.sizes = {kind: a[f"{kind}lengths"].astype(np.int64) for kind in ("", "piece_")}
        self._starts = {kind: np.cumsum(sizes) - sizes for kind, sizes in self.sizes.items()}
        pieces = a["word_pieces"].astype(np.int64)
        self.word_pieces = torch.from_numpy(pieces).to(device)
        self.word_counts = torch.from_numpy((pieces != 65535).sum(1)).to(device)

        def flat(name: str) -> Tensor:
            return torch.from_numpy(a[name].astype(np.int32)).to(device)

        self._words, self._marks = flat("words"), flat("marks")
        self._pieces, self._piece_marks = flat("pieces"), flat("piece_marks")

    def of(self, part: int) -> np.ndarray:
        return np.flatnonzero(self.parts == part)

    def _places(self, rows: np.ndarray, kind: str) -> tuple[Tensor, Tensor]:
        sizes = torch.from_numpy(self.sizes[kind][rows]).to(self.device)
        starts = torch.from_numpy(self._starts[kind][rows]).to(self.device)
        step = torch.arange(int(self.sizes[kind][rows].max()), device=self.device)
        return starts[:, None] + step.clamp(max=10**6) * (step < sizes[:, None]), step < sizes[:, None]

    def for_teacher(self, rows: np.ndarray, hides: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return pieces, marks and mask; `hides` says for each text whether the subject's name is hidden."""
        places, there = self._places(rows, "piece_")
        pieces, marks = self._pieces[places].long(), self._piece_marks[places] * there
        pieces = torch.where(there, pieces, 1)
        is_name = (marks & HIDDEN > 0) & hides[:, None]
        return torch.where(is_name, int(self.arrays["hidden_piece"]), pieces), marks & 31, there.float()

    def for_student(self, rows: np.ndarray) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Return the arguments of `Students`."""
        places, there = self._places(rows, "")
        words, marks = self._words[places].long(), self._marks[places] * there
        lengths = there.sum(1)
        return (
            self.word_pieces[words],
            self.word_counts[words] * there,
            marks,
            measure_distances(marks),
            lengths,
        )


def measure_distances(marks: Tensor) -> Tensor:
    """Return what `stances.measure_distances` returns."""
    places = torch.arange(marks.shape[1], device=marks.device)
    is_subject = (marks & 2) > 0
    before = torch.where(is_subject, places, -FAR).cummax(1).values
    after = torch.where(is_subject, places, 2 * FAR).flip(1).cummin(1).values.flip(1)
    since, until = places - before, places - after
    limits = torch.tensor(DISTANCE_LIMITS, device=marks.device)
    return torch.bucketize(torch.where(since <= -until, since, until), limits, right=True)


# ---- measures ----------------------------------------------------------------------------------------------


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
        for batch in _batches_of_like_length(rng.permutation(rows), pack.sizes["piece_"], TEACHER_BATCH, rng):
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
    sizes = pack.sizes["piece_"][rows]
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

    `pool` [FOLDS, pairs, STANCES] has those of the unlabelled pairs by teachers that have not seen a fold; zeros where
    the time did not suffice. `train` has those of the labelled pairs by teachers that have not seen them, `test` those
    of the test pairs by all teachers; in these, the subject's name is hidden. `train_named` and `test_named` have the
    probabilities with the name.
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
        np.savez(out, **stored)
    for name in ("train", "train_named"):
        logits = np.log(_shares(given[name]) + 1e-4)
        print(f"teachers, {name}:")
        print_figures(logits, pack.labels[train], pack.folds[train])
    return {name: _shares(value) for name, value in given.items()}


def _shares(sums: np.ndarray) -> np.ndarray:
    """Divide sums of probabilities by their number."""
    shares: np.ndarray = sums / np.maximum(np.round(sums.sum(-1, keepdims=True)), 1)
    return shares


# ---- students ----------------------------------------------------------------------------------------------


def learn(
    pack: Pack,
    tagger_pieces: np.ndarray,
    soft: np.ndarray | None,
    shape: Shape,
    *,
    epochs: int,
    seconds: float,
    seed: int = 0,
) -> tuple[Students, np.ndarray]:
    """Train six students; return them and the logits of the labelled train pairs that are out of their folds.

    `soft` [FOLDS, pool, STANCES] has the teachers' probabilities of the unlabelled pairs.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    train = pack.of(TRAIN)
    count = FOLDS + 1
    targets = torch.zeros(count, len(pack.parts), 3, device=pack.device)
    weights = torch.zeros(count, len(pack.parts), device=pack.device)
    labels = torch.from_numpy(pack.labels[train]).to(pack.device)
    wanted = functional.one_hot(labels, 3) * (1 - SMOOTHING) + SMOOTHING / 3
    targets[:, train] = wanted.float()
    held = (
        torch.from_numpy(pack.folds[train]).to(pack.device)[None]
        == torch.arange(count, device=pack.device)[:, None]
    )
    weights[:, train] = torch.where(held, 0.0, GOLD_WEIGHT if soft is not None else 1.0)
    rows = train
    if soft is not None:
        pool = pack.of(POOL)
        soft = soft.astype(np.float32)
        own = torch.from_numpy(np.concatenate([soft, _shares(soft.sum(0, keepdims=True))])).to(pack.device)
        targets[:, pool], weights[:, pool] = own, own.sum(-1)
        rows = np.concatenate([pool, train])
    students = Students(count, shape, torch.from_numpy(tagger_pieces).to(pack.device)).to(pack.device).train()
    named = [(name, p) for name, p in students.named_parameters() if p.requires_grad]
    learnt = [p for name, p in named if name == "differences"]
    groups = [{"params": [p for name, p in named if name != "differences"], "weight_decay": 0.03}]
    if learnt:
        groups.append({"params": learnt, "weight_decay": 0.3})
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), fused=pack.device == "cuda")
    batches = list(_batches(rows, pack.sizes[""], rng))
    began, step, steps = time.monotonic(), 0, epochs * len(batches)
    for epoch in range(epochs):
        total = 0.0
        for batch in _batches(rows, pack.sizes[""], rng):
            spent = max(step / steps, (time.monotonic() - began) / seconds)
            for group in optimizer.param_groups:
                group["lr"] = (
                    RATE * min(1.0, (step + 1) / 100) * max(0.02, 0.5 + 0.5 * np.cos(np.pi * min(spent, 1)))
                )
            at = torch.from_numpy(batch).to(pack.device)
            logits = students(*pack.for_student(batch))
            losses = -(targets[:, at] * logits.log_softmax(-1)).sum(-1) * weights[:, at]
            loss = losses.sum(1).div(weights[:, at].sum(1).clamp(min=1)).sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(students.parameters(), 5.0)
            optimizer.step()
            step += 1
            if step % 50 == 0:
                total = float(loss.detach()) / count
            if spent >= 1:
                break
        if spent >= 1:
            break
        if epoch % 5 == 4:
            print(f"  epoch {epoch + 1}, loss {total:.3f}, {time.monotonic() - began:.0f} s", flush=True)
    logits = ask_students(students, pack, train)
    return students, logits[pack.folds[train], np.arange(len(train))]


def _batches(rows: np.ndarray, sizes: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield batches of texts of like length in random order, of at most WORDS_AT_ONCE words with padding."""
    order = rows[np.argsort(sizes[rows] + rng.uniform(0, 4, len(rows)))]
    batches, start = [], 0
    while start < len(order):
        size = max(1, WORDS_AT_ONCE // max(8, int(sizes[order[start]]) + 4))
        batches.append(order[start : start + min(size, 512)])
        start += len(batches[-1])
    for i in rng.permutation(len(batches)):
        yield batches[i]


@torch.no_grad()
def ask_students(students: Students, pack: Pack, rows: np.ndarray) -> np.ndarray:
    """Return the logits that each student gives the pairs, [students, rows, STANCES]."""
    students.eval()
    out = np.zeros((students.count, len(rows), 3), np.float32)
    order = np.argsort(pack.sizes[""][rows], kind="stable")
    for start in range(0, len(order), 128):
        some = order[start : start + 128]
        out[:, some] = students(*pack.for_student(rows[some])).cpu().numpy()
    return out


def export(students: Students, logits: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Return the weights of the last student, with a temperature and preferences fitted on out-of-fold `logits`."""
    weights = {name: value.cpu().numpy() for name, value in students.weights_of(FOLDS).items()}
    weights["temperature"] = np.array(find_temperature(logits, labels), np.float32)
    weights["preference"] = find_preference(logits, labels).astype(np.float32)
    return weights


def print_figures(logits: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> float:
    """Print the figures of out-of-fold logits, and return the macro F1 with preferences from the other folds."""
    print("  out of fold:", measure(logits, labels)[1])
    figure, line = measure(prefer_by_fold(logits, labels, folds), labels)
    print("  with preferences:", line, flush=True)
    return figure


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
    for part, epochs in ((teaches, TEACHER_EPOCHS), (learns, 8)):
        part.add_argument("pack", type=Path)
        part.add_argument("--device", default="cpu")
        part.add_argument("--seconds", type=float, default=float("inf"))
        part.add_argument("--epochs", type=int, default=epochs)
    options = parser.parse_args()
    pack = Pack(options.pack, options.device)
    if options.command == "teach":
        encoder = torch.load(options.encoder, weights_only=True)
        teach(pack, encoder, options.out, seeds=options.seeds, epochs=options.epochs, seconds=options.seconds)
        return
    soft = None
    if options.soft:
        with np.load(options.soft, allow_pickle=False) as stored:
            soft = stored["pool"]
    pieces, vocabulary = read_tagger(options.tagger)
    students, logits = learn(pack, pieces, soft, Shape(), epochs=options.epochs, seconds=options.seconds)
    train, test = pack.of(TRAIN), pack.of(TEST)
    print_figures(logits, pack.labels[train], pack.folds[train])
    weights: dict[str, Any] = export(students, logits, pack.labels[train])
    if options.test:
        given = ask_students(students, pack, test)[FOLDS] + weights["preference"]
        print("test:", measure(given, pack.labels[test])[1])
    np.savez_compressed(options.out, vocabulary=vocabulary, **weights)


if __name__ == "__main__":
    main()
