"""The correction of `speaker_confidence` agrees with judged rows and never falls."""

import json
import sys

import numpy as np
import pytest

from training import speaker_map
from transforms.statements.certainty import UNCHANGED, correct


def logit(p):
    return np.log(p / (1 - p))


def draw_rows(true_share, size=4000):
    """Rows with random confidence; `true_share` says how often a row of a given confidence is right."""
    chance = np.random.default_rng(2)
    confidence = chance.uniform(0.05, 0.99, size)
    return confidence, (chance.random(size) < true_share(confidence)).astype(float)


def test_the_unchanged_map_changes_no_probability():
    p = np.array([0.01, 0.3, 0.99])
    assert correct(logit(p), UNCHANGED) == pytest.approx(p)


def test_low_confidence_is_raised_and_high_confidence_stays():
    confidence, right = draw_rows(lambda p: np.maximum(p, 0.5))
    fitted = speaker_map.fit_map(confidence, right)
    low, high = correct(logit(np.array([0.2, 0.95])), fitted)
    assert low == pytest.approx(0.5, abs=0.05) and high == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("true_share", [lambda p: 0.9 - 0.5 * p, lambda p: p, lambda p: 0 * p + 0.3])
def test_the_map_never_falls(true_share):
    fitted = speaker_map.fit_map(*draw_rows(true_share))
    assert (np.diff(correct(logit(np.linspace(0.01, 0.99, 99)), fitted)) >= 0).all()


def test_few_rows_change_little():
    fitted = speaker_map.fit_map(np.array([0.3]), np.array([1.0]))
    assert correct(logit(np.array([0.3])), fitted)[0] < 0.6


def test_the_map_is_stored_beside_the_other_weights(tmp_path, monkeypatch):
    stored, judged = tmp_path / "confidence.npz", tmp_path / "judged.jsonl"
    np.savez_compressed(stored, words=np.array([0.5]), speaker_map=np.array(UNCHANGED))
    judged.write_text(json.dumps({"speaker_confidence": 0.3, "is_right": True}), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["", str(judged), "--out", str(stored)])
    speaker_map.main()
    with np.load(stored) as changed:
        assert changed["words"].tolist() == [0.5]
        assert correct(logit(np.array([0.3])), changed["speaker_map"])[0] > 0.3
