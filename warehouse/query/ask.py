"""Run SQL typed by users and stream its answers; the SQL can read only the warehouse."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, count
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

import duckdb
import polars as pl

from schema.derive import quoted
from warehouse.files.connect import MEMORY
from warehouse.query.guard import QueryError, read_statements
from warehouse.query.versions import connect_version

ROWS_AT_ONCE = 10_000
FIRST_DAY, LAST_DAY = ((day - date(1970, 1, 1)).days for day in (date.min, date.max))
STRANGE = re.compile(r"\b(INTERVAL|UNION|VARIANT|BIGNUM|BIT)\b")


@dataclass(frozen=True)
class Bounds:
    """Limits of a query: memory before the database writes to a temporary file, and seconds per statement.

    DuckDB cannot interrupt a single call of a function. If it has not ended a query GRACE seconds after its time is up,
    `give_up` is called with a message, in another thread; it may end the process. `watched` makes a block in which the
    memory of the process is limited, because DuckDB does not count all memory.
    """

    memory: str = MEMORY
    seconds: float | None = None
    give_up: Callable[[str], None] | None = None
    watched: Callable[[], AbstractContextManager[None]] = nullcontext


NO_TIMEOUT = Bounds()
GRACE = 5.0
TOO_LONG = "the query took longer than {} (ONRECORD_QUERY_SECONDS)"


@dataclass
class Clock:
    """The seconds of database work that a query may still take; None means no limit. `too_long` is the message."""

    connection: duckdb.DuckDBPyConnection
    seconds: float | None
    give_up: Callable[[str], None] | None = None
    too_long: str = TOO_LONG
    left: float = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.left = self.seconds or 0
        self.too_long = self.too_long.format(f"{self.seconds or 0:g} s")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Turn errors of the block into QueryError; interrupt the block with QueryError when the time is up."""
        is_over, start = Event(), perf_counter()
        watch = Thread(target=self._watch, args=[is_over], daemon=True)
        try:
            if self.seconds:
                watch.start()
            with _errors_translated():
                yield
        finally:
            is_over.set()
            if self.seconds:
                watch.join()  # a thread that still runs when Python ends would abort the process
            self.left = max(0.0, self.left - (perf_counter() - start))
            if self.seconds and not self.left:
                raise QueryError(self.too_long)

    def _watch(self, is_over: Event) -> None:
        """Interrupt the query when its time is up; give up if that does not end it."""
        if not is_over.wait(self.left):
            self.connection.interrupt()
            if self.give_up and not is_over.wait(GRACE):
                self.give_up(self.too_long)


@dataclass(frozen=True)
class Answer:
    """The answer to one statement: `head` has its columns but no rows, `batches` yields all rows once."""

    head: pl.DataFrame
    batches: Iterator[pl.DataFrame]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Answer:
        """Make an answer whose rows are all in the frame `rows`."""
        return cls(rows.clear(), iter([rows]))

    def read(self) -> pl.DataFrame:
        """Read all rows of the answer into one frame."""
        return pl.concat([self.head, *self.batches])


def ask(
    path: Path | str, sql: str, version_no: int | None = None, bounds: Bounds = NO_TIMEOUT
) -> Iterator[Answer]:
    """Yield the answer to each statement in `sql`, in order, from the latest or an older version of the warehouse.

    Read each answer before you take the next one; its rows are never all in memory. Statements without an answer are
    skipped. Raises WarehouseError if there is no warehouse at `path`, VersionError if it never had that version,
    QueryError for a statement that is wrong, could do more than read, or exceeds its limits.
    """
    with connect_version(path, version_no, bounds.memory) as connection:
        yield from ask_on(connection, sql, bounds)


def ask_on(
    connection: duckdb.DuckDBPyConnection, sql: str, bounds: Bounds = NO_TIMEOUT, too_long: str = TOO_LONG
) -> Iterator[Answer]:
    """Yield the answers on a connection that is already locked and read-only; `too_long` is the message about time."""
    with _errors_translated():
        statements = read_statements(connection, sql)
    for statement in statements:
        clock = Clock(connection, bounds.seconds, bounds.give_up, too_long)
        with clock.running():
            connection.execute(statement)
            is_query = duckdb.ExpectedResultType.QUERY_RESULT in statement.expected_result_type
            reader = _open_reader(connection, statement) if is_query else None
        if reader is not None:
            names = _number_names(reader.schema.names)
            head = pl.DataFrame(reader.schema.empty_table().rename_columns(names))
            yield Answer(head, _read_batches(reader, head.schema, clock))


def _open_reader(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> Any:
    with (
        warnings.catch_warnings()
    ):  # DuckDB 2 warns about a copy; a relation instead would run the query twice
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result")
        return _with_strange_as_text(connection, statement).to_arrow_reader(ROWS_AT_ONCE)


def _with_strange_as_text(
    connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement
) -> duckdb.DuckDBPyConnection | duckdb.DuckDBPyRelation:
    """The query's result; columns of types that Polars lacks, such as intervals and unions, become text.

    If the result has such columns, the query runs again.
    """
    strange = [quoted(name) for name, kind, *_ in connection.description if STRANGE.search(str(kind))]
    if not strange or statement.type != duckdb.StatementType.SELECT:
        return connection
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in strange)
    return connection.sql(statement).project(f"* REPLACE ({texts})")


def _number_names(names: Sequence[str]) -> list[str]:
    """Make names of columns unique as DuckDB does in subqueries: `a, a` becomes `a, a_1`."""
    unique: dict[str, None] = {}
    for name in names:
        numbered = (f"{name}_{number}" for number in count(1))
        unique[next(one for one in chain([name], numbered) if one not in unique)] = None
    return list(unique)


def _read_batches(reader: Iterable[Any], schema: pl.Schema, clock: Clock) -> Iterator[pl.DataFrame]:
    batches = iter(reader)
    moments = [name for name, kind in schema.items() if kind in (pl.Date, pl.Datetime)]
    while True:
        with clock.running():
            batch = next(batches, None)
        if batch is None:
            return
        rows = pl.DataFrame(batch.rename_columns(schema.names()), schema)
        for name in moments:
            _require_calendar(rows[name])
        yield rows


def _require_calendar(moments: pl.Series) -> None:
    """Raise QueryError for days like `infinity`, which Python cannot represent: Polars would panic."""
    days = moments.cast(pl.Date).to_physical()
    if days.is_between(FIRST_DAY, LAST_DAY).all() is False:
        raise QueryError(
            f"{moments.name} has a day outside of the years 1 to 9999; show the column as text: {moments.name}::VARCHAR"
        )


@contextmanager
def _errors_translated() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:  # Arrow raises errors while streaming as OSError
        if isinstance(error, BrokenPipeError):
            raise
        raise QueryError(_one_line(error)) from error


def _one_line(error: Exception) -> str:
    """DuckDB's message on one line, without the part that quotes the query: `LINE 1: selec 1 ^`."""
    head = str(error).split("\n\nLINE ")[0]
    return " ".join(head.split())


def require_select(sql: str) -> None:
    """Raise QueryError unless `sql` is one SELECT; does not check whether its tables exist."""
    with duckdb.connect() as connection:
        try:
            statements = connection.extract_statements(sql)
        except duckdb.Error as error:
            raise QueryError(_one_line(error)) from error
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise QueryError("the query must be a single SELECT")
