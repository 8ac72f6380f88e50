"""Who is "I" outside quotation marks, and inside a statement."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import BERG, ROE, First, resolve, who
from transforms.resolve.article import resolve_article
from transforms.resolve.model import Attribution

COLUMN = "The tax\n\nAnn Roe wants a tax. I think it is wrong. Roe will lose."
STORY = (
    "{}\n\nAnn Roe bakes bread. This is her story in {}.\n\nI was ten when I lost my father. I hid it. "
    "I did not sleep. I thought nobody cared. Jan Berg helped. I do not forget."
)
TOLD = STORY.format("The bakery", "her own words")
TURNS = "Talks\n\nANN ROE: Is it wrong? I think it is wrong.\n\nJAN BERG: No.\n\nANN ROE: Why?"


@pytest.mark.parametrize(
    ("body", "said", "name"),
    [
        (COLUMN, ("I", "think", "it is wrong"), None),
        (COLUMN.replace("I think", "We think"), ("We", "think", "it is wrong"), None),
        (TOLD, ("I", "thought", "nobody cared"), "Ann Roe"),
        (STORY.format("Ann Roe: I hid it", "short"), ("I", "thought", "nobody cared"), "Ann Roe"),
        (STORY.format("The bakery", "short"), ("I", "thought", "nobody cared"), None),
        (TOLD.replace("Jan Berg helped.", "Roe is 40."), ("I", "thought", "nobody cared"), None),
        (TURNS, ("I", "think", "it is wrong."), "Ann Roe"),
    ],
)
def test_i_is_the_author_the_person_of_the_story_or_who_has_the_turn(
    body: str, said: tuple[str, str, str], name: str | None
):
    found = resolve(body, ROE | BERG | {"ANN ROE": "PERSON", "JAN BERG": "PERSON"}, said, ranker=First())
    assert who(found.speakers[-1])[1] == name


def test_i_in_a_statement_is_its_speaker():
    body = "Jan Berg left. “I told him I disagreed,” Ann Roe said."
    outer = Attribution(((15, 39),), (50, 54), (42, 49))
    inner = Attribution(((27, 38),), (18, 22), (16, 17), parent=0)
    assert [body[a:b] for a, b in (*outer.contents, *inner.contents)] == [
        "“I told him I disagreed,",
        "I disagreed",
    ]
    spans = [(0, 8, "PERSON"), (42, 49, "PERSON")]
    found = resolve_article("a", body, spans, [outer, inner], ranker=First())
    assert [who(one)[1] for one in found.speakers] == ["Ann Roe", "Ann Roe"]


def test_my_mother_is_not_the_speaker_and_you_may_be_a_name():
    body = "Ann Roe left. “My mother said it rained,” Roe said."
    outer = Attribution(((14, 40),), (46, 50), (42, 45))
    inner = Attribution(((30, 39),), (25, 29), (15, 24), parent=0)
    assert [body[a:b] for a, b in (*inner.contents, inner.source or (0, 0))] == ["it rained", "My mother"]
    spans = [(0, 7, "PERSON"), (42, 45, "PERSON")]
    found = resolve_article("a", body, spans, [outer, inner], ranker=First())
    assert [who(one) for one in found.speakers] == [("person", "Ann Roe"), ("unnamed", "My mother")]
    body = "Minister You left. You said it rained."
    found = resolve(body, {"You": "PERSON"}, ("You", "said", "it rained"), ranker=First())
    assert who(found.speakers[-1]) == ("person", "You")
