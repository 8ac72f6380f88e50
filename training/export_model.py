"""Export a trained network for the product: `python -m training.export_model NETWORK.pt [PACK.npz]`.

Writes `tagger.onnx`, the network with eight-bit weights, and `tagger.npz`, the tables that word vectors are computed
from, into `--out` (default: `models/`). PACK is the file that the network was trained on; it holds the vectors of the
pieces. The confidence is left uncalibrated until `calibrate.py` fits it. Without PACK (for a network of `distil.py`),
`tagger.npz` must exist, and only its biases of distances and lines are replaced.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

import models
from training.lean_graph import make_lean
from training.network import Network, Shape, WordEncoder
from training.pieces import default_folder, read_vocabulary
from training.windows import PIECE_SCALE
from transforms.language import ENGLISH

NAMES = ("vectors", "quoted", "mask", "tags", "links")
NEUTRAL = np.array([0.0, *[0.5] * 7, 0.0, 0.0])


@torch.no_grad()
def centre(network: Network) -> Network:
    """Return a network that gives the same results, and whose blocks never change the mean of a word's values.

    The norms ignore that mean. So the lean graph does not have to compute it.
    """
    centred = copy.deepcopy(network)
    for weights in (
        centred.quoted.weight.T,
        *(p for b in centred.blocks for p in (b.out.weight, b.out.bias)),
    ):
        weights -= weights.mean(0)
    return centred


def export_network(network: Network, shape: Shape, path: Path) -> None:
    """Write the network as ONNX with eight-bit matrix products, rewritten by `lean_graph`."""
    if shape.linear:
        network = centre(network)
    sample = (torch.randn(2, 96, shape.width), torch.zeros(2, 96, dtype=torch.long), torch.ones(2, 96))
    with tempfile.TemporaryDirectory() as folder:
        plain, quantized = Path(folder) / "plain.onnx", Path(folder) / "quantized.onnx"
        torch.onnx.export(
            network.eval(), sample, str(plain), input_names=NAMES[:3], output_names=NAMES[3:], opset_version=17,
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in NAMES}, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            plain, quantized, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
        )
        onnx.save(make_lean(onnx.load(quantized), shape.reaches), path)


def word_tables(encoder: WordEncoder, pieces: Tensor) -> dict[str, np.ndarray]:
    """Return the word encoder's weights, with the piece vectors already projected and rounded to eight bits."""
    projected = pieces @ encoder.project.weight.T
    scale = projected.abs().amax(0) / 127
    tables = dict(zip(("prefix", "suffix2", "suffix3", "shape", "known"), encoder.parts, strict=True))
    half = {name: part.weight.detach().numpy().astype(np.float16) for name, part in tables.items()}
    return {
        "pieces": torch.round(projected / scale).to(torch.int8).numpy(),
        "pieces_scale": scale.numpy(),
        **half,
        "mix_weight": encoder.mix.weight.detach().T.numpy().copy(),
        "mix_bias": encoder.mix.bias.detach().numpy(),
        "out_weight": encoder.out.weight.detach().T.numpy().copy(),
        "out_bias": encoder.out.bias.detach().numpy(),
    }


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", type=Path)
    parser.add_argument("pack", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    stored = torch.load(options.network, weights_only=True)
    shape = Shape(**stored["shape"])
    network = Network(shape)
    _load(network, stored["weights"], "network")
    export_network(network, shape, options.out / ENGLISH.models.tagger_network)
    path = options.out / ENGLISH.models.tagger_weights
    biases = {name: getattr(network, name).numpy() for name in ("distance_bias", "line_bias")}
    np.savez_compressed(path, allow_pickle=False, **(_tables(stored, shape, options.pack, path) | biases))


def _tables(stored: dict[str, Any], shape: Shape, pack: Path | None, path: Path) -> dict[str, np.ndarray]:
    """Return all tables of the tagger: new ones if there is a pack, else those at `path`."""
    if not pack:
        with np.load(path, allow_pickle=False) as tables:
            return {name: tables[name] for name in tables.files}
    with np.load(pack, allow_pickle=False) as packed:
        pieces = torch.from_numpy(packed["piece_vectors"]).float() / PIECE_SCALE
    encoder = WordEncoder(pieces.shape[1], shape)
    _load(encoder, stored["weights"], "encoder")
    return word_tables(encoder, pieces) | {
        "vocabulary": np.array(list(read_vocabulary(default_folder()))),
        "known_words": np.array(stored["known"]),
        "calibration": NEUTRAL,
    }


def _load(module: nn.Module, weights: dict[str, Tensor], part: str) -> None:
    module.load_state_dict(
        {k.removeprefix(f"{part}."): v.float() for k, v in weights.items() if k.startswith(f"{part}.")}
    )


if __name__ == "__main__":
    main()
