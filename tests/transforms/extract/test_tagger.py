"""The tagger's output for a text depends on that text alone."""

import numpy as np
import polars as pl

from transforms.extract import extract_statements
from transforms.extract.tagger import WINDOW, cut_windows, load_tagger
from transforms.extract.tokens import tokenize

TEXTS = {
    "a": "The mayor said the bridge was safe.",
    "b": '"It is not," engineer Ada Walden told the council.\n\n' * 9,
    "c": "According to the report, two of the five cables had rusted. Nobody had looked, it said.",
    "d": "",
}


def _found(ids: str) -> dict[str, list]:
    articles = pl.DataFrame({"article_id": list(ids), "body": [TEXTS[i] for i in ids]})
    rows = extract_statements(articles).rows()
    return {i: [row[1:] for row in rows if row[0] == i] for i in ids}


def test_neighbours_in_a_batch_change_nothing():
    alone = {i: _found(i)[i] for i in TEXTS}
    assert _found("abcd") == alone
    assert _found("dcba") == alone
    assert alone["a"] and alone["b"] and alone["c"] and not alone["d"]


def test_the_vector_of_a_word_is_the_same_at_every_place_of_a_block():
    words = [f"harbour{number}" for number in range(16)]
    embed = load_tagger()._vectors._embed
    first = embed(words)[: len(words)]
    for shift in range(1, len(words)):
        shifted = embed(words[shift:] + words[:shift])[: len(words)]
        assert np.array_equal(np.roll(shifted, shift, axis=0), first)


def test_windows_end_at_line_breaks_and_cover_all_words():
    tokens = tokenize("\n".join(["word " * 300] * 7 + ["x " * (2 * WINDOW + 5)]))
    windows = list(cut_windows(tokens))
    assert [start for start, _ in windows[1:]] == [end for _, end in windows[:-1]]
    assert (windows[0][0], windows[-1][1]) == (0, len(tokens))
    assert all(end - start <= WINDOW for start, end in windows)


def test_rare_quotation_marks_are_read_as_the_common_ones():
    tagger = load_tagger()
    [common], [typed] = tagger.tag(["“We came to win,” she said.", "``We came to win,'' she said."])
    assert np.array_equal(common.tags, typed.tags)


def test_a_window_that_repeats_the_one_before_is_not_run_again(monkeypatch):
    tagger = load_tagger()
    run, runs = tagger._run, []
    monkeypatch.setattr(tagger, "_run", lambda *asked: runs.append(1) or run(*asked))
    [windows] = tagger.tag(["The mill was sold, Ada Roe said.\n" * 2000])
    assert (
        len(windows) > 15 and len(runs) == 3
    )  # the first one begins without a line break, the last one is shorter
    [_, second, third, *_] = windows
    assert second.end == third.start and np.array_equal(second.tags, third.tags)


def test_short_texts_share_a_run_of_the_network_and_keep_their_results(monkeypatch):
    tagger = load_tagger()
    texts = [f"Ada Roe, {age}, said the mill was sold.\nNobody had asked her." for age in range(40, 50)]
    alone = [tagger.tag([text])[0][0] for text in texts]
    run, runs = tagger._run, []
    monkeypatch.setattr(tagger, "_run", lambda *asked: runs.append(1) or run(*asked))
    together = [windows[0] for windows in tagger.tag(texts)]
    assert len(runs) == 1
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.tags, other.tags) and np.array_equal(one.names, other.names)
        assert np.array_equal(one.links, other.links)
