"""Serve rows of the newest version to programs that stay open, read-only and within limits.

The file is attached to an in-memory database. A new version is attached in its place once no query reads the old one;
the time limit of queries keeps that wait short. Between queries the file is detached, so that a run can publish in
place. Only the `kept` tables, narrow copies for counting, stay in memory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from threading import Condition, Timer
from time import monotonic
from typing import Any

import duckdb

from schema.derive import literal
from schema.tables import VERSIONS
from warehouse.files.connect import MEMORY, WarehouseError, attach, connect_around
from warehouse.query.ask import Bounds, Clock
from warehouse.query.figures import has_counts
from warehouse.query.versions import connect_version

SECONDS = 20.0
IDLE_SECONDS = 5.0
MAX_ROWS = 10_000
MOST_KEPT = 2_000_000  # statements; the `kept` tables of many more would not fit into the explorer's memory
USE = "USE published.main"
PARAMETER = re.compile(r"\$([a-z][a-z_]*)")

Params = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Edition:
    """The version being read, when it was published, and whether it is the newest or a fixed older version."""

    version_no: int
    published_at: datetime | None
    is_latest: bool
    has_kept: bool = False  # whether the tables of `Live.kept` exist in the schema `memory.kept`
    has_counts: bool = False  # whether `figures.counts` has the counts of this version


class Reading:
    """A reader's view of one version; all queries of the reader together must keep the time limit."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, edition: Edition, seconds: float, memory: dict[Any, Any]
    ) -> None:
        self.edition = edition
        self.memory = memory  # a cache that all readers of this version share
        self.is_partial = False  # whether the reader has gone on without rows that took too long
        self._cursor, self._seconds = cursor, seconds
        self._clock = Clock(cursor, seconds)

    def rows(self, sql: str, params: Params | None = None, limit: int = MAX_ROWS) -> list[Row]:
        """At most `limit` rows of one query; binds the `params` that the query names. QueryError if the query fails."""
        with self._clock.running():
            self._cursor.execute(f"SELECT * FROM (\n{sql}\n) LIMIT {limit:d}", pick_params(sql, params))
            return self._fetch(limit)

    def run(self, sql: str, params: Params | None = None) -> None:
        """Run a statement that has no answer, such as one that creates a temporary table."""
        with self._clock.running():
            self._cursor.execute(sql, pick_params(sql, params))

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give the queries of the block at most `seconds` of the time that is left."""
        whole = self._clock
        part = self._clock = Clock(self._cursor, min(seconds, whole.left))
        began = part.left
        try:
            yield
        finally:
            self._clock = whole
            whole.left -= began - part.left

    def _fetch(self, limit: int) -> list[Row]:
        names = [column[0] for column in self._cursor.description]
        return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchmany(limit)]


def pick_params(sql: str, params: Params | None) -> dict[str, Any]:
    """Keep only the parameters that the query names, because DuckDB refuses others."""
    named = set(PARAMETER.findall(sql))
    return {name: value for name, value in (params or {}).items() if name in named}


def fill(sql: str, params: Params | None) -> str:
    """The query with values in place of its parameters, for display and for other clients."""
    return PARAMETER.sub(lambda name: _written((params or {}).get(name[1])), sql)


def _written(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    return f"DATE '{value}'" if isinstance(value, date) else literal(str(value))


class Live:
    """The warehouse at `path`, kept open while it is read; `version_no` fixes an older version."""

    def __init__(
        self,
        path: Path,
        version_no: int | None = None,
        bounds: Bounds | None = None,
        idle_seconds: float = IDLE_SECONDS,
        kept: str = "",
        most_kept: int = MOST_KEPT,
    ) -> None:
        """`kept` is SQL that creates tables in the schema `memory.kept`, once for each version that is read.

        It is not run on a warehouse with more than `most_kept` statements.
        """
        self.path = path.absolute()
        self.kept, self.most_kept = kept, most_kept
        self.version_no = version_no
        self._memory = bounds.memory if bounds else MEMORY
        self._seconds = (bounds and bounds.seconds) or SECONDS
        self._idle_seconds = idle_seconds
        self._changed = Condition()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._edition: Edition | None = None
        self._stamp: tuple[int, ...] | None = None
        self._around: duckdb.DuckDBPyConnection | None = None
        self._kept: dict[Any, Any] = {}
        self._has_kept = False
        self._readers = 0
        self._idle: Timer | None = None

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A view of the published version; WarehouseError if there is no warehouse, or if a run is writing to it."""
        connection, edition, memory = self._enter()
        try:
            with connection.cursor() as cursor:
                if edition.is_latest:
                    cursor.execute(USE)
                yield Reading(cursor, edition, self._seconds, memory)
        finally:
            self._leave()

    def stamp(self) -> tuple[int, ...]:
        """Values that identify the published file; WarehouseError if there is no file."""
        try:
            found = os.stat(self.path)  # noqa: PTH116
        except FileNotFoundError as error:
            message = f"there is no warehouse at {self.path}; create one with: onrecord ingest PATH..."
            raise WarehouseError(message) from error
        except OSError as error:
            raise WarehouseError(f"{self.path} cannot be read: {error.strerror}") from error
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size

    def close(self) -> None:
        """Detach the file as soon as no query reads it."""
        with self._changed:
            if not self._readers:
                self._detach()

    def _enter(self) -> tuple[duckdb.DuckDBPyConnection, Edition, dict[Any, Any]]:
        deadline = monotonic() + 2 * self._seconds
        with self._changed:
            while self._connection is not None and self._stamp != self.stamp() and self._readers:
                if not self._changed.wait(deadline - monotonic()):
                    raise WarehouseError(
                        "a new version was published, but another query still reads the old one; try again"
                    )
            if self._connection is None or self._stamp != self.stamp():
                self._detach()
                self._open()
            assert self._connection is not None and self._edition is not None
            self._readers += 1
            if self._idle:
                self._idle.cancel()
            return self._connection, self._edition, self._kept

    def _leave(self) -> None:
        with self._changed:
            self._readers -= 1
            if not self._readers:
                self._idle = Timer(self._idle_seconds, self.close)
                self._idle.daemon = True
                self._idle.start()
            self._changed.notify_all()

    def _open(self) -> None:
        stamp = self.stamp()
        is_new = stamp != self._stamp
        if self.version_no is not None:
            connection = connect_version(self.path, self.version_no, self._memory)
        else:
            connection = self._around = self._around or connect_around(
                self.path, self._memory, has_codes=bool(self.kept)
            )
            attach(connection, self.path)
        self._connection = connection
        try:
            edition = _read_edition(connection, self.path, self.version_no)
            if is_new:
                self._kept, self._has_kept = {}, self._keep_tables(connection)
        except BaseException:
            self._detach()
            raise
        self._edition, self._stamp = replace(edition, has_kept=self._has_kept), stamp

    def _keep_tables(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Create the `kept` tables; False if the warehouse is too large, or so old that it lacks a column for them."""
        if self.version_no is not None or not self.kept:
            return False
        with connection.cursor() as cursor:
            try:
                [(statements,)] = cursor.execute(f"{USE}; SELECT count(*) FROM statements").fetchall()
                if statements > self.most_kept:
                    return False
                cursor.execute(f"{USE}; DROP SCHEMA IF EXISTS memory.kept CASCADE; CREATE SCHEMA memory.kept")
                cursor.execute(self.kept)
            except duckdb.Error:
                cursor.execute("DROP SCHEMA IF EXISTS memory.kept CASCADE")
                return False
        return True

    def _detach(self) -> None:
        if self._connection is not None and self._connection is self._around:
            self._connection.execute("DETACH published")
        elif self._connection is not None:
            self._connection.close()
        self._connection = None


def _read_edition(connection: duckdb.DuckDBPyConnection, path: Path, version_no: int | None) -> Edition:
    sql = f"SELECT version_no, published_at FROM {VERSIONS.qualified} ORDER BY version_no DESC LIMIT 1"
    try:
        with connection.cursor() as cursor:
            if version_no is None:
                cursor.execute(USE)
            found = cursor.execute(sql).fetchone()
            number, at = found or (0, None)
            return Edition(
                number, at, version_no is None, has_counts=version_no is None and has_counts(cursor, number)
            )
    except duckdb.Error as error:
        raise WarehouseError(f"{path} is not a warehouse of On Record: {error}") from error
