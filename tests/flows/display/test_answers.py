"""Answers on the terminal and for programs."""

import io
import json
from datetime import date

import polars as pl
from markdown_it import MarkdownIt
from rich.console import Console

from flows.display.answers import print_table, write_answer
from warehouse.query.ask import Answer

ANSWER = pl.DataFrame(
    {
        "speaker": ["Ada Quill", None],
        "spans": [[{"start": 1, "end": 2}], []],
        "day": [date(2024, 5, 3), None],
        "n": [1, 2],
    }
)


def as_answer(frame):
    return Answer(frame.clear(), iter([frame.head(1), frame.tail(-1)]))


def printed(frame, form="table", *, width=100, rows=100, raw=False):
    if form == "table":
        out = io.StringIO()
        print_table(as_answer(frame), rows, Console(file=out, width=width))
        return out.getvalue()
    out = io.BytesIO()
    write_answer(as_answer(frame), form, out, raw=raw)
    return out.getvalue().decode()


def test_csv_holds_lists_as_json():
    assert printed(ANSWER, "csv").splitlines() == [
        "speaker,spans,day,n",
        'Ada Quill,"[{""start"": 1, ""end"": 2}]",2024-05-03,1',
        ",[],,2",
    ]


def test_csv_cells_that_would_run_begin_with_an_apostrophe_except_in_raw():
    hostile = pl.DataFrame({"said": ["=cmd|' /C calc'!A0", "+1", "say\x1b[2J"], "n": [-1, -2, 3]})
    assert printed(hostile, "csv").splitlines() == ["said,n", "'=cmd|' /C calc'!A0,-1", "'+1,-2", "say [2J,3"]
    assert printed(hostile, "csv", raw=True).splitlines()[1] == "=cmd|' /C calc'!A0,-1"


def test_markdown_holds_texts_and_no_markup_of_theirs():
    texts = [
        "<img src=x onerror=alert(1)>", "![x](http://evil.example/x.png)", "[x](javascript:alert(1))", "a|b", "a\\|b",
        "`|`", "&lt;b&gt;", "**loud** <!--", "a\n# b", "<http://evil.example>", "]: x", "x\\",
    ]  # fmt: skip
    written = printed(pl.DataFrame({"<b>said</b>": texts, "n": range(len(texts))}), "md")
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(written)
    cells = [token for token in tokens if token.type == "inline"]
    assert {part.type for cell in cells for part in cell.children} == {"text"}
    shown = ["".join(part.content for part in cell.children) for cell in cells]
    rows = [cell for number, text in enumerate(texts) for cell in (text.replace("\n", " "), str(number))]
    assert shown == ["<b>said</b>", "n", *rows]


def test_json_escapes_all_control_characters_and_means_the_same():
    text = printed(pl.DataFrame({"said": ["a\x1b\x7f\x9b2J"]}), "json")
    assert text == '[\n{"said": "a\\u001b\\u007f\\u009b2J"}\n]\n'
    assert json.loads(text) == [{"said": "a\x1b\x7f\x9b2J"}]


def test_json_is_one_array_and_json_lines_one_object_a_line():
    assert [row["day"] for row in json.loads(printed(ANSWER, "json"))] == ["2024-05-03", None]
    assert [json.loads(line)["day"] for line in printed(ANSWER, "jsonl").splitlines()] == ["2024-05-03", None]
    assert json.loads(printed(ANSWER.clear(), "json")) == []


def test_json_has_null_for_nan_and_infinity():
    odd = pl.DataFrame({"n": [float("nan"), float("inf"), 1.5]})
    assert [row["n"] for row in json.loads(printed(odd, "json"))] == [None, None, 1.5]


def test_tables_show_significant_digits_and_files_show_all_digits():
    numbers = pl.DataFrame({"n": [0.8734612345, 12345.0, 0.00001234567, -0.5]})
    assert printed(numbers).split()[2:6] == ["0.8735", "12345", "1.235e-05", "-0.5"]
    assert "0.8734612345" in printed(numbers, "csv")


def test_a_table_shows_nulls_and_counts_rows():
    text = printed(ANSWER)
    assert "Ada Quill" in text
    assert "null" in text
    assert text.endswith("2 rows\n")


def test_rows_beyond_the_limit_are_counted_but_not_shown():
    text = printed(pl.DataFrame({"n": range(1000, 1050)}), rows=2)
    assert "1001" in text
    assert "1002" not in text
    assert "50 rows, the first 2 shown" in text


def test_many_columns_are_shown_one_below_the_other():
    text = printed(pl.DataFrame({f"column_{number}": ["value"] for number in range(30)}), width=60)
    assert [line.split() for line in text.splitlines() if "column_7 " in line] == [["column_7", "value"]]


def test_control_characters_of_articles_never_reach_the_terminal():
    text = printed(pl.DataFrame({"say\x1b[2J": ["\x1b]0;owned\x07 \u202eevil\u2028 [bold]text[/]"]}))
    assert not set(text) & set("\x1b\x07\u202e")
    assert "evil  [bold]text[/]" in text


def test_long_text_is_cut_in_tables_and_whole_in_csv():
    long = pl.DataFrame({"body": ["x" * 5000]})
    assert printed(long).count("x") < 400
    assert printed(long, "csv").count("x") == 5000


def test_markdown_is_one_table_whatever_the_text_holds():
    text = printed(pl.DataFrame({"say | so": ["a|b\nc", None], "n": [1, 2]}), "markdown")
    assert text.splitlines() == ["| say \\| so | n |", "| --- | ---: |", "| a\\|b c | 1 |", "|  | 2 |"]


def test_parquet_is_read_back_equal():
    out = io.BytesIO()
    write_answer(as_answer(ANSWER), "parquet", out)
    assert pl.read_parquet(out.getvalue()).equals(ANSWER)
    empty = io.BytesIO()
    write_answer(as_answer(ANSWER.clear()), "parquet", empty)
    assert pl.read_parquet(empty.getvalue()).schema == ANSWER.schema
