"""Decide which statements are published, and how certain each statement is."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.transforms.samples import PERSON, frames
from transforms.frames import FOUND_STATEMENTS
from transforms.statements import certainty
from transforms.statements.certainty import keep_likely, load_weights
from transforms.statements.cues import describe_cues

BODY = (
    "Ann Roe appointed her brother to the board of the port. Jan Berg said the port would close for the winter. "
    "Ann Roe said Jan Berg had told her the cranes were old. Jan Berg passed a plan for the old harbour."
)
SAID = [
    ("Ann Roe", "appointed", "her brother to the board of the port"),
    ("Jan Berg", "said", "the port would close for the winter"),
    ("Ann Roe", "said Jan", "Jan Berg had told her the cranes were old"),
    ("Jan Berg", "had told", "the cranes were old"),
    ("Jan Berg", "passed", "a plan for the old harbour"),
]
PARENTS = [None, None, None, 3, None]


def keep(**changed: list) -> tuple[list[dict], list[dict]]:
    """Return the statements above that are kept after some of their columns are changed."""
    articles, found, _ = frames(BODY, {"Ann Roe": PERSON, "Jan Berg": PERSON}, SAID)
    columns = {"parent_no": PARENTS} | changed
    found = found.with_columns(
        pl.Series(name, values, FOUND_STATEMENTS[name]) for name, values in columns.items()
    )
    kept, cues = keep_likely(found, describe_cues(found, articles))
    assert kept.schema == FOUND_STATEMENTS
    return kept.to_dicts(), cues.to_dicts()


def test_unquoted_words_after_an_unlisted_verb_are_no_statement():
    kept, cues = keep()
    assert [row["cue_lemma"] for row in cues] == ["say", "say", "tell"]
    assert [row["seq_no"] for row in kept] == [row["seq_no"] for row in cues] == [1, 2, 3]
    assert [row["parent_no"] for row in kept] == [None, None, 2]


def test_a_quotation_after_an_unlisted_verb_stays():
    _, cues = keep(kind=["direct", "indirect", "indirect", "indirect", "mixed"])
    assert [row["cue_lemma"] for row in cues] == ["appoint", "say", "say", "tell", "pass"]


def test_unlikely_words_are_left_out_unless_quoted_or_nested():
    doubtful = {"confidence": [0.02] * 5, "cue_start": [None] * 5, "cue_end": [None] * 5}
    kept, _ = keep(**doubtful)
    assert [row["parent_no"] for row in kept] == [None]  # the nested one, whose parent is gone
    kept, _ = keep(**doubtful, kind=["direct"] * 5)
    assert len(kept) == 5


def test_weights_for_other_features_are_refused(monkeypatch, tmp_path):
    weights = load_weights()
    np.savez(tmp_path / "confidence.npz", **(weights | {"words_features": weights["words_features"][1:]}))
    monkeypatch.setattr(certainty.models, "__file__", str(tmp_path / "__init__.py"))
    load_weights.cache_clear()
    with pytest.raises(ValueError, match="make train-references"):
        load_weights()
    load_weights.cache_clear()
