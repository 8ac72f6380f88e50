"""A pretrained encoder over words, with the tags and links of the small network on top: the teacher.

Reads windows of words as the small network does and gives the same outputs, so that both share loss and decoding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.network import Linking
from transforms.extract.tokens import LINE_BREAK
from transforms.extract.word_features import pieces_of, seen_as

LINK_WIDTH = 96
MOST_PIECES = 508  # of a window, so that the encoder's 512 places hold them with the two end marks
FIRST = ("<s>", "[CLS]")  # MPNet keeps the marks of BERT unused
LAST = ("</s>", "[SEP]")
UNKNOWN = ("<unk>", "[UNK]")


class PieceTable:
    """Words by number -> the numbers of their pieces in the encoder's vocabulary."""

    def __init__(self, words: list[str], vocabulary: dict[str, int]) -> None:
        self.first, self.last, self.unknown = (
            next(vocabulary[mark] for mark in marks if mark in vocabulary) for marks in (FIRST, LAST, UNKNOWN)
        )
        self._pieces = [
            [self.last] if word == LINE_BREAK else pieces_of(seen_as(word), vocabulary) or [self.unknown]
            for word in words
        ]

    def window(self, numbers: np.ndarray) -> tuple[list[int], list[int]]:
        """Pieces of a window between its end marks, and the place of each word's first piece.

        Words lose pieces, the longest first, when the window has more than the encoder takes.
        """
        words = [self._pieces[number] for number in numbers.tolist()]
        most = max(map(len, words), default=1)
        while sum(min(most, len(word)) for word in words) > MOST_PIECES and most > 1:
            most -= 1
        pieces, places = [self.first], []
        for word in words:
            places.append(len(pieces))
            pieces += word[:most]
        return [*pieces, self.last], places


class Teacher(Linking):
    """Pieces [batch, pieces] and the places of words in them -> tags and links as `network.Network` gives them."""

    def __init__(self, folder: Path, link_width: int = LINK_WIDTH) -> None:
        from transformers import AutoModel

        super().__init__(link_width)
        self.encoder = AutoModel.from_pretrained(folder)
        width = self.encoder.config.hidden_size
        self.quoted = nn.Embedding(3, width)
        nn.init.zeros_(self.quoted.weight)
        self.dropout = nn.Dropout(0.1)
        self.tags = nn.Linear(width, 9)
        self.mix = nn.Sequential(nn.Linear(width, width), nn.GELU())
        self.links = nn.Linear(width, 6 * link_width)

    def forward(self, pieces: Tensor, known: Tensor, places: Tensor, quoted: Tensor) -> tuple[Tensor, Tensor]:
        """`known` is 1 where there is a piece, `quoted` the state of quotation of each word."""
        vectors = self.encoder.get_input_embeddings()(pieces)
        state = torch.zeros_like(vectors).scatter_add(1, _wide(places, vectors), self.quoted(quoted))
        hidden = self.encoder(inputs_embeds=vectors + state, attention_mask=known).last_hidden_state
        words = self.dropout(hidden.gather(1, _wide(places, hidden)))
        return self.tags(words), self.links(self.mix(words))


def _wide(places: Tensor, vectors: Tensor) -> Tensor:
    return places[..., None].expand(-1, -1, vectors.shape[-1])
