"""Statements that only the layout attributes."""

from transforms.extract.layout import find_attributed
from transforms.extract.tokens import Tokens, tokenize


def _read(text: str) -> list[tuple[str, list[str]]]:
    tokens = tokenize(text)
    return [
        (_words(tokens, statement.source), [_words(tokens, span) for span in statement.contents])
        for statement in find_attributed(tokens)
    ]


def _words(tokens: Tokens, span: tuple[int, int] | None) -> str:
    return " ".join(tokens.words[slice(*span)]) if span else ""


def test_turns_of_an_interview_belong_to_their_labels():
    text = "WALDEN: Is it open?\n\nMINISTER: It is.\n\nIt was shut for a year.\n\n(LAUGHTER)\n\nWALDEN: Thank you."
    assert _read(text) == [
        ("WALDEN", ["Is it open ?"]),
        ("MINISTER", ["It is .", "It was shut for a year ."]),
        ("WALDEN", ["Thank you ."]),
    ]


def test_text_after_the_last_turn_is_no_turn():
    text = "Q: Is it open?\nA: It is.\nQ: Since when?\nA: Since May.\nThe interview was shortened."
    assert _read(text)[-1] == ("A", ["Since May ."])


def test_turns_of_a_quoted_transcript_are_found():
    assert _read('"WALDEN: Is it open?\n\n"QUILL: It is.\n\n"WALDEN: Good.')[0] == (
        "WALDEN",
        ["Is it open ?"],
    )


def test_one_label_is_no_interview():
    assert _read("UPDATE: The bridge is open.\nIt will stay open.") == []


def test_quotation_signed_with_a_dash_belongs_to_the_name():
    assert _read("“It opens when it opens.” — Ada Walden, engineer") == [
        ("Ada Walden", ["“ It opens when it opens . ”"])
    ]


def test_signature_may_stand_on_the_next_line():
    assert _read('"We are open."\n-- The Harbour Board') == [("The Harbour Board", ['" We are open . "'])]


def test_clause_after_a_dash_is_no_signature():
    assert _read("“We are open” – and nobody came.") == []
