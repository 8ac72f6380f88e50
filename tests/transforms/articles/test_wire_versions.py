"""Version marks of news wires are read; words that only look like a version mark are not."""

import polars as pl
import pytest

from transforms.articles.wire_versions import plain_headline, read_version
from transforms.frames import RECORDS


def read(**values):
    row = {"path": "a", "record_no": 1, "body": "Text.", "body_start": 0, "header_spans": []} | values
    return pl.DataFrame([row], RECORDS).select(**read_version()).row(0)


@pytest.mark.parametrize(
    ("values", "no", "label"),
    [
        ({"version": "3"}, 3, None),
        ({"headline": "UPDATE 2-Lock stays shut, says minister"}, 3, "UPDATE 2"),
        ({"headline": "CORRECTED-UPDATE 1-Lock stays shut"}, 2, "CORRECTED-UPDATE 1"),
        ({"headline": "CORRECTED - Lock stays shut"}, None, "CORRECTED"),
        ({"headline": "WRAPUP 3-Locks of the north"}, 3, "WRAPUP 3"),
        ({"version": "1st Ld-Writethru"}, 2, "1st Ld-Writethru"),
        ({"headline": "BC-EU--Lock, 4th Ld-Writethru"}, 5, "4th Ld-Writethru"),
        ({"version": "Ld-Writethru"}, 2, "Ld-Writethru"),
        ({"note": "CORRECTS name in paragraph 2"}, None, "CORRECTS"),
        ({"body": "(CORRECTS name in paragraph 2)\n\nThe lock is shut."}, None, "CORRECTS"),
        ({"headline": "Update 2 of the game is out"}, None, None),
        ({"headline": "The lead in the polls", "body": "He corrects his sister."}, None, None),
        ({}, None, None),
    ],
)
def test_the_number_and_the_words_of_a_version(values, no, label):
    assert read(**values) == (no, label)


def test_versions_have_the_same_plain_headline():
    headlines = [
        "Lock stays shut",
        "UPDATE 2-Lock stays shut",
        "CORRECTED-UPDATE 1-Lock stays shut",
        "RPT-LOCK stays - shut",
    ]
    frame = pl.DataFrame({"headline": headlines}).select(plain_headline())
    assert set(frame["headline"]) == {"lock stays shut"}
