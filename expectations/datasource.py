"""Let Great Expectations validate the staged tables through an open DuckDB connection.

Great Expectations returns its connection to a pool before it has fetched the rows, and the DuckDB driver then loses
them ("list index out of range"). `DuckDBExecutionEngine` keeps one connection open instead. The batches are the staged
tables themselves; nothing is copied.

This module imports Great Expectations, which takes seconds, so import it only where it is used.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal

from expectations.lazy_imports import leaner_imports
from warehouse.query.ask import NO_TIMEOUT, Bounds, Clock

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # must be set before great_expectations is imported
# pandas appears only in annotations that are never used, because the batches are DuckDB tables.
LATER, MISSING = ("altair", "pandas", "scipy.stats"), ("boto3", "botocore")
logging.getLogger("great_expectations.datasource.fluent.sources").setLevel(
    "ERROR"
)  # Great Expectations warns that the readers of pandas are missing

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
    """A connection that begins no transactions, because an open transaction would keep reading an old snapshot."""

    def begin(self) -> None:
        """Do nothing."""

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Runs all queries on one open connection, within the limits of the batches."""

    batches: StagedBatches

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Yield the one connection, and leave it open."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def limited(self, check: str) -> AbstractContextManager[None]:
        """Return a block in which the query of `check` ends with QueryError if it exceeds a limit."""
        return self.batches.limited(check)


class DuckDBDatasource(SQLDatasource):
    """A datasource on an open DuckDB connection, which `hold` sets."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str = "duckdb://"
    _held: Any = PrivateAttr(None)

    def hold(self, connection: Any, batches: StagedBatches) -> None:
        """Use `connection`, a `duckdb.DuckDBPyConnection`, for all queries."""
        engine = sa.create_engine(
            self.connection_string,
            creator=lambda: ReadingConnection(connection),
            poolclass=sa.pool.StaticPool,
        )
        self._held = DuckDBExecutionEngine(engine=engine, create_temp_table=False)
        self._held.batches = batches

    def get_engine(self) -> sa.Engine:
        """Return the SQLAlchemy engine on the held connection."""
        engine: sa.Engine = self.get_execution_engine().engine
        return engine

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        """Return the execution engine on the held connection."""
        held: DuckDBExecutionEngine = self._held
        return held


def _in_memory() -> DataContextConfig:
    """Return a configuration that writes no files and draws no progress bars."""
    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
    )


def _save_nothing() -> None:
    """Do nothing: saving would serialise the unused settings of an ephemeral context whenever a table is added."""


class StagedBatches:
    """The staged tables as batches. `connection` is a separate connection to their file; the caller closes it.

    Great Expectations leaves out the schema's name when it asks DuckDB for the columns, so tables are found through
    `search_path`. `bounds` limit each query. `validated` holds the latest results of each
    suite by name.
    """

    def __init__(self, connection: Any, search_path: str, bounds: Bounds = NO_TIMEOUT) -> None:
        connection.execute(f"SET search_path = '{search_path}'")
        self._connection, self._bounds = connection, bounds
        self.context = gx.get_context(mode="ephemeral", project_config=_in_memory())
        self.context._save_project_config = _save_nothing  # type: ignore[method-assign]
        self._datasource = DuckDBDatasource(name="staged")
        self._datasource._data_context = self.context
        self._datasource.hold(connection, self)
        self._batches: dict[str, Any] = {}
        self.validated: dict[str, ExpectationSuiteValidationResult] = {}

    @contextmanager
    def limited(self, check: str, connection: Any = None) -> Iterator[None]:
        """Within the block, a query of `check` that exceeds the limits ends with QueryError."""
        too_long = f"the query of the check {check} took longer than {{}} (ONRECORD_QUERY_SECONDS)"
        bounds = self._bounds
        clock = Clock(connection or self._connection, bounds.seconds, bounds.give_up, too_long)
        with bounds.watched(), clock.running():
            yield

    def validate(self, table: str, suite: gx.ExpectationSuite) -> list[ExpectationValidationResult]:
        """Validate a suite on all rows that `table` has at the time of the call."""
        if suite.name not in self._batches:
            asset = self._datasource.add_table_asset(suite.name, table_name=table)
            self._batches[suite.name] = asset.add_batch_definition_whole_table("all")
        result = self._batches[suite.name].get_batch().validate(suite, result_format="BASIC")
        self.validated[suite.name] = result
        results: list[ExpectationValidationResult] = result.results
        return results
