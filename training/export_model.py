"""Turns a trained network into what the product runs: `python -m training.export_model NETWORK.pt [--pieces FOLDER]`.

Writes `tagger.onnx`, the network with eight-bit weights, and `tagger.npz`, the tables that give a word its vector, into
`--out` (default: `models/`). The calibration of the confidence is left neutral; `calibrate.py` fits it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor

import models
from training.network import Network, Shape, WordEncoder
from training.pieces import default_folder, piece_vectors, read_vocabulary

NAMES = ("vectors", "quoted", "mask", "tags", "links")
NEUTRAL = np.array([0.0, *[0.5] * 7, 0.0, 0.0])


def export_network(network: Network, width: int, path: Path) -> None:
    """Writes the network as ONNX with eight-bit matrix products."""
    sample = (torch.randn(2, 96, width), torch.zeros(2, 96, dtype=torch.long), torch.ones(2, 96))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            network.eval(), sample, str(plain), input_names=NAMES[:3], output_names=NAMES[3:], opset_version=17,
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in NAMES}, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            plain, path, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
        )


def word_tables(encoder: WordEncoder, pieces: Tensor) -> dict[str, np.ndarray]:
    """The encoder's weights with the pieces' vectors already projected and cut to eight bits."""
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
    parser.add_argument("--pieces", type=Path, default=default_folder())
    parser.add_argument("--out", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    stored = torch.load(options.network, weights_only=True)
    shape = Shape(**stored["shape"])
    pieces = piece_vectors(options.pieces)
    encoder, network = WordEncoder(pieces, len(stored["known"]), shape.width), Network(shape)
    missing, unknown = torch.nn.ModuleList([encoder, network]).load_state_dict(
        stored["weights"], strict=False
    )
    if unknown or missing != ["0.pieces.weight"]:
        raise SystemExit(f"{options.network} holds other weights: {unknown or missing}")
    export_network(network, shape.width, options.out / "tagger.onnx")
    tables = word_tables(encoder, pieces) | {
        "vocabulary": np.array(list(read_vocabulary(options.pieces))),
        "known_words": np.array(stored["known"]),
        "reaches": np.array(shape.reaches),
        "distance_bias": network.distance_bias.numpy(),
        "line_bias": network.line_bias.numpy(),
        "calibration": NEUTRAL,
    }
    np.savez_compressed(options.out / "tagger.npz", allow_pickle=False, **tables)


if __name__ == "__main__":
    main()
