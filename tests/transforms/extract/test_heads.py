"""Decide which contents belong together, and to which cue they belong."""

import numpy as np
import pytest

from transforms.extract.heads import find_heads, find_runs_on
from transforms.extract.span_decoder import close_gaps, complete_quotations, cut_at_lines, read_runs
from transforms.extract.tokens import tokenize

UNLIKELY = -20.0


class Pointing:
    """Replaces the network's links: each content points at one token, with some log-probability."""

    def __init__(self, tokens, towards):
        self.lines = np.cumsum([word == "\n\n" for word in tokens.words])
        self._towards = towards

    def head_of_contents(self, contents):
        pointed = np.full((len(contents), len(self.lines)), UNLIKELY)
        for row, spans in enumerate(contents):
            target, chance = self._towards[spans[0][0]]
            pointed[row, target] = chance
        return pointed


def heads_of(text, contents, cues, towards):
    tokens = tokenize(text)
    quoted = np.array(tokens.quoted)
    runs_on = find_runs_on(tokens.words, read_runs(quoted == 1))
    is_cue = np.full(len(tokens), -9.0)
    heads = find_heads(contents, cues, tokens.words, Pointing(tokens, towards), is_cue, quoted, runs_on)
    return [(head.span if head.is_cue else None, head.contents) for head in heads]


# tokens: Walden 0 said 1 so 2 . 3 break 4 “ 5 It 6 will 7 hold 8 . 9 ” 10
APART = "Walden said so.\n\n“It will hold.”"


def test_a_quotation_that_points_at_itself_needs_no_cue():
    found = heads_of(APART, [(2, 3), (5, 11)], [(1, 2)], {2: (1, -0.1), 5: (5, -0.5)})
    assert found == [((1, 2), [(2, 3)]), (None, [(5, 11)])]


def test_a_quotation_that_points_at_a_cue_goes_on_with_that_statement():
    assert heads_of(APART, [(2, 3), (5, 11)], [(1, 2)], {2: (1, -0.1), 5: (1, -0.9)}) == [
        ((1, 2), [(2, 3), (5, 11)])
    ]


def test_a_quotation_does_not_continue_a_statement_before_another_one():
    # tokens: “ 0 One 1 it is , 4 ” 5 Orr 6 said 7 . 8 break 9 “ 10 ... ” 15 Kay 16 said 17 . 18 break 19 “ 20 ... 26
    text = "“One it is,” Orr said.\n\n“Two it is,” Kay said.\n\n“Three it will be.”"
    contents, cues = [(0, 6), (10, 16), (20, 27)], [(7, 8), (17, 18)]
    towards = {0: (7, -0.1), 10: (17, -0.1), 20: (7, -0.1)}
    assert heads_of(text, contents, cues, towards) == [
        ((7, 8), [(0, 6)]),
        ((17, 18), [(10, 16)]),
        (None, [(20, 27)]),
    ]


def test_other_words_must_be_surer_that_they_have_no_cue():
    text = "Rain fell all day. Walden said so."
    assert heads_of(text, [(0, 4)], [(6, 7)], {0: (0, -0.9)}) == []
    assert heads_of(text, [(0, 4)], [(6, 7)], {0: (0, -0.3)}) == [(None, [(0, 4)])]


def test_a_quotation_that_points_nowhere_stands_alone_and_other_words_are_dropped():
    assert heads_of(APART, [(2, 3), (5, 11)], [(1, 2)], {2: (0, -9), 5: (3, -0.1)}) == [(None, [(5, 11)])]


def test_a_quotation_that_ends_with_a_comma_is_attributed_in_its_line():
    text = "“One,” said Li.\n\n“Two is gone,” Orr went on."
    found = heads_of(text, [(0, 4), (8, 14)], [(4, 5), (15, 16)], {0: (4, -0.1), 8: (4, -0.1)})
    assert [contents for _, contents in found] == [[(0, 4)], [(8, 14)]]


def test_cues_that_follow_each_other_are_one():
    text = "They also said so"
    assert heads_of(text, [(3, 4)], [(1, 2), (2, 3)], {3: (2, -0.2)}) == [((1, 3), [(3, 4)])]


def test_a_second_quotation_can_belong_to_the_first():
    text = "“One is here.”\n\n“Two is not.”"
    assert heads_of(text, [(0, 6), (7, 13)], [], {0: (0, -0.1), 7: (0, -0.4)}) == [(None, [(0, 6), (7, 13)])]


def test_paragraphs_of_a_running_quotation_have_one_head():
    text = "“One is here.\n\n“Two is not,” said Walden."
    assert heads_of(text, [(0, 5), (6, 12)], [(12, 13)], {0: (12, -0.4)}) == [((12, 13), [(0, 5), (6, 12)])]


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("“One is here.\n\n“Two is not.”", True),
        ('"One is here.\n"Two is not."', True),
        ("“One is here.”\n\n“Two is not.”", False),
        ("“One is here.\n\nRain fell. “Two is not.”", False),
    ],
)
def test_a_quotation_runs_on_when_it_is_open_and_the_next_line_opens(text, goes_on):
    tokens = tokenize(text)
    quotations = read_runs(np.array(tokens.quoted) == 1)
    assert bool(find_runs_on(tokens.words, quotations)) is goes_on


def test_a_paragraph_of_a_running_quotation_is_content_when_the_one_before_is():
    tokens = tokenize("“One is here.\n\n“Two is not.”")
    quotations = read_runs(np.array(tokens.quoted) == 1)
    runs_on = find_runs_on(tokens.words, quotations)
    assert complete_quotations([(0, 5)], [], [], quotations, runs_on) == [(0, 5), (6, 12)]
    assert complete_quotations([(0, 5)], [], [], quotations) == [(0, 5)]


def test_contents_are_cut_where_lines_end():
    assert cut_at_lines([(0, 6)], {2, 4}) == [(0, 2), (3, 4), (5, 6)]


def test_a_few_unassigned_words_belong_to_the_content_around_them():
    assert close_gaps([(0, 3), (5, 9)], set()) == [(0, 9)]
    assert close_gaps([(0, 3), (5, 9)], {4}) == [(0, 3), (5, 9)]
    assert close_gaps([(0, 3), (12, 14)], set()) == [(0, 3), (12, 14)]


@pytest.mark.parametrize(
    ("sentence", "head"),
    [("Kay denied the claim.", None), ("Kay left the room.", (7, 8)), ("Mr. Kay left.", (7, 8))],
)
def test_a_quotation_does_not_continue_a_statement_before_another_sentence_that_makes_one(sentence, head):
    # tokens: “ 0 One 1 it is , 4 ” 5 Orr 6 said 7 . 8 Kay 9 denied 10 the 11 claim 12 . 13 “ 14
    text = f"“One it is,” Orr said. {sentence} “Two it is.”"
    tokens = tokenize(text).words
    last = tokens.index("“", 1)
    has_claim = "denied" in tokens
    contents = [(0, 6), *([(11, 13)] if has_claim else []), (last, len(tokens))]
    cues = [(7, 8), *([(10, 11)] if has_claim else [])]
    found = heads_of(text, contents, cues, {0: (7, -0.1), 11: (10, -0.1), last: (7, -0.1)})
    assert [span for span, spans in found if (last, len(tokens)) in spans] == [head]


def test_unquoted_words_after_a_cue_do_not_continue_the_sentence_before():
    # tokens: Orr 0 said 1 it 2 held 3 . 4 Walden 5 welcomed 6 the 7 ruling 8 . 9
    text = "Orr said it held. Walden welcomed the ruling."
    contents, cues = [(2, 4), (7, 9)], [(1, 2), (6, 7)]
    assert heads_of(text, contents, cues, {2: (1, -0.1), 7: (1, -0.1)}) == [((1, 2), [(2, 4)])]
    assert heads_of(text, contents, cues, {2: (1, -0.1), 7: (6, -1.0)}) == [
        ((1, 2), [(2, 4)]),
        ((6, 7), [(7, 9)]),
    ]
