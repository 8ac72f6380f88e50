"""The fuzzer detects planted faults; in the slow tests, half a minute of fuzzing finds none."""

import random
from pathlib import Path

import pytest

from bench.fuzz import EDITS, SEEDS, find_fault, fuzz, make_inputs, read_seeds
from flows.compute.readers import Bounds
from transforms.readers import Reading, Reject, read_records

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seeds():
    return read_seeds([ROOT / place for place in SEEDS])


@pytest.mark.slow
def test_nothing_escapes_in_half_a_minute_of_mangled_files(seeds, tmp_path):
    tally = fuzz(seeds, 30, seed=21, keep=tmp_path)
    assert tally.escapes == []
    assert tally.inputs > 100 and tally.articles and len(tally.codes) > 5


def test_the_same_seed_makes_the_same_inputs_and_each_edit_changes_something(seeds):
    first, second = (make_inputs(seeds, random.Random(3)) for _ in range(2))
    assert [next(first) for _ in range(20)] == [next(second) for _ in range(20)]
    for edit in EDITS:
        data = seeds[0]
        assert any(edit(data, random.Random(number), seeds) != data for number in range(5)), edit.__name__


def test_an_input_that_ends_the_process_is_an_escape_and_is_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "flows.compute.readers.PROGRAM",
        "import tests.unruly; from flows.compute.reader_main import main; main({}, {})",
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr("bench.fuzz.EDITS", [lambda data, chance, seeds: data])
    tally = fuzz([b"UNRULY exit"], 0.01, seed=1, keep=tmp_path, bounds=Bounds(memory=400_000_000))
    assert tally.escapes == ["0000001: reader_crashed: 0000001: crashes the reader (exit code 7)"]
    assert (tmp_path / "0000001").read_bytes() == b"UNRULY exit"


def test_an_inconsistent_reading_is_detected():
    good = read_records(b"The mill was sold, Ada Roe said.", "a")
    assert find_fault("a", good) is None
    for wrong in (
        Reading("text", None),
        Reading("text", None, good.records, [Reject(3, "no_body", "a: holds no words")]),
        Reading("text", None, rejects=[Reject(None, "no_body", "holds no words")]),
        Reading("text", None, good.records.drop("body")),
    ):
        assert find_fault("a", wrong)
