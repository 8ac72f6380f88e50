"""Compute the tables of batches in order, in this process or in several that each load the models once.

To run the analysis elsewhere, pass `find_ahead` another `submit`: a function that takes articles and returns
`PendingTables`.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

import polars as pl

from flows.compute.analysis import LONG, OUT_OF_MEMORY, Tables, find_within, join_tables, leave_out
from flows.compute.bounds import ANALYSIS, Bounds
from flows.compute.handover import HandOver
from flows.compute.pool import end_pool, start_pool

BATCH_BYTES = 100_000  # bytes of text analysed at a time, which takes a few seconds
FEWEST_BATCHES = 3  # for fewer batches, processes save no time, because each takes seconds to load its models
ENDS_IN = 10  # seconds to wait for the end of a killed process
AT_FIRST = 4  # batches awaited before deciding whether processes save time

# Processes that `prestart` has started for the first caller in its block.
_prestarted: ContextVar[HandOver[ProcessPoolExecutor] | None] = ContextVar("prestarted", default=None)


class PendingTables(Protocol):
    """A future for the tables of a batch."""

    def result(self) -> Tables:
        """Return the tables of the batch; wait until they are computed."""


Submit = Callable[[pl.DataFrame], PendingTables]
Find = Callable[[pl.DataFrame], Tables]


@dataclass(frozen=True)
class ArticleBatch:
    """A batch of articles; the last batch from a batch of files also has the ledger rows of these files."""

    articles: pl.DataFrame
    ledger: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    after: Any = None  # the state of the task that read the articles, for Prefect's graph


@dataclass(frozen=True)
class Here:
    """A batch that this process computes when its result is requested."""

    articles: pl.DataFrame
    find: Find

    def result(self) -> Tables:
        """The tables."""
        return self.find(self.articles)


def find_ahead(
    batches: Iterable[ArticleBatch], submit: Submit, ahead: int
) -> Iterator[tuple[ArticleBatch, PendingTables]]:
    """Yield each batch with a future for its tables, in order; at most `ahead` are in progress, to limit memory."""
    under_way: deque[tuple[ArticleBatch, PendingTables]] = deque()
    for batch in batches:
        under_way.append((batch, submit(batch.articles)))
        if len(under_way) > ahead:
            yield under_way.popleft()
    yield from under_way


def find_locally(
    batches: Iterable[ArticleBatch],
    processes: int,
    *,
    run_id: str,
    languages: Sequence[str],
    bounds: Bounds = ANALYSIS,
    edits: pl.DataFrame | None = None,
) -> Iterator[tuple[ArticleBatch, PendingTables]]:
    """Yield each batch with a future for its tables, computed by workers, or by this process if there are few.

    Request the tables of each batch before you take the next batch, because the processes end after the last batch.
    """
    find = partial(find_within, run_id=run_id, languages=languages, bounds=bounds, edits=edits)
    coming = iter(batches)

    def find_here(batches: Iterable[ArticleBatch]) -> Iterator[tuple[ArticleBatch, PendingTables]]:
        return find_ahead(batches, lambda articles: Here(articles, find), 0)

    if processes == 1:
        yield from find_here(coming)
        return
    while not _is_worth_it(first := list(islice(coming, AT_FIRST))):
        if not first:
            return
        yield from find_here(first)
    with _open_crew(processes, find, languages) as crew:
        yield from find_ahead(chain(first, coming), crew.submit, processes + 1)


def _is_worth_it(batches: Sequence[ArticleBatch]) -> bool:
    """Whether there is enough work for several processes; unchanged files give empty batches."""
    return sum(batch.articles.height > 0 for batch in batches) >= FEWEST_BATCHES


def count_cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def prestart(processes: int) -> Iterator[None]:
    """Start `processes` processes now for the first caller that needs any within the block; kill unused ones."""
    with HandOver(start_pool(processes)).offered_in(_prestarted) as offer:
        try:
            yield
        finally:
            if pool := offer.take():
                end_pool(pool, at_once=True)


class Crew:
    """Processes that compute the tables of batches.

    If a process dies, all batches in progress are lost. Each batch is retried in a single process; if that process dies
    too, the batch is retried article by article. So an article is left out only if it alone kills a process.

    Long texts are analysed one at a time, each in a separate process, so that a run never holds the memory of several
    long texts, nor memory that an earlier text left allocated.
    """

    def __init__(self, processes: int, find: Find, languages: Sequence[str]) -> None:
        self._processes, self._find, self._languages = processes, find, languages
        offer = _prestarted.get()
        self._pool = (offer and offer.take()) or start_pool(processes)
        self._single: ProcessPoolExecutor | None = None
        self._apart: tuple[ProcessPoolExecutor, Future[Tables]] | None = None

    def submit(self, articles: pl.DataFrame) -> PendingTables:
        """A future for the tables of a batch."""
        if articles["body"].str.len_bytes().sum() > LONG:
            return self._submit_apart(articles)
        try:
            future = self._pool.submit(self._find, articles)
        except BrokenProcessPool:
            end_pool(self._pool, at_once=True)
            self._pool = start_pool(self._processes)
            future = self._pool.submit(self._find, articles)
        return Submitted(self, articles, future)

    def _submit_apart(self, articles: pl.DataFrame) -> PendingTables:
        """Wait until the previous long text is analysed; then return a future for the tables of this long text."""
        if self._apart:
            wait([self._apart[1]])
            self._end_apart()
        pool = start_pool(1)
        self._apart = pool, pool.submit(self._find, articles)
        return Submitted(self, articles, self._apart[1])

    def note_result(self, future: Future[Tables]) -> None:
        """End the process of a long text once its result is here: the run needs the memory to stage the result."""
        if self._apart and self._apart[1] is future:
            self._end_apart()

    def _end_apart(self) -> None:
        if self._apart:
            end_pool(self._apart[0], at_once=True)  # at its end, it would free a few hundred megabytes slowly
            self._apart = None

    def find_again(self, articles: pl.DataFrame) -> Tables:
        """Compute again, in a single process, the tables of a batch that was lost when a process died."""
        single = self._find_single()
        [process] = (single._processes or {}).values()
        manager = single._executor_manager_thread
        try:
            return single.submit(self._find, articles).result()
        except BrokenProcessPool:
            pass
        if articles.height == 1:
            return leave_out(articles, self._languages, *_explain(process, manager))
        return join_tables(map(self.find_again, articles.iter_slices(1)))

    def _find_single(self) -> ProcessPoolExecutor:
        """Start a pool with one process; if that fails, BrokenProcessPool ends the run, and no article is rejected."""
        if self._single:
            with suppress(BrokenProcessPool):
                self._single.submit(os.getpid).result()
                return self._single
            end_pool(self._single, at_once=True)
        self._single = start_pool(1)
        self._single.submit(os.getpid).result()
        return self._single

    def close(self, *, at_once: bool = False) -> None:
        """End the processes of the crew, with `at_once` even during their work."""
        apart = self._apart and self._apart[0]
        for pool in filter(None, (self._pool, self._single, apart)):
            end_pool(pool, at_once=at_once)


@dataclass(frozen=True)
class Submitted:
    """A batch computed by a process of a crew."""

    crew: Crew
    articles: pl.DataFrame
    future: Future[Tables]

    def result(self) -> Tables:
        """The tables."""
        try:
            tables = self.future.result()
        except BrokenProcessPool:
            return self.crew.find_again(self.articles)
        self.crew.note_result(self.future)
        return tables


def _explain(process: BaseProcess, manager: Any) -> tuple[str, str]:
    """The code and reason of the reject for an article that killed a process.

    The pool's manager thread joins the process. Do not join it here too: its exit code can be read only once.
    """
    manager.join(ENDS_IN)
    code = process.exitcode or 0
    if code == -signal.SIGKILL:
        return OUT_OF_MEMORY, "takes more memory to analyse than the system has"
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return "analysis_crashed", f"crashes the process that analyses it ({name})"


@contextmanager
def _open_crew(processes: int, find: Find, languages: Sequence[str]) -> Iterator[Crew]:
    """Yield a crew whose processes end with the block or this process, without finishing work no longer needed."""
    crew = Crew(processes, find, languages)
    try:
        yield crew
    except BaseException:
        crew.close(at_once=True)  # otherwise the processes of a pool that broke at its start would never end
        raise
    crew.close()
