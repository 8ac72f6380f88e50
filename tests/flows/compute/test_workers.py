"""Several processes compute the same batches as this process alone, in the same order."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from flows.compute import workers
from flows.compute.analysis import find_tables
from flows.compute.workers import ArticleBatch, find_ahead, find_locally
from tests.steps import RUN_ID
from transforms.articles.articles import build_articles
from transforms.readers import read_records

SAMPLES = sorted((Path(__file__).parents[3] / "seeds" / "articles").glob("*.txt"))[:8]
MAKING = {"run_id": RUN_ID, "languages": ("en",)}


def parts(size=2):
    records = pl.concat([read_records(file.read_bytes(), file.name).records for file in SAMPLES])
    return [ArticleBatch(part) for part in build_articles(records, run_id=RUN_ID).iter_slices(size)]


def test_two_processes_find_what_one_finds_in_the_same_order():
    here = [(part, later.result()) for part, later in find_locally(parts(), 1, **MAKING)]
    there = [(part, later.result()) for part, later in find_locally(parts(), 2, **MAKING)]
    assert [part.articles["article_id"].to_list() for part, _ in here] == [
        part.articles["article_id"].to_list() for part, _ in there
    ]
    for (_, one), (_, two) in zip(here, there, strict=True):
        for name, frame in one.items():
            assert frame.equals(two[name]), name


def test_the_process_of_a_long_text_has_ended_when_its_result_is_read(monkeypatch):
    """The run needs the memory to stage the result."""
    monkeypatch.setattr(workers, "LONG", 0)
    crew = workers.Crew(1, partial(find_tables, **MAKING), ["en"])
    try:
        later = crew.submit(parts()[0].articles)
        [process] = crew._apart[0]._processes.values()
        assert later.result()["statements"].height
        process.join(10)
        assert process.exitcode is not None
    finally:
        crew.close(at_once=True)


def test_a_kill_note_yields_no_statements():
    texts = {"note": "EDITORS: The story slugged MILL, in which Ada Roe said that it was sold, has been withdrawn.",
             "news": "The mill was sold, Ada Roe said on Monday."}  # fmt: skip
    records = pl.concat([read_records(text.encode(), f"{name}.txt").records for name, text in texts.items()])
    tables = find_tables(build_articles(records, run_id=RUN_ID), **MAKING)
    assert dict(tables["articles"].select("path", "withdrawal").iter_rows()) == {
        "note.txt": "kill_note",
        "news.txt": None,
    }
    [news] = tables["articles"].filter(path="news.txt")["article_id"]
    assert set(tables["statements"]["article_id"]) == {news}
    assert tables["sketches"].height == 2
    assert tables["articles"]["extractor_version"].null_count() == 0


class Counted:
    """A batch that counts how many batches have been made but not consumed."""

    waiting = 0
    most = 0

    def __init__(self):
        Counted.waiting += 1
        Counted.most = max(Counted.most, Counted.waiting)

    def result(self):
        Counted.waiting -= 1
        return {}


def test_no_more_batches_are_under_way_than_allowed():
    empty = pl.DataFrame({"article_id": []})
    for _, later in find_ahead((ArticleBatch(empty) for _ in range(50)), lambda articles: Counted(), ahead=3):
        later.result()
    assert (Counted.waiting, Counted.most) == (0, 4)


ORPHANS = """
import os, sys, time
from flows.compute.workers import prestart, _prestarted
if __name__ == "__main__":
    with prestart(2):
        pool = _prestarted.get().take()
        submitted = [pool.submit(os.getpid) for _ in range(8)]
        print(*[future.result() for future in submitted], flush=True)
        time.sleep(60)
"""


def test_the_processes_and_their_folder_end_with_a_killed_run(tmp_path):
    (tmp_path / "run.py").write_text(ORPHANS)
    folder = Path(mkdtemp())  # the path of a socket must be short
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": str(folder)}
    run = subprocess.Popen([sys.executable, tmp_path / "run.py"], stdout=subprocess.PIPE, env=environment)
    workers = {int(pid) for pid in run.stdout.readline().split()}
    assert list(folder.glob("pymp-*"))
    run.send_signal(signal.SIGKILL)
    run.wait()
    end = time.monotonic() + 30
    while any(map(is_alive, workers)) and time.monotonic() < end:
        time.sleep(0.2)
    assert workers and not any(map(is_alive, workers))
    assert not list(folder.glob("pymp-*"))
    shutil.rmtree(folder)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_processes_are_worth_it_for_articles_and_not_for_files_that_are_known(monkeypatch):
    def none_started(*arguments):
        raise AssertionError("processes were started")

    monkeypatch.setattr("flows.compute.workers._open_crew", none_started)
    known = ArticleBatch(parts()[0].articles.clear(), {"files": pl.DataFrame()})
    few = [known] * 7 + parts()[:2] + [known] * 9
    found = list(find_locally(few, 2, **MAKING))
    assert [part for part, _ in found] == few
    assert [bool(later.result()) for _, later in found] == [bool(part.articles.height) for part in few]
