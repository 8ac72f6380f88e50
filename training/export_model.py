"""Export a trained network for the product: `python -m training.export_model NETWORK.pt PACK.npz`.

Writes `tagger.onnx`, the network with eight-bit weights, and `tagger.npz`, the tables that word vectors are computed
from, into `--out` (default: `models/`). PACK is the file that the network was trained on; it holds the vectors of the
pieces. The confidence is left uncalibrated until `calibrate.py` fits it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor

import models
from training.lean_graph import make_lean
from training.network import Network, Shape, WordEncoder
from training.pieces import default_folder, read_vocabulary
from training.windows import PIECE_SCALE

NAMES = ("vectors", "quoted", "mask", "tags", "links")
NEUTRAL = np.array([0.0, *[0.5] * 7, 0.0, 0.0])


def export_network(network: Network, shape: Shape, path: Path) -> None:
    """Write the network as ONNX with eight-bit matrix products, rewritten by `lean_graph`."""
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
    parser.add_argument("pack", type=Path)
    parser.add_argument("--out", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    stored = torch.load(options.network, weights_only=True)
    shape = Shape(**stored["shape"])
    with np.load(options.pack, allow_pickle=False) as packed:
        pieces = torch.from_numpy(packed["piece_vectors"]).float() / PIECE_SCALE
    encoder, network = WordEncoder(pieces.shape[1], shape), Network(shape)
    weights = {name: value.float() for name, value in stored["weights"].items()}
    for part, module in (("encoder", encoder), ("network", network)):
        module.load_state_dict(
            {k.removeprefix(f"{part}."): v for k, v in weights.items() if k.startswith(f"{part}.")}
        )
    export_network(network, shape, options.out / "tagger.onnx")
    tables = word_tables(encoder, pieces) | {
        "vocabulary": np.array(list(read_vocabulary(default_folder()))),
        "known_words": np.array(stored["known"]),
        "distance_bias": network.distance_bias.numpy(),
        "line_bias": network.line_bias.numpy(),
        "calibration": NEUTRAL,
    }
    np.savez_compressed(options.out / "tagger.npz", allow_pickle=False, **tables)


if __name__ == "__main__":
    main()
