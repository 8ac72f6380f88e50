"""Export the fast network: `python -m training.fast_graph FAST.pt`, after `distil.py` has trained it.

Writes `tagger.onnx` and puts the learnt biases of distances and lines into `tagger.npz`, both in `--out` (default:
`models/`). The graph has the inputs and outputs of the graph that `lean_graph.py` writes. It multiplies integers and
rounds with fixed steps, so a word's results depend only on the words around it, not on the largest value in the run.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper

import models
from training.fast_network import FastBlock, FastNetwork, FastShape, Product, Rounding, load
from training.lean_graph import MICROSOFT, Graph
from training.network import LINKS, OUTPUTS
from transforms.language import ENGLISH


class FastGraph(Graph):
    """The nodes and weights of the graph. Values are named after their place in the network."""

    def rounding(self, path: str, rounding: Rounding) -> tuple[str, str]:
        """Add the step and the zero point of a rounding. Bytes have no sign, so negative limits shift them."""
        return (
            self.constant(f"{path}.step", np.float32(rounding.step.item())),
            self.constant(f"{path}.zero", np.uint8(-rounding.low)),
        )

    def product(self, path: str, product: Product) -> list[str]:
        """Add the weights of a product: bytes, steps and zeros."""
        steps = product.steps()
        weights = (product.weight.detach() / steps[:, None]).round().to(torch.int8)
        return [
            self.constant(f"{path}.weights", weights.numpy().T),
            self.constant(f"{path}.steps", steps.numpy()),
            self.constant(f"{path}.zeros", np.zeros(len(steps), np.int8)),
        ]

    def floats(self, values: str, rounding: tuple[str, str], path: str, product: Product) -> str:
        """Add the product of bytes with weights, as floats."""
        weights, steps, zeros = self.product(path, product)
        bias = self.constant(f"{path}.bias", product.bias.detach().numpy())
        step, zero = rounding
        return self.add(
            "MatMulIntegerToFloat", [values, weights, step, steps, zero, zeros, bias], path, domain=MICROSOFT
        )

    def around(self, values: str, zero: str, reach: int, width: int, path: str) -> str:
        """Add the bytes of the words `reach` before each word, of the word itself and of those `reach` after it."""
        padded = self.add("Pad", [values, "one row", zero], f"{path}.padded")  # for words outside the window
        gathered = self.add("Gather", [padded, f"near.{reach}"], f"{path}.gathered", axis=0)
        return self.add("Reshape", [gathered, f"three of {width}"], f"{path}.near")

    def block(self, x: str, path: str, block: FastBlock) -> str:
        """Add a block after `x`."""
        first, second = block.reaches
        enter, within = (
            self.rounding(f"{path}.enter", block.enter),
            self.rounding(f"{path}.within", block.within),
        )
        rounded = self.add("QuantizeLinear", [x, *enter], f"{path}.rounded")
        near = self.around(rounded, enter[1], first, block.out.out_features, f"{path}.first")
        inner = self.add(
            "QLinearMatMul", [near, *enter, *self.product(f"{path}.mix", block.mix), *within], f"{path}.inner"
        )
        near = self.around(inner, within[1], second, block.mix.out_features, f"{path}.second")
        change = self.floats(near, within, f"{path}.out", block.out)
        return self.add("Add", [x, change], f"{path}.x")


@torch.no_grad()
def build_graph(network: FastNetwork, shape: FastShape) -> onnx.ModelProto:
    """Return the graph that maps the `vectors`, `quoted` and `near` of one window to its `tags` and `links`."""
    graph = FastGraph()
    distinct = sorted({reach for pair in shape.pairs for reach in pair})
    graph.constant("one row", np.array([0, 0, 1, 0]))
    for width in {shape.width, shape.inner}:
        graph.constant(f"three of {width}", np.array([-1, 3 * width]))
    graph.add("Split", ["near"], *(f"near.{reach}" for reach in distinct), axis=1)
    marks = graph.add(
        "Gather", [graph.constant("quoted.weight", network.quoted.weight.numpy()), "quoted"], "marks"
    )
    x = graph.add("Add", ["vectors", marks], "x")
    for number, block in enumerate(network.blocks):
        x = graph.block(x, f"blocks.{number}", block)
    leave = graph.rounding("leave", network.leave)
    last = graph.add("QuantizeLinear", [x, *leave], "last")
    for name, product in (("tags", network.tags), ("links", network.links)):
        graph.floats(last, leave, name, product)
    inputs = [
        helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["tokens", shape.width]),
        helper.make_tensor_value_info("quoted", TensorProto.INT64, ["tokens"]),
        helper.make_tensor_value_info("near", TensorProto.INT32, ["tokens", 3 * len(distinct)]),
    ]
    sizes = {"tags": OUTPUTS, "links": 2 * LINKS * shape.link_width}
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["tokens", size])
        for name, size in sizes.items()
    ]
    made = helper.make_graph(graph.nodes, "tagger", inputs, outputs, graph.weights)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(made, opset_imports=versions, ir_version=8)
    helper.set_model_props(model, {"reaches": json.dumps(distinct)})
    return model


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", type=Path)
    parser.add_argument("--out", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    network, shape = load(options.network)
    onnx.save(build_graph(network, shape), options.out / ENGLISH.models.tagger_network)
    path = options.out / ENGLISH.models.tagger_weights
    with np.load(path, allow_pickle=False) as stored:
        tables = {name: stored[name] for name in stored.files}
    tables["distance_bias"] = network.distance_bias.detach().numpy()
    tables["line_bias"] = network.line_bias.detach().numpy()
    np.savez_compressed(path, allow_pickle=False, **tables)


if __name__ == "__main__":
    main()
