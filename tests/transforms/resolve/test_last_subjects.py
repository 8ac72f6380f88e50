"""The person whom the sentence before "he" or "she" is about."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import PERSON, resolve, who

NAMES = {"Ann Roe": PERSON, "Mary Lind": PERSON, "Jan Berg": PERSON, "Eve Moss": PERSON}


class Last:
    """Chooses the candidate that was mentioned longest ago."""

    def choose(self, discourse, query, options):
        return options[-1], 0.5


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Ann Roe, 34, runs a bakery in Dorne.", "Ann Roe"),
        ("Ann Roe, 34, runs a bakery in Dorne.\n\n", "Ann Roe"),
        ("Ann Roe runs a bakery with Mr Jan Berg.", "Ann Roe"),
        ("Ann Roe runs a bakery with Eve Moss.", "Mary Lind"),
        ("In Dorne, Ann Roe runs a bakery.", "Mary Lind"),
        ("Ann Roe calls it “a bakery”.", "Mary Lind"),
        ("The town has a bakery. It belongs to Cpt. Ann Roe.", "Mary Lind"),
        ("Ann Roe runs a bakery. It is small.", "Mary Lind"),
    ],
)
def test_she_is_the_subject_of_the_sentence_before(before: str, name: str):
    body = f"Mary Lind likes tea. It rains there. {before} She said tea is good."
    found = resolve(body, NAMES, ("She", "said", "tea is good"), ranker=Last())
    assert who(found.speakers[-1])[1] == name
