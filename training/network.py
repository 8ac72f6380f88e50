"""The network: vectors of words -> tags of three layers and vectors whose products link words.

`WordEncoder` makes a word's vector from its letters alone; at run time `transforms/extract/tagger.py` does the same
from the exported tables. `Network` reads the context with gated convolutions whose reach doubles from block to block.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from transforms.extract.word_features import AFFIX_BUCKETS, MARKS, SHAPES

AFFIX_WIDTH, KNOWN_WIDTH = 24, 64
DISTANCES, LINES = 64, 9
FAR_LINES = LINES // 2


@dataclass(frozen=True)
class Shape:
    """Sizes of a network; `reaches` has the step between the three words each block looks at."""

    width: int = 128
    reaches: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 1)
    link_width: int = 64
    dropout: float = 0.2


class WordEncoder(nn.Module):
    """Pieces, prefix, suffixes, shape and number among the known words (0: unknown) -> [words, width]."""

    def __init__(self, pieces: Tensor, known: int, width: int) -> None:
        super().__init__()
        self.pieces = nn.EmbeddingBag.from_pretrained(pieces, mode="mean", include_last_offset=True)
        self.project = nn.Linear(pieces.shape[1], width, bias=False)
        sizes = (AFFIX_BUCKETS, AFFIX_BUCKETS, AFFIX_BUCKETS, len(SHAPES) + len(MARKS))
        self.parts = nn.ModuleList([nn.Embedding(size, AFFIX_WIDTH) for size in sizes])
        self.parts.append(nn.Embedding(known + 1, KNOWN_WIDTH, padding_idx=0))
        for part in self.parts:
            nn.init.normal_(part.weight, std=0.3)
        self.parts[-1].weight.data[0] = 0
        self.mix = nn.Linear(4 * AFFIX_WIDTH + KNOWN_WIDTH, width)
        self.out = nn.Linear(width, width)

    def forward(self, pieces: Tensor, offsets: Tensor, features: Tensor) -> Tensor:
        parts = torch.cat([part(features[:, i]) for i, part in enumerate(self.parts)], -1)
        x = self.project(self.pieces(pieces, offsets)) + self.mix(parts)
        return self.out(functional.silu(x)) + x


class Block(nn.Module):
    """A gated convolution over three words, `reach` apart, added to what it was given."""

    def __init__(self, width: int, reach: int, dropout: float) -> None:
        super().__init__()
        self.reach = reach
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Linear(3 * width, 2 * width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        h = self.norm(x) * mask
        tokens = x.shape[1]
        edge = torch.zeros_like(h[:, :1]).expand(-1, self.reach, -1)
        padded = torch.cat([edge, h, edge], 1)
        near = [padded[:, i * self.reach : i * self.reach + tokens] for i in range(3)]
        value, gate = self.mix(torch.cat(near, -1)).chunk(2, -1)
        return x + self.dropout(self.out(functional.gelu(value) * torch.sigmoid(gate)))


class Linking(nn.Module):
    """What scores links from link vectors: their products, and a bias for the distance in words and in lines."""

    def __init__(self, link_width: int) -> None:
        super().__init__()
        self.link_width = link_width
        self.distance_bias = nn.Parameter(torch.zeros(3, DISTANCES))
        self.line_bias = nn.Parameter(torch.zeros(3, LINES))

    def link_scores(
        self, ask: Tensor, answer: Tensor, kind: int, rows: Tensor, mask: Tensor, lines: Tensor
    ) -> Tensor:
        """[batch, rows, tokens]: how much each asking token `rows` points at every token."""
        asked = torch.gather(ask, 1, rows[..., None].expand(-1, -1, ask.shape[-1]))
        scores = torch.bmm(asked, answer.transpose(1, 2)) / math.sqrt(self.link_width)
        apart = torch.arange(mask.shape[1], device=rows.device) - rows[..., None]
        apart_lines = (lines[:, None, :] - torch.gather(lines, 1, rows)[..., None]).clamp(
            -FAR_LINES, FAR_LINES
        )
        scores = (
            scores + functional.embedding(distance_class(apart), self.distance_bias[kind][:, None])[..., 0]
        )
        scores = scores + functional.embedding(apart_lines + FAR_LINES, self.line_bias[kind][:, None])[..., 0]
        return scores + (mask[:, None, :] - 1) * 1e4


class Network(Linking):
    """Vectors of words in context -> tags [batch, tokens, 9] and link vectors [batch, tokens, 6 * link_width]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape.link_width)
        self.quoted = nn.Embedding(3, shape.width)
        nn.init.normal_(self.quoted.weight, std=0.3)
        self.blocks = nn.ModuleList([Block(shape.width, reach, shape.dropout) for reach in shape.reaches])
        self.norm = nn.LayerNorm(shape.width)
        self.dropout = nn.Dropout(shape.dropout)
        self.tags = nn.Linear(shape.width, 9)
        self.links = nn.Linear(shape.width, 6 * shape.link_width)

    def forward(self, vectors: Tensor, quoted: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        mask = mask[..., None]
        x = self.dropout(vectors + self.quoted(quoted)) * mask
        for block in self.blocks:
            x = block(x, mask)
        h = self.dropout(self.norm(x))
        return self.tags(h), self.links(h)


def distance_class(apart: Tensor) -> Tensor:
    """The same classes as `transforms.extract.distances.distance_class`."""
    size = apart.abs()
    far = 16 + (torch.log2((size + 1e-6) / 16).clamp(0) * 3).long().clamp(max=15)
    return torch.where(size < 16, size, far) + torch.where(apart >= 0, 0, 32)
