"""Watching a folder: existing files are read first, new ones once complete; a failed run does not end the watch."""

import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from flows.prefect.watch import FIRST_RETRY, LAST_RETRY, MANY, Waiting, choose, describe, follow

REST = 0.4


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
    assert watched.taken == [[str(folder)], [str(folder / "one.txt"), str(folder / "two.txt")]]


def test_hidden_files_and_what_a_run_writes_start_nothing(watched):
    (watched.folder / "data").mkdir()
    watched.start()
    (watched.folder / ".part").write_text("half")
    (watched.folder / "data" / "w.duckdb").write_text("b")
    (watched.folder / "seen.txt").write_text("b")
    watched.wait(2)
    assert watched.taken[1] == [str(watched.folder / "seen.txt")]


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
    assert choose(names[:2], [tmp_path]) == sorted(names[:2])
    paths[0].unlink()
    assert choose(names[:2], [Path("x")]) == [str(tmp_path), names[1]]


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
