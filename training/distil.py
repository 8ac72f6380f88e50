"""Train the fast network on the outputs of the student: `python -m training.distil NETWORK.pt TEXTS.npz --out FAST.pt`.

NETWORK.pt is the file that `learn.py` or `restore_network.py` writes, TEXTS.npz the file that `plain_texts.py` writes.
The student labels each batch of windows, and the fast network learns its probabilities of tags, names and links and, at
first, its last hidden state. The words' vectors come from `tagger.npz` and are not trained. Training stops after
`--seconds`, with the learning rate decayed to zero. Needs only PyTorch and numpy; intended for a GPU (`--device cuda`).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.fast_network import PAIRS, FastNetwork, FastShape, load
from training.learn import Plan, spans
from training.losses import read, taught_loss
from training.network import LAYERS, LINKS, TAGS, Network, Shape
from training.windows import Window, batches

LONGEST = 640  # words of a training window; the tagger's windows have up to 900
CONTENTS = 0.08  # share of windows that are as short as a content, because the tagger reads contents again
SHORTEST_CONTENT, LONGEST_CONTENT = 7, 45
LINK_TIMES = 3.0  # how much more links count here than in `losses.py`
KEEP = 0.999  # decay of the running mean of the weights at each step
SAVED_AT = (0.5, 0.8)  # progress at which the running mean is also written
Span = tuple[int, int, int]  # start, end, kind
KINDS = ("person", "organization", "place", "people", "other")


@dataclass
class TextBatch:
    """Several windows, padded to one length, as `losses.py` needs them."""

    words: Tensor  # [windows, tokens] ids of the words
    mask: Tensor  # 1 where there is a word
    quoted: Tensor
    lines: Tensor


class Texts:
    """All texts as tensors on a device, one after the other, and the vectors of their words."""

    def __init__(self, path: Path, tables: Path, device: str) -> None:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        parts = arrays["words"].astype(np.int32)
        words = parts[0] + (parts[1] << 8) + (parts[2] << 16)
        self.device = device
        lengths = arrays["lengths"].astype(np.int64)
        self.ends = np.cumsum(lengths)
        self.starts = self.ends - lengths
        self.held_out = arrays["held_out"]
        self._words = torch.from_numpy(words).to(device)
        self._quoted = torch.from_numpy(arrays["quoted"]).to(device)
        self._lines = torch.from_numpy(np.cumsum(words == arrays["line_break"])).to(device)
        self._vectors = word_vectors(arrays, tables, device)

    def cut(self, rng: random.Random) -> list[Window]:
        """Return windows of random lengths that cover the texts which are not held out."""
        windows = []
        for start, end in zip(self.starts[~self.held_out], self.ends[~self.held_out], strict=True):
            start, end = int(start), int(end)
            limit = rng.randint(LONGEST // 4, LONGEST)
            while start < end:
                last = min(end, start + limit)
                windows.append((start, last))
                start, limit = last, LONGEST
        for _ in range(int(len(windows) * CONTENTS)):
            start, end = rng.choice(windows)
            size = rng.randint(SHORTEST_CONTENT, LONGEST_CONTENT)
            if end - start > size:
                first = rng.randrange(start, end - size)
                windows.append((first, first + size))
        return windows

    def kept(self, longest: int) -> list[Window]:
        """Return windows of at most `longest` words that cover the texts which are held out."""
        return [
            (int(first), int(min(first + longest, end)))
            for start, end in zip(self.starts[self.held_out], self.ends[self.held_out], strict=True)
            for first in range(start, end, longest)
        ]

    def gather(self, windows: list[Window]) -> TextBatch:
        edges = torch.tensor(windows, device=self.device)
        starts, ends = edges[:, :1], edges[:, 1:]
        at = starts + torch.arange(max(end - start for start, end in windows), device=self.device)
        mask = at < ends
        at = torch.minimum(at, ends - 1)
        quoted = self._quoted[at].long()
        # The tagger reads a content that is quoted as a whole as if it were not quoted.
        quoted = quoted * ~((quoted > 0) | ~mask).all(1, keepdim=True)
        return TextBatch(self._words[at], mask.float(), quoted, self._lines[at])

    def vectors(self, batch: TextBatch) -> Tensor:
        return self._vectors[batch.words]


@torch.no_grad()
def word_vectors(arrays: dict[str, np.ndarray], tables: Path, device: str) -> Tensor:
    """Return the vectors of all distinct words, [words, width], as `transforms/extract/tagger.py` computes them."""
    names = ("prefix", "suffix2", "suffix3", "shape", "known")
    with np.load(tables, allow_pickle=False) as stored:
        wanted = (*names, "pieces", "pieces_scale", "mix_weight", "mix_bias", "out_weight", "out_bias")
        table = {name: torch.from_numpy(stored[name]).float().to(device) for name in wanted}
    counts = torch.from_numpy(arrays["piece_counts"].astype(np.int64)).to(device)
    pieces = torch.from_numpy(arrays["pieces"].astype(np.int64)).to(device)
    features = torch.from_numpy(arrays["features"].astype(np.int64)).to(device)
    ends = counts.cumsum(0)
    found = []
    for rows in torch.arange(len(counts), device=device).split(1 << 15):
        own = counts[rows]
        first, last = int(ends[rows[0]] - own[0]), int(ends[rows[-1]])
        owner = torch.repeat_interleave(torch.arange(len(rows), device=device), own)
        sums = torch.zeros(len(rows), table["pieces"].shape[1], device=device)
        sums.index_add_(0, owner, table["pieces"][pieces[first:last]])
        x = sums / own.clamp(min=1)[:, None] * table["pieces_scale"]
        parts = torch.cat([table[name][features[rows, i]] for i, name in enumerate(names)], -1)
        x = x + parts @ table["mix_weight"] + table["mix_bias"]
        found.append(functional.silu(x) @ table["out_weight"] + table["out_bias"] + x)
    return torch.cat(found)


class Taught:
    """A network that labels texts."""

    def __init__(self, path: Path, device: str) -> None:
        stored = torch.load(path, weights_only=True)
        self.shape = Shape(**stored["shape"])
        self.network = Network(self.shape)
        weights = {
            name.removeprefix("network."): value.float()
            for name, value in stored["weights"].items()
            if name.startswith("network.")
        }
        self.network.load_state_dict(weights)
        self.network.to(device).eval()
        self._hidden = torch.zeros(0)
        self.network.norm.register_forward_hook(self._keep)

    def _keep(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self._hidden = output

    @torch.no_grad()
    def __call__(self, vectors: Tensor, batch: TextBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return the tags, the links and the last hidden state."""
        with torch.autocast(vectors.device.type, torch.bfloat16, enabled=vectors.is_cuda):
            tags, links = self.network(vectors, batch.quoted, batch.mask)
        return tags, links, self._hidden.float()


def _epochs(texts: Texts, words: int, rng: random.Random) -> Iterator[list[Window]]:
    while True:
        yield from batches(texts.cut(rng), words, rng)


def distil(texts: Texts, taught: Taught, options: argparse.Namespace) -> None:
    """Train a fast network and write the running mean of its weights in sixteen bits."""
    if options.start:
        fast, shape = load(options.start)
    else:
        shape = FastShape(
            width=taught.shape.width,
            inner=options.inner,
            pairs=options.pairs,
            link_width=taught.shape.link_width,
        )
        fast = FastNetwork(shape)
        fast.start_from(taught.network)
    fast.to(options.device).train()
    ready = _epochs(texts, options.words, random.Random(options.seed))
    first = texts.gather(next(ready))
    fast(texts.vectors(first), first.quoted, first.mask)  # sets the steps of the roundings
    mean = {name: value.detach().clone() for name, value in fast.named_parameters()}
    groups = [
        {"params": [p for p in fast.parameters() if (p.dim() > 1) is decays], "weight_decay": 0.01 * decays}
        for decays in (True, False)
    ]
    optimizer = torch.optim.AdamW(groups, options.rate, betas=(0.9, 0.98), fused=options.device == "cuda")
    plan, steps, words, to_save = Plan(10**9, options.seconds), 0, 0, list(SAVED_AT)
    total = torch.zeros(2, device=options.device)
    while plan.progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * plan.rate()
        batch = texts.gather(next(ready))
        vectors = texts.vectors(batch)
        tags, links, hidden = taught(vectors, batch)
        reading = read(batch, [(tags, links, taught.network)])
        own = fast.hidden(vectors, batch.quoted, batch.mask)
        apart = ((own - hidden).square().mean(-1) * batch.mask).sum() / batch.mask.sum()
        loss = taught_loss(batch, reading, *fast.read(own), fast, LINK_TIMES)
        optimizer.zero_grad(set_to_none=True)
        (loss + options.hidden * max(0.0, 1 - plan.progress) * apart).backward()
        nn.utils.clip_grad_norm_(fast.parameters(), 1.0)
        optimizer.step()
        steps, words = steps + 1, words + batch.words.numel()
        with torch.no_grad():
            keep = min(KEEP, steps / (steps + 20))
            torch._foreach_lerp_(list(mean.values()), list(fast.parameters()), 1 - keep)
            total += torch.stack([loss.detach(), apart.detach()])
        if steps % options.report == 0:
            loss_of, apart_of = (total / options.report).tolist()
            total.zero_()
            print(
                f"{plan}: {words / 1e6:.1f} million words, loss {loss_of:.4f}, hidden {apart_of:.4f}",
                flush=True,
            )
        if to_save and plan.progress >= to_save[0]:
            to_save.pop(0)
            _save(mean, shape, options.out)
    _save(mean, shape, options.out)
    fast.load_state_dict(mean)
    print(f"{options.out.name}, {words:,} words: {agreement(texts, taught, fast.eval())}", flush=True)


def _save(mean: dict[str, Tensor], shape: FastShape, out: Path) -> None:
    weights = {
        name: value.detach().to("cpu", torch.float16 if value.dim() else torch.float32)
        for name, value in mean.items()
    }
    torch.save({"weights": weights, "shape": asdict(shape)}, out)


@torch.no_grad()
def agreement(texts: Texts, taught: Taught, fast: FastNetwork, longest: int = 900, words: int = 9000) -> str:
    """Return, in percent, how often the fast network agrees with the network on the texts that are held out."""
    same: dict[str, list[int]] = {}
    for group in batches(texts.kept(longest), words, random.Random(0)):
        batch = texts.gather(group)
        vectors = texts.vectors(batch)
        tags, links, _ = taught(vectors, batch)
        own_tags, own_links = fast(vectors, batch.quoted, batch.mask)
        there = batch.mask > 0
        for column, name in enumerate(("content", "cue", "source")):
            first, second = (
                t[..., 3 * column : 3 * column + TAGS].argmax(-1)[there].tolist() for t in (tags, own_tags)
            )
            _add(same, f"{name} tags", sum(map(int.__eq__, first, second)), len(first), len(first))
            _add_spans(same, name, spans(first), spans(second))
        first, second = (t[..., LAYERS * TAGS :].argmax(-1)[there].tolist() for t in (tags, own_tags))
        found, own = spans(first), spans(second)
        for number, kind in enumerate(KINDS):
            _add_spans(same, kind, {s for s in found if s[2] == number}, {s for s in own if s[2] == number})
        for number, counts in enumerate(_likely_links(batch, tags, links, taught.network, own_links, fast)):
            _add(same, f"link {number}", *counts)
    return ", ".join(f"{name} {200 * r / max(1, a + b):.2f}" for name, (r, a, b) in same.items())


def _likely_links(
    batch: TextBatch, tags: Tensor, links: Tensor, network: Network, own_links: Tensor, fast: FastNetwork
) -> Iterator[tuple[int, int, int]]:
    """Yield, for each kind of link, how many likely links are equal, and how many there are (twice)."""
    reading = read(batch, [(tags, links, network)])
    for kind in range(LINKS):
        rows, likely = reading.rows[kind], reading.weights[kind] > 0.4
        own = fast.link_scores(own_links, kind, rows, batch.mask, batch.lines).argmax(-1)
        equal = (reading.links[kind].argmax(-1) == own) & likely
        yield int(equal.sum()), int(likely.sum()), int(likely.sum())


def _add(same: dict[str, list[int]], name: str, *counts: int) -> None:
    row = same.setdefault(name, [0, 0, 0])
    for i, count in enumerate(counts):
        row[i] += count


def _add_spans(same: dict[str, list[int]], name: str, first: set[Span], second: set[Span]) -> None:
    _add(same, name, len(first & second), len(first), len(second))


def parse_pairs(text: str) -> tuple[tuple[int, int], ...]:
    numbers = list(map(int, text.split(",")))
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--tables", type=Path, required=True, help="the network's tagger.npz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--words", type=int, default=32_000, help="words per batch")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument(
        "--hidden", type=float, default=0.5, help="weight of the last hidden state at the start"
    )
    parser.add_argument("--start", type=Path, help="file of an earlier training to go on from")
    parser.add_argument("--inner", type=int, default=FastShape.inner, help="width inside a block")
    parser.add_argument(
        "--pairs", type=parse_pairs, default=PAIRS, help="two reaches per block, such as 1,2,4,8"
    )
    parser.add_argument("--report", type=int, default=200, help="steps between two lines of progress")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    texts = Texts(options.texts, options.tables, options.device)
    print(f"{len(texts.starts)} texts, {texts.ends[-1]:,} words on {options.device}", flush=True)
    distil(texts, Taught(options.network, options.device), options)


if __name__ == "__main__":
    main()
