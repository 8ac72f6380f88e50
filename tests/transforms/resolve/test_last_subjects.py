"""The person whom the words before "he" or "she" are about."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import PERSON, resolve, who
from tests.transforms.resolve.test_unattributed import Nobody

NAMES = {
    "Ann Roe": PERSON,
    "Mary Lind": PERSON,
    "Jan Berg": PERSON,
    "Eve Moss": PERSON,
    "Robin Lorne": PERSON,
}


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
        ("In Dorne, Ann Roe runs a bakery.", "Ann Roe"),
        ("Her work is done, and it is night, so that, as so often, Ann Roe reads.", "Mary Lind"),
        ("Ann Roe calls it “a bakery”.", "Ann Roe"),
        ("Ann Roe's bakery was sold.", "Mary Lind"),
        ("The town has a bakery. It belongs to Cpt. Ann Roe.", "Mary Lind"),
        ("Ann Roe runs a bakery. It is small.", "Mary Lind"),
        ("Ann Roe runs a bakery. She is 34.", "Ann Roe"),
    ],
)
def test_she_is_the_subject_of_the_sentence_before(before: str, name: str):
    body = f"Mary Lind likes tea. It rains there. {before} She said tea is good."
    found = resolve(body, NAMES, ("She", "said", "tea is good"), ranker=Last())
    assert who(found.speakers[-1])[1] == name


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Ann Roe runs a bakery.\n\n“Tea is good. I like it,”", "Ann Roe"),
        ("Ann Roe runs a bakery.\n\nIt rains.\n\n“Tea is good,”", None),
        ("Ann Roe runs a bakery that is small, a woman said. “Tea is good,”", None),
        ("Ann Roe said Eve Moss runs a bakery. “Tea is good,”", "Ann Roe"),
        ("An aide to Ann Roe said Eve Moss runs a bakery. “Tea is good,”", None),
    ],
)
def test_a_quotation_may_come_between_the_subject_and_she(before: str, name: str | None):
    body = f"Mary Lind likes tea. It rains there. {before} she said."
    said = [("a woman", "said", "Ann Roe runs a bakery that is small")] if "woman" in before else []
    if "Moss" in before:
        said = [(before.split(" said")[0], "said", "Eve Moss runs a bakery")]
    found = resolve(body, NAMES, *said, ("she", "said.", "Tea is good"), ranker=Nobody())
    assert who(found.speakers[-1])[1] == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("According to her, tea is good.", "Ann Roe"),
        ("She thanked Ann Roe and said tea is good.", None),
        ("She thanked Mary Lind, who met Ann Roe, and said tea is good.", "Ann Roe"),
    ],
)
def test_her_is_the_subject_of_the_sentence_before_but_not_in_one_clause_with_its_name(
    words: str, name: str | None
):
    body = f"Mary Lind likes tea. It rains there. Ann Roe runs a bakery. {words}"
    source = "her" if "her," in words else "She"
    said = (source, "to" if source == "her" else "said tea", "tea is good")
    assert who(resolve(body, NAMES, said, ranker=Nobody()).speakers[-1])[1] == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("When Ann Roe came back, she said tea is good.", "Ann Roe"),
        ("When Ann Roe met Eve Moss, she said tea is good.", None),
        ("When Ann Roe came back, she said, tea is good.", None),
    ],
)
def test_she_is_the_subject_of_the_clause_before(words: str, name: str | None):
    body = f"Mary Lind likes tea. It rains there. {words}"
    found = resolve(body, NAMES, ("she", "said", "tea is good"), ranker=Nobody())
    assert who(found.speakers[-1])[1] == name
