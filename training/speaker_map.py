"""Correct `speaker_confidence` on judged rows: `python -m training.speaker_map JUDGED`.

JUDGED has one line per row of a warehouse, from articles on which the tagger was not trained, such as
`{"speaker_confidence": 0.3, "is_right": true}`. `is_right` is about the speaker; rows whose words are wrong are left
out. Ingest the articles after running `training.speaker_confidence` and before running this program. Writes
`speaker_map` into `models/confidence.npz`: three numbers of a beta calibration (Kull et al. 2017), which can change
low probabilities without changing high ones. Prints the share of right speakers by confidence, before and after.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import models
from training.calibrate import RIDGE, STEPS, print_bins
from training.references import read_lines
from transforms.statements.certainty import UNCHANGED, correct


def fit_map(confidence: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Fit the numbers of the map with a small ridge towards no change; the first two are at least 0."""
    rows = np.column_stack([np.log(confidence), -np.log1p(-confidence), np.ones(len(confidence))])
    free = [0, 1, 2]
    while True:
        fitted = np.array([UNCHANGED[k] if k in free else 0.0 for k in range(3)])
        used = rows[:, free]
        for _ in range(STEPS):
            p = 1 / (1 + np.exp(-rows @ fitted))
            curvature = (used * (p * (1 - p))[:, None]).T @ used + RIDGE * np.eye(len(free))
            slope = used.T @ (right - p) - RIDGE * (fitted - UNCHANGED)[free]
            step = np.linalg.solve(curvature, slope)
            fitted[free] += step / max(1, np.abs(step).max())  # a longer step may diverge
        if (fitted[:2] >= 0).all():
            return fitted
        # If one of the first two numbers were negative, the map would fall.
        free = [k for k in free if k == 2 or fitted[k] > 0]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("judged", type=Path)
    parser.add_argument("--out", type=Path, default=Path(models.__file__).with_name("confidence.npz"))
    options = parser.parse_args()
    rows = read_lines(options.judged)
    confidence = np.array([row["speaker_confidence"] for row in rows])
    right = np.array([row["is_right"] for row in rows], dtype=float)
    with np.load(options.out, allow_pickle=False) as stored:
        weights = {name: stored[name] for name in stored.files}
    weights["speaker_map"] = fit_map(confidence, right)
    np.savez_compressed(options.out, allow_pickle=False, **weights)
    print("before")
    print_bins(confidence, right)
    print("after")
    print_bins(correct(np.log(confidence / (1 - confidence)), weights["speaker_map"]), right)


if __name__ == "__main__":
    main()
