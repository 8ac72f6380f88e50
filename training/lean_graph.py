"""Rewrite the exported network as a graph that computes the same numbers in less time.

PyTorch's export concatenates, as floats, the three words that a block combines, and multiplies by a mask that is all
ones when a window runs alone. The rewritten graph quantizes a block's vectors first and gathers the bytes of the three
words, splits the weights of a block's first product instead of the product itself, and has neither mask nor batch
dimension. Integer products are exact, so the results are equal bit by bit.

Its input `near` [tokens, 3 * distinct reaches] has three indices for each word and reach: of the word that far before
it, of the word itself, and of the word that far after it. If there is no such word, the index is the number of tokens.
The metadata `reaches` lists the distinct reaches in the order of the columns.

`python -m training.lean_graph QUANTIZED.onnx OUT.onnx` rewrites a file that `quantize_dynamic` wrote.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training import REACHES

MICROSOFT = "com.microsoft"  # the domain of onnxruntime's own operators
EPSILON = 1e-5  # the epsilon of PyTorch's layer norm
OUTSIDE = {
    "vectors": "norm.weight",
    "tags": "tags.bias",
    "links": "links.bias",
}  # each input and output has the length of these weights


class Graph:
    """The nodes and weights of a new graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(
        self, kind: str, inputs: Sequence[str], *outputs: str, domain: str = "", **options: object
    ) -> str:
        """Add a node and return the name of its first output."""
        self.nodes.append(helper.make_node(kind, inputs, outputs, outputs[0], domain=domain, **options))
        return outputs[0]

    def constant(self, name: str, values: object) -> str:
        """Add a constant and return its name."""
        self.weights.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name


class LeanGraph(Graph):
    """The nodes and weights of the new graph. Values are named after their place in the network."""

    def __init__(self, quantized: onnx.ModelProto) -> None:
        super().__init__()
        self._stored = {i.name: numpy_helper.to_array(i) for i in quantized.graph.initializer}
        self._products = {
            node.name.removesuffix("/MatMul_quant").removeprefix("/").replace("/", "."): node
            for node in quantized.graph.node
            if node.op_type == "MatMulInteger"
        }

        self.is_linear = "norm.bias" not in self._stored  # see `Shape.linear`

    def size_of(self, weights: str) -> int:
        """Return the number of values in a stored vector."""
        return len(self._stored[weights])

    def normalized(self, x: str, path: str) -> str:
        """Add a layer norm of `x`. With linear blocks, the mean of `x` is already zero."""
        parts = ["weight"] if self.is_linear else ["weight", "bias"]
        names = [self.constant(f"{path}.{part}", self._stored[f"{path}.{part}"]) for part in parts]
        kind = "SimplifiedLayerNormalization" if self.is_linear else "LayerNormalization"
        return self.add(kind, [x, *names], path, axis=-1, epsilon=EPSILON)

    def quantized(self, x: str) -> tuple[str, str, str]:
        """Add the quantization of `x` to bytes, with their scale and zero point."""
        names = f"{x}.bytes", f"{x}.scale", f"{x}.zero"
        self.add("DynamicQuantizeLinear", [x], *names)
        return names

    def around(self, values: tuple[str, str, str], reach: int, path: str) -> tuple[str, str, str]:
        """Add the bytes of the words `reach` before each word, of the word itself and of those `reach` after it."""
        own, scale, zero = values
        padded = self.add("Pad", [own, "one row", zero], f"{path}.padded")  # for words outside the window
        gathered = self.add("Gather", [padded, f"near.{reach}"], f"{path}.gathered", axis=0)
        return self.add("Reshape", [gathered, "three words"], f"{path}.near"), scale, zero

    def product(
        self,
        values: tuple[str, str, str],
        path: str,
        out: str,
        columns: slice = slice(None),
        times: float = 1,
        plus: float = 0,
    ) -> str:
        """Add the product of bytes with the weights at `path`, for some columns only, multiplied and shifted."""
        x, scale, zero = values
        weights, scales, zeros, bias = self._product_of(path, out, columns, times, plus)
        return self.add(
            "MatMulIntegerToFloat", [x, weights, scale, scales, zero, zeros, bias], out, domain=MICROSOFT
        )

    def product_of_floats(self, x: str, path: str) -> str:
        """Add the product of floats with the weights at `path`; the floats are quantized first."""
        return self.add("DynamicQuantizeMatMul", [x, *self._product_of(path, path)], path, domain=MICROSOFT)

    def _product_of(
        self, path: str, out: str, columns: slice = slice(None), times: float = 1, plus: float = 0
    ) -> list[str]:
        node = self._products[path]
        weights, zeros = node.input[1], node.input[3]
        scales = weights.replace("_quantized", "_scale")
        bias = self._stored[f"{path}.bias"][columns] * np.float32(times) + np.float32(plus)
        stored = {"weights": self._stored[weights][:, columns],
                  "scales": self._stored[scales][columns] * np.float32(times),
                  "zeros": self._stored[zeros][columns], "bias": bias}  # fmt: skip
        return [self.constant(f"{out}.{name}", values) for name, values in stored.items()]

    def embedded(self, vectors: str, quoted: str) -> str:
        """Add the sum of the word vectors and the vectors of their quotation states."""
        marks = self.constant("quoted.weight", self._stored["quoted.weight"])
        x = self.add("Add", [vectors, self.add("Gather", [marks, quoted], "marks")], "x")
        if not self.is_linear:
            return x
        return self.add("Sub", [x, self.add("ReduceMean", [x], "mean", axes=[-1])], "centred")

    def gated(self, value: str, gate: str, path: str) -> str:
        """Add the product of a value and its gate, after their functions."""
        if not self.is_linear:
            active = self.add("Gelu", [value], f"{path}.active", domain=MICROSOFT)
            return self.add("Mul", [active, self.add("Sigmoid", [gate], f"{path}.opened")], f"{path}.gated")
        opened = self.add("Clip", [gate, "closed", "open"], f"{path}.opened")
        # A gate is never negative, so the lower limit of the product is the same as that of the value.
        return self.add("Relu", [self.add("Mul", [value, opened], f"{path}.both")], f"{path}.gated")


def make_lean(quantized: onnx.ModelProto, reaches: Sequence[int]) -> onnx.ModelProto:
    """Return the network that maps the `vectors`, `quoted` and `near` of one window to its `tags` and `links`."""
    graph = LeanGraph(quantized)
    distinct = sorted(set(reaches))
    graph.constant("one row", np.array([0, 0, 1, 0]))
    if graph.is_linear:
        graph.constant("closed", np.float32(0))
        graph.constant("open", np.float32(1))
    graph.constant("three words", np.array([-1, 3 * graph.size_of("norm.weight")]))
    graph.add("Split", ["near"], *(f"near.{reach}" for reach in distinct), axis=1)
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
    values["near"] = helper.make_tensor_value_info("near", TensorProto.INT32, ["tokens", 3 * len(distinct)])
    lean = helper.make_graph(
        graph.nodes,
        "tagger",
        [values["vectors"], values["quoted"], values["near"]],
        [values["tags"], values["links"]],
        graph.weights,
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(lean, opset_imports=versions, ir_version=8)
    helper.set_model_props(model, {"reaches": json.dumps(distinct)})
    return model


def _add_block(graph: LeanGraph, x: str, path: str, reach: int) -> str:
    inner = graph.size_of(f"{path}.mix.bias") // 2
    near = graph.around(graph.quantized(graph.normalized(x, f"{path}.norm")), reach, path)
    value = graph.product(near, f"{path}.mix", f"{path}.value", slice(0, inner))
    gates = slice(inner, 2 * inner)
    # A hard sigmoid is a line between two limits. The product with the weights can compute the line.
    line = {"times": 1 / 6, "plus": 0.5} if graph.is_linear else {}
    gate = graph.product(near, f"{path}.mix", f"{path}.gate", gates, **line)
    change = graph.product_of_floats(graph.gated(value, gate, path), f"{path}.out")
    return graph.add("Add", [x, change], f"{path}.x")


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
