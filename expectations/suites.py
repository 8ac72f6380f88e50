"""A table's declaration and its rules -> its Great Expectations suite.

The plain part (not null, unique key, values, minimum and maximum, pattern) follows from `warehouse/tables.py`, the
rest are the rules of the run. Each expectation is named after its rule in `meta`, with the reason for it.

This module imports Great Expectations, which takes some seconds: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.norows import ExpectNoRows, FailureSeverity, gx
from expectations.rule import Rule
from expectations.rules import plain_rules
from warehouse.tables import BY_NAME


def build_suite(table_name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """The suite of one table: its plain checks, then `rules`."""
    return build_rule_suite(table_name, [*plain_rules(BY_NAME[table_name]), *rules])


def build_rule_suite(name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """A suite of rules alone."""
    return gx.ExpectationSuite(name=name, expectations=[expect(rule) for rule in rules])


def expect(rule: Rule) -> ExpectNoRows:
    """The expectation that the query of `rule` gives no row."""
    return ExpectNoRows(
        query=rule.sql.strip(),
        description=f"{rule.name}: {rule.reason} Expected: {rule.expected}",
        severity=FailureSeverity(rule.severity),
        meta={"table": rule.table, "name": rule.name, "reason": rule.reason},
    )
