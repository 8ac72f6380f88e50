"""PDF documents: headers and footers are left out, and text broken across lines and pages is joined."""

import pytest

from transforms.readers import read_records
from transforms.readers.formats.print_layout import CUT, Line, Page, head_date, page_text

WIDTH = 5.0  # of a letter


def line(text, top, *, left=50.0, size=10.0):
    return Line(text, left, left + WIDTH * len(text), top, top - size, size)


def page(*texts, top=700.0, step=12.0, head=(), foot=()):
    """Return a page 800 points high; a blank text is a blank line."""
    lines = [line(text, 790.0 - 10 * number, size=7.0) for number, text in enumerate(head)]
    lines += [line(text, top - step * number) for number, text in enumerate(texts) if text]
    lines += [line(text, 30.0 - 10 * number, size=7.0) for number, text in enumerate(foot)]
    return Page(800.0, lines)


def read(*pages):
    return page_text(pages)[0]


FULL = "The council of the town of Orr met on Monday to speak of the weir and"


def test_lines_that_are_full_are_one_paragraph_and_others_end_one():
    assert read(page(FULL, FULL, "the mill.", "Nobody came.")) == f"{FULL} {FULL} the mill.\n\nNobody came."


def test_room_between_lines_and_a_line_set_in_begin_a_paragraph():
    assert read(page(FULL, FULL, "", FULL)) == f"{FULL} {FULL}\n\n{FULL}"
    lines = [line(FULL, 700), line(FULL, 688), line(FULL, 676, left=65.0), line(FULL, 664)]
    assert read(Page(800.0, lines)) == f"{FULL} {FULL}\n\n{FULL} {FULL}"


def test_larger_letters_are_a_headline():
    lines = [line("Weir holds " * 3, 700, size=20.0), line(FULL, 676), line(FULL, 664)]
    assert read(Page(800.0, lines)).split("\n\n")[0].strip() == ("Weir holds " * 3).strip()


@pytest.mark.parametrize(
    ("end", "start", "word"),
    [
        (f"re{CUT}", "signed", "resigned"),
        ("re-", "signed", "resigned"),
        (f"twenty{CUT}", "two", "twenty-two"),
        (f"self-{CUT}", "made", "self-made"),
        (f"Anglo{CUT}", "Norvian", "Anglo-Norvian"),
        (f"tide{CUT}", "mill", "tide-mill"),
        ("the -", "and", "the - and"),
    ],
)
def test_words_cut_at_the_end_of_a_line_are_whole(end, start, word):
    text = read(page(f"{FULL} {end}", f"{start} {FULL}", "The tide-mill."))
    assert f" {word} " in text


def test_lines_repeated_at_the_edges_of_pages_are_left_out():
    pages = [
        page(FULL, f"{FULL}.", head=["Harbour Post | Monday, 3 June 2019"], foot=[f"Page {number} of 3"])
        for number in (1, 2, 3)
    ]
    text, heads = page_text(pages)
    assert text == "\n\n".join([f"{FULL} {FULL}."] * 3)
    assert head_date(heads) == "Monday, 3 June 2019"


def test_a_headline_that_other_pages_repeat_in_small_is_left_in():
    first = Page(800.0, [line("Weir holds", 790, size=18.0), line(FULL, 700), line(f"{FULL}.", 688)])
    text = read(first, *[page(FULL, f"{FULL}.", head=["Weir holds"])] * 2)
    assert text.count("Weir holds") == 1


@pytest.mark.parametrize("number", ["7", "- 7 -", "Page 7", "7 / 12", "7 of 12"])
def test_the_number_of_the_only_page_is_left_out(number):
    assert read(page(FULL, f"{FULL}.", foot=[number])) == f"{FULL} {FULL}."


def test_a_line_that_occurs_twice_in_the_text_is_text():
    pages = [page(f"{FULL}.", "“No,” she said.", top=500.0)] * 2
    assert read(*pages).count("“No,” she said.") == 2


def test_text_runs_over_a_page_but_a_new_paragraph_does_not():
    head = ["Harbour Post"]
    assert read(page(FULL, head=head), page("the mill.", head=head)) == f"{FULL} the mill."
    assert read(page(f"{FULL}.", head=head), page("“It holds.”", head=head)) == f"{FULL}.\n\n“It holds.”"


@pytest.mark.parametrize(
    "heads", [["3/6/2019, 10:15"], ["Post | 3 June 2019", "Post | 4 June 2019"], ["Post"], []]
)
def test_a_date_that_may_be_of_the_printing_is_not_a_date(heads):
    assert head_date(heads) is None


def write_pdf(pages, title="untitled"):
    """Return a PDF whose pages are lines (left, foot, size of letters, text) in Helvetica."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({title}) >>".encode(),
    ]
    for number, lines in enumerate(pages):
        shown = b"".join(
            f"BT /F {size} Tf {left} {foot} Td (".encode()
            + text.encode("cp1252").replace(b"(", rb"\(").replace(b")", rb"\)")
            + b") Tj ET\n"
            for left, foot, size, text in lines
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {6 + 2 * number} 0 R"
            " /Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%sendstream" % (len(shown), shown))
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return data + b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def test_an_article_on_two_pages_is_read_as_it_was_before_it_was_printed():
    first = [
        (50, 780, 8, "HARBOUR POST | Monday, 3 June 2019"),
        (50, 730, 18, "Tide mill stops"),
        (50, 705, 10, "By Ada Vale"),
        (50, 680, 11, "ORR (River News) - The tide mill at Orr stood still on Monday for want of re-"),
        (50, 667, 11, "pairs, miller Ines Orr said."),
        (50, 642, 11, "“The wheel is worn out,” Orr told the board of the mill, which met at the"),
        (50, 20, 8, "Page 1 of 2"),
    ]
    second = [
        (50, 780, 8, "HARBOUR POST | Monday, 3 June 2019"),
        (50, 730, 11, "inn for the first time this year."),
        (50, 20, 8, "Page 2 of 2"),
    ]
    record = read_records(write_pdf([first, second]), "a.pdf").records.row(0, named=True)
    assert record["headline"] == "Tide mill stops"
    assert (record["byline"], record["dateline_place"]) == ("Ada Vale", "ORR")
    assert (str(record["published_on"]), record["published_in"]) == ("2019-06-03", "page header")
    assert record["body"].endswith(
        "The tide mill at Orr stood still on Monday for want of repairs, miller Ines Orr said.\n\n“The wheel is worn"
        " out,” Orr told the board of the mill, which met at the inn for the first time this year."
    )
    assert "Page" not in record["body"]


@pytest.mark.parametrize(
    ("title", "headline"), [("Weir holds", "Weir holds"), ("Microsoft Word - weir.doc", None)]
)
def test_a_title_set_by_a_program_is_not_a_headline(title, headline):
    said = (50, 700, 11, "The weir holds, said Ines Orr, who keeps it, as she has done for nine years.")
    assert read_records(write_pdf([[said]], title), "a.pdf").records["headline"].to_list() == [headline]
