"""Find statements whose speaker is shown only by the layout."""

import pytest

from transforms.extract.tokens import Tokens, tokenize
from transforms.extract.turns import find_attributed, find_signature


def _read(text: str) -> list[tuple[str, list[str]]]:
    tokens = tokenize(text)
    return [
        (_words(tokens, statement.source), [_words(tokens, span) for span in statement.contents])
        for statement in find_attributed(tokens).statements
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


def test_narration_between_turns_is_not_part_of_an_answer():
    text = "WALDEN: Is it open?\n\nLORNE: It is.\n\n{}\n\nWALDEN: Since when?\n\nLORNE: Since May."
    assert _read(text.format("She puts down her cup."))[1] == ("LORNE", ["It is ."])
    assert _read(text.format("He said I’d be late."))[1] == ("LORNE", ["It is .", "He said I’d be late ."])


def test_text_after_the_last_turn_is_no_turn():
    text = "ORR: Is it open?\nLI: It is.\nORR: Since when?\nLI: Since May.\nThe interview was shortened."
    assert _read(text)[-1] == ("LI", ["Since May ."])


@pytest.mark.parametrize(("question", "answer"), [("Q: ", "A: "), ("Q. ", "A. ")])
def test_questions_have_no_speaker_and_answers_name_nobody(question: str, answer: str):
    text = f"{question}Is it open?\n\n{answer}It is.\n\nSince May.\n\n{question}Why?\n\n{answer}A fuse blew."
    assert _read(text) == [("", ["It is .", "Since May ."]), ("", ["A fuse blew ."])]
    tokens = tokenize(text)
    assert [_words(tokens, span) for span in find_attributed(tokens).questions] == ["Is it open ?", "Why ?"]


def test_a_label_may_bear_a_title_or_a_note_in_brackets():
    text = "ADA LORNE, CITY DESK: Is it open?\n\nBEN ORR, HEAD, BOARD OF BRIDGES (via phone): It is.\n\nLORNE: Good."
    assert [source for source, _ in _read(text)] == [
        "ADA LORNE , CITY DESK",
        "BEN ORR , HEAD , BOARD OF BRIDGES",
        "LORNE",
    ]


def test_lower_case_names_open_turns_when_they_recur():
    text = "Ada Lorne: Is it open?\n\nBen Orr: It is.\n\nAda Lorne: Since when?\n\nBen Orr: Since May."
    assert [source for source, _ in _read(text)] == ["Ada Lorne", "Ben Orr", "Ada Lorne", "Ben Orr"]


def test_headings_with_a_colon_are_not_speakers():
    assert _read("Date: May 5\nPlace: Ellery\nGoals: Orr, Li\nReferee: Ada Lorne\nDate: May 6") == []


def test_headings_in_capitals_are_not_speakers():
    assert _read("THE FACTS: It is shut.\nRELATED: Ferry to sail again\nTHE FACTS: It was shut in May.") == []
    text = "ORR: Is it open?\nREAD MORE: The ferry sails again\nORR: Thank you."
    assert [name for name, _ in _read(text)] == ["ORR", "ORR"]


def test_labels_of_questions_and_answers_may_have_numbers():
    assert _read("Q1: Is it open?\n\nA1: It is.\n\nQ2: Why?\n\nA2: A fuse blew.") == [
        ("", ["It is ."]),
        ("", ["A fuse blew ."]),
    ]


def test_a_winner_is_no_speaker():
    assert _read("WINNER: Ada Lorne\n\nShe spoke well.\n\nWINNER: Ben Orr\n\nHe spoke, too.") == []


def test_an_initial_that_opens_a_line_is_not_an_answer():
    assert _read("A. Lorne opened the bridge.\n\nRain fell.") == []


def test_turns_of_a_quoted_transcript_are_found():
    assert _read('"WALDEN: Is it open?\n\n"QUILL: It is.\n\n"WALDEN: Good.')[0] == (
        "WALDEN",
        ["Is it open ?"],
    )


def test_one_label_is_no_interview():
    assert _read("UPDATE: The bridge is open.\nIt will stay open.") == []


def test_fields_of_a_form_are_no_speakers():
    form = "Company: Acme.\nType: A vaccine.\nStage: Phase 1.\nName: Acvac.\n"
    assert _read(form + form.replace("Acme", "Dorne") + form.replace("Stage: Phase 1.\n", "")) == []
    guests = "Host: Is it open?\nAda: It is.\nHost: Since when?\nBo: Since May.\nCay: Since June.\n"
    assert len(_read(guests + guests)) == 10


def test_quotation_signed_with_a_dash_belongs_to_the_name():
    assert _read("“It opens when it opens.” — Ada Walden, engineer") == [
        ("Ada Walden", ["“ It opens when it opens . ”"])
    ]


def test_signature_may_stand_on_the_next_line():
    assert _read('"We are open."\n-- The Harbour Board') == [("The Harbour Board", ['" We are open . "'])]


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("— Host Ada Lorne on Radio Dorne, May 2.", "Host Ada Lorne"),
        (
            "— Ada Lorne to reporter Ben Orr of the Dorne Gazette on the evening show of Radio Dorne, May 2.",
            "Ada Lorne",
        ),
        ("— May 2 tweet by actor Ben Orr.", "Ben Orr"),
        ("— Ada Lorne, in a column for the Dorne Gazette", "Ada Lorne"),
        (f"— Ada Lorne, a bridge builder. {'She builds bridges. ' * 9}", "Ada Lorne"),
    ],
)
def test_a_name_in_a_signature_ends_before_the_occasion(signature: str, name: str):
    assert _read(f"“It opens when it opens.”\n\n{signature}") == [(name, ["“ It opens when it opens . ”"])]


def test_lines_with_a_name_and_an_outlet_sign_the_quotations_before_them():
    text = (
        "“It opens in May.”\n\nAda M. Lorne, The Dorne Gazette\n\n"
        "“It stays shut.\n\n“Nobody will mend it.”\n\nBen Orr, Radio Dorne"
    )
    assert _read(text) == [
        ("Ada M . Lorne", ["“ It opens in May . ”"]),
        ("Ben Orr", ["“ It stays shut .", "“ Nobody will mend it . ”"]),
    ]


def test_one_line_with_two_names_signs_nothing():
    assert _read("“It opens in May.”\n\nPort Ellery, Norland\n\nNobody came.") == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("And from Mayor Ada Lorne:", "Mayor Ada Lorne"),
        ("From the desk of Ben Orr, lawyer:", "Ben Orr , lawyer"),
    ],
)
def test_a_line_that_says_from_whom_it_is_attributes_the_quotation_below(line: str, name: str):
    assert _read(f"{line}\n\n“It opens when it opens.”") == [(name, ["“ It opens when it opens . ”"])]


def test_a_note_in_brackets_is_not_content():
    text = "LI (via phone): Is it open?\n\nORR (voice-over): It is.\n\nLI: Good."
    assert _read(text)[0] == ("LI", ["Is it open ?"])


def test_a_long_line_without_a_name_and_a_comma_is_not_a_signature():
    assert (
        _read(f"“It opens when it opens.”\n\n— Ada Lorne builds bridges. {'She builds bridges. ' * 9}") == []
    )


def test_clause_after_a_dash_is_not_a_signature():
    assert _read("“We are open” – and nobody came.") == []


@pytest.mark.parametrize(
    ("text", "content", "name"),
    [
        ("“The bridge is too old to mend.” Ada Lorne, Dorne Post", "mend.", "Ada Lorne"),
        (
            "“The bridge is too old to mend.”\n\nAda Lorne and Ben Orr, Dorne Post",
            "mend.",
            "Ada Lorne and Ben Orr",
        ),
        (
            "The bridge is too old. https://t.co/ab — Sen. Ada Lorne (@ada) May 7, 2018",
            "old",
            "Sen . Ada Lorne",
        ),
        (
            "“The bridge is too old to mend.”\n\nAda M. Lorne and Ben van Orr, Dorne Post",
            "mend.",
            "Ada M . Lorne and Ben van Orr",
        ),
        ("“The bridge is too old to mend.” Dorne Press\n\nIt is closed.", "mend.", "Dorne Press"),
        ("“The bridge is too old to mend.”\n\nDorne Press\n\nIt is closed.", "mend.", None),
        ("“The bridge is too old to mend.” Ada Lorne disagrees.", "mend.", None),
        ("“The bridge is too old to mend,” she said in Dorne, in May", "mend", None),
        ("The bridge is old\n\nAda Lorne, Dorne Post", "old", None),
        ("The bridge is too old. The mayor likes it — Ada Lorne (@ada)", "old.", None),
    ],
)
def test_signature_after_words_names_their_speaker(text: str, content: str, name: str | None):
    tokens = tokenize(text)
    last = next(i for i, end in enumerate(tokens.ends, 1) if end == text.index(content) + len(content))
    found = find_signature(tokens, last)
    assert (found and " ".join(tokens.words[slice(*found)])) == name


def test_lists_of_players_are_no_turns():
    text = "GOALKEEPERS: Ada Lorne (Dorne), Bea Orr (Pell)\n\nDEFENDERS: Cy Roe (Dorne), Di Vane (Pell)"
    text += "\n\nFORWARDS: Ed Marsk (Dorne), Flo Reim (Pell)"
    assert find_attributed(tokenize(text)).statements == []
