"""Damage files of every format at random: no exception escapes, nothing hangs, and the counts of each file add up.

With `ONRECORD_MANGLED=10000` in the environment, the test tries 10,000 files, otherwise a few hundred.
"""

import os
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.frames import RECORDS
from transforms.readers import Limits, Options, read_records

FOLDER = Path(__file__).parent / "golden_formats"
FILES = [path.read_bytes() for path in sorted(FOLDER.glob("*/*")) if not path.name.endswith(".expected.json")]
SECONDS = 5
OPTIONS = Options(Limits(file_bytes=2_000_000, unpacked_bytes=20_000_000, articles=500))

NASTY = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"<![CDATA[", b"]]>", b"%PDF-1.7", b"WARC/1.0\r\n",
    b"<!ENTITY x SYSTEM 'file:///etc/passwd'>", b"&x;", b"&#0;", b"&#xD800;", b"\\ud800", b"\xed\xa0\x80",
    b"\xe2\x80\xae", b"{" * 2000, b"[" * 2000, b"<div>" * 1000, b"(" * 500, b'"', b"\r", b"\n\n", b"9" * 5000,
    b"-1e999", b"--cut", b"From x Mon Jun  3 14:05:00 2019\n", b"<script>alert(1)</script>", b"31 February 2019",
    b"0000-00-00", b"99999-99-99T99:99:99Z", b"'; drop table articles; --", b"A" * 20_000, b" " * 20_000,
    b"\t" * 5_000, b",;|" * 500, b"a:" * 500, b"*_" * 500, b"[](" * 300,
]  # fmt: skip
PLACE = st.floats(0, 1, exclude_max=True)
EDIT = st.one_of(
    st.tuples(st.just("cut"), PLACE, PLACE),
    st.tuples(st.just("end"), PLACE, PLACE),
    st.tuples(st.just("repeat"), PLACE, PLACE),
    st.tuples(st.just("insert"), PLACE, st.sampled_from(NASTY) | st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("overwrite"), PLACE, st.sampled_from(NASTY) | st.binary(min_size=1, max_size=4)),
    st.tuples(st.just("splice"), PLACE, st.integers(0, len(FILES) - 1)),
)


def mangle(data, edits):
    for kind, place, what in edits:
        start = int(place * len(data))
        if kind == "end":
            data = data[:start]
        elif kind == "cut":
            data = data[:start] + data[start + int(what * 200) :]
        elif kind == "repeat":
            data = data[:start] + data[start : start + int(what * 2_000)] * 3 + data[start:]
        elif kind == "splice":
            data = data[:start] + FILES[what][int(place * len(FILES[what])) :]
        else:
            data = data[:start] + what + data[start + (len(what) if kind == "overwrite" else 0) :]
    return data


@settings(
    max_examples=int(os.environ.get("ONRECORD_MANGLED", 250)),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.sampled_from(FILES), st.lists(EDIT, min_size=1, max_size=5))
def test_mangled_files_balance_and_do_not_hang(data, edits):
    mangled = mangle(data, edits)
    start = time.process_time()
    reading = read_records(mangled, "a.bin", OPTIONS)
    assert time.process_time() - start < SECONDS
    assert reading.records.schema == RECORDS
    numbers = [*reading.records["record_no"], *(reject.record_no for reject in reading.rejects)]
    assert sorted(numbers, key=lambda number: number or 0) in ([None], list(range(1, len(numbers) + 1)))
    assert numbers
    assert all(reject.reason.startswith("a.bin") and reject.reason_code for reject in reading.rejects)
    for text in [*reading.records["body"], *reading.records["headline"].drop_nulls()]:
        assert text.strip()
