"""Text that occurs once in a Word document is read once, whatever sizes its tables claim."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook

from bench.bombs import cell, sheet_of, word_of
from transforms.readers import read_records

SAID = "Helena Marsk, the transport minister, said that the Ellby bridge would be closed for a year."


def write(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_table(rows: list[list[str]]):
    document = Document()
    document.add_paragraph(SAID)
    table = document.add_table(len(rows), len(rows[0]))
    for number, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(number, column).text = text
    return document, table


def body_of(document) -> str:
    return read_records(write(document), "story.docx").records["body"].item()


def test_rows_of_a_table_are_lines_with_tabs():
    document, _ = with_table([["Bridge", "Year"], ["Ellby", "1931"]])
    assert body_of(document) == f"{SAID}\n\nBridge\tYear\n\nEllby\t1931"


def test_merged_cells_say_once_what_they_say():
    document, table = with_table([["“It is not safe,” Marsk said.", "", ""], ["", "Ellby", "1931"]])
    table.cell(0, 0).merge(table.cell(0, 2))
    assert body_of(document).count("It is not safe") == 1


@pytest.mark.parametrize("width", [10**6, 10**9])
def test_a_cell_that_claims_to_span_very_many_columns_costs_nothing(width):
    document, table = with_table([["Ellby", "1931"]])
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), str(width))
    table.cell(0, 0)._tc.get_or_add_tcPr().append(span)
    data, start = write(document), time.process_time()
    assert read_records(data, "story.docx").records["body"].item().endswith("Ellby\t1931")
    assert time.process_time() - start < 2


def test_tabs_and_line_ends_are_kept_and_text_boxes_are_not():
    document = Document()
    run = document.add_paragraph(SAID).add_run()
    run.add_tab()
    run.add_text("(River News)")
    run.add_break()
    run.add_text("The bridge was built in 1931.")
    box = OxmlElement("w:txbxContent")
    text = OxmlElement("w:t")
    text.text = "Advertisement"
    box.append(text)
    run._r.append(box)
    assert body_of(document) == f"{SAID}\t(River News)\nThe bridge was built in 1931."


def change_part(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return an Office document with other bytes in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.namelist():
            content = before.read(part)
            assert part != name or old in content
            after.writestr(part, content.replace(old, new, 1) if part == name else content)
    return out.getvalue()


ENTITIES = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("name", ["word/document.xml", "word/_rels/document.xml.rels", "docProps/core.xml"])
def test_a_word_document_that_declares_entities_is_rejected(name):
    data = change_part(write(with_table([["Ellby"]])[0]), name, b"?>", b"?>" + ENTITIES)
    (reject,) = read_records(data, "story.docx").rejects
    assert reject.reason_code == "xml_entities"


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_that_declares_entities_is_rejected(name):
    book = Workbook()
    book.active.append(["text"])
    book.active.append([SAID])
    out = io.BytesIO()
    book.save(out)
    data = change_part(out.getvalue(), name, b"<", ENTITIES + b"<")
    (reject,) = read_records(data, "story.xlsx").rejects
    assert reject.reason_code == "xml_entities"


def test_a_word_document_with_deep_markup_is_rejected_as_nested_too_deep():
    data = write(with_table([["Ellby"]])[0])
    (reject,) = read_records(
        change_part(data, "word/document.xml", b"</w:body>", b"<w:p>" * 300), "a"
    ).rejects
    assert reject.reason_code == "nested_too_deep"


def test_a_word_document_of_too_many_parts_is_rejected():
    out = io.BytesIO(write(with_table([["Ellby"]])[0]))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_000):
            archive.writestr(f"word/{number}.xml", b"")
    (reject,) = read_records(out.getvalue(), "story.docx").rejects
    assert reject.reason_code == "too_many_members"


def test_a_document_without_properties_has_no_title():
    """python-docx would give it the title "Word Document"."""
    records = read_records(word_of("<w:p><w:r><w:t>The weir holds, he said.</w:t></w:r></w:p>"), "a").records
    assert records["headline"].to_list() == [None]


def test_a_sheet_that_a_workbook_names_often_is_read_once():
    data = sheet_of(
        b'<row r="1">'
        + cell("A1", "text")
        + cell("B1", "title")
        + b"</row>"
        + b'<row r="2">'
        + cell("A2", "The weir holds, he said.")
        + cell("B2", "Weir")
        + b"</row>"
    )
    sheet = b'<sheet name="s" sheetId="1" r:id="r1"/>'
    often = b"".join(sheet.replace(b'"s"', b'"s%d"' % number) for number in range(50))
    assert read_records(change_part(data, "xl/workbook.xml", sheet, often), "a").records.height == 1
