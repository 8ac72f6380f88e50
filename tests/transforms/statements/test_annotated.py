"""Statements that annotators added, and speakers that they took away, when an article is analysed."""

import polars as pl

from schema.annotation import Addition, write_addition
from tests.transforms.samples import PERSON, frames
from transforms.build import build_facts
from transforms.statements.annotated import (
    add_statements,
    added_id,
    read_edits,
    remove_speakers,
    select_edits,
)

BODY = "Ada Roe said the mill was sold. “We lost,” Bo Venn told reporters. The lock is shut, Roe added."
KEY = "3" * 32


def place(words: str) -> list[int]:
    return [BODY.index(words), BODY.index(words) + len(words)]


def edited(*lines):
    articles, found, names = frames(
        BODY, {"Ada Roe": PERSON, "Bo Venn": PERSON}, [("Ada Roe", "said", "the mill was sold")], KEY
    )
    corrections = pl.DataFrame(lines, ["action", "actor", "value"], orient="row")
    edits = read_edits(select_edits(corrections), articles["article_id"])
    return build_facts(articles, found, names, extractor_version="test", run_id="run", edits=edits)


QUOTED = write_addition([place("We lost")], [place("told")], [place("Bo Venn")], None)
SHUT = write_addition([place("The lock is shut")], None, None, None)


def test_an_added_statement_is_read_like_one_that_was_found():
    facts = edited(("add", KEY, SHUT), ("add", KEY, QUOTED), ("add", KEY, QUOTED), ("add", "4" * 32, SHUT))
    rows = (
        facts["statements"].sort("seq_no").select("seq_no", "kind", "content", "cue_lemma", "source").rows()
    )
    assert rows == [
        (1, "indirect", "the mill was sold", "say", "Ada Roe"),
        (2, "direct", "We lost", "tell", "Bo Venn"),
        (3, "indirect", "The lock is shut", "", None),
    ]
    venn = facts["profiles"].filter(name="Bo Venn")["actor_id"].item()
    quoted = facts["statements"].filter(statement_id=added_id(KEY, QUOTED))
    assert quoted["actor_id"].item() == venn and quoted["parent_statement_id"].item() is None


def test_what_was_found_is_not_added_again_and_what_is_outside_the_text_never():
    plain = edited()["statements"]
    [(spans, *cue)] = plain.select(
        "content_spans", "cue_start", "cue_end", "source_start", "source_end"
    ).rows()
    content = [[span["start"], span["end"]] for span in spans]
    same = write_addition(content, [cue[:2]], [cue[2:]], None)
    far = write_addition([[5, len(BODY) + 1]], None, None, None)
    assert edited(("add", KEY, same), ("add", KEY, far))["statements"].equals(plain)


def test_nested_statements_keep_their_parent_when_numbers_change():
    articles, found, _ = frames(
        BODY,
        {"Ada Roe": PERSON},
        [("Ada Roe", "said", "the mill was sold"), ("Roe", "added", "The lock is shut")],
        KEY,
    )
    found = found.with_columns(parent_no=pl.when(pl.col("seq_no") == 2).then(1).cast(pl.Int32))
    edits = read_edits(
        pl.DataFrame({"action": ["add"], "actor": [KEY], "value": [QUOTED]}), articles["article_id"]
    )
    assert edits.added == [(KEY, Addition([(33, 40)], (51, 55), (43, 50), None))]
    assert add_statements(found, edits, articles).select("seq_no", "parent_no").rows() == [
        (1, None),
        (2, None),
        (3, 1),
    ]


def test_a_statement_by_nobody_has_no_speaker_and_keeps_its_words():
    plain = edited()
    said = plain["statements"].row(0, named=True)
    assert said["actor_id"] and plain["statement_actors"].filter(relation="speaker").height == 1
    facts = edited(("speaker", said["statement_id"], "none"), ("speaker", said["statement_id"], "Bo Venn"))
    row = facts["statements"].row(0, named=True)
    assert (row["actor_id"], row["profile_id"], row["role"], row["speaker_resolution"]) == (
        None,
        None,
        None,
        "unnamed",
    )
    assert row["content"] == said["content"] and row["source"] == said["source"]
    assert facts["statement_actors"].filter(relation="speaker").is_empty()
    assert remove_speakers(plain, frozenset())["statements"].equals(plain["statements"])
