import numpy as np
import pytest

from transforms.resolve.article_text import Text
from transforms.resolve.doubtful_names import find_doubtful, settle_doubtful
from transforms.resolve.names import find_candidates, find_names

BODY = (
    'The minister read "Northlight", a novel. Ada Walden of Harbour Board said on Monday that Walden Foods would '
    "close. Walden Foods employs 300 people. Walden said no more."
)
SURE = (0.0, -9.0, -9.0)
A_BODY, NOTHING = (-9.0, -0.01, -6.0), (-4.0, -3.0, -0.05)


def _spans(**labels: str) -> list[tuple[int, int, str]]:
    names = [name.replace("_", " ") for name in labels]
    return [
        (BODY.index(n), BODY.index(n) + len(n), label)
        for n, label in zip(names, labels.values(), strict=True)
    ]


def _found(spans, scores) -> dict[str, str]:
    return {name.text: name.kind for name in find_names(Text(BODY), spans, scores)}


@pytest.fixture
def spans():
    return _spans(Northlight="ORG", Ada_Walden="PERSON", Harbour_Board="ORG", Walden_Foods="ORG")


def test_a_name_that_the_tagger_doubts_is_dropped_and_a_sure_one_stays(spans):
    starts = [start for start, _, _ in spans]
    found = _found(spans, dict(zip(starts, (NOTHING, SURE, A_BODY, A_BODY), strict=True)))
    assert "Northlight" not in found
    assert found["Ada Walden"] == "person" and found["Walden Foods"] == "organization"


def test_without_scores_no_name_is_doubtful(spans):
    assert _found(spans, None) == {
        n.text: n.kind for n in find_candidates(Text(BODY), spans) if not n.is_rejected
    }


def test_a_full_name_of_a_person_and_its_family_name_are_not_doubtful(spans):
    text = Text(BODY)
    names = find_candidates(text, spans)
    scores = {start: SURE for start, _, _ in spans}
    written = {one.names[0].text for one in find_doubtful(text, names, scores)}
    assert "Walden Foods" in written and not written & {"Ada Walden", "Walden"}


def test_a_name_that_a_rule_rejects_stays_if_the_tagger_is_sure_of_it():
    body = (
        "The firm told the site Comparium that its sales had doubled. The figures of Comparium were its own."
    )
    text = Text(body)
    places = [i for i in range(len(body)) if body.startswith("Comparium", i)]
    spans = [(i, i + len("Comparium"), "ORG") for i in places]
    names = find_candidates(text, spans)
    assert all(name.is_rejected for name in names)
    sure = dict.fromkeys(places, A_BODY)
    assert {n.text for n in settle_doubtful(text, names, sure)} == {"Comparium"}


def test_every_name_has_as_many_counts_as_the_model_has_weights(spans):
    text = Text(BODY)
    names = find_candidates(text, spans)
    for scores in ({}, {start: NOTHING for start, _, _ in spans}):
        counts = [one.counts for one in find_doubtful(text, names, scores)]
        assert len({len(row) for row in counts}) == 1 and np.isfinite(counts).all()


def test_a_party_in_the_title_of_a_member_is_the_party():
    body = "Labour MP Ada Walden spoke. Most Labour voters liked it."
    spans = [(0, 6, "ORG"), (10, 20, "PERSON"), (body.rindex("Labour"), body.rindex("Labour") + 6, "ORG")]
    scores = {start: A_BODY if label == "ORG" else SURE for start, _, label in spans}
    names = find_names(Text(body), spans, scores)
    assert [n.known.name for n in names if n.text == "Labour" and n.known] == ["Labour Party", "Labour Party"]


def test_the_acronym_of_a_dropped_name_is_dropped():
    body = "They crossed the Northern Widget Line (NWL). Ships keep off the NWL."
    start = body.index("Northern")
    spans = [(start, body.index(" ("), "ORG"), (body.rindex("NWL"), body.rindex("NWL") + 3, "ORG")]
    assert _names(body, spans, NOTHING) == set()


def test_a_name_that_a_noun_calls_an_organization_is_not_dropped():
    spans = [(len("He helped the charity "), len("He helped the charity Northlight"), "ORG")]
    assert _names("He helped the charity Northlight.", spans, NOTHING) == {"Northlight"}
    assert _names("He helped along his old Northlight.", [(24, 34, "ORG")], NOTHING) == set()


def test_an_organization_that_is_told_something_is_not_dropped():
    spans = [(len("He told "), len("He told Northlight"), "ORG")]
    assert _names("He told Northlight that it was over.", spans, NOTHING) == {"Northlight"}


def _names(body: str, spans: list[tuple[int, int, str]], score: tuple[float, float, float]) -> set[str]:
    return {n.text for n in find_names(Text(body), spans, {start: score for start, _, _ in spans})}


def test_scores_of_a_span_that_begins_with_titles_are_those_of_the_name():
    body = "On Monday Sir Walden Orr-Marsk argued that the bridge was old."
    start = body.index("Sir")
    spans = [(start, body.index(" argued"), "PERSON")]
    found = find_names(Text(body), spans, {start: (-0.1, -6.2, -5.1)})
    assert [(name.text, name.kind) for name in found] == [("Walden Orr-Marsk", "person")]


@pytest.mark.parametrize(("written", "kept"), [("eWidget", True), ("then-Widget", False)])
def test_a_name_may_begin_with_a_small_letter(written: str, kept: bool):
    body = f"The figures of {written} were released on Monday."
    start = body.index(written)
    found = find_names(Text(body), [(start, start + len(written), "ORG")], {start: (-9.0, -0.01, -9.0)})
    assert bool(found) == kept
