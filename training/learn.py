"""Train a teacher, or the small network with the help of teachers: `python -m training.learn WHAT PACK --out FILE`.

`teacher` fine-tunes all layers of an encoder (stored by `encoder.py`) on the annotated documents of PACK (`pack.py`).
`student` trains the small network on the same documents and on free text that the teachers label during training.
Both stop after `--epochs` or `--seconds`, whichever comes first, with the learning rate decayed to zero. Each prints
its scores on the held-out documents. Needs only PyTorch and numpy; intended for a GPU (`--device cuda`).
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.encoder import Teacher, grow
from training.losses import REFERENT, Reading, annotated_loss, read, taught_loss
from training.network import LAYERS, TAGS, Linking, Network, Shape, WordEncoder
from training.windows import MISSING, Batch, Pack, Window, batches

TEACHER_WINDOW, STUDENT_WINDOW, WHOLE_ARTICLE = 340, 500, 900
STEP = 250  # words between the starts of two successive windows that the teachers label
PLAIN = 0.4  # share of an epoch's articles in their own layout, not as a variant
WARM_UP = 0.08  # share of training during which the learning rate rises
FORGET_KNOWN = (
    0.25  # share of known words treated as unknown, so that the network learns from spelling as well
)
KEEP = 0.998  # decay of the running mean of the weights at each step


class Plan:
    """The progress of training, by steps or by time, and the learning rate at that point."""

    def __init__(self, steps: int, seconds: float) -> None:
        self._steps, self._seconds, self._step, self._began = max(1, steps), seconds, 0, time.perf_counter()

    @property
    def progress(self) -> float:
        return max(self._step / self._steps, (time.perf_counter() - self._began) / self._seconds)

    def rate(self) -> float:
        """Return the learning rate of the next step, as a share of the full rate."""
        self._step += 1
        return min(1.0, self.progress / WARM_UP) * max(
            0.0, 0.5 + 0.5 * math.cos(math.pi * min(1, self.progress))
        )

    def __str__(self) -> str:
        return f"step {self._step} of {self._steps}, {time.perf_counter() - self._began:.0f} s"


def run_teacher(teacher: Teacher, batch: Batch) -> tuple[Tensor, Tensor]:
    with torch.autocast(batch.words.device.type, torch.bfloat16):
        outputs: tuple[Tensor, Tensor] = teacher(
            batch.pieces, batch.piece_mask, batch.places, batch.quoted, batch.shapes, batch.mask
        )
        return outputs


class Student(nn.Module):
    """The word encoder followed by the network, for the words of a pack."""

    def __init__(self, pack: Pack, shape: Shape) -> None:
        super().__init__()
        self._pack = pack
        self.encoder = WordEncoder(pack.piece_means.shape[1], shape)
        self.network = Network(shape)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        with torch.autocast(batch.words.device.type, torch.bfloat16):
            distinct, place = torch.unique(batch.words, return_inverse=True)
            features = self._pack.features[distinct].clone()
            if self.training:
                features[torch.rand(len(distinct), device=distinct.device) < FORGET_KNOWN, -1] = 0
            vectors = self.encoder(self._pack.piece_means[distinct], features)
            outputs: tuple[Tensor, Tensor] = self.network(vectors[place], batch.quoted, batch.mask)
            return outputs


def epochs(pack: Pack, size: int, words: int, rng: random.Random) -> Iterator[list[Window]]:
    """Yield batches of annotated windows, epoch after epoch without end."""
    while True:
        windows = [w for document in pack.draw(rng, PLAIN) for w in pack.cut(document, size, rng)]
        yield from batches(windows, words, rng)


def fit(
    module: nn.Module,
    groups: list[dict[str, Any]],
    plan: Plan,
    loss_of: Callable[[], Tensor],
    after: Callable[[], None] = lambda: None,
) -> None:
    """Train until the plan ends. `groups` are optimizer groups: parameters with their full learning rate."""
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=_is_cuda(module))
    full = [group["lr"] for group in optimizer.param_groups]
    parameters = [p for p in module.parameters() if p.requires_grad]
    module.train()
    total, count = torch.zeros((), device=parameters[0].device), 0
    while plan.progress < 1:
        share = plan.rate()
        for group, rate in zip(optimizer.param_groups, full, strict=True):
            group["lr"] = rate * share
        loss = loss_of()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        after()
        total, count = total + loss.detach(), count + 1
        if count == 100:
            print(f"{plan}: loss {total.item() / count:.4f}", flush=True)
            total, count = torch.zeros_like(total), 0
    module.eval()


def _is_cuda(module: nn.Module) -> bool:
    return bool(next(module.parameters()).is_cuda)


def tune(pack: Pack, options: argparse.Namespace) -> None:
    """Train a teacher and write its weights in sixteen bits."""
    stored = torch.load(options.encoder, weights_only=True)
    teacher = Teacher(stored["sizes"], pack.shapes)
    teacher.encoder.load_state_dict(grow(stored["weights"]))
    teacher.to(options.device)
    encoder = [p for p in teacher.encoder.parameters() if p.requires_grad]
    own = {id(p) for p in teacher.encoder.parameters()}
    heads = [p for p in teacher.parameters() if id(p) not in own]
    rng = random.Random(options.seed)
    ready = epochs(pack, TEACHER_WINDOW, options.words, rng)
    per_epoch = sum(pack.lengths[i] for i in pack.draw(rng, PLAIN)) / options.words

    def loss_of() -> Tensor:
        batch = pack.gather(next(ready))
        return annotated_loss(batch, *run_teacher(teacher, batch), teacher)

    groups = [{"params": encoder, "lr": options.rate}, {"params": heads, "lr": options.head_rate}]
    fit(teacher, groups, Plan(int(per_epoch * options.epochs), options.seconds), loss_of)
    print(
        f"{options.out.name}: {score(pack, TEACHER_WINDOW, lambda b: run_teacher(teacher, b), teacher)}",
        flush=True,
    )
    weights = {name: value.detach().to("cpu", torch.bfloat16) for name, value in teacher.state_dict().items()}
    torch.save({"sizes": stored["sizes"], "weights": weights}, options.out)


def load_teacher(path: Path, pack: Pack, device: str) -> Teacher:
    """Load a teacher from a file, to label text with it."""
    stored = torch.load(path, weights_only=True)
    teacher = Teacher(stored["sizes"], pack.shapes)
    teacher.load_state_dict({name: value.float() for name, value in stored["weights"].items()})
    teacher.to(device).eval()
    return teacher


def teach(pack: Pack, options: argparse.Namespace) -> None:
    """Train a student and write the running mean of its weights in sixteen bits."""
    teachers = [load_teacher(path, pack, options.device) for path in options.teacher]
    shape = Shape(
        width=options.width, reaches=options.reaches, dropout=options.dropout, affixes=pack.affixes,
        shapes=pack.shapes, known=len(pack.known_words),
    )  # fmt: skip
    student = Student(pack, shape).to(options.device)
    rng = random.Random(options.seed)
    texts = [w for i in pack.texts() for w in pack.cut(i, TEACHER_WINDOW, rng, STEP)]
    free, known = _again(texts, options.words, rng), epochs(pack, STUDENT_WINDOW, options.words // 2, rng)
    readings: dict[Window, Reading] = {}
    per_epoch = len(texts) * TEACHER_WINDOW / options.words

    def loss_of() -> Tensor:
        own = pack.gather(next(known))
        tags, links = student(own)
        loss = annotated_loss(own, tags, links, student.network)
        if not teachers:
            return loss
        windows = next(free)
        batch = pack.gather(windows)
        reading = readings.get(windows[0])
        if reading is None:
            with torch.no_grad():
                outputs = [(*run_teacher(teacher, batch), teacher) for teacher in teachers]
            reading = readings[windows[0]] = read(batch, outputs)
        tags, links = student(batch)
        return loss * options.annotated + taught_loss(batch, reading, tags, links, student.network)

    mean = {name: value.detach().clone() for name, value in student.named_parameters()}
    steps = 0

    @torch.no_grad()
    def after() -> None:
        nonlocal steps
        steps += 1
        keep = min(KEEP, steps / (steps + 20))
        for name, value in student.named_parameters():
            mean[name].lerp_(value, 1 - keep)

    plan = Plan(int(per_epoch * options.epochs), options.seconds)
    fit(student, [{"params": list(student.parameters()), "lr": options.rate}], plan, loss_of, after)
    student.load_state_dict(mean)
    print(f"{options.out.name}: {score(pack, WHOLE_ARTICLE, student, student.network)}", flush=True)
    weights = {name: value.detach().to("cpu", torch.float16) for name, value in mean.items()}
    torch.save({"weights": weights, "shape": asdict(shape), "known": pack.known_words}, options.out)


def _again(windows: list[Window], words: int, rng: random.Random) -> Iterator[list[Window]]:
    """Yield the same batches in each epoch, in a new order, so that the teachers label each batch only once."""
    groups = batches(windows, words, rng)
    while True:
        rng.shuffle(groups)
        yield from groups


@torch.no_grad()
def score(pack: Pack, size: int, run: Callable[[Batch], tuple[Tensor, Tensor]], linking: Linking) -> str:
    """Return the scores on the held-out documents: F1 of exact spans and names, and the share of right links."""
    counts: dict[str, list[int]] = {}
    rng = random.Random(0)
    windows = [w for document in pack.kept() for w in pack.cut(document, size, rng)]
    for group in batches(windows, 8000, rng):
        batch = pack.gather(group)
        tags, links = run(batch)
        labels = tags[..., : LAYERS * TAGS].unflatten(-1, (LAYERS, TAGS)).argmax(-1).cpu()
        names = tags[..., LAYERS * TAGS :].argmax(-1).cpu()
        for i, (start, end) in enumerate(group):
            n = end - start
            for layer, name in enumerate(("content", "cue", "source")):
                gold = batch.tags[i, :n, layer].cpu()
                if (gold >= 0).any():
                    _count(counts, name, labels[i, :n, layer], gold)
            gold = batch.names[i, :n].cpu()
            if (gold >= 0).all():
                _count(counts, "names", names[i, :n], gold)
        _count_referents(counts, batch, links, linking)
    return ", ".join(
        f"{name} {200 * right / max(1, found + wanted):.1f}"
        for name, (right, found, wanted) in counts.items()
    )


def _count(counts: dict[str, list[int]], name: str, labels: Tensor, gold: Tensor) -> None:
    wanted = spans(gold.clamp(min=0).tolist())
    found = {span for span in spans(labels.tolist()) if (gold[span[0] : span[1]] >= 0).all()}
    row = counts.setdefault(name, [0, 0, 0])
    for k, n in enumerate((len(wanted & found), len(found), len(wanted))):
        row[k] += n


def _count_referents(counts: dict[str, list[int]], batch: Batch, links: Tensor, linking: Linking) -> None:
    rows = torch.arange(batch.mask.shape[1], device=links.device).expand(len(batch.mask), -1)
    at = linking.link_scores(links, REFERENT, rows, batch.mask, batch.lines).argmax(-1)
    is_named = (batch.meant > 0) & (batch.meant[:, :, None] == batch.named[:, None, :]).any(-1)
    own = rows == at
    right = torch.where(is_named, batch.named.gather(1, at) == batch.meant, own)
    for name, counted in (("meant", is_named), ("nobody", batch.meant == 0)):
        row = counts.setdefault(name, [0, 0, 0])
        for k, n in enumerate(((right & counted).sum(), counted.sum(), counted.sum())):
            row[k] += int(n)


def spans(labels: list[int]) -> set[tuple[int, int, int]]:
    """Return the (start, end, kind) spans of a row of tags: 0 is outside, followed by begin and inside of each kind."""
    found, start, kind = set(), MISSING, MISSING
    for i, label in enumerate([*labels, 0]):
        now = (label - 1) // 2 if label else MISSING
        if start != MISSING and (now != kind or label % 2 == 1):
            found.add((start, i, kind))
            start = MISSING
        if now != MISSING and start == MISSING:
            start, kind = i, now
    return found


def parse_reaches(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def main() -> None:
    options = read_options()
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    pack = Pack(options.pack, options.device)
    print(f"{len(pack.lengths)} documents, {pack.lengths.sum():,} words on {options.device}", flush=True)
    {"teacher": tune, "student": teach}[options.what](pack, options)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("teacher", "student"))
    parser.add_argument("pack", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--epochs", type=float, default=4)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--words", type=int, default=4500, help="words per batch")
    parser.add_argument("--rate", type=float, default=7e-5)
    parser.add_argument("--seed", type=int, default=1)
    teacher = parser.add_argument_group("teacher")
    teacher.add_argument("--encoder", type=Path, help="file written by encoder.py")
    teacher.add_argument(
        "--head-rate", type=float, default=1e-3, help="learning rate of the layers for tags and links"
    )
    student = parser.add_argument_group("student")
    student.add_argument("--teacher", type=Path, nargs="*", default=[])
    student.add_argument("--annotated", type=float, default=0.5, help="weight of the annotated documents")
    student.add_argument("--width", type=int, default=Shape.width)
    student.add_argument(
        "--reaches", type=parse_reaches, default=Shape.reaches, help="one per block, such as 1,2,4"
    )
    student.add_argument("--dropout", type=float, default=Shape.dropout)
    return parser.parse_args()


if __name__ == "__main__":
    main()
