"""The exported fast network gives the results of the trained one, which learns from another network."""

import json
import random
from functools import partial
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from training.documents import read_plain

torch = pytest.importorskip("torch")

TEXT = "The harbour reopened, Ada Quill said.\n\n“We waited,” she added, “for nine weeks.”\n\n" * 4
TOKENS = 40


@pytest.fixture
def fast():
    from training.fast_network import FastNetwork, FastShape
    from training.network import Network, Shape

    torch.manual_seed(1)
    shape = FastShape(width=16, inner=24, pairs=((1, 2), (4, 1)), link_width=8)
    network = FastNetwork(shape)
    network.start_from(Network(Shape(width=16, reaches=(1,), link_width=8)))
    network.hidden(
        torch.randn(2, TOKENS, 16), torch.zeros(2, TOKENS, dtype=torch.long), torch.ones(2, TOKENS)
    )
    network.read(torch.randn(2, TOKENS, 16))
    return network.eval(), shape


def run_graph(network, shape, vectors, quoted):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    from training.fast_graph import build_graph

    session = onnxruntime.InferenceSession(build_graph(network, shape).SerializeToString())
    reaches = json.loads(session.get_modelmeta().custom_metadata_map["reaches"])
    offsets = np.array([(-reach, 0, reach) for reach in reaches]).ravel()
    near = np.arange(len(vectors))[:, None] + offsets
    near[(near < 0) | (near >= len(vectors))] = len(vectors)
    return session.run(None, {"vectors": vectors, "quoted": quoted, "near": near.astype(np.int32)})


def test_the_exported_network_gives_the_results_of_the_trained_one(fast):
    network, shape = fast
    vectors, quoted = (
        np.random.default_rng(1).normal(size=(TOKENS, 16)).astype(np.float32),
        np.arange(TOKENS) % 3,
    )
    with torch.no_grad():
        tags, links = network(
            torch.from_numpy(vectors)[None], torch.from_numpy(quoted)[None], torch.ones(1, TOKENS)
        )
    found = run_graph(network, shape, vectors, quoted)
    # A value exactly between two integers may be rounded either way.
    for expected, own in zip((tags[0], links[0]), found, strict=True):
        assert np.abs(own - expected.numpy()).max() < 0.02 * np.abs(own).max()
        assert np.abs(own).max() > 0.1


def test_words_after_the_end_of_a_window_change_nothing(fast):
    network, _ = fast
    vectors, quoted = torch.randn(1, TOKENS, 16), torch.zeros(1, TOKENS, dtype=torch.long)
    mask = (torch.arange(TOKENS) < 30).float()[None]
    with torch.no_grad():
        padded, _ = network(vectors, quoted, mask)
        alone, _ = network(vectors[:, :30], quoted[:, :30], torch.ones(1, 30))
    assert torch.equal(padded[:, :30], alone)


def test_rounding_has_no_gradient_beyond_its_limits():
    from training.fast_network import POSITIVE, Rounding

    rounding = Rounding(*POSITIVE)
    x = torch.tensor([-3.0, 2.4, 300.0], requires_grad=True)
    rounded = rounding(x)  # the step is 1
    rounded.sum().backward()
    assert rounded.tolist() == [0, 2, 255]
    assert x.grad is not None and x.grad.tolist() == [0, 1, 0]


@pytest.fixture
def taught(tmp_path):
    """A small untrained network, and texts packed for it, as files."""
    from dataclasses import asdict

    from training.network import Network, Shape
    from training.plain_texts import pack

    shape = Shape(width=16, reaches=(1, 2), link_width=8)
    torch.manual_seed(1)
    weights = {f"network.{name}": value for name, value in Network(shape).state_dict().items()}
    torch.save({"weights": weights, "shape": asdict(shape)}, tmp_path / "network.pt")
    make = np.random.default_rng(1).normal
    tables = {"vocabulary": np.array(["the", "harbour", "we", "##ed"]), "known_words": np.array(["we"])}
    sizes = {"prefix": 4096, "suffix2": 4096, "suffix3": 4096, "shape": 31}
    weights = {name: make(size=(size, 24)) for name, size in sizes.items()}
    np.savez(
        tmp_path / "tables.npz", **tables, **weights, known=make(size=(2, 64)),
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
    texts = Texts(folder / "texts.npz", folder / "tables.npz", "cpu")
    tokens = documents[0].tokens
    batch = texts.gather([(0, len(tokens))])
    with np.load(folder / "tables.npz") as stored:
        weights = {name: stored[name] for name in stored.files}
    vectors = WordVectors(weights)
    [rows] = vectors.rows([tokens.words])
    assert batch.quoted[0].tolist() == tokens.quoted
    assert np.allclose(texts.vectors(batch)[0].numpy(), vectors.table[rows], atol=1e-4)


def test_windows_leave_out_the_texts_that_are_held_out(taught):
    from training.distil import Texts

    folder, documents = taught
    texts = Texts(folder / "texts.npz", folder / "tables.npz", "cpu")
    size = len(documents[0].tokens)
    assert min(start for start, _ in texts.cut(random.Random(1))) == size
    assert texts.kept(1000) == [(0, size)]


def test_the_fast_network_learns_the_outputs_of_the_network(taught, monkeypatch, capsys):
    from training import distil

    folder, _ = taught
    arguments = ["distil", "network.pt", "texts.npz", "--tables", "tables.npz", "--out", "fast.pt"]
    options = ["--seconds", "60", "--words", "400", "--inner", "24", "--pairs", "1,2,4,1", "--report", "20"]
    clock = partial(next, count(step=0.06))  # read five times in a step: some 200 steps, on any machine
    monkeypatch.setattr("training.learn.time", SimpleNamespace(perf_counter=clock))
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", [*arguments, *options])
    distil.main()
    losses = [
        float(line.split("loss ")[1].split(",")[0])
        for line in capsys.readouterr().out.splitlines()
        if "loss" in line
    ]
    assert losses[-1] < losses[0]
    monkeypatch.setattr("sys.argv", [*arguments, *options, "--start", "fast.pt"])
    distil.main()
    again = capsys.readouterr().out.split("loss ")[1]
    assert float(again.split(",")[0]) < losses[0]


def test_the_network_is_restored_from_its_export(tmp_path):
    onnx = pytest.importorskip("onnx")
    from training.export_model import export_network
    from training.network import Network, Shape
    from training.restore_network import restore

    torch.manual_seed(1)
    shape = Shape(width=16, reaches=(1, 2), link_width=8)
    network = Network(shape).eval()
    for (
        weights
    ) in network.parameters():  # the exporter would join equal weights, such as the norms of a new network
        weights.data += 0.1 * torch.randn(weights.shape)
    export_network(network, shape, tmp_path / "tagger.onnx")
    graph = onnx.load(tmp_path / "tagger.onnx").graph
    biases = {name: getattr(network, name).detach().numpy() for name in ("distance_bias", "line_bias")}
    again = Network(shape).eval()
    again.load_state_dict(restore({i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}, biases))
    given = torch.randn(1, TOKENS, 16), torch.zeros(1, TOKENS, dtype=torch.long), torch.ones(1, TOKENS)
    with torch.no_grad():
        for expected, own in zip(network(*given), again(*given), strict=True):
            assert (own - expected).abs().max() < 0.02 * expected.abs().max()
