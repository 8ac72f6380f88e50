"""The exported network -> a graph that computes the same numbers in less time.

PyTorch exports the three words that a block looks at side by side as floats, and a product with a mask that is all ones
when a window runs alone. Here a block's vectors are quantized first and put side by side as bytes, each half of the
first product of a block is a product of its own, so that nothing is split, and there is no mask and no batch. Products
of whole numbers are exact, so the results are equal bit by bit.

`python -m training.lean_graph QUANTIZED.onnx OUT.onnx` rewrites a file that `quantize_dynamic` wrote.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"  # operators of onnxruntime, which its optimiser would put in as well
EPSILON = 1e-5  # of PyTorch's layer norm
REACHES = (1, 2, 4, 8, 16, 32, 64, 1, 2)  # of the blocks of the network that is shipped
OUTSIDE = {
    "vectors": "norm.bias",
    "tags": "tags.bias",
    "links": "links.bias",
}  # inputs and outputs as long as these
TO_THE_END = np.iinfo(np.int64).max


class LeanGraph:
    """Nodes and weights of the new graph; values are called after their places in the network."""

    def __init__(self, quantized: onnx.ModelProto) -> None:
        self._stored = {i.name: numpy_helper.to_array(i) for i in quantized.graph.initializer}
        self._products = {
            node.name.removesuffix("/MatMul_quant").removeprefix("/").replace("/", "."): node
            for node in quantized.graph.node
            if node.op_type == "MatMulInteger"
        }
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(
        self, kind: str, inputs: Sequence[str], *outputs: str, domain: str = "", **options: object
    ) -> str:
        """Adds a node; the name of its first output."""
        self.nodes.append(helper.make_node(kind, inputs, outputs, outputs[0], domain=domain, **options))
        return outputs[0]

    def constant(self, name: str, values: object) -> str:
        """Adds a constant; its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def size_of(self, bias: str) -> int:
        """The length of a vector that is stored."""
        return len(self._stored[bias])

    def normalized(self, x: str, path: str) -> str:
        """`x` after a layer norm."""
        parts = [
            self.constant(f"{path}.{part}", self._stored[f"{path}.{part}"]) for part in ("weight", "bias")
        ]
        return self.add("LayerNormalization", [x, *parts], path, axis=-1, epsilon=EPSILON)

    def quantized(self, x: str) -> tuple[str, str, str]:
        """`x` as bytes, with their scale and zero."""
        names = f"{x}.bytes", f"{x}.scale", f"{x}.zero"
        self.add("DynamicQuantizeLinear", [x], *names)
        return names

    def around(self, values: tuple[str, str, str], reach: int, path: str) -> tuple[str, str, str]:
        """The bytes of the word `reach` before, of the word itself, and of the one `reach` behind, side by side."""
        own, scale, zero = values
        rows = self.constant(f"{path}.pads", np.array([reach, 0, reach, 0]))
        padded = self.add("Pad", [own, rows, zero], f"{path}.padded")
        near = {}
        for side, first, last in (("before", 0, -2 * reach), ("behind", 2 * reach, TO_THE_END)):
            ends = [
                self.constant(f"{path}.{side}.{end}", np.array([at]))
                for end, at in (("first", first), ("last", last))
            ]
            near[side] = self.add("Slice", [padded, *ends, "rows"], f"{path}.{side}")
        joined = self.add("Concat", [near["before"], own, near["behind"]], f"{path}.near", axis=1)
        return joined, scale, zero

    def product(self, values: tuple[str, str, str], path: str, out: str, columns: slice = slice(None)) -> str:
        """Bytes times the weights at `path`, some columns of the result alone."""
        x, scale, zero = values
        weights, scales, zeros, bias = self._product_of(path, out, columns)
        return self.add(
            "MatMulIntegerToFloat", [x, weights, scale, scales, zero, zeros, bias], out, domain=MICROSOFT
        )

    def product_of_floats(self, x: str, path: str) -> str:
        """Floats times the weights at `path`, quantized in between."""
        return self.add("DynamicQuantizeMatMul", [x, *self._product_of(path, path)], path, domain=MICROSOFT)

    def _product_of(self, path: str, out: str, columns: slice = slice(None)) -> list[str]:
        node = self._products[path]
        weights, zeros = node.input[1], node.input[3]
        scales = weights.replace("_quantized", "_scale")
        stored = {"weights": self._stored[weights][:, columns], "scales": self._stored[scales][columns],
                  "zeros": self._stored[zeros][columns], "bias": self._stored[f"{path}.bias"][columns]}  # fmt: skip
        return [self.constant(f"{out}.{name}", values) for name, values in stored.items()]

    def embedded(self, vectors: str, quoted: str) -> str:
        """The words' vectors with what their quotation marks add."""
        marks = self.constant("quoted.weight", self._stored["quoted.weight"])
        return self.add("Add", [vectors, self.add("Gather", [marks, quoted], "marks")], "x")


def make_lean(quantized: onnx.ModelProto, reaches: Sequence[int]) -> onnx.ModelProto:
    """The network as a function of one window: `vectors` [tokens, width], `quoted` [tokens] -> `tags`, `links`."""
    graph = LeanGraph(quantized)
    graph.constant("rows", np.array([0]))
    x = graph.embedded("vectors", "quoted")
    for number, reach in enumerate(reaches):
        x = _add_block(graph, x, f"blocks.{number}", reach)
    last = graph.quantized(graph.normalized(x, "norm"))
    for name in ("tags", "links"):
        graph.product(last, name, name)
    sizes = {name: graph.size_of(bias) for name, bias in OUTSIDE.items()}
    values = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["tokens", size])
        for name, size in sizes.items()
    }
    values["quoted"] = helper.make_tensor_value_info("quoted", TensorProto.INT64, ["tokens"])
    lean = helper.make_graph(
        graph.nodes,
        "tagger",
        [values["vectors"], values["quoted"]],
        [values["tags"], values["links"]],
        graph.weights,
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(lean, opset_imports=versions, ir_version=8)


def _add_block(graph: LeanGraph, x: str, path: str, reach: int) -> str:
    width = graph.size_of(f"{path}.norm.bias")
    near = graph.around(graph.quantized(graph.normalized(x, f"{path}.norm")), reach, path)
    value = graph.product(near, f"{path}.mix", f"{path}.value", slice(0, width))
    gate = graph.product(near, f"{path}.mix", f"{path}.gate", slice(width, 2 * width))
    active = graph.add("Gelu", [value], f"{path}.active", domain=MICROSOFT)
    opened = graph.add("Sigmoid", [gate], f"{path}.opened")
    told = graph.product_of_floats(graph.add("Mul", [active, opened], f"{path}.gated"), f"{path}.out")
    return graph.add("Add", [x, told], f"{path}.x")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("quantized", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--reaches", type=int, nargs="+", default=REACHES)
    options = parser.parse_args()
    onnx.save(make_lean(onnx.load(options.quantized), options.reaches), options.out)


if __name__ == "__main__":
    main()
