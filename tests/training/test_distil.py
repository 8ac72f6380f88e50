"""A network is made smaller and learns from the larger one, and its export gives the same results."""

import json
import random
from functools import partial
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from training.documents import read_plain

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

TEXT = "The harbour reopened, Ada Quill said.\n\n“We waited,” she added, “for nine weeks.”\n\n" * 4
TOKENS = 40


def vary(network):
    """Change all weights a little; the exporter would join equal ones, such as the norms of a new network."""
    for weights in network.parameters():
        weights.data += 0.1 * torch.randn(weights.shape)
    return network.eval()


@pytest.fixture
def student():
    """A small untrained network with its shape."""
    from training.network import Network, Shape

    torch.manual_seed(1)
    shape = Shape(width=16, reaches=(1, 2), link_width=8)
    return vary(Network(shape)), shape


@pytest.fixture
def small(student):
    """The network after pruning, with its shape."""
    from training.prune import prune

    inputs = [(torch.randn(2, TOKENS, 16), torch.zeros(2, TOKENS, dtype=torch.long), torch.ones(2, TOKENS))]
    with torch.no_grad():
        return prune(*student, (16, 8), inputs)


def run_graph(path, vectors, quoted):
    session = onnxruntime.InferenceSession(path)
    reaches = json.loads(session.get_modelmeta().custom_metadata_map["reaches"])
    offsets = np.array([(-reach, 0, reach) for reach in reaches]).ravel()
    near = np.arange(len(vectors))[:, None] + offsets
    near[(near < 0) | (near >= len(vectors))] = len(vectors)
    return session.run(
        None, {"vectors": vectors.numpy(), "quoted": quoted.numpy(), "near": near.astype(np.int32)}
    )


def test_the_exported_smaller_network_gives_its_results(small, tmp_path):
    from training.export_model import export_network
    from training.fixed_steps import find_limits, fix_steps

    network, shape = small
    export_network(network, shape, tmp_path / "tagger.onnx")
    vectors, quoted = torch.randn(TOKENS, 16) + 3, torch.arange(TOKENS) % 3
    with torch.no_grad():
        expected = network(vectors[None], quoted[None], torch.ones(1, TOKENS))
    exported = onnx.load(tmp_path / "tagger.onnx")
    near = np.stack([np.arange(TOKENS) + i for i in (-1, 0, 1, -2, 0, 2)], 1).astype(np.int32)
    near[(near < 0) | (near >= TOKENS)] = TOKENS
    limits = find_limits(exported, [{"vectors": vectors.numpy(), "quoted": quoted.numpy(), "near": near}])
    fixed = fix_steps(exported, limits)
    assert not any(node.op_type == "Relu" for node in fixed.graph.node)
    onnx.save(fixed, tmp_path / "fixed.onnx")
    for name in ("tagger.onnx", "fixed.onnx"):
        for wanted, own in zip(expected, run_graph(tmp_path / name, vectors, quoted), strict=True):
            assert np.abs(own - wanted[0].numpy()).max() < 0.05 * wanted.abs().max()


def test_words_after_the_end_of_a_window_change_nothing(small):
    network, _ = small
    vectors, quoted = torch.randn(1, TOKENS, 16), torch.zeros(1, TOKENS, dtype=torch.long)
    mask = (torch.arange(TOKENS) < 30).float()[None]
    with torch.no_grad():
        padded, _ = network(vectors, quoted, mask)
        alone, _ = network(vectors[:, :30], quoted[:, :30], torch.ones(1, 30))
    assert torch.allclose(padded[:, :30], alone, atol=1e-5)


def test_pruning_keeps_the_inputs_that_matter():
    from training.prune import choose

    torch.manual_seed(1)
    given = torch.cat([torch.randn(500, 6), torch.ones(500, 1)], 1)
    given[:, 3] = given[:, 2]  # one of the two is enough
    wanted = given[:, [0, 2]] @ torch.tensor([[1.0, 0.2], [0.5, -2.0]]) + 7 + 0.01 * given[:, [5]]
    kept, weights = choose(given.T @ given, given.T @ wanted, 2)
    assert kept in ([0, 2], [0, 3])
    assert torch.allclose(weights, torch.tensor([[1.0, 0.2], [0.5, -2.0], [7.0, 7.0]]), atol=0.02)


def test_a_pruned_network_stays_close_to_the_whole_one(student):
    from training.prune import prune

    network, shape = student
    inputs = [
        (torch.randn(8, TOKENS, 16), torch.arange(8 * TOKENS).reshape(8, -1) % 3, torch.ones(8, TOKENS))
    ]
    distances = []
    with torch.no_grad():
        whole, _ = network(*inputs[0])
        for inner in ((16, 16), (12, 12), (2, 2)):
            pruned, made = prune(network, shape, inner, inputs)
            assert [block.out.in_features for block in pruned.blocks] == list(made.inner)
            distances.append((pruned.eval()(*inputs[0])[0] - whole).square().mean() / whole.var())
    assert distances[0] < distances[1] < distances[2]
    assert distances[0] < 0.02


@pytest.fixture
def taught(student, tmp_path):
    """The files of a small untrained tagger, and texts packed for it."""
    from training.export_model import export_network
    from training.plain_texts import pack

    network, shape = student
    export_network(network, shape, tmp_path / "tagger.onnx")
    biases = {name: getattr(network, name).detach().numpy() for name in ("distance_bias", "line_bias")}
    make = np.random.default_rng(1).normal
    tables = {"vocabulary": np.array(["the", "harbour", "we", "##ed"]), "known_words": np.array(["we"])}
    sizes = {"prefix": 4096, "suffix2": 4096, "suffix3": 4096, "shape": 31}
    weights = {name: make(size=(size, 24)) for name, size in sizes.items()}
    np.savez(
        tmp_path / "tagger.npz", **tables, **weights, **biases, known=make(size=(2, 64)),
        pieces=np.arange(64, dtype=np.int8).reshape(4, 16), pieces_scale=np.full(16, 0.1),
        mix_weight=make(size=(160, 16)) / 10, mix_bias=np.zeros(16),
        out_weight=make(size=(16, 16)) / 4, out_bias=np.zeros(16),
    )  # fmt: skip
    documents = [group[0] for group in read_plain([TEXT] * 8, 0)]
    np.savez(tmp_path / "texts.npz", **pack(documents, tables))
    return tmp_path, documents


def test_packed_texts_have_the_words_and_vectors_of_the_tagger(taught):
    from training.distil import Texts
    from transforms.extract.tagger import WordVectors

    folder, documents = taught
    texts = Texts(folder / "texts.npz", folder / "tagger.npz")
    tokens = documents[0].tokens
    batch = texts.gather([(0, len(tokens))])
    with np.load(folder / "tagger.npz") as stored:
        weights = {name: stored[name] for name in stored.files}
    vectors = WordVectors(weights)
    [rows] = vectors.rows([tokens.words])
    assert batch.quoted[0].tolist() == tokens.quoted
    assert np.allclose(texts.vectors(batch)[0].numpy(), vectors.table[rows], atol=1e-4)


def test_windows_leave_out_the_texts_that_are_held_out(taught):
    from training.distil import Texts

    folder, documents = taught
    texts = Texts(folder / "texts.npz", folder / "tagger.npz")
    size = len(documents[0].tokens)
    assert min(start for start, _ in texts.cut(random.Random(1))) == size
    assert texts.kept(1000) == [(0, size)]


def test_the_smaller_network_learns_the_outputs_of_the_larger_one(taught, monkeypatch, capsys):
    from training import distil, export_model
    from training.network import Shape

    folder, _ = taught
    arguments = ["distil", "texts.npz", "--folder", ".", "--inner", "8", "4", "--out", "small.pt"]
    options = ["--seconds", "60", "--words", "400", "--measured", "4", "--report", "20", "--rate", "3e-3"]
    clock = partial(next, count(step=0.06))  # read five times in a step: some 200 steps, on any machine
    monkeypatch.setattr("training.learn.time", SimpleNamespace(perf_counter=clock))
    monkeypatch.setattr("training.distil.Shape", partial(Shape, reaches=(1, 2)))
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", [*arguments, *options])
    distil.main()
    lines = capsys.readouterr().out.splitlines()
    losses = [float(line.split("loss ")[1].split(",")[0]) for line in lines if "loss" in line]
    assert losses[-1] < losses[0]
    monkeypatch.setattr("sys.argv", ["export_model", "small.pt", "--out", "."])
    export_model.main()
    with np.load("tagger.npz") as tables:
        assert tables["distance_bias"].shape == (4, 64)
        assert tables["known_words"].tolist() == ["we"]
    outputs = run_graph("tagger.onnx", torch.randn(TOKENS, 16), torch.zeros(TOKENS, dtype=torch.long))
    assert [values.shape for values in outputs] == [(TOKENS, 20), (TOKENS, 64)]
    with pytest.raises(SystemExit, match="already has the smaller network"):
        distil.Taught(folder)


def test_the_network_is_restored_from_its_export(student, tmp_path):
    from training.export_model import export_network
    from training.network import Network
    from training.restore_network import restore

    network, shape = student
    export_network(network, shape, tmp_path / "tagger.onnx")
    graph = onnx.load(tmp_path / "tagger.onnx").graph
    biases = {name: getattr(network, name).detach().numpy() for name in ("distance_bias", "line_bias")}
    again = Network(shape).eval()
    again.load_state_dict(restore({i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}, biases))
    given = torch.randn(1, TOKENS, 16), torch.zeros(1, TOKENS, dtype=torch.long), torch.ones(1, TOKENS)
    with torch.no_grad():
        for expected, own in zip(network(*given), again(*given), strict=True):
            assert (own - expected).abs().max() < 0.02 * expected.abs().max()
