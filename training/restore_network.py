"""Restore the network from `tagger.onnx`: `python -m training.restore_network TAGGER.onnx TAGGER.npz --out NETWORK.pt`.

TAGGER.onnx and TAGGER.npz are files that `export_model.py` wrote, so the weights have the precision of eight bits.
`distil.py` can train the fast network on the result.
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

from training import REACHES
from training.network import Shape


def restore(stored: dict[str, np.ndarray], tables: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """Return the weights of a `Network`, given the constants of its exported graph.

    `tables` has the biases of distances and lines.
    """
    found = {
        name: stored[name] for name in stored if ".norm." in name or name.startswith(("norm.", "quoted."))
    }
    products = [name.removesuffix(".weights") for name in stored if name.endswith(".weights")]
    parts: dict[str, list[str]] = {}
    for product in sorted(products, key=lambda name: name.endswith(".gate")):  # the gate follows the value
        name = product.removesuffix(".gate").removesuffix(".value")
        parts.setdefault(name if name == product else f"{name}.mix", []).append(product)
    for name, joined in parts.items():
        weights = [stored[f"{p}.weights"].astype(np.float32) * stored[f"{p}.scales"] for p in joined]
        found[f"{name}.weight"] = np.concatenate(weights, 1).T
        found[f"{name}.bias"] = np.concatenate([stored[f"{p}.bias"] for p in joined])
    found |= {name: tables[name] for name in ("distance_bias", "line_bias")}
    return {name: torch.tensor(values) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--reaches", type=int, nargs="+", default=REACHES)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with np.load(options.tables, allow_pickle=False) as stored:
        tables = {name: stored[name] for name in ("distance_bias", "line_bias")}
    graph = onnx.load(options.model).graph
    weights = restore({i.name: numpy_helper.to_array(i) for i in graph.initializer}, tables)
    shape = Shape(width=len(weights["norm.bias"]), reaches=tuple(options.reaches))
    torch.save(
        {"weights": {f"network.{name}": value for name, value in weights.items()}, "shape": asdict(shape)},
        options.out,
    )


if __name__ == "__main__":
    main()
