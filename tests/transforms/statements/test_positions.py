"""A mentioned actor is paired with a statement if the content is long enough and names the actor."""

import polars as pl

from schema.derive import polars_schema
from schema.tables import BY_NAME
from transforms.statements.positions import FEWEST_LETTERS, NEARBY, pair_subjects

CONTENT = (0, 40)
KINDS = {
    "ada": "person",
    "office": "organization",
    "norvia": "country",
    "unions": "group",
    "someone": "unnamed",
}


def table(name, rows):
    columns = list(rows[0])
    return pl.DataFrame(rows, {key: polars_schema(BY_NAME[name])[key] for key in columns})


def pairs_of(
    subject="ada", at=10, content=(CONTENT,), relation="mentioned", mentions=(), rule="name", **statement
):
    """Return the pairs of one statement by Bo, in which `subject` is mentioned at offset `at` according to `rule`."""
    row = {
        "statement_id": "s", "article_id": "a", "parent_statement_id": None, "is_headline": False,
        "content_spans": [{"start": start, "end": end} for start, end in content], "cue_start": 45, "cue_end": 49,
        "source_start": 50, "source_end": 52,
    }  # fmt: skip
    places = [(subject, at, rule), *((who, i, "name") for who, i in mentions)]
    return pair_subjects(
        table("statements", [row | statement]),
        table("statement_actors", [{"statement_id": "s", "profile_id": subject, "relation": relation}]),
        table(
            "mentions",
            [
                {"article_id": "a", "profile_id": who, "start": i, "end": i + 3, "rule": how}
                for who, i, how in places
            ],
        ),
        table("profiles", [{"profile_id": name, "kind": kind} for name, kind in KINDS.items()]),
    )


def test_an_actor_in_the_content_is_a_subject():
    for subject in ("ada", "office", "norvia", "unions"):
        [pair] = pairs_of(subject).to_dicts()
        assert pair["profile_id"] == subject
        assert pair["subject_spans"] == [{"start": 10, "end": 13}]


def test_no_stance_towards_the_unnamed_and_the_addressee():
    assert pairs_of("someone").is_empty()
    assert pairs_of(relation="addressee").is_empty()


def test_no_stance_in_nested_statements_headlines_and_short_contents():
    assert pairs_of(parent_statement_id="t").is_empty()
    assert pairs_of(is_headline=True).is_empty()
    assert pairs_of(content=[(0, FEWEST_LETTERS - 1)]).is_empty()
    assert pairs_of(content=[(0, 20), (30, 30 + FEWEST_LETTERS - 20)]).height == 1


def test_the_content_itself_must_mention_the_subject():
    assert pairs_of(at=38).is_empty()  # the mention ends after the content
    assert pairs_of(at=60).is_empty()
    assert pairs_of(content=[(0, 30), (60, 70)], at=40).is_empty()


def test_only_mentions_near_the_statement_are_read():
    """Otherwise the cost would grow with the square of the length of an article."""
    places = [20, 52 + NEARBY - 1, 52 + NEARBY, 52 + 10 * NEARBY]
    [spans] = pairs_of(mentions=[("ada", at) for at in places])["subject_spans"].to_list()
    assert [span["start"] for span in spans] == [10, *places[:2]]


def test_an_adjective_alone_makes_no_subject():
    """Norvian farmers are not Norvia."""
    assert pairs_of("norvia", rule="adjective").is_empty()
    [spans] = pairs_of("norvia", rule="adjective", mentions=[("norvia", 20)])["subject_spans"].to_list()
    assert [span["start"] for span in spans] == [10, 20]
