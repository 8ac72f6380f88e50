"""The reader process reads small files that are costly to unpack within its bounds of time and memory."""

from pathlib import Path

import pytest

from bench import bombs
from flows.compute.readers import Bounds, open_reader
from flows.sources.base import FileBytes
from transforms.readers import Options

STATUS = Path("/proc/self/status")
pytestmark = [
    pytest.mark.skipif(not STATUS.exists(), reason=f"there is no {STATUS} to read the memory from"),
    pytest.mark.usefixtures("fresh_readers"),
]
MEMORY = 600_000_000
ARTICLE = None  # what is read, and not rejected

# The code of the reject, and the processor seconds that it may take on a slow machine.
BOMBS = [
    (bombs.empty_rows, "unpacks_too_large", 2),
    (bombs.far_row, ARTICLE, 2),
    (bombs.wide_cell, ARTICLE, 2),
    (bombs.many_tables, "nested_too_deep", 2),
    (bombs.page_shown_2000_times, "no_body", 8),
    (bombs.one_text_in_many_rows, "unpacks_too_large", 8),
    (bombs.millions_of_rows, "too_many_articles", 8),
    (bombs.lists_in_lists, ARTICLE, 4),
    (bombs.wide_table, "no_article", 2),
    (bombs.open_quotation, "too_long", 4),
    (bombs.deep_json, "nested_too_deep", 2),
    (bombs.long_number, ARTICLE, 2),
    (bombs.half_characters, ARTICLE, 2),
    (bombs.spans_in_spans, "nested_too_deep", 4),
    (bombs.many_attributes, ARTICLE, 4),
    (bombs.header_of_semicolons, ARTICLE, 2),
    (bombs.endless_record_header, "malformed", 4),
    (bombs.blanks_and_brackets, ARTICLE, 6),
    (bombs.blanks_below_a_title, ARTICLE, 6),
    (bombs.blanks_in_a_cell, ARTICLE, 4),
    (bombs.digits_in_an_export, ARTICLE, 4),
]


def read(data, bounds):
    """Read a bomb; return its reading, and the CPU seconds and peak bytes of the process (0 if it died)."""
    with open_reader(bounds) as reader:
        good = FileBytes("good", b"The weir stays, Bo Hale said on Friday.")
        contents = iter([(good, None), (FileBytes("bomb", data), None), (good, None)])
        before, bomb, after = (reading for _, _, reading in reader.read_all(contents, Options()))
        process = reader._process and Path(f"/proc/{reader._process._process.pid}")
        seconds = sum(map(int, (process / "stat").read_text().split()[13:15])) / 100 if process else 0
        peak = 1024 * int((process / "status").read_text().split("VmHWM:")[1].split()[0]) if process else 0
    assert before.records.height == after.records.height == 1
    return bomb, seconds, peak


@pytest.mark.slow
@pytest.mark.parametrize(("make", "code", "seconds"), BOMBS, ids=[make.__name__ for make, _, _ in BOMBS])
def test_a_bomb_is_stopped_by_counted_bounds(make, code, seconds):
    bomb, taken, peak = read(make(), Bounds(memory=MEMORY, seconds=20))
    codes = {no.reason_code for no in bomb.rejects}
    assert (codes == {code} and bomb.rejects[-1].reason.startswith("bomb")) if code else not codes
    assert bomb.records.height or code
    assert taken < seconds and 0 < peak < MEMORY


def test_forms_in_forms_end_the_process_for_memory_or_time():
    bomb, _, _ = read(bombs.forms_in_forms(), Bounds(memory=400_000_000, seconds=5))
    assert {no.reason_code for no in bomb.rejects} <= {
        "too_much_memory",
        "too_slow",
        "reader_crashed",
    } and bomb.rejects


@pytest.mark.slow
def test_a_table_of_ten_million_rows_without_a_text_is_given_up():
    bomb, _, peak = read(bombs.ten_million_rows(), Bounds())
    assert bomb.rejects[-1].reason_code == "no_article"
    assert len(bomb.rejects) == 10_001 and peak < 1_000_000_000
