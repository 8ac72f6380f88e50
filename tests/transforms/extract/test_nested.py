"""Nested statements: found, linked to their parent, and attributed to their own speakers."""

import polars as pl
import pytest

from transforms.extract import extract_statements
from transforms.extract.nested import may_nest
from transforms.extract.tokens import tokenize

DENIED = (
    "Health Minister Ada Walden said on Monday that the hospital director, Jan Berg, had told her office that "
    "all wards were fully staffed in March."
)


def find(body: str) -> list[dict]:
    rows = extract_statements(pl.DataFrame({"article_id": ["a"], "body": [body]})).to_dicts()
    for row in rows:
        row["content"] = " ".join(body[s["start"] : s["end"]] for s in row["content_spans"])
    return rows


def test_a_nested_statement_is_found_and_linked():
    outer, inner = find(DENIED)
    assert (outer["parent_no"], inner["parent_no"]) == (None, outer["seq_no"])
    assert inner["content"].removeprefix("that ") == "all wards were fully staffed in March"
    assert "Jan Berg" in DENIED[inner["source_start"] : inner["source_end"]]
    assert inner["content"] in outer["content"]


@pytest.mark.parametrize(
    "body",
    [
        'Ada Walden said: "I told the council twice last year that this bridge would not hold."',
        "Ada Walden said that she hoped the council would mend the bridge before the winter.",
        "Ada Walden said the bridge was closed.",
    ],
    ids=["own words", "a wish", "nothing told"],
)
def test_words_of_the_same_speaker_are_not_nested(body):
    assert [row["parent_no"] for row in find(body)] == [None]


def test_numbers_follow_the_text():
    body = f"{DENIED}\n\n“We never said that,” Berg told reporters on Tuesday."
    rows = find(body)
    assert [row["seq_no"] for row in rows] == [1, 2, 3]
    starts = [min(row["cue_start"], row["content_spans"][0]["start"]) for row in rows]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("content", "read_again"),
    [
        ("the hospital director had told her office that all was well", True),
        ("as the crowd left, engineers reported a crack in the bridge", True),
        ("the city was about to report a loss for the year", False),
        ("the state of the bridge was worse than in the report", False),
        ("last year we told the council that it would not hold", False),
    ],
    ids=["told by another", "reported by others", "an infinitive", "nouns", "own words"],
)
def test_only_what_others_may_have_told_is_read_again(content, read_again):
    tokens = tokenize(content)
    assert may_nest(tokens, 0, len(tokens)) is read_again
