"""Texts of a hundred thousand characters or more, whose resolution once took quadratic time: hours."""

import pytest

from flows.compute.bounds import Bounds
from flows.compute.interrupt import limited
from transforms.resolve.article import resolve_article

TIMES = 20_000
SYLLABLES = "ba ke li mo nu ra se ti vo zu".split()
# Ten times what the slowest takes on a slow machine.
BOUNDS = Bounds(seconds=60, seconds_per_mb=0)


def surname(number):
    """'Baba' for 0, 'Babake' for 1..."""
    return ("ba" + "".join(SYLLABLES[int(digit)] for digit in str(number))).capitalize()


def name_spans(pieces):
    """Return a text, and the names in it: pieces are texts, or names in lists."""
    body, spans = "", []
    for piece in pieces:
        if isinstance(piece, list):
            spans.append((len(body), len(body) + len(piece[0]), "PERSON"))
        body += piece[0] if isinstance(piece, list) else piece
    return body, spans


def one_given_name():
    return name_spans(
        part for n in range(TIMES // 2) for part in ([f"Ada {surname(n)}"], " met them, and Ada went. ")
    )


TEXTS = {
    "blanks": lambda: ("Mill" + " " * 1_000_000 + "mill", []),
    "capitals around 'Bank Of'": lambda: ("Bank Of " * 2 * TIMES, []),
    "labels of turns that do not end": lambda: ("AB,\n" * 2 * TIMES, []),
    "one given name": one_given_name,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_time_grows_with_the_length_of_a_text(text):
    body, spans = text()
    with limited(BOUNDS, 1):
        resolve_article("a", body, spans)


def test_time_grows_with_the_number_of_pronouns_that_point_at_one_name():
    body, spans = name_spans(
        part for _ in range(TIMES // 4) for part in (["Ada Roe"], " came. She said no. ")
    )
    places = [at + len("Ada Roe came. ") for at, _, _ in spans]
    pointers = {place: {start: -0.1} for place, (start, _, _) in zip(places, spans, strict=True)}
    with limited(BOUNDS, 1):
        resolved = resolve_article("a", body, spans, pointers=pointers)
    [ada] = resolved.actors
    assert len(ada.mentions) == 2 * len(spans)
