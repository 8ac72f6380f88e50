"""What a pretrained BERT-like encoder says of words in their context; it makes the teacher, never the product.

The lower layers stay as they were trained: they cost time and tell little of attributions.
"""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import torch
from torch import Tensor, nn

from models.training.pieces import read_vocabulary

FROZEN = ("embeddings.", "pooler.", "encoder.layer.0.", "encoder.layer.1.")
LONGEST = 512  # pieces, with the two end marks
WORD_PIECES = 6  # of one word


class Context(nn.Module):
    """Pieces of the words of windows -> one vector for each word, of its first and its last piece."""

    def __init__(self, folder: Path, width: int) -> None:
        from transformers import AutoModel

        super().__init__()
        vocabulary = read_vocabulary(folder)
        self.first, self.last = vocabulary["[CLS]"], vocabulary["[SEP]"]
        # Dropout of attention takes the slow way through the processor: eight times the time of the rest.
        self.encoder = AutoModel.from_pretrained(folder, attention_probs_dropout_prob=0.0)
        self.project = nn.Linear(self.encoder.config.hidden_size, width)
        for name, weights in self.encoder.named_parameters():
            weights.requires_grad = not name.startswith(FROZEN)

    def forward(self, windows: list[list[list[int]]]) -> Tensor:
        """The pieces of each word of each window -> [windows, longest, width]; a line break has no pieces."""
        ids, mask, places = self._arrange(windows)
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state
        edges = [
            torch.gather(hidden, 1, place[..., None].expand(-1, -1, hidden.shape[-1])) for place in places
        ]
        return self.project(edges[0]) + self.project(edges[1])

    def _arrange(self, windows: list[list[list[int]]]) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Numbers and mask of the pieces, padded, and where the first and the last piece of each word stand."""
        ids = torch.zeros(len(windows), LONGEST, dtype=torch.long)
        places = torch.zeros(2, len(windows), max(map(len, windows)), dtype=torch.long)
        for i, words in enumerate(windows):
            pieces = [(word or [self.last])[:WORD_PIECES] for word in words]
            ends = torch.tensor(list(accumulate(map(len, pieces)))).clamp(max=LONGEST - 2)
            starts = (torch.cat([torch.zeros(1, dtype=torch.long), ends[:-1]]) + 1).clamp(max=LONGEST - 2)
            flat = [self.first, *(piece for word in pieces for piece in word)][: LONGEST - 1]
            ids[i, : len(flat) + 1] = torch.tensor([*flat, self.last])
            places[0, i, : len(words)], places[1, i, : len(words)] = starts, ends
        ids = ids[:, : int((ids > 0).sum(1).max())]
        return ids, (ids > 0).float(), (places[0], places[1])
