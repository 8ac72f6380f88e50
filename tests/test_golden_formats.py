"""Files of each format, as other programs write them, give exactly the expected articles.

A folder of `golden_formats` is a format; every file in it has an `<file>.expected.json`: all fields that are not
null, and the reasons of what is rejected. All texts are our own, about invented people.
"""

import json

import pytest

from tests.golden_files import expected_file, golden_files, read_golden
from transforms.readers import FORMATS, read_records

FILES = golden_files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_golden_files_of_formats(path):
    expected = json.loads(expected_file(path).read_text(encoding="utf-8"))
    assert read_golden(path) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_article_found_is_a_record_or_a_reject(path):
    reading = read_records(path.read_bytes(), path.name)
    numbers = [*reading.records["record_no"], *(reject.record_no for reject in reading.rejects)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_every_format_has_golden_files():
    assert {path.parent.name for path in FILES} == {format_.name for format_ in FORMATS}
