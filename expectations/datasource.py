"""A DuckDB connection -> batches that Great Expectations can validate, one for each staged table.

Great Expectations gives its connection back to a pool before it has fetched the rows, and DuckDB's driver forgets the
rows at that moment ("list index out of range"). The execution engine here keeps its one connection open instead.
Nothing is copied: the batches are the staged tables themselves.

This module imports Great Expectations, which takes some seconds: import it where it is used.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer
from typing import Any, Literal

from expectations.lazy_imports import leaner_imports

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when great_expectations is imported
# The pandas types in its annotations are never used: the batches are DuckDB tables.
LATER, MISSING = ("altair", "pandas", "scipy.stats"), ("boto3", "botocore")
logging.getLogger("great_expectations.datasource.fluent.sources").setLevel(
    "ERROR"
)  # it misses pandas' readers

with leaner_imports(LATER, MISSING):
    import great_expectations as gx
    import sqlalchemy as sa
    from duckdb_engine import ConnectionWrapper
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

__all__ = ["DuckDBDatasource", "DuckDBExecutionEngine", "ReadingConnection", "StagedBatches", "gx"]


class ReadingConnection(ConnectionWrapper):
    """A connection that never begins a transaction: an open one would keep seeing an old snapshot."""

    def begin(self) -> None:
        """Nothing to begin."""

    def commit(self) -> None:
        """Nothing to commit."""

    def rollback(self) -> None:
        """Nothing to roll back."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Runs all queries on one connection that stays open; each may take `query_seconds`, 0 for no limit."""

    interrupt: Callable[[], None]
    query_seconds: float = 0

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """The one connection; it stays open afterwards."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    @contextmanager
    def time_limit(self) -> Iterator[None]:
        """Context of one query: interrupts it and raises TimeoutError when it takes too long."""
        if not self.query_seconds:
            yield
            return
        is_over = Event()

        def end() -> None:
            is_over.set()
            self.interrupt()

        timer = Timer(self.query_seconds, end)
        timer.start()
        try:
            yield
        except Exception as error:
            if not is_over.is_set():
                raise
            limit = f"{self.query_seconds:g} s (ONRECORD_QUERY_SECONDS)"
            raise TimeoutError(f"it took longer than {limit}") from error
        finally:
            timer.cancel()


class DuckDBDatasource(SQLDatasource):
    """A datasource on an open DuckDB connection; set it with `hold`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str = "duckdb://"
    _held: Any = PrivateAttr(None)

    def hold(self, connection: Any, query_seconds: float = 0) -> None:
        """Use `connection`, a `duckdb.DuckDBPyConnection`, for everything."""
        engine = sa.create_engine(
            self.connection_string,
            creator=lambda: ReadingConnection(connection),
            poolclass=sa.pool.StaticPool,
        )
        self._held = DuckDBExecutionEngine(engine=engine, create_temp_table=False)
        self._held.interrupt, self._held.query_seconds = connection.interrupt, query_seconds

    def get_engine(self) -> sa.Engine:
        """The SQLAlchemy engine on the held connection."""
        engine: sa.Engine = self.get_execution_engine().engine
        return engine

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        """The execution engine on the held connection."""
        held: DuckDBExecutionEngine = self._held
        return held


def _in_memory() -> DataContextConfig:
    """Nothing is kept in files, no progress bar is drawn."""
    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
    )


def _save_nothing() -> None:
    """Does nothing: an ephemeral context would serialise its unused settings to YAML whenever a table is added."""


class StagedBatches:
    """The staged tables as batches; `connection` is a second one to the same DuckDB file, closed by the caller.

    The context is ephemeral: no file is written, no progress bar is drawn. The tables are found by `search_path`,
    because Great Expectations forgets the schema when it asks DuckDB for the columns. No query of a check may take
    longer than `query_seconds`; 0 for any time. `validated` holds the last
    results of each suite by its name.
    """

    def __init__(self, connection: Any, search_path: str, query_seconds: float = 0) -> None:
        connection.execute(f"SET search_path = '{search_path}'")
        self.context = gx.get_context(mode="ephemeral", project_config=_in_memory())
        self.context._save_project_config = _save_nothing  # type: ignore[method-assign]
        self._datasource = DuckDBDatasource(name="staged")
        self._datasource._data_context = self.context
        self._datasource.hold(connection, query_seconds)
        self._batches: dict[str, Any] = {}
        self.validated: dict[str, ExpectationSuiteValidationResult] = {}

    def validate(self, table: str, suite: gx.ExpectationSuite) -> list[ExpectationValidationResult]:
        """The results of a suite on all staged rows of `table`, as they are now."""
        if suite.name not in self._batches:
            asset = self._datasource.add_table_asset(suite.name, table_name=table)
            self._batches[suite.name] = asset.add_batch_definition_whole_table("all")
        result = self._batches[suite.name].get_batch().validate(suite, result_format="BASIC")
        self.validated[suite.name] = result
        results: list[ExpectationValidationResult] = result.results
        return results
