"""docs/formats.md has one line per format, with an example command."""

import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from transforms.readers import FORMATS
from transforms.readers.fields.field_names import NAMES
from transforms.readers.formats_page import write_page
from transforms.readers.records import Record

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"


def test_the_page_is_not_stale():
    assert PAGE.read_text(encoding="utf-8") == write_page()


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_each_format_has_one_line_with_a_command(format_):
    lines = [line for line in write_page().splitlines() if line.startswith(f"| {format_.name} |")]
    assert len(lines) == 1
    command = shlex.split(lines[0].split("`")[-2])
    assert command[:2] == ["onrecord", "ingest"]
    mapped = [after.split("=")[0] for option, after in pairwise(command) if option == "--map"]
    assert set(mapped) <= set(NAMES)


def test_names_are_of_fields_that_a_record_has():
    assert set(NAMES) - {"dateline"} <= set(Record.__dataclass_fields__)
