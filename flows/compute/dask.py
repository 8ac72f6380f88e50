"""Compute the tables of batches on the workers of a running Dask cluster.

    dask scheduler                                        on one machine
    dask worker tcp://SCHEDULER:8786 --nthreads 1         on each other machine, one per core
    ONRECORD_EXECUTOR=dask://SCHEDULER:8786 onrecord ingest ...

The workers need the same version of On Record (`pip install 'onrecord[dask]'`), but no files, Prefect server or
database. Reading, checking and publishing happen on the machine of the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from traceback import format_exception
from typing import TYPE_CHECKING

import polars as pl

from flows.compute.analysis import Tables, find_within, join_tables, leave_out
from flows.compute.bounds import ANALYSIS, Bounds
from flows.compute.workers import ArticleBatch, PendingTables, Submit, find_ahead
from schema.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client, Future

PROTOCOLS = {"dask": "tcp", "dask+tls": "tls"}
PATIENCE = 60  # seconds to wait for the scheduler, and for a worker if there is no worker
TRACEBACK = 5_000  # characters kept of a traceback
RESUME = "start it again and repeat the command: the next run resumes this one"
LOOK = 2  # seconds between two checks whether there is a worker


class ClusterError(UsageError):
    """The cluster cannot be reached, has ended, has no workers, or has workers with other versions than this run."""


def find_remotely(
    batches: Iterable[ArticleBatch],
    address: str,
    *,
    run_id: str,
    languages: Sequence[str],
    bounds: Bounds = ANALYSIS,
    edits: pl.DataFrame | None = None,
) -> Iterator[tuple[ArticleBatch, PendingTables]]:
    """Yield each batch with a future for its tables.

    `address` is `dask://host:port`, or `dask+tls://host:port` with Dask's own TLS settings. The number of
    batches in progress is twice the number of threads of all workers. If a worker dies, its batch goes to another
    worker. If a batch kills several workers, its articles are analysed one by one, and the articles that kill workers
    are left out. If the scheduler or the last worker is gone for a minute, ClusterError ends the run, and the next run
    resumes it.
    """
    find = partial(find_or_return, run_id=run_id, languages=languages, bounds=bounds, edits=edits)
    with _connected(address) as client:

        def submit(articles: pl.DataFrame) -> PendingTables:
            return Remote(client, client.submit(find, articles, pure=False), articles, languages, submit)

        yield from find_ahead(batches, submit, 2 * _count_threads(client))


def find_or_return(
    articles: pl.DataFrame,
    *,
    run_id: str,
    languages: Sequence[str],
    bounds: Bounds,
    edits: pl.DataFrame | None = None,
) -> Tables | Exception:
    """Call `find_within` on a worker; return an error as a value, with the traceback as a note.

    Otherwise Dask would send the traceback itself, and would wait forever if the traceback is as long as that of a
    RecursionError.
    """
    try:
        return find_within(articles, run_id=run_id, languages=languages, bounds=bounds, edits=edits)
    except Exception as error:
        error.add_note("".join(format_exception(error))[-TRACEBACK:])
        error.__traceback__ = error.__context__ = error.__cause__ = None
        return error


def _count_threads(client: Client) -> int:
    threads: dict[str, int] = client.nthreads()  # type: ignore[no-untyped-call]
    return sum(threads.values())


@dataclass(frozen=True)
class Remote:
    """A batch computed by the cluster."""

    client: Client
    future: Future[Tables | Exception]
    articles: pl.DataFrame
    languages: Sequence[str]
    submit: Submit

    def result(self) -> Tables:
        """The tables; ClusterError if no worker is left to compute them."""
        from distributed import KilledWorker

        try:
            return self._wait()
        except KilledWorker as error:
            died = f"crashes the workers that analyse it ({error.allowed_failures + 1} of them)"
        if self.articles.height == 1:
            return leave_out(self.articles, self.languages, "analysis_crashed", died)
        return join_tables(self.submit(one).result() for one in self.articles.iter_slices(1))

    def _wait(self) -> Tables:
        from distributed.client import FutureCancelledError

        last_seen = monotonic()
        while True:
            is_done = self.future.done()  # type: ignore[no-untyped-call]
            try:
                found = self.future.result(timeout=PATIENCE if is_done else LOOK)  # includes the transfer
                break
            except FutureCancelledError:
                raise ClusterError(f"the Dask scheduler is gone; {RESUME}") from None
            except TimeoutError:
                if self.future.status == "error":
                    raise  # the task itself has raised it
            if self._has_workers():
                last_seen = monotonic()
            elif monotonic() - last_seen > PATIENCE:
                raise ClusterError(f"the Dask cluster has had no worker for {PATIENCE} s; {RESUME}")
        if isinstance(found, Exception):
            raise found
        return found

    def _has_workers(self) -> bool:
        try:
            return _count_threads(self.client) > 0
        except (OSError, TimeoutError):  # the scheduler does not answer
            return False


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("a Dask cluster needs a library: pip install 'onrecord[dask]'") from None
    scheme, _, place = address.partition("://")
    try:
        client: Client = Client(  # type: ignore[no-untyped-call]
            f"{PROTOCOLS[scheme]}://{place}", timeout=PATIENCE, set_as_default=False
        )
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"no Dask scheduler answers at {place}: {error}") from error
    with client:
        _require_workers(client, place)
        yield client


def _require_workers(client: Client, place: str) -> None:
    """Raise ClusterError unless there are workers, all with the same versions as this process."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(f"the Dask scheduler at {place} has no workers") from None
    here = read_versions()
    for worker, there in client.run(read_versions, on_error="return").items():
        if there != here:
            raise ClusterError(
                f"the Dask worker {worker} has ({there}), but this run has ({here}): "
                "install the versions of this run on the worker"
            )


def read_versions() -> str:
    """The versions that determine the results: On Record, its models and its reference data."""
    from importlib.metadata import version

    from models import hash_models
    from seeds import hash_seeds
    from transforms.extract import EXTRACTOR_VERSION

    product = f"onrecord {version('onrecord')}, {EXTRACTOR_VERSION}"
    return f"{product}, models {hash_models()}, seeds {hash_seeds()}"
