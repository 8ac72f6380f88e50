"""Tables: what spreadsheets and scripts write around the cells, what is missing, and what is damaged."""

import io
import json
import re
import time
import zipfile
from datetime import date, datetime

import openpyxl
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from transforms.readers import Options, read_records

SAID = "The weir holds as Ines Orr said."


def read(text, encoding="utf-8", **options):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read_records(data, "a.csv", Options(**options))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("first", ["", "sep=;\n", '"sep=;"\r\n', "SEP=;\n", "\n\n"])
def test_lines_above_the_column_names_are_not_rows(mark, first):
    reading = read(f'{mark}{first}"title; all";text\nWeir;{SAID}\n')
    assert (reading.records["body"].to_list(), reading.rejects) == ([SAID], [])


def test_a_line_may_name_a_separator_that_is_unusual():
    reading = read(f"sep=^\ntitle^text\nWeir, mill^{SAID}\n")
    assert reading.records.select("headline", "body").rows() == [("Weir, mill", SAID)]


@pytest.mark.parametrize(
    "nothing", ["", "nan", "NaN", "NULL", "None", "N/A", "#N/A", "<NA>", "\\N", " null "]
)
def test_words_for_nothing_mean_null(nothing):
    row = read(f"title,author,date,source,text\n{nothing},{nothing},{nothing},{nothing},{SAID}\n").records
    assert row.select("headline", "byline", "published", "outlet").row(0) == (None,) * 4
    (reject,) = read(f"title,text\nWeir,{nothing}\n").rejects
    assert reject.reason_code == "no_body"


def test_a_list_in_a_cell_is_a_list_of_authors():
    row = read(f"author,text\n\"['Ada Vale', 'Tom Reed']\",{SAID}\n").records
    assert row["byline"].to_list() == ["Ada Vale, Tom Reed"]


def test_one_stray_byte_costs_only_its_row():
    data = f"title,text\nÉén,{SAID}\nTwo,It b\udcffoke.\nThree,{SAID}\n".encode("utf-8", "surrogateescape")
    reading = read(data)
    assert reading.records["headline"].to_list() == ["Één", "Three"]
    assert [(reject.record_no, reject.reason_code) for reject in reading.rejects] == [(2, "undecodable")]


def test_a_stray_byte_in_a_name_leaves_rejects_and_records_writable():
    data = f"title,text,b\udcffd\nÉén,,éé\nTwo,{SAID},ÿ\n".encode("utf-8", "surrogateescape")
    reading = read(data)
    assert reading.records["extra"].to_list() == ['{"bd": "ÿ"}']
    assert reading.rejects[0].payload.encode()


def test_too_many_empty_cells_do_no_harm():
    reading = read(f"title,text\nWeir,{SAID},,\n")
    assert reading.records["body"].to_list() == [SAID]


@pytest.mark.parametrize(
    "table",
    [
        "id,url,title,publish_date\n1,https://post.example/a,Weir,2023-09-18\n",
        "kop;inhoud;dag\nStuw;Het is zo, zei zij.;2023\nMolen;Het is niet zo.;2023\n",
        "year\tplace\ttons\n1990\tOrr\t7\n1991\tOrr\t8\n",
        "\n".join(["naam,getal", "a,1", "b,2", "c,3", "d,4"]),
    ],
)
def test_a_table_without_a_column_of_texts_is_rejected_with_a_hint(table):
    (reject,) = read(table).rejects
    assert reject.reason_code == "no_article"
    assert "--map body=" in reject.reason


def test_a_mapping_names_the_column_of_texts():
    reading = read(f"kop;inhoud\nStuw;{SAID}\n", mapping={"body": "inhoud", "headline": "kop"})
    assert reading.records.select("headline", "body").rows() == [("Stuw", SAID)]


@pytest.mark.parametrize(
    "text",
    [
        "Weirs, mills and locks\n\nThe weir holds, the mill does not, said Ines Orr.\n",
        "On Monday, at noon, they met.\nOn Tuesday, at one, they left.\nOn Friday, at two, they came.\n",
        "Orr, a town\n\nThe weir holds, she said.\n",
        f"Weir | mill\n\n{SAID}\n",
    ],
)
def test_prose_with_commas_is_not_a_table(text):
    assert read(text).format == "text"


# --- Dates in numbers -----------------------------------------------------------------------------------------


def days(rows, **options):
    table = "date,text\n" + "".join(f"{row},{SAID} {number}\n" for number, row in enumerate(rows))
    return read(table, **options).records["published_on"].to_list()


def test_one_row_that_shows_the_order_decides_for_the_column():
    assert days(["03/04/2019", "25/04/2019"]) == [date(2019, 4, 3), date(2019, 4, 25)]
    assert days(["03/04/2019", "04/25/2019"]) == [date(2019, 3, 4), date(2019, 4, 25)]


def test_without_evidence_or_with_two_kinds_of_it_the_day_stays_open():
    assert days(["03/04/2019", "05/06/2019"]) == [None, None]
    assert days(["03/04/2019", "25/04/2019", "04/25/2019"]) == [None, date(2019, 4, 25), date(2019, 4, 25)]


def test_a_setting_decides_where_the_column_does_not():
    assert days(["03/04/2019"], dates="day_first") == [date(2019, 4, 3)]
    assert days(["03.04.2019 10:15"], dates="month_first") == [date(2019, 3, 4)]
    assert days(["03/04/2019", "04/25/2019"], dates="day_first") == [date(2019, 3, 4), date(2019, 4, 25)]


def test_each_table_of_an_archive_decides_for_itself():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", f"date,text\n03/04/2019,{SAID}\n25/04/2019,{SAID}\n")
        packed.writestr("b.csv", f"date,text\n03/04/2019,{SAID}\n04/25/2019,{SAID}\n")
        packed.writestr("c.csv", f"date,text\n03/04/2019,{SAID}\n")
    found = read_records(archive.getvalue(), "a.zip").records["published_on"].to_list()
    assert found == [date(2019, 4, 3), date(2019, 4, 25), date(2019, 3, 4), date(2019, 4, 25), None]


def test_a_setting_holds_for_a_date_in_a_text_file():
    data = f"Date: 03/04/2019\n\n{SAID}\n".encode()
    assert read_records(data, "a.txt", Options(dates="day_first")).records["published_on"][0] == date(
        2019, 4, 3
    )


# --- Excel and Parquet ----------------------------------------------------------------------------------------


def sheet(change):
    book, plain, changed = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["title", "date", "text"])
    for day in (1, 2, 3):
        book.active.append([f"T{day}", datetime(2024, 5, day), SAID])
    book.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name, change(text.decode()) if name.endswith("sheet1.xml") else text)
    return read_records(changed.getvalue(), "a.xlsx")


@pytest.mark.parametrize(
    ("cell", "damage"),
    [
        (r'(<c r="B3"[^>]*>)<v>[^<]*</v>', r"\1<v>99999999999</v>"),
        (r'(<c r="B3"[^>]*>)<v>[^<]*</v>', r"\1<v>soon</v>"),
        (r'<c r="B3".*?</c>', '<c r="B3" t="d"><v>2024-13-45</v></c>'),
        (r'<c r="B3".*?</c>', '<c r="B3" t="s"><v>77777</v></c>'),
    ],
)
def test_a_damaged_cell_costs_neither_its_row_nor_the_rest_of_the_sheet(cell, damage):
    reading = sheet(lambda text: re.sub(cell, damage, text))
    assert reading.records["published"].to_list() == ["2024-05-01", None, "2024-05-03"]
    assert reading.rejects == []


def test_times_in_nanoseconds_and_texts_without_a_type_are_read_from_parquet():
    file = io.BytesIO()
    times = pl.Series([1_700_000_000_123_456_789], dtype=pl.Datetime("ns", "UTC"))
    pl.DataFrame({"text": [SAID.encode()], "published": times}).write_parquet(file)
    record = read_records(file.getvalue(), "a.parquet").records.row(0, named=True)
    assert (record["body"], record["published_on"]) == (SAID, date(2023, 11, 14))


def write_parquet(columns) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out, compression="zstd", use_dictionary=False)
    return out.getvalue()


def test_a_huge_cell_in_an_unused_column_is_not_opened():
    text = "Helena Marsk, the transport minister, said that the Ellby bridge would be closed for a year."
    reading = read_records(write_parquet({"text": [text], "junk": ["x" * 30_000_000]}), "a.parquet")
    assert reading.records["body"].to_list() == [text]
    assert reading.records["extra"].to_list() == [None]


def test_a_text_longer_than_an_article_may_be_is_rejected_before_it_is_read():
    reading = read_records(write_parquet({"text": ["x" * 30_000_000]}), "a.parquet")
    assert [reject.reason_code for reject in reading.rejects] == ["too_long"]


def test_a_header_longer_than_the_searched_part_is_not_an_article():
    names = ",".join(f"c{number}" for number in range(30_000))
    (reject,) = read(f"{names}\n{'1,' * 29_999}1\n".encode()).rejects
    assert reject.reason_code == "no_article"
    assert reject.reason.endswith("is a table with more columns than the limit of 1,000")


def test_an_encrypted_parquet_file_is_rejected_as_encrypted():
    (reject,) = read(b"PARE" + write_parquet({"text": [SAID]})[4:-4] + b"PARE").rejects
    assert reject.reason_code == "encrypted"


def test_rows_without_a_text_cost_little():
    start = time.process_time()
    reading = read(b"title,text,date\n" + b"a\n" * 9_000)
    assert [len(reading.rejects), reading.rejects[-1].reason_code] == [9_000, "no_body"]
    assert time.process_time() - start < 5


def test_an_overlong_number_format_is_rejected():
    book = openpyxl.Workbook()
    book.active.append(["text"])
    book.active.append([SAID])
    book.active["A2"].number_format = "[" * 2_000
    out = io.BytesIO()
    book.save(out)
    (reject,) = read(out.getvalue()).rejects
    assert reject.reason_code == "malformed"
    assert "a number format of more than 1,000 characters" in reject.reason


def test_texts_stored_as_differences_are_read():
    packed = io.BytesIO()
    texts = [f"The weir holds for {number} years, he said." for number in range(3)]
    parquet.write_table(
        pa.table({"text": texts}), packed, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}
    )
    assert read_records(packed.getvalue(), "a").records["body"].to_list() == texts


def test_a_nul_in_a_cell_does_not_reach_a_table():
    rows = "".join(f"W{number},The weir holds for {number} years\n" for number in range(3000))
    records = read_records(f"title,text\n{rows}A\0,The weir\0 holds\n".encode(), "a").records
    assert records.height == 3001
    assert "\0" not in records["body"][-1] + records["headline"][-1]


def test_a_huge_object_is_not_searched_for_the_fields_of_an_article():
    data = json.dumps({f"k{number}": 0 for number in range(100_001)} | {"text": "The weir holds, he said."})
    assert [one.reason_code for one in read_records(data.encode(), "a").rejects] == ["no_article"]
