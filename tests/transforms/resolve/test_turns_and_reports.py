"""Who speaks in the turns of a transcript, and in a report; the texts take the whole way through the extractor."""

from __future__ import annotations

import pytest

from tests.steps import build_from_bodies


def speakers(body: str) -> list[str]:
    """Return the name of the speaker of each statement, in the order of the text."""
    tables = build_from_bodies([body]).tables
    names = dict(tables["actors"].select("actor_id", "name").iter_rows())
    return [names[actor_id] for actor_id in tables["statements"].sort("seq_no")["actor_id"]]


def test_label_with_a_note_names_its_speaker():
    body = (
        "QUILL: Good morning.\n\nANN ROE (RECORDING): We will win this race, and we will win it soon.\n\n"
        "QUILL: Roe spoke on Monday.\n\nROE: That is right."
    )
    assert speakers(body) == ["Quill", "Ann Roe", "Quill", "Ann Roe"]


def test_label_of_one_name_means_one_person():
    body = (
        "Ada Roe and her husband Ben Roe live in Dorne.\n\nHOST: Where were you?\n\nROE: I was at home.\n\n"
        "HOST: Was Ben Roe there?\n\nROE: No, he was not there that day."
    )
    said = speakers(body)
    assert said[1] == said[3] != "HOST"


def test_label_that_is_a_role_means_nobody_who_has_a_label():
    body = (
        "HOST: Good morning.\n\nANN ROE: We will win this race, and we will win it soon.\n\n"
        "HOST: When will you win it?\n\nANN ROE: In May, as I said."
    )
    assert speakers(body) == ["HOST", "Ann Roe", "HOST", "Ann Roe"]


def test_label_that_is_a_role_means_the_only_one_who_has_it():
    body = (
        "Ada Roe, the minister, spoke to us.\n\nREPORTER: Is it open?\n\nMINISTER: It is open now.\n\n"
        "REPORTER: Since when?\n\nMINISTER: Since May of this year."
    )
    assert speakers(body) == ["REPORTER", "Ada Roe", "REPORTER", "Ada Roe"]


@pytest.mark.parametrize(
    ("body", "speaker"),
    [
        ("Ann Roe has changed, the parole board of Norvia says. Roe, now 40, takes part in counselling, a report says. "
         "“It took a while for you to speak about it,” the report says.", "parole board"),
        ("Jan Berg wrote in a report that prices would rise. Berg has worked for years. “It took a while,” the report "
         "says.", "Jan Berg"),
        ("A report by Jan Berg says that prices will rise. Berg has worked for years. “It took a while,” the report "
         "says.", "Jan Berg"),
    ],
)  # fmt: skip
def test_report_means_a_person_only_if_the_article_says_who_wrote_it(body: str, speaker: str):
    assert speakers(body)[-1] == speaker


@pytest.mark.parametrize(
    ("clause", "speaker"),
    [
        ("that Acme Foods had published on Monday", "Acme Foods"),
        ("that the health ministry released on Monday", "health ministry"),
        ("that blamed Acme Foods for the delay", "a report"),
    ],
)
def test_report_is_by_whoever_published_it(clause: str, speaker: str):
    assert speakers(f"The new plan has failed, according to a report {clause}.")[0] == speaker


def test_an_archbishop_holds_no_other_office():
    body = (
        "Dorne's shadow home secretary, Yasmin Clarke, accused ministers of “chasing headlines”.\n\n"
        "Writing in the Gazette, the archbishop of Dorne says the plan “shames us all”."
    )
    assert speakers(body) == ["Yasmin Clarke", "the archbishop of Dorne"]
