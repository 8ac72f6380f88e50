"""A graph with fixed rounding steps gives nearly the results of the exported one, whatever else is in the run."""

import numpy as np
import pytest

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

RNG = np.random.default_rng(1)
WIDTH = 64
WINDOWS = [{"x": RNG.normal(size=(60, WIDTH)).astype(np.float32)} for _ in range(8)]


@pytest.fixture
def exported():
    """Return a graph that rounds its input for one product, and the result of that product for the next one."""
    from onnx import TensorProto, helper

    from training.lean_graph import MICROSOFT, Graph

    graph = Graph()
    for name in ("first", "second"):
        graph.constant(f"{name}.weights", RNG.integers(-99, 99, (WIDTH, WIDTH)).astype(np.int8))
        graph.constant(f"{name}.scales", np.full(WIDTH, 0.002, np.float32))
        graph.constant(f"{name}.zeros", np.zeros(WIDTH, np.int8))
        graph.constant(f"{name}.bias", RNG.normal(size=WIDTH).astype(np.float32))
    graph.add("DynamicQuantizeLinear", ["x"], "x.bytes", "x.scale", "x.zero")
    inputs = ["x.bytes", "first.weights", "x.scale", "first.scales", "x.zero", "first.zeros", "first.bias"]
    graph.add("MatMulIntegerToFloat", inputs, "y", domain=MICROSOFT)
    inputs = ["y", "second.weights", "second.scales", "second.zeros", "second.bias"]
    graph.add("DynamicQuantizeMatMul", inputs, "z", domain=MICROSOFT)
    given, made = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["words", WIDTH]) for name in ("x", "z")
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "two products", [given], [made], graph.weights),
        opset_imports=versions,
        ir_version=8,
    )
    helper.set_model_props(model, {"reaches": "[1]"})
    return model


def session(model):
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def test_fixed_steps_change_results_little_and_make_them_independent_of_the_run(exported):
    from training.fixed_steps import find_limits, fix_steps

    limits = find_limits(exported, WINDOWS)
    assert limits["x"][0] < -2 and limits["x"][1] > 2
    fixed = session(fix_steps(exported, limits))
    [own], [before] = fixed.run(None, WINDOWS[0]), session(exported).run(None, WINDOWS[0])
    assert np.abs(own - before).max() < 0.1 * np.abs(before).max()
    large = np.concatenate([WINDOWS[0]["x"], 100 * WINDOWS[1]["x"]])
    [joined] = fixed.run(None, {"x": large})
    assert np.array_equal(joined[: len(own)], own)


def test_limits_leave_out_rare_large_numbers():
    from training.fixed_steps import Histogram

    edges = np.linspace(-10, 10, 201)
    normal = np.where(np.abs(edges[1:] - 0.05) < 5, 1000.0, 0.0)
    normal[[0, -1]] = 0.01
    low, high = Histogram(edges, normal).limits()
    assert -5.6 < low < -4.8 and 4.8 < high < 5.6
    normal[[0, -1]] = 1000
    assert Histogram(edges, normal).limits() == (-10, 10)
