"""What the model of stances reads of a text: words by their place, and runs of words."""

import numpy as np

from transforms.statements.stance_features import (
    CAPITAL,
    CONTENT,
    CUE,
    FAR,
    SUBJECT,
    Places,
    Texts,
    code_of,
    find_runs,
    kind_of,
    pool,
    weigh,
)

NAME = CONTENT | SUBJECT | CAPITAL
WORDS = "Bo said that Roe was not honest , but Venn never lied .".split()
MARKS = [CAPITAL, CUE, CONTENT, NAME, *[CONTENT] * 5, CONTENT | CAPITAL, *[CONTENT] * 3]
RNG = np.random.default_rng(1)
TABLE = weigh(RNG.normal(size=(40, 3)), RNG.uniform(0.1, 1, 40))


def texts(*found):
    """Return the texts of (words, marks) pairs."""
    words, marks = ([item for pair in found for item in pair[i]] for i in (0, 1))
    kinds = np.array([kind_of(word) for word in words], np.uint8)
    return Texts(np.array(marks, np.uint8), kinds, np.array([len(pair[0]) for pair in found]))


def words_in(flags):
    return [word for word, flag in zip(WORDS, flags, strict=True) if flag]


def test_distances_are_from_the_nearest_mention_in_the_content():
    marks = [CONTENT | SUBJECT, *[CONTENT] * 4, CONTENT | SUBJECT]
    assert Places(texts((["x"] * 6, marks))).distance.tolist() == [0, 1, 2, -2, -1, 0]
    assert set(Places(texts((["x"] * 2, [CONTENT, CONTENT]))).distance.tolist()) == {FAR}


def test_the_clause_of_the_subject_ends_at_a_comma_or_conjunction():
    assert words_in(Places(texts((WORDS, MARKS))).in_clause) == ["that", "Roe", "was", "not", "honest"]


def test_a_negation_reaches_the_next_clause_at_most():
    negated = words_in(Places(texts((WORDS, MARKS))).negated)
    assert "honest" in negated and "lied" in negated and "was" not in negated
    assert "Venn" not in negated


def test_the_name_of_the_subject_is_in_no_group():
    places = Places(texts((WORDS, MARKS)))
    assert all(not group[WORDS.index("Roe")] for group in places.groups())
    assert places.groups()[0][WORDS.index("Venn")]


def test_a_text_has_the_same_features_in_any_batch():
    other = (["Who", "?"], [CONTENT, CONTENT])
    words = RNG.integers(0, 40, 2 * len(WORDS) + 2)
    words[-len(WORDS) :] = words[: len(WORDS)]
    found = pool(Places(texts((WORDS, MARKS), other, (WORDS, MARKS))), words, TABLE)
    alone = pool(Places(texts((WORDS, MARKS))), words[: len(WORDS)], TABLE)
    assert (found[0] == found[2]).all() and (found[0] == alone[0]).all()
    assert not (found[0] == found[1]).all()


def test_a_text_has_the_same_runs_in_any_batch():
    codes = np.arange(2, 2 + len(WORDS)).astype(np.uint64)
    alone = find_runs(Places(texts((WORDS, MARKS))), codes)
    both = find_runs(Places(texts((WORDS, MARKS), (WORDS, MARKS))), np.concatenate([codes, codes]))
    for owner in (0, 1):
        own = both.owners == owner
        assert both.buckets[own].tolist() == alone.buckets.tolist()
        assert np.allclose(both.weights[own], alone.weights)


def test_runs_depend_on_the_words_and_not_on_the_name():
    codes = np.arange(2, 2 + len(WORDS)).astype(np.uint64)
    renamed, reworded = codes.copy(), codes.copy()
    renamed[WORDS.index("Roe")] = reworded[WORDS.index("honest")] = 99
    runs = find_runs(Places(texts((WORDS, MARKS))), codes).buckets
    assert (runs == find_runs(Places(texts((WORDS, MARKS))), renamed).buckets).all()
    assert not (runs == find_runs(Places(texts((WORDS, MARKS))), reworded).buckets).all()


def test_words_of_other_pieces_have_other_codes():
    codes = code_of(np.array([[5, 7, -1, -1], [7, 5, -1, -1], [5, -1, -1, -1], [-1] * 4]), -1)
    assert len(set(codes.tolist())) == 4 and codes[3] == 0
