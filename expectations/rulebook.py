"""Collect all rules of a run: rules in Python, the files in `checks/`, the user's checks, and drift rules."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from expectations.rule import Rule
from expectations.rules import RULES, plain_rules
from expectations.sql_checks import (
    CHECKS,
    CheckError,
    drift_rules,
    metric_queries,
    read_folder,
    require_thresholds,
)
from expectations.user_checks import require_sound
from schema.tables import BY_NAME, TABLES
from warehouse.query.ask import NO_TIMEOUT, Bounds

__all__ = ["CheckError", "RuleBook", "open_rulebook"]


@dataclass(frozen=True)
class RuleBook:
    """The rules of a run, including those that the tables declare, and the metric queries by name."""

    rules: tuple[Rule, ...]
    metrics: dict[str, str]

    @property
    def first(self) -> tuple[Rule, ...]:
        """The rules on single articles that can run before stories and actors are resolved."""
        return tuple(rule for rule in self.rules if rule.rejects and not rule.is_resolved)

    def without_trends(self) -> RuleBook:
        """Return the rules without metrics and drift, for runs that load no usual day of news, such as a rebuild."""
        trends = {f"{metric}_is_usual" for metric in self.metrics}
        return RuleBook(tuple(rule for rule in self.rules if rule.name not in trends), {})

    def without(self, names: Container[tuple[str, str]]) -> RuleBook:
        """Return all rules except those in `names`; a name is a pair of a table and the name of its rule."""
        left = tuple(rule for rule in self.rules if (rule.table, rule.name) not in names)
        return RuleBook(left, self.metrics)

    def of(self, table: str) -> tuple[Rule, ...]:
        """Return all rules whose rows at fault are in the table `table`."""
        return tuple(rule for rule in self.rules if rule.table == BY_NAME[table].name)

    def find(self, table: str, name: str) -> Rule:
        """Return a rule; raise KeyError for an unknown name."""
        return self._by_name[table, name]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Rule]:
        return {(rule.table, rule.name): rule for rule in self.rules}


def open_rulebook(
    thresholds: Mapping[str, float] | None = None, folder: Path | None = None, bounds: Bounds = NO_TIMEOUT
) -> RuleBook:
    """Collect the rules, with the given thresholds (`check.threshold`) and the checks in the user's `folder`.

    The user's checks are tried on an empty warehouse, within `bounds`. Raises `CheckError` for an invalid check or an
    unknown threshold.
    """
    thresholds, folder = thresholds or {}, folder or Path("no folder of checks")
    require_thresholds(thresholds, folder)
    own = [file.to_rule(thresholds) for file in read_folder(folder)]
    shipped = [file.to_rule(thresholds) for file in read_folder(CHECKS)]
    declared = [rule for table in TABLES for rule in plain_rules(table)]
    rules = [*RULES, *shipped, *drift_rules(thresholds)]
    require_sound(folder, own, taken={rule.name for rule in [*rules, *declared]}, bounds=bounds)
    return RuleBook((*rules, *own, *declared), metric_queries(thresholds))
