"""Breaks inside the paragraphs of wrapped text."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract.unwrap import unwrap

FIRST = "The harbour master said on Friday that the lighthouse would be switched off in June after 160 years."
SECOND = "“Ships do not need it any more,” he added, and the council agreed after less than an hour."


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("between", ["\n", ""])
def test_breaks_inside_paragraphs_become_blanks(end: str, between: str):
    paragraphs = ["\n".join(textwrap.wrap(text, 60)) for text in (FIRST, SECOND)]
    text = ("\n" + between).join(paragraphs).replace("\n", end)
    unwrapped = unwrap(text)
    assert len(unwrapped) == len(text)
    assert [" ".join(line.split()) for line in unwrapped.splitlines() if line] == [FIRST, SECOND]


def test_paragraph_that_is_set_in_begins_a_line():
    text = "\n".join("\n".join(textwrap.wrap(t, 60, initial_indent="    ")) for t in (FIRST, SECOND, FIRST))
    assert len(unwrap(text).splitlines()) == 3


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([FIRST, SECOND]),
        "Q: Is it open?\nA: It is.\nQ: Since when?\nA: Since May, says the board, and so it will stay.",
        "ONE\nTWO\nTHREE\nFOUR\nFIVE",
        "",
    ],
)
def test_lines_that_the_writer_broke_stay(text: str):
    assert unwrap(text) == text


@given(st.text(alphabet="ab A.\n\r\t“"))
def test_only_line_breaks_change_and_the_length_never(text: str):
    unwrapped = unwrap(text)
    assert len(unwrapped) == len(text)
    assert all(a == b or (a in "\r\n" and b == " ") for a, b in zip(text, unwrapped, strict=True))
