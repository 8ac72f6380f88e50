"""Train the model that decides to whom a reference refers: check its queries and targets, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest

from training import references
from training.references import Question, Recorder, Sample, join, mark_right, train, truths_of_speakers
from training.same_name import is_same
from transforms.resolve.article import resolve_article
from transforms.resolve.features import NAMES
from transforms.resolve.model import Actor, Attribution

BODY = "Ann Roe met Jan Berg. She said prices rise."
AT = BODY.index("prices rise")


def article(**more) -> dict:
    statement = {"content": [[AT, AT + 11]], "speaker_kind": "person", "speakers": ["Ann Roe"]} | more
    actors = [{"name": "Ann Roe", "kind": "person", "aliases": ["Roe"]}]
    return {"article": "a", "text": BODY, "actors": actors, "statements": [statement]}


def found() -> list[Attribution]:
    said, she = BODY.index("said"), BODY.index("She")
    return [Attribution(((AT, AT + 11),), (said, said + 4), (she, she + 3))]


def sample(truths: dict) -> Sample:
    spans = [(BODY.index(name), BODY.index(name) + len(name), "PERSON") for name in ("Ann Roe", "Jan Berg")]
    return Sample("a", BODY, spans, found(), truths)


@pytest.mark.parametrize(
    ("one", "other", "is_person", "same"),
    [
        ("Ann Roe", "Roe", True, True),
        ("Ann Roe", "Jan Roe", True, False),
        ("World Widget Council", "WWC", False, True),
        ("Acme Holdings Ltd", "Acme", False, True),
        ("Acme", "Widget Corp", False, False),
    ],
)
def test_names_of_one(one, other, is_person, same):
    assert is_same(one, other, is_person=is_person) is same


def test_the_truth_of_a_statement_is_its_annotated_speaker():
    truths = truths_of_speakers(article(), found())
    recorder = Recorder(sample(truths), None, tells=True)
    resolved = resolve_article("a", BODY, recorder.sample.spans, found(), ranker=recorder)
    (question,) = recorder.questions
    assert question.form == "he"
    assert question.right.sum() == 1
    assert resolved.speakers[0].actor.name == "Ann Roe"


def test_nobody_is_right_where_the_annotation_names_nobody():
    truths = truths_of_speakers(article(speaker_kind="unnamed", speakers=["she"]), found())
    recorder = Recorder(sample(truths), None, tells=True)
    resolve_article("a", BODY, recorder.sample.spans, found(), ranker=recorder)
    assert recorder.questions[0].right.tolist() == [False, False, True]


def test_a_statement_without_annotation_has_no_truth():
    assert truths_of_speakers(article(content=[[0, 7]]), found()) == {}


def test_someone_without_a_name_is_as_right_as_nobody():
    options = [Actor("person", "Ann Roe"), Actor("unnamed", "an analyst", is_full=False)]
    assert mark_right(options, None).tolist() == [False, True, True]


def test_network_learns_the_feature_of_the_right_option(monkeypatch):
    monkeypatch.setattr(references, "NETWORKS", 2)
    rng, subject = np.random.default_rng(1), NAMES.index("subject")

    def question() -> Question:
        rows = (rng.random((5, len(NAMES))) < 0.3).astype(np.float64)
        rows[:, subject] = 0
        right = np.arange(5) == rng.integers(5)
        rows[right, subject] = 1
        return Question(rows, right, "he", 0)

    network = train([question() for _ in range(300)])
    unseen = [question() for _ in range(100)]
    assert sum(q.right[network.scores(q.rows).argmax()] for q in unseen) > 95
    again = train([question() for _ in range(3)]), train([question() for _ in range(3)])
    assert again[0].weights["hidden"].shape == again[1].weights["hidden"].shape


def test_same_questions_give_the_same_weights(monkeypatch):
    monkeypatch.setattr(references, "NETWORKS", 1)
    monkeypatch.setattr(references, "EPOCHS", 2)
    rng = np.random.default_rng(2)
    questions = [Question(rng.random((4, len(NAMES))), np.arange(4) == 1, "he", 0) for _ in range(20)]
    one, other = train(questions), train(questions)
    assert all(np.array_equal(one.weights[name], other.weights[name]) for name in ("hidden", "bias", "out"))


def test_join_takes_the_mean_score_and_ignores_features_that_the_first_model_lacks():
    one = {
        "names": np.array(["near"]),
        "hidden": np.array([[1.0]]),
        "bias": np.zeros(1),
        "out": np.array([2.0]),
    }
    two = {
        "names": np.array(["new", "near"]),
        "hidden": np.array([[3.0], [1.0]]),
        "bias": np.zeros(1),
        "out": np.ones(1),
    }
    joined = join(one, two)
    row = np.array([0.5, 0.25])
    score = np.tanh(row @ joined["hidden"] + joined["bias"]) @ joined["out"]
    assert joined["names"].tolist() == ["new", "near"]
    assert score == pytest.approx((2 * np.tanh(0.25) + np.tanh(3 * 0.5 + 0.25)) / 2)
