"""Notes that withdraw a story are distinguished from news about withdrawn stories."""

import polars as pl
import pytest

from transforms.articles.withdrawals import is_news, read_quoted, read_slugs, read_withdrawal

SCHEMA = {
    "headline": pl.String, "body": pl.String, "word_count": pl.Int32, "note": pl.String, "status": pl.String,
}  # fmt: skip


def read(**values):
    row = {"body": "The mill burnt down, the fire brigade said.", "word_count": 40} | values
    return pl.DataFrame([row], SCHEMA).select(read_withdrawal()).item()


@pytest.mark.parametrize(
    "values",
    [
        {"headline": "KILL: Mill owner fled with the wages"},
        {"headline": "BULLETIN KILL"},
        {"headline": "STORY WITHDRAWN - Mill owner fled"},
        {"body": 'Arvel-Mill/\nKILL KILL KILL =\nPlease kill item 44 "Mill owner fled". He had not left.'},
        {"body": "Editors: Please kill the story Mill-Wages, V4021. The owner has not fled."},
        {"body": "A kill is mandatory. Make certain that the story is not used."},
        {
            "body": "EDITORS: The story slugged MILL-WAGES, sent at 0700 GMT, has been withdrawn. The owner denies it."
        },
        {"body": "ATTENTION EDITORS - Do not use the item on the mill. It was sent by mistake."},
        {
            "body": "The ARVEL item headlined “Mill owner fled with the wages” is withdrawn. There is no replacement."
        },
        {"body": "MANDATORY WITHDRAW. The report on the mill was wrong."},
        {"body": "This article has been removed because it did not meet our standards."},
        {"body": "Editor's note: This story, published on May 3, was retracted."},
    ],
)
def test_a_note_that_withdraws_a_story_is_a_kill_note(values):
    assert read(**values) == "kill_note"


@pytest.mark.parametrize(
    "values",
    [
        {"headline": "Killed: three at the mill"},
        {"headline": "KILL SWITCH FOR MILLS, SAYS MINISTER"},
        {"headline": "Withdrawn: the mill's last offer"},
        {"body": "Two editors of the paper were killed on Monday. The story shocked the town."},
        {"body": "The report on the mill has been withdrawn, the minister said on Monday."},
        {"body": "The agency has withdrawn its bid. The item was removed from the agenda, the mayor said."},
        {"body": "Editors of school papers met in Arvel on Monday and told the story of the mill."},
        {"body": "EDITORS: The story slugged MILL has been withdrawn.", "word_count": 400},
        {"body": "Officials said the text of the law was deleted."},
        {"note": "KILLS 3rd graf, where the owner is quoted"},
        {"note": "The headline of the story has been withdrawn"},
        {"note": "Not to be published before 1700 GMT"},
        {"status": "usable"},
        {"status": "embargoed"},
    ],
)
def test_news_withdraws_nothing(values):
    assert read(**values) is None


@pytest.mark.parametrize(
    ("values", "withdrawal"),
    [
        ({"status": "canceled"}, "canceled"),
        ({"status": "Cancelled"}, "canceled"),
        ({"status": "withheld"}, "withheld"),
        ({"status": "usable", "note": "KILL. Story is wrong. Do not use."}, "canceled"),
        ({"note": "Mandatory kill: the owner has not fled."}, "canceled"),
        ({"note": "The story has been withdrawn and will not be replaced."}, "canceled"),
        ({"body": 'HOLD HOLD HOLD =\nPlease hold item 44 "Mill owner fled". It is in doubt.'}, "hold_note"),
    ],
)
def test_status_and_note_withdraw_a_version(values, withdrawal):
    assert read(**values) == withdrawal


def test_notes_are_not_news():
    kinds = pl.DataFrame({"withdrawal": ["kill_note", "hold_note", "canceled", "withheld", None]})
    assert kinds.filter(is_news())["withdrawal"].to_list() == ["canceled", "withheld", None]


def test_a_note_names_the_story():
    assert read_quoted("The item headlined “Mill owner fled” is withdrawn.") == ["Mill owner fled"]
    assert read_slugs("EDITORS: Kill the story slugged MILL-WAGES, sent at 0700 GMT.") == ["MILL-WAGES"]
    assert read_slugs("Please kill the story Mill-Wages, V4021.") == ["Mill-Wages"]
    assert read_slugs("The story of the mill-owner") == []


def test_a_hostile_note_is_read_as_fast_as_any_other():
    body = "EDITORS " + 'story " ' * 200_000
    assert read(body=body, word_count=100) is None
    assert len(read_quoted(body)) < 200
