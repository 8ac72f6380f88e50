"""A rule: a query for the rows that break it, what that does to the run, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """One rule: `sql` selects the rows that break it, `reason` says what they would do to the reader of the table.

    A column `observed` in those rows says in words what was found.

    `rejects`: the rows lead to articles or files, which move to the rejects so that the run continues. A critical
    rule that rejects stops the run only when a row leads to none; one that does not reject is about the whole and
    always stops it. `trips` says how real data could break a critical rule. `is_resolved`: the rule reads the results
    of resolving (stories, actors), so it cannot run earlier.
    """

    name: str
    table: str
    severity: Severity
    reason: str
    sql: str
    rejects: bool = False
    expected: str = "no such row"
    trips: str = ""
    is_resolved: bool = False
    is_declared: bool = False  # it follows from the declaration of its table

    @property
    def rows(self) -> str:
        """The query as a subquery; on separate lines, because it may end in a comment."""
        return f"(\n{self.sql}\n)"

    @property
    def effect(self) -> str:
        """What a broken rule does: `reject`, `stop`, `warn` or `note`."""
        if self.rejects:
            return "reject"
        return {"critical": "stop", "warning": "warn", "info": "note"}[self.severity]
