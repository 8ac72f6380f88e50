"""When "they" means people whom the text names."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import BERG, ROE, First, resolve, who


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Ann Roe and Jan Berg run a bakery.", "Jan Berg"),
        ("Ann Roe and Jan Berg run a bakery. It is small. It is old. It is cold.", "Jan Berg"),
        ("Ann Roe met Jan Berg.", "Jan Berg"),
        ("Ann Roe met Jan Berg. Prices rose. It is small. It is old.", None),
        ("Ann Roe runs a bakery.", None),
    ],
)
def test_they_means_people_named_together_nearby(before: str, name: str | None):
    found = resolve(
        f"{before} They said tea is good.", ROE | BERG, ("They", "said", "tea is good"), ranker=First()
    )
    assert who(found.speakers[-1])[1] == name
