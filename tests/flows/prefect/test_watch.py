"""Watching a folder: existing files are read first, new ones once complete; a failed run does not end the watch."""

import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from flows.prefect.watch import FIRST_RETRY, LAST_RETRY, MANY, Waiting, choose, describe, follow, run_ingest
from flows.sources.local import find_files, read_bytes

REST = 0.4
ROOT = Path(__file__).parents[3]


class Watched:
    """A folder that a thread watches; `taken` has the paths passed to each run."""

    def __init__(self, folder):
        self.folder, self.taken, self.answers = folder, [], []

    def take(self, paths):
        if self.taken and self.taken[-1] == ["end"]:
            raise KeyboardInterrupt
        self.taken.append(paths)
        return self.answers.pop(0) if self.answers else True

    def start(self):
        def run():
            with suppress(KeyboardInterrupt):
                follow([self.folder], self.take, rest=REST, without=[self.folder / "data"])

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        self.wait(1)

    def wait(self, runs):
        until = time.monotonic() + 20
        while len(self.taken) < runs:
            assert time.monotonic() < until, self.taken
            time.sleep(0.05)

    def end(self):
        self.taken.append(["end"])
        (self.folder / "last.txt").touch()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def watched(tmp_path):
    watched = Watched(tmp_path)
    yield watched
    watched.end()


def test_existing_files_are_read_first_then_new_ones_together(watched):
    (watched.folder / "before.txt").write_text("a")
    watched.start()
    for name in ("one.txt", "two.txt"):
        (watched.folder / name).write_text("b")
    watched.wait(2)
    folder = watched.folder
    assert watched.taken == [[str(folder)], [f"{folder}//./one.txt", f"{folder}//./two.txt"]]


def test_hidden_files_and_what_a_run_writes_start_nothing(watched):
    (watched.folder / "data").mkdir()
    watched.start()
    (watched.folder / ".part").write_text("half")
    (watched.folder / "data" / "w.duckdb").write_text("b")
    (watched.folder / "seen.txt").write_text("b")
    watched.wait(2)
    assert watched.taken[1] == [f"{watched.folder}//./seen.txt"]


def test_failed_files_are_passed_again_after_doubling_waits():
    waiting = Waiting({"a"})
    waiting.note(is_done=False, now=100.0)
    waiting.paths.add("b")
    assert not waiting.is_due(100.0 + FIRST_RETRY - 1) and waiting.is_due(100.0 + FIRST_RETRY)
    waiting.note(is_done=False, now=200.0)
    assert not waiting.is_due(200.0 + FIRST_RETRY) and waiting.is_due(200.0 + 2 * FIRST_RETRY)
    assert waiting.paths == {"a", "b"}
    for _ in range(20):
        waiting.note(is_done=False, now=0.0)
    assert waiting.is_due(LAST_RETRY)
    waiting.note(is_done=True, now=0.0)
    assert waiting == Waiting()


def test_many_files_are_named_by_their_folder_and_missing_ones_left_out(tmp_path):
    paths = [tmp_path / f"{number}.txt" for number in range(MANY + 1)]
    for path in paths:
        path.touch()
    names = [str(path) for path in paths]
    assert choose(names, [tmp_path]) == [str(tmp_path)]
    assert choose(names[:2], [tmp_path]) == [f"{tmp_path}//./0.txt", f"{tmp_path}//./1.txt"]
    paths[0].unlink()
    assert choose(names[:2], [Path("x")]) == [str(tmp_path), names[1]]


def test_a_link_that_arrives_is_not_followed_out_of_the_watched_folder(tmp_path, monkeypatch):
    """A run used to get the path of each new file as if its user had typed it, and so followed every link."""
    (tmp_path / "secret.txt").write_text("hush")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "diary.txt").write_text("hush")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "new.txt").symlink_to(tmp_path / "secret.txt")
    (inbox / "sub").symlink_to(tmp_path / "private")
    (inbox / "fine.txt").write_text("fine")
    monkeypatch.chdir(tmp_path)
    for folder in (inbox, Path("inbox"), Path("./inbox")):
        seen = [str(tmp_path / "." / "inbox" / name) for name in ("new.txt", "sub/gone.txt", "fine.txt")]
        files = [read_bytes(file, 1000) for file in find_files(choose(seen, [folder]))]
        assert {Path(file.path).name: file.data for file in files} == {
            "fine.txt": b"fine", "new.txt": None, "sub": None,
        }  # fmt: skip


@pytest.mark.parametrize("folder", ["inbox", "./inbox", "inbox/", "../{name}/inbox", "{path}/inbox"])
def test_a_file_has_one_path_whether_it_was_there_before_the_watch_or_came_later(
    tmp_path, monkeypatch, folder
):
    (tmp_path / "inbox" / "sub").mkdir(parents=True)
    (tmp_path / "inbox" / "sub" / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    watched = Path(folder.format(name=tmp_path.name, path=tmp_path))
    before = [file.path for file in find_files([str(watched)])]
    for reported in ("sub/a.txt", "sub/gone.txt", "gone.txt"):
        sources = choose([f"{watched.absolute()}/{reported}"], [watched])
        assert [file.path for file in find_files(sources)] == before, reported


def test_a_run_of_the_watch_imports_nothing_from_the_working_folder(tmp_path, monkeypatch):
    for name in ("typer", "polars", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("from pathlib import Path\nPath('ran').touch()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    is_done, line = run_ingest(["missing"], tmp_path / "w.duckdb")
    assert not is_done and "no such file" in line and not (tmp_path / "ran").exists()


def test_a_name_that_is_not_utf8_is_found_through_its_folder(tmp_path):
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.txt")).touch()
    assert choose([f"{tmp_path}/\ufffd.txt"], [Path("x")]) == [str(tmp_path)]


@pytest.mark.parametrize(
    ("code", "out", "err", "line"),
    [
        (0, json.dumps({"status": "published", "files": {"found": 2}, "articles": {"loaded": 1}, "statements": 5}), "",
         "published: files 2, new articles 1, statements 5"),
        (3, "", "onrecord: the run failed; nothing was published: OSError\nonrecord: log: x",
         "failed (exit code 3): the run failed; nothing was published: OSError"),
        (4, json.dumps({"status": "failed", "exit_code": 4, "error": "WarehouseHeld", "message": "held by x\nlog: y"}),
         "onrecord: warning: ONRECORD_X is not a setting", "failed (exit code 4): held by x"),
        (-9, "", "", "failed (exit code -9): no message"),
    ],
)  # fmt: skip
def test_a_run_is_summarised_in_one_line(code, out, err, line):
    assert describe(code, out, err) == line
