"""Declare `Rule`: a query for the rows that break the rule, the effect on the run, and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """One rule: `sql` selects the rows that break it; `reason` says why such rows would mislead readers.

    A column `observed` in the rows describes the finding in words.

    `rejects`: the articles or files of the rows move to the rejects, and the run continues. A critical rule that
    rejects stops the run only if a row leads to no article or file. A critical rule that does not reject always stops
    it. `trips` is an example of real data that could break a critical rule. `is_resolved`: the rule reads stories or
    actors, so it cannot run before they are resolved.
    """

    name: str
    table: str
    severity: Severity
    reason: str
    sql: str
    rejects: bool = False
    expected: str = "no row at fault"
    trips: str = ""
    is_resolved: bool = False
    is_declared: bool = False  # derived from the declaration of its table

    @property
    def rows(self) -> str:
        """The query in brackets, which are on separate lines because the query may end in a comment."""
        return f"(\n{self.sql}\n)"

    @property
    def effect(self) -> str:
        """What the run does if the rule is broken: `reject`, `stop`, `warn` or `note`."""
        if self.rejects:
            return "reject"
        return {"critical": "stop", "warning": "warn", "info": "note"}[self.severity]
