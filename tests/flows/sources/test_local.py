"""Sources -> files -> bytes: nothing on disk is lost, and nothing on disk stops the run."""

import errno
import hashlib
import os
import socket
import time
import tracemalloc
from pathlib import Path

import pytest

from flows.settings import Settings
from flows.sources.base import FileBytes, SourceError, SourceFile
from flows.sources.local import find_files, mark_found, printable, read_bytes, unprintable
from flows.sources.reach import Reach

MEGABYTE = 1 << 20


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def found(*names):
    return [file.path for file in find_files([str(name) for name in names])]


def read_one(path, max_bytes=MEGABYTE):
    (file,) = find_files([str(path)])
    return read_bytes(file, max_bytes)


# --- finding ------------------------------------------------------------------------------------------------


def test_folders_are_searched_all_the_way_down_sorted_without_hidden_names(tmp_path):
    make(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", ".hidden", ".git/config", "a/.x/y.txt")
    assert found(tmp_path) == [str(tmp_path / name) for name in ("a/b/c.txt", "a/z.txt", "b.txt")]


def test_folders_may_be_very_deep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deep = "/".join("d" * 600)
    Path(deep).mkdir(parents=True)
    Path(deep, "a.txt").touch()
    assert found("d") == [f"{deep}/a.txt"]


def test_a_hidden_file_that_is_named_is_read(tmp_path):
    make(tmp_path, ".hidden")
    assert found(tmp_path / ".hidden") == [str(tmp_path / ".hidden")]


def test_globs_name_files_and_folders(tmp_path):
    make(tmp_path, "a.txt", "b.md", "sub/c.txt", "sub/d.md")
    assert found(tmp_path / "*.txt") == [str(tmp_path / "a.txt")]
    assert found(tmp_path / "**/*.txt") == [str(tmp_path / "a.txt"), str(tmp_path / "sub/c.txt")]
    assert found(tmp_path / "s*") == [str(tmp_path / "sub/c.txt"), str(tmp_path / "sub/d.md")]


def test_each_path_comes_once_however_often_it_is_named(tmp_path, monkeypatch):
    make(tmp_path, "a.txt", "b.txt")
    monkeypatch.chdir(tmp_path)
    files = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert found("b.txt", "./b.txt", str(tmp_path), "*.txt") == files


def test_the_order_in_which_sources_are_named_changes_nothing(tmp_path):
    make(tmp_path, "a-b.txt", "a/c.txt", "b.txt")
    names = [tmp_path / name for name in ("b.txt", "a-b.txt", "a/c.txt")]
    in_order = [str(tmp_path / name) for name in ("a/c.txt", "a-b.txt", "b.txt")]
    assert found(*names) == found(*reversed(names)) == in_order


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path):
    make(tmp_path, "a[1].txt", "a1.txt")
    assert found(tmp_path / "a[1].txt") == [str(tmp_path / "a[1].txt")]


def test_a_glob_or_folder_without_files_is_not_an_error(tmp_path):
    assert found(tmp_path / "*.txt") == []
    result = read_one(tmp_path)
    assert (result.reason_code, result.data) == ("empty_folder", None)
    assert str(tmp_path) in result.reason


def test_output_of_a_run_is_not_a_source(tmp_path):
    make(
        tmp_path,
        "a.txt",
        "x.duckdb",
        "x.duckdb.lock",
        "state/prefect/prefect.db",
        "report/index.html",
        "report/report.json",
        f"report/articles/{'0a' * 16}.html",
        "report/articles/own.html",
        "report/data_docs/index.html",
        "report/b.txt",
    )
    settings = Settings(warehouse=tmp_path / "x.duckdb")
    files = find_files([str(tmp_path)], without=settings.outputs)
    expected = ("a.txt", "report/articles/own.html", "report/b.txt")
    assert [file.path for file in files] == [str(tmp_path / name) for name in expected]


@pytest.mark.parametrize("source", ["", "no/such/file.txt", "a\0b", "x" * 5000])
def test_a_source_that_names_nothing_is_an_error(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError):
        find_files([source])


def test_links_that_lead_nowhere_or_back_stay_in_the_list(tmp_path):
    make(tmp_path, "sub/a.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "sub/up").symlink_to(tmp_path)
    codes = {
        Path(file.path).name: read_bytes(file, MEGABYTE).reason_code for file in find_files([str(tmp_path)])
    }
    assert codes == {"gone.txt": "broken_link", "self.txt": "broken_link", "up": "not_a_file", "a.txt": None}


def test_links_to_files_and_a_named_link_to_a_folder_are_followed(tmp_path):
    make(tmp_path, "real/a.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real/a.txt")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    assert read_one(tmp_path / "link.txt").data == b"real/a.txt"
    assert found(tmp_path / "folder") == [str(tmp_path / "folder/a.txt")]


def outcomes(*sources, **reach):
    files = find_files([str(source) for source in sources], reach=Reach(**reach))
    return {Path(file.path).name: read_bytes(file, MEGABYTE).reason_code for file in files}


@pytest.fixture
def inbox(tmp_path):
    """A folder with a file, a link to that file, and several kinds of links that lead out of the folder."""
    make(tmp_path, "secret.txt", "other/more.txt", "in/a.txt", "in/sub/b.txt", "in-between.txt")
    inbox = tmp_path / "in"
    (inbox / "fine.txt").symlink_to("a.txt")
    (inbox / "sub/up.txt").symlink_to("../a.txt")
    (inbox / "absolute.txt").symlink_to(tmp_path / "secret.txt")
    (inbox / "relative.txt").symlink_to("../secret.txt")
    (inbox / "neighbour.txt").symlink_to("../in-between.txt")
    (inbox / "twice.txt").symlink_to("relative.txt")
    (inbox / "hard.txt").hardlink_to(inbox / "a.txt")
    return inbox


OUTSIDE = {f"{name}.txt": "outside_link" for name in ("absolute", "relative", "neighbour", "twice")}
INSIDE = dict.fromkeys(["a.txt", "b.txt", "up.txt", "fine.txt", "hard.txt"])


def test_links_that_lead_out_of_the_folder_are_rejected_unless_allowed(inbox):
    assert outcomes(inbox) == INSIDE | OUTSIDE
    assert outcomes(inbox, follow_links=True) == dict.fromkeys(INSIDE | OUTSIDE)


def test_a_named_link_to_a_folder_is_followed(inbox, tmp_path):
    (tmp_path / "link").symlink_to(inbox)
    assert outcomes(tmp_path / "link") == INSIDE | OUTSIDE


def test_a_glob_does_not_reach_outside_its_folder(inbox, tmp_path, monkeypatch):
    (inbox / "folder").symlink_to(tmp_path / "other")
    assert outcomes(inbox / "*.txt") == {
        name: code for name, code in (INSIDE | OUTSIDE).items() if name not in ("b.txt", "up.txt")
    }
    assert outcomes(inbox / "f*") == {"fine.txt": None, "folder": "outside_link"}
    assert outcomes(inbox / "**/*.txt") == INSIDE | OUTSIDE | {"more.txt": "outside_link"}
    monkeypatch.chdir(inbox)
    assert outcomes("*.txt")["relative.txt"] == outcomes("[r]elative.txt")["relative.txt"] == "outside_link"


def test_a_path_that_was_found_is_read_without_following_links_out_of_its_folder(inbox, tmp_path):
    paths = [str(path) for path in inbox.rglob("*.txt")]
    files = [read_bytes(file, MEGABYTE) for file in find_files([mark_found(p, str(inbox)) for p in paths])]
    assert {Path(file.path).name: file.reason_code for file in files} == INSIDE | OUTSIDE
    assert sorted(file.path for file in files) == sorted(paths)
    assert (
        mark_found("elsewhere/a.txt", "inbox") == "elsewhere/a.txt"
        and mark_found("inbox", "inbox") == "inbox"
    )


def test_a_named_file_that_becomes_a_link_before_it_is_read_is_not_followed(inbox, tmp_path):
    for source in (inbox / "a.txt", mark_found(str(inbox / "a.txt"), str(inbox))):
        (file,) = find_files([str(source)])
        (inbox / "a.txt").rename(inbox / "kept")
        (inbox / "a.txt").symlink_to(tmp_path / "secret.txt")
        assert read_bytes(file, MEGABYTE).reason_code == "outside_link"
        (inbox / "kept").replace(inbox / "a.txt")


def test_the_reason_says_where_the_link_leads(inbox, tmp_path):
    (file,) = [file for file in find_files([str(inbox)]) if file.path.endswith("relative.txt")]
    assert (
        f"is a link to {tmp_path / 'secret.txt'}, which is not in {inbox}"
        in read_bytes(file, MEGABYTE).reason
    )


def test_a_file_that_becomes_a_link_before_it_is_read_is_not_followed(inbox, tmp_path):
    files = list(find_files([str(inbox)]))
    (inbox / "a.txt").unlink()
    (inbox / "a.txt").symlink_to(tmp_path / "secret.txt")
    codes = {Path(file.path).name: read_bytes(file, MEGABYTE).reason_code for file in files}
    assert codes["a.txt"] == codes["fine.txt"] == "outside_link"


def test_names_not_in_utf8_are_readable_and_printable(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"one")
    (tmp_path / "caf\\xe9.txt").write_bytes(b"two")
    (tmp_path / "line\nend.txt").write_bytes(b"three")
    files = list(find_files([str(tmp_path)]))
    names = [file.path.removeprefix(f"{tmp_path}/") for file in files]
    assert names == ["caf\\xe9.txt", "caf\\xe9.txt~", "line\nend.txt"]
    assert all(name.encode() for name in names)
    assert [read_bytes(file, MEGABYTE).data for file in files] == [b"two", b"one", b"three"]


# --- reading ------------------------------------------------------------------------------------------------


def test_bytes_are_read_with_their_hash(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"text\r\n")
    path = str(tmp_path / "a.txt")
    assert read_one(path) == FileBytes(path, b"text\r\n", None, hashlib.sha256(b"text\r\n").hexdigest())


def test_a_stored_path_leads_back_to_the_name_on_disk(tmp_path):
    for name in (b"caf\xe9.txt", "café.txt".encode(), b"a b.txt"):
        location = os.fsdecode(name)
        assert unprintable(printable(location)) == location


def test_an_empty_file_is_rejected(tmp_path):
    (tmp_path / "a.txt").touch()
    result = read_one(tmp_path / "a.txt")
    assert (result.reason_code, result.data, result.file_sha256) == (
        "empty_file",
        None,
        hashlib.sha256().hexdigest(),
    )


def test_a_file_over_the_limit_is_hashed_but_not_kept(tmp_path):
    data = b"word " * 600_000
    (tmp_path / "a.txt").write_bytes(data)
    result = read_one(tmp_path / "a.txt")
    assert (result.reason_code, result.data) == ("too_large", None)
    assert result.file_sha256 == hashlib.sha256(data).hexdigest()
    assert "1,048,576 bytes" in result.reason
    assert read_one(tmp_path / "a.txt", max_bytes=len(data)).data == data


def test_a_large_file_that_is_read_bit_by_bit_comes_open(tmp_path):
    data = b'{"title": "Lock", "text": "It is open."}\n' * 100
    (tmp_path / "a.txt").write_bytes(data)
    (file,) = find_files([str(tmp_path / "a.txt")])
    result = read_bytes(file, len(data), max_held=len(data) - 1)
    with result.stream as stream:
        assert (result.data, stream.read()) == (None, data)
    assert result.file_sha256 == hashlib.sha256(data).hexdigest()
    (tmp_path / "a.txt").write_bytes(b"x" * len(data))
    assert read_bytes(file, len(data), max_held=len(data) - 1).reason_code == "too_large"


def test_a_file_that_claims_terabytes_is_not_hashed(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(1 << 42)
    result = read_one(tmp_path / "a.txt")
    assert (result.reason_code, result.file_sha256) == ("too_large", None)


def test_pipes_sockets_and_devices_are_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket"))
        results = [read_one(path) for path in (tmp_path / "pipe", tmp_path / "socket", "/dev/zero")]
    assert [result.reason_code for result in results] == ["not_a_file"] * 3
    assert "a named pipe" in results[0].reason


def test_a_folder_in_place_of_a_file_is_rejected(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    (file,) = find_files([str(tmp_path / "a.txt")])
    (tmp_path / "a.txt").unlink()
    (tmp_path / "a.txt").mkdir()
    assert read_bytes(file, MEGABYTE).reason_code == "not_a_file"


def test_a_file_that_vanished_since_it_was_found_is_rejected(tmp_path):
    make(tmp_path, "sub/a.txt")
    (file,) = find_files([str(tmp_path)])
    (tmp_path / "sub/a.txt").unlink()
    assert read_bytes(file, MEGABYTE).reason_code == "vanished"
    (tmp_path / "sub").rmdir()
    (tmp_path / "sub").touch()
    assert read_bytes(file, MEGABYTE).reason_code == "vanished"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that fails when it is read")
def test_an_input_error_is_a_reject_with_the_system_s_words():
    result = read_bytes(SourceFile("/proc/self/mem", "/proc/self/mem"), MEGABYTE)
    assert result.reason_code == "unreadable"
    assert os.strerror(errno.EIO) in result.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_or_folder_without_permission_is_rejected(tmp_path):
    make(tmp_path, "a.txt", "sub/b.txt")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "sub").chmod(0)
    codes = [read_bytes(file, MEGABYTE).reason_code for file in find_files([str(tmp_path)])]
    (tmp_path / "sub").chmod(0o700)
    assert codes == ["unreadable", "unreadable"]


def write_at_each_read(monkeypatch, path, times):
    """Simulate a writer that appends to `path` whenever a piece of it is read, `times` times in total."""
    read, left = os.read, iter(range(times))

    def read_while_written(descriptor, count):
        if next(left, None) is not None:
            with path.open("ab") as file:
                file.write(b"more")
        return read(descriptor, count)

    monkeypatch.setattr(os, "read", read_while_written)


def test_a_file_that_never_stops_changing_is_rejected(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"half")
    write_at_each_read(monkeypatch, path, times=1000)
    result = read_one(path)
    assert (result.reason_code, result.data, result.file_sha256) == ("file_changing", None, None)


def test_a_file_that_settles_is_read_on_a_later_try(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"half")
    write_at_each_read(monkeypatch, path, times=1)
    assert read_one(path).data == b"halfmore"


def test_a_writer_that_pauses_is_still_writing(tmp_path, monkeypatch):
    """The writer appends only while the reader waits for the file to rest, never during a read."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"half")

    def write_after(seconds):
        with path.open("ab") as file:
            file.write(b" more")

    monkeypatch.setattr(time, "sleep", write_after)
    assert read_one(path).reason_code == "file_changing"


def test_files_come_as_they_are_found(tmp_path):
    make(tmp_path, "a.txt", "b.txt", "sub/c.txt")
    files = find_files([str(tmp_path)])
    assert next(files).path == str(tmp_path / "a.txt")
    (tmp_path / "sub/d.txt").touch()
    assert [Path(file.path).name for file in files] == ["b.txt", "c.txt", "d.txt"]


def test_finding_is_quick_and_holds_names_alone(tmp_path):
    for number in range(5000):
        (tmp_path / f"{number}.txt").touch()
    tracemalloc.start()
    started = time.monotonic()
    assert sum(1 for _ in find_files([str(tmp_path)])) == 5000
    seconds, (_, most) = time.monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 2.5  # 0.05 without the tracing; a million files take some 5 seconds
    assert most < 5000 * 250


def test_many_fresh_files_wait_only_once(tmp_path):
    make(tmp_path, *(f"{number}.txt" for number in range(200)))
    started = time.monotonic()
    assert all(read_bytes(file, MEGABYTE).data for file in find_files([str(tmp_path)]))
    assert time.monotonic() - started < 5
