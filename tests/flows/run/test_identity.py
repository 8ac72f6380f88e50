"""An interrupted run is resumed only by a run that would stage the same rows."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

import models
from flows.run import identity
from flows.run.identity import RunIdentity
from flows.settings import Settings

MODEL_FILES = sorted(file.name for file in files("models").iterdir() if file.name.endswith((".npz", ".onnx")))


def take_fingerprint():
    return RunIdentity.create(["in"], Settings(), datetime.now(UTC)).fingerprint


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder with small files instead of the shipped models."""
    for name in [*MODEL_FILES, "README.md"]:
        (tmp_path / name).write_bytes(b"weights")
    monkeypatch.setattr(models, "files", lambda _package: tmp_path)
    monkeypatch.setattr(identity, "hash_models", models.hash_models.__wrapped__)
    return tmp_path


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_run_is_not_resumed_with_another_model(shipped, name):
    """Runs used to compare only the tagger, so two other models could each have resolved half of the articles."""
    before = take_fingerprint()
    (shipped / name).write_bytes(b"other weights")
    assert take_fingerprint() != before


def test_a_run_is_resumed_after_a_model_card_was_corrected(shipped):
    before = take_fingerprint()
    (shipped / "README.md").write_bytes(b"corrected")
    assert take_fingerprint() == before
