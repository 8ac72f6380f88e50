"""Only the files that exceed a bound are rejected."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.bombs import zip_of
from flows.compute.readers import AHEAD_FILES, Bounds, Reader, ReaderError, open_reader, start_reader_early
from flows.ingest import ingest
from flows.settings import Settings
from flows.sources.base import FileBytes
from flows.sources.local import find_files, read_all
from tests.flows.compute.test_workers import is_alive
from transforms.readers import Limits, Options, read_records
from warehouse.files.connect import query

ROOT = Path(__file__).parents[3]
STORY = b"The mill was sold, Ada Roe said on Monday."
UNRULY = "import tests.unruly; from flows.compute.reader_main import main; main({}, {})"
BOUNDS = Bounds(memory=300_000_000, seconds=1, seconds_per_mb=1)


@pytest.fixture
def reader(monkeypatch):
    monkeypatch.setattr("flows.compute.readers.PROGRAM", UNRULY)
    monkeypatch.setattr("flows.compute.readers.CLOCK", 100)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with open_reader(BOUNDS) as reader:
        yield reader


def read(reader, files, options=None):
    """Read files, given as bytes or as the misbehaviour to simulate; return their readings."""
    contents = [
        (FileBytes(f"{number}", data if isinstance(data, bytes) else f"UNRULY {data}".encode()), None)
        for number, data in enumerate(files)
    ]
    return [reading for _, _, reading in reader.read_all(iter(contents), options or Options())]


def body(reading):
    return reading.records["body"].item()


def test_readings_are_those_of_this_process_in_their_order():
    folders = ["seeds/articles", "tests/golden_formats"]
    files = [
        file for file in find_files([str(ROOT / folder) for folder in folders]) if "expected" not in file.path
    ]
    contents = [(content, None) for content in read_all(files, 10**9, 10**8)]
    assert len(contents) > 50
    with open_reader(Bounds()) as reader:
        found = list(reader.read_all(iter(contents), Options()))
    assert [content.path for content, _, _ in found] == [file.path for file in files]
    for content, _, reading in found:
        expected = read_records(content.data, content.path)
        assert reading.records.equals(expected.records)
        assert (reading.format, reading.encoding, reading.rejects) == (
            expected.format, expected.encoding, expected.rejects
        )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "code", "words"),
    [
        ("spin", "too_slow", "takes longer to read than 1 s of CPU time (ONRECORD_READER_SECONDS"),
        ("sleep", "too_slow", "takes longer to read than 8 s of wall time"),
        (
            "eat",
            "too_much_memory",
            "needs more memory to read than one file may use (ONRECORD_READER_MEMORY)",
        ),
        ("abort", "too_much_memory", "needs more memory to read than 300 MB (ONRECORD_READER_MEMORY)"),
        ("crash", "reader_crashed", "crashes the reader (SIGSEGV)"),
        ("exit", "reader_crashed", "crashes the reader (exit code 7)"),
    ],
)
def test_a_file_that_breaks_a_bound_is_a_reject_and_the_next_one_is_read(
    reader, monkeypatch, what, code, words
):
    if what == "sleep":
        monkeypatch.setattr("flows.compute.readers.CLOCK", 8)
    before, hostile, after, last = read(reader, [STORY, what, STORY, "pid"])
    (reject,) = hostile.rejects
    assert (reject.reason_code, hostile.records.height) == (code, 0)
    assert reject.reason.startswith(f"1: {words}")
    assert body(before) == body(after) == STORY.decode()
    assert body(last).startswith("Process ")


def test_only_the_file_that_exceeds_a_bound_is_lost_from_an_archive_and_processes_of_others_live_on(reader):
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    members = {
        "a.txt": STORY,
        "b.txt": b"UNRULY spin",
        "c.txt": b"UNRULY exit",
        "d.txt": b"Sold, said Bo Hale.",
    }
    try:
        (reading,) = read(reader, [zip_of(members)])
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    assert reading.records["body"].to_list() == [STORY.decode(), "Sold, said Bo Hale."]
    assert reading.records["record_no"].to_list() == [1, 4]
    assert [(no.record_no, no.reason_code, no.reason.split(":")[0]) for no in reading.rejects] == [
        (2, "too_slow", "0 > b.txt"),
        (3, "reader_crashed", "0 > c.txt"),
    ]


def test_a_file_of_many_slow_places_is_not_read_again(reader):
    files = {f"{number}.txt": b"UNRULY work 0.2" for number in range(20)}
    (reading,) = read(reader, [zip_of(files)])
    assert [no.reason_code for no in reading.rejects] == ["too_slow"]
    assert " > " not in reading.rejects[0].reason


def test_an_archive_that_keeps_exceeding_bounds_is_rejected(reader):
    members = {f"{number}.txt": b"UNRULY exit" for number in range(9)} | {"z.txt": STORY}
    given_up, after = read(reader, [zip_of(members), STORY])
    assert given_up.records.is_empty()
    (reject,) = given_up.rejects
    assert (reject.record_no, reject.reason_code) == (None, "reader_crashed")
    assert (
        reject.reason
        == "0 > 3.txt: crashes the reader (exit code 7); earlier, 3 other files in this archive ended the reader too"
    )
    assert body(after) == STORY.decode()


def test_memory_held_by_earlier_files_does_not_count_against_a_later_one(reader):
    """Each file takes half of the remaining memory and never frees it."""
    readings = read(reader, ["hold 120"] * 6)
    assert [body(reading) for reading in readings] == ["Done: hold."] * 6


def test_a_file_is_blamed_for_memory_only_in_a_fresh_process(reader):
    readings = read(reader, ["hold 100", "hold 180", "hold 290"])
    assert [reading.rejects and reading.rejects[0].reason_code for reading in readings] == [
        [],
        [],
        "too_much_memory",
    ]


def test_one_process_reads_file_after_file(reader):
    pids = {
        body(reading)
        for reading in read(reader, ["pid", STORY, "pid", "pid"])
        if "pid" not in reading.rejects
    }
    assert len(pids) == 2  # the one, and the story


def test_a_flood_on_standard_error_does_no_harm(reader):
    flooded, after = read(reader, ["flood", STORY])
    assert flooded.records.height == 1 or flooded.rejects
    assert body(after) == STORY.decode()


def test_a_reader_knows_no_secrets_and_writes_no_large_files(reader, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("ONRECORD_NOTIFY_COMMAND", "hush")
    known, written = read(reader, ["environment", f"write {tmp_path / 'out'}"])
    assert "PATH" in body(known) and "AWS" not in body(known) and "ONRECORD" not in body(known)
    assert body(written) == "Refused: File too large"


def test_a_large_file_is_passed_as_an_open_file_and_again_after_a_crash(reader, tmp_path):
    lines = b'{"title": "Mill", "text": "The mill was sold, she said."}\n' * 3000
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "b.zip").write_bytes(zip_of({"a.txt": b"UNRULY exit", "b.jsonl": lines}))
    options = Options(Limits(file_bytes=100))
    files = list(find_files([str(tmp_path)]))
    contents = [(content, None) for content in read_all(files, 10**9, 100)]
    assert all(content.stream for content, _ in contents)
    options = Options(Limits(file_bytes=1_000_000))
    large, archive = (reading for _, _, reading in reader.read_all(iter(contents), options))
    assert large.records.equals(read_records(lines, files[0].path).records)
    assert (archive.records.height, archive.rejects[0].reason_code) == (3000, "reader_crashed")
    assert all(content.stream.closed for content, _ in contents)


def test_days_that_only_the_whole_file_shows_reach_its_first_part():
    """The last of 5,000 rows shows that the day comes first; a part has 2,000 rows."""
    rows = [f"Mill {number},03/04/2019,The mill was sold" for number in range(4999)]
    table = "\n".join(["headline,date,text", *rows, "Last,25/04/2019,The mill was sold"]).encode()
    with open_reader(Bounds()) as reader:
        (reading,) = read(reader, [table])
    assert reading.records.height == 5000
    assert set(reading.records["published_on"].cast(str)) == {"2019-04-03", "2019-04-25"}


def test_readings_are_right_after_an_abandoned_iteration(reader):
    contents = ((FileBytes(f"{number}", b"UNRULY pid"), None) for number in range(100))
    readings = reader.read_all(contents, Options())
    next(readings)
    readings.close()
    assert len(list(contents)) >= 100 - AHEAD_FILES - 3  # no more were opened
    (reading,) = read(reader, [STORY])
    assert body(reading) == STORY.decode()


def test_known_and_unreadable_files_pass_without_a_process():
    known = FileBytes("a", b"UNRULY spin"), "run"
    gone = FileBytes("b", reason_code="vanished", reason="b: gone"), None
    reader = Reader(Bounds())
    found = list(reader.read_all(iter([known, gone]), Options()))
    assert [reading.format for _, _, reading in found] == [None, None]
    assert reader._process is None


def test_a_process_that_cannot_start_is_an_error_of_the_run_and_no_reject(monkeypatch):
    monkeypatch.setattr("flows.compute.readers.PROGRAM", "raise SystemExit('no library ({}, {})')")
    with open_reader(Bounds()) as reader, pytest.raises(ReaderError, match="did not start: no library"):
        read(reader, [STORY])


def test_a_prestarted_process_is_used_or_ended(monkeypatch):
    readers = []
    start = Reader.start
    monkeypatch.setattr(Reader, "start", lambda reader: (readers.append(reader), start(reader))[1])
    with start_reader_early(BOUNDS):
        with open_reader(Bounds()) as other:
            assert other._process is None  # it has other bounds
        with open_reader(BOUNDS) as reader:
            used = reader._process._process
            assert reader is readers[0]
            with open_reader(BOUNDS) as another:
                assert another is not reader  # the early one is taken
    with start_reader_early(BOUNDS):
        unused = readers[-1]._process._process
    assert used.poll() is not None and unused.poll() is not None


ORPHAN = """
import sys, time
from flows.compute.readers import Bounds, Reader
reader = Reader(Bounds())
reader.start()
reader._process._await_start()
print(reader._process._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_the_process_ends_with_a_killed_run(end):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    pid = int(run.stdout.readline())
    run.send_signal(end)
    run.wait()
    until = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_alive(pid)


def test_a_run_continues_past_files_that_exceed_bounds_and_reports_them(prefect_here, monkeypatch, tmp_path):
    monkeypatch.setattr("flows.compute.readers.PROGRAM", UNRULY)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, what in enumerate(["eat", "crash"]):
        (inbox / f"{number}.txt").write_bytes(f"UNRULY {what}".encode())
    (inbox / "mill.txt").write_bytes(STORY)
    (inbox / "weir.zip").write_bytes(
        zip_of({"a": b"UNRULY crash", "b": b"The weir stays, Bo Hale said on Friday."})
    )
    warehouse = tmp_path / "data" / "w.duckdb"
    settings = Settings(warehouse=warehouse, reader_memory="400MB", reader_seconds=1)
    assert ingest([str(inbox)], settings).status == "published"
    counts = "outcome, articles_found, articles_loaded, articles_rejected"
    assert query(warehouse, f"SELECT parse_filename(path), {counts} FROM ops.files ORDER BY 1").rows() == [
        ("0.txt", "rejected", 1, 0, 1),
        ("1.txt", "rejected", 0, 0, 0),
        ("mill.txt", "loaded", 1, 1, 0),
        ("weir.zip", "loaded", 2, 1, 1),
    ]
    codes = "SELECT reason_code FROM ops.rejects ORDER BY path, record_no"
    assert query(warehouse, codes).to_series().to_list() == [
        "too_much_memory", "reader_crashed", "reader_crashed",
    ]  # fmt: skip
    assert ingest([str(inbox)], settings).status == "nothing_new"  # the same files, for the same reasons
