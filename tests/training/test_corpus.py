"""Annotated articles as tags and links."""

import numpy as np

from training.corpus import CONTENT, CUE, NOTHING, SOURCE, build_example

TEXT = "Walden said it was old.\n\n“It will hold.”\n\n“It must.”"
FIRST, SECOND = [[12, 22]], [[25, 40], [42, 53]]


def build(*statements):
    return build_example({"text": TEXT, "statements": list(statements)}, {})


def spoken(**more):
    return {"content": FIRST, "cue": [[7, 11]], "source": [[0, 6]], **more}


def test_a_content_belongs_to_its_cue_and_the_cue_to_its_source():
    example = build(spoken())
    words = example.tokens.words
    assert [words[i] for i in np.flatnonzero(example.tags[:, CONTENT])] == ["it", "was", "old"]
    assert {words[i] for i in example.head_of_content if i != NOTHING} == {"said"}
    assert [words[i] for i in example.sources[0]] == ["said", "Walden", "Walden"]


def test_a_content_without_a_cue_belongs_to_its_own_first_word():
    example = build({"content": SECOND, "cue": None, "source": [[0, 6]]})
    head = example.tokens.starts.index(25)
    assert set(example.head_of_content) == {head, NOTHING}
    assert example.sources.tolist() == [[head, 0, 0]]


def test_each_paragraph_of_a_content_begins_a_new_span():
    example = build({"content": [[25, 53]], "cue": None, "source": None})
    begun = [example.tokens.starts[i] for i in np.flatnonzero(example.tags[:, CONTENT] == 1)]
    assert begun == [25, 42]


def test_what_only_an_optional_statement_marks_counts_neither_way():
    example = build(spoken(optional=True))
    assert {NOTHING} == set(example.tags[:1, SOURCE]) | set(example.tags[1:2, CUE]) | set(
        example.tags[2:5, CONTENT]
    )
    assert not len(example.sources) and set(example.head_of_content) == {NOTHING}


def test_a_required_statement_wins_over_an_optional_one_at_the_same_place():
    both = build(spoken(), spoken(optional=True))
    assert np.array_equal(both.tags, build(spoken()).tags)
