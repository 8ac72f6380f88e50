"""Choose the source of a statement from where it stands and how strongly the head points to it."""

import numpy as np

from transforms.extract.heads import Head
from transforms.extract.source_choice import NEVER, choose_sources, find_options

UNLIKELY = -12.0
TOKENS = 20
CUE = (10, 11)  # on the second line, which begins at token 5
FAR, NEAR = (1, 2), (8, 10)


class Pointing:
    """Replaces the network's links: each head points at the given spans, with some log-probability at both ends."""

    def __init__(self, towards):
        self.lines = np.array([0] * 5 + [1] * 15)
        self._first, self._last = (np.full((1, TOKENS), UNLIKELY) for _ in range(2))
        for (start, end), chance in towards.items():
            self._first[0, start] = self._last[0, end - 1] = chance

    def source_of_head(self, heads):
        return self._first, self._last


def source_of(head, towards, tagged):
    is_source = np.full(TOKENS, UNLIKELY)
    for start, end in tagged:
        is_source[start:end] = -0.1
    ((source, link),) = choose_sources([head], tagged, Pointing(towards), is_source)
    return source, link


def test_of_two_sources_with_similar_links_the_cue_has_the_one_on_its_line():
    towards = {FAR: -0.5, NEAR: -0.9}
    assert source_of(Head(CUE, is_cue=True), towards, [FAR, NEAR]) == (NEAR, -1.0)


def test_a_much_stronger_link_reaches_the_line_before():
    assert source_of(Head(CUE, is_cue=True), {FAR: -0.05, NEAR: -11.0}, [FAR, NEAR])[0] == FAR


def test_a_statement_without_a_cue_follows_the_strongest_link():
    towards = {FAR: -0.5, NEAR: -0.9}
    assert source_of(Head(CUE, is_cue=False), towards, [FAR, NEAR]) == (FAR, -1.0)


def test_words_that_only_the_links_show_are_an_option_but_the_head_itself_is_none():
    options = find_options([CUE], [], Pointing({NEAR: -0.1}))
    assert [options.span(0, option) for option in range(2)] == [None, NEAR]
    options = find_options([CUE], [CUE], Pointing({CUE: -0.1}))
    assert (options.links > NEVER).tolist() == [[True, False, False]]
