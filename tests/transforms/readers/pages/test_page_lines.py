"""Split wire copy in `pre` or in a single paragraph into paragraphs."""

import pytest

from transforms.readers.markup import block_text, parse_html
from transforms.readers.pages.page_lines import split_lines

FIRST = "The council of Port Ada agreed on Monday to reopen the old lock, which has been shut for two years and more."
SECOND = "“We are glad that it is over,” said Dorothea Quill, who leads the council and the works."
THIRD = "The barges come back in July, when the second gate is ready, the keeper told reporters on the quay."
THREE = [FIRST, SECOND, THIRD]


def paragraphs_of(markup):
    root = parse_html(f"<html><body>{markup}</body></html>")
    split_lines(root)
    return block_text(root).split("\n\n")


@pytest.mark.parametrize(
    "markup",
    [
        "<pre>{0}\n\n{1}\n\n{2}</pre>",
        "<pre>\n   {0}\n   {1}\n   {2}\n</pre>",
        "<p>{0}\n\n{1}\n\n{2}</p>",
        "<p>{0}\n{1}\n{2}</p>",
        "<p>{0}\r\n \r\n{1}\r\n\r\n{2}</p>",
        "<div style='white-space: pre-line'>{0}\n\n{1}\n{2}</div>",
        "<p>{0}<br><br>{1}<br/> <br/>{2}</p>",
        "<p>{0}</p><p>{1}<p>{2}",
    ],
)
def test_each_paragraph_of_wire_copy_is_one(markup):
    assert paragraphs_of(markup.format(*THREE)) == THREE


def test_lines_that_a_machine_wrapped_are_joined():
    lines = (
        "The council of Port Ada agreed on Monday to reopen the old lock, which\n"
        "has been shut for two years and more, said the woman who leads it, to\n"
        "the joy of all."
    )
    assert paragraphs_of(f"<pre>{lines}\n\n{SECOND}</pre>") == [lines.replace("\n", " "), SECOND]


def test_line_ends_inside_ordinary_paragraphs_are_blanks():
    words = FIRST.split()
    wrapped = "\n      ".join([" ".join(words[:9]), " ".join(words[9:]), *SECOND.split(", "), THIRD])
    assert len(paragraphs_of(f"<p>{wrapped}</p>")) == 1


def test_a_single_br_is_a_line_end_within_a_paragraph():
    assert paragraphs_of("<p>One lock<br>and one gate</p>") == ["One lock\nand one gate"]
