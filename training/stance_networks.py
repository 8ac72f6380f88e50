"""Define the networks that estimate stances: the teacher, and the students, which run in the pipeline.

Needs PyTorch and numpy only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import Encoder

STANCES, MARKS, DISTANCES = 3, 5, 13  # as in `transforms/statements/stances.py`
CONTENT, SUBJECT, CUE = 1, 2, 4


class Teacher(nn.Module):
    """MPNet with a head that reads the mean states of subject, content and cue, and the state of the first piece."""

    def __init__(self, sizes: dict[str, int], dropout: float = 0.1) -> None:
        super().__init__()
        width = sizes["width"]
        self.encoder = Encoder(sizes, dropout)
        self.marked = nn.Parameter(torch.zeros(MARKS, width))
        self.head = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(4 * width, 256), nn.GELU(), nn.Dropout(0.1), nn.Linear(256, STANCES)
        )

    def forward(self, pieces: Tensor, marks: Tensor, mask: Tensor) -> Tensor:
        """Return the logits of the stances. All arguments are [batch, pieces]; `mask` is 1 where there is a piece."""
        bits = ((marks[..., None] >> torch.arange(MARKS, device=marks.device)) & 1).float()
        hidden = self.encoder(pieces, bits @ self.marked, mask)
        means = [
            _mean(hidden, shown)
            for shown in ((marks & 3) == CONTENT | SUBJECT, (marks & CONTENT) > 0, (marks & CUE) > 0)
        ]
        logits: Tensor = self.head(torch.cat([hidden[:, 0], *means], -1))
        return logits


def _mean(hidden: Tensor, shown: Tensor) -> Tensor:
    """Return the mean state of the shown places; hidden [..., places, width], shown [batch, places]."""
    shares = shown.to(hidden.dtype) / shown.sum(-1, keepdim=True).clamp(min=1)
    return (shares[..., None, :] @ hidden).squeeze(-2)


@dataclass(frozen=True)
class Shape:
    """Sizes of a student."""

    width: int = 96
    piece_width: int = 64
    reaches: tuple[int, ...] = (1, 3)
    hidden: int = 64
    dropout: float = 0.2
    word_dropout: float = 0.1
    learns_pieces: bool = True


class Students(nn.Module):
    """Several students of one shape that train side by side; the first axis of all weights and states numbers them.

    The vector of a piece is a projection of its vector in the tagger, plus a learnt difference.
    """

    def __init__(self, count: int, shape: Shape, tagger_pieces: Tensor) -> None:
        super().__init__()
        self.count, self.shape = count, shape
        width, inner = shape.width, tagger_pieces.shape[1]
        self.register_buffer("tagger_pieces", tagger_pieces, persistent=False)

        def weights(*sizes: int, scale: float = 1.0) -> nn.Parameter:
            return nn.Parameter(torch.randn(count, *sizes) * scale / math.sqrt(sizes[0]))

        self.project = weights(inner, shape.piece_width)
        self.differences = nn.Parameter(
            torch.zeros(len(tagger_pieces) + 1, count, shape.piece_width), requires_grad=shape.learns_pieces
        )
        self.into = weights(shape.piece_width, width)
        self.marks = weights(MARKS, width)
        self.distances = nn.Parameter(torch.randn(count, DISTANCES, width) * 0.3)
        self.mix = nn.ParameterList([weights(3 * width, 2 * width) for _ in shape.reaches])
        self.mix_bias = nn.ParameterList(
            [nn.Parameter(torch.zeros(count, 1, 2 * width)) for _ in shape.reaches]
        )
        self.ask = weights(width, width, scale=1 / math.sqrt(width))
        self.hidden = weights(5 * width, shape.hidden)
        self.hidden_bias = nn.Parameter(torch.zeros(count, 1, shape.hidden))
        self.out = weights(shape.hidden, STANCES)
        self.out_bias = nn.Parameter(torch.zeros(count, 1, STANCES))

    def forward(
        self, pieces: Tensor, counts: Tensor, marks: Tensor, distances: Tensor, lengths: Tensor
    ) -> Tensor:
        """Return the logits of the stances, [students, texts, STANCES].

        `pieces` [texts, words, 4] has the pieces of each word, `counts` how many there are, `marks` and `distances`
        the marks and distance classes of the words, `lengths` the number of words of each text.
        """
        shape = self.shape
        texts, words = marks.shape
        there = torch.arange(words, device=marks.device)[None] < lengths[:, None]
        is_seen = (counts > 0) & ((marks & 18) != 18)  # the subject's name is hidden
        if self.training:
            is_seen = is_seen & (torch.rand_like(is_seen, dtype=torch.float32) > shape.word_dropout)
        shares = (
            is_seen[..., None] & (torch.arange(4, device=marks.device) < counts[..., None])
        ) / counts.clamp(min=1)[..., None]
        own = (self.tagger_pieces[pieces.clamp(max=len(self.tagger_pieces) - 1)] * shares[..., None]).sum(2)
        x = own.reshape(1, texts * words, -1) @ self.project
        if shape.learns_pieces:
            found = pieces.clamp(max=len(self.tagger_pieces)).flatten()
            learnt = self.differences.flatten(1).index_select(
                0, found
            )  # faster to train than an index in brackets
            learnt = shares.view(-1, 1, 4) @ learnt.view(texts * words, 4, -1)
            x = x + learnt.view(texts * words, self.count, -1).transpose(0, 1)
        x = (x @ self.into).view(self.count, texts, words, -1)
        bits = (marks[..., None] >> torch.arange(MARKS, device=marks.device)) & 1
        features = torch.cat([bits, functional.one_hot(distances, DISTANCES)], -1).float()
        x = x + (features.view(1, texts * words, -1) @ torch.cat([self.marks, self.distances], 1)).view_as(x)
        shown = there[None, :, :, None].float()
        x = functional.dropout(x, shape.dropout / 2, self.training) * shown
        for reach, weights, bias in zip(shape.reaches, self.mix, self.mix_bias, strict=True):
            padded = functional.pad(x, (0, 0, reach, reach))
            near = torch.cat([padded[:, :, i * reach : i * reach + words] for i in range(3)], -1)
            both = near.view(self.count, texts * words, -1) @ weights + bias
            value, gate = both.chunk(2, -1)
            mixed = functional.dropout(value * torch.sigmoid(gate), shape.dropout, self.training)
            x = (x + mixed.view_as(x)) * shown
        h = functional.dropout(self._pool(x, marks), shape.dropout, self.training)
        h = torch.relu(h @ self.hidden + self.hidden_bias)
        return functional.dropout(h, shape.dropout, self.training) @ self.out + self.out_bias

    def _pool(self, x: Tensor, marks: Tensor) -> Tensor:
        is_content = (marks & CONTENT) > 0
        subject, content, cue = (
            _mean(x, shown) for shown in ((marks & 3) == CONTENT | SUBJECT, is_content, (marks & CUE) > 0)
        )
        scores = (x @ (subject @ self.ask)[..., None])[..., 0].masked_fill(~is_content, -1e4)
        attended = (scores.softmax(-1)[:, :, None] @ x)[:, :, 0]
        largest = x.masked_fill(~is_content[None, :, :, None], -1e4).amax(2).clamp(min=-10)
        return torch.cat([subject, content, cue, attended, largest], -1)

    @torch.no_grad()
    def weights_of(self, number: int) -> dict[str, Tensor]:
        """Return the weights of one student, with the names that `stances.Model` reads."""
        pieces = self.tagger_pieces @ self.project[number] + self.differences[:-1, number]
        scale = pieces.abs().amax(0).clamp(min=1e-8) / 127
        half = {
            "in": self.into[number],
            "marks": self.marks[number],
            "distances": self.distances[number],
            "mix": torch.stack([part[number] for part in self.mix]),
            "mix_bias": torch.stack([part[number, 0] for part in self.mix_bias]),
            "ask": self.ask[number],
            "hidden": self.hidden[number],
            "hidden_bias": self.hidden_bias[number, 0],
            "out": self.out[number],
            "out_bias": self.out_bias[number, 0],
        }
        return {
            "pieces": torch.round(pieces / scale).to(torch.int8),
            "pieces_scale": scale,
            "reaches": torch.tensor(self.shape.reaches),
            **{name: value.half() for name, value in half.items()},
        }
