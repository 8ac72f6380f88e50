"""Give the exported network fixed rounding steps: `python -m training.fixed_steps TEXTS.jsonl`.

Before each product, `export_model.py` lets the network round its numbers to bytes, in steps that depend on the largest
number in the run. So a word's results depend on all words of the run. With fixed steps, they depend only on the words
around it, several windows can share a run, and the network does not have to find the largest number.

This program measures the numbers on some texts (JSON lines with `text`) and replaces `tagger.onnx` in `--folder`
(default: `models/`) by a graph with fixed steps. For each product, it chooses the limits with the least squared error.
Numbers outside the limits are cut. So rounding also does what a Relu does, if the lower limit is zero.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import models
from training.lean_graph import MICROSOFT
from transforms.extract.tagger import Tagger, cut_windows
from transforms.extract.tokens import tokenize
from transforms.extract.unwrap import unwrap
from transforms.language import ENGLISH

FEWEST_WORDS = 50  # shorter windows are not measured
STEPS = 255  # between the limits
BINS = 8_000
MARGIN = 1.1  # by which the bins reach beyond the numbers of every third window
SHARES = np.linspace(0.35, 1, 40)  # the limits that are tried, as shares of the largest numbers
DYNAMIC = ("DynamicQuantizeLinear", "DynamicQuantizeMatMul")

Inputs = dict[str, np.ndarray]
Limits = dict[str, tuple[float, float]]


@dataclass
class Histogram:
    """How often numbers occur in each bin; `edges` are the limits of the bins."""

    edges: np.ndarray
    counts: np.ndarray

    def limits(self) -> tuple[float, float]:
        """Return the limits with the least squared rounding error."""
        lowest, highest = self.edges[0], self.edges[-1]
        tried = [(lowest * low, highest * high) for low, high in product(SHARES, SHARES)]
        low, high = min(tried, key=self._error)
        return float(low), float(high)

    def _error(self, limits: tuple[float, float]) -> float:
        """Return the sum of the squared errors with these limits."""
        low, high = limits
        values = (self.edges[1:] + self.edges[:-1]) / 2
        step = (high - low) / STEPS
        zero = round(-low / step)
        places = values / step + zero
        cut = (np.clip(np.round(places), 0, STEPS) - zero) * step - values
        is_inside = (places >= -0.5) & (places <= STEPS + 0.5)
        return float((self.counts * np.where(is_inside, step * step / 12, cut * cut)).sum())


def find_limits(model: onnx.ModelProto, windows: Sequence[Inputs]) -> Limits:
    """Return the best limits for each value that the graph rounds, given the inputs of windows."""
    names = [node.input[0] for node in model.graph.node if node.op_type in DYNAMIC]
    exact = _without_rounding(model)
    exact.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(exact.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges = np.array(
        [[(found.min(), found.max()) for found in session.run(names, inputs)] for inputs in windows[::3]]
    )
    lows = np.minimum(ranges[..., 0].min(0) * MARGIN, -1e-3)
    highs = ranges[..., 1].max(0) * MARGIN
    histograms = [
        Histogram(np.linspace(low, high, BINS + 1), np.zeros(BINS))
        for low, high in zip(lows, highs, strict=True)
    ]
    for inputs in windows:
        for histogram, found in zip(histograms, session.run(names, inputs), strict=True):
            histogram.counts += np.histogram(found, histogram.edges)[0]
    return {name: histogram.limits() for name, histogram in zip(names, histograms, strict=True)}


def _without_rounding(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the graph with products of floats, which rounds nothing but the weights."""
    stored = {weights.name: numpy_helper.to_array(weights) for weights in model.graph.initializer}
    exact = onnx.ModelProto()
    exact.CopyFrom(model)
    del exact.graph.node[:]
    for node in model.graph.node:
        [*_, out] = node.output
        if node.op_type == "DynamicQuantizeLinear":
            nodes = [helper.make_node("Identity", node.input, node.output[:1])]
        elif node.op_type in ("MatMulIntegerToFloat", "DynamicQuantizeMatMul"):
            x, weights, *given, zeros, bias = node.input
            scales = given[1] if node.op_type == "MatMulIntegerToFloat" else given[0]
            floats = (stored[weights].astype(np.float32) - stored[zeros].astype(np.float32)) * stored[scales]
            exact.graph.initializer.append(numpy_helper.from_array(floats, f"{out}.floats"))
            nodes = [
                helper.make_node("MatMul", [x, f"{out}.floats"], [f"{out}.product"]),
                helper.make_node("Add", [f"{out}.product", bias], [out]),
            ]
        elif node.op_type == "Pad":
            exact.graph.initializer.append(numpy_helper.from_array(np.float32(0), f"{out}.zero"))
            nodes = [helper.make_node("Pad", [*node.input[:2], f"{out}.zero"], [out])]
        else:
            nodes = [node]
        exact.graph.node.extend(nodes)
    return exact


def fix_steps(model: onnx.ModelProto, limits: Limits) -> onnx.ModelProto:
    """Return the graph with fixed rounding steps for the numbers between the limits."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    nodes: list[onnx.NodeProto] = []
    renamed: dict[str, str] = {}
    for node in model.graph.node:
        inputs = [renamed.get(name, name) for name in node.input]
        if node.op_type == "Relu":  # the rounding that follows cuts negative numbers
            renamed |= {node.output[0]: inputs[0]}
            continue
        if node.op_type not in DYNAMIC:
            own = onnx.NodeProto()
            own.CopyFrom(node)
            own.input[:] = inputs
            nodes.append(own)
            continue
        low, high = limits[node.input[0]]
        step, zero = _constants(fixed.graph, inputs[0], low if inputs[0] == node.input[0] else 0.0, high)
        rounded = f"{inputs[0]}.bytes"
        nodes.append(helper.make_node("QuantizeLinear", [inputs[0], step, zero], [rounded], rounded))
        if node.op_type == "DynamicQuantizeMatMul":
            _, weights, scales, zeros, bias = inputs
            product_of = [rounded, weights, step, scales, zero, zeros, bias]
            [out] = node.output
            nodes.append(helper.make_node("MatMulIntegerToFloat", product_of, [out], out, domain=MICROSOFT))
        else:
            renamed |= dict(zip(node.output, (rounded, step, zero), strict=True))
    del fixed.graph.node[:]
    fixed.graph.node.extend(nodes)
    return fixed


def _constants(graph: onnx.GraphProto, name: str, low: float, high: float) -> tuple[str, str]:
    """Add the step and the zero point with which numbers between these limits become bytes, and return their names."""
    step = np.float32((high - low) / STEPS)
    zero = np.uint8(np.clip(round(-low / float(step)), 0, STEPS))
    names = f"step.{name}", f"zero.{name}"
    graph.initializer.extend(
        numpy_helper.from_array(np.asarray(value), own)
        for own, value in zip(names, (step, zero), strict=True)
    )
    return names


def read_windows(path: Path, tagger: Tagger) -> Iterator[Inputs]:
    """Yield the network's inputs for the windows of the texts of a file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            tokens = tokenize(unwrap(json.loads(line)["text"]))
            for start, end in cut_windows(tokens):
                if end - start >= FEWEST_WORDS:
                    inputs = tagger.inputs_of(tokens.words[start:end], tokens.quoted[start:end])
                    yield {name: values.copy() for name, values in inputs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--most", type=int, default=150, metavar="N", help="measure the first N windows")
    parser.add_argument("--folder", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    path = options.folder / ENGLISH.models.tagger_network
    model = onnx.load(path)
    windows = list(islice(read_windows(options.texts, Tagger(options.folder)), options.most))
    onnx.save(fix_steps(model, find_limits(model, windows)), path)


if __name__ == "__main__":
    main()
