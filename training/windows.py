"""Load a pack (made by `pack.py`) onto a device and cut it into padded batches of windows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

MISSING = -1
PIECE_SCALE = 24  # piece vectors are stored in eight bits; this many steps are one standard deviation

MOST_PIECES = 508  # pieces per window; with the two end marks they fit an encoder's 512 places
FIRST, LAST, PAD = 0, 2, 1  # MPNet's ids of its special pieces

Window = tuple[int, int]  # the first word and the word after the last one, counted over all documents


@dataclass
class Batch:
    """Several windows, padded to one length; MISSING marks labels that the loss leaves out.

    A place is the index of a token, or of a piece, in its window.
    """

    words: Tensor  # [windows, tokens] ids of the words
    mask: Tensor  # 1 where there is a word
    quoted: Tensor
    lines: Tensor
    tags: Tensor  # [windows, tokens, 3]
    names: Tensor
    heads: Tensor
    sources: Tensor  # [windows, tokens, 2]
    meant: Tensor
    named: Tensor
    pieces: Tensor  # [windows, pieces] with the end marks
    piece_mask: Tensor
    places: Tensor  # [windows, tokens] place of each word's first piece among `pieces`
    shapes: Tensor


class Pack:
    """All documents as tensors on a device, one after the other."""

    def __init__(self, path: Path, device: str, most_pieces: int = 4) -> None:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        self.device = device
        self.known_words: list[str] = arrays["known_words"].tolist()
        self.affixes, self.shapes = arrays["sizes"].tolist()
        self.lengths, self.times = arrays["lengths"].astype(np.int64), arrays["times"]
        self.article, self.held_out = arrays["article"], arrays["held_out"]
        self.starts = np.cumsum(self.lengths) - self.lengths
        self._is_break = arrays["words"] == arrays["line_break"]
        columns = ("words", "quoted", "tags", "names", "heads", "sources", "meant", "named")
        self._columns = {name: torch.from_numpy(arrays[name]).to(device) for name in columns}
        self._lines = torch.from_numpy(np.cumsum(self._is_break)).to(device)
        self.features = torch.from_numpy(arrays["features"]).long().to(device)
        self.piece_means = _means(arrays["piece_vectors"], arrays["pieces"]).to(device)
        self._lay_pieces(arrays, most_pieces)

    def _lay_pieces(self, arrays: dict[str, np.ndarray], most: int) -> None:
        """Lay out the encoder's pieces of all words in a row, at most `most` per word.

        A word without pieces becomes one end mark.
        """
        own = arrays["pieces"][:, :most]
        theirs = np.where(own == MISSING, MISSING, arrays["encoder_pieces"].astype(np.int64)[own])
        theirs[theirs[:, 0] == MISSING, 0] = LAST
        counts = (theirs != MISSING).sum(1)
        per_token = counts[arrays["words"]]
        self._piece_ends = np.concatenate([[0], np.cumsum(per_token)])
        flat = theirs[arrays["words"]]
        self._pieces = torch.from_numpy(flat[flat != MISSING].astype(np.int16)).to(self.device)
        self._piece_starts = torch.from_numpy(self._piece_ends).to(self.device)

    def cut(self, document: int, size: int, rng: random.Random, step: int | None = None) -> Iterator[Window]:
        """Yield windows of at most `size` words.

        The windows begin `step` words apart. Without `step`, their lengths vary, and they end at line breaks where
        possible.
        """
        start, stop = int(self.starts[document]), int(self.starts[document] + self.lengths[document])
        limit = size if step else rng.randint(size // 3, size)
        while start < stop:
            end = min(stop, start + limit)
            while self._piece_ends[end] - self._piece_ends[start] > MOST_PIECES and end > start + 1:
                end -= max(1, (end - start) // 10)
            if step:
                yield start, end
                start = end if end == stop else min(end, start + step)
                continue
            if end < stop:
                breaks = np.flatnonzero(self._is_break[start + 1 : end])
                if len(breaks) and breaks[-1] > limit // 3:
                    end = start + 1 + int(breaks[-1])
            yield start, end
            start, limit = end, size

    def gather(self, windows: Sequence[Window]) -> Batch:
        starts = torch.tensor([start for start, _ in windows], device=self.device)[:, None]
        ends = torch.tensor([end for _, end in windows], device=self.device)[:, None]
        width = max(end - start for start, end in windows)
        at = starts + torch.arange(width, device=self.device)
        mask = at < ends
        at = torch.minimum(at, ends - 1)
        base = torch.from_numpy(self.starts[self._document(windows)]).to(self.device)[:, None]
        found = {name: column[at].long() for name, column in self._columns.items()}
        for name in ("tags", "names", "meant"):
            found[name] = torch.where(_wide(mask, found[name]), found[name], MISSING)
        found["named"] = found["named"] * mask
        for name in ("heads", "sources"):
            place = found[name] + _wide(base - starts, found[name])
            inside = (
                (found[name] >= 0) & (place >= 0) & (place < _wide(ends - starts, place)) & _wide(mask, place)
            )
            found[name] = torch.where(inside, place, MISSING)
        found["sources"] = torch.where(
            (found["sources"] >= 0).all(-1, keepdim=True), found["sources"], MISSING
        )
        return Batch(
            mask=mask.float(),
            lines=self._lines[at],
            shapes=self.features[found["words"], 3],
            **found,
            **self._gather_pieces(starts, ends, at),
        )

    def _gather_pieces(self, starts: Tensor, ends: Tensor, at: Tensor) -> dict[str, Tensor]:
        first, last = self._piece_starts[starts], self._piece_starts[ends]
        longest = int((last - first).max()) + 2
        longest += -longest % 8
        place = torch.arange(longest, device=self.device) - 1 + first
        pieces = self._pieces[place.clamp(0, len(self._pieces) - 1)].long()
        pieces = torch.where(place < first, FIRST, torch.where(place == last, LAST, pieces))
        pieces = torch.where(place > last, PAD, pieces)
        return {
            "pieces": pieces,
            "piece_mask": (place <= last).float(),
            "places": self._piece_starts[at] - first + 1,
        }

    def _document(self, windows: Sequence[Window]) -> np.ndarray:
        return np.searchsorted(self.starts, [start for start, _ in windows], side="right") - 1

    def draw(self, rng: random.Random, plain: float) -> list[int]:
        """Draw the documents of one epoch; the weight of an article's corpus says how often it is drawn.

        `plain` is the share of articles in their own layout; the other articles are replaced by a variant.
        """
        chosen = []
        edges = np.flatnonzero(np.diff(np.concatenate([[-1], self.article])))
        for first, end in zip(edges, [*edges[1:], len(self.article)], strict=True):
            times = float(self.times[first])
            if self.held_out[first] or not times:
                continue
            for _ in range(int(times) + (rng.random() < times % 1)):
                is_plain = end - first == 1 or rng.random() < plain
                chosen.append(int(first) if is_plain else rng.randrange(int(first) + 1, int(end)))
        return chosen

    def texts(self) -> list[int]:
        """Return the documents that the teachers label: each article once, except held-out articles."""
        edges = np.flatnonzero(np.diff(np.concatenate([[-1], self.article])))
        return [int(i) for i in edges if not self.held_out[i]]

    def kept(self) -> list[int]:
        return np.flatnonzero(self.held_out).tolist()


def _wide(values: Tensor, like: Tensor) -> Tensor:
    return values[..., None] if like.dim() > values.dim() else values


def _means(vectors: np.ndarray, pieces: np.ndarray) -> Tensor:
    """Return the mean vector of each word's pieces, [words, width]; it is zero for a word without pieces."""
    table, rows = torch.from_numpy(vectors).float() / PIECE_SCALE, torch.from_numpy(pieces).long()
    found = torch.zeros(len(rows), table.shape[1])
    counts = torch.zeros(len(rows), 1)
    for column in rows.T:
        has = column >= 0
        found[has] += table[column[has]]
        counts[has] += 1
    return found / counts.clamp(min=1)


def batches(windows: list[Window], words: int, rng: random.Random) -> list[list[Window]]:
    """Return shuffled batches of windows of similar length, about `words` words each."""
    rng.shuffle(windows)
    found = []
    for pool in range(0, len(windows), 2000):
        batch: list[Window] = []
        for window in sorted(windows[pool : pool + 2000], key=lambda w: w[1] - w[0]):
            if batch and (len(batch) + 1) * (window[1] - window[0]) > words:
                found.append(batch)
                batch = []
            batch.append(window)
        found.append(batch)
    rng.shuffle(found)
    return found
