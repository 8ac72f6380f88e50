"""Speakers of quotations and answers for which the text names none."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import BERG, ROE, First, resolve, who


class Nobody:
    def choose(self, discourse, query, options):
        return None, 1.0


@pytest.mark.parametrize(("between", "name"), [("\n\n", "Ann Roe"), ("\n\nJan Berg left.\n\n", None)])
def test_a_quotation_after_a_statement_goes_on_with_it(between: str, name: str | None):
    body = f"Ann Roe said it rained.{between}“It was cold.”"
    said = (("Ann Roe", "said", "it rained"), (None, None, "“It was cold.”"))
    assert who(resolve(body, ROE | BERG, *said, ranker=Nobody()).speakers[-1])[1] == name


INTRODUCED = """Jan Berg sells tea.

“Tea is good,” he said.

{}

“I like coffee.”"""


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Ann Roe is a baker from Dorne.", "Ann Roe"),
        ("In Dorne, Ann Roe is a baker.", "Jan Berg"),
        ("Ann Roe, The Dorne Gazette", "Jan Berg"),
        ("Ann Roe called it “good”.", "Jan Berg"),
        ("Ann Roe runs a bakery.\n\nShe drinks much.", "Ann Roe"),
        ("Ann Roe runs a bakery.\n\nTea is rare there.", "Jan Berg"),
    ],
)
def test_a_quotation_is_by_the_person_whom_the_paragraph_before_introduces(before: str, name: str):
    body = INTRODUCED.format(before)
    said = (("he", "said", "Tea is good"), ("he", None, "“I like coffee.”"))
    assert who(resolve(body, ROE | BERG, *said, ranker=First()).speakers[-1])[1] == name


@pytest.mark.parametrize(
    ("between", "before", "name"),
    [
        (60, "Ann Roe is a baker from Dorne.", "Ann Roe"),
        (60, "In Dorne, Ann Roe is a baker.", "Jan Berg"),
        (60, "Ann Roe called it “good”.", "Jan Berg"),
        (5, "Ann Roe is a baker from Dorne.", "Jan Berg"),
    ],
)
def test_a_quotation_far_from_its_source_is_by_the_subject_of_the_sentence_before(
    between: int, before: str, name: str
):
    body = f"Jan Berg sells tea. “Tea is good,” he said. {'It rained there. ' * between}{before} “I like coffee.”"
    said = (("he", "said", "Tea is good"), ("he", None, "“I like coffee.”"))
    assert who(resolve(body, ROE | BERG, *said, ranker=First()).speakers[-1])[1] == name


INTERVIEW = """Ann Roe of the Dorne Institute studies rivers. “Rivers move,” Roe said. Jan Berg denies it.

Q: Does Jan Berg know?

A: I told him.

Q: When?

A: Jan Berg knew in May."""


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Ann Roe, a baker from Dorne:\n\n", "Ann Roe"),
        ("Ann Roe, a baker from Dorne: ", "Ann Roe"),
        ("Ann Roe is a baker. In May, she wrote to her sister:\n\n", "Ann Roe"),
        ("In the bakery of Ann Roe hangs this motto:\n\n", "Jan Berg"),
        ("Ann Roe got a note from her boss:\n\n", "Jan Berg"),
        ("Ann Roe got a note from Jan Berg:\n\n", "Jan Berg"),
        ("Ann Roe said “no” to her boss:\n\n", "Jan Berg"),
    ],
)
def test_a_quotation_is_by_the_subject_of_the_sentence_before_its_colon(before: str, name: str):
    body = (
        f"Jan Berg sells tea. “Tea is good,” he said. {'It rained there. ' * 60}\n\n{before}“I like coffee.”"
    )
    said = (("he", "said", "Tea is good"), ("he", None, "“I like coffee.”"))
    assert who(resolve(body, ROE | BERG, *said, ranker=First()).speakers[-1])[1] == name


def test_a_colon_gives_a_quotation_without_a_source_to_the_subject_before_it():
    body = "Jan Berg sells tea.\n\nAnn Roe, a baker from Dorne:\n\n“I like coffee.”"
    found = resolve(body, ROE | BERG, (None, None, "“I like coffee.”"), ranker=Nobody()).speakers
    assert who(found[-1])[1] == "Ann Roe"


def test_the_answers_of_an_interview_are_by_the_person_quoted_before_it():
    said = (("Roe", "said", "Rivers move"), (None, None, "I told him"), (None, None, "Jan Berg knew in May"))
    found = resolve(INTERVIEW, ROE | BERG, *said, ranker=First()).speakers
    assert [who(one)[1] for one in found] == ["Ann Roe"] * 3


@pytest.mark.parametrize(("opening", "name"), [("", None), ("Our interview:\n\n", "Ann Roe")])
def test_answers_in_which_nobody_speaks_of_himself_are_by_nobody_but_in_an_interview(
    opening: str, name: str | None
):
    body = INTERVIEW.replace("I told him.", "Nobody told him.").replace("Q: Does", f"{opening}Q: Does")
    said = (
        ("Roe", "said", "Rivers move"),
        (None, None, "Nobody told him"),
        (None, None, "Jan Berg knew in May"),
    )
    found = resolve(body, ROE | BERG, *said, ranker=First()).speakers
    assert [who(one)[1] for one in found] == ["Ann Roe", name, name]
