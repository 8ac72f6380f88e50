"""Restore a network from `tagger.onnx` and `tagger.npz`, so with the precision of eight-bit weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


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
