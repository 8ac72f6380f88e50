"""Define functions for `tests/flows/test_bombs.py`, each of which makes a small file that is costly to read."""

from __future__ import annotations

import io
import json
import zipfile

import pyarrow as pa
from pyarrow import parquet

SAID = "The mill was sold on Monday, Ada Roe said."
BLANKS = "\t " * 40_000


def zip_of(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def wide_sheet(number):
    """Return a workbook with two cells as far apart as possible: the reader must not create the cells between them."""
    far = (
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c><c r="B1"><v>{number}</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    schemas = "http://schemas.openxmlformats.org"
    sheet, office = f"{schemas}/spreadsheetml/2006/main", f"{schemas}/officeDocument/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{kinds}.{kind}+xml"/>'
        for name, kind in (("workbook", "sheet.main"), ("s", "worksheet"))
    )
    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{schemas}/package/2006/content-types">{types}</Types>',
            "_rels/.rels": relate(f"{office}/officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{sheet}" xmlns:r="{office}">'
            '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relate(f"{office}/worksheet", "s.xml"),
            "xl/s.xml": f'<worksheet xmlns="{sheet}"><dimension ref="A1:XFD1048576"/>'
            f"<sheetData>{far}</sheetData></worksheet>",
        }
    )


def relate(kind, target):
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{kind}" Target="{target}"/></Relationships>'


def sheet_of(rows):
    """Return a workbook whose one sheet has these rows, as XML."""
    with zipfile.ZipFile(io.BytesIO(wide_sheet(1))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head, tail = members["xl/s.xml"].split(b"<sheetData>")[0], b"</sheetData></worksheet>"
    members["xl/s.xml"] = head + b"<sheetData>" + rows + tail
    return zip_of(members)


def cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


NAMES = b'<row r="1">' + cell("A1", "text") + b"</row>"


def empty_rows():
    return sheet_of(NAMES + b'<row r="2"><c r="A2" s="1"/></row>' * 1_000_000)


def far_row():
    return sheet_of(NAMES + b'<row r="99999999999">' + cell("A99999999999", SAID) + b"</row>")


def word_of(body):
    office = "http://schemas.openxmlformats.org"
    word = f"{office}/wordprocessingml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types"><Override '
            f'PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": relate(
                f"{office}/officeDocument/2006/relationships/officeDocument", "word/document.xml"
            ),
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
        }
    )


def wide_cell():
    span = '<w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>'
    return word_of(f"<w:tbl><w:tr><w:tc>{span}<w:p><w:r><w:t>{SAID}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>")


def many_tables():
    return word_of(
        "<w:tbl><w:tr><w:tc>" * 5000
        + f"<w:p><w:r><w:t>{SAID}</w:t></w:r></w:p>"
        + "</w:tc></w:tr></w:tbl>" * 5000
    )


def pdf_of(pages, content, more=()):
    """Return a PDF document whose pages all show `content`, its object 3; `more` are the objects from number 4 on."""
    kids = " ".join(f"{10_000 + number} 0 R" for number in range(pages))
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 3 0 R /Resources << {} >> >>"
    used = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    if more:
        used += f" /XObject << /X {3 + len(more)} 0 R >>"
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>",
        3: f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        **dict(enumerate(more, 4)),
        **{10_000 + number: page.format(used) for number in range(pages)},
    }
    written, places = "%PDF-1.4\n", {}
    for number, said in objects.items():
        places[number] = len(written)
        written += f"{number} 0 obj\n{said}\nendobj\n"
    table = "".join(f"{number} 1\n{place:010} 00000 n \n" for number, place in places.items())
    return f"{written}xref\n{table}trailer\n<< /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF".encode()


def page_shown_2000_times():
    return pdf_of(2000, "BT /F1 10 Tf " + "(a a a a a a a a) Tj 0 -12 Td " * 500 + "ET")


def forms_in_forms():
    """Return a PDF document with ten levels of forms; each form draws the form below it ten times."""
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << {} >> /Length {} >>\nstream\n{}\nendstream"
    show, levels = "/X Do " * 10, []
    for level in range(10):
        below = f"/XObject << /X {3 + level} 0 R >>" if level else "/Font << >>"
        said = show if level else "BT (x) Tj ET"
        levels.append(form.format(below, len(said), said))
    return pdf_of(1, show, levels)


def parquet_of(table, **options):
    packed = io.BytesIO()
    parquet.write_table(table, packed, compression="zstd", **options)
    return packed.getvalue()


def one_text_in_many_rows():
    text = SAID + " " + "It was cold. " * 70_000
    return parquet_of(
        pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), [text])})
    )


def millions_of_rows():
    return parquet_of(
        pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 3_000_000, pa.int32()), [SAID])})
    )


def lists_in_lists():
    value = ["x"] * 10
    for _ in range(4):
        value = [value] * 10
    return parquet_of(pa.table({"text": [SAID] * 20, "tags": [value] * 20}))


def wide_table():
    names = ",".join(f"c{number}" for number in range(100_000))
    return f"{names}\n{'1,' * 99_999}1\n".encode()


def ten_million_rows():
    return b"text\theadline\n" + b"\tb\n" * 10_000_000


def open_quotation():
    return b'text,headline\n"' + b"a,b\n" * 300_000


def deep_json():
    return b'{"a":' * 100_000 + b"1" + b"}" * 100_000


def long_number():
    return json.dumps({"headline": "Mill", "text": SAID, "id": "N"}).replace('"N"', "9" * 500_000).encode()


def half_characters():
    return b'{"headline": "\\ud800 Mill", "text": "The mill was sold\\udfff, she said.", "\\ud801": "\\udc00\\u0000"}'


def spans_in_spans():
    return f"<html><body><article><p>{SAID}</p>{'<span>' * 120_000}</article></body></html>".encode()


def many_attributes():
    attributes = " ".join(f"a{number}=1" for number in range(80_000))
    return f"<html><body><article {attributes}><p>{SAID} {SAID}</p></article></body></html>".encode()


def header_of_semicolons():
    return (
        b'From: a@b.example\nSubject: Mill\nContent-Type: text/plain; a="'
        + b";" * 200_000
        + f'"\n\n{SAID}'.encode()
    )


def endless_record_header():
    return b"WARC/1.0\r\nWARC-Type: response\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"


def blanks_and_brackets():
    return (SAID + " " * 200_000 + "(" * 100_000 + "[" * 100_000 + '"' * 50_000).encode()


def blanks_below_a_title():
    return f"---\ntitle: A\n---\n# A mill\n\n{BLANKS}x\n\n{SAID}".encode()


def blanks_in_a_cell():
    return f'title;text\nA;"The{BLANKS}mill stood. {SAID}"\n'.encode()


def digits_in_an_export():
    return f"HD\nA mill\n\nLP\n{SAID}\n\nTD\n{'0123456789' * 10_000}\n\nDocument MILL000020190102ef1200001\n".encode()
