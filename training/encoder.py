"""Define the teacher: a pretrained MPNet that reads words and has the same outputs as the small network.

`python -m training.encoder FOLDER --out FILE` stores an encoder's weights in eight bits, a quarter of their size, so
that they are quick to copy to a machine with a GPU. Fine-tuning changes them by more than the rounding does.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.network import LINKS, OUTPUTS, Linking

LINK_WIDTH = 96
BUCKETS, FARTHEST = 32, 128
NORM_EPSILON = 1e-5


class Layer(nn.Module):
    """A transformer layer: attention, then two dense layers, each with a residual connection and a norm."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.ask, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm, self.last_norm = (nn.LayerNorm(width, NORM_EPSILON) for _ in range(2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        parts = [
            part(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.ask, self.key, self.value)
        ]
        seen = functional.scaled_dot_product_attention(*parts, attn_mask=bias)
        x = self.norm(x + self.dropout(self.out(seen.transpose(1, 2).flatten(2))))
        return self.last_norm(x + self.dropout(self.outer(functional.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """The encoder MPNet (Song et al., 2020): maps word pieces [batch, pieces] to hidden states.

    `added` [batch, pieces, width] is added to the pieces' input vectors.
    """

    def __init__(self, sizes: dict[str, int], dropout: float = 0.1) -> None:
        super().__init__()
        width, self.heads = sizes["width"], sizes["heads"]
        self.words = nn.Embedding(sizes["words"], width)
        self.places = nn.Embedding(sizes["places"], width)
        self.norm = nn.LayerNorm(width, NORM_EPSILON)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(
            [Layer(width, self.heads, sizes["inner"], dropout) for _ in range(sizes["layers"])]
        )
        self.relative = nn.Embedding(BUCKETS, self.heads)
        self.relative.weight.requires_grad = False  # attention with a trained bias is slower

    def forward(self, pieces: Tensor, added: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.words(pieces) + self.places(places + 2) + added
        x = self.dropout(self.norm(x))
        near = self.relative(_bucket(places[None, :] - places[:, None])).permute(2, 0, 1)
        bias = near[None] + ((mask - 1) * 1e4)[:, None, None, :]
        bias = bias.to(self.layers[0].ask(x[:1, :1]).dtype)
        for layer in self.layers:
            x = layer(x, bias)
        return x


def _bucket(apart: Tensor) -> Tensor:
    half, exact = BUCKETS // 2, BUCKETS // 4
    size = apart.abs()
    ratio = torch.log(size.clamp(min=1).float() / exact) / np.log(FARTHEST / exact)
    far = (exact + (ratio * (half - exact)).long()).clamp(max=half - 1)
    return torch.where(apart > 0, half, 0) + torch.where(size < exact, size, far)


class Teacher(Linking):
    """Computes tags and links of words from their word pieces, their shapes, and whether they are quoted."""

    def __init__(self, sizes: dict[str, int], shapes: int, link_width: int = LINK_WIDTH) -> None:
        super().__init__(link_width)
        width = sizes["width"]
        self.encoder = Encoder(sizes)
        self.quoted, self.shaped = nn.Embedding(3, width), nn.Embedding(shapes, width)
        for part in (self.quoted, self.shaped):
            nn.init.zeros_(part.weight)
        self.dropout = nn.Dropout(0.1)
        self.tags = nn.Linear(width, OUTPUTS)
        self.mix = nn.Sequential(nn.Linear(width, width), nn.GELU())
        self.links = nn.Linear(width, 2 * LINKS * link_width)

    def forward(
        self, pieces: Tensor, known: Tensor, places: Tensor, quoted: Tensor, shapes: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the tags and the link vectors of the words.

        `places` [batch, words] gives each word's first piece. `known` masks the pieces, `mask` the words.
        """
        state = (self.quoted(quoted) + self.shaped(shapes)) * mask[..., None]
        wide = places[..., None].expand(-1, -1, state.shape[-1])
        added = torch.zeros(*pieces.shape, state.shape[-1], device=pieces.device, dtype=state.dtype)
        hidden = self.encoder(pieces, added.scatter_add(1, wide, state), known)
        words = self.dropout(hidden.gather(1, wide))
        return self.tags(words), self.links(self.mix(words))


NAMES_OF_PARTS = {
    "attention.attn.q": "ask", "attention.attn.k": "key", "attention.attn.v": "value", "attention.attn.o": "out",
    "attention.LayerNorm": "norm", "intermediate.dense": "inner", "output.dense": "outer",
    "output.LayerNorm": "last_norm",
}  # fmt: skip


def read_encoder(folder: Path) -> tuple[dict[str, int], dict[str, Tensor]]:
    """Read the sizes and weights of an encoder from a folder written by the transformers library."""
    import json

    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    keys = {"width": "hidden_size", "heads": "num_attention_heads", "inner": "intermediate_size",
            "layers": "num_hidden_layers", "words": "vocab_size", "places": "max_position_embeddings"}  # fmt: skip
    sizes = {name: config[key] for name, key in keys.items()}
    found = {
        name.removeprefix("mpnet."): value for name, value in load_file(folder / "model.safetensors").items()
    }
    weights = {
        "words.weight": found["embeddings.word_embeddings.weight"],
        "places.weight": found["embeddings.position_embeddings.weight"],
        "norm.weight": found["embeddings.LayerNorm.weight"],
        "norm.bias": found["embeddings.LayerNorm.bias"],
        "relative.weight": found["encoder.relative_attention_bias.weight"],
    }
    for i in range(sizes["layers"]):
        for theirs, ours in NAMES_OF_PARTS.items():
            for kind in ("weight", "bias"):
                weights[f"layers.{i}.{ours}.{kind}"] = found[f"encoder.layer.{i}.{theirs}.{kind}"]
    return sizes, weights


def shrink(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Store matrices in eight bits with one scale per row, and everything else in sixteen bits."""
    small: dict[str, Tensor] = {}
    for name, value in weights.items():
        if value.dim() == 2:
            scale = value.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
            small[name], small[f"{name}.scale"] = torch.round(value / scale).to(torch.int8), scale.half()
        else:
            small[name] = value.half()
    return small


def grow(small: dict[str, Tensor]) -> dict[str, Tensor]:
    """Restore the weights that `shrink` stored, up to rounding."""
    return {
        name: value.float() * small[f"{name}.scale"].float() if f"{name}.scale" in small else value.float()
        for name, value in small.items()
        if not name.endswith(".scale")
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    sizes, weights = read_encoder(options.folder)
    torch.save({"sizes": sizes, "weights": shrink(weights)}, options.out)


if __name__ == "__main__":
    main()
