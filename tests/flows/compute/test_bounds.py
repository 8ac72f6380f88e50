"""Only the article that takes too much time or memory, or kills its worker process, is rejected."""

import os
import re
import signal
import threading
from functools import partial

import polars as pl
import pytest

from flows.compute.analysis import find_tables, find_within
from flows.compute.bounds import ANALYSIS, Bounds
from flows.compute.interrupt import Exceeded, limited
from flows.compute.workers import ArticleBatch, Crew, find_locally
from flows.ingest import ingest
from flows.settings import Settings
from tests.steps import RUN_ID
from transforms.articles.articles import build_articles
from transforms.readers import read_records
from warehouse.files.connect import query

MAKING = {"run_id": RUN_ID, "languages": ("en",)}
# An article of 90 kB takes more than this on any machine, one of a sentence a hundredth of it.
TIGHT = Bounds(seconds=0.8, seconds_per_mb=0)
SHORT = "The mill at number {} was sold on Monday, Ada Walden said."


def articles_of(*bodies):
    records = [read_records(body.encode(), f"{n}.txt").records for n, body in enumerate(bodies)]
    return build_articles(pl.concat(records), run_id=RUN_ID)


def long_text():
    return "\n\n".join(SHORT.format(number) for number in range(4000))


def spin():
    while True:
        pass


def match_for_ever():
    re.match(r"(a+)+b", "a" * 40)


def swell():
    held = []
    while True:
        held.append(bytearray(1_000_000))


ACTS = [
    (spin, Bounds(seconds=0.2), "too_slow"),
    (match_for_ever, Bounds(seconds=0.2), "too_slow"),
    (swell, Bounds(memory=50_000_000), "too_much_memory"),
]


@pytest.mark.parametrize(("act", "bounds", "code"), ACTS)
def test_analysis_that_exceeds_a_bound_is_interrupted(act, bounds, code):
    with pytest.raises(Exceeded) as broke, limited(bounds, 1):
        act()
    assert broke.value.code == code
    assert "ONRECORD_ANALYSIS_" in broke.value.reason


def test_analysis_that_exceeds_a_bound_is_interrupted_in_a_thread_too():
    codes = []

    def run(act, bounds):
        try:
            with limited(bounds, 1):
                act()
        except Exceeded as excess:
            codes.append(excess.code)

    for act, bounds, _ in (ACTS[0], ACTS[2]):
        thread = threading.Thread(target=run, args=(act, bounds))
        thread.start()
        thread.join(20)
    assert codes == ["too_slow", "too_much_memory"]


def test_code_after_a_block_is_not_interrupted():
    for _ in range(20):
        with limited(Bounds(seconds=0.01), 1):
            pass
    sum(range(10_000_000))  # takes longer than the bound


def test_of_a_batch_only_the_article_that_takes_too_long_is_left_out():
    articles = articles_of(SHORT.format("one"), long_text(), SHORT.format("three"))
    found = find_within(articles, **MAKING, bounds=TIGHT)
    [unanalysed] = found["unanalysed"].to_dicts()
    assert unanalysed["reason_code"] == "too_slow"
    [path] = articles.filter(article_id=unanalysed["article_id"])["path"]
    assert path == "1.txt"
    assert found["articles"].height == 3
    assert found["articles"].schema == find_tables(articles[:1], **MAKING)["articles"].schema
    assert found["statements"].height == 2


@pytest.mark.slow
def test_several_processes_leave_out_what_one_does():
    articles = articles_of(*(SHORT.format(number) for number in range(5)), long_text())
    batches = [ArticleBatch(part) for part in articles.iter_slices(2)]
    one = [later.result() for _, later in find_locally(batches, 1, **MAKING, bounds=TIGHT)]
    two = [later.result() for _, later in find_locally(batches, 2, **MAKING, bounds=TIGHT)]
    for here, there in zip(one, two, strict=True):
        assert here.keys() == there.keys()
        assert all(here[name].equals(there[name]) for name in here)
    assert sum(tables["unanalysed"].height for tables in one if "unanalysed" in tables) == 1


def find_or_die(articles):
    """Analyse articles and return their tables, or kill the process if an article says so."""
    if articles["body"].str.contains("KILL").any():
        os.kill(os.getpid(), signal.SIGKILL)
    if articles["body"].str.contains("CRASH").any():
        os.abort()
    return find_within(articles, **MAKING, bounds=ANALYSIS)


@pytest.mark.slow
def test_a_process_that_dies_costs_the_article_that_it_dies_of():
    texts = [SHORT.format(number) for number in range(8)]
    texts[2] += " KILL"
    texts[5] += " CRASH"
    articles = articles_of(*texts)
    crew = Crew(2, partial(find_or_die), ("en",))
    try:
        pending = [crew.submit(part) for part in articles.iter_slices(3)]
        found = [later.result() for later in pending]
        found.append(crew.submit(articles_of(SHORT.format("nine"))).result())
    finally:
        crew.close(at_once=True)
    unanalysed = pl.concat(tables["unanalysed"] for tables in found if "unanalysed" in tables)
    lost = unanalysed.join(articles, on="article_id").select("path", "reason_code").sort("path").rows()
    assert lost == [("2.txt", "too_much_memory"), ("5.txt", "analysis_crashed")]
    assert sum(tables["statements"].height for tables in found if "statements" in tables) == 7


def test_an_article_that_takes_too_long_is_a_reject_with_its_figures_and_is_not_tried_again(
    prefect_here, tmp_path
):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"good{number}.txt").write_text(f"{SHORT.format(number)}\n\nIt stood there.")
    (folder / "long.txt").write_text(long_text())
    settings = Settings(
        warehouse=tmp_path / "w.duckdb", processes=1, analysis_seconds=0.4, analysis_seconds_per_mb=0
    )
    assert ingest([str(folder)], settings).status == "published"
    rejects = "SELECT stage, path, record_no, reason_code, reason FROM ops.rejects"
    [(stage, path, record_no, code, reason)] = query(settings.warehouse, rejects).rows()
    assert (stage, path, record_no, code) == ("analysis", f"{folder}/long.txt", 1, "too_slow")
    assert re.fullmatch(r".*long\.txt: \d{6} characters, takes longer to analyse than 0\.4 s .*", reason)
    files = "SELECT outcome, articles_found, articles_loaded, articles_rejected FROM ops.files ORDER BY path"
    assert query(settings.warehouse, files).rows() == [("loaded", 1, 1, 0)] * 3 + [("rejected", 1, 0, 1)]
    articles = (
        "SELECT count(*), count(DISTINCT s.article_id) FROM articles JOIN statements AS s USING (article_id)"
    )
    assert query(settings.warehouse, articles).rows() == [(3, 3)]
    assert ingest([str(folder)], settings).status == "nothing_new"
