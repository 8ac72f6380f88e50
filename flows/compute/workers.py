"""Batches of articles -> the tables of each, in order; in this process or in several that load the models once.

Whatever computes batches elsewhere needs a `submit` alone: a function that takes the articles and gives a
`PendingTables`.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol

import polars as pl

from flows.compute.handover import HandOver
from transforms.articles.languages import add_languages, load_detector, split_by_language
from transforms.articles.stories import build_sketches
from transforms.articles.withdrawals import is_news, read_withdrawal

BATCH_BYTES = 100_000  # of text that is analysed at a time: some seconds of work
WORTH_IT = 3  # batches with which processes pay: each takes some seconds to load its models
AT_FIRST = 4  # batches that are looked at before that is decided
ONE_THREAD = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS")  # the processes share the cores among themselves
NO_FOLDER = (
    "PYTHONSAFEPATH"  # nothing is imported from the working folder, which may be the one with the files
)

Tables = dict[str, pl.DataFrame]

# Processes that `prestart` has started for whoever needs some within its block.
_prestarted: ContextVar[HandOver[ProcessPoolExecutor] | None] = ContextVar("prestarted", default=None)


class PendingTables(Protocol):
    """A future for the tables of a batch."""

    def result(self) -> Tables:
        """The tables; waits until they are computed."""


Submit = Callable[[pl.DataFrame], PendingTables]


@dataclass(frozen=True)
class ArticleBatch:
    """A batch of articles; with the last one of a batch of files come the rows of the ledger about these."""

    articles: pl.DataFrame
    ledger: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Here:
    """A batch that is computed in this process when its result is asked for."""

    articles: pl.DataFrame
    run_id: str
    languages: Sequence[str]

    def result(self) -> Tables:
        """The tables."""
        return find_tables(self.articles, run_id=self.run_id, languages=self.languages)


def find_tables(articles: pl.DataFrame, *, run_id: str, languages: Sequence[str]) -> Tables:
    """The facts of a batch of articles: what is said in them, by whom, in which words.

    Articles in other `languages`, and notes that take a story back, give rows of `articles` and `sketches` alone.
    """
    from transforms.build import build_facts
    from transforms.extract import EXTRACTOR_VERSION, read_articles

    if articles.is_empty():
        return {}
    articles = add_languages(articles, languages)
    is_spoken = pl.col("language").is_in(languages)
    articles = articles.with_columns(
        read_withdrawal(), extractor_version=pl.when(is_spoken).then(pl.lit(EXTRACTOR_VERSION))
    )
    spoken, _ = split_by_language(articles.filter(is_news()), languages)
    found = read_articles(spoken)
    facts = build_facts(spoken, *found, extractor_version=EXTRACTOR_VERSION, run_id=run_id)
    return {"articles": articles, "sketches": build_sketches(articles)} | facts


def find_ahead(
    batches: Iterable[ArticleBatch], submit: Submit, ahead: int
) -> Iterator[tuple[ArticleBatch, PendingTables]]:
    """Each batch with a future for its tables, in order; at most `ahead` are under way, so that memory stays flat."""
    under_way: deque[tuple[ArticleBatch, PendingTables]] = deque()
    for batch in batches:
        under_way.append((batch, submit(batch.articles)))
        if len(under_way) > ahead:
            yield under_way.popleft()
    yield from under_way


def find_locally(
    batches: Iterable[ArticleBatch], processes: int, *, run_id: str, languages: Sequence[str]
) -> Iterator[tuple[ArticleBatch, PendingTables]]:
    """Each batch with a future for its tables, computed by so many processes; a few batches are computed in this one.

    Ask for the tables before the next batch: the processes end with the last one.
    """
    coming = iter(batches)

    def find_here(batches: Iterable[ArticleBatch]) -> Iterator[tuple[ArticleBatch, PendingTables]]:
        return find_ahead(batches, lambda articles: Here(articles, run_id, languages), 0)

    if processes == 1:
        yield from find_here(coming)
        return
    while not _is_worth_it(first := list(islice(coming, AT_FIRST))):
        if not first:
            return
        yield from find_here(first)
    with _pool(processes) as pool:

        def submit(articles: pl.DataFrame) -> PendingTables:
            return pool.submit(find_tables, articles, run_id=run_id, languages=languages)

        yield from find_ahead(chain(first, coming), submit, processes + 1)


def _is_worth_it(batches: Sequence[ArticleBatch]) -> bool:
    """Whether there is enough to do; unchanged files give empty batches."""
    return sum(batch.articles.height > 0 for batch in batches) >= WORTH_IT


def count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def prestart(processes: int) -> Iterator[None]:
    """Start so many processes now; within the block, the first who needs some takes these. Unused, they are killed."""
    with HandOver(_start(processes)).offered_in(_prestarted) as offer:
        try:
            yield
        finally:
            if pool := offer.take():
                _end(pool, at_once=True)


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block, or with this process, without waiting for results that nobody needs."""
    offer = _prestarted.get()
    pool = (offer and offer.take()) or _start(processes)
    try:
        yield pool
    except BaseException:
        _end(pool, at_once=True)  # of a pool that broke while it started, some would never end
        raise
    _end(pool)


def _start(processes: int) -> ProcessPoolExecutor:
    with _one_thread_each():
        pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _load_models)
        for _ in range(processes):
            pool.submit(os.getpid)  # starts them all now, with the environment of now
    return pool


def _end(pool: ProcessPoolExecutor, *, at_once: bool = False) -> None:
    if at_once:
        for process in list((pool._processes or {}).values()):  # of no other pool
            process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def _load_models() -> None:
    """Load the models when a process starts."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from transforms.extract.tagger import load_tagger

    load_detector()
    load_tagger()


def _end_with_parent() -> None:
    """End with the parent: a run that was killed cannot end its processes."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*ONE_THREAD, NO_FOLDER)}
    os.environ.update(dict.fromkeys(before, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
