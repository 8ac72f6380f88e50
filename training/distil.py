"""Train a smaller network on the outputs of the student: `python -m training.distil TEXTS.npz --out SMALL.pt ...`.

TEXTS.npz is the file that `plain_texts.py` writes. `prune.py` makes the network smaller. Then the student labels each
batch of windows, and the smaller network learns its probabilities of tags, names and links, and its link vectors. The
words' vectors come from `tagger.npz` and are not trained. Training runs on one core and stops after `--seconds`, with
the learning rate decayed to zero.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

import models
from training.learn import Plan, spans
from training.losses import read, taught_loss
from training.network import LAYERS, LINKS, OUTPUTS, TAGS, Linking, Network, Shape
from training.prune import prune
from training.restore_network import restore
from training.windows import Window, batches
from transforms.language import ENGLISH

INNER = (192, 192, 192, 160, 160, 128, 64, 192, 192)  # widths inside the blocks of the shipped network
LONGEST = 640  # words of a training window; the tagger's windows have up to 900
CONTENTS = 0.08  # share of windows that are as short as a content, because the tagger reads contents again
SHORTEST_CONTENT, LONGEST_CONTENT = 7, 45
LINK_TIMES = 3.0  # how much more links count here than in `losses.py`
NAME_TIMES = 2.0  # the same for names
KEEP = 0.99  # decay of the running mean of the weights at each step
SAVED_EVERY = 0.1  # progress after which the running mean is also written
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
    """All texts as tensors, one after the other, and the vectors of their words."""

    def __init__(self, path: Path, tables: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        parts = arrays["words"].astype(np.int32)
        words = parts[0] + (parts[1] << 8) + (parts[2] << 16)
        lengths = arrays["lengths"].astype(np.int64)
        self.ends = np.cumsum(lengths)
        self.starts = self.ends - lengths
        self.held_out = arrays["held_out"]
        self._words = torch.from_numpy(words)
        self._quoted = torch.from_numpy(arrays["quoted"])
        self._lines = torch.from_numpy(np.cumsum(words == arrays["line_break"]))
        self._vectors = word_vectors(arrays, tables)

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
        edges = torch.tensor(windows)
        starts, ends = edges[:, :1], edges[:, 1:]
        at = starts + torch.arange(max(end - start for start, end in windows))
        mask = at < ends
        at = torch.minimum(at, ends - 1)
        quoted = self._quoted[at].long()
        # The tagger reads a content that is quoted as a whole as if it were not quoted.
        quoted = quoted * ~((quoted > 0) | ~mask).all(1, keepdim=True)
        return TextBatch(self._words[at], mask.float(), quoted, self._lines[at])

    def vectors(self, batch: TextBatch) -> Tensor:
        return self._vectors[batch.words]


@torch.no_grad()
def word_vectors(arrays: dict[str, np.ndarray], tables: Path) -> Tensor:
    """Return the vectors of all distinct words, [words, width], as `transforms/extract/tagger.py` computes them."""
    names = ("prefix", "suffix2", "suffix3", "shape", "known")
    with np.load(tables, allow_pickle=False) as stored:
        wanted = (*names, "pieces", "pieces_scale", "mix_weight", "mix_bias", "out_weight", "out_bias")
        table = {name: torch.from_numpy(stored[name]).float() for name in wanted}
    counts = torch.from_numpy(arrays["piece_counts"].astype(np.int64))
    pieces = torch.from_numpy(arrays["pieces"].astype(np.int64))
    features = torch.from_numpy(arrays["features"].astype(np.int64))
    ends = counts.cumsum(0)
    found = []
    for rows in torch.arange(len(counts)).split(1 << 15):
        own = counts[rows]
        first, last = int(ends[rows[0]] - own[0]), int(ends[rows[-1]])
        owner = torch.repeat_interleave(torch.arange(len(rows)), own)
        sums = torch.zeros(len(rows), table["pieces"].shape[1])
        sums.index_add_(0, owner, table["pieces"][pieces[first:last]])
        x = sums / own.clamp(min=1)[:, None] * table["pieces_scale"]
        parts = torch.cat([table[name][features[rows, i]] for i, name in enumerate(names)], -1)
        x = x + parts @ table["mix_weight"] + table["mix_bias"]
        found.append(functional.silu(x) @ table["out_weight"] + table["out_bias"] + x)
    return torch.cat(found)


class Taught(Linking):
    """The exported network, which labels texts."""

    def __init__(self, folder: Path) -> None:
        graph = onnx.load(folder / ENGLISH.models.tagger_network)
        with np.load(folder / ENGLISH.models.tagger_weights, allow_pickle=False) as weights:
            tables = {name: weights[name] for name in ("distance_bias", "line_bias")}
        stored = {i.name: numpy_helper.to_array(i) for i in graph.graph.initializer}
        if "norm.bias" not in stored:
            raise SystemExit(f"{folder} already has the smaller network; it cannot be made smaller again.")
        self.weights = restore(stored, tables)
        self.shape = Shape(
            width=len(self.weights["norm.bias"]), link_width=len(self.weights["links.bias"]) // (2 * LINKS)
        )
        super().__init__(self.shape.link_width)
        self.load_state_dict(self.weights, strict=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        reaches = json.loads(self._session.get_modelmeta().custom_metadata_map["reaches"])
        self._offsets = np.array([(-reach, 0, reach) for reach in reaches], np.int32).ravel()

    @torch.no_grad()
    def forward(self, vectors: Tensor, batch: TextBatch) -> tuple[Tensor, Tensor]:
        """Return the tags and the links."""
        tags = torch.zeros(*batch.mask.shape, OUTPUTS)
        links = torch.zeros(*batch.mask.shape, 2 * LINKS * self.link_width)
        for row, size in enumerate(batch.mask.sum(1).long().tolist()):
            near = np.arange(size, dtype=np.int32)[:, None] + self._offsets
            near[(near < 0) | (near >= size)] = size
            inputs = {
                "vectors": vectors[row, :size].numpy(),
                "quoted": batch.quoted[row, :size].numpy(),
                "near": near,
            }
            for whole, own in zip((tags, links), self._session.run(None, inputs), strict=True):
                whole[row, :size] = torch.from_numpy(own)
        return tags, links


def _epochs(texts: Texts, words: int, rng: random.Random) -> Iterator[list[Window]]:
    while True:
        yield from batches(texts.cut(rng), words, rng)


def start(
    texts: Texts, taught: Taught, inner: Sequence[int], measured: Iterable[list[Window]]
) -> tuple[Network, Shape]:
    """Return the smaller network before training, fitted on some batches."""
    network = Network(taught.shape)
    network.load_state_dict(taught.weights)
    inputs = []
    for group in measured:
        batch = texts.gather(group)
        inputs.append((texts.vectors(batch), batch.quoted, batch.mask))
    with torch.no_grad():
        return prune(network.eval(), taught.shape, tuple(inner), inputs)


def distil(texts: Texts, taught: Taught, options: argparse.Namespace) -> None:
    """Train a smaller network and write the running mean of its weights in sixteen bits."""
    ready = _epochs(texts, options.words, random.Random(options.seed))
    small, shape = start(texts, taught, options.inner, islice(ready, options.measured))
    small.train()
    mean = {name: value.detach().clone() for name, value in small.named_parameters()}
    groups = [
        {"params": [p for p in small.parameters() if (p.dim() > 1) is decays], "weight_decay": 0.01 * decays}
        for decays in (True, False)
    ]
    optimizer = torch.optim.AdamW(groups, options.rate, betas=(0.9, 0.98))
    plan, steps, words, saved = Plan(10**9, options.seconds), 0, 0, 0.0
    total = torch.zeros(2)
    while plan.progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * plan.rate()
        batch = texts.gather(next(ready))
        vectors = texts.vectors(batch)
        tags, links = taught(vectors, batch)
        reading = read(batch, [(tags, links, taught)])
        with torch.autocast("cpu", torch.bfloat16):
            own_tags, own_links = (values.float() for values in small(vectors, batch.quoted, batch.mask))
        there = batch.mask > 0
        apart = (own_links - links)[there].square().mean() / links[there].var()
        loss = taught_loss(batch, reading, own_tags, own_links, small, LINK_TIMES, NAME_TIMES)
        optimizer.zero_grad(set_to_none=True)
        (loss + options.apart * apart).backward()
        nn.utils.clip_grad_norm_(small.parameters(), 1.0)
        optimizer.step()
        steps, words = steps + 1, words + batch.words.numel()
        with torch.no_grad():
            keep = min(KEEP, steps / (steps + 20))
            torch._foreach_lerp_(list(mean.values()), list(small.parameters()), 1 - keep)
            total += torch.stack([loss.detach(), apart.detach()])
        if steps % options.report == 0:
            loss_of, apart_of = (total / options.report).tolist()
            total.zero_()
            print(
                f"{plan}: {words / 1e6:.1f} million words, loss {loss_of:.4f}, apart {apart_of:.4f}",
                flush=True,
            )
        if plan.progress > saved + SAVED_EVERY:
            saved = plan.progress
            _save(mean, shape, options.out)
    _save(mean, shape, options.out)
    small.load_state_dict(mean)
    print(f"{options.out.name}, {words:,} words: {agreement(texts, taught, small.eval())}", flush=True)


def _save(mean: dict[str, Tensor], shape: Shape, out: Path) -> None:
    weights = {f"network.{name}": value.detach().half() for name, value in mean.items()}
    torch.save({"weights": weights, "shape": asdict(shape)}, out)


@torch.no_grad()
def agreement(texts: Texts, taught: Taught, small: Network, longest: int = 900, words: int = 9000) -> str:
    """Return, in percent, how often the smaller network agrees with the larger one on the texts that are held out."""
    same: dict[str, list[int]] = {}
    for group in batches(texts.kept(longest), words, random.Random(0)):
        batch = texts.gather(group)
        vectors = texts.vectors(batch)
        tags, links = taught(vectors, batch)
        own_tags, own_links = small(vectors, batch.quoted, batch.mask)
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
        for number, counts in enumerate(_likely_links(batch, tags, links, taught, own_links, small)):
            _add(same, f"link {number}", *counts)
    return ", ".join(f"{name} {200 * r / max(1, a + b):.2f}" for name, (r, a, b) in same.items())


def _likely_links(
    batch: TextBatch, tags: Tensor, links: Tensor, network: Linking, own_links: Tensor, small: Network
) -> Iterator[tuple[int, int, int]]:
    """Yield, for each kind of link, how many likely links are equal, and how many there are (twice)."""
    reading = read(batch, [(tags, links, network)])
    for kind in range(LINKS):
        rows, likely = reading.rows[kind], reading.weights[kind] > 0.4
        own = small.link_scores(own_links, kind, rows, batch.mask, batch.lines).argmax(-1)
        equal = (reading.links[kind].argmax(-1) == own) & likely
        yield int(equal.sum()), int(likely.sum()), int(likely.sum())


def _add(same: dict[str, list[int]], name: str, *counts: int) -> None:
    row = same.setdefault(name, [0, 0, 0])
    for i, count in enumerate(counts):
        row[i] += count


def _add_spans(same: dict[str, list[int]], name: str, first: set[Span], second: set[Span]) -> None:
    _add(same, name, len(first & second), len(first), len(second))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument(
        "--folder", type=Path, default=Path(models.__file__).parent, help="of the network to learn from"
    )
    parser.add_argument("--inner", type=int, nargs="+", default=INNER, help="width inside each block")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--words", type=int, default=5_000, help="words per batch")
    parser.add_argument(
        "--measured", type=int, default=24, help="batches on which the smaller network is fitted at the start"
    )
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument(
        "--apart", type=float, default=0.5, help="weight of the distance between link vectors"
    )
    parser.add_argument("--report", type=int, default=50, help="steps between two lines of progress")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    texts = Texts(options.texts, options.folder / ENGLISH.models.tagger_weights)
    print(f"{len(texts.starts)} texts, {texts.ends[-1]:,} words", flush=True)
    distil(texts, Taught(options.folder), options)


if __name__ == "__main__":
    main()
