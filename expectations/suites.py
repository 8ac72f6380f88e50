"""A table's declaration and its rules -> its Great Expectations suite.

The plain part (not null, unique key, values, minimum and maximum, pattern) follows from `warehouse/tables.py`, the
rest is in `expectations/rules.py`. The name of a check stands in its `meta`.

This module imports Great Expectations, which takes some seconds: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from expectations.datasource import gx  # first: it switches the analytics off
from expectations.rules import Rule, rules_of
from warehouse.derive import literal, quoted
from warehouse.tables import BY_NAME, Column, Table

gxe = gx.expectations


def build_suite(table_name: str) -> gx.ExpectationSuite:
    """The suite of one table: its plain checks, then its rules."""
    table = BY_NAME[table_name]
    checks = [*plain_checks(table), *(rule_check(rule) for rule in rules_of(table_name))]
    return gx.ExpectationSuite(name=table_name, expectations=checks)


def build_rule_suite(name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """A suite of rules alone."""
    return gx.ExpectationSuite(name=name, expectations=[rule_check(rule) for rule in rules])


def plain_checks(table: Table) -> Iterator[Any]:
    """What the declaration of `table` says of the key and of single columns; all critical."""
    yield _unique_key(table)
    for column in table.columns:
        yield from _column_checks(table, column)


def rule_check(rule: Rule) -> Any:
    """The expectation that the query of `rule` gives no row."""
    return _no_rows(rule.name, rule.sql, severity=rule.severity, reason=rule.reason)


def _unique_key(table: Table) -> Any:
    labels = _labels("key_is_unique")
    if len(table.key) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=table.key[0], **labels)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), **labels)


def _column_checks(table: Table, column: Column) -> Iterator[Any]:
    name, low, high = column.name, column.minimum, column.maximum
    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, **_labels(f"{name}_is_not_null"))
    if column.values:
        labels = _labels(f"{name}_is_a_declared_value")
        yield gxe.ExpectColumnValuesToBeInSet(column=name, value_set=list(column.values), **labels)
    if low is not None or high is not None:
        labels = _labels(f"{name}_is_in_range")
        yield gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high, **labels)
    if column.pattern:
        yield _no_rows(f"{name}_has_its_form", _misshapen(table, column))


def _misshapen(table: Table, column: Column) -> str:
    """Great Expectations has no regular expressions on DuckDB; DuckDB has them itself."""
    names = ", ".join(quoted(name) for name in dict.fromkeys([*table.key, column.name]))
    matches = f"regexp_matches({quoted(column.name)}, {literal(column.pattern or '')})"
    return f"SELECT {names} FROM staging.{quoted(table.name)} WHERE NOT {matches}"


def _no_rows(name: str, sql: str, severity: str = "critical", reason: str = "") -> Any:
    """`{batch}` in a comment keeps Great Expectations from printing that the query has none."""
    query = "/* {batch} */ " + sql.strip().replace("{", "{{").replace("}", "}}")
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, **_labels(name, severity, reason))


def _labels(name: str, severity: str = "critical", reason: str = "") -> dict[str, Any]:
    return {"severity": severity, "meta": {"name": name, "reason": reason}}
