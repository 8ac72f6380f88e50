"""The mean of networks that went on from one another."""

import pytest

torch = pytest.importorskip("torch")


def test_words_that_a_network_did_not_know_count_as_nothing_in_it():
    from training.average import average

    first = {"weights": {"a": torch.ones(1, 2), "b": torch.ones(2)}, "known": ["x"]}
    later = {"weights": {"a": torch.full((2, 2), 3.0), "b": torch.full((2,), 5.0)}, "known": ["x", "y"]}
    mean = average([first, later], [1, 3])
    assert mean["known"] == ["x", "y"]
    assert mean["weights"]["a"].tolist() == [[2.5, 2.5], [2.25, 2.25]]
    assert mean["weights"]["b"].tolist() == [4.0, 4.0]
