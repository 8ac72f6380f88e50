"""Tunes a pretrained encoder: `python -m training.teacher CORPUS[:TIMES]... --encoder FOLDER --out FOLDER`.

CORPUS is as for `train.py`. All layers of the encoder are tuned, with a small rate that falls to nothing; tags and
links on top of it learn faster. Writes `teacher.pt` after each epoch, for `label.py`. `--held-out` prints how many
spans of a file of annotated articles are found exactly. `--device cuda` runs on an accelerator. Needs the optional
extra `training`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.corpus import Cut, Example, batches, build_example, cut_examples
from training.encoder import PieceTable, Teacher
from training.mixture import Mixture, parse_corpus
from training.pieces import read_vocabulary
from training.window_batches import Batch, loss_of
from transforms.extract.span_decoder import read_spans
from transforms.extract.viterbi import best_labels

WINDOW = 280  # tokens: some 380 pieces of the 512 that an encoder reads
WARM_UP = 0.1  # share of the steps
LAYER_NAMES = ("content", "cue", "source")


def read_windows(
    teacher: Teacher, table: PieceTable, cuts: list[Cut], batch: Batch, device: str
) -> tuple[Tensor, Tensor]:
    """Tags and link vectors [windows, tokens, ...] of some windows, in 16-bit numbers where the device has them."""
    pieces = [table.window(cut.example.words[cut.start : cut.end]) for cut in cuts]
    longest = max(len(found) for found, _ in pieces)
    numbers = torch.full((len(cuts), longest), table.last, dtype=torch.long)
    known = torch.zeros(len(cuts), longest, dtype=torch.long)
    places = torch.full((len(cuts), batch.width), longest - 1, dtype=torch.long)
    for i, (found, first) in enumerate(pieces):
        numbers[i, : len(found)] = torch.tensor(found)
        known[i, : len(found)] = 1
        places[i, : len(first)] = torch.tensor(first)
    with torch.autocast(device, torch.bfloat16):
        return teacher(numbers.to(device), known.to(device), places.to(device), batch.quoted)


def tune(teacher: Teacher, table: PieceTable, mixture: Mixture, options: argparse.Namespace) -> None:
    """Trains in place and saves after each epoch."""
    rng = random.Random(options.seed)
    encoder = list(teacher.encoder.parameters())
    own = {id(p) for p in encoder}
    heads = [p for p in teacher.parameters() if id(p) not in own]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": options.rate}, {"params": heads, "lr": options.head_rate}],
        weight_decay=0.01,
    )
    per_epoch = len(batches(list(cut_examples(mixture.draw(rng), WINDOW, rng)), options.batch, rng))
    steps = max(1, per_epoch * options.epochs)
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min((i + 1) / (WARM_UP * steps), max(0.0, 1 - i / steps) / (1 - WARM_UP))
    )
    for epoch in range(options.epochs):
        teacher.train()
        began, total, count = time.perf_counter(), 0.0, 0
        for cuts in batches(list(cut_examples(mixture.draw(rng), WINDOW, rng)), options.batch, rng):
            batch = Batch(cuts).to(options.device)
            tags, links = read_windows(teacher, table, cuts, batch, options.device)
            loss = loss_of(batch, tags, links, teacher)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            plan.step()
            total, count = total + loss.item(), count + 1
        seconds = time.perf_counter() - began
        print(
            f"epoch {epoch + 1}/{options.epochs}: loss {total / max(1, count):.4f}, {seconds:.0f} s",
            flush=True,
        )
        save(teacher, options.out)


def save(teacher: Teacher, folder: Path) -> None:
    """Writes `teacher.pt` with 16-bit weights, half the size."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {k: v.detach().to("cpu", torch.bfloat16) for k, v in teacher.state_dict().items()}
    torch.save(weights, folder / "teacher.pt")
    torch.save(
        {k: v.detach().to("cpu", torch.bfloat16) for k, v in teacher.state_dict().items()},
        folder / "teacher.pt",
    )


def load_teacher(path: Path, encoder: Path, device: str) -> Teacher:
    """The teacher of a file, ready to read."""
    teacher = Teacher(encoder)
    teacher.load_state_dict({k: v.float() for k, v in torch.load(path, weights_only=True).items()})
    return teacher.to(device).eval()


@torch.no_grad()
def score_spans(
    teacher: Teacher, table: PieceTable, examples: list[Example], options: argparse.Namespace
) -> str:
    """F1 of spans that are found exactly, of each layer; what touches an optional statement does not count."""
    counts = np.zeros((3, 3))  # of a layer: right, found, wanted
    cuts = list(cut_examples(examples, WINDOW, random.Random(0)))
    for first in range(0, len(cuts), options.batch):
        part = cuts[first : first + options.batch]
        batch = Batch(part).to(options.device)
        tags, _ = read_windows(teacher, table, part, batch, options.device)
        chances = tags.float().unflatten(-1, (3, 3)).log_softmax(-1).cpu().numpy()
        best = best_labels([chances[k, : cut.end - cut.start] for k, cut in enumerate(part)], np.zeros(3))
        for cut, labels in zip(part, best, strict=True):
            for layer in range(3):
                gold = cut.example.tags[cut.start : cut.end, layer]
                wanted = set(read_spans(np.maximum(gold, 0)))
                found = {span for span in read_spans(labels[:, layer]) if (gold[slice(*span)] >= 0).all()}
                counts[layer] += len(wanted & found), len(found), len(wanted)
    f1 = 200 * counts[:, 0] / np.maximum(1, counts[:, 1] + counts[:, 2])
    return ", ".join(f"{name} {value:.1f}" for name, value in zip(LAYER_NAMES, f1, strict=True))


def main() -> None:
    options = read_options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    mixture = Mixture(options.variants, options.seed)
    for path, times in options.corpus:
        mixture.add(path, times)
    held_out = []
    if options.held_out:
        with options.held_out.open(encoding="utf-8") as lines:
            held_out = [build_example(json.loads(line), mixture.numbers) for line in lines]
    table = PieceTable(list(mixture.numbers), read_vocabulary(options.encoder))
    teacher = Teacher(options.encoder).to(options.device)
    tune(teacher, table, mixture, options)
    if held_out:
        print("exact F1:", score_spans(teacher.eval(), table, held_out, options))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=parse_corpus, nargs="+")
    parser.add_argument(
        "--encoder", type=Path, required=True, help="folder with config, weights and vocab.txt"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=6, help="windows")
    parser.add_argument("--rate", type=float, default=6e-5, help="of the encoder")
    parser.add_argument("--head-rate", type=float, default=1e-3, help="of tags and links")
    parser.add_argument("--variants", type=int, default=3, help="other dresses of each article")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
