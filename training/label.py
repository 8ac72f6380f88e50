"""Lets teachers label free text: `python -m training.label TEXTS --teacher FILE... --encoder FOLDER --out FILE`.

TEXTS has a `text` a line, gzipped or not. Several teachers of one encoder speak with one voice, the mean of their
probabilities. Windows overlap by half, and a word is labelled in the one it stands deepest in. FILE (.npz) has, for all
texts in a row, `tags` [tokens, 3 layers, 3 tags] in 255ths, `heads` (the head of each token that is rather content than
not, else -1) and `sources` [heads, 3]; `lengths` and `source_counts` say how many of each belong to a text.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.corpus import NOTHING, Cut, Example, build_example, read_texts
from training.encoder import PieceTable, Teacher
from training.pieces import read_vocabulary
from training.teacher import WINDOW, load_teacher, read_windows
from training.window_batches import WHOLE, Batch

CONTENT, OUTSIDE = 0, 0
LONGEST_SOURCE = 40


def overlapping(example: Example, size: int) -> Iterator[tuple[Cut, int, int]]:
    """Windows that overlap by half, each with the first and last token that it labels."""
    tokens, step = len(example.words), size // 2
    for start in range(0, max(1, tokens - step), step):
        end = min(tokens, start + size)
        first = start + step // 2 if start else 0
        last = end if end == tokens else start + step // 2 + step
        yield Cut(example, start, end), first, last


class Labels:
    """The labels of one text as they come in."""

    def __init__(self, tokens: int) -> None:
        self.tags = np.zeros((tokens, 3, 3), np.uint8)
        self.heads = np.full(tokens, NOTHING, np.int32)
        self._pointed = np.full(
            (tokens, 2), NOTHING, np.int32
        )  # first and last token of a source, if one is asked

    def add(self, cut: Cut, first: int, last: int, chances: np.ndarray, pointed: np.ndarray) -> None:
        """`chances` [tokens, 3, 3] and `pointed` [tokens, 3: head, first, last] of the window count from its start."""
        own = slice(first - cut.start, last - cut.start)
        self.tags[first:last] = np.round(chances[own] * WHOLE)
        is_content = chances[own, CONTENT, OUTSIDE] < 0.5
        self.heads[first:last] = np.where(is_content, pointed[own, 0] + cut.start, NOTHING)
        self._pointed[first:last] = pointed[own, 1:] + cut.start

    @property
    def sources(self) -> np.ndarray:
        """[heads, 3]: head, first and last token of its source, or the head itself."""
        heads = np.unique(self.heads[self.heads != NOTHING])
        rows = np.column_stack([heads, self._pointed[heads]])
        odd = (rows[:, 2] < rows[:, 1]) | (rows[:, 2] - rows[:, 1] >= LONGEST_SOURCE)
        return rows[~odd].astype(np.int32)


@torch.no_grad()
def read_chances(
    teachers: list[Teacher], table: PieceTable, cuts: list[Cut], device: str
) -> tuple[np.ndarray, np.ndarray]:
    """[windows, tokens, 3, 3] probabilities and [windows, tokens, 3] tokens pointed at, the mean of all teachers."""
    batch = Batch(cuts).to(device)
    rows = torch.arange(batch.width, device=device).expand(len(cuts), -1)
    chances, pointed = torch.zeros(()), [torch.zeros(())] * 3
    for teacher in teachers:
        tags, links = read_windows(teacher, table, cuts, batch, device)
        chances = chances.to(device) + tags.float().unflatten(-1, (3, 3)).softmax(-1) / len(teachers)
        parts = links.float().chunk(6, -1)
        pointed = [
            seen.to(device) + _point(teacher, parts[2 * kind], parts[2 * kind + 1], kind, rows, batch)
            for kind, seen in enumerate(pointed)
        ]
    best = torch.stack([seen.argmax(-1) for seen in pointed], -1)
    return chances.cpu().numpy(), best.cpu().numpy()


def _point(teacher: Teacher, ask: Tensor, answer: Tensor, kind: int, rows: Tensor, batch: Batch) -> Tensor:
    return teacher.link_scores(ask, answer, kind, rows, batch.mask, batch.lines).log_softmax(-1)


def label(
    examples: list[Example], teachers: list[Teacher], table: PieceTable, device: str, size: int
) -> list[Labels]:
    """The labels of each text; windows of like length run together."""
    found = [Labels(len(example.words)) for example in examples]
    jobs = [(k, *window) for k, e in enumerate(examples) if len(e.words) for window in overlapping(e, WINDOW)]
    jobs.sort(key=lambda job: job[1].end - job[1].start)
    for start in range(0, len(jobs), size):
        part = jobs[start : start + size]
        chances, pointed = read_chances(teachers, table, [job[1] for job in part], device)
        for i, (k, cut, first, last) in enumerate(part):
            tokens = cut.end - cut.start
            found[k].add(cut, first, last, chances[i, :tokens], pointed[i, :tokens])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--teacher", type=Path, nargs="+", required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=32, help="windows")
    parser.add_argument("--most", type=int, help="label the first so many texts only")
    options = parser.parse_args()
    numbers: dict[str, int] = {}
    texts = read_texts(options.texts)[: options.most]
    examples = [build_example({"text": text, "statements": []}, numbers) for text in texts]
    table = PieceTable(list(numbers), read_vocabulary(options.encoder))
    teachers = [load_teacher(path, options.encoder, options.device) for path in options.teacher]
    found = label(examples, teachers, table, options.device, options.batch)
    sources = [labels.sources for labels in found]
    np.savez_compressed(
        options.out,
        allow_pickle=False,
        lengths=np.array([len(labels.heads) for labels in found]),
        source_counts=np.array([len(rows) for rows in sources]),
        tags=np.concatenate([labels.tags for labels in found]),
        heads=np.concatenate([labels.heads for labels in found]),
        sources=np.concatenate(sources),
    )


if __name__ == "__main__":
    main()
