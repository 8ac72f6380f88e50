"""Stances of speakers towards the actors whom their statements mention."""

import re

import polars as pl
import pytest

from transforms.statements.stance_features import CONTENT, CUE, SOURCE, SUBJECT
from transforms.statements.stances import MOST_WORDS, STANCES, Margins, Place, find_stances, read_views

SPAN = pl.List(pl.Struct({"start": pl.Int32, "end": pl.Int32}))


def place(body, content, subject, cue, source):
    """Return where the words are: the last place of cue and source, and all mentions of the subject."""
    first = body.index(content)
    mentions = [(match.start(), match.end()) for match in re.finditer(subject, body)]
    cue, source = ((body.rindex(words), body.rindex(words) + len(words)) for words in (cue, source))
    return Place([(first, first + len(content))], cue, source, mentions)


def pairs(*found):
    """Return the frames of `find_stances` for (body, place) pairs."""
    rows = [
        {
            "statement_id": f"s{number}",
            "profile_id": f"p{number}",
            "article_id": f"a{number}",
            "content_spans": [{"start": s, "end": e} for s, e in one.content],
            "cue_start": one.cue and one.cue[0],
            "cue_end": one.cue and one.cue[1],
            "source_start": one.source and one.source[0],
            "source_end": one.source and one.source[1],
            "subject_spans": [{"start": s, "end": e} for s, e in one.subject],
        }
        for number, (_, one) in enumerate(found)
    ]
    types = dict.fromkeys(("cue_start", "cue_end", "source_start", "source_end"), pl.Int32)
    frame = pl.DataFrame(rows, schema_overrides=types | {"content_spans": SPAN, "subject_spans": SPAN})
    bodies = pl.DataFrame({"article_id": frame["article_id"], "body": [body for body, _ in found]})
    return frame, bodies


PRAISE = (
    "Bo Venn praised Ada Roe. “Ada Roe is an honest and brave leader and she deserves our thanks,” he said."
)
BLAME = "Bo Venn attacked Ada Roe. “Ada Roe is a corrupt liar and she has failed this town,” he said."
PLAIN = "Bo Venn spoke on Monday. He said that Ada Roe will arrive in Norhaven on Tuesday with two aides."
SAMPLES = [
    (
        PRAISE,
        place(
            PRAISE,
            "Ada Roe is an honest and brave leader and she deserves our thanks",
            "Ada Roe",
            "said",
            "he",
        ),
    ),
    (BLAME, place(BLAME, "Ada Roe is a corrupt liar and she has failed this town", "Ada Roe", "said", "he")),
    (
        PLAIN,
        place(
            PLAIN, "that Ada Roe will arrive in Norhaven on Tuesday with two aides", "Ada Roe", "said", "He"
        ),
    ),
]


def test_praise_blame_and_plain_news_get_their_stances():
    found = find_stances(*pairs(*SAMPLES))
    assert found["stance"].to_list() == ["for", "against", "neither"]


def test_the_result_does_not_depend_on_the_other_pairs():
    alone = [find_stances(*pairs(sample)).row(0)[2:] for sample in SAMPLES]
    together = find_stances(*pairs(*SAMPLES * 30))
    assert together.columns == ["statement_id", "profile_id", "stance", "stance_confidence"]
    assert together["stance_confidence"].is_between(0, 1).all()
    assert together.select("stance", "stance_confidence").rows() == alone * 30


def test_the_name_of_the_subject_makes_no_difference():
    renamed = [(body.replace("Ada Roe", "Una Bly"), one) for body, one in SAMPLES]
    assert find_stances(*pairs(*renamed)).equals(find_stances(*pairs(*SAMPLES)))


def test_no_pairs_give_no_rows():
    frame, bodies = pairs(*SAMPLES)
    assert find_stances(frame.clear(), bodies).is_empty()


def test_words_are_marked_as_what_they_are_in():
    [view] = read_views([SAMPLES[1]], Margins())
    marks = dict(zip(view.words, view.marks.tolist(), strict=True))
    assert marks["corrupt"] == CONTENT and marks["said"] == CUE and marks["he"] == SOURCE
    assert marks["attacked"] == 0
    assert marks["Ada"] & SUBJECT


def test_of_a_long_statement_the_text_around_the_subject_is_read():
    filler = "The council met again and then talked for a while about its roads. " * 200
    body = f"Bo Venn said: {filler}Ada Roe is a liar. {filler}"
    [view] = read_views([(body, place(body, body[14:], "Ada Roe", "said", "Bo Venn"))], Margins())
    assert {"Ada", "liar", "said", "Venn"} <= set(view.words)
    assert len(view.words) <= MOST_WORDS


@pytest.mark.parametrize("body", ["。" * 5000 + "Ada" + "、" * 5000, "a" * 100 + " Ada " + "b" * 9000])
def test_odd_texts_are_read_within_bounds(body):
    one = Place([(0, len(body))], None, None, [(body.index("Ada"), body.index("Ada") + 3)])
    [view] = read_views([(body, one)], Margins())
    assert len(view.words) <= MOST_WORDS and "Ada" in view.words
    assert find_stances(*pairs((body, one)))["stance"].item() in STANCES
