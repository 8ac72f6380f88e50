"""A table's declaration and its rules -> its Great Expectations suite.

The plain part (not null, unique key, values, minimum and maximum, pattern) follows from `warehouse/tables.py`, the
rest are the rules of the run. The table and the name of a check stand in its `meta`.

This module imports Great Expectations, which takes some seconds: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from expectations.norows import ExpectNoRows, gx
from expectations.rule import Rule
from expectations.rules import plain_rules
from warehouse.tables import BY_NAME, Column, Table

gxe = gx.expectations


def build_suite(table_name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """The suite of one table: its plain checks, then `rules`."""
    checks = [*plain_checks(BY_NAME[table_name]), *(rule_check(rule) for rule in rules)]
    return gx.ExpectationSuite(name=table_name, expectations=checks)


def build_rule_suite(name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """A suite of rules alone."""
    return gx.ExpectationSuite(name=name, expectations=[rule_check(rule) for rule in rules])


def plain_checks(table: Table) -> Iterator[Any]:
    """The plain rules of `table` in the words of Great Expectations, where it has them on DuckDB."""
    rules = {rule.name: rule for rule in plain_rules(table)}
    yield _unique_key(table, rules["key_is_unique"])
    for column in table.columns:
        if rule := rules.get(f"{column.name}_is_not_null"):
            yield gxe.ExpectColumnValuesToNotBeNull(column=column.name, **_labels(rule))
        if rule := rules.get(f"{column.name}_is_a_declared_value"):
            yield _values(column, rule)
        if rule := rules.get(f"{column.name}_is_in_range"):
            yield _range(column, rule)
        if rule := rules.get(f"{column.name}_has_its_form"):
            yield rule_check(rule)  # no regular expressions on DuckDB; DuckDB has them itself


def rule_check(rule: Rule) -> Any:
    """The expectation that the query of `rule` gives no row."""
    return ExpectNoRows(query=rule.sql.strip(), **_labels(rule))


def _unique_key(table: Table, rule: Rule) -> Any:
    if len(table.key) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=table.key[0], **_labels(rule))
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), **_labels(rule))


def _values(column: Column, rule: Rule) -> Any:
    return gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.values), **_labels(rule))


def _range(column: Column, rule: Rule) -> Any:
    low, high = column.minimum, column.maximum
    return gxe.ExpectColumnValuesToBeBetween(
        column=column.name, min_value=low, max_value=high, **_labels(rule)
    )


def _labels(rule: Rule) -> dict[str, Any]:
    return {
        "severity": rule.severity,
        "meta": {"table": rule.table, "name": rule.name, "reason": rule.reason},
    }
