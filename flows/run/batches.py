"""Files as they are found -> batches of articles to be analysed, with what is to be noted about the files.

What an interrupted run had staged of a batch of files before it got to its end is not analysed again, if it is just
what is found now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import polars as pl

from flows.compute.readers import Reader
from flows.compute.workers import ArticleBatch
from flows.display.quantities import count
from flows.run import tasks
from flows.run.state import Run
from flows.run.withheld import find_reread, leave_out
from flows.sources.base import SourceFile
from flows.sources.local import unprintable
from flows.sources.reach import is_address
from transforms.articles.articles import build_articles
from warehouse.staging.copies import find_holders, note_copies
from warehouse.staging.next_version import NextVersion
from warehouse.staging.seen import forget_vanished


def read_article_batches(
    run: Run, files: Iterable[SourceFile], next_version: NextVersion, reader: Reader
) -> Iterator[ArticleBatch]:
    """Batches of new articles, in the order of the files; the ledger of a batch of files comes with its last part."""
    reread = find_reread(run.withheld, next_version)
    for batch in run.split_files(files, next_version):
        options = run.settings.reader_options
        opened = tasks.open_files(batch, next_version, options, run.settings.again, reread)
        contents = reader.read_all(opened, options)
        unread = len(batch)
        while unread and run.room() != 0:
            with run.timed("read", _tell_since(run)):
                follows = [run.steps.last_of.get("read_files")]
                read = run.steps.call(tasks.read_files, follows)(contents, **run.reading_limits())
                read = leave_out(read, run.withheld)
                articles, places = run.steps.call(tasks.build_new_articles)(
                    read.records, next_version, run.under_way, run_id=run.run_id
                )
                built = run.steps.last
                ledger = run.note_reading(read, articles, places)
                articles = _without_staged(run, articles, next_version)
            unread -= read.handled.height
            for part in run.split_articles(articles, ledger):
                yield replace(part, after=built)
    next_version.unstage(run.half_done["article_id"].to_list() if run.half_done.height else [])


def forget_vanished_files(run: Run, folders: Iterable[str], next_version: NextVersion) -> None:
    """Forget the files that are gone from `folders`, as they are written in paths that were found there."""
    forget_vanished(next_version, [f"{folder.rstrip('/')}/" for folder in folders])


def reread_holders(run: Run, next_version: NextVersion, reader: Reader) -> None:
    """Note the words of the files that have articles whose own file has changed or is gone.

    Such files are known, so the run has not looked into them. Only those are read that are still what they were.
    """
    holders = find_holders(next_version)
    paths = [path for path in holders["path"].unique(maintain_order=True) if not is_address(path)]
    files = [SourceFile(path, unprintable(path)) for path in paths]
    known = holders.select("path", "file_sha256").unique()
    options = run.settings.reader_options
    contents = reader.read_all(tasks.open_files(files, next_version, options, again=True), options)
    unread = len(files)
    while unread:
        read = run.steps.call(tasks.read_files)(contents, room=None, done=0, total=None)
        unread -= read.handled.height
        same = read.handled.join(known, on=["path", "file_sha256"], how="semi")
        records = read.records.join(same, on="path", how="semi")
        copies = build_articles(records, run_id=run.run_id)
        note_copies(next_version, copies.join(holders, on="article_id", how="semi"))


def _without_staged(run: Run, articles: pl.DataFrame, next_version: NextVersion) -> pl.DataFrame:
    """The articles that are not staged yet; one that is staged as that of another file is taken out of staging."""
    if run.half_done.is_empty():
        return articles
    keys = ["article_id", "path", "record_no"]
    stale = run.half_done.join(articles, on="article_id", how="semi").join(articles, on=keys, how="anti")
    next_version.unstage(stale["article_id"].to_list())
    fresh = articles.join(run.half_done, on=keys, how="anti")
    run.half_done = run.half_done.join(articles, on="article_id", how="anti")
    return fresh


def _tell_since(run: Run) -> Callable[[], str]:
    """What says later how much was read since now."""
    files, new, rejects = run.files_done, run.articles_new, run.rejects_done

    def tell() -> str:
        found = (
            f"{count(run.articles_new - new, 'new article')}, {count(run.rejects_done - rejects, 'reject')}"
        )
        return f"read {count(run.files_done - files, 'file')} of {run.files_total or 'many'}: {found}"

    return tell
