"""Rules -> a Great Expectations suite. The `meta` of each expectation has the name of its rule and the reason.

This module imports Great Expectations, which takes some seconds: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.expect_no_rows import ExpectNoRows, FailureSeverity, gx
from expectations.rule import Rule


def build_suite(name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """The suite called `name`, one expectation for each rule."""
    return gx.ExpectationSuite(name=name, expectations=[expect(rule) for rule in rules])


def expect(rule: Rule) -> ExpectNoRows:
    """The expectation that the query of `rule` returns no rows."""
    return ExpectNoRows(
        query=rule.sql.strip(),
        description=f"{rule.name}: {rule.reason} Expected: {rule.expected}",
        severity=FailureSeverity(rule.severity),
        meta={"table": rule.table, "name": rule.name, "reason": rule.reason},
    )
