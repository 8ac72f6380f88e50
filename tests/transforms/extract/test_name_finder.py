"""Names and pointers, as the network outputs them."""

import numpy as np
import polars as pl

from transforms.extract import read_articles
from transforms.extract.name_finder import best_names

BODY = (
    "HAVENPORT (Tidings) - Mayor Ada Walden said on Monday that the bridge would stay shut until May. The Harbour "
    "Board disagreed.\n\n“We will not gamble with lives,” she said. A French engineer, who asked not to be named, "
    "told the Tidings that the steel was sound."
)


def _read(*bodies: str):
    ids = [str(i) for i in range(len(bodies))]
    return read_articles(pl.DataFrame({"article_id": ids, "body": list(bodies)}))


def test_names_have_their_kinds():
    found = {BODY[start:end]: kind for _, start, end, kind, *_ in _read(BODY).names.iter_rows()}
    assert found["Ada Walden"] == "PERSON"
    assert found["Harbour Board"] == "ORG"
    assert found["French"] == "NORP"
    assert found["HAVENPORT"] == "GPE"


def test_a_name_never_holds_a_line_break():
    body = "The visit was led by Ada\nWalden\n\nKarl\n\nOstrander and the Harbour\n\nBoard"
    assert not any("\n" in body[start:end] for _, start, end, *_ in _read(body).names.iter_rows())


def test_a_pronoun_points_at_the_name_that_it_means():
    rows = [row[1:] for row in _read(BODY).pointers.iter_rows() if row[1] == BODY.index("she said")]
    at, name, score = max(rows, key=lambda row: row[2])
    assert BODY[name:].startswith("Ada Walden") and name != at
    assert score > -0.7  # more likely than not


def test_a_source_that_nobody_names_points_at_itself():
    rows = [row[1:] for row in _read(BODY).pointers.iter_rows() if row[1] == BODY.index("A French engineer")]
    at, name, _ = max(rows, key=lambda row: row[2])
    assert at == name


def test_neighbours_in_a_batch_change_neither_names_nor_pointers():
    alone, both = _read(BODY), _read(BODY, "Karl Ostrander said no.")
    for frame, other in ((alone.names, both.names), (alone.pointers, both.pointers)):
        assert frame.rows() == other.filter(pl.col("article_id") == "0").rows()


def _scores(*likely: dict[int, float]) -> np.ndarray:
    return np.array([[word.get(label, -9.0) for label in range(11)] for word in likely], np.float32)


def test_a_name_goes_on_only_after_its_own_kind():
    person, body = (1, 2), (3, 4)  # begin, inside
    legal = _scores({0: 0}, {person[0]: 0}, {person[1]: 0}, {0: 0})
    assert best_names(legal).tolist() == [0, *person, 0]
    torn = _scores({0: 0}, {person[0]: -0.6, body[0]: -0.8}, {body[1]: -0.1, person[1]: -4}, {0: 0})
    assert best_names(torn).tolist() == [0, *body, 0]
    headless = _scores({0: -0.1, body[0]: -2}, {body[1]: -0.2, body[0]: -1}, {0: 0})
    assert best_names(headless).tolist() == [0, body[0], 0]


def test_a_word_takes_the_kind_that_it_has_elsewhere_in_the_text():
    body = "Norvia said on Friday that it would close its border with Estmark.\n\nEstmark accused Norvia of a breach."
    found = {(body[start:end], kind) for _, start, end, kind, *_ in _read(body).names.iter_rows()}
    assert len([kind for name, kind in found if name == "Norvia"]) == 1
