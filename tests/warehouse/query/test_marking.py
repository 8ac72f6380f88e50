"""Find the words of a text that match a search."""

import pytest

from warehouse.query.marking import find_words, phrases_of, stems_of


@pytest.mark.parametrize(
    "words, text, found",
    [
        ("auction", "The Auctions were auctioned.", ["Auctions", "auctioned"]),
        ("cafe", "A caf\u00e9, two CAF\u00c9S", ["caf\u00e9", "CAF\u00c9S"]),
        ("the", "the tunnel", []),
        ("", "the tunnel", []),
        ("tunnel <b>", "tunnel <b>tunnels</b>", ["tunnel", "b", "tunnels", "b"]),
        ("5G", "\U0001f4f1 5G!", ["5G"]),
    ],
)
def test_words_are_found_by_their_stems(words, text, found):
    assert [text[start:end] for start, end in find_words(stems_of(words), text)] == found


def test_phrases_are_in_double_quotes():
    assert phrases_of('talks "the  last day" "" x "a') == ["the last day"]
