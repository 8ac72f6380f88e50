"""Define the teacher that estimates stances.

Needs PyTorch and numpy only.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.encoder import Encoder

STANCES, MARKS = 3, 5  # as in `transforms/statements/stance_features.py`
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
