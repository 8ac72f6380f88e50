"""Whom "who" and "which" mean as the source of a statement."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import ACME, BERG, ROE, First, resolve, who


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        # a name before a comma
        ("He met Ann Roe, who said it rained.", ("person", "Ann Roe")),
        ("He left Acme, which said it rained.", ("organization", "Acme")),
        # a name and a description
        ("He met Ann Roe, a baker who said it rained.", ("person", "Ann Roe")),
        ("He met Ann Roe, the town's baker, who said it rained.", ("person", "Ann Roe")),
        # people without a name
        ("Ann Roe met a voter who said it rained.", ("unnamed", "a voter")),
        ("Ann Roe met several young voters who said it rained.", ("group", "several young voters")),
        ("Ann Roe heard from critics, who said it rained.", ("group", "critics")),
        ("Ann Roe heard from the critics who said it rained.", ("group", "the critics")),
        # things that say nothing
        ("Ann Roe spoke in ways that said it rained.", (None, None)),
        ("Ann Roe wrote the Trade Act, which said it rained.", (None, None)),
        # the words before do not show it
        ("Ann Roe met the baker who said it rained.", ("person", "Jan Berg")),
        ("An aide of Ann Roe who said it rained.", ("person", "Jan Berg")),
    ],
)
def test_a_relative_pronoun_means_the_words_before_it(words: str, speaker: tuple[str | None, str | None]):
    body = f"Jan Berg left. {words}"
    source = next(word for word in ("who", "which", "that") if f" {word} said" in words)
    found = resolve(body, ROE | BERG | ACME, (source, "said", "it rained"), ranker=Berg())
    assert who(found.speakers[-1]) == speaker


class Berg(First):
    """Chooses Jan Berg for each reference."""

    def choose(self, discourse, query, options):
        return next((actor for actor in options if actor.name == "Jan Berg"), None), 1.0
