"""Map distances between words to the distance classes for which the model has learnt a bias."""

from __future__ import annotations

import numpy as np


def spread_bias(bias: np.ndarray, farthest: int) -> np.ndarray:
    """Spread [kinds, classes] to [kinds, 2 * farthest + 1]: the bias of each distance from -farthest to farthest."""
    return bias[:, distance_class(np.arange(-farthest, farthest + 1))]


def distance_class(distance: np.ndarray) -> np.ndarray:
    """Return the class of a distance. Distances up to 15 have a class each; backward distances add 32."""
    size = np.abs(distance)
    far = 16 + np.minimum((np.log2((size + 1e-6) / 16).clip(0) * 3).astype(np.int64), 15)
    classes: np.ndarray = np.where(size < 16, size, far) + np.where(distance >= 0, 0, 32)
    return classes
