"""Map distances between words to classes; the model has learnt a bias for each class."""

from __future__ import annotations

import numpy as np


def spread_bias(bias: np.ndarray, farthest: int) -> np.ndarray:
    """Expand the biases of distance classes to a bias for each distance from -farthest to farthest."""
    return bias[:, distance_class(np.arange(-farthest, farthest + 1))]


def distance_class(distance: np.ndarray) -> np.ndarray:
    """Return the class of each distance: up to 15 the distance itself, then a log scale; plus 32 if backward."""
    size = np.abs(distance)
    far = 16 + np.minimum((np.log2((size + 1e-6) / 16).clip(0) * 3).astype(np.int64), 15)
    classes: np.ndarray = np.where(size < 16, size, far) + np.where(distance >= 0, 0, 32)
    return classes
