"""Run the queries of rules without Great Expectations, which takes as long as the queries, and seconds to import.

For tests of what a run publishes; the tests of the gate and those of whole runs use Great Expectations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from expectations.rule import Rule
from warehouse.query.ask import NO_TIMEOUT, Bounds


class PlainBatches:
    """Stands for `expectations.datasource.StagedBatches`."""

    def __init__(self, connection: Any, search_path: str, bounds: Bounds = NO_TIMEOUT) -> None:
        connection.execute(f"SET search_path = '{search_path}'")
        self.connection = connection

    def validate(self, _: str, suite: Iterable[Rule]) -> list[SimpleNamespace]:
        """Return results like those of Great Expectations."""
        return [self._result(rule) for rule in suite]

    def limited(self, check: str, connection: Any = None) -> nullcontext[None]:
        """Return a block without limits."""
        return nullcontext()

    def _result(self, rule: Rule) -> SimpleNamespace:
        return SimpleNamespace(
            expectation_config=SimpleNamespace(meta={"table": rule.table, "name": rule.name}),
            exception_info={"raised_exception": False},
            success=self.connection.execute(rule.sql).fetchone() is None,
        )


@contextmanager
def rules_run_plainly() -> Iterator[None]:
    """Within the block, the gate runs the queries of the rules directly; it imports these modules when it opens."""
    instead = {
        "expectations.datasource": SimpleNamespace(StagedBatches=PlainBatches),
        "expectations.suites": SimpleNamespace(build_suite=lambda _, rules: list(rules)),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, module in instead.items():
            patch.setitem(sys.modules, name, module)
        yield
