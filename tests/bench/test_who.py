"""The benchmark `who` compares the confidence of statements with their correctness."""

from types import SimpleNamespace

from bench.who import judge

SCORER = SimpleNamespace(
    tokens=lambda text, spans: {i for start, end in spans for i in range(start, end)},
    dice=lambda a, b: 2 * len(a & b) / (len(a) + len(b)),
    pair=lambda left, right, score, least: ({}, {j: i for i in left for j in right if score(i, j) >= least}),
    right_actor=lambda gold, found, *_: gold["speakers"] == found["speakers"],
)


def row(start: int, end: int, speaker: str = "Ada Lorne", **more) -> dict:
    return {"content": [[start, end]], "speakers": [speaker], **more}


def judged(wanted: list[dict], found: list[dict]) -> list[tuple[float, bool, bool]]:
    gold = {"text": "", "actors": [], "statements": wanted}
    return judge(gold, {"actors": [], "statements": found}, SCORER)


def test_a_row_is_right_when_content_and_speaker_are():
    wanted = [row(0, 9, optional=None), row(20, 29, optional=None)]
    found = [row(0, 8, confidence=0.9), row(20, 29, "Ben Orr", confidence=0.7), row(40, 49, confidence=0.3)]
    assert judged(wanted, found) == [(0.9, True, False), (0.7, False, False), (0.3, False, False)]


def test_a_row_that_matches_an_optional_statement_is_marked():
    assert judged([row(0, 9, optional="noun")], [row(0, 9, confidence=0.9)]) == [(0.9, True, True)]
