"""Windows of a pack have the documents' labels, at positions relative to the window."""

import random
from collections import Counter

import numpy as np
import pytest

from training.documents import Document, read_plain

torch = pytest.importorskip("torch")


@pytest.fixture
def pack(tmp_path, monkeypatch):
    from training import pack as packing
    from training.windows import Pack

    monkeypatch.setattr(packing, "read_vocabulary", lambda folder: {w: i for i, w in enumerate("abcdefgh")})
    monkeypatch.setattr(packing, "default_folder", lambda: tmp_path)
    documents = [group[0] for group in read_plain(["a b. c d e", "f g h a b c d"], 1)]
    for document in documents:
        document.heads[2:4] = 1
        document.sources[1] = 0, 0
    arrays = packing.pack([[document] for document in documents], 0)
    arrays["encoder_pieces"] = np.arange(8, dtype=np.int16) + 100
    arrays["piece_vectors"] = np.ones((8, 4), np.int8)
    np.savez(tmp_path / "pack.npz", **arrays)
    return Pack(tmp_path / "pack.npz", "cpu"), documents


def test_a_window_of_the_second_document_counts_from_its_own_start(pack):
    packed, documents = pack
    first = len(documents[0].tokens)
    batch = packed.gather([(first, first + 5), (first + 1, first + 5)])
    assert batch.heads[0].tolist() == [-1, -1, 1, 1, -1]
    assert batch.heads[1].tolist() == [-1, 0, 0, -1, -1]
    assert batch.sources[0, 1].tolist() == [0, 0]
    assert batch.sources[1].flatten().tolist() == [-1] * 10  # the source lies before the window
    assert batch.mask[1].tolist() == [1, 1, 1, 1, 0]


def test_each_word_has_the_position_of_its_first_piece(pack):
    packed, documents = pack
    [window] = packed.cut(1, 50, random.Random(1), step=50)
    batch = packed.gather([window])
    pieces = batch.pieces[0, batch.places[0]].tolist()
    expected = [100 + "abcdefgh".index(word) for word in documents[1].tokens.words]
    assert pieces == expected
    assert batch.piece_mask.sum() == len(expected) + 2


def test_windows_that_step_cover_every_word(pack):
    packed, documents = pack
    seen = Counter(i for w in packed.cut(0, 3, random.Random(1), step=2) for i in range(*w))
    assert sorted(seen) == list(range(len(documents[0].tokens)))


def test_documents_without_labels_are_all_unknown():
    [[document]] = read_plain(["a b"], 1)
    assert isinstance(document, Document)
    assert (document.tags == -1).all() and (document.names == -1).all() and (document.meant == -1).all()
