"""Make Great Expectations suites from rules; the `meta` of an expectation has the name and reason of its rule.

This module imports Great Expectations, which takes seconds, so import it only where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.expect_no_rows import ExpectNoRows, FailureSeverity, gx
from expectations.rule import Rule


def build_suite(name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """Return the suite called `name`, with one expectation per rule."""
    return gx.ExpectationSuite(name=name, expectations=[expect(rule) for rule in rules])


def expect(rule: Rule) -> ExpectNoRows:
    """Return the expectation that the query of `rule` returns no rows."""
    return ExpectNoRows(
        query=rule.sql.strip(),
        description=f"{rule.name}: {rule.reason} Expected: {rule.expected}",
        severity=FailureSeverity(rule.severity),
        meta={"table": rule.table, "name": rule.name, "reason": rule.reason},
    )
