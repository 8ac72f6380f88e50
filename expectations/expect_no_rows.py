"""Define the expectation, for Great Expectations, that a query returns no rows. Every rule is checked this way.

Great Expectations' own `UnexpectedRowsExpectation` runs each query twice and parses colons in it as parameters. Its
column expectations compute columns, row count and conditions as a graph of metrics, which takes ten times as long as
the queries of our three hundred checks.

This module imports Great Expectations, which takes seconds, so import it only where it is used.
"""

from typing import Any, ClassVar

from expectations.datasource import gx  # isort: skip  # must come first: it switches the analytics off
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

COUNT = "rule.failing_count"


class FailingCount(MetricProvider):
    """The number of rows that a query returns."""

    metric_name = COUNT
    value_keys = ("query", "name")
    domain_keys = ("batch_id", "row_condition", "condition_parser")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def count(
        cls, execution_engine: SqlAlchemyExecutionEngine, metric_value_kwargs: dict[str, Any], **_: Any
    ) -> int:
        """Count the rows of the query."""
        engine: Any = execution_engine
        with engine.get_connection() as connection, engine.limited(metric_value_kwargs["name"]):
            # The query is on its own lines because it may end in a comment.
            counted = f"SELECT count(*) FROM (\n{metric_value_kwargs['query']}\n)"
            return int(connection.exec_driver_sql(counted).fetchall()[0][0])


class ExpectNoRows(BatchExpectation):
    """Expect that `query` returns no rows."""

    query: str
    metric_dependencies: ClassVar[tuple[str, ...]] = (COUNT,)
    success_keys: ClassVar[tuple[str, ...]] = ("query",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: Any = None
    ) -> ValidationDependencies:
        """Return the only metric needed; Great Expectations would take longer to find it than to run the query."""
        name = (self.meta or {}).get("name", "")
        metric = MetricConfiguration(COUNT, {}, {"query": self.query, "name": name})
        return ValidationDependencies({COUNT: metric}, {"result_format": "BASIC"})

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        count = metrics[COUNT]
        return {"success": count == 0, "result": {"observed_value": count}}


__all__ = ["ExpectNoRows", "FailureSeverity", "gx"]
