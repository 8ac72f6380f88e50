"""Read files in batches and split their articles into batches to analyse, with the ledger rows of the files.

An interrupted run may have staged articles without finishing their batch of files. A resumed run does not analyse these
articles again if they are unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import polars as pl

from flows.compute.dask import find_remotely
from flows.compute.readers import Reader
from flows.compute.workers import BATCH_BYTES, ArticleBatch, PendingTables, count_cores, find_locally
from flows.display.progress import show_progress
from flows.display.quantities import count
from flows.run import tasks
from flows.run.counters import Counters
from flows.run.state import Run
from flows.run.withheld import find_reread, leave_out
from flows.sources.base import SourceFile
from flows.sources.local import read_stamp, unprintable
from flows.sources.reach import is_address
from transforms.articles.articles import build_articles
from transforms.statements.annotated import select_edits
from warehouse.staging.copies import find_holders, note_copies
from warehouse.staging.next_version import NextVersion
from warehouse.staging.reprocess import read_again
from warehouse.staging.seen import done_paths, forget_vanished

READ_AT_ONCE = 500  # stored articles read at a time; not more, because some may be long


def read_article_batches(
    run: Run, files: Iterable[SourceFile], next_version: NextVersion, reader: Reader
) -> Iterator[ArticleBatch]:
    """Yield batches of new articles in file order; the last batch of a group of files has their ledger rows."""
    counters, reread = run.counters, find_reread(run.withheld, next_version)
    for batch in split_files(run, files, next_version):
        options = run.settings.reader_options
        opened = tasks.open_files(batch, next_version, options, run.settings.again, reread)
        contents = reader.read_all(opened, options)
        unread = len(batch)
        while unread and counters.room() != 0:
            with run.times.timed("read", _describe_since(run.counters)):
                follows = [run.steps.last_of.get("read_files")]
                read = run.steps.call(tasks.read_files, follows)(
                    contents, room=counters.room(), done=counters.files_done, total=counters.files_total
                )
                read = leave_out(read, run.withheld)
                articles, places = run.steps.call(tasks.build_new_articles)(
                    read.records, next_version, run.unstaged.under_way, run_id=run.run_id
                )
                built = run.steps.last
                ledger = run.note_reading(read, articles, places)
                articles = _without_staged(run, articles, next_version)
            unread -= read.handled.height
            for part in split_articles(articles, ledger, run.settings.articles_per_batch):
                yield replace(part, after=built)
    reader.close()  # the analysis of the last batches needs the memory
    next_version.unstage(run.half_done["article_id"].to_list() if run.half_done.height else [])


def forget_vanished_files(run: Run, folders: Iterable[str], next_version: NextVersion) -> None:
    """Forget the files that are gone from `folders`, which must be spelled as in the stored paths."""
    forget_vanished(next_version, [f"{folder.rstrip('/')}/" for folder in folders])


def reread_holders(run: Run, next_version: NextVersion, reader: Reader) -> None:
    """Read other files that have copies of articles whose own file has changed or is gone, and note these copies.

    The run has not opened these files yet, because they are unchanged. A file that changes meanwhile is left out.
    """
    holders = find_holders(next_version)
    paths = [path for path in holders["path"].unique(maintain_order=True) if not is_address(path)]
    files = [SourceFile(path, unprintable(path)) for path in paths]
    seen = holders.select("path", "file_sha256").unique()
    options = run.settings.reader_options
    contents = reader.read_all(tasks.open_files(files, next_version, options, again=True), options)
    unread = len(files)
    while unread:
        read = run.steps.call(tasks.read_files)(contents, room=None, done=0, total=None)
        unread -= read.handled.height
        same = read.handled.join(seen, on=["path", "file_sha256"], how="semi")
        records = read.records.join(same, on="path", how="semi")
        copies = build_articles(records, run_id=run.run_id)
        note_copies(next_version, copies.join(holders, on="article_id", how="semi"))


def _without_staged(run: Run, articles: pl.DataFrame, next_version: NextVersion) -> pl.DataFrame:
    """Return the articles that are not staged yet; first unstage articles that were staged from another file."""
    if run.half_done.is_empty():
        return articles
    keys = ["article_id", "path", "record_no"]
    stale = run.half_done.join(articles, on="article_id", how="semi").join(articles, on=keys, how="anti")
    next_version.unstage(stale["article_id"].to_list())
    fresh = articles.join(run.half_done, on=keys, how="anti")
    run.half_done = run.half_done.join(articles, on="article_id", how="anti")
    return fresh


def _describe_since(counters: Counters) -> Callable[[], str]:
    """Return a function that describes how much the run has read since this call."""
    before = replace(counters)

    def describe() -> str:
        articles = count(counters.articles_new - before.articles_new, "new article")
        rejects = count(counters.rejects - before.rejects, "reject")
        files = count(counters.files_done - before.files_done, "file")
        total = f" of {counters.files_total:,}" if counters.files_total else ""
        return f"read {files}{total}: {articles}, {rejects}"

    return describe


def split_files(
    run: Run, files: Iterable[SourceFile], next_version: NextVersion
) -> Iterator[list[SourceFile]]:
    """Yield batches of files until none are left or the limit of articles is reached.

    Skips files that an interrupted run finished.
    """
    found = iter(files)
    while run.counters.room() != 0 and (batch := list(islice(found, run.settings.files_per_batch))):
        if run.identity.is_resumed:
            done = done_paths(next_version, [file.path for file in batch])
            batch = [file for file in batch if file.path not in done]
        if batch:
            next_version.note_files(_stamps(batch))
            yield batch


def _stamps(files: Sequence[SourceFile]) -> pl.DataFrame:
    """Read `size_bytes` and `modified_ns` of each file; they are null if a file cannot be read."""
    rows = [(file.path, *(read_stamp(file.location) or (None, None))) for file in files]
    return pl.DataFrame(
        rows, {"path": pl.String, "size_bytes": pl.Int64, "modified_ns": pl.Int64}, orient="row"
    )


def split_articles(
    articles: pl.DataFrame, ledger: Mapping[str, pl.DataFrame], most: int
) -> Iterator[ArticleBatch]:
    """Yield batches with at most `most` articles and BATCH_BYTES of text; the last batch has the ledger."""
    if articles.is_empty():
        yield ArticleBatch(articles, ledger)
        return
    text = pl.col("body").str.len_bytes().cum_sum() // BATCH_BYTES
    number = pl.int_range(pl.len()) // most
    parts = articles.with_columns(text=text, number=number).partition_by(
        "text", "number", maintain_order=True, include_key=False
    )
    for part in parts[:-1]:
        yield ArticleBatch(part)
    yield ArticleBatch(parts[-1], ledger)


def split_again(run: Run, next_version: NextVersion, ids: pl.DataFrame) -> Iterator[ArticleBatch]:
    """Yield batches of published articles to analyse again; `ids` has their `article_id`."""
    for articles in read_again(next_version, ids, READ_AT_ONCE):
        yield from split_articles(articles, {}, run.settings.articles_per_batch)


def find_tables_of(
    run: Run, batches: Iterable[ArticleBatch]
) -> Generator[tuple[ArticleBatch, PendingTables]]:
    """Yield each batch with a future for its tables, computed by local processes or a cluster, as the settings say.

    Always close the generator: closing it ends the processes.
    """
    for batch, pending in _find(run, batches):
        _show_found(run.counters)
        yield batch, pending
        run.counters.articles_done += batch.articles.height
        _show_found(run.counters)


def _find(run: Run, batches: Iterable[ArticleBatch]) -> Iterator[tuple[ArticleBatch, PendingTables]]:
    settings = run.settings
    making: dict[str, Any] = {
        "run_id": run.run_id,
        "languages": settings.languages,
        "bounds": settings.analysis_bounds,
        "edits": select_edits(run.corrections),
    }
    if settings.executor:
        return find_remotely(batches, settings.executor, **making)
    return find_locally(batches, settings.processes or count_cores(), **making)


def _show_found(counters: Counters) -> None:
    show_progress("Finding statements", counters.articles_done, counters.expected_articles())
