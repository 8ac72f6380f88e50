"""The weighted mean of trained networks: `python -m training.average OUT.pt NETWORK.pt:WEIGHT...`.

The networks must go on from one another (`train.py --start`), so that their weights mean the same. A mean with the
network that training started from keeps what that one knew better, at no cost when it runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.mixture import parse_corpus


def average(networks: list[dict], shares: list[float]) -> dict:
    """One network; words that a network did not know count as nothing in it."""
    largest = max(networks, key=lambda network: len(network["known"]))
    weights = {name: torch.zeros_like(value) for name, value in largest["weights"].items()}
    for network, share in zip(networks, shares, strict=True):
        if largest["known"][: len(network["known"])] != network["known"]:
            raise SystemExit("the networks do not go on from one another: they know other words")
        for name, value in network["weights"].items():
            weights[name][: len(value)] += share / sum(shares) * value
    return {**largest, "weights": weights}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("networks", type=parse_corpus, nargs="+")
    options = parser.parse_args()
    networks = [torch.load(path, weights_only=True) for path, _ in options.networks]
    torch.save(average(networks, [share for _, share in options.networks]), options.out)


if __name__ == "__main__":
    main()
