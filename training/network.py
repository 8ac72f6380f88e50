"""Define the network, which maps word vectors to tags for statements and names, and to vectors that link words.

`WordEncoder` computes a word's vector from its spelling alone; at run time `transforms/extract/tagger.py` does the same
from the exported tables. `Network` adds context with gated convolutions whose reach doubles from block to block.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training import REACHES

LAYERS, TAGS = 3, 3  # content, cue, source; outside, begin, inside
NAMES = 11  # outside, then begin and inside of PER, ORG, LOC, NORP, MISC
OUTPUTS = LAYERS * TAGS + NAMES
LINKS = 4  # content -> head; head -> first word of its source; head -> last word of the source; source or head -> name
AFFIX_WIDTH, KNOWN_WIDTH = 24, 64
DISTANCES, LINES = 64, 9
FAR_LINES = LINES // 2


@dataclass(frozen=True)
class Shape:
    """Sizes of a network. `reaches` gives, for each block, the distance between the three words that it combines.

    `inner` gives the width inside each block (default: `width`). With `linear`, the blocks are cheaper: their functions
    consist of straight lines, and their norms have no bias.
    """

    width: int = 192
    reaches: tuple[int, ...] = REACHES
    link_width: int = 64
    dropout: float = 0.1
    affixes: int = 4096
    shapes: int = 31
    known: int = 0
    inner: tuple[int, ...] = ()
    linear: bool = False


class WordEncoder(nn.Module):
    """Computes the vector of each word, [words, width], from the mean vector of its pieces and its features.

    The features are the ids of a word's prefix, two suffixes and shape, and the word's own id (0 if it is unknown).
    """

    def __init__(self, pieces: int, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.project = nn.Linear(pieces, width, bias=False)
        sizes = (shape.affixes, shape.affixes, shape.affixes, shape.shapes)
        self.parts = nn.ModuleList([nn.Embedding(size, AFFIX_WIDTH) for size in sizes])
        self.parts.append(nn.Embedding(shape.known + 1, KNOWN_WIDTH, padding_idx=0))
        for part in self.parts:
            nn.init.normal_(part.weight, std=0.3)
        self.parts[-1].weight.data[0] = 0
        self.mix = nn.Linear(4 * AFFIX_WIDTH + KNOWN_WIDTH, width)
        self.out = nn.Linear(width, width)

    def forward(self, pieces: Tensor, features: Tensor) -> Tensor:
        parts = torch.cat([part(features[:, i]) for i, part in enumerate(self.parts)], -1)
        x = self.project(pieces) + self.mix(parts)
        return self.out(functional.silu(x)) + x


class Block(nn.Module):
    """A residual block: a gated convolution over three words, each `reach` words from the next."""

    def __init__(self, width: int, inner: int, reach: int, dropout: float, linear: bool) -> None:
        super().__init__()
        self.reach, self.linear = reach, linear
        self.norm = nn.LayerNorm(width, bias=not linear)
        self.mix = nn.Linear(3 * width, 2 * inner)
        self.out = nn.Linear(inner, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        h = self.norm(x) * mask
        tokens = x.shape[1]
        edge = torch.zeros_like(h[:, :1]).expand(-1, self.reach, -1)
        padded = torch.cat([edge, h, edge], 1)
        near = [padded[:, i * self.reach : i * self.reach + tokens] for i in range(3)]
        value, gate = self.mix(torch.cat(near, -1)).chunk(2, -1)
        if self.linear:
            gated = functional.relu(value) * functional.hardsigmoid(gate)
        else:
            gated = functional.gelu(value) * torch.sigmoid(gate)
        return x + self.dropout(self.out(gated))


class Linking(nn.Module):
    """Scores links by the product of two link vectors plus learnt biases for the distance in words and in lines."""

    def __init__(self, link_width: int) -> None:
        super().__init__()
        self.link_width = link_width
        self.distance_bias = nn.Parameter(torch.zeros(LINKS, DISTANCES))
        self.line_bias = nn.Parameter(torch.zeros(LINKS, LINES))

    def link_scores(self, links: Tensor, kind: int, rows: Tensor, mask: Tensor, lines: Tensor) -> Tensor:
        """Return log-probabilities [batch, rows, tokens] that the tokens `rows` [batch, rows] link to each token."""
        ask, answer = links.chunk(2 * LINKS, -1)[2 * kind : 2 * kind + 2]
        queries = torch.gather(ask, 1, rows[..., None].expand(-1, -1, ask.shape[-1]))
        scores = torch.bmm(queries, answer.transpose(1, 2)).float() / math.sqrt(self.link_width)
        apart = torch.arange(mask.shape[1], device=rows.device) - rows[..., None]
        apart_lines = (lines[:, None, :] - torch.gather(lines, 1, rows)[..., None]).clamp(
            -FAR_LINES, FAR_LINES
        )
        scores = scores + _look_up(self.distance_bias[kind], distance_class(apart))
        scores = scores + _look_up(self.line_bias[kind], apart_lines + FAR_LINES)
        return (scores + (mask[:, None, :] - 1) * 1e4).log_softmax(-1)


class Network(Linking):
    """Maps word vectors to tags [batch, tokens, OUTPUTS] and links [batch, tokens, 2 * LINKS * link_width]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape.link_width)
        self.quoted = nn.Embedding(3, shape.width)
        nn.init.normal_(self.quoted.weight, std=0.3)
        inner = shape.inner or (shape.width,) * len(shape.reaches)
        self.blocks = nn.ModuleList(
            [
                Block(shape.width, size, reach, shape.dropout, shape.linear)
                for size, reach in zip(inner, shape.reaches, strict=True)
            ]
        )
        self.norm = nn.LayerNorm(shape.width, bias=not shape.linear)
        self.dropout = nn.Dropout(shape.dropout)
        self.tags = nn.Linear(shape.width, OUTPUTS)
        self.links = nn.Linear(shape.width, 2 * LINKS * shape.link_width)

    def forward(self, vectors: Tensor, quoted: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        mask = mask[..., None]
        x = self.dropout(vectors + self.quoted(quoted)) * mask
        for block in self.blocks:
            x = block(x, mask)
        h = self.dropout(self.norm(x))
        return self.tags(h), self.links(h)


def _look_up(table: Tensor, places: Tensor) -> Tensor:
    """`table[places]` for places [batch, rows, tokens], written so that its gradient is fast on a GPU."""
    return table.expand(*places.shape[:2], -1).gather(-1, places.expand(*places.shape[:2], -1))


def distance_class(apart: Tensor) -> Tensor:
    """Return the same class for a distance as `transforms.extract.distances.distance_class`."""
    size = apart.abs()
    far = 16 + (torch.log2((size + 1e-6) / 16).clamp(0) * 3).long().clamp(max=15)
    return torch.where(size < 16, size, far) + torch.where(apart >= 0, 0, 32)
