"""Whom a description cannot mean."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import ACME, BERG, ROE, First, resolve, who


@pytest.mark.parametrize(
    ("before", "source", "speaker"),
    [
        # whoever belongs to a person is somebody else; the author of a document is not
        ("Ann Roe left.", "Her family", ("unnamed", "Her family")),
        ("Ann Roe left.", "Her doctor", ("unnamed", "Her doctor")),
        ("Ann Roe left.", "Her letter", ("person", "Ann Roe")),
        # many people are not one person
        ("Ann Roe left.", "The crowd", ("unnamed", "The crowd")),
        ("Acme opened.", "The public", ("unnamed", "The public")),
        ("Ann Roe left.", "Every voter", ("unnamed", "Every voter")),
        ("Ann Roe left.", "The baker", ("person", "Ann Roe")),
        # a company is no government
        ("Acme opened.", "The government", ("organization", "government")),
        ("Acme opened.", "The company", ("organization", "Acme")),
    ],
)
def test_a_description_means_nobody_whom_it_cannot_mean(before: str, source: str, speaker: tuple[str, str]):
    found = resolve(
        f"{before} {source} said it rained.", ROE | ACME, (source, "said", "it rained"), ranker=First()
    )
    assert who(found.speakers[-1]) == speaker


def test_the_office_of_one_person_is_not_that_of_another():
    body = "Ann Roe met Jan Berg. Roe's office said it rained. Berg's office said it snowed."
    said = (("Roe's office", "said", "it rained"), ("Berg's office", "said it", "it snowed"))
    found = resolve(body, ROE | BERG | {"Roe": "PERSON", "Berg": "PERSON"}, *said, ranker=First())
    assert [who(one)[1] for one in found.speakers] == ["Roe's office", "Berg's office"]
