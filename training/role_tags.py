"""Train the network that marks roles near names: `python -m training.role_tags WHO --texts TEXTS --encoder FOLDER ...`.

WHO is a file of annotated articles, TEXTS are files of articles without annotation, `{"text"}`. A large network, the
teacher, starts from an encoder (FOLDER has its vocabulary, ENCODER.pt its weights; see `encoder.py`). It learns from
WHO and labels the mentions of people in TEXTS. The small network that On Record uses, the student, learns from these
labels and from WHO. Prints how well a student that was not trained on an article marks the words of its roles. Writes
`models/role_tags.npz`. Intended for a GPU (`--device cuda`).
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

import models
from training.encoder import Encoder, grow
from training.guesses import FOLDS, read_lines
from training.learn import Plan
from training.pieces import read_vocabulary
from training.role_examples import Example, read_annotated, read_free
from transforms.extract.meanings import meanings_of
from transforms.extract.word_features import pieces_of, seen_as
from transforms.resolve.role_tags import DILATIONS, SPAN, TARGET, WIDE, describe, window_around

OUT = Path(models.__file__).with_name("role_tags.npz")
OUTPUTS = 2  # role, place
PIECES = 112  # pieces that the teacher reads around a mention
TEACHER_BATCH, TEACHER_EPOCHS, TEACHER_RATE, HEAD_RATE = 48, 6, 5e-5, 1e-3
POSITIVE_WEIGHT = 1.5  # weight of the words of roles in the loss of the teacher
HIDDEN, STUDENT_BATCH, STUDENT_EPOCHS, STUDENT_RATE = 48, 512, 14, 3e-3
ANNOTATED_TIMES = 3  # how often an epoch of the student uses each annotated mention
RARE = -3.0  # first log odds that a word belongs to a role
FIRST, LAST, PADDING = 0, 2, 1  # pieces of MPNet


class Teacher(nn.Module):
    """Reads the pieces around a mention; `flags` says of each piece which flags of `describe` its word has."""

    def __init__(self, sizes: dict[str, int]) -> None:
        super().__init__()
        self.encoder = Encoder(sizes)
        self.flags = nn.Linear(TARGET + 1, sizes["width"], bias=False)
        self.out = nn.Linear(sizes["width"], OUTPUTS)
        nn.init.zeros_(self.flags.weight)
        nn.init.constant_(self.out.bias, RARE)

    def forward(self, pieces: Tensor, flags: Tensor, mask: Tensor) -> Tensor:
        scores: Tensor = self.out(self.encoder(pieces, self.flags(flags), mask))
        return scores.float()


class Student(nn.Module):
    """Reads the vectors and flags of the words around a mention."""

    def __init__(self) -> None:
        super().__init__()
        width = meanings_of([""]).shape[1]
        self.word = nn.Linear(width, HIDDEN, bias=False)
        self.flag = nn.Linear(TARGET + 1, HIDDEN)
        self.at = nn.Parameter(torch.zeros(SPAN, HIDDEN))
        self.convs = nn.ModuleList(
            [nn.Conv1d(HIDDEN, HIDDEN, 3, padding=step, dilation=step) for step in DILATIONS]
        )
        self.out = nn.Linear(HIDDEN, OUTPUTS)
        self.dropout = nn.Dropout(0.1)
        nn.init.constant_(self.out.bias, RARE)

    def forward(self, vectors: Tensor, flags: Tensor, mask: Tensor) -> Tensor:
        x = torch.relu(self.word(vectors) + self.flag(flags) + self.at) * mask[..., None]
        for conv in self.convs:
            near = conv(self.dropout(x).transpose(1, 2)).transpose(1, 2)
            x = (x + torch.relu(near)) * mask[..., None]
        scores: Tensor = self.out(self.dropout(x))
        return scores


class Labels(NamedTuple):
    """The right answers for the words in a window and their weights, both [mentions, words, OUTPUTS]."""

    right: np.ndarray
    weights: np.ndarray


# ---- the teacher -------------------------------------------------------------------------------------------


class Pieces:
    """The windows of pieces around mentions; `words` has the index of the word that begins at each piece, else -1."""

    def __init__(self, examples: Sequence[Example], vocabulary: dict[str, int]) -> None:
        shape = (len(examples), PIECES)
        self.pieces, self.words = np.full(shape, PADDING, np.int64), np.full(shape, -1, np.int64)
        self.flags, self.mask = np.zeros((*shape, TARGET + 1), np.float16), np.zeros(shape, np.float32)
        for row, example in enumerate(examples):
            self._add(row, example, vocabulary)

    def _add(self, row: int, example: Example, vocabulary: dict[str, int]) -> None:
        """Add words before and after the mention in turn, as long as their pieces fit."""
        text, mention = example.text, example.mention
        parts = {i: self._of(text.words[i], vocabulary) for i in range(mention.first, mention.last)}
        room = PIECES - 2 - sum(map(len, parts.values()))
        before, after = mention.first - 1, mention.last
        while room > 0 and (before >= 0 or after < text.size):
            for i in (i for i in (before, after) if 0 <= i < text.size):
                parts[i] = self._of(text.words[i], vocabulary)
                room -= len(parts[i])
            before, after = before - 1, after + 1
        at = 1
        for i in sorted(parts):
            own = parts[i][: PIECES - 1 - at]
            if own:
                self.words[row, at] = i
                self.pieces[row, at : at + len(own)] = own
                is_own = mention.first <= i < mention.last
                flags = (TARGET,) if is_own else describe(text, example.clusters, i)[1]
                self.flags[row, at : at + len(own), list(flags)] = 1
                at += len(own)
        self.pieces[row, 0], self.pieces[row, at], self.mask[row, : at + 1] = FIRST, LAST, 1

    @staticmethod
    def _of(word: str, vocabulary: dict[str, int]) -> list[int]:
        return pieces_of(seen_as(word), vocabulary) or [vocabulary["[UNK]"]]

    def batch(self, rows: np.ndarray, device: str) -> tuple[Tensor, Tensor, Tensor]:
        pieces, flags, mask = (
            torch.from_numpy(part[rows]).to(device) for part in (self.pieces, self.flags, self.mask)
        )
        return pieces, flags.float(), mask


def labels_at(examples: Sequence[Example], words: np.ndarray) -> Labels:
    """Return the annotated labels of words, given by their indices, [mentions, words]; -1 is no word."""
    right = np.zeros((*words.shape, OUTPUTS), np.float32)
    weights = np.repeat((words >= 0)[..., None], OUTPUTS, axis=2).astype(np.float32)
    for row, example in enumerate(examples):
        own = set(range(example.mention.first, example.mention.last))
        for column, marked in enumerate((example.role, example.place)):
            right[row, np.isin(words[row], sorted(marked)), column] = 1
        weights[row, np.isin(words[row], sorted(example.doubtful | own))] = 0
    return Labels(right, weights)


def train_teacher(
    stored: Path, examples: Sequence[Example], windows: Pieces, device: str, seconds: float
) -> Teacher:
    saved = torch.load(stored, map_location="cpu", weights_only=True)
    torch.manual_seed(1)
    teacher = Teacher(saved["sizes"])
    teacher.encoder.load_state_dict(grow(saved["weights"]))
    teacher.to(device).train()
    heads = [*teacher.flags.parameters(), *teacher.out.parameters()]
    body = [weights for weights in teacher.encoder.parameters() if weights.requires_grad]
    groups = [{"params": body, "lr": TEACHER_RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    labels = labels_at(examples, windows.words)
    plan = Plan(TEACHER_EPOCHS * math.ceil(len(examples) / TEACHER_BATCH), seconds)
    for rows in _shuffled(len(examples), TEACHER_BATCH, plan):
        share = plan.rate()
        for group, rate in zip(optimizer.param_groups, (TEACHER_RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * share
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            scores = teacher(*windows.batch(rows, device))
        loss = _loss(scores, labels, rows, POSITIVE_WEIGHT)
        _step(optimizer, teacher, loss)
    print(f"teacher: {plan}")
    teacher.eval()
    return teacher


@torch.no_grad()
def label(teacher: Teacher, windows: Pieces, device: str) -> np.ndarray:
    """Return the teacher's probabilities at all pieces, [mentions, PIECES, OUTPUTS]."""
    found = []
    for rows in np.array_split(np.arange(len(windows.pieces)), max(1, len(windows.pieces) // 256)):
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            scores = teacher(*windows.batch(rows, device))
        found.append(torch.sigmoid(scores).half().cpu().numpy())
    return np.concatenate(found)


def taught_labels(words: np.ndarray, windows: Pieces, chances: np.ndarray) -> Labels:
    """Return the teacher's probabilities for the words in the windows of the student."""
    right = np.zeros((*words.shape, OUTPUTS), np.float32)
    weights = np.zeros_like(right)
    for row, (own, pieces) in enumerate(zip(words, windows.words, strict=True)):
        column = {int(word): n for n, word in enumerate(pieces) if word >= 0}
        for k, word in enumerate(own.tolist()):
            if word in column and k != WIDE:
                right[row, k], weights[row, k] = chances[row, column[word]], 1
    return Labels(right, weights)


# ---- the student -------------------------------------------------------------------------------------------


class Rows:
    """The inputs of the student for mentions, stored once for each different word."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.words = np.array([window_around(e.text, e.mention) for e in examples])
        number: dict[str, int] = {"": 0}
        self.vectors = np.zeros(self.words.shape, np.int64)
        self.flags = np.zeros((*self.words.shape, TARGET + 1), np.float16)
        for row, example in enumerate(examples):
            for k, i in enumerate(self.words[row].tolist()):
                if i >= 0:
                    word, flags = (
                        ("", (TARGET,)) if k == WIDE else describe(example.text, example.clusters, i)
                    )
                    self.vectors[row, k] = number.setdefault(word, len(number))
                    self.flags[row, k, list(flags)] = 1
        self.table = torch.from_numpy(meanings_of(list(number)))
        self.table[0] = 0

    def batch(self, rows: np.ndarray, device: str) -> tuple[Tensor, Tensor, Tensor]:
        vectors = self.table[torch.from_numpy(self.vectors[rows])]
        flags, inside = (
            torch.from_numpy(self.flags[rows]).float(),
            torch.from_numpy(self.words[rows] >= 0).float(),
        )
        return vectors.to(device), flags.to(device), inside.to(device)


def train_student(rows: Rows, used: np.ndarray, labels: Labels, device: str, seconds: float) -> Student:
    """Train a student on the rows `used`, of which some may occur several times."""
    torch.manual_seed(1)
    student: Student = Student().to(device)
    student.train()
    optimizer = torch.optim.AdamW(student.parameters(), STUDENT_RATE, weight_decay=0.02)
    plan = Plan(STUDENT_EPOCHS * math.ceil(len(used) / STUDENT_BATCH), seconds)
    for part in _shuffled(len(used), STUDENT_BATCH, plan):
        optimizer.param_groups[0]["lr"] = STUDENT_RATE * plan.rate()
        loss = _loss(student(*rows.batch(used[part], device)), labels, used[part])
        _step(optimizer, student, loss)
    print(f"student: {plan}")
    student.eval()
    return student


def _shuffled(count: int, size: int, plan: Plan) -> Iterator[np.ndarray]:
    """Yield random parts of the numbers below `count` until the plan ends."""
    rng = np.random.default_rng(1)
    while plan.progress < 1:
        order = rng.permutation(count)
        for start in range(0, count, size):
            if plan.progress >= 1:
                return
            yield order[start : start + size]


def _loss(scores: Tensor, labels: Labels, rows: np.ndarray, positive: float = 1.0) -> Tensor:
    right, weights = (torch.from_numpy(part[rows]).to(scores.device) for part in labels)
    total = functional.binary_cross_entropy_with_logits(
        scores, right, weights, reduction="sum", pos_weight=scores.new_tensor(positive)
    )
    return total / len(rows)


def _step(optimizer: torch.optim.Optimizer, network: nn.Module, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()


@torch.no_grad()
def count_marked(student: Student, rows: Rows, tested: np.ndarray, labels: Labels, device: str) -> np.ndarray:
    """Return, for roles and owners, how many words are rightly marked, marked and annotated, [OUTPUTS, 3]."""
    scores = student(*rows.batch(tested, device)).cpu().numpy()
    counts = (labels.weights[tested] > 0) & (rows.words[tested] >= 0)[..., None]
    marked, wanted = (scores > 0) & counts, (labels.right[tested] > 0) & counts
    return np.stack([part.sum((0, 1)) for part in (marked & wanted, marked, wanted)], 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("who", type=Path)
    parser.add_argument("--texts", nargs="+", default=[])
    parser.add_argument("--encoder", type=Path, required=True, help="folder with vocab.txt")
    parser.add_argument("--weights", type=Path, required=True, help="the file that `training.encoder` writes")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seconds", type=float, default=math.inf, help="time for each of the networks")
    options = parser.parse_args()
    began, device = time.perf_counter(), options.device
    annotated = list(read_annotated([json.loads(line) for line in read_lines([str(options.who)])]))
    examples = [*annotated, *read_free([json.loads(line) for line in read_lines(options.texts)])]
    windows = Pieces(examples, read_vocabulary(options.encoder))
    print(f"{len(annotated)} annotated mentions of {len(examples)}; {time.perf_counter() - began:.0f} s")
    teacher = train_teacher(options.weights, annotated, windows, device, options.seconds)
    rows, count = Rows(examples), len(annotated)
    taught, own = (
        taught_labels(rows.words, windows, label(teacher, windows, device)),
        labels_at(annotated, rows.words[:count]),
    )
    labels = Labels(*(np.concatenate([a, b[count:]]) for a, b in zip(own, taught, strict=True)))
    folds = np.array([example.fold for example in annotated])
    free, counts = np.arange(count, len(examples)), np.zeros((OUTPUTS, 3), int)
    for fold in range(FOLDS):
        used = np.concatenate([np.repeat(np.flatnonzero(folds != fold), ANNOTATED_TIMES), free])
        student = train_student(rows, used, labels, device, options.seconds)
        counts += count_marked(student, rows, np.flatnonzero(folds == fold), labels, device)
    for name, (right, marked, wanted) in zip(("roles", "owners"), counts.tolist(), strict=True):
        print(f"words of {name}: {right} of {marked} marked are right, {wanted} are annotated")
    used = np.concatenate([np.repeat(np.arange(count), ANNOTATED_TIMES), free])
    save(train_student(rows, used, labels, device, options.seconds))


def save(student: Student) -> None:
    weights = {name.replace(".", "_"): value.cpu().numpy() for name, value in student.state_dict().items()}
    np.savez_compressed(
        OUT, allow_pickle=False, **{name: value.astype(np.float16) for name, value in weights.items()}
    )


if __name__ == "__main__":
    main()
