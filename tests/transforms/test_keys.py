"""Texts that look the same to a reader have the same key."""

import pytest

from transforms.keys import text_key

TEXT = "The ferry runs – “we hope” – till May, she said. It’s late…"


@pytest.mark.parametrize(
    "same",
    [
        'The ferry runs - "we hope" - till May, she said. It\'s late...',
        "The ferry runs -- ``we hope'' -- till May, she said. It's late ...",
        "The ferry runs—«we hope»—till May, she said. It`s late…",
        "The ferry\r\nruns – “we\u00a0hope” –  till\tMay,\n\nshe said. It’s late…\n",
        "\ufeffThe fer\u00adry runs – „we hope“ – till May,\u200b she said. It’s late…",
    ],
)
def test_blanks_wraps_quotation_marks_and_dashes_make_no_other_text(same):
    assert text_key(same) == text_key(TEXT)


@pytest.mark.parametrize(
    "other",
    [
        "The ferry runs – we hope – till May, she said. It’s late…",
        "The ferry runs – “we hope” – till June, she said. It’s late…",
        "THE FERRY RUNS – “WE HOPE” – TILL MAY, SHE SAID. IT’S LATE…",
    ],
)
def test_other_words_letters_or_no_quotation_marks_make_another_text(other):
    assert text_key(other) != text_key(TEXT)
