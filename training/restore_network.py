"""The shipped files -> a network that training goes on from: `python -m training.restore_network --out NETWORK.pt`.

Turns `tagger.onnx` and `tagger.npz` back into weights. They come back as they were but for the rounding to eight bits.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

import models
from training.network import Shape
from training.pieces import default_folder, piece_vectors


def restore_network(path: Path, shape: Shape) -> dict[str, Tensor]:
    """Weights of the network by the name of the parameter; matrices are dequantized and turned as PyTorch has them."""
    stored = {i.name: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    weights = {name: value for name, value in stored.items() if not name.startswith("onnx::")}
    roots = [name.removesuffix("_quantized") for name in stored if name.endswith("_quantized")]
    roots.sort(key=lambda root: int(root.rpartition("_")[2]))
    names = [f"blocks.{i}.{part}.weight" for i in range(len(shape.reaches)) for part in ("mix", "out")]
    for name, root in zip([*names, "tags.weight", "links.weight"], roots, strict=True):
        quantized, zero = stored[f"{root}_quantized"], stored[f"{root}_zero_point"]
        weights[name] = ((quantized.astype(np.float32) - zero) * stored[f"{root}_scale"]).T
    return {f"1.{name}": torch.from_numpy(np.array(value)) for name, value in weights.items()}


def restore_encoder(tables: dict[str, np.ndarray], pieces: Tensor) -> dict[str, Tensor]:
    """Weights of the word encoder; the projection of the pieces is solved for, by least squares."""
    projected = torch.from_numpy(tables["pieces"] * tables["pieces_scale"])
    found = {
        "project.weight": torch.linalg.lstsq(pieces, projected).solution.T.contiguous(),
        "mix.weight": torch.from_numpy(tables["mix_weight"]).T.contiguous(),
        "mix.bias": torch.from_numpy(tables["mix_bias"]),
        "out.weight": torch.from_numpy(tables["out_weight"]).T.contiguous(),
        "out.bias": torch.from_numpy(tables["out_bias"]),
    }
    for i, name in enumerate(("prefix", "suffix2", "suffix3", "shape", "known")):
        found[f"parts.{i}.weight"] = torch.from_numpy(tables[name].astype(np.float32))
    return {f"0.{name}": value for name, value in found.items()}


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, default=Path(models.__file__).parent)
    parser.add_argument("--pieces", type=Path, default=default_folder())
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with np.load(options.models / "tagger.npz", allow_pickle=False) as stored:
        tables = {name: stored[name] for name in stored.files}
    reaches = tuple(tables["reaches"].tolist()) if "reaches" in tables else Shape.reaches
    shape = Shape(width=tables["out_bias"].size, reaches=reaches)
    weights = restore_network(options.models / "tagger.onnx", shape)
    weights |= restore_encoder(tables, piece_vectors(options.pieces))
    weights |= {f"1.{name}": torch.from_numpy(tables[name]) for name in ("distance_bias", "line_bias")}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(
        {"weights": weights, "shape": asdict(shape), "known": tables["known_words"].tolist()}, options.out
    )


if __name__ == "__main__":
    main()
