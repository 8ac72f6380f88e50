"""Windows of annotated articles -> tensors side by side, and the loss of what a network says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.corpus import NOTHING, Cut, Example
from training.network import Linking

LINKED_TOKENS = 40  # words of a window whose head is asked for in a step
CONTENT_LINK_WEIGHT, SOURCE_LINK_WEIGHT = 0.15, 0.1
LAYERS, TAGS = 3, 3
WHOLE = 255  # a probability of one in soft labels


class Batch:
    """Windows side by side, padded: `mask` is 1 where there is a token.

    `tags` has a distribution over the tags of each token and layer, nothing but zeros where none is asked for.
    """

    def __init__(self, cuts: list[Cut]) -> None:
        self.width = max(cut.end - cut.start for cut in cuts)
        self.words = self._pad(cuts, lambda e: e.words, 0)
        self.quoted = self._pad(cuts, lambda e: np.array(e.tokens.quoted), 0)
        self.lines = self._pad(cuts, lambda e: e.lines, 0)
        self.mask = self._pad(cuts, lambda e: np.ones(len(e.words), np.int64), 0).float()
        self.tags = torch.zeros(len(cuts), self.width, LAYERS, TAGS)
        for i, cut in enumerate(cuts):
            self.tags[i, : cut.end - cut.start] = torch.from_numpy(_distribution(cut))
        self.head_of_content = self._within(self._pad(cuts, lambda e: e.head_of_content, NOTHING), cuts)
        self.heads, self.first, self.last = self._sources(cuts)

    def to(self, device: str) -> Self:
        """The same batch on a device."""
        for name, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(self, name, value.to(device))
        return self

    def _pad(self, cuts: list[Cut], column: Callable[[Example], np.ndarray], fill: int) -> Tensor:
        padded = torch.full((len(cuts), self.width), fill, dtype=torch.long)
        for i, cut in enumerate(cuts):
            padded[i, : cut.end - cut.start] = torch.from_numpy(column(cut.example)[cut.start : cut.end])
        return padded

    def _within(self, places: Tensor, cuts: list[Cut]) -> Tensor:
        start = torch.tensor([cut.start for cut in cuts])[:, None]
        end = torch.tensor([cut.end for cut in cuts])[:, None]
        return torch.where((places >= start) & (places < end), places - start, NOTHING)

    def _sources(self, cuts: list[Cut]) -> tuple[Tensor, Tensor, Tensor]:
        inside = [
            [row - cut.start for row in cut.example.sources if row.min() >= cut.start and row.max() < cut.end]
            for cut in cuts
        ]
        padded = torch.full((len(cuts), max(1, *map(len, inside)), 3), NOTHING)
        for i, rows in enumerate(inside):
            for k, row in enumerate(rows):
                padded[i, k] = torch.from_numpy(row)
        return padded[..., 0].clamp(min=0), padded[..., 1], padded[..., 2]


def _distribution(cut: Cut) -> np.ndarray:
    """[tokens, layers, tags] of a window: of soft labels as they are, of others one for the tag."""
    if cut.example.soft_tags is not None:
        return cut.example.soft_tags[cut.start : cut.end].astype(np.float32) / WHOLE
    tags = cut.example.tags[cut.start : cut.end]
    return (tags[..., None] == np.arange(TAGS)).astype(np.float32)


def loss_of(batch: Batch, tags: Tensor, links: Tensor, linking: Linking) -> Tensor:
    """Cross-entropy of tags and links: content to its head, head to the first and last word of its source."""
    chances = functional.log_softmax(tags.float().unflatten(-1, (LAYERS, TAGS)), -1)
    loss = -(batch.tags * chances).sum() / batch.tags.sum().clamp(min=1) * LAYERS
    content, head, asks_first, first, asks_last, last = links.float().chunk(6, -1)
    owned = torch.rand_like(batch.mask) + (batch.head_of_content >= 0)
    rows = owned.topk(min(LINKED_TOKENS, batch.width), 1).indices

    def link_loss(ask: Tensor, answer: Tensor, kind: int, rows: Tensor, gold: Tensor) -> Tensor:
        scores = linking.link_scores(ask, answer, kind, rows, batch.mask, batch.lines)
        total = functional.cross_entropy(
            scores.flatten(0, 1), gold.flatten(), ignore_index=NOTHING, reduction="sum"
        )
        return total / (gold >= 0).sum().clamp(min=1)

    to_head = link_loss(content, head, 0, rows, torch.gather(batch.head_of_content, 1, rows))
    to_source = link_loss(asks_first, first, 1, batch.heads, batch.first)
    to_source = to_source + link_loss(asks_last, last, 2, batch.heads, batch.last)
    return loss + CONTENT_LINK_WEIGHT * to_head + SOURCE_LINK_WEIGHT * to_source
